"""The window: what is where, in two columns and in one, and how it is used without a mouse."""

import socket
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit, QWidget

from pars_desktop.core.account import State
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.settings import Settings
from pars_desktop.ui import theme
from pars_desktop.ui.main_window import MainWindow
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.looking import interface, named, words
from tests.ui.stage import person


@pytest.fixture
def window(stage, qtbot, dressed):
    def build(settings=None, width=980):
        made = MainWindow(stage.accounts, stage.conversations, settings)
        if width != 980:
            made.resize(width, 680)
        qtbot.addWidget(made)
        made.show()
        made.activateWindow()
        qtbot.waitUntil(made.isActiveWindow)
        build.kept.append(made)
        return made

    build.kept = []
    return build


def test_it_opens_at_980_by_680_with_a_left_column_of_300(window):
    made = window()

    assert (made.width(), made.height()) == (980, 680)
    assert made.sidebar.width() == 300


def test_assistive_tools_are_told_of_a_window_with_its_title(window):
    seen = interface(window())

    assert seen.role() == QAccessible.Role.Window
    assert seen.text(QAccessible.Text.Name) == "Pars"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
@pytest.mark.parametrize("name", ["Invite your first friend", "Invite a friend"])
def test_enter_presses_the_button_with_the_focus_as_space_does(window, qtbot, name, key):
    made = window()
    button = named(made, QAbstractButton, name)

    with qtbot.waitSignal(made.invite_requested):
        qtbot.keyClick(button, key)


def test_its_size_and_column_are_remembered(window):
    before = Settings(window_width=800, window_height=500, sidebar_width=400)
    made = window(before)
    QTest.qWait(1)

    assert (made.width(), made.height(), made.sidebar.width()) == (800, 500, 400)
    assert made.settings(Settings()) == before


@pytest.mark.parametrize(("kept", "shown"), [(100, 240), (900, 420)])
def test_the_left_column_is_never_too_narrow_or_too_wide(window, kept, shown):
    assert window(Settings(sidebar_width=kept)).sidebar.width() == shown


@pytest.mark.parametrize(
    ("room", "opened"),
    [
        (QRect(0, 0, 1920, 1040), (980, 680)),
        (QRect(0, 27, 960, 513), (960, 473)),
        (QRect(0, 0, 1066, 666), (980, 626)),  # 1600 x 1000 at 150 %
        (QRect(0, 0, 640, 480), (640, 440)),
    ],
)
@pytest.mark.parametrize("kept", [Settings(), Settings(window_width=980, window_height=680)])
def test_it_is_no_larger_than_its_screen(window, monkeypatch, kept, room, opened):
    made = window(kept)
    monkeypatch.setattr(made, "screen", lambda: SimpleNamespace(availableGeometry=lambda: room))

    made.fit_screen()

    assert (made.width(), made.height()) == opened


def test_a_size_that_fits_stays(window):
    made = window(Settings(window_width=700, window_height=500))

    made.fit_screen()

    assert (made.width(), made.height()) == (700, 500)


def test_with_nobody_there_it_offers_the_first_invitation(window, qtbot):
    made = window()
    assert "Nobody here yet" in words(made)
    for name, signal in (
        ("Invite your first friend", made.invite_requested),
        ("I have an invitation", made.add_requested),
        ("Invite a friend", made.invite_requested),
        ("Add a friend", made.add_requested),
    ):
        with qtbot.waitSignal(signal):
            named(made, QAbstractButton, name).click()


def test_with_somebody_there_it_says_where_to_click(window, stage, qtbot):
    made = window()

    stage.befriend(JULIET, "Juliet")

    qtbot.waitUntil(lambda: "Choose a chat at the left." in words(made))
    assert "Nobody here yet" not in words(made)


def test_the_title_begins_with_the_program_and_holds_no_message(window, stage, qtbot):
    made = window()
    assert made.windowTitle() == "Pars"

    stage.befriend(JULIET, "Juliet")
    stage.receive(JULIET, "a secret")
    stage.receive(JULIET, "another")

    qtbot.waitUntil(lambda: made.windowTitle() == "Pars (2)")


