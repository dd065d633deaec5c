"""How everything looks: colours by role, sizes, fonts, and the style of the application.

The application's palette is the one place that knows whether it is light or dark now: `wear` sets
it, `colours` reads it. Whoever paints asks `colours()` while painting; whoever keeps something
coloured renews it in `changeEvent` when `is_restyling(event)`.
"""

from dataclasses import dataclass, fields

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFocusFrame,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
)
from shiboken6 import isValid

from pars_desktop.base.resources import resource

UNIT = 4
RELATED = 8  # between things that belong together
GROUP = 16  # between groups
EDGE = 24  # at the edges of a window

CORNER = 8  # cards and fields
BUBBLE_CORNER = 12
AVATAR = 40  # in lists
ROW = 64  # a row of the chat list
RING = 2  # the width of the focus ring

SMALL = 0.85  # times the body size
BODY = 1.0
TITLE = 1.25
DISPLAY = 1.6


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme. Names say the role, never the hue."""

    window: QColor
    sidebar: QColor
    raised: QColor
    text: QColor
    secondary: QColor
    disabled: QColor
    accent: QColor
    on_accent: QColor
    accent_soft: QColor
    bubble_theirs: QColor
    bubble_ours: QColor
    good: QColor
    warning: QColor
    danger: QColor
    warning_soft: QColor
    hairline: QColor

    @property
    def focus_ring(self) -> QColor:
        """The ring around what has the focus."""
        return self.accent


LIGHT = Colours(
    window=QColor("#ffffff"),
    sidebar=QColor("#f4f5f7"),
    raised=QColor("#ffffff"),
    text=QColor("#1c1f24"),
    secondary=QColor("#5b6470"),
    disabled=QColor("#767f8a"),
    accent=QColor("#2457d6"),
    on_accent=QColor("#ffffff"),
    accent_soft=QColor("#e6edfc"),
    bubble_theirs=QColor("#f0f1f4"),
    bubble_ours=QColor("#e1ebff"),
    good=QColor("#167343"),
    warning=QColor("#8a5a00"),
    danger=QColor("#c4302b"),
    warning_soft=QColor("#fff3d6"),
    hairline=QColor("#e3e5e9"),
)
DARK = Colours(
    window=QColor("#1b1d21"),
    sidebar=QColor("#15171a"),
    raised=QColor("#24272c"),
    text=QColor("#eceef1"),
    secondary=QColor("#a3acb8"),
    disabled=QColor("#7f8894"),
    accent=QColor("#7ba4ff"),
    on_accent=QColor("#0e1116"),
    accent_soft=QColor("#23304d"),
    bubble_theirs=QColor("#2a2e34"),
    bubble_ours=QColor("#24385f"),
    good=QColor("#58c98b"),
    warning=QColor("#e0b04b"),
    danger=QColor("#ff7b72"),
    warning_soft=QColor("#3a2f16"),
    hairline=QColor("#31353b"),
)


def colours() -> Colours:
    """The theme that is worn now."""
    return DARK if QGuiApplication.palette().window().color().lightness() < 128 else LIGHT


def is_dark() -> bool:
    """The dark theme is worn now."""
    return colours() is DARK


def wear(app: QApplication, scheme: Qt.ColorScheme = Qt.ColorScheme.Unknown) -> None:
    """Dress the application: the system's light or dark, and every change of it.

    A scheme given here stays, whatever the system says.
    """
    app.setStyle("fusion")
    app.focusObjectChanged.connect(_move_ring_soon)
    if scheme == Qt.ColorScheme.Unknown:
        app.styleHints().colorSchemeChanged.connect(lambda now: _dress(app, now))
        scheme = app.styleHints().colorScheme()
    _dress(app, scheme)


def _dress(app: QApplication, scheme: Qt.ColorScheme) -> None:
    worn = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
    app.setPalette(palette(worn))
    app.setStyleSheet(style_sheet(worn))


def is_restyling(event: QEvent) -> bool:
    """A change event that says the colours may be others now."""
    return event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)


def palette(worn: Colours) -> QPalette:
    """The palette of the application in a theme."""
    role = QPalette.ColorRole
    made = QPalette()
    for where, colour in {
        role.Window: worn.window,
        role.WindowText: worn.text,
        role.Base: worn.raised,
        role.AlternateBase: worn.sidebar,
        role.Text: worn.text,
        role.PlaceholderText: worn.secondary,
        role.Button: worn.raised,
        role.ButtonText: worn.text,
        role.BrightText: worn.danger,
        role.ToolTipBase: worn.raised,
        role.ToolTipText: worn.text,
        role.Highlight: worn.accent,
        role.HighlightedText: worn.on_accent,
        role.Accent: worn.accent,
        role.Link: worn.accent,
        role.LinkVisited: worn.accent,
        role.Light: worn.raised,
        role.Midlight: worn.hairline,
        role.Mid: worn.hairline,
        role.Dark: worn.disabled,
    }.items():
        made.setColor(where, colour)
    for where in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        made.setColor(QPalette.ColorGroup.Disabled, where, worn.disabled)
    return made


def style_sheet(worn: Colours) -> str:
    """The style sheet of the application: `resources/style/pars.qss` with colours for @roles."""
    text = resource("style", "pars.qss").read_text(encoding="utf-8")
    roles = {field.name: getattr(worn, field.name) for field in fields(worn)}
    roles["accent_hover"] = _mixed(worn.accent, worn.text, 0.12)
    roles["accent_pressed"] = _mixed(worn.accent, worn.text, 0.24)
    roles["scroll"] = _mixed(worn.hairline, worn.disabled, 0.4)
    for role in sorted(roles, key=len, reverse=True):  # @accent_soft before @accent
        text = text.replace(f"@{role}", roles[role].name())
    return text


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )


def font(
    scale: float = BODY, weight: QFont.Weight = QFont.Weight.Normal, base: QFont | None = None
) -> QFont:
    """The system's font (or base) at a scale: SMALL, BODY, TITLE or DISPLAY."""
    made = QFont(base if base is not None else QApplication.font())
    if made.pointSizeF() > 0:
        made.setPointSizeF(made.pointSizeF() * scale)
    else:
        made.setPixelSize(round(made.pixelSize() * scale))
    made.setWeight(weight)
    return made


