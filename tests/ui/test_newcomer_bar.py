"""Somebody came by invitation: keep, rename or undo, with one press each."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.errors import Offline
from pars_desktop.domain.invite import Invite
from pars_desktop.domain.jid import JID
from pars_desktop.ui.contacts.newcomer_bar import NewcomerBar
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.cast import CastAccounts, CastConversations, newcomer
from tests.ui.looking import named, words


class Hall:
    def __init__(self, qtbot, *rows, hold=timedelta(0)):
        self.accounts = CastAccounts(ROMEO)
        self.conversations = CastConversations()
        self.tasks = Tasks()
        for row in rows:
            self.conversations.put(row)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.bar = NewcomerBar(
            self.accounts, self.conversations, self.tasks, self.window, hold=hold
        )
        self.window.show()

    @property
    def friends(self):
        return self.accounts.get(ROMEO).friends

    async def press(self, name):
        named(self.bar, QPushButton, name).click()
        for task in list(self.tasks._running):
            await task


@pytest.fixture
def hall(qtbot):
    return Hall(qtbot)


async def test_with_no_newcomer_there_is_no_bar(hall):
    assert not hall.bar.isVisible()


async def test_p1_a_newcomer_is_named_with_an_easy_undo(hall):
    hall.conversations.put(newcomer(ROMEO, JULIET))

    assert "juliet@capulet.lit came by your invitation" in words(hall.bar)
    assert named(hall.bar, QPushButton, "Undo").isEnabled()


async def test_p14_a_newcomer_who_looks_like_a_friend_is_told_apart(hall):
    double = JID("ju1iet", "capulet.lit")
    hall.friends.befriend(Contact(JULIET, "Juliet"), Contact(double))
    hall.conversations.put(newcomer(ROMEO, double))

    assert "Not the same as your contact juliet@capulet.lit" in words(hall.bar)


async def test_the_announcement_says_for_whom_the_invitation_was(hall):
    made = datetime.now(UTC)
    hall.friends.invitations[JULIET] = Invite(1, ROMEO, made, made, label="the <b>choir</b>")

    hall.conversations.put(newcomer(ROMEO, JULIET))

    said = words(hall.bar)
    assert "juliet@capulet.lit accepted your invitation for the <b>choir</b>" in said


async def test_with_several_accounts_a_newcomer_is_said_to_come_to_one_of_them(qtbot):
    accounts, conversations = CastAccounts(ROMEO, TYBALT), CastConversations()
    conversations.put(newcomer(TYBALT, JULIET))
    bar = NewcomerBar(accounts, conversations, Tasks(), hold=timedelta(0))
    qtbot.addWidget(bar)

    assert "as \u2068tybalt@capulet.lit\u2069" in bar.details.text().replace("\u200b", "")


async def test_a_newcomer_from_before_the_start_is_shown(qtbot):
    hall = Hall(qtbot, newcomer(ROMEO, JULIET))

    assert hall.bar.isVisible()


@pytest.mark.parametrize(("button", "deed"), [("Undo", "undo"), ("Keep", "keep")])
async def test_one_press_is_enough(hall, button, deed):
    hall.conversations.put(newcomer(ROMEO, JULIET))

    await hall.press(button)

    assert hall.friends.done == [(deed, JULIET)]


async def test_a_newcomer_can_be_given_a_name(hall):
    hall.conversations.put(newcomer(ROMEO, JULIET))
    await hall.press("Rename")
    assert named(hall.bar, QPushButton, "Undo") is None

    named(hall.bar, QLineEdit, "New name").setText(" Jule ")
    await hall.press("Save")

    assert hall.friends.done == [("rename", JULIET, "Jule", "")]


async def test_a_newcomer_can_be_put_into_a_group(hall):
    hall.conversations.put(newcomer(ROMEO, JULIET))
    await hall.press("Rename")

    named(hall.bar, QLineEdit, "Group").setText(" The  choir ")
    await hall.press("Save")

    assert hall.friends.done == [("rename", JULIET, "", "The choir")]


async def test_escape_leads_back_from_the_name_to_the_choice(hall, qtbot):
    hall.conversations.put(newcomer(ROMEO, JULIET))
    await hall.press("Rename")
    field = named(hall.bar, QLineEdit, "New name")
    field.setText("Jul")

    qtbot.keyClick(field, Qt.Key.Key_Escape)

    assert named(hall.bar, QLineEdit, "New name") is None
    await hall.press("Undo")
    assert hall.friends.done == [("undo", JULIET)]


async def test_a_button_leads_back_from_the_name_too(hall):
    hall.conversations.put(newcomer(ROMEO, JULIET))
    await hall.press("Rename")

    await hall.press("Cancel")

    assert named(hall.bar, QLineEdit, "New name") is None
    assert named(hall.bar, QPushButton, "Cancel") is None
    assert named(hall.bar, QPushButton, "Rename") is not None
    assert hall.friends.done == []


async def test_an_empty_name_changes_nothing(hall):
    hall.conversations.put(newcomer(ROMEO, JULIET))
    await hall.press("Rename")

    await hall.press("Save")

    assert hall.friends.done == []


async def test_the_bar_goes_when_the_roster_says_so(hall):
    hall.conversations.put(newcomer(ROMEO, JULIET))

    hall.conversations.put(Conversation(ChatKey(ROMEO, JULIET), name="Jule", in_roster=True))

    assert not hall.bar.isVisible()


async def test_the_bar_goes_with_the_chat(hall):
    hall.conversations.put(newcomer(ROMEO, JULIET))

    hall.conversations.by_key.clear()
    hall.conversations.removed.emit(ChatKey(ROMEO, JULIET))

    assert not hall.bar.isVisible()


async def test_several_newcomers_come_one_at_a_time(hall):
    hall.conversations.put(newcomer(ROMEO, TYBALT))
    hall.conversations.put(newcomer(ROMEO, JULIET))
    assert "juliet@capulet.lit" in words(hall.bar)
    assert "And 1 more." in words(hall.bar)

    await hall.press("Keep")
    hall.conversations.put(Conversation(ChatKey(ROMEO, JULIET), in_roster=True))

    assert "tybalt@capulet.lit" in words(hall.bar)


async def test_what_needs_a_session_says_so(hall):
    hall.conversations.put(newcomer(ROMEO, JULIET))
    hall.friends.trouble = Offline()

    await hall.press("Undo")

    assert "romeo@montague.lit is not connected." in words(hall.bar)
    assert named(hall.bar, QPushButton, "Undo") is not None


async def test_u10_a_click_meant_for_one_newcomer_never_decides_about_another(qtbot):
    hall = Hall(qtbot, newcomer(ROMEO, JULIET), hold=timedelta(milliseconds=50))
    undo = named(hall.bar, QPushButton, "Undo")
    qtbot.waitUntil(undo.isEnabled)

    hall.conversations.put(newcomer(ROMEO, TYBALT))  # in this moment
    await hall.press("Undo")

    assert hall.friends.done == []
    qtbot.waitUntil(undo.isEnabled)
    await hall.press("Undo")
    assert hall.friends.done == [("undo", TYBALT)]
