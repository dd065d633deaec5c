"""Invitations that our server makes for us (XEP-0401), believed only after a look at each."""

import re
from datetime import UTC, datetime

from pars_desktop.domain.errors import ServerRefused
from pars_desktop.domain.form import Answer, Form
from pars_desktop.domain.invite import MAX_INCOMING_TOKEN, ServerInvite
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action, Link
from pars_desktop.domain.uri import parse_link
from pars_desktop.xmpp.commands import Commands, Step
from pars_desktop.xmpp.discovery import Discovery
from pars_desktop.xmpp.session import Session

_FRIEND = "urn:xmpp:invite#invite"
_ACCOUNT = "urn:xmpp:invite#create-account"
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_CONTACTS_WORK = (0, 12, 5)  # before, Prosody fails on its own tokens for contacts (R6)
_LONGEST_PAGE = 2048


class InvitationServer:
    """Fits `core.ports.InvitationServer`."""

    def __init__(self, session: Session) -> None:
        self._server = JID("", session.own.domain)
        self._own = session.own
        self._commands = Commands(session)
        self._discovery = Discovery(session)

    async def friend(self) -> ServerInvite:
        """An invitation to become a friend of ours (R1 to R3, R6).

        Raises Offline, ServerSilent, and ServerRefused also for what could not be used.
        """
        step = await self._begin(_FRIEND)
        if not step.is_complete:  # XEP-0401 knows no question that it could ask here
            await self._commands.cancel(step)
            raise ServerRefused("undefined-condition", "the server asks before it invites")
        link = _link(step.form)
        if link.action is not Action.ROSTER or link.jid != self._own:
            raise ServerRefused("undefined-condition", "the invitation does not lead to us")
        if not link.ibr and not await self._contacts_work():
            raise ServerRefused("undefined-condition", "requests with this invitation get lost")
        return _invite(self._own, link, step.form, befriends=True)

    async def offers_accounts(self) -> bool:
        """The server lists the command for this account (R9)."""
        return _ACCOUNT in await self._commands.offered(self._server)

    async def account(self, user_name: str, *, befriend: bool) -> ServerInvite:
        """An invitation to create an account on our server (R9).

        Prosody answers at once; ejabberd and MongooseIM ask for the name first.
        """
        step, befriends = await self._begin(_ACCOUNT), False
        if not step.is_complete:
            befriends = befriend and step.form.get("roster-subscription") is not None
            step = await self._answer(step, user_name, befriend=befriend)
        link = _link(step.form)
        place = link.jid
        if link.action is not Action.REGISTER or place is None or place.domain != self._own.domain:
            raise ServerRefused("undefined-condition", "the invitation does not lead to our server")
        return _invite(place, link, step.form, befriends=befriends)

    async def _answer(self, step: Step, user_name: str, *, befriend: bool) -> Step:
        """Tell the server for whom the account is to be."""
        answers: dict[str, Answer] = {"username": user_name, "roster-subscription": befriend}
        if step.form.missing(answers):
            await self._commands.cancel(step)
            raise ServerRefused("not-acceptable", "the server wants to know more")
        last = await self._commands.complete(step, answers)
        if not last.is_complete:
            await self._commands.cancel(last)
            raise ServerRefused("undefined-condition", "the server asks without an end")
        return last

    async def _begin(self, node: str) -> Step:
        offered = await self._commands.offered(self._server)
        if node not in offered:
            raise ServerRefused("service-unavailable", "the server does not offer this")
        return await self._commands.execute(offered[node], node)

    async def _contacts_work(self) -> bool:
        """The server is known to keep requests that come with a token for contacts alone (R6)."""
        name, version = await self._discovery.version(self._server)
        if name.lower() != "prosody":
            return name != ""
        numbers = _VERSION.match(version)
        return numbers is not None and tuple(map(int, numbers.groups())) >= _CONTACTS_WORK


def _link(form: Form) -> Link:
    """The link in a result; only what it says is used, never the link itself (R3)."""
    link = parse_link(form.value("uri"))
    if link.refused is not None or not link.token or len(link.token) > MAX_INCOMING_TOKEN:
        raise ServerRefused("undefined-condition", "the result holds no invitation")
    return link


def _invite(jid: JID, link: Link, form: Form, *, befriends: bool) -> ServerInvite:
    return ServerInvite(
        jid,
        link.token or "",
        expires=_end(form.value("expire", "expiry")),
        page=_page(form.value("landing-url")),
        ibr=link.ibr,
        befriends=befriends,
    )


def _end(text: str) -> datetime | None:
    """When it ends (XEP-0082); None: it does not say, so it does not end (XEP-0401)."""
    if not text:
        return None
    try:
        end = datetime.fromisoformat(text.strip())
        if end.tzinfo is not None:
            return end.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ServerRefused("undefined-condition", "the invitation ends at no time that there is")


def _page(text: str) -> str | None:
    """A landing page that others can open: https, and nothing but an address (P-15)."""
    page = text.strip()
    if len(page) > _LONGEST_PAGE or not re.fullmatch(r"https://[!-;=?-~]+", page):
        return None
    return page
