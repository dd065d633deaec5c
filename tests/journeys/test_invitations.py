"""Who knocks with which token, and what both sides see of it (battery P), on a real server."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QAbstractButton

from pars_desktop.domain.contact import Subscription
from pars_desktop.domain.invite import new_token
from pars_desktop.store.columns import ticks
from tests.journeys.ground import device, token_of, until
from tests.server.prosody import INVITES_HOST
from tests.xmpp.wire import heard

pytestmark = pytest.mark.prosody


async def test_p3_p4_of_two_who_come_at_once_one_is_let_in_and_the_other_is_asked_about(story):
    romeo, juliet, tybalt = (story.person(name) for name in ("romeo", "juliet", "tybalt"))
    his = await story.copy(romeo)
    token = token_of(await story.invitation(his))
    async with device(juliet) as hers, device(tybalt) as theirs:
        for guest in (hers, theirs):
            guest.roster.subscribe(romeo.jid, token)
        await until(lambda: his.sees("came by your invitation"))
        await until(lambda: his.sees("wants to be your friend"))
        winner, loser = (
            (juliet, tybalt)
            if his.account(romeo).friends.contact(juliet.jid)
            else (
                tybalt,
                juliet,
            )
        )

    assert his.sees(f"{winner.jid} came by your invitation")
    assert his.sees(f"{loser.jid} wants to be your friend")
    assert his.sees(f"which {winner.jid} had used before")
    assert his.presences("subscribed") == [str(winner.jid)]
    assert str(loser.jid) not in his.met


async def test_p19_a_token_that_is_not_ours_is_like_none_to_both_sides(story):
    romeo, juliet, tybalt = (story.person(name) for name in ("romeo", "juliet", "tybalt"))
    his = await story.copy(romeo)
    async with device(juliet) as hers, device(tybalt) as theirs:
        pushed = {guest: heard(guest.roster.changed) for guest in (hers, theirs)}
        hers.roster.subscribe(romeo.jid, new_token())
        await until(lambda: his.sees(f"{juliet.jid} wants to be your friend"))
        theirs.roster.subscribe(romeo.jid)
        await until(lambda: his.sees("And 1 more."))

        assert not his.sees("your invitation")
        assert [[(c.subscription, c.ask) for c in each] for each in pushed.values()] == [
            [(Subscription.NONE, True)]
        ] * 2
        await his.press("Accept")
        await until(lambda: his.sees(f"{tybalt.jid} wants to be your friend"))
        his.met.add(str(tybalt.jid))  # the answer to him
        await his.press("Decline")
        await until(lambda: not his.shows(QAbstractButton, "Decline"))
        await until(lambda: pushed[hers][-1].subscription is Subscription.TO)
        await until(lambda: not pushed[theirs][-1].ask)

    assert his.presences("subscribed") == his.presences("subscribe") == [str(juliet.jid)]
    assert his.presences("unsubscribed") == [str(tybalt.jid)]


async def test_p5_a_token_that_ended_a_second_ago_is_named_to_our_person_alone(story):
    romeo, juliet = story.person("romeo"), story.person("juliet")
    his = await story.copy(romeo)
    token = token_of(await story.invitation(his))
    a_second_ago = ticks(datetime.now(UTC) - timedelta(seconds=1))
    his.database.run("UPDATE invite SET expires = ?", (a_second_ago,))

    async with device(juliet) as hers:
        hers.roster.subscribe(romeo.jid, token)
        await until(lambda: his.sees(f"{juliet.jid} wants to be your friend"))
        await hers.roster.fetch()

    assert his.sees("which ended on")
    assert his.presences("subscribed") == []


async def test_p6_a_token_made_for_somebody_else_opens_nothing(story):
    romeo, juliet, tybalt = (story.person(name) for name in ("romeo", "juliet", "tybalt"))
    his = await story.copy(romeo)
    token = token_of(await story.invitation(his))
    his.database.run("UPDATE invite SET bound_to = ?", (str(juliet.jid),))
    async with device(tybalt) as theirs, device(juliet) as hers:
        theirs.roster.subscribe(romeo.jid, token)
        await until(lambda: his.sees(f"{tybalt.jid} wants to be your friend"))
        assert his.sees(str(juliet.jid))
        assert his.presences("subscribed") == []

        hers.roster.subscribe(romeo.jid, token)
        await until(lambda: his.sees(f"{juliet.jid} came by your invitation"))
    assert his.presences("subscribed") == [str(juliet.jid)]


async def test_p2_p19_a_guest_who_came_while_we_were_away_is_let_in_once(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his = await story.copy(romeo)
    token = token_of(await story.invitation(his))
    await his.quit()
    async with device(juliet) as hers:
        hers.roster.approve(romeo.jid)
        hers.roster.subscribe(romeo.jid, token)
        await hers.roster.fetch()

        await his.start()
        await until(lambda: his.sees(f"{juliet.jid} came by your invitation"))
        await until(lambda: story.are_friends(romeo, juliet))
        await his.restart()
        await his.online()
        await hers.roster.fetch()

    assert his.presences("subscribed") == his.presences("subscribe") == [str(juliet.jid)]
    assert his.sees(f"{juliet.jid} came by your invitation")
    assert not his.sees("wants to be your friend")


async def test_p19_after_the_database_was_lost_the_token_is_unknown(story):
    romeo, juliet = story.person("romeo"), story.person("juliet")
    lost = await story.copy(romeo)
    token = token_of(await story.invitation(lost))
    await lost.quit()
    his = await story.copy(romeo)
    async with device(juliet) as hers:
        hers.roster.subscribe(romeo.jid, token)
        await until(lambda: his.sees(f"{juliet.jid} wants to be your friend"))

    assert not his.sees("your invitation")


async def test_p11_the_device_that_does_not_know_the_token_asks_nothing(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    desk, laptop = await story.copy(romeo), await story.copy(romeo)
    token = token_of(await story.invitation(desk))
    asked = heard(laptop.account(romeo).friends.asked)
    async with device(juliet) as hers:
        hers.roster.approve(romeo.jid)
        hers.roster.subscribe(romeo.jid, token)
        await until(lambda: laptop.chats() and desk.chats())
        await until(lambda: story.are_friends(romeo, juliet))

    assert asked == []
    assert laptop.presences("subscribed") == []


async def test_p9_an_older_request_without_token_does_not_keep_the_token_from_arriving(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his, hers = await story.copy(romeo), await story.copy(juliet)
    await hers.follow(str(romeo.jid), "Romeo")
    await until(lambda: his.sees(f"{juliet.jid} wants to be your friend"))
    hers.close_dialog("Add a friend")
    link = await story.invitation(his)

    await hers.follow(link, "Romeo")
    await until(lambda: story.are_friends(romeo, juliet))

    await until(lambda: his.sees(f"{juliet.jid} came by your invitation"))
    assert not his.shows(QAbstractButton, "Accept")
    assert hers.presences("unsubscribe") == [str(romeo.jid)]
    assert len(hers.presences("subscribe")) == 2


async def test_p12_while_we_wait_for_one_nobody_else_is_let_in_unasked(story):
    romeo, juliet, tybalt = (story.person(name) for name in ("romeo", "juliet", "tybalt"))
    hers = await story.copy(juliet)
    await hers.follow(str(romeo.jid), "Romeo")
    async with device(tybalt) as theirs, device(romeo) as his:
        theirs.roster.subscribe(juliet.jid)
        await until(lambda: hers.sees(f"{tybalt.jid} wants to be your friend"))
        assert str(tybalt.jid) not in hers.presences("subscribed")

        pushed = heard(his.roster.changed)
        his.roster.subscribe(juliet.jid)
        await until(lambda: pushed and pushed[-1].subscription is Subscription.TO)
    assert hers.sees(f"{tybalt.jid} wants to be your friend")


async def test_p20_undo_sends_a_newcomer_away_and_the_token_stays_used(story):
    romeo, juliet = story.person("romeo"), story.person("juliet")
    his = await story.copy(romeo)
    token = token_of(await story.invitation(his))
    async with device(juliet) as hers:
        pushed = heard(hers.roster.changed)
        hers.roster.subscribe(romeo.jid, token)
        await until(lambda: his.shows(QAbstractButton, "Undo"))

        await his.press("Undo")
        await until(lambda: not his.shows(QAbstractButton, "Undo"))
        await until(lambda: his.chats() == [])
        await until(lambda: pushed[-1].subscription is Subscription.NONE and not pushed[-1].ask)
        assert story.prosody.roster(romeo.jid) == {}

        hers.roster.subscribe(romeo.jid, token)
        await until(lambda: his.sees(f"{juliet.jid} wants to be your friend"))
    assert his.presences("subscribed") == [str(juliet.jid)]
