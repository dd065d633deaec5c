"""How everything looks: colours by role, sizes, fonts, icons, and the style of the application.

The application's palette is the one place that knows whether it is light or dark now: `wear` sets
it, `colours` reads it. Whoever paints asks `colours()` while painting; whoever keeps something
coloured renews it in `changeEvent` when `is_restyling(event)`.
"""

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QObject, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QIcon,
    QImage,
    QImageReader,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFocusFrame,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

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
    app.focusObjectChanged.connect(_move_ring)
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
    text = (_resources() / "style" / "pars.qss").read_text(encoding="utf-8")
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


def plain(button: QPushButton) -> QPushButton:
    """Make it an ordinary button."""
    return _kind(button, "plain")


def _kind(button: QPushButton, kind: str) -> QPushButton:
    button.setProperty("kind", kind)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setAutoDefault(False)
    return button


class IconButton(QToolButton):
    """A button that is only an icon: its tooltip and accessible name say what it does."""

    def __init__(
        self,
        name: str,
        text: str,
        parent: QWidget | None = None,
        *,
        shortcut: str = "",
        role: str = "secondary",
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._role = role  # the colour's name in Colours
        self.setAutoRaise(True)
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({shortcut})" if shortcut else text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(20, 20))
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        if is_restyling(event):
            self._draw()
        super().changeEvent(event)

    def _draw(self) -> None:
        self.setIcon(icon(self._name, getattr(colours(), self._role)))


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


def _move_ring(now: QObject | None) -> None:
    """Keep one ring per window, around what has the focus there.

    Not by `focusChanged`: it also names who had the focus, and PySide aborts when that widget is
    being destroyed.
    """
    if FocusRing.shown is not None and isValid(FocusRing.shown):
        FocusRing.shown.setWidget(None)  # type: ignore[arg-type]  # Qt: no widget, no frame
    if isinstance(now, _RINGED):
        FocusRing.shown = ring = now.window().findChild(FocusRing) or FocusRing(now.window())
        ring.setWidget(now)


# --- icons ---------------------------------------------------------------------------------------


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """One of our own icons in a colour of the theme (secondary text unless told)."""
    drawn = colour or colours().secondary
    made = QIcon()
    for ratio in {screen.devicePixelRatio() for screen in QGuiApplication.screens()}:
        made.addPixmap(QPixmap.fromImage(image(name, drawn.rgb(), 24, ratio)))
    return made


def paint_icon(painter: QPainter, name: str, colour: QColor, rect: QRect) -> None:
    """Draw an icon into a square, crisp at the painter's scale."""
    ratio = painter.device().devicePixelRatio()
    painter.drawImage(rect.topLeft(), image(name, colour.rgb(), rect.width(), ratio))


@lru_cache(maxsize=256)
def image(name: str, colour: int, size: int, ratio: float) -> QImage:
    """An icon drawn at a size in logical pixels for a screen of that ratio."""
    svg = (_resources() / "icons" / f"{name}.svg").read_bytes()
    data = QByteArray(svg.replace(b"currentColor", QColor(colour).name().encode()))
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"svg"))
    pixels = round(size * ratio)
    reader.setScaledSize(QSize(pixels, pixels))
    made = reader.read()
    made.setDevicePixelRatio(ratio)
    return made


def _resources() -> Path:
    """In the installed package, or in the checkout beside it."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"