# --- buttons -------------------------------------------------------------------------------------


def primary(button: QPushButton) -> QPushButton:
    """Make it the one button of a page that says what the page is for."""
    return _kind(button, "primary")


def quiet(button: QPushButton) -> QPushButton:
    """Make it a button without a box."""
    return _kind(button, "quiet")


def link(button: QPushButton) -> QPushButton:
    """Make it a quiet button whose words begin where its column begins."""
    return _kind(button, "link")


def plain(button: QPushButton) -> QPushButton:
    """Make it an ordinary button."""
    return _kind(button, "plain")


def _kind(button: QPushButton, kind: str) -> QPushButton:
    button.setProperty("kind", kind)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setAutoDefault(False)
    return button


class FocusRing(QFocusFrame):
    """Two pixels of accent outside of whatever control has the focus."""

    shown: "FocusRing | None" = None  # the last one that was put around something

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.mask().isEmpty():
            self.clearMask()  # the style's own mask is a frame with sharp corners: it cuts ours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        pen.setColor(colours().focus_ring)
        pen.setWidth(RING)
        painter.setPen(pen)
        corner = CORNER + RING / 2
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), corner, corner)


_RINGED = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox)


def _move_ring_soon() -> None:
    """Who has the focus now is asked later, and not taken from the signal.

    While a window is being destroyed it names, or is sent from, widgets that are half gone, and
    PySide aborts the program when it meets one. This slot takes no argument for the same reason.
    """
    QTimer.singleShot(0, _move_ring)


def _move_ring() -> None:
    """Keep one ring per window, around what has the focus there."""
    now = QApplication.focusWidget()
    if FocusRing.shown is not None and isValid(FocusRing.shown):
        FocusRing.shown.setWidget(None)  # type: ignore[arg-type]  # Qt: no widget, no frame
    if isinstance(now, _RINGED):
        FocusRing.shown = ring = now.window().findChild(FocusRing) or FocusRing(now.window())
        ring.setWidget(now)
