"""Invitations of every kind, guesses and redeliveries, on a bad line, through a real server.

Guests come by hundreds, with good tokens and bad ones, at once, twice, while the host is away;
lines break, and the host's program is killed. After each case, and in the end on the server's own
lists, exactly those are friends who were let in (P-1 to P-6, P-8, P-13, P-18 to P-20).
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from pars_desktop.domain.errors import Offline, ServerSilent
from tests import oracle
from tests.fakes import wanted
from tests.journeys.ground import until
from tests.journeys.home import Home
from tests.server.prosody import Prosody
from tests.soak.model import Card, Guest, Standing
from tests.soak.party import PATIENCE, Party, Visitor

Case = Callable[[Party], Awaitable[list[Card]]]


async def good_then_used(party: Party) -> list[Card]:
    """P-1, P-3: somebody is let in; somebody else with the same token is not."""
    card = party.card()
    async with party.visit(party.anybody()) as visitor:
        party.hears.add(visitor.guest.jid)
        async with party.meanwhile():
            await visitor.knock(card.token)
        await party.is_let_in(visitor, card)
    async with party.visit(party.anybody()) as visitor:
        async with party.meanwhile():
            await visitor.knock(card.token)
        await party.waits(visitor, card)
    return [card]


async def all_at_once(party: Party) -> list[Card]:
    """P-4: more come at once than an invitation has uses left."""
    card = party.card(uses=party.chance.choice((1, 1, 2, 4)))
    crowd = [party.anybody() for _ in range(card.uses + party.chance.randint(1, 2))]
    crowd = list(dict.fromkeys(crowd))
    async with AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(party.visit(guest)) for guest in crowd]
        party.hears |= {guest.jid for guest in crowd}
        async with party.meanwhile():
            await asyncio.gather(*(visitor.knock(card.token) for visitor in visitors))
        await _the_first_are_let_in(party, card, visitors)
    return [card]


async def _the_first_are_let_in(party: Party, card: Card, visitors: list[Visitor]) -> None:
    """Whoever they are."""
    places = min(card.left, len(visitors))

    def winners() -> set[object]:
        return {jid for jid, _ in party.host.invites.used_by(card.id)} - card.guests

    await until(lambda: len(winners()) >= places, PATIENCE)
    won = winners()
    assert len(won) == places
    for visitor in visitors:
        if visitor.guest.jid in won:
            await party.is_let_in(visitor, card)
    for visitor in visitors:
        if visitor.guest.jid not in won:
            party.hears.discard(visitor.guest.jid)
            await party.waits(visitor, card)


async def meant_for_another(party: Party) -> list[Card]:
    """P-6: the one it is bound to is let in, also after somebody else has tried."""
    invited = party.stranger()
    card = party.card(bound_to=invited.jid)
    async with party.visit(party.anybody()) as visitor:
        async with party.meanwhile():
            await visitor.knock(card.token)
        await party.waits(visitor, card)
    party.hears.add(invited.jid)
    async with party.visit(invited) as visitor:
        async with party.meanwhile():
            await visitor.knock(card.token)
        await party.is_let_in(visitor, card)
    return [card]


async def ended(party: Party) -> list[Card]:
    """P-5, P-18: expired or revoked, sometimes when one of several had come already."""
    card = party.card(uses=2)
    if party.luck(0.5):
        async with party.visit(party.stranger()) as visitor:
            await visitor.knock(card.token)
            await party.is_let_in(visitor, card)
    party.end(card)
    async with party.visit(party.anybody()) as visitor:
        async with party.meanwhile():
            await visitor.knock(card.token)
        await party.waits(visitor, card)
    return [card]


async def while_away(party: Party) -> list[Card]:
    """P-18, P-19: guests come while the host is away, and the server keeps what they ask."""
    good, over, never = party.card(), party.card(), party.card()
    is_dead = party.luck(0.5)
    if is_dead:
        party.end(over)
        await party.host.kill()
    else:
        await party.host.leave()
    crowd = dict.fromkeys(party.anybody() for _ in range(4))
    async with AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(party.visit(guest)) for guest in crowd]
        tokens = [good.token, good.token, over.token, party.wrong_token(never)]
        for visitor, token in zip(visitors, tokens, strict=False):
            await visitor.knock(token)
            await visitor.network.roster.fetch()
        party.hears |= {visitor.guest.jid for visitor in visitors[:2]}
        if is_dead:
            await party.host.start()
        else:
            party.end(over)
            await party.host.come_back()
        await _the_first_are_let_in(party, good, visitors[:2])
        for visitor, card in zip(visitors[2:], (over, None), strict=False):
            await party.waits(visitor, card)
    return [good, over, never]


async def guest_leaves(party: Party) -> list[Card]:
    """P-19: neither is there when the other is; each comes back."""
    card = party.card()
    await party.host.leave()
    guest = party.stranger()
    async with party.visit(guest) as visitor:
        await visitor.knock(card.token)
        await visitor.network.roster.fetch()
    party.hears.add(guest.jid)
    async with party.meanwhile(kills=False):
        await party.host.come_back()
    await until(lambda: party.host.invites.used_by(card.id), PATIENCE)
    async with party.visit(guest) as visitor:
        async with party.meanwhile():
            pass
        await party.is_let_in(visitor, card)
    return [card]


async def by_the_server(party: Party) -> list[Card]:
    """R10, R11: our server lets somebody in by itself; its token is good once, as well."""
    card, own = await party.card_of_server(), party.card()
    if party.luck(0.5):  # a guest of our own does not use up the server's
        async with party.visit(party.stranger()) as visitor:
            await visitor.knock(own.token)
            await party.is_let_in(visitor, own)
    guest = party.stranger()
    async with party.visit(guest) as visitor:
        party.hears.add(guest.jid)
        if party.luck(0.3):
            await party.host.leave()
            await visitor.knock(card.token)
            await visitor.network.roster.fetch()
            await party.host.come_back()
        else:
            async with party.meanwhile():
                await visitor.knock(card.token)
        await party.is_let_in(visitor, card)
    async with party.visit(party.anybody()) as visitor:
        async with party.meanwhile():
            await visitor.knock(card.token)
        await party.waits(visitor, card)
    return [card, own]


async def guesses(party: Party) -> list[Card]:
    """P-7, P-8, P-19: wrong tokens, again and again, and sometimes the right one after all."""
    card = party.card()
    async with party.visit(party.anybody()) as visitor:
        for _ in range(party.chance.randint(1, 7)):
            party.tally["guesses"] += 1
            async with party.meanwhile(kills=False):
                await visitor.knock(party.wrong_token(card))
        await party.waits(visitor, None)
        if party.luck(0.5):
            party.hears.add(visitor.guest.jid)
            async with party.meanwhile():
                await visitor.knock(card.token)
            await party.is_let_in(visitor, card)
    return [card]


async def again(party: Party) -> list[Card]:
    """P-2: a friend comes again, with the same token and others; so does one who waits."""
    card = party.card()
    came = [guest for guest in party.standing(Standing.FRIEND) if guest.card]
    if came:
        friend = party.chance.choice(came)
        async with party.visit(friend) as visitor:
            async with party.meanwhile():
                for token in (friend.card.token, card.token, party.wrong_token(card)):
                    party.tally["redeliveries"] += 1
                    visitor.network.roster.subscribe(party.jid, token)
                await visitor.network.roster.fetch()
            await party.quiet(visitor)
            assert visitor.entry.is_friend
    used = [each for each in party.cards if each.guests and not each.left]
    if used:
        old = party.chance.choice(used)
        async with party.visit(party.anybody()) as visitor:
            for _ in range(3):
                party.tally["redeliveries"] += 1
                async with party.meanwhile(kills=False):
                    await visitor.knock(old.token)
            await party.waits(visitor, old)
        return [card, old]
    return [card]


async def undone(party: Party) -> list[Card]:
    """P-20: a newcomer is sent away, and comes again with the token."""
    came = [guest for guest in party.standing(Standing.FRIEND) if guest.card]
    if not came:
        return await good_then_used(party)
    guest = party.chance.choice(came)
    party.hears.add(guest.jid)
    card = guest.card
    async with party.meanwhile(kills=False):
        await _undo(party, guest)
    guest.standing = Standing.AWAY
    await until(lambda: party.host.friends.contact(guest.jid) is None, PATIENCE)
    if party.luck(0.7):
        async with party.visit(guest) as visitor:
            assert not visitor.entry.is_seen
            async with party.meanwhile():
                await visitor.knock(card.token)
            await party.waits(visitor, card)
    return [card]


async def _undo(party: Party, guest: Guest) -> None:
    """A person presses Undo until it is done."""
    while True:
        await party.host.online()
        try:
            await party.host.friends.undo(guest.jid)
        except (Offline, ServerSilent):
            continue
        return


async def answered(party: Party) -> list[Card]:
    """Who waits is accepted or declined by our person."""
    waiting = party.standing(Standing.WAITING)
    if not waiting:
        return await guesses(party)
    guest = party.chance.choice(waiting)
    party.hears.add(guest.jid)
    async with party.visit(guest) as visitor:
        friends, tasks = party.host.friends, party.host.tasks
        if party.luck(0.6):
            async with party.meanwhile():
                tasks.spawn(friends.accept(guest.jid), name="accept")
            await party.becomes_friend(visitor)
        else:
            async with party.meanwhile():
                tasks.spawn(friends.decline(guest.jid), name="decline")
            guest.standing = Standing.AWAY
            await until(lambda: not visitor.entry.ask, PATIENCE)
            await until(lambda: not party.is_decided(guest.jid), PATIENCE)
    return []


async def by_a_program(party: Party) -> list[Card]:
    """P-13: the guest's own program redeems, on a bad line, or killed in the middle."""
    card, guest = party.card(), party.stranger()
    party.hears.add(guest.jid)
    async with Home.opened(guest.person, party.folder / guest.jid.local) as hers:
        adding = hers.friends.add(party.jid, "Romeo", card.token)
        async with party.meanwhile():
            hers.tasks.spawn(adding, name="add a friend")
            await asyncio.sleep(party.chance.choice((0.0, 0.01, 0.15)) * party.chance.random())
            misfortune = party.chance.choice(("", "cut", "kill"))
            party.tally[f"the guest: {misfortune or 'well'}"] += 1
            if misfortune == "cut":
                hers.cut()
            elif misfortune == "kill":
                await hers.kill()
                await hers.start()
        await until(lambda: hers.is_friend(party.jid), PATIENCE)
        await until(lambda: not wanted(hers.db, guest.jid), PATIENCE)
        card.lets_in(guest)
        await until(lambda: party.has_friend(guest.jid), PATIENCE)
    return [card]


