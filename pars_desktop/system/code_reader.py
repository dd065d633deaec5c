"""Reads codes in a process of its own, which `codes` can kill: no thread can be stopped.

It is run as a file, takes a picture from its input, and prints the texts. Nothing else of ours is
imported here, and Qt only for a picture that is still packed: a screen is not to wait for it.
"""

import json
import sys
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QImage

MOST_PIXELS = 50_000_000  # 200 MB unpacked; Qt itself allows 256
ENOUGH_PIXELS = 16_000_000  # more are scaled down: a code is still read, and sooner
MOST_CODES = 20
UNUSABLE, TOO_LARGE = 3, 4  # what it ends with, otherwise than by a mistake of ours

_KINDS = {  # what a file begins with, and Qt's name for it
    b"\x89PNG\r\n\x1a\n": b"png",
    b"\xff\xd8\xff": b"jpeg",
    b"GIF8": b"gif",
    b"BM": b"bmp",
    b"RIFF": b"webp",
}


class Refused(Exception):
    """The picture is not read: UNUSABLE or TOO_LARGE."""

    def __init__(self, why: int) -> None:
        super().__init__(why)
        self.why = why


def packed(data: bytes) -> bytes:
    """What to give to `main` for the contents of a file. Raises Refused."""
    _kind(data)
    return b"0 0\n" + data


def plain(image: "QImage") -> bytes:
    """What to give to `main` for a picture in memory. Raises Refused."""
    check(image.size())
    pixels = grey(image)
    return b"%d %d\n" % (pixels.width(), pixels.height()) + _rows(pixels)


def main(given: BinaryIO) -> list[str]:
    """The texts of all codes in what `packed` or `plain` made; each text once. Raises Refused."""
    import zxingcpp

    width, height = map(int, given.readline().split())
    pixels = given.read()
    if not width:
        image = grey(_unpacked(pixels))
        width, height, pixels = image.width(), image.height(), _rows(image)
    seen = memoryview(pixels).cast("B", (height, width))
    kind = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(seen, formats=kind, text_mode=zxingcpp.TextMode.Plain)
    return list(dict.fromkeys(code.text for code in found))[:MOST_CODES]


def check(size: "QSize") -> None:
    """Raises Refused if there is nothing, or more than anybody's screen."""
    if size.isEmpty():
        raise Refused(UNUSABLE)
    if size.width() * size.height() > MOST_PIXELS:
        raise Refused(TOO_LARGE)


def grey(image: "QImage") -> "QImage":
    """In shades of grey; what is transparent is white, as on paper."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter

    if image.width() * image.height() > ENOUGH_PIXELS:
        side = (ENOUGH_PIXELS / (image.width() * image.height())) ** 0.5
        image = image.scaled(image.size() * side, mode=Qt.TransformationMode.SmoothTransformation)
    if image.hasAlphaChannel():
        paper = QImage(image.size(), QImage.Format.Format_RGB32)
        paper.fill(Qt.GlobalColor.white)
        painter = QPainter(paper)
        painter.drawImage(paper.rect(), image)
        painter.end()
        image = paper
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


def _unpacked(data: bytes) -> "QImage":
    """The picture in a file, scaled down if it is larger than it needs to be."""
    from PySide6.QtCore import QBuffer
    from PySide6.QtGui import QImageReader

    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, _kind(data))
    reader.setAutoDetectImageFormat(False)  # or Qt would ask every decoder it has
    size = reader.size()
    check(size)
    if size.width() * size.height() > ENOUGH_PIXELS:
        reader.setScaledSize(size * (ENOUGH_PIXELS / (size.width() * size.height())) ** 0.5)
    image = reader.read()
    check(image.size())
    return image


def _kind(data: bytes) -> bytes:
    kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), None)
    if kind is None:
        raise Refused(UNUSABLE)
    return kind


def _rows(image: "QImage") -> bytes:
    """The pixels without what Qt puts at the end of each row."""
    width, line = image.width(), image.bytesPerLine()
    seen = memoryview(image.constBits())
    if width == line:
        return bytes(seen)
    return b"".join(seen[at : at + width] for at in range(0, image.height() * line, line))


def _limit(seconds: int) -> None:
    """Even if nobody is left to kill us."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


if __name__ == "__main__":
    _limit(int(sys.argv[1]))
    try:
        json.dump(main(sys.stdin.buffer), sys.stdout)
    except Refused as refused:
        sys.exit(refused.why)