def test_a_chat_opens_when_it_is_selected_in_the_accessibility_tree(window, stage):
    key = stage.befriend(JULIET, "Juliet")
    stage.befriend(TYBALT, "Tybalt")
    made = window()
    tree = interface(made.sidebar.list)
    child = next(
        tree.child(row)
        for row in range(tree.childCount())
        if tree.child(row).text(QAccessible.Text.Name).startswith("Juliet")
    )

    with_signal = []
    made.chat_shown.connect(with_signal.append)
    tree.selectionInterface().select(child)

    assert made.open_key == key
    assert with_signal == [key]
    assert named(made, QPlainTextEdit, "Message").isVisible()


def test_a_chat_can_be_opened_from_elsewhere_with_a_text_that_is_not_sent(window, stage):
    made = window()
    key = ChatKey(ROMEO, TYBALT)

    made.open_chat(key, "Good morrow")

    assert made.open_key == key
    assert named(made, QPlainTextEdit, "Message").toPlainText() == "Good morrow"
    assert made.sidebar.list.currentIndex().data() == "tybalt@capulet.lit"
    assert stage.conversations.page(key) == []


def test_the_chat_page_is_not_built_before_it_is_needed():
    """Its modules take time that the first window should not wait for."""
    code = (
        "import sys, pars_desktop.ui.main_window;"
        "late = ['pars_desktop.ui.chat.chat_page', 'PySide6.QtSvg', 'PySide6.QtNetwork', 'slixmpp',"
        " 'segno', 'PySide6.QtDBus', 'qasync'];"
        "print([name for name in late if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


# --- one column ----------------------------------------------------------------------------------


def test_a_narrow_window_shows_the_list_or_the_chat_and_a_way_back(window, stage, qtbot):
    key = stage.befriend(JULIET, "Juliet")
    made = window(width=400)
    assert made.sidebar.isVisible()
    assert made.sidebar.width() == 400

    made.sidebar.list.chosen.emit(key)
    assert not made.sidebar.isVisible()
    named(made, QAbstractButton, "Back to the chats").click()

    assert made.sidebar.isVisible()
    assert made.open_key is None
    assert made.sidebar.list.hasFocus()


def test_widening_brings_both_columns_and_takes_the_way_back_away(window, stage, qtbot):
    key = stage.befriend(JULIET, "Juliet")
    made = window(width=400)
    made.open_chat(key)

    made.resize(900, 680)

    qtbot.waitUntil(made.sidebar.isVisible)
    assert made.sidebar.width() == 300
    assert named(made, QAbstractButton, "Back to the chats") is None
    assert named(made, QPlainTextEdit, "Message").isVisible()


def test_it_can_be_used_from_360_on(window, stage):
    made = window(width=360)

    assert made.width() == 360
    assert made.minimumWidth() == 360
    assert named(made, QAbstractButton, "Invite your first friend").isVisible()
    made.open_chat(stage.befriend(JULIET, "Donaudampfschifffahrtsgesellschaftskapitän"))
    assert made.width() == 360
    assert made.minimumSizeHint().width() <= 360


def test_narrow_or_wide_nothing_is_cut_off(window, stage):
    """Every control keeps the room it says it needs."""
    stage.befriend(JULIET, "Juliet")
    for width in (360, 700, 980):
        made = window(width=width)
        QTest.qWait(1)
        for control in made.findChildren(QAbstractButton):
            if control.isVisible() and control.text():
                assert control.width() >= control.minimumSizeHint().width(), control.text()


def test_long_words_do_not_cut_the_two_buttons(window, stage):
    made = window(Settings(sidebar_width=240))
    invite = named(made, QAbstractButton, "Invite a friend")
    add = named(made, QAbstractButton, "Add a friend")
    assert invite.y() == add.y()

    invite.setText("Freund einladen")
    add.setText("Freund hinzufügen")
    made.sidebar._arrange_buttons()
    QTest.qWait(1)

    assert add.y() > invite.y()
    for button in (invite, add):
        assert button.width() >= button.sizeHint().width()


# --- keys ----------------------------------------------------------------------------------------


def test_ctrl_k_searches_and_escape_ends_it(window, stage, qtbot):
    stage.befriend(JULIET, "Juliet")
    stage.befriend(TYBALT, "Tybalt")
    made = window()

    qtbot.keyClick(made, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    search = named(made, QLineEdit, "Search")
    assert search.hasFocus()
    qtbot.keyClicks(search, "jul")
    assert made.sidebar.chats.rowCount() == 1
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert made.open_key == ChatKey(ROMEO, JULIET)
    made.sidebar.start_search()
    qtbot.keyClicks(search, "nobody")
    assert "Nobody by that name." in words(made)
    qtbot.keyClick(search, Qt.Key.Key_Escape)

    assert made.sidebar.chats.rowCount() == 2
    assert made.sidebar.list.hasFocus()


def test_alt_and_the_arrows_lead_through_the_chats(window, stage, qtbot):
    keys = [stage.befriend(person(number), f"Person {number}") for number in range(3)]
    made = window()
    made.open_chat(keys[0])

    qtbot.keyClick(made, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert made.open_key == keys[1]
    qtbot.keyClick(made, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert made.open_key == keys[0]


def test_escape_leaves_the_chat(window, stage, qtbot):
    made = window()
    made.open_chat(stage.befriend(JULIET, "Juliet"))

    qtbot.keyClick(named(made, QPlainTextEdit, "Message"), Qt.Key.Key_Escape)

    assert made.open_key is None
    assert made.sidebar.list.hasFocus()


def test_enter_in_the_list_leads_to_the_field(window, stage, qtbot):
    stage.befriend(JULIET, "Juliet")
    made = window()
    qtbot.keyClick(made.sidebar.list, Qt.Key.Key_Down)
    made.sidebar.list.step(0)

    qtbot.keyClick(made.sidebar.list, Qt.Key.Key_Return)

    assert named(made, QPlainTextEdit, "Message").hasFocus()


@pytest.mark.parametrize(
    ("key", "signal"),
    [(Qt.Key.Key_I, "invite_requested"), (Qt.Key.Key_N, "add_requested")],
)
def test_the_two_ways_to_a_friend_have_shortcuts(window, qtbot, key, signal):
    made = window()

    with qtbot.waitSignal(getattr(made, signal)):
        qtbot.keyClick(made, key, Qt.KeyboardModifier.ControlModifier)


def test_tab_goes_through_the_window_as_it_is_read(window, stage, qtbot):
    made = window()
    made.open_chat(stage.befriend(JULIET, "Juliet"))
    order = []
    focus = made.sidebar.search
    focus.setFocus()
    for _ in range(8):
        order.append(made.focusWidget().accessibleName() or made.focusWidget().text())
        qtbot.keyClick(made.focusWidget(), Qt.Key.Key_Tab)

    assert order[:7] == [
        "Search",
        "Invite a friend",
        "Add a friend",
        "Chats",
        "More about this friend",
        "Messages",
        "Message",
    ]


# --- accounts ------------------------------------------------------------------------------------


def test_the_header_says_who_i_am_and_how_i_am_doing(window, stage):
    made = window()
    assert "romeo@montague.lit" in words(made)
    assert "Online" in words(made)

    stage.status(State.WAITING, None, 5)

    assert "Offline, next try in 5 s" in words(made)


def test_the_header_offers_to_sign_in_where_that_is_needed(window, stage, qtbot):
    made = window()
    assert named(made, QAbstractButton, "Sign in") is None

    stage.status(State.NEEDS_PASSWORD)

    with qtbot.waitSignal(made.sign_in_requested) as asked:
        named(made, QAbstractButton, "Sign in").click()
    assert asked.args == [ROMEO]


def test_the_menu_adds_accounts_and_quits(window, qtbot):
    made = window()
    actions = {action.text(): action for action in made.menu.actions()}

    with qtbot.waitSignal(made.add_account_requested):
        actions["Add account"].trigger()
    with qtbot.waitSignal(made.quit_requested):
        actions["Quit"].trigger()
    assert actions["Quit"].shortcut().toString() == "Ctrl+Q"


def test_closing_keeps_what_is_being_written(window, stage, qtbot):
    made = window()
    key = stage.befriend(JULIET, "Juliet")
    made.open_chat(key, "unfinished")

    with qtbot.waitSignal(made.quit_requested):
        made.close()

    assert stage.conversations.row(key).draft == "unfinished"


def test_what_is_being_written_can_be_kept_at_any_moment(window, stage):
    made = window()
    key = stage.befriend(JULIET, "Juliet")
    made.open_chat(key, "unfinished")

    made.keep_draft()

    assert stage.conversations.row(key).draft == "unfinished"


def test_the_button_that_clears_the_search_has_a_name(window):
    assert named(shown_search(window()), QAbstractButton, "Clear the search") is not None


def shown_search(made):
    search = named(made, QLineEdit, "Search")
    search.setText("jul")
    return search


def test_a_chat_that_is_removed_is_left(window, stage):
    made = window()
    key = stage.befriend(JULIET, "Juliet")
    made.open_chat(key)
    shown = []
    made.chat_shown.connect(shown.append)

    stage.conversations.removed.emit(key)

    assert made.open_key is None
    assert shown == [None]


@pytest.mark.parametrize("row", [0, 1, 2])
def test_after_a_chat_is_removed_no_other_one_is_open(window, stage, row):
    keys = [stage.befriend(person(number), f"Person {number}") for number in range(3)]
    made = window()
    made.open_chat(keys[row])
    shown = []
    made.chat_shown.connect(shown.append)

    stage.contacts.remove(stage.account.jid, keys[row].peer)
    stage.conversations.removed.emit(keys[row])

    assert made.open_key is None
    assert shown == [None]
    assert made.sidebar.list.hasFocus()
    assert not made.sidebar.list.selectionModel().hasSelection()


def test_a_chat_that_is_gone_when_everything_is_read_again_is_left(window, stage):
    key = stage.befriend(JULIET, "Juliet")
    stage.befriend(TYBALT, "Tybalt")
    made = window()
    made.open_chat(key)

    stage.db.run("DELETE FROM chat")
    stage.contacts.remove(stage.account.jid, JULIET)
    stage.conversations.reset.emit()

    assert made.open_key is None
    assert made.sidebar.list.hasFocus()


def test_another_chat_that_is_removed_leaves_the_open_one_alone(window, stage):
    keys = [stage.befriend(person(number), f"Person {number}") for number in range(3)]
    made = window()
    made.open_chat(keys[1])

    stage.contacts.remove(stage.account.jid, keys[0].peer)
    stage.conversations.removed.emit(keys[0])

    assert made.open_key == keys[1]
    assert made.sidebar.list.currentIndex().data() == "Person 1"


# --- places for others ---------------------------------------------------------------------------


def test_bars_stand_above_the_chats_and_hidden_ones_take_no_room(window, stage):
    made = window()
    QTest.qWait(1)
    before = made.sidebar.list.mapTo(made, QPoint(0, 0)).y()
    bar = QWidget()
    bar.setFixedHeight(50)
    bar.hide()

    made.add_bar(bar)
    QTest.qWait(1)
    assert made.sidebar.list.mapTo(made, QPoint(0, 0)).y() <= before + theme.RELATED
    bar.show()
    QTest.qWait(1)

    assert made.sidebar.list.mapTo(made, QPoint(0, 0)).y() >= before + 50


def test_a_page_can_stand_for_everything(window):
    made = window()
    page = QWidget()

    made.show_page(page)
    assert page.isVisible()
    assert not made.sidebar.isVisible()
    made.show_page(None)

    assert made.sidebar.isVisible()


def test_a_thousand_chats_are_listed(window, stage):
    with stage.db.transaction():
        for number in range(1000):
            stage.remember(person(number), f"hello {number}", ago=timedelta(minutes=number))

    made = window()

    assert made.sidebar.chats.rowCount() == 1000
    assert made.sidebar.list.model().index(0).data() == "person0000@verona.lit"


def test_m1_markup_in_a_name_is_written_out_everywhere(window, stage):
    made = window()
    made.open_chat(stage.befriend(JULIET, "<b>Juliet</b><img src=x>"))

    assert "<b>Juliet</b><img src=x>" in words(made)
    for label in made.findChildren(QWidget):
        assert "<b>" not in label.toolTip()  # a tooltip would read it as HTML


def test_m2_nothing_that_others_write_is_ever_loaded(window, stage):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        image = f"<img src=http://127.0.0.1:{server.getsockname()[1]}/x>"
        stage.befriend(JULIET, image)
        stage.remember(JULIET, image, unread=True)
        made = window()
        made.open_chat(ChatKey(ROMEO, JULIET), image)
        made.grab()
        QTest.qWait(10)

        with pytest.raises(TimeoutError):
            server.accept()


def test_every_control_in_sight_has_a_name(window, stage):
    made = window()
    made.open_chat(stage.befriend(JULIET, "Juliet"))

    nameless = [
        control
        for control in made.findChildren(QWidget)
        if control.isVisible()
        and control.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not interface(control).text(QAccessible.Text.Name)
        and not control.objectName().startswith("qt_")
    ]

    assert nameless == []
