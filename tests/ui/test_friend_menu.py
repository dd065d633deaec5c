"""Renaming, removing and blocking a friend later, from the list of chats and from their chat."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.links import Links
from pars_desktop.core.registration import Registrar
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.store.settings import SettingsStore
from pars_desktop.ui.contacts.friend_dialogs import FriendDialog, RenameDialog
from pars_desktop.ui.contacts.friend_menu import FriendMenu
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.windows import Windows
from tests.fakes import JULIET, NEWCOMERS, ROMEO, TYBALT, settle
from tests.ui.cast import CastEyes
from tests.ui.looking import named, words

KEY = ChatKey(ROMEO, JULIET)
NAME = "<b>Juliet</b>"


class NoHandler:
    def is_default(self):
        return True

    def register(self):
        return True


@pytest.fixture
async def window(stage, qtbot, dressed, tmp_path):
    """Juliet is a friend, Tybalt is none any more, and Romeo is online."""
    roster = stage.network.roster
    roster.items[JULIET] = Contact(JULIET, NAME, Subscription.BOTH, groups=frozenset({NEWCOMERS}))
    roster.items[TYBALT] = Contact(TYBALT, "Tybalt")
    made = MainWindow(stage.accounts, stage.conversations)
    qtbot.addWidget(made)
    settings = SettingsStore(tmp_path / "settings.json")
    links = Links(stage.accounts, settings)
    registrar = Registrar(stage.accounts, links, Tasks())
    cores = (stage.accounts, stage.conversations, links, Tasks(), settings)
    made.windows = Windows(made, *cores, NoHandler(), CastEyes, registrar)
    made.show()
    made.activateWindow()
    stage.network.connection.come_up()
    await settle()
    qtbot.waitUntil(lambda: made.sidebar.chats.rowCount() == 2)
    return made


def plainly(window):
    return words(window).translate({0x2068: "", 0x2069: "", 0x200B: ""})


def menu(window):
    """The one that is open, as what it says and what that does; it is closed again."""
    (shown,) = (each for each in window.findChildren(FriendMenu) if each.isVisible())
    shown.hide()
    return {action.text(): action for action in shown.actions()}


def place(window, key):
    return window.sidebar.list.visualRect(window.sidebar.chats.index_of(key)).center()


def right_click(window, qtbot, key=KEY):
    chats, at = window.sidebar.list, place(window, key)
    qtbot.mouseClick(chats.viewport(), Qt.MouseButton.RightButton, pos=at)
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, at, chats.viewport().mapToGlobal(at))
    QApplication.sendEvent(chats.viewport(), event)


def wish(window, qtbot, text, key=KEY):
    """Choose it in the menu; returns the dialog that asks."""
    right_click(window, qtbot, key)
    menu(window)[text].trigger()
    (dialog,) = window.findChildren(FriendDialog)
    return dialog


# --- the menu ------------------------------------------------------------------------------------


async def test_a_right_click_shows_the_menu_and_opens_no_chat(window, qtbot):
    right_click(window, qtbot)

    assert list(menu(window)) == ["Rename…", "Remove friend…", "Block…"]
    assert window.open_key is None


async def test_a_right_click_on_another_row_leaves_the_open_chat_open(window, qtbot):
    window.open_chat(ChatKey(ROMEO, TYBALT))

    right_click(window, qtbot)

    assert window.open_key == ChatKey(ROMEO, TYBALT)
    assert "Remove friend…" in menu(window)  # Juliet's


@pytest.mark.parametrize(
    ("key", "held"),
    [
        (Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier),
    ],
)
async def test_keys_show_the_menu_of_the_chosen_row(window, qtbot, key, held):
    window.sidebar.list.select(KEY)

    qtbot.keyClick(window.sidebar.list, key, held)
    chats = window.sidebar.list
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1), QPoint(1, 1))
    QApplication.sendEvent(chats.viewport(), event)  # as some platforms do after the key

    assert list(menu(window)) == ["Rename…", "Remove friend…", "Block…"]


async def test_the_chat_itself_has_a_button_for_it(window, qtbot):
    window.open_chat(KEY)

    named(window, QAbstractButton, "More about this friend").click()

    assert list(menu(window)) == ["Rename…", "Remove friend…", "Block…"]


async def test_who_is_no_friend_can_be_removed_from_the_list(window, qtbot):
    right_click(window, qtbot, ChatKey(ROMEO, TYBALT))

    assert list(menu(window)) == ["Rename…", "Remove from the list…", "Block…"]


async def test_a_stranger_can_only_be_blocked(stage, window, qtbot):
    stage.contacts.remove(ROMEO, TYBALT)
    stage.receive(TYBALT, "What, drawn, and talk of peace?")

    right_click(window, qtbot, ChatKey(ROMEO, TYBALT))

    assert list(menu(window)) == ["Block…"]


async def test_beside_the_rows_there_is_no_menu(window, qtbot):
    chats = window.sidebar.list
    below = QPoint(20, chats.viewport().height() - 5)
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, below, chats.viewport().mapToGlobal(below))
    QApplication.sendEvent(chats.viewport(), event)

    assert window.findChildren(FriendMenu) == []


# --- renaming ------------------------------------------------------------------------------------


async def test_a_friend_is_given_another_name(stage, window, qtbot):
    dialog = wish(window, qtbot, "Rename…")
    field = named(dialog, QLineEdit, "Name")
    assert isinstance(dialog, RenameDialog)
    assert field.text() == NAME
    assert (field.cursorPosition(), field.selectedText()) == (0, NAME)
    assert "juliet@capulet.lit" in plainly(dialog)
    field.setText("  Jule ")

    qtbot.keyClick(field, Qt.Key.Key_Return)
    await settle()

    assert stage.account.friends.contact(JULIET).name == "Jule"
    assert not dialog.isVisible()


async def test_what_cannot_be_done_is_said_and_can_be_tried_again(stage, window, qtbot):
    dialog = wish(window, qtbot, "Rename…")
    stage.network.connection.drop()

    named(dialog, QPushButton, "Save").click()
    await settle()

    assert dialog.isVisible()
    assert "romeo@montague.lit is not connected." in plainly(dialog)
    assert named(dialog, QPushButton, "Save").isEnabled()


# --- removing and blocking -----------------------------------------------------------------------


async def test_a_friend_is_removed_after_a_question(stage, window, qtbot):
    dialog = wish(window, qtbot, "Remove friend…")
    assert "neither of you sees any more when the other is online" in plainly(dialog)
    assert "juliet@capulet.lit" in plainly(dialog)
    assert dialog.focusWidget() is named(dialog, QPushButton, "Cancel")
    assert all(each.textFormat() is Qt.TextFormat.PlainText for each in dialog.findChildren(QLabel))
    assert stage.account.friends.contact(JULIET) is not None

    named(dialog, QPushButton, "Remove").click()
    await settle()

    assert ("remove", JULIET) in stage.network.roster.sent
    assert stage.account.friends.contact(JULIET) is None
    assert not dialog.isVisible()


async def test_after_the_open_friend_is_removed_no_other_chat_is_open(stage, window, qtbot):
    window.open_chat(KEY)
    dialog = wish(window, qtbot, "Remove friend…")

    named(dialog, QPushButton, "Remove").click()
    await settle()

    assert window.open_key is None
    assert not window.sidebar.list.selectionModel().hasSelection()


async def test_a_friend_is_blocked_after_a_question_and_let_in_again(stage, window, qtbot):
    window.open_chat(KEY)
    dialog = wish(window, qtbot, "Block…")
    assert "They are not told." in plainly(dialog)
    assert not stage.account.blocking.is_blocked(JULIET)

    named(dialog, QPushButton, "Block").click()
    await settle()
    assert stage.account.blocking.is_blocked(JULIET)
    assert f"You have blocked {NAME}." in plainly(window)
    right_click(window, qtbot)
    menu(window)["Unblock"].trigger()
    await settle()

    assert not stage.account.blocking.is_blocked(JULIET)
    assert "You have blocked" not in plainly(window)


@pytest.mark.parametrize("text", ["Rename…", "Remove friend…", "Block…"])
async def test_nothing_happens_without_a_yes(stage, window, qtbot, text):
    dialog = wish(window, qtbot, text)
    sent = list(stage.network.roster.sent)

    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    await settle()

    assert stage.network.roster.sent == sent
    assert not stage.account.blocking.is_blocked(JULIET)
