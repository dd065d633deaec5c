"""The list "Messages": scrolling, marking, copying, links, and hostile text."""

import time
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication

from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.message import Delivery
from pars_desktop.ui import theme, when
from pars_desktop.ui.chat import message_delegate
from pars_desktop.ui.chat.link_text import units
from pars_desktop.ui.chat.message_model import MOST, MessageModel
from pars_desktop.ui.chat.message_row import WIDEST, part
from pars_desktop.ui.chat.message_view import MessageView
from tests.fakes import JULIET, ROMEO
from tests.ui.looking import interface
from tests.ui.stage import NOW

KEY = ChatKey(ROMEO, JULIET)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def shown(stage, qtbot, dressed):
    def show(width=500, height=400, unread=0):
        model = MessageModel(stage.conversations, now=lambda: NOW)
        view = MessageView(model)
        model.setParent(view)
        qtbot.addWidget(view)
        view.resize(width, height)
        view.show()
        model.open(KEY, "Juliet", unread)
        view.show_start()
        show.kept.append(view)
        return view

    show.kept = []
    return show


def row_of(view, number=-1):
    """A message's row as it is laid out, and where it is."""
    index = view.messages.index(range(view.messages.rowCount())[number])
    return view.delegate.row(index), QPointF(view.visualRect(index).topLeft())


def place_of(view, words, number=-1):
    """Where words of a message are painted."""
    row, at = row_of(view, number)
    start = units(row.text.text().partition(words)[0])
    line = row.text.lineForTextPosition(start)
    x, _ = line.cursorToX(start)
    return (at + row.text_at + QPointF(x + 3, line.y() + line.height() / 2)).toPoint()


def scrolled(view):
    return view.verticalScrollBar().value()


def most(view):
    return view.verticalScrollBar().maximum()


# --- where we are --------------------------------------------------------------------------------


def test_it_opens_at_the_end_and_stays_there_when_messages_come(shown, stage, qtbot):
    stage.remember_many(JULIET, 100)
    view = shown()
    assert view.at_end
    assert scrolled(view) == most(view) > 0

    stage.receive(JULIET, "a new one\nof two lines")
    qtbot.waitUntil(lambda: view.messages.message(view.messages.rowCount() - 1).body[0] == "a")
    qtbot.wait(1)

    assert view.at_end
    assert scrolled(view) == most(view)


def test_it_opens_at_the_first_new_message(shown, stage):
    stage.remember_many(JULIET, 60)
    for number in range(40):
        stage.remember(JULIET, f"new {number}", ago=MINUTE - timedelta(seconds=number), unread=True)

    view = shown(unread=40)

    row = view.messages.first_new_row
    assert view.messages.message(row).body == "new 0"
    assert 0 <= view.visualRect(view.messages.index(row)).top() < 60
    assert not view.at_end


def test_scrolling_up_loads_more_and_what_is_read_stays_in_place(shown, stage, qtbot):
    stage.remember_many(JULIET, 500)
    view = shown()
    bar = view.verticalScrollBar()

    for _ in range(60):
        middle = view.indexAt(QPoint(250, 200))
        body, top = middle.data(), view.visualRect(middle).top()
        bar.setValue(bar.value() - 150)
        moved = next(
            row
            for row in range(view.messages.rowCount())
            if view.messages.message(row).body == body
        )
        assert view.visualRect(view.messages.index(moved)).top() == top + 150
        assert view.messages.rowCount() <= MOST
        qtbot.wait(0)


def test_the_whole_chat_can_be_scrolled_through_and_back(shown, stage, qtbot):
    stage.remember_many(JULIET, 600)
    view = shown()
    bar = view.verticalScrollBar()

    while view.messages.has_older:
        bar.setValue(0)
        qtbot.wait(0)
    bar.setValue(0)
    assert view.messages.message(0).body.startswith("line 0 ")
    while not view.at_end:
        bar.setValue(bar.maximum())
        qtbot.wait(0)

    assert view.messages.message(view.messages.rowCount() - 1).body.startswith("line 599 ")


def test_above_the_end_a_button_counts_what_comes_and_leads_down(shown, stage, qtbot):
    stage.remember_many(JULIET, 100)
    view = shown()
    button = view.findChild(QAbstractButton)
    assert not button.isVisible()

    place = most(view) - 300
    view.verticalScrollBar().setValue(place)
    assert button.isVisible()
    assert button.accessibleName() == "Jump to the newest message"
    stage.receive(JULIET, "one")
    stage.receive(JULIET, "two")
    qtbot.waitUntil(lambda: button.accessibleName() == "Jump to the newest message, 2 new")
    assert scrolled(view) == place
    button.click()

    assert view.at_end
    assert not button.isVisible()
    qtbot.waitUntil(lambda: scrolled(view) == most(view))


