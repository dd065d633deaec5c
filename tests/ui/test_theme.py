"""Colours by role, readable in both themes; controls, icons and the ring around the focus."""

import re
from dataclasses import fields

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from pars_desktop.base.resources import resource
from pars_desktop.ui import icons, theme
from pars_desktop.ui.icons import IconButton
from pars_desktop.ui.theme import DARK, LIGHT, FocusRing


def luminance(colour: QColor) -> float:
    def linear(part):
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.2, 1.4.3."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("window", "sidebar", "raised", "bubble_theirs", "bubble_ours", "accent_soft")


@pytest.mark.parametrize("worn", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground(worn):
    pairs = [(ink, ground) for ink in ("text", "secondary", "accent") for ground in GROUNDS]
    pairs += [("on_accent", "accent"), ("text", "warning_soft"), ("warning", "warning_soft")]
    pairs += [("accent", "warning_soft"), ("danger", "window"), ("danger", "sidebar")]
    pairs += [("good", "window"), ("good", "sidebar"), ("warning", "window"), ("text", "hairline")]
    faint = {
        pair: round(ratio, 2)
        for pair in pairs
        if (ratio := contrast(getattr(worn, pair[0]), getattr(worn, pair[1]))) < 4.5
    }
    assert not faint


@pytest.mark.parametrize("worn", [LIGHT, DARK], ids=["light", "dark"])
def test_controls_and_disabled_text_can_be_seen(worn):
    for ground in ("window", "sidebar", "raised", "hairline"):
        assert contrast(worn.disabled, getattr(worn, ground)) >= 3, ground
        assert contrast(worn.focus_ring, getattr(worn, ground)) >= 3, ground
    for sign in ("good", "warning", "danger"):
        for ground in ("sidebar", "accent_soft", "bubble_ours"):
            assert contrast(getattr(worn, sign), getattr(worn, ground)) >= 3, (sign, ground)


@pytest.mark.parametrize("worn", [LIGHT, DARK], ids=["light", "dark"])
def test_every_role_in_the_style_sheet_is_a_colour_of_the_theme(worn):
    sheet = theme.style_sheet(worn)

    assert "@" not in sheet
    assert set(re.findall(r"#[0-9a-f]+", sheet)) >= {worn.accent.name(), worn.disabled.name()}


def test_both_themes_have_every_role():
    assert [field.name for field in fields(LIGHT)] == [field.name for field in fields(DARK)]


def test_what_is_worn_is_read_from_the_palette(scheme, qapp):
    assert theme.colours() is scheme
    assert qapp.palette().window().color() == scheme.window
    assert qapp.palette().placeholderText().color() == scheme.secondary


def test_it_follows_the_system_when_nothing_else_was_said(qapp, monkeypatch):
    theme.wear(qapp)
    try:
        qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
        assert theme.colours() is DARK
        qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
        assert theme.colours() is LIGHT
    finally:
        qapp.styleHints().colorSchemeChanged.disconnect()
        qapp.setStyleSheet("")


def test_a_change_of_scheme_redraws_icons_in_the_new_colours(qtbot, qapp, dressed):
    button = IconButton("menu", "Menu")
    qtbot.addWidget(button)

    def ink():
        image = button.icon().pixmap(24, 24).toImage()
        return QColor(image.pixel(image.width() // 2, image.height() // 2))

    assert ink() == LIGHT.secondary
    theme.wear(qapp, Qt.ColorScheme.Dark)
    assert ink() == DARK.secondary


def test_an_icon_button_says_what_it_does_and_its_shortcut(qtbot):
    button = IconButton("menu", "Search", shortcut="Ctrl+K")
    qtbot.addWidget(button)

    assert button.accessibleName() == "Search"
    assert button.toolTip() == "Search (Ctrl+K)"


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_an_icon_is_drawn_for_the_pixels_there_are(qapp, ratio):
    image = icons.image("tick", LIGHT.secondary.rgb(), 16, ratio)

    assert image.width() == round(16 * ratio)
    assert image.devicePixelRatio() == ratio


def test_every_icon_of_ours_can_be_drawn(qapp):
    drawn = []
    for path in sorted(resource("icons").glob("*.svg")):
        image = icons.image(path.stem, LIGHT.danger.rgb(), 24, 1.0)
        assert not image.isNull(), path.name
        if b"currentColor" in path.read_bytes():
            drawn.append(path.stem)
            canvas = QImage(24, 24, QImage.Format.Format_RGB32)
            canvas.fill(LIGHT.window)
            painter = QPainter(canvas)
            icons.paint_icon(painter, path.stem, LIGHT.danger, QRect(0, 0, 24, 24))
            painter.end()
            inked = {canvas.pixel(x, y) for x in range(24) for y in range(24)}
            assert LIGHT.danger.rgb() in inked, path.name
    assert {"menu", "send", "down", "back", "clock", "tick", "ticks"} <= set(drawn)


def test_the_focus_shows_as_a_ring_outside_of_the_control(qtbot, qapp, dressed):
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    button, field = theme.plain(QPushButton("Cancel")), QLineEdit()
    column.addWidget(button)
    column.addWidget(field)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    for control in (button, field):
        control.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.waitUntil(lambda: window.findChild(FocusRing) is not None)
        ring = window.findChild(FocusRing)
        qtbot.waitUntil(lambda control=control, ring=ring: ring.widget() is control)
        qtbot.waitUntil(ring.isVisible)
        image = window.grab().toImage()
        beside = QColor(image.pixel(control.x() + control.width() // 2, control.y() - 1))
        assert beside == LIGHT.focus_ring
    assert len(window.findChildren(FocusRing)) == 1


def test_a_window_that_goes_with_the_focus_in_it_takes_its_ring_along(qtbot, qapp, dressed):
    window = QWidget()
    field = QLineEdit(QWidget(window))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: window.findChild(FocusRing) is not None)
    ring = window.findChild(FocusRing)

    window.deleteLater()

    qtbot.waitUntil(lambda: not isValid(ring))  # the process lives


def test_a_hint_in_a_field_can_be_read(qtbot, scheme):
    for kind in (QLineEdit, QPlainTextEdit):
        field = kind()
        qtbot.addWidget(field)
        field.setFont(theme.font(4))
        field.setPlaceholderText("III")
        field.resize(200, 100)
        image = field.grab().toImage()
        places = [(x, y) for x in range(12, 150) for y in range(12, 88)]
        inks = [QColor(image.pixel(x, y)) for x, y in places]
        assert max(contrast(ink, scheme.raised) for ink in inks) >= 4.5


def test_sizes_follow_the_font(qapp):
    base = QFont("Sans", 20)

    assert theme.font(theme.TITLE, base=base).pointSizeF() == 25
    assert theme.font(theme.SMALL, base=base).pointSizeF() == 17
    pixels = QFont("Sans")
    pixels.setPixelSize(20)
    assert theme.font(theme.DISPLAY, base=pixels).pixelSize() == 32


@pytest.mark.parametrize("dress", [theme.primary, theme.quiet, theme.plain])
def test_no_button_is_pressed_by_enter_elsewhere(qtbot, dress):
    button = dress(QPushButton("Add friend"))
    qtbot.addWidget(button)

    assert not button.isDefault()
    assert not button.autoDefault()
