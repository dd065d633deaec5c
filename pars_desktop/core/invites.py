"""Make invitations, list and end them, redeem a token (XEP-0379 §3 and §4, XEP-0401)."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from pars_desktop.base.signal import Signal
from pars_desktop.core.ports import Clock, InvitationServer
from pars_desktop.domain.errors import Offline, ServerRefused, Trouble
from pars_desktop.domain.invite import (
    LONGEST_LIFETIME,
    MAX_INCOMING_TOKEN,
    NEVER,
    Invite,
    InviteOptions,
    Purpose,
    Refusal,
    ServerInvite,
    Via,
    new_token,
    token_hash,
)
from pars_desktop.domain.jid import JID
from pars_desktop.store.invites import Claim, ClaimKind, InviteStore

_log = logging.getLogger(__name__)

_SHOWN_AGAIN = timedelta(hours=1)  # opening the window again within this shows the same invitation
SERVER_LIMIT = 5.0  # seconds for our server to make one; then we make it ourselves (R5)
USUAL = InviteOptions()


class Invites:
    """The invitations one account handed out.

    A window does `recent() or await prepare(options)` and shows the result: its link is on disk
    and final. What it shows may go away with `changed`: then `get` says what became of it.
    """

    def __init__(
        self,
        account: JID,
        store: InviteStore,
        clock: Clock,
        your_name: Callable[[], str],
        *,
        server_limit: float = SERVER_LIMIT,
    ) -> None:
        self.changed: Signal[()] = Signal()  # one was made, used, revoked, extended or deleted
        self._account = account
        self._store = store
        self._clock = clock
        self._your_name = your_name
        self._server_limit = server_limit
        self._server: InvitationServer | None = None

    def attach(self, server: InvitationServer) -> None:
        """Ask this server for invitations from now on."""
        self._server = server

    # --- making --------------------------------------------------------------------------------

    async def prepare(self, options: InviteOptions = USUAL, *, shown_again: bool = True) -> Invite:
        """A new invitation, made by our server if it can and the options allow it, else by us.

        Takes five seconds at most. The result is on disk, and its link never changes. A server
        that does not play along is no trouble (R5); raises StorageFailed. With `shown_again`, and
        the usual options but for the name, `recent` may find it; without, it was given away
        already.
        """
        made = None if options.needs_own_token else await self._made_by_server()
        if made is None:
            return self.create(options, shown_again=shown_again)
        name = self._your_name() if options.name is None else options.name
        from pars_desktop.domain.uri import invitation_link

        return self._keep(
            made.token,
            invitation_link(self._account, made.token, name, ibr=made.ibr),
            options,
            made.expires or NEVER,
            shown_again=shown_again,
            via=Via.SERVER,
            page=made.page,
            ibr=made.ibr,
        )

    def create(self, options: InviteOptions = USUAL, *, shown_again: bool = True) -> Invite:
        """A new invitation with a token of our own: needs no session. See `prepare`."""
        from pars_desktop.domain.uri import invitation_link

        token, name = new_token(), self._your_name() if options.name is None else options.name
        return self._keep(
            token,
            invitation_link(self._account, token, name),
            options,
            shown_again=shown_again,
        )

    def recent(self) -> Invite | None:
        """The usual invitation of the last hour, if nobody used it: the window shows it again."""
        now = self._clock.now()
        self._store.expire(now)
        return self._store.reusable(self._account, now - _SHOWN_AGAIN, now)

    async def offers_accounts(self) -> bool:
        """Our server lets this account invite people to create one there (R9). False offline."""
        try:
            return self._server is not None and await self._server.offers_accounts()
        except Trouble as trouble:
            _log.info("whether accounts can be offered is unknown: %s", type(trouble).__name__)
            return False

    async def invite_to_server(
        self, user_name: str = "", *, befriend: bool = True, label: str = ""
    ) -> Invite:
        """An invitation to create an account on our server, for administrators (R9).

        `user_name` and `befriend` (the new account becomes a friend) are wishes: not every server
        asks for them. `bound_to` of the result is the new account's address if it is fixed.
        Raises Offline, ServerRefused, ServerSilent, StorageFailed.
        """
        from pars_desktop.domain.uri import account_link

        if self._server is None:
            raise Offline
        made = await self._server.account(user_name, befriend=befriend)
        if self._is_unusable(made):
            raise ServerRefused("not-acceptable", "the server's invitation is of no use")
        return self._keep(
            made.token,
            account_link(made.jid, made.token),
            InviteOptions(label=label, bound_to=made.jid if made.jid.local else None),
            made.expires or NEVER,
            shown_again=False,
            via=Via.SERVER,
            purpose=Purpose.ACCOUNT,
            page=made.page,
            ibr=True,
            befriends=made.befriends,
        )

    # --- the list of them ----------------------------------------------------------------------

    def all(self) -> list[Invite]:
        """Every invitation of this account, newest first; those that ended have no link any more.

        `Invite.refusal(now)` says what became of one; None: it waits.
        """
        self._store.expire(self._clock.now())
        return self._store.all(self._account)

    def get(self, invite_id: int) -> Invite | None:
        """One of them, or None if this account has none of this number (any more)."""
        self._store.expire(self._clock.now())
        invite = self._store.get(invite_id)
        return invite if invite is not None and invite.account == self._account else None

    def used_by(self, invite_id: int) -> list[tuple[JID, datetime]]:
        """Who came by this invitation, and when."""
        return self._store.used_by(invite_id)

    def invitation_of(self, jid: JID) -> Invite | None:
        """By which invitation somebody came, if that is known."""
        return self._store.invitation_of(self._account, jid)

    def revoke(self, invite_id: int) -> None:
        """From now on its token opens nothing, also for requests that wait on the server (P-18).

        Our other devices hear of it as soon as this one is online. Raises ValueError for one that
        our server made: it would let people in all the same (R10).
        """
        invite = self.get(invite_id)
        if invite is not None and not invite.is_ours:
            raise ValueError("an invitation that the server made can be revoked there alone")
        self._store.revoke(invite_id, self._clock.now())
        self.changed.emit()

    def extend(self, invite_id: int, until: datetime) -> Invite | None:
        """Let it end at another time; None if it is over or not our own.

        Raises ValueError for a time that is over or more than a month ahead.
        """
        now = self._clock.now()
        if not now < until <= now + LONGEST_LIFETIME:
            raise ValueError("an invitation ends within a month")
        if not self._store.extend(invite_id, until, now):
            return None
        self.changed.emit()
        return self.get(invite_id)

    def delete(self, invite_id: int) -> None:
        """Forget it, and who used it. An open one of ours opens nothing any more; one that our
        server made goes on to work, and its guests are not recognised."""
        self._store.delete(invite_id)
        self.changed.emit()

    # --- somebody comes ------------------------------------------------------------------------

    def redeem(self, token: str | None, jid: JID) -> Claim:
        """Decide about a token that came with a request, and record it in the same moment.

        An absent, malformed or overlong token is like an unknown one (XEP-0379 §4.1, R26).
        """
        if not token or len(token) > MAX_INCOMING_TOKEN:
            return Claim(ClaimKind.REFUSED, Refusal.UNKNOWN, None)
        claim = self._store.claim(self._account, token_hash(token), jid, self._clock.now())
        if claim.kind is ClaimKind.CLAIMED:
            self.changed.emit()
        return claim

    def set_aside(self, invite: Invite, aside: bool = True) -> None:
        """Another took its place on the screen before it was given away; or it is there again.

        Of invitations that our server made we are not told which one was used (R11): this one the
        least likely. It works all the same.
        """
        if not invite.is_ours:
            self._store.set_aside(invite.id, aside)

    def expects_guests(self) -> bool:
        """Our server may let somebody in without asking us: invitations it made are open (R11)."""
        return bool(self._store.outstanding(self._account, self._clock.now()))

    def let_in_by_server(self, jid: JID) -> bool:
        """Somebody is in our list whom nobody here put there: whether it was our server (R11).

        If only one invitation can have let them in, it is recorded as used by them. Of several none
        is offered again: it may be the one that is used up.
        """
        now = self._clock.now()
        fitting = [
            invite
            for invite in self._store.outstanding(self._account, now)
            if invite.purpose is Purpose.FRIEND or jid.domain == self._account.domain
            if invite.bound_to in (None, jid)
        ]
        if not fitting or jid in self.unfinished():
            return False
        if len(fitting) == 1:
            self._store.let_in(fitting[0].id, jid, now)
        else:
            self._store.keep_hidden(invite.id for invite in fitting)
        self.changed.emit()
        return True

    def unfinished(self) -> list[JID]:
        """People whose token was good, and whose welcome was cut short (P-13)."""
        return self._store.unfinished(self._account)

    def finish(self, jid: JID) -> None:
        """The welcome is complete."""
        self._store.finish(self._account, jid)

    def undo(self, jid: JID) -> None:
        """They were sent away again: their token stays used, for them as for everybody (P-20)."""
        self._store.finish(self._account, jid)
        self._store.undo(self._account, jid)

    # --- how -----------------------------------------------------------------------------------

    async def _made_by_server(self) -> ServerInvite | None:
        """One of our server's, or None if it does not make any that we could use, in time (R5)."""
        if self._server is None:
            return None
        import asyncio

        try:
            async with asyncio.timeout(self._server_limit):
                made = await self._server.friend()
        except (Trouble, TimeoutError) as trouble:
            _log.info("not the server's token, but our own: %s", type(trouble).__name__)
            return None
        return None if self._is_unusable(made) else made

    def _is_unusable(self, made: ServerInvite) -> bool:
        """It has ended, or was given to us before."""
        is_over = made.expires is not None and made.expires <= self._clock.now()
        return is_over or self._store.knows(self._account, token_hash(made.token))

    def _keep(
        self,
        token: str,
        link: str,
        options: InviteOptions,
        expires: datetime | None = None,
        *,
        shown_again: bool,
        via: Via = Via.CLIENT,
        purpose: Purpose = Purpose.FRIEND,
        page: str | None = None,
        ibr: bool = False,
        befriends: bool = True,
    ) -> Invite:
        """On disk before anybody sees it (R7). Without `expires` it lasts as long as was chosen."""
        now = self._clock.now()
        invite = self._store.add(
            self._account,
            token_hash(token),
            link,
            now,
            expires or now + options.lifetime,
            options.label,
            options.uses,
            options.bound_to,
            via=via,
            purpose=purpose,
            page=page,
            ibr=ibr,
            befriends=befriends,
            shown_again=shown_again and replace(options, name=None) == USUAL,
        )
        self.changed.emit()
        return invite
