"""Creating an account on a server, by invitation or without one (XEP-0077, XEP-0445)."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar
from xml.etree.ElementTree import Element

from slixmpp.xmlstream.tostring import tostring

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import (
    ConnectionLost,
    InvitationNeeded,
    InvitationRejected,
    InvitationsNotTaken,
    NotAccepted,
    QuestionsChanged,
    RegistrationNotOffered,
    Trouble,
    UserNameTaken,
)
from pars_desktop.domain.form import Answer
from pars_desktop.domain.jid import JID
from pars_desktop.domain.registration import Questions
from pars_desktop.domain.text import sendable
from pars_desktop.xmpp import names, questions, reading
from pars_desktop.xmpp.client import Client, make_client
from pars_desktop.xmpp.connection import Connection, Timing
from pars_desktop.xmpp.dialing import dial
from pars_desktop.xmpp.endpoints import Lookup
from pars_desktop.xmpp.network import Network
from pars_desktop.xmpp.questions import REGISTER

# R28: the name of today, and the one of before, which some servers still offer alone.
_TAKES_TOKENS = ("{urn:xmpp:ibr-token:0}register", "{urn:xmpp:invite}register")
_PREAUTH = "{urn:xmpp:pars:0}preauth"
_TO_CHANGE = frozenset({"not-acceptable", "jid-malformed", "bad-request"})
_CLOSED = frozenset({"forbidden", "not-allowed", "not-authorized"})

_T = TypeVar("_T")


class Registration:
    """Fits `core.ports.Registration`. Everything happens on an encrypted stream."""

    def __init__(
        self,
        server: AccountSettings,
        new_client: Callable[[AccountSettings, str], Client] = make_client,
        *,
        timing: Timing | None = None,
        lookup: Lookup | None = None,
    ) -> None:
        """Of `server` count the domain of its address, and how to reach it."""
        self.questions = Questions()
        self._server = replace(server, jid=JID("", server.jid.domain))
        self._new_client = new_client
        self._timing = timing or Timing()
        self._lookup = lookup
        self._client: Client | None = None
        self._offers: frozenset[str] = frozenset()
        self._token: str | None = None  # the one to show on every link
        self._shown: str | None = None  # the one the server has accepted on this link

    async def ask(self, token: str | None) -> Questions:
        """Show the invitation and ask what the server wants to know; on the same link if it
        stands."""
        self._token = token
        client = await self._standing_link()
        if token is not None and token != self._shown:
            await self._show(client, token)
        self.questions = await self._asked(client)
        return self.questions

    async def create(self, jid: JID, password: str, answers: Mapping[str, Answer]) -> None:
        """Create the account, and leave the link waiting for its login."""
        client = self._client
        if client is None or not client.waits_before_login:
            before = self.questions
            await self.ask(self._token)
            if not self.questions.same_as(before):
                raise QuestionsChanged
            client = await self._standing_link()
        ours = {"username": jid.local, "password": password}
        query = questions.answered(self.questions, {**answers, **ours})
        answer = await _answer(client, query, "set")
        if answer.get("type") == "error":
            trouble = self._why_not(answer)
            if self.questions.used_once:
                with suppress(Trouble):
                    self.questions = await self._asked(client)
            raise trouble

    def network(self, settings: AccountSettings) -> Network:
        """The network of the account, whose first sign-in goes on on the link that waits."""
        client, self._client = self._client, None
        connection = Connection(
            self._new_client, timing=self._timing, lookup=self._lookup, standing=client
        )
        return Network(settings, connection)

    async def close(self) -> None:
        """Hang up, unless the link is the network's by now."""
        client, self._client = self._client, None
        if client is not None:
            await client.close(self._timing.goodbye)

    async def _standing_link(self) -> Client:
        """The link, made anew if it is gone; encrypted, and before the login."""
        if self._client is not None and self._client.waits_before_login:
            return self._client
        await self.close()
        self._shown = None
        self._client = client = self._new_client(self._server, "")
        secured: asyncio.Future[Element] = asyncio.get_running_loop().create_future()
        client.wait_before_login(secured.set_result)
        gone = client.disconnected
        await dial(client, self._server, self._lookup, self._timing.attempt)
        features = await _unless_gone(client, gone, secured)
        self._offers = frozenset(each.tag for each in features)
        return client

    async def _show(self, client: Client, token: str) -> None:
        """XEP-0445: any error means that the invitation is no good (R29)."""
        if not self._offers.intersection(_TAKES_TOKENS):
            raise InvitationsNotTaken
        answer = await _answer(client, Element(_PREAUTH, token=sendable(token)), "set")
        if answer.get("type") == "error":
            raise InvitationRejected
        self._shown = token

    async def _asked(self, client: Client) -> Questions:
        try:
            answer = await _answer(client, Element(f"{REGISTER}query"), "get")
        except ConnectionLost as lost:
            if "not-authorized" in lost.args:  # ejabberd without mod_register ends the stream
                raise RegistrationNotOffered from None
            raise
        if answer.get("type") == "error":
            if _may_pass(answer):
                raise reading.refusal(answer)
            raise InvitationNeeded if self._misses_invitation else RegistrationNotOffered
        return questions.read(answer)

    @property
    def _misses_invitation(self) -> bool:
        """The server takes invitations, and was shown none on this link."""
        return self._shown is None and not self._offers.isdisjoint(_TAKES_TOKENS)

    def _why_not(self, answer: Element) -> Trouble:
        refusal = reading.refusal(answer)
        to_change = _TO_CHANGE | {"not-allowed"} if self.questions.used_once else _TO_CHANGE
        if refusal.condition == "conflict":
            return UserNameTaken()
        if _may_pass(answer):
            return refusal
        # Prosody says not-acceptable here as well as for a weak password: only the words differ.
        closed = refusal.condition in _CLOSED - to_change or "invit" in refusal.text.casefold()
        if self._misses_invitation and closed:
            return InvitationNeeded()
        if refusal.condition in to_change:
            return NotAccepted(refusal.text)
        return refusal


async def _answer(client: Client, payload: Element, kind: str) -> Element:
    """What the server answers, result or error. Raises the trouble with which the link broke."""
    if not client.waits_before_login:
        raise client.trouble or ConnectionLost
    answer: asyncio.Future[Element] = asyncio.get_running_loop().create_future()

    def take(element: Element) -> None:
        if not answer.done():  # nobody may be waiting any more
            answer.set_result(element)

    client.ask_before_login(tostring(payload), take, kind=kind)
    return await _unless_gone(client, client.disconnected, answer)


async def _unless_gone(
    client: Client, gone: "asyncio.Future[bool]", awaited: "asyncio.Future[_T]"
) -> _T:
    await asyncio.wait((awaited, gone), return_when=asyncio.FIRST_COMPLETED)
    if not awaited.done():
        raise client.trouble or ConnectionLost
    return awaited.result()


def _may_pass(answer: Element) -> bool:
    """The server says that the same may be allowed later."""
    error = answer.find(names.ERROR)
    return error is not None and error.get("type") == "wait"
