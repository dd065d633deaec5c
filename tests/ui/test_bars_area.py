"""The strips above the chats: readable in a low window, and the focus when one of them goes."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.requests import Request
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.ui import theme
from pars_desktop.ui.bars import BefriendedBar, HandlerBar
from pars_desktop.ui.contacts.newcomer_bar import NewcomerBar
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.requests.requests_bar import RequestsBar
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.cast import CastAccounts, CastConversations, newcomer
from tests.ui.looking import named

ANSWERS = ("Accept", "Decline", "Open chat", "Dismiss", "Open with Pars", "Not now")


@pytest.fixture
def window(stage, qtbot, dressed):
    """With a request, a friendship to announce, and the question about links."""
    for number in range(5):
        stage.befriend(TYBALT if number else JULIET, "Friend")
    guests = CastAccounts(ROMEO)
    guests.get(ROMEO).friends.waiting_requests += [Request(ROMEO, TYBALT, "Prince of Cats")]
    made = MainWindow(stage.accounts, stage.conversations)
    made.befriended, made.handler = BefriendedBar(), HandlerBar()
    made.requests = RequestsBar(guests, Tasks(), hold=timedelta(0))
    for bar in (made.requests, made.befriended, made.handler):
        made.add_bar(bar)
    made.befriended.announce(ChatKey(ROMEO, JULIET), "Juliet")
    made.handler.ask()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_a_strip_that_comes_later_brings_no_scroll_bar_where_there_is_room(window):
    area = window.sidebar.bars
    for height in (900, 400, 900):
        window.resize(980, height)
        QTest.qWait(20)
        window.handler.hide()
        QTest.qWait(20)
        window.handler.ask()
        QTest.qWait(20)
        is_low = height == 400
        assert area.verticalScrollBar().isVisible() is is_low, height
        assert (area.widget().height() > area.viewport().height()) is is_low, height


@pytest.mark.parametrize("height", [680, 490, 440, 400])
def test_strips_keep_their_height_in_a_low_window(window, height):
    window.resize(980, height)
    QTest.qWait(20)

    assert window.height() == height
    for bar in (window.requests, window.befriended, window.handler):
        assert bar.height() >= bar.heightForWidth(bar.width())
        for label in (bar.words, bar.details):
            assert label.isHidden() or label.height() >= label.heightForWidth(label.width())
    for name in ANSWERS:
        button = named(window, QAbstractButton, name)
        assert button.height() >= button.sizeHint().height(), name
    assert window.sidebar.list.height() >= theme.ROW


def test_every_button_of_the_strips_is_brought_into_sight_by_tab(window, qtbot):
    window.resize(980, 440)
    QTest.qWait(20)
    seen = []
    named(window, QAbstractButton, "Add a friend").setFocus()
    for _ in ANSWERS:
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        button = window.focusWidget()
        area = window.sidebar.bars
        place = QRect(button.mapTo(area, QPoint(0, 0)), button.size())
        assert area.viewport().rect().contains(place), button.text()
        seen.append(button.text())

    assert tuple(seen) == ANSWERS


def test_in_a_high_window_all_strips_are_seen_without_scrolling(window):
    window.resize(980, 900)
    QTest.qWait(20)

    assert window.sidebar.bars.height() == window.sidebar.bars.widget().height()
    assert not window.sidebar.bars.verticalScrollBar().isVisible()


def test_where_all_strips_have_gone_they_leave_no_room(window):
    for bar in (window.requests, window.befriended, window.handler):
        bar.hide()
    QTest.qWait(20)

    assert not window.sidebar.bars.isVisible()


def test_in_one_column_strips_stand_above_the_way_to_a_first_friend(stage, qtbot, dressed):
    made = MainWindow(stage.accounts, stage.conversations)
    handler = HandlerBar()
    made.add_bar(handler)
    qtbot.addWidget(made)
    made.resize(400, 780)
    made.show()
    handler.ask()
    QTest.qWait(20)

    assert made.sidebar.bars.height() == made.sidebar.bars.widget().height()


# --- the focus -----------------------------------------------------------------------------------


def test_a_strip_that_goes_does_not_hand_the_focus_to_the_next_one(window, qtbot):
    dismiss = named(window, QAbstractButton, "Dismiss")
    dismiss.setFocus()

    qtbot.keyClick(dismiss, Qt.Key.Key_Return)

    assert window.sidebar.list.hasFocus()


def test_while_a_chat_is_open_the_focus_goes_to_where_one_writes(window, qtbot):
    window.open_chat(ChatKey(ROMEO, JULIET))
    dismiss = named(window, QAbstractButton, "Dismiss")
    dismiss.setFocus()

    qtbot.keyClick(dismiss, Qt.Key.Key_Return)

    assert window.is_writing or window.focusWidget().accessibleName() == "Message"


def test_a_strip_whose_buttons_rest_for_a_moment_does_not_hand_the_focus_on(window):
    accept = named(window, QAbstractButton, "Accept")
    accept.setFocus()

    window.requests._let_press(False)

    assert window.sidebar.list.hasFocus()


@pytest.fixture
def hall(window):
    """A newcomer's strip above the question about links."""
    window.accounts, window.conversations = CastAccounts(ROMEO), CastConversations()
    window.handler.hide()
    bar = NewcomerBar(window.accounts, window.conversations, Tasks(), hold=timedelta(0))
    window.add_bar(bar)
    handler = HandlerBar()
    window.add_bar(handler)
    handler.ask()
    window.conversations.put(newcomer(ROMEO, TYBALT))
    return window


@pytest.mark.parametrize("others", [0, 1])
def test_after_a_newcomer_was_named_a_second_return_decides_nothing(hall, qtbot, others):
    if others:
        hall.conversations.put(newcomer(ROMEO, JULIET))
        hall.conversations.put(newcomer(ROMEO, TYBALT))
    named(hall, QAbstractButton, "Rename").click()
    name = named(hall, QLineEdit, "New name")
    assert name.hasFocus()
    name.setText("Tib")

    kept = JULIET if others else TYBALT
    hall.conversations.put(Conversation(ChatKey(ROMEO, kept), name="Tib", in_roster=True))

    assert hall.sidebar.list.hasFocus()


def test_the_name_has_the_focus_while_it_is_given_and_rename_afterwards(hall, qtbot):
    named(hall, QAbstractButton, "Rename").click()
    assert named(hall, QLineEdit, "New name").hasFocus()

    qtbot.keyClick(named(hall, QLineEdit, "New name"), Qt.Key.Key_Escape)

    assert named(hall, QAbstractButton, "Rename").hasFocus()
