"""One host, many guests on real streams, and what the model says must be after each case."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pars_desktop.core.account import State
from pars_desktop.domain.contact import Availability, Contact, Subscription
from pars_desktop.domain.invite import Invite, InviteOptions, Refusal, Via, new_token
from pars_desktop.domain.jid import JID
from pars_desktop.store.columns import ticks
from pars_desktop.xmpp.network import Network
from tests import oracle
from tests.journeys.ground import token_of, until
from tests.journeys.home import Home
from tests.server.prosody import DEFAULT_INVITES_HOST, INVITES_HOST, PLAIN_HOST, Prosody
from tests.soak.model import Card, Guest, Standing

PATIENCE = 40.0  # seconds for what must happen in the end, on any machine
_HOSTS = (PLAIN_HOST, INVITES_HOST, DEFAULT_INVITES_HOST)


class Visitor:
    """A guest's device: it asks, and it approves the host if the host asks back."""

    def __init__(self, guest: Guest, host: JID, network: Network) -> None:
        self.guest = guest
        self.network = network
        self.entry = Contact(host)
        self.saw_host = False
        network.roster.changed.connect(self._note)
        network.roster.requested.connect(lambda request: network.roster.approve(request.jid))
        network.roster.presence.connect(
            lambda presence: self._look(presence.availability is not Availability.OFFLINE)
        )

    @classmethod
    @asynccontextmanager
    async def online(cls, guest: Guest, host: JID) -> "AsyncIterator[Visitor]":
        network = Network(guest.person.settings)
        visitor = cls(guest, host, network)
        network.connection.start(guest.person.settings, guest.person.password)
        try:
            await until(lambda: network.connection.is_online, PATIENCE)
            for contact in await network.roster.fetch():
                visitor._note(contact)
            yield visitor
        finally:
            await network.connection.close()

    async def knock(self, token: str | None) -> None:
        """Ask, with this token. Servers keep the first request only: it is withdrawn before.

        The answer to the fetch comes after the push about what was asked last.
        """
        for contact in await self.network.roster.fetch():
            self._note(contact)
        if self.entry.ask:
            self.network.roster.unsubscribe(self.entry.jid)
            await until(lambda: not self.entry.ask, PATIENCE)
        self.network.roster.subscribe(self.entry.jid, token)

    def _note(self, contact: Contact) -> None:
        if contact.jid == self.entry.jid:
            self.entry = contact

    def _look(self, is_there: bool) -> None:
        self.saw_host = self.saw_host or is_there


