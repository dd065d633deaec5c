"""Our own icons, in the colours of the theme and crisp at any scale."""

from functools import lru_cache

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QImageReader, QPainter, QPixmap
from PySide6.QtWidgets import QToolButton, QWidget

from pars_desktop.base.resources import resource
from pars_desktop.ui.theme import colours, is_restyling


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
    svg = resource("icons", f"{name}.svg").read_bytes()
    data = QByteArray(svg.replace(b"currentColor", QColor(colour).name().encode()))
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"svg"))
    pixels = round(size * ratio)
    reader.setScaledSize(QSize(pixels, pixels))
    made = reader.read()
    made.setDevicePixelRatio(ratio)
    return made