def test_resizing_keeps_the_end_in_sight(shown, stage, qtbot):
    stage.remember_many(JULIET, 100)
    view = shown()

    for width in (300, 700, 360):
        view.resize(width, 400)
        qtbot.wait(1)
        assert view.at_end
        assert scrolled(view) == most(view)


def test_the_end_key_leads_to_the_end(shown, stage, qtbot):
    stage.remember_many(JULIET, 100)
    view = shown()
    view.verticalScrollBar().setValue(0)

    qtbot.keyClick(view, Qt.Key.Key_End)

    qtbot.waitUntil(lambda: view.at_end and scrolled(view) == most(view))


# --- how a message looks -------------------------------------------------------------------------


def test_ours_are_at_the_right_theirs_at_the_left_and_none_is_too_wide(shown, stage):
    stage.remember(JULIET, "word " * 200, ago=MINUTE)
    stage.remember(JULIET, "word " * 200, ours=True)

    for width in (360, 500, 1400):
        view = shown(width=width)
        theirs, ours = row_of(view, 0)[0], row_of(view, 1)[0]
        room = view.viewport().width()
        assert theirs.bubble.left() == 16
        assert ours.bubble.right() == room - 16
        assert ours.bubble.width() <= min(WIDEST, 0.7 * room + 1)


def test_a_short_message_has_its_time_beside_it_and_a_long_one_below(shown, stage):
    stage.remember(JULIET, "ok", ago=MINUTE * 20)
    stage.remember(JULIET, "x" * 39 + " " + "y" * 39, ago=MINUTE)
    view = shown()

    short, long = row_of(view, 0)[0], row_of(view, 1)[0]

    assert short.time.left() > short.text_at.x() + short.text.lineAt(0).naturalTextWidth()
    assert long.bubble.contains(long.time)


def test_a_message_that_failed_says_why_and_offers_to_send_it_again(shown, stage, qtbot):
    stage.remember(JULIET, "Adieu", ours=True, delivery=Delivery.FAILED)
    view = shown()
    row, at = row_of(view)
    words = view.delegate._words(row.entry.message)
    assert words.note == "Not sent. Their server cannot be reached."
    assert words.again == "Send again"
    asked = []
    view.send_again.connect(lambda message: asked.append(message.body))

    place = (at + row.again.center()).toPoint()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    view.setCurrentIndex(view.messages.index(0))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    menu = view.menu_for(row.entry.message)
    next(action for action in menu.actions() if action.text() == "Send again").trigger()

    assert asked == ["Adieu", "Adieu", "Adieu"]


def test_a_message_that_waits_says_why_only_after_a_minute(shown, stage):
    now = when.now()
    stage.remember(JULIET, "old", ours=True, delivery=Delivery.QUEUED, ago=NOW - now + 2 * MINUTE)
    stage.remember(JULIET, "young", ours=True, delivery=Delivery.QUEUED, ago=NOW - now)
    view = shown()
    view.delegate.why_waiting = "Waiting for the connection."

    old, young = (view.messages.message(row) for row in (0, 1))

    assert view.delegate._words(old).note == "Waiting for the connection."
    assert view.delegate._words(young).note == ""
    assert view.delegate._patience.isActive()


def test_both_themes_paint_bubbles_in_their_colours(stage, qtbot, scheme):
    stage.remember(JULIET, "theirs", ago=MINUTE)
    stage.remember(JULIET, "ours", ours=True)
    view = MessageView(MessageModel(stage.conversations))
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    view.messages.open(KEY, "Juliet")

    image = view.viewport().grab().toImage()

    for number, colour in ((0, scheme.bubble_theirs), (1, scheme.bubble_ours)):
        row, at = row_of(view, number)
        spot = (at + row.bubble.topLeft() + QPointF(20, 3)).toPoint()
        assert QColor(image.pixel(spot)).rgb() == colour.rgb()


def test_an_empty_chat_says_so(shown, stage):
    blank = shown().grab().toImage()

    stage.remember(JULIET, "x")

    assert len({blank.pixel(x, 200) for x in range(150, 350)}) > 1


# --- assistive tools -----------------------------------------------------------------------------


def test_its_name_and_its_items_are_known_to_assistive_tools(shown, stage):
    stage.remember(JULIET, "Hello", ago=MINUTE)
    stage.remember(JULIET, "Hello yourself", ours=True)
    view = shown()
    tree = interface(view)

    assert tree.text(QAccessible.Text.Name) == "Messages"
    assert tree.role() == QAccessible.Role.List
    names = [tree.child(row).text(QAccessible.Text.Name) for row in range(tree.childCount())]
    assert names[0] == f"Juliet, {when.clock(NOW - MINUTE)}: Hello"
    assert names[1] == f"You, {when.clock(NOW)}: Hello yourself (delivered)"


