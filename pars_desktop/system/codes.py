"""Codes in pictures: read in a thread, with limits on everything (battery U-15).

Whoever made the picture may mean us harm: its kind is known before any decoder sees it (never
SVG, which is a program), its size before it is unpacked, and nobody waits for it for ever.
"""

import os
import stat
import threading
from pathlib import Path

from PySide6.QtCore import QBuffer, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter

from pars_desktop.domain.errors import PictureTooLarge, PictureUnusable

MOST_BYTES = 50_000_000  # of a file
MOST_PIXELS = 50_000_000  # 200 MB unpacked; Qt itself allows 256
ENOUGH_PIXELS = 16_000_000  # more are scaled down: a code is still read, and sooner
MOST_CODES = 20
TIME_LIMIT = 10.0  # seconds; 0.1 is usual for a large screen

_KINDS = {  # what a file begins with, and Qt's name for it
    b"\x89PNG\r\n\x1a\n": b"png",
    b"\xff\xd8\xff": b"jpeg",
    b"GIF8": b"gif",
    b"BM": b"bmp",
    b"RIFF": b"webp",
}


async def read_codes(
    picture: QImage | bytes | Path, *, time_limit: float = TIME_LIMIT
) -> list[str]:
    """The texts of all QR codes in a picture, or in the file of one; each text once.

    Raises PictureUnusable, and PictureTooLarge also for what takes too long.
    """
    import asyncio
    import concurrent.futures

    outcome: concurrent.futures.Future[list[str]] = concurrent.futures.Future()
    outcome.set_running_or_notify_cancel()

    def run() -> None:
        try:
            outcome.set_result(_read(picture))
        except BaseException as error:  # noqa: BLE001 (whatever it is, it belongs to the caller)
            outcome.set_exception(error)

    # Not asyncio.to_thread: leaving the program would wait for a picture that takes a minute.
    threading.Thread(target=run, name="read codes", daemon=True).start()
    try:
        async with asyncio.timeout(time_limit):
            return await asyncio.wrap_future(outcome)
    except TimeoutError:
        raise PictureTooLarge from None


def contents(path: Path) -> bytes:
    """All of a file of a size we take. Raises PictureUnusable, PictureTooLarge."""
    try:
        # Opening a pipe would wait for whoever writes into it.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise PictureUnusable
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError):  # ValueError: no name of a file, such as one with a NUL
        raise PictureUnusable from None
    if len(data) > MOST_BYTES:
        raise PictureTooLarge
    return data


_BINARY = getattr(os, "O_BINARY", 0)  # Windows would change the ends of lines


def _read(picture: QImage | bytes | Path) -> list[str]:
    if isinstance(picture, Path):
        picture = contents(picture)
    image = _unpacked(picture) if isinstance(picture, bytes) else picture
    if image.isNull():
        raise PictureUnusable
    _check(image.size())
    return _codes(_grey(image))


def _unpacked(data: bytes) -> QImage:
    """The picture in a file, scaled down if it is larger than it needs to be."""
    kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), None)
    if kind is None:
        raise PictureUnusable
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, kind)
    reader.setAutoDetectImageFormat(False)  # or Qt would ask every decoder it has
    size = reader.size()
    _check(size)
    if size.width() * size.height() > ENOUGH_PIXELS:
        reader.setScaledSize(size * (ENOUGH_PIXELS / (size.width() * size.height())) ** 0.5)
    return reader.read()


def _check(size: QSize) -> None:
    if size.isEmpty():
        raise PictureUnusable
    if size.width() * size.height() > MOST_PIXELS:
        raise PictureTooLarge


def _grey(image: QImage) -> QImage:
    """In shades of grey; what is transparent is white, as on paper."""
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


def _codes(grey: QImage) -> list[str]:
    import zxingcpp

    pixels = memoryview(grey.constBits()).cast("B", (grey.height(), grey.bytesPerLine()))
    kind = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(pixels, formats=kind, text_mode=zxingcpp.TextMode.Plain)
    return list(dict.fromkeys(code.text for code in found))[:MOST_CODES]
