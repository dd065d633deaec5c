"""Initials on the colour of an address."""

import pytest
from PySide6.QtGui import QColor

from pars_desktop.ui import avatar, theme
from pars_desktop.ui.avatar import Avatar, initials
from tests.ui.test_theme import contrast


@pytest.mark.parametrize(
    ("text", "angle", "rgb"),
    [  # XEP-0392 §13.1, with saturation 100 and lightness 50
        ("Romeo", 327.255249, (0.865, 0.000, 0.686)),
        ("juliet@capulet.lit", 209.410400, (0.000, 0.515, 0.573)),
        ("😺", 331.199341, (0.872, 0.000, 0.659)),
        ("council", 359.994507, (0.918, 0.000, 0.394)),
    ],
)
def test_the_colour_is_the_one_the_standard_gives(text, angle, rgb):
    assert avatar.hue(text) == pytest.approx(angle, abs=1e-5)
    made = avatar._hsluv(avatar.hue(text), 100, 50)
    assert (made.redF(), made.greenF(), made.blueF()) == pytest.approx(rgb, abs=1e-3)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Juliet", "J"),
        ("Juliet Capulet", "JC"),
        ("Bruder Lorenzo von Verona", "BV"),
        ("romeo@montague.lit", "R"),
        ("friar.laurence@verona.lit", "FL"),
        ("ßabine", "SS"),
        ("朱丽叶", "朱"),
        ("...", "?"),
        ("", "?"),
        ("(Nurse) 42", "4"),
    ],
)
def test_initials_are_the_first_letters_of_the_first_and_last_word(title, shown):
    assert initials(title) == shown


def test_the_letters_can_be_read_on_every_colour():
    for number in range(360):
        address = f"person{number}@verona.lit"
        assert contrast(avatar.colour(address, dark=False), theme.LIGHT.on_accent) >= 4.5
        assert contrast(avatar.colour(address, dark=True), theme.DARK.on_accent) >= 4.5


def test_it_paints_a_circle_of_that_colour(qtbot, scheme):
    widget = Avatar()
    qtbot.addWidget(widget)
    widget.show_person("juliet@capulet.lit", "Juliet")
    widget.resize(widget.sizeHint())

    image = widget.grab().toImage()

    wanted = avatar.colour("juliet@capulet.lit", dark=scheme is theme.DARK)
    ratio = image.width() / theme.AVATAR
    assert QColor(image.pixel(int(20 * ratio), int(4 * ratio))).rgb() == wanted.rgb()
    assert QColor(image.pixel(0, 0)).rgb() != wanted.rgb()
