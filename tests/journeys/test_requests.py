"""Strangers on a real server: let in or blocked from the inbox, held back, silent (battery P)."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListView, QListWidget

from pars_desktop.domain.contact import Subscription
from pars_desktop.domain.invite import new_token
from tests.journeys.ground import device, token_of, until
from tests.server.prosody import INVITES_HOST
from tests.ui.looking import named
from tests.xmpp.wire import heard

pytestmark = pytest.mark.prosody


def inbox(copy):
    """The list "Requests" as it is read out; None while it is not open."""
    view = named(copy.window, QListView, "Requests")
    if view is None:
        return None
    model, role = view.model(), Qt.ItemDataRole.AccessibleTextRole
    return [model.index(row, 0).data(role) for row in range(model.rowCount())]


def choose_entry(copy, text):
    """Choose an entry of the menu."""
    menu = copy.window.menu
    menu.aboutToShow.emit()
    next(each for each in menu.actions() if each.text() == text).trigger()


async def test_r24_strangers_are_let_in_and_declined_from_the_inbox(story):
    romeo, juliet, tybalt = (story.person(name) for name in ("romeo", "juliet", "tybalt"))
    his = await story.copy(romeo)
    async with device(juliet) as hers, device(tybalt) as theirs:
        pushed = {guest: heard(guest.roster.changed) for guest in (hers, theirs)}
        hers.roster.subscribe(romeo.jid, nick="Juliet")
        await until(lambda: his.sees(f"{juliet.jid} wants to be your friend"))
        theirs.roster.subscribe(romeo.jid)
        await until(lambda: his.button("Show all (2)"))
        assert inbox(his) is None  # strangers open nothing

        await his.press("Show all (2)")
        await until(lambda: inbox(his) and len(inbox(his)) == 2)
        first, second = inbox(his)
        assert first.startswith(f"{juliet.jid}, ")
        assert "They call themselves “Juliet”." in first
        assert second.startswith(f"{tybalt.jid}, ")
        assert (await his.find(QLineEdit, "Their address")).text() == str(juliet.jid)
        await his.press("Accept")
        await until(lambda: [line.split(",")[0] for line in inbox(his)] == [str(tybalt.jid)])
        his.met.add(str(tybalt.jid))  # the answer to him
        await his.press("Decline")
        await until(lambda: his.sees("Nobody is waiting"))
        await until(lambda: pushed[hers][-1].subscription is Subscription.TO)
        await until(lambda: not pushed[theirs][-1].ask)

    assert his.presences("subscribed") == his.presences("subscribe") == [str(juliet.jid)]
    assert his.presences("unsubscribed") == [str(tybalt.jid)]
    assert not his.sees("wants to be your friend")


async def test_p10_who_is_blocked_from_the_inbox_stays_away_until_their_link_is_followed(story):
    romeo, tybalt = story.person("romeo"), story.person("tybalt")
    his, theirs = await story.copy(romeo), await story.copy(tybalt)
    async with device(romeo) as phone, device(tybalt) as loud:
        loud.roster.subscribe(romeo.jid)
        await until(lambda: his.sees(f"{tybalt.jid} wants to be your friend"))
        choose_entry(his, "Requests (1)")
        await his.press("Block and report as spam")
        await until(lambda: his.sees("Nobody is waiting"))
        await until(lambda: his.account(romeo).blocking.is_blocked(tybalt.jid))
        assert await phone.blocking.fetch() == {tybalt.jid}
        his.close_dialog("Requests")

        asked = heard(his.account(romeo).friends.asked)
        loud.roster.unsubscribe(romeo.jid)
        loud.roster.subscribe(romeo.jid)
        await loud.roster.fetch()
        await his.account(romeo).blocking.refresh()  # whatever came before its answer has come
        assert asked == []

        choose_entry(his, "Blocked addresses…")
        listed = await his.find(QListWidget, "Blocked")
        assert str(tybalt.jid) in listed.item(0).text()
        his.close_dialog("Blocked addresses")

        loud.roster.unsubscribe(romeo.jid)  # he gives up, and invites instead
        link = await story.invitation(theirs)
        await his.press("Add a friend")
        await his.type("Address or link", link)
        await his.press("Next")
        await until(lambda: his.sees("You have blocked this address."))
        assert await phone.blocking.fetch() == {tybalt.jid}
        await his.press("Add friend")
        await until(lambda: story.are_friends(romeo, tybalt))
        assert await phone.blocking.fetch() == frozenset()


async def test_p11_a_request_that_another_device_answers_is_withdrawn_from_the_inbox(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    desk, laptop = await story.copy(romeo), await story.copy(romeo)
    async with device(juliet) as hers:
        hers.roster.subscribe(romeo.jid, new_token())
        for copy in (desk, laptop):
            await until(lambda copy=copy: copy.sees(f"{juliet.jid} wants to be your friend"))
        choose_entry(laptop, "Requests (1)")
        await until(lambda: inbox(laptop))

        await desk.press("Accept")
        await until(lambda: laptop.sees("Nobody is waiting"))

    assert desk.presences("subscribed") == [str(juliet.jid)]
    assert laptop.presences("subscribed") == []
    assert not laptop.sees("wants to be your friend")


async def test_p11_a_token_of_another_device_waits_and_never_shows_in_the_inbox(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    desk, laptop = await story.copy(romeo), await story.copy(romeo)
    token = token_of(await story.invitation(desk))
    choose_entry(laptop, "Requests")
    asked = heard(laptop.account(romeo).friends.asked)
    requested = heard(laptop.account(romeo).friends._contacts.roster.requested)
    async with device(juliet) as hers:
        hers.roster.approve(romeo.jid)
        hers.roster.subscribe(romeo.jid, token)
        await until(lambda: story.are_friends(romeo, juliet))
        await until(laptop.chats)

    assert [each.jid for each in requested][:1] == [juliet.jid]  # it came, and was held back
    assert asked == []
    assert inbox(laptop) == []
    assert laptop.presences("subscribed") == []


async def test_p8_after_five_wrong_tokens_the_next_request_is_a_number(story):
    romeo, tybalt = story.person("romeo"), story.person("tybalt")
    his = await story.copy(romeo)
    friends = his.account(romeo).friends
    his.met.add(str(tybalt.jid))  # the answer to him
    async with device(tybalt) as theirs:
        for _ in range(5):
            theirs.roster.subscribe(romeo.jid, new_token())
            theirs.roster.unsubscribe(romeo.jid)
        theirs.roster.subscribe(romeo.jid, new_token())
        await until(lambda: his.sees("One request waits quietly."))
        assert not his.sees("wants to be your friend")
        assert (friends.request_count(), friends.silent_request_count()) == (0, 1)

        await his.press("Show")
        await until(lambda: inbox(his) and inbox(his)[0].startswith(str(tybalt.jid)))
        await his.press("Decline")
        await until(lambda: his.sees("Nobody is waiting"))
        his.close_dialog("Requests")

        token = token_of(await story.invitation(his))  # a good one is honoured all the same
        pushed = heard(theirs.roster.changed)
        theirs.roster.unsubscribe(romeo.jid)
        theirs.roster.subscribe(romeo.jid, token)
        await until(lambda: pushed and pushed[-1].subscription is Subscription.TO)
    assert his.presences("subscribed") == [str(tybalt.jid)]