CASES: dict[Case, int] = {
    good_then_used: 5,
    all_at_once: 4,
    meant_for_another: 2,
    ended: 3,
    while_away: 3,
    guest_leaves: 2,
    by_the_server: 4,
    guesses: 3,
    again: 3,
    undone: 3,
    answered: 2,
    by_a_program: 4,
}


async def celebrate(prosody: Prosody, folder: Path, seed: int, count: int) -> None:
    """Cases by chance until `count` invitations were handed out; the first of each kind once."""
    party = Party(prosody, folder, random.Random(seed))
    began = time.monotonic()
    await party.host.start()
    try:
        await _celebrate(party, count)
        await party.host.kill()
        await party.host.start()
        party.check_everything()
    finally:
        await party.host.end()
    print(
        f"  {len(party.cards)} invitations, {len(party.guests)} guests,"
        f" {len(party.standing(Standing.FRIEND))} friends in {time.monotonic() - began:.0f} s"
    )
    for name, times in sorted(party.tally.items()):
        print(f"    {times:5} {name}")


async def _celebrate(party: Party, count: int) -> None:
    first = list(CASES)
    while first or len(party.cards) < count:
        case = first.pop(0) if first else party.chance.choices([*CASES], [*CASES.values()])[0]
        party.tally[case.__name__] += 1
        secrets = {party.host.person.password}
        async with oracle.watched(secrets):
            cards = await case(party)
            secrets |= {card.token for card in cards}
        party.check(cards)
