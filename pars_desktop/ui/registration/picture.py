"""A picture that a server sends for a person to read: decoded with limits, as it is foreign."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from pars_desktop.domain.registration import Picture
from pars_desktop.ui import theme
from pars_desktop.ui.plain_text import Label

_MOST_PIXELS = 1_000_000  # a CAPTCHA has a tenth of it; unpacked while everything waits
_WIDEST = 340  # on screen
_FORMATS = {  # what a picture says it is, and Qt's name for it; nothing is guessed
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
}


class PictureView(Label):
    """On a white card also in the dark theme, since such pictures are often transparent."""

    def __init__(self, image: QImage, description: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        fitting = image
        if image.width() > _WIDEST:
            fitting = image.scaledToWidth(_WIDEST, Qt.TransformationMode.SmoothTransformation)
        self.setPixmap(QPixmap.fromImage(fitting))
        self.setContentsMargins(*[theme.RELATED] * 4)
        self.setAccessibleName(description)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawRoundedRect(self.rect(), theme.CORNER, theme.CORNER)
        painter.end()
        QLabel.paintEvent(self, event)


def decoded(picture: Picture) -> QImage | None:
    """The picture, or None if it is none that we want to unpack."""
    kind = _FORMATS.get(picture.kind)
    if kind is None:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(picture.data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind.encode()))
    reader.setAutoDetectImageFormat(False)
    size = reader.size()
    if not 0 < size.width() * size.height() <= _MOST_PIXELS:
        return None
    image = reader.read()
    return None if image.isNull() else image
