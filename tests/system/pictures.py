"""Pictures with QR codes in them, as screens and files show them."""

import segno
from PySide6.QtCore import QBuffer
from PySide6.QtGui import QColor, QImage, QPainter

LINK = "xmpp:romeo@montague.lit?roster;preauth=1tMFqYDdKhfe2pwpXq9Za001;name=Romeo"
MARGIN = 4  # modules


def code(text, *, module=4, dark="black", light="white"):
    """The QR code of a text, with its margin."""
    rows = list(segno.make(text, error="m", micro=False).matrix)
    side = len(rows) + 2 * MARGIN
    small = QImage(side, side, QImage.Format.Format_ARGB32)
    small.fill(QColor(light))
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                small.setPixelColor(x + MARGIN, y + MARGIN, QColor(dark))
    return small.scaled(side * module, side * module)


def screen(*codes, width=1920, height=1080, paper="#89a5c4"):
    """A screen with these codes one beside the other, in its middle."""
    made = QImage(width, height, QImage.Format.Format_RGB32)
    made.fill(QColor(paper))
    painter = QPainter(made)
    x = 100
    for one in codes:
        painter.drawImage(x, (height - one.height()) // 2, one)
        x += one.width() + 50
    painter.end()
    return made


def file_of(image, kind="PNG"):
    """The picture as the contents of a file."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)
    return bytes(buffer.data().data())
