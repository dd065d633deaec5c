"""A QR code in whole device pixels, so that cameras read it at any scale (ISO/IEC 18004)."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

if TYPE_CHECKING:
    import segno

_MARGIN = 4  # modules of white that a reader needs around the symbol
_SIDE = 252  # logical pixels; the same for all usual links, so that nothing moves while one types
_LARGEST = 360  # for the longest links, whose modules would become too small to read
_READABLE = 4  # logical pixels per module that we try to keep
_CORNER = 8
_MODULE = 8  # pixels of one in a file
_DARK = "#101418"


class QrCode(QLabel):
    """Dark on a white card, in the dark theme too: many readers refuse the inverse.

    A label with a picture, because screen readers are told that such a label is an image.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("QR code"))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._symbol = QImage()
        self.show_text("")

    def show_text(self, text: str) -> bool:
        """Show the code of a text. False: it is too long for one, and the card stays empty."""
        self._symbol = _symbol(text)
        modules = self._symbol.width()
        side = min(max(_SIDE, _READABLE * modules), _LARGEST)
        self.setFixedSize(side, side)
        self.setPixmap(QPixmap.fromImage(self._symbol))
        self.update()
        return not self._symbol.isNull()

    def sizeHint(self) -> QSize:  # the picture above has one pixel per module: not our size
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("white"))
        painter.drawRoundedRect(self.rect(), _CORNER, _CORNER)
        if self._symbol.isNull():
            return
        to_device = painter.deviceTransform()
        scale, card = to_device.m11(), to_device.mapRect(QRectF(self.rect()))
        pixels = max(1, int(card.width()) // self._symbol.width()) * self._symbol.width()
        picture = self._symbol.scaled(pixels, pixels)
        picture.setDevicePixelRatio(scale)
        # At 150 % this widget may begin in the middle of a device pixel; the modules must not.
        left = round(card.center().x() - pixels / 2) - card.x()
        top = round(card.center().y() - pixels / 2) - card.y()
        painter.drawImage(QPointF(left / scale, top / scale), picture)


def picture(text: str) -> QImage:
    """The code as a picture to be given away, on white; null if the text is too long for one."""
    symbol = _symbol(text)
    if symbol.isNull():
        return symbol
    side = symbol.width() * _MODULE
    made = QImage(side, side, QImage.Format.Format_RGB32)
    made.fill(QColor("white"))
    painter = QPainter(made)
    painter.drawImage(0, 0, symbol.scaled(side, side))
    painter.end()
    return made


def svg(text: str) -> bytes:
    """The same as an SVG file, sharp at any size; empty if the text is too long for a code."""
    from io import BytesIO

    code = _code(text)
    if code is None:
        return b""
    made = BytesIO()
    code.save(made, kind="svg", scale=_MODULE, border=_MARGIN, dark=_DARK, light="#ffffff")
    return made.getvalue()


def _symbol(text: str) -> QImage:
    """One pixel per module, margin included; null if there is no text or too much of it."""
    code = _code(text)
    if code is None:
        return QImage()
    side = len(code.matrix) + 2 * _MARGIN
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)  # the card below it is white
    dark = QColor(_DARK).rgba()
    for y, row in enumerate(code.matrix):
        for x, module in enumerate(row):
            if module:
                image.setPixel(x + _MARGIN, y + _MARGIN, dark)
    return image


def _code(text: str) -> "segno.QRCode | None":
    import segno

    if not text:
        return None
    try:
        return segno.make_qr(text, error="l", boost_error=True)
    except segno.DataOverflowError:
        return None