# --- marking and copying -------------------------------------------------------------------------


def test_words_can_be_marked_with_the_mouse_and_copied(shown, stage, qtbot):
    stage.remember(JULIET, "😀 What’s in a name? 😀😀 That which")
    view = shown()
    start, end = place_of(view, "name"), place_of(view, "That")

    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start - QPoint(2, 0))
    _drag(view, end - QPoint(2, 0))
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end - QPoint(2, 0))
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == "name? 😀😀 "


def test_a_double_click_marks_a_word(shown, stage, qtbot):
    stage.remember(JULIET, "What’s in a name? That which")
    view = shown()

    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, "That"))

    assert view.selected_text() == "That"


def test_the_mark_is_painted_and_a_click_elsewhere_takes_it_away(shown, stage, qtbot):
    stage.remember(JULIET, "What’s in a name? That which")
    view = shown()
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, "name"))
    accent = theme.LIGHT.accent.rgb()

    image = view.viewport().grab().toImage()
    assert image.pixel(place_of(view, "name") - QPoint(3, 6)) == accent
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(480, 390))

    assert view.delegate.selection is None


def test_without_a_mark_the_whole_current_message_is_copied(shown, stage, qtbot):
    stage.remember(JULIET, "line one\nline two\t<b>&amp;</b>")
    view = shown()
    view.setCurrentIndex(view.messages.index(0))

    menu = view.menu_for(view.messages.message(0))
    menu.actions()[0].trigger()

    assert QGuiApplication.clipboard().text() == "line one\nline two\t<b>&amp;</b>"


def test_letters_typed_here_belong_into_the_composer(shown, stage, qtbot):
    stage.remember(JULIET, "hello")
    view = shown()

    with qtbot.waitSignal(view.typed) as typed:
        qtbot.keyClick(view, Qt.Key.Key_H)

    assert typed.args == ["h"]


# --- links ---------------------------------------------------------------------------------------


def test_a_click_on_a_link_activates_it_and_a_click_beside_it_does_not(shown, stage, qtbot):
    stage.remember(JULIET, "😀😀 see https://example.org/a now")
    view = shown()
    opened = []
    view.link_activated.connect(opened.append)

    for words in ("see", "https", "org/a", "now"):
        place = place_of(view, words)
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert opened == ["https://example.org/a"] * 2


def test_marking_a_link_does_not_open_it(shown, stage, qtbot):
    stage.remember(JULIET, "see https://example.org/a now")
    view = shown()
    opened = []
    view.link_activated.connect(opened.append)
    start, end = place_of(view, "https"), place_of(view, "org/a")

    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    _drag(view, end)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)

    assert opened == []
    assert view.selected_text()


def test_the_mouse_shows_what_can_be_pressed(shown, stage, qtbot):
    stage.remember(JULIET, "see https://example.org/a now")
    view = shown()
    shapes = []
    for place in (place_of(view, "https"), place_of(view, "see"), QPoint(490, 20)):
        _move(view, place, Qt.MouseButton.NoButton)
        shapes.append(view.viewport().cursor().shape())

    hand, beam, arrow = shapes
    assert hand == Qt.CursorShape.PointingHandCursor
    assert beam == Qt.CursorShape.IBeamCursor
    assert arrow == Qt.CursorShape.ArrowCursor


def test_a_link_can_be_opened_with_the_keyboard_and_copied_from_the_menu(shown, stage, qtbot):
    stage.remember(JULIET, "see https://example.org/a now")
    view = shown()
    view.setCurrentIndex(view.messages.index(0))

    with qtbot.waitSignal(view.link_activated) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    row, _ = row_of(view)
    menu = view.menu_for(row.entry.message, row.links[0])
    next(action for action in menu.actions() if action.text() == "Copy link").trigger()

    assert opened.args == ["https://example.org/a"]
    assert QGuiApplication.clipboard().text() == "https://example.org/a"


# --- hostile text (M-8, M-9) ---------------------------------------------------------------------

