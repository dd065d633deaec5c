"""Create an invitation, find the one to show, redeem a token (XEP-0379 §3 and §4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from pars_desktop.base.signal import Signal
from pars_desktop.core.ports import Clock
from pars_desktop.domain.invite import (
    LIFETIME,
    MAX_INCOMING_TOKEN,
    Invite,
    Refusal,
    new_token,
    token_hash,
)
from pars_desktop.domain.jid import JID
from pars_desktop.store.invites import Claim, ClaimKind, InviteStore

SHOWN_AGAIN = timedelta(hours=1)  # opening the window again within this shows the same invitation


class Invites:
    """The invitations one account handed out."""

    def __init__(
        self,
        account: JID,
        store: InviteStore,
        clock: Clock,
        your_name: Callable[[], str],
        *,
        lifetime: timedelta = LIFETIME,
        shown_again: timedelta = SHOWN_AGAIN,
    ) -> None:
        self.changed: Signal[()] = Signal()  # one was made, used or revoked
        self._account = account
        self._store = store
        self._clock = clock
        self._your_name = your_name
        self._lifetime = lifetime
        self._shown_again = shown_again

    def current(self) -> Invite:
        """The unused invitation of the last hour, or a new one: what the window opens with."""
        now = self._clock.now()
        self._store.expire(now)
        found = self._store.reusable(self._account, now - self._shown_again, now)
        return self.create() if found is None else self._named(found)

    def create(self, label: str = "") -> Invite:
        """A new invitation that works once. It is on disk before anybody sees it (R7)."""
        from pars_desktop.domain.uri import invitation_link

        token, now = new_token(), self._clock.now()
        link = invitation_link(self._account, token, self._your_name())
        invite = self._store.add(
            self._account, token_hash(token), link, now, now + self._lifetime, label
        )
        self.changed.emit()
        return invite

    def all(self) -> list[Invite]:
        """Every invitation of this account; those that ended have no link any more."""
        self._store.expire(self._clock.now())
        return [self._named(invite) for invite in self._store.all(self._account)]

    def revoke(self, invite_id: int) -> None:
        """From now on its token opens nothing."""
        self._store.revoke(invite_id, self._clock.now())
        self.changed.emit()

    def used_by(self, invite_id: int) -> list[tuple[JID, datetime]]:
        """Who came by this invitation, and when."""
        return self._store.used_by(invite_id)

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

    def _named(self, invite: Invite) -> Invite:
        """Its link says what the person is called today, under the same token."""
        from pars_desktop.domain.uri import invitation_link, parse_link

        token = parse_link(invite.link).token if invite.link else None
        if token is None:
            return invite
        return replace(invite, link=invitation_link(self._account, token, self._your_name()))
