"""An address is shown whole, large, and broken only where its parts begin."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from pars_desktop.domain.jid import JID
from pars_desktop.ui import theme
from pars_desktop.ui.invite.address_field import AddressField

WIDTH = 372  # of the dialog, without its margins


def lines_of(qtbot, text, width=WIDTH):
    field = AddressField()
    qtbot.addWidget(field)
    field.show_address(JID.trusted(text))
    font, lines = field._set(width)
    assert all(sum(map(QFontMetricsF(font).horizontalAdvance, line)) <= width for line in lines)
    return font, ["".join(line) for line in lines]


def test_a_short_address_is_one_line_at_display_size(qtbot):
    font, lines = lines_of(qtbot, "juliet@capulet.lit")

    assert lines == ["juliet@capulet.lit"]
    assert font.pointSizeF() == theme.font(theme.DISPLAY).pointSizeF()


def test_the_server_of_a_long_address_begins_a_line_of_its_own(qtbot):
    _, lines = lines_of(qtbot, "romeo.of.montague@chat.some-university.example")

    assert lines == ["romeo.of.montague", "@chat.some-university.example"]


def test_a_hyphen_breaks_nothing(qtbot):
    _, lines = lines_of(qtbot, "a-very-long-local-part-of-an-address@b.example")

    assert lines[0] == "a-very-long-local-part-of-an-address"


def test_dots_break_only_what_does_not_fit(qtbot):
    _, lines = lines_of(qtbot, "romeo@one.two.three.four.five.six.seven.eight.nine.ten.example")

    assert lines[0] == "romeo"
    assert lines[1].startswith("@one.two.three")
    assert all(line.startswith(".") for line in lines[2:])


@pytest.mark.parametrize("text", ["x" * 64 + "@capulet.lit", "w" * 300 + "@" + "w" * 63 + ".lit"])
def test_nothing_of_an_address_is_ever_left_out(qtbot, text):
    font, lines = lines_of(qtbot, text)

    assert "".join(lines) == text
    assert font.pointSizeF() == theme.font(theme.BODY).pointSizeF()


def test_its_height_follows_its_lines(qtbot):
    field = AddressField()
    qtbot.addWidget(field)
    field.show_address(JID.trusted("juliet@capulet.lit"))
    one = field.heightForWidth(WIDTH)

    field.show_address(JID.trusted("romeo.of.montague@chat.some-university.example"))

    assert field.heightForWidth(WIDTH) > 1.8 * one - 2 * theme.UNIT


def test_letters_from_right_to_left_cannot_change_places_with_the_server(qtbot):
    text = "\u05d0\u05d1\u05d2@\u05d3\u05d4.example"
    _, lines = lines_of(qtbot, text)
    field = AddressField()
    qtbot.addWidget(field)
    field.show_address(JID.trusted(text))

    _, parts = field._set(WIDTH)

    assert lines == [text]
    assert parts == [["\u05d0\u05d1\u05d2", "@\u05d3\u05d4", ".example"]]  # painted one by one


def test_a_click_selects_all_of_it(qtbot):
    field = AddressField()
    qtbot.addWidget(field)
    field.show_address(JID.trusted("juliet@capulet.lit"))
    field.show()

    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)

    assert field.selectedText() == "juliet@capulet.lit"


def test_it_paints_dark_on_light_and_marks_its_selection(qtbot):
    field = AddressField()
    qtbot.addWidget(field)
    field.show_address(JID.trusted("juliet@capulet.lit"))
    field.resize(WIDTH, field.heightForWidth(WIDTH))
    before = field.grab().toImage()

    field.selectAll()

    assert field.grab().toImage() != before
