"""Where the next message is written."""

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton

from pars_desktop.ui.chat.composer import LONGEST_PASTE, Composer
from tests.ui.looking import interface, named


@pytest.fixture
def composer(qtbot, dressed):
    made = Composer()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    made.sent = []
    made.submitted.connect(made.sent.append)
    return made


def test_enter_sends_and_shift_enter_begins_a_line(composer, qtbot):
    qtbot.keyClicks(composer.field, "good")
    qtbot.keyClick(composer.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.field, "night")
    qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    qtbot.keyClick(composer.field, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)

    assert composer.sent == ["good\nnight", "good\nnight"]


@pytest.mark.parametrize("text", ["", "   ", "\n\n", " \t "])
def test_nothing_is_not_sent(composer, qtbot, text):
    composer.set_text(text)
    qtbot.keyClick(composer.field, Qt.Key.Key_Return)

    assert composer.sent == []
    assert not named(composer, QAbstractButton, "Send").isEnabled()


def test_its_names_are_known_to_assistive_tools(composer):
    field, button = interface(composer.field), named(composer, QAbstractButton, "Send")

    assert field.text(QAccessible.Text.Name) == "Message"
    assert field.role() == QAccessible.Role.EditableText
    field.setText(QAccessible.Text.Value, "typed by a tool")
    assert composer.text() == "typed by a tool"
    assert button.toolTip() == "Send (Enter)"
    button.click()
    assert composer.sent == ["typed by a tool"]


def test_it_grows_to_six_lines_and_then_scrolls(composer, qtbot):
    heights = []
    for lines in (1, 2, 6, 7, 50):
        composer.set_text("\n".join(str(number) for number in range(lines)))
        qtbot.wait(1)
        heights.append(composer.field.height())

    one, two, six, seven, fifty = heights
    assert one < two < six == seven == fifty
    assert abs((six - one) - 5 * (two - one)) <= 2
    assert composer.field.verticalScrollBar().maximum() > 0
    composer.set_text("")
    qtbot.wait(1)
    assert composer.field.height() == one


def test_a_long_line_that_wraps_makes_it_grow_too(composer, qtbot):
    composer.set_text("short")
    qtbot.wait(1)
    one = composer.field.height()

    composer.set_text("a long line " * 20)
    qtbot.wait(1)

    assert composer.field.height() > one


def test_m12_only_the_words_of_a_paste_come_in(composer):
    rich = QMimeData()
    rich.setHtml("<b>bold</b><img src='http://127.0.0.1:1/x'>")
    rich.setText("bold")
    composer.field.insertFromMimeData(rich)

    assert composer.text() == "bold"


def test_m12_pictures_and_files_do_not_come_in(composer):
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(f"/tmp/{number}") for number in range(10_000)])
    picture = QMimeData()
    picture.setData("image/png", b"x")

    for source in (files, picture):
        assert not composer.field.canInsertFromMimeData(source)
        composer.field.insertFromMimeData(source)

    assert composer.text() == ""


def test_m12_a_paste_of_many_megabytes_is_cut_and_said_to_be(composer, qtbot):
    huge = QMimeData()
    huge.setText("x " * 5_000_000)

    with qtbot.waitSignal(composer.shortened):
        composer.field.insertFromMimeData(huge)

    assert len(composer.text()) == LONGEST_PASTE


def test_tab_leaves_the_field(composer, qtbot):
    composer.set_text("x")
    composer.activateWindow()
    composer.field.setFocus()
    qtbot.waitUntil(composer.field.hasFocus)

    qtbot.keyClick(composer.field, Qt.Key.Key_Tab)

    assert composer.text() == "x"
    assert named(composer, QAbstractButton, "Send").hasFocus()