HOSTILE = {
    "a word of 1 MB": "x" * 1_000_000,
    "100,000 lines": "\n" * 100_000,
    "zalgo": "Z" + "\u0301" * 10_000 + " tail",
    "bidi overrides": "\u202eevil\u2066\u2067" * 1000,
    "zero width": "\u200b\u200d\ufeff" * 5000,
    "control characters": "".join(map(chr, range(32))) * 50 + "\ufffe\uffff",
    "10,000 emoji": "😀" * 10_000,
    "joined emoji": "👩‍👩‍👧‍👦" * 2000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_m8_hostile_text_is_contained_and_copied_as_it_was_written(shown, stage, name):
    stage.remember(JULIET, "before", ago=MINUTE)
    kept = stage.remember(JULIET, HOSTILE[name]).body
    view = shown()

    row, at = row_of(view)
    image = view.viewport().grab().toImage()

    assert row.height < 1500
    assert row.bubble.width() <= 0.7 * view.viewport().width() + 1
    top, bottom = max(0, int(at.y())), min(image.height(), int(at.y() + row.height))
    outside = {
        image.pixel(x, y)
        for y in range(top, bottom)
        for x in range(int(row.bubble.right()) + 2, view.viewport().width() - 60)
    }
    assert len(outside) <= 1
    view.setCurrentIndex(view.messages.index(1))
    assert view.selected_text() == kept


def test_m8_show_more_leads_step_by_step_to_the_end(shown, stage, qtbot):
    body = "word " * 8000
    stage.remember(JULIET, body)
    view = shown()
    assert row_of(view)[0].more is not None
    heights = []

    for _ in range(10):
        row, at = row_of(view)
        if row.more is None:
            break
        heights.append(row.height)
        view.verticalScrollBar().setValue(most(view))
        row, at = row_of(view)
        place = (at + row.more.center()).toPoint()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.wait(1)

    assert heights == sorted(set(heights))
    assert row_of(view)[0].text.text() == body
    assert len(heights) < 6


def test_m8_a_word_of_1_mb_can_be_shown_to_its_end_in_a_moment(shown, stage, qtbot):
    stage.remember(JULIET, "x" * 1_000_000)
    view = shown()
    begin = time.perf_counter()

    for _ in range(10):
        if row_of(view)[0].more is not None:
            view._show_more(view.messages.index(0))
            qtbot.wait(0)

    assert row_of(view)[0].more is None
    assert time.perf_counter() - begin < 10  # by words it takes a minute


def test_m8_a_part_is_never_cut_for_the_sake_of_a_few_letters():
    assert part("x" * 3100, 0) == "x" * 3100
    assert len(part("x" * 10_000, 0)) == 3000


def test_m8_right_to_left_words_stand_at_the_right_of_their_own_bubble(shown, stage):
    stage.remember(JULIET, "שלום עולם", ago=MINUTE)
    stage.remember(JULIET, "hello \u202e reversed")
    view = shown()

    hebrew, english = row_of(view, 0)[0], row_of(view, 1)[0]

    x, _ = hebrew.text.lineAt(0).cursorToX(0)
    assert hebrew.text_at.x() + x <= hebrew.bubble.right()
    assert hebrew.bubble.width() < 200
    assert english.bubble.left() == hebrew.bubble.left() == 16


@pytest.mark.parametrize("text", ["<b>x</b>", "<img src=file:///etc/hostname>", "&lt;", "a<br>b"])
def test_m1_markup_is_painted_as_it_is_written(shown, stage, text):
    stage.remember(JULIET, text)
    view = shown()

    assert row_of(view)[0].text.text() == text
    assert interface(view).child(0).text(QAccessible.Text.Name).endswith(f": {text}")


def test_m9_only_what_is_in_sight_is_painted(shown, stage, monkeypatch):
    stage.remember_many(JULIET, 300)
    view = shown(unread=0)
    view.messages.open(KEY, "Juliet", 190)
    painted = []
    paint = type(view.delegate).paint
    monkeypatch.setattr(
        type(view.delegate), "paint", lambda *args: (painted.append(1), paint(*args))[1]
    )

    view.viewport().grab()

    assert 0 < len(painted) < 20


def test_scrolling_lays_no_message_out_twice(shown, stage, qtbot, monkeypatch):
    stage.remember_many(JULIET, 150)
    view = shown()
    laid_out = []
    lay_out = message_delegate.lay_out
    monkeypatch.setattr(
        message_delegate, "lay_out", lambda *args: (laid_out.append(1), lay_out(*args))[1]
    )

    for _ in range(5):
        view.verticalScrollBar().setValue(most(view) // 2)
        qtbot.wait(1)
        view.verticalScrollBar().setValue(most(view))
        qtbot.wait(1)

    assert len(laid_out) <= 120  # the two pages that were loaded, and the seams between them


def _drag(view, to):
    _move(view, to, Qt.MouseButton.LeftButton)


def _move(view, to, pressed):
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(to),
        QPointF(view.viewport().mapToGlobal(to)),
        Qt.MouseButton.NoButton,
        pressed,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), move)


def test_the_message_that_an_assistive_tool_selects_is_copied(shown, stage):
    for body in ("one", "two", "three"):
        stage.remember(JULIET, body)
    view = shown()
    tree = interface(view)
    for row in (2, 1):
        assert tree.selectionInterface().select(tree.child(row))

    view.copy()

    assert QGuiApplication.clipboard().text() == "two"
