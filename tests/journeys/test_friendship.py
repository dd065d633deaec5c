"""Journeys (a) and (b): a link becomes a friend, and the friend arrives."""

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from pars_desktop.domain.contact import Contact, Subscription
from tests.journeys.ground import token_of, until
from tests.server.prosody import INVITES_HOST
from tests.ui.looking import named

pytestmark = pytest.mark.prosody


async def test_p1_an_invitation_becomes_a_friendship(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his, hers = await story.copy(romeo), await story.copy(juliet)
    await his.press("Invite your first friend")
    await his.press("Options")
    await his.type("Your name", "Romeo Montague")
    await his.press("Create")
    await his.press("Copy link")
    link = (await his.find(QLineEdit, "Invitation link")).text()
    story.secret(token_of(link))

    await hers.press("I have an invitation")
    await hers.type("Address or link", link)
    await hers.press("Next")
    assert (await hers.find(QLineEdit, "Friend's address")).text() == str(romeo.jid)
    assert (await hers.find(QLineEdit, "Name")).text() == "Romeo Montague"
    assert not named(hers.window, QAbstractButton, "Add friend").isEnabled()
    assert hers.presences("subscribe") == []
    await hers.type("Name", "My Romeo")
    await hers.press("Add friend")

    await until(lambda: hers.sees("You and My Romeo are now friends"))
    await until(lambda: hers.messages() == [] and hers.chats() == ["My Romeo, online"])
    await until(lambda: his.sees(f"{juliet.jid} came by your invitation"))
    await until(lambda: his.chats() == [f"{juliet.jid}, online: Came by invitation"])
    assert story.are_friends(romeo, juliet)
    assert his.presences("subscribed") == his.presences("subscribe") == [str(juliet.jid)]
    assert hers.presences("subscribe") == [str(romeo.jid)]
    assert story.prosody.roster(romeo.jid)[juliet.jid] == Contact(
        juliet.jid, "", Subscription.BOTH, groups=frozenset({"Came by invitation"})
    )
    assert story.prosody.roster(juliet.jid)[romeo.jid].name == "My Romeo"


async def test_a_newcomer_who_is_kept_or_renamed_is_one_no_more(story):
    romeo = story.person("romeo")
    juliet, rosaline = story.person("juliet"), story.person("rosaline")
    his = await story.copy(romeo)
    await story.befriend(his, await story.copy(juliet), "Romeo")
    await story.befriend(his, await story.copy(rosaline), "Romeo")
    await until(lambda: his.sees("And 1 more."))

    await his.press("Rename")
    await his.type("New name", "Fair Rosaline")
    await his.press("Save")
    await until(lambda: his.sees(f"{juliet.jid} came by your invitation"))
    await his.press("Keep")
    await until(lambda: not his.shows(QAbstractButton, "Keep"))

    assert story.prosody.roster(romeo.jid) == {
        rosaline.jid: Contact(rosaline.jid, "Fair Rosaline", Subscription.BOTH),
        juliet.jid: Contact(juliet.jid, "", Subscription.BOTH),
    }


async def test_two_friends_of_one_name_stay_two(story):
    romeo = story.person("romeo")
    one, other = story.person("balthasar"), story.person("balthasar")
    his = await story.copy(romeo)
    for person in (one, other):
        theirs = await story.copy(person)
        link = await story.invitation(theirs)
        await his.follow(link, "Balthasar")
        await until(lambda: his.sees("You and Balthasar are now friends"))
        await his.press("Open chat")

    await until(lambda: his.chats() == ["Balthasar, online"] * 2)
    for person in (one, other):
        theirs = story.copies[1 if person is one else 2]
        his.window.open_chat(his.key(person))
        await his.write(f"Which are you? {person.jid}")
        await theirs.open_chat(str(romeo.jid))
        await theirs.reads(f"Which are you? {person.jid}")
        assert len(theirs.messages()) == 1


async def test_somebody_who_is_away_is_waited_for_here_after_a_restart_and_on_other_devices(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his = await story.copy(romeo)
    link = await story.invitation(his)
    await his.quit()
    hers = await story.copy(juliet)

    await hers.follow(link, "Romeo")
    await until(lambda: hers.sees(f"Waiting for {romeo.jid}, who may be offline."))
    await hers.press("Close")
    await until(lambda: hers.chats() == ["Romeo: Waiting for their answer"])
    await hers.restart()
    assert hers.chats() == ["Romeo: Waiting for their answer"]  # painted from the store
    phone = await story.copy(juliet)
    await until(lambda: phone.chats() == ["Romeo: Waiting for their answer"])
    await hers.online()

    await his.start()
    for copy in (hers, phone):
        await until(lambda copy=copy: copy.chats() == ["Romeo, online"])
    await until(lambda: hers.sees("You and Romeo are now friends"))
    await until(lambda: story.are_friends(romeo, juliet))


async def test_p10_our_own_link_and_that_of_a_friend_ask_for_nothing(story):
    romeo, juliet = story.person("romeo"), story.person("juliet")
    his, hers = await story.copy(romeo), await story.copy(juliet)
    await story.befriend(his, hers, "Romeo")
    link = await story.invitation(his)
    sent = len(his.presences("subscribe")) + len(hers.presences("subscribe"))
    hers.window.leave_chat()

    await his.press("Add a friend")
    await his.type("Address or link", link)
    await his.press("Next")
    await until(lambda: his.sees("This is your own invitation."))
    his.close_dialog("Add a friend")
    await hers.press("Add a friend")
    await hers.type("Address or link", link)
    await hers.press("Next")
    await until(lambda: hers.window.open_key == hers.key(romeo))

    assert len(his.presences("subscribe")) + len(hers.presences("subscribe")) == sent


async def test_a_mistyped_server_is_said_at_once_and_corrected(story):
    romeo, juliet = story.person("romeo"), story.person("juliet")
    his, hers = await story.copy(romeo), await story.copy(juliet)

    await hers.press("Add a friend")
    await hers.type("Address or link", "romeo@nowhere.invalid")
    await hers.press("Next")
    await hers.press("Add friend")
    await until(lambda: hers.sees("The request to romeo@nowhere.invalid came back."))
    await until(lambda: hers.chats() == ["romeo@nowhere.invalid: Cannot be reached"])

    await hers.press("Correct the address")
    await until(lambda: hers.chats() == [])
    await hers.type("Address or link", str(romeo.jid))
    await hers.press("Next")
    await hers.press("Add friend")
    await his.press("Accept")
    await until(lambda: story.are_friends(romeo, juliet))
    assert set(story.prosody.roster(juliet.jid)) == {romeo.jid}
