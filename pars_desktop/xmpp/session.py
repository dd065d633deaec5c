"""What all parts of a network share: the client of the moment, and asking the server."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from slixmpp.stanza import Iq
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher.base import MatcherBase
from slixmpp.xmlstream.matcher.idsender import MatchIDSender
from slixmpp.xmlstream.stanzabase import StanzaBase

from pars_desktop.base.signal import Signal
from pars_desktop.domain.errors import Offline, ServerSilent, SignInTrouble
from pars_desktop.domain.jid import JID
from pars_desktop.xmpp import reading
from pars_desktop.xmpp.client import Client

_PATIENCE = 30.0  # seconds for an answer: the server is near, and whoever asked can ask again


class Connected(Protocol):
    """What a session needs of the connection."""

    client_ready: Signal[Client]
    online: Signal[bool]
    offline: Signal[SignInTrouble | None, float | None]
    client: Client | None

    @property
    def is_online(self) -> bool: ...


class Session:
    """One account's way to its server, whichever client the connection has built for it."""

    def __init__(self, own: JID, connection: Connected, *, patience: float = _PATIENCE) -> None:
        self.own = own
        self.new_client = connection.client_ready
        self.online = connection.online
        self._connection = connection
        self._patience = patience
        self._waiting: set[asyncio.Future[Any]] = set()
        connection.online.connect(self._on_online)
        connection.offline.connect(self._on_offline)

    @property
    def client(self) -> Client:
        """The client, while there is a session. Raises Offline."""
        client = self._connection.client
        if client is None or not self._connection.is_online:
            raise Offline
        return client

    def listen(
        self, name: str, wanted: Callable[[StanzaBase], bool], listener: Callable[[Any], None]
    ) -> None:
        """Call listener with every stanza that is wanted, of this client and of later ones.

        It must be a plain function: slixmpp runs coroutines side by side, in no order.
        """
        self.new_client.connect(
            lambda client: client.register_handler(Callback(name, Matching(wanted), listener))
        )

    def is_own_push(self, stanza: StanzaBase) -> bool:
        """Our server tells us something: from our bare address or from nobody (RFC 6121 §2.1.6).

        Anybody else may not push, and gets the answer that every unknown request gets.
        """
        xml = stanza.xml
        return (
            isinstance(stanza, Iq)
            and xml.get("type") == "set"
            and ("from" not in xml.attrib or reading.address(xml.get("from")) == self.own)
        )

    def acknowledge(self, push: Iq) -> None:
        """Say that a push has arrived; without a session nobody waits for that."""
        with suppress(Offline):
            self.client.make_iq_result(id=push.xml.get("id"), ito=push.xml.get("from")).send()

    async def ask(self, request: Iq) -> Iq:
        """Send a request and wait for the answer. Raises Offline, ServerRefused, ServerSilent.

        If the link breaks the answer may still come in the resumed stream, so this waits for that;
        if there is no resumption it is Offline. (slixmpp's own waiting ends with the link.)
        """
        client = self.client
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        name = f"answer to {request['id']}"

        def take(stanza: StanzaBase) -> None:
            if not answer.done():
                answer.set_result(stanza)

        client.register_handler(Callback(name, _answers(request, client), take))
        self._waiting.add(answer)
        try:
            client.send(request)
            while not answer.done():
                await asyncio.wait((answer,), timeout=self._patience)
                if not answer.done() and self._connection.is_online:
                    raise ServerSilent
            if answer.cancelled():
                raise Offline
            return _checked(answer.result())
        finally:
            self._waiting.discard(answer)
            client.remove_handler(name)

    def _on_online(self, resumed: bool) -> None:
        if not resumed:  # a new session answers nothing that was asked in the one before
            self._give_up()

    def _on_offline(self, trouble: SignInTrouble | None, again_in: float | None) -> None:
        if again_in is None:
            self._give_up()

    def _give_up(self) -> None:
        for answer in self._waiting:
            answer.cancel()


class Matching(MatcherBase):
    """Picks stanzas by a plain function of ours: slixmpp's paths cost more and say less."""

    def __init__(self, wanted: Callable[[StanzaBase], bool]) -> None:
        super().__init__(wanted)
        self._wanted = wanted

    def match(self, xml: StanzaBase) -> bool:
        return self._wanted(xml)


def _answers(request: Iq, client: Client) -> Matching:
    """A result or an error under the same id from whom we asked: no message with it (X-12)."""
    asked = {"id": request["id"], "self": client.boundjid, "peer": request["to"]}
    is_from_them = MatchIDSender(asked).match
    return Matching(
        lambda stanza: (
            isinstance(stanza, Iq)
            and stanza.xml.get("type") in ("result", "error")
            and is_from_them(stanza)
        )
    )


def _checked(answer: Iq) -> Iq:
    if answer.xml.get("type") == "error":
        raise reading.refusal(answer.xml)
    return answer
