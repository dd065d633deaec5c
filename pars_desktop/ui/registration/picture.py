"""A picture that a server sends for a person to read: decoded with limits, as it is foreign.

It is unpacked while the window waits, so it is taken only if that cannot take long, whatever is in
it: it has few pixels on few rows, and what no CAPTCHA needs is refused or never reaches a decoder.
A few kilobytes can otherwise keep one busy for seconds: as a JPEG of ten thousand scans, as text
in a PNG, which is unpacked too, or as pixels behind the last one. Of what moves the first picture
is shown.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from itertools import islice

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from pars_desktop.domain.registration import Picture
from pars_desktop.ui import theme
from pars_desktop.ui.plain_text import Label

_MOST_PIXELS = 250_000  # a CAPTCHA has a tenth of it
_LONGEST_SIDE = 1000  # decoders work in blocks: of a picture one pixel wide they unpack 32
_MOST_SCANS = 12  # of a JPEG; 10 are usual for one that appears step by step
_MOST_MARKERS = 300  # all that is not pixels, which a decoder may keep piece by piece
_SCAN = b"\xff\xda"
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7]", re.DOTALL)  # but for those within pixels
_MOST_CHUNKS = 1000  # of a PNG
_MOST_UNPACKED = _MOST_PIXELS * 8 + 2 * _LONGEST_SIDE  # bytes, with one more for each row
_NEEDED = (b"PLTE", b"tRNS")  # besides the pixels
_PNG = b"\x89PNG\r\n\x1a\n"
_WIDEST = 340  # on screen


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
    match picture.kind:
        case "image/png":
            kind, data = b"png", _bare_png(picture.data)
        case "image/jpeg":
            kind, data = b"jpeg", _plain_jpeg(picture.data)
        case "image/gif":
            kind, data = b"gif", _small_gif(picture.data)
        case _:
            return None
    if not data:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind))
    reader.setAutoDetectImageFormat(False)
    size = reader.size()
    if not _is_small(size.width(), size.height()):
        return None
    image = reader.read()
    return None if image.isNull() else image


def _is_small(width: int, height: int) -> bool:
    sides = 0 < width <= _LONGEST_SIDE and 0 < height <= _LONGEST_SIDE
    return sides and width * height <= _MOST_PIXELS


def _plain_jpeg(data: bytes) -> bytes:
    """The same, or empty if it is made of so many pieces that there is no picture in them."""
    many = next(islice(_MARKER.finditer(data), _MOST_MARKERS, None), None)
    return data if many is None and data.count(_SCAN) <= _MOST_SCANS else b""


def _small_gif(data: bytes) -> bytes:
    """The same, or empty if its first picture is part of a large one: Qt would unpack that."""
    is_small = len(data) > 10 and _is_small(*struct.unpack_from("<HH", data, 6))
    return data if is_small else b""


def _bare_png(png: bytes) -> bytes:
    """The same with nothing in it but its pixels; empty if that is no small picture."""
    if not png.startswith(_PNG):
        return b""
    chunks = list(islice(_chunks(png), _MOST_CHUNKS + 1))
    if not chunks or len(chunks) > _MOST_CHUNKS:
        return b""
    first, header = chunks[0]
    if first != b"IHDR" or len(header) != 13 or not _is_small(*struct.unpack(">II", header[:8])):
        return b""
    pixels = b"".join(data for kind, data in chunks if kind == b"IDAT")
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(pixels, _MOST_UNPACKED)
    except zlib.error:
        return b""
    if unpacker.unconsumed_tail:  # more than it has pixels
        return b""
    kept = dict(reversed([each for each in chunks if each[0] in _NEEDED]))  # the first of each
    needed = [(kind, kept[kind]) for kind in _NEEDED if kind in kept]
    whole = [(b"IHDR", header), *needed, (b"IDAT", pixels), (b"IEND", b"")]
    return _PNG + b"".join(_chunk(kind, data) for kind, data in whole)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kinds and contents (PNG §5.3)."""
    at = len(_PNG)
    while at + 8 <= len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        yield kind, png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