class Party:
    """The host, the guests so far, and what must be."""

    def __init__(self, prosody: Prosody, folder: Path, chance: random.Random) -> None:
        self.prosody = prosody
        self.chance = chance
        self.guests: list[Guest] = []
        self.cards: list[Card] = []
        self.tally: Counter[str] = Counter()
        self.folder = folder
        self.host = Home(prosody.account("romeo", INVITES_HOST, your_name="Romeo"), folder / "host")
        self.jid = self.host.person.jid
        self.hears: set[JID] = set()  # who is no friend, and may be written to for now

    # --- what the cases are made of --------------------------------------------------------------

    def stranger(self) -> Guest:
        guest = Guest(self.prosody.account("guest", self.chance.choice(_HOSTS)))
        self.guests.append(guest)
        return guest

    def anybody(self) -> Guest:
        """Somebody new, or sometimes somebody who waits already."""
        waiting = self.standing(Standing.WAITING)
        return self.chance.choice(waiting) if waiting and self.luck(0.3) else self.stranger()

    def standing(self, standing: Standing) -> list[Guest]:
        return [guest for guest in self.guests if guest.standing is standing]

    def luck(self, chance: float) -> bool:
        return self.chance.random() < chance

    def card(self, uses: int = 1, bound_to: JID | None = None) -> Card:
        """An invitation with a token of our own."""
        invite = self.host.invites.create(InviteOptions(uses=uses, bound_to=bound_to))
        return self._handed_out(invite)

    async def card_of_server(self) -> Card:
        invite = await self.host.invites.prepare(shown_again=False)
        assert invite.via is Via.SERVER
        return self._handed_out(invite)

    def _handed_out(self, invite: Invite) -> Card:
        assert invite.link
        card = Card(
            invite.id,
            token_of(invite.link),
            invite.max_uses,
            invite.bound_to,
            by_server=not invite.is_ours,
        )
        self.cards.append(card)
        return card

    def end(self, card: Card) -> None:
        """It is revoked, or its time is over."""
        card.ended = self.chance.choice((Refusal.REVOKED, Refusal.EXPIRED))
        if card.ended is Refusal.REVOKED:
            self.host.invites.revoke(card.id)
        else:
            a_second_ago = ticks(datetime.now(UTC) - timedelta(seconds=1))
            self.host.db.run("UPDATE invite SET expires = ? WHERE id = ?", (a_second_ago, card.id))

    def wrong_token(self, card: Card) -> str | None:
        """One that is not ours, however much it resembles one."""
        token = card.token
        return self.chance.choice(
            (new_token(), token[:-1], token + "A", token.swapcase(), token[::-1], 5 * token, None)
        )

    def visit(self, guest: Guest) -> "AbstractAsyncContextManager[Visitor]":
        return Visitor.online(guest, self.jid)

    @asynccontextmanager
    async def meanwhile(self, *, kills: bool = True) -> AsyncIterator[None]:
        """Something may happen to the host about now. Afterwards the host is online."""
        event = self.chance.choice(("", "", "cut", "kill" if kills else "cut"))
        moment = self.chance.uniform(0.0, 0.08)
        task = asyncio.create_task(self._misfortune(event, moment))
        try:
            yield
        finally:
            await task

    async def _misfortune(self, event: str, moment: float) -> None:
        await asyncio.sleep(moment)
        if event:
            self.tally[f"the host: {event}"] += 1
        if event == "cut":
            self.host.cut()
            await until(lambda: self.host.account.status.state is not State.ONLINE, PATIENCE)
            await self.host.online()
        elif event == "kill":
            await self.host.kill()
            await self.host.start()

    # --- what must come of it --------------------------------------------------------------------

    async def is_let_in(self, visitor: Visitor, card: Card) -> None:
        card.lets_in(visitor.guest)
        await self.becomes_friend(visitor)

    async def becomes_friend(self, visitor: Visitor) -> None:
        visitor.guest.standing = Standing.FRIEND
        await until(lambda: self.has_friend(visitor.guest.jid), PATIENCE)
        await until(lambda: visitor.entry.is_friend, PATIENCE)

    async def waits(self, visitor: Visitor, card: Card | None) -> None:
        """They ask, and our person alone is told what became of their token."""
        guest = visitor.guest
        expected = (card.refusal(guest), card.id) if card else (None, None)
        guest.standing = Standing.WAITING
        await until(lambda: self._request(guest.jid) == expected, PATIENCE)
        assert not visitor.entry.is_seen
        assert not visitor.saw_host

    def has_friend(self, jid: JID) -> bool:
        return self.host.is_friend(jid) and jid not in self.host.invites.unfinished()

    def _request(self, jid: JID) -> tuple[Refusal | None, int | None] | None:
        """What is kept of somebody's request; silent ones too."""
        row = self.host.db.first(
            "SELECT refusal, invite FROM request WHERE jid = ? AND decision IS NULL", (str(jid),)
        )
        return row and (Refusal(row["refusal"]) if row["refusal"] else None, row["invite"])

    def is_decided(self, jid: JID) -> bool:
        """An answer of our person's was not carried out yet."""
        return self.host.db.first("SELECT 1 FROM request WHERE jid = ?", (str(jid),)) is not None

    async def quiet(self, visitor: Visitor) -> None:
        """All that was asked has reached the host."""
        await visitor.network.roster.fetch()
        with_host = self.host.friends._contacts.roster
        await with_host.fetch()

    def check(self, cards: list[Card]) -> None:
        """After each case: the redemptions, the links, and to whom the host wrote."""
        now = datetime.now(UTC)
        for card in cards:
            assert {jid for jid, _ in self.host.invites.used_by(card.id)} == card.guests
            invite = self.host.invites.get(card.id)
            assert (invite.link is not None) == invite.is_open(now) == (card.left > 0)
        known = {str(self.jid), self.jid.domain} | {str(jid) for jid in self.hears}
        known |= {str(guest.jid) for guest in self.standing(Standing.FRIEND)}
        strangers = oracle.to_strangers(self.host.take_sent(), known)
        assert not strangers, [(each.tag, each.get("type")) for each in strangers]
        self.hears.clear()

    def check_everything(self) -> None:
        """At the end: the server's own lists, and everything on disk."""
        friends = {guest.jid for guest in self.standing(Standing.FRIEND)}
        roster = self.prosody.roster(self.jid)
        assert {jid for jid, item in roster.items() if item.is_friend} == friends
        assert roster.keys() == friends, "somebody is half a friend"
        for guest in self.guests:
            item = self.prosody.roster(guest.jid).get(self.jid, Contact(self.jid))
            expected = Subscription.BOTH if guest.jid in friends else Subscription.NONE
            assert item.subscription is expected
        waiting = {guest.jid for guest in self.standing(Standing.WAITING)}
        assert self.prosody.pending(self.jid) == waiting
        rows = self.host.db.select("SELECT jid FROM request")
        assert {JID.trusted(row["jid"]) for row in rows} == waiting
        self.check(self.cards)
        assert self.host.invites.unfinished() == []
