"""Ways to give an invitation that is a picture: from the screen, a file, the clipboard."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from pars_desktop.ui import theme
from pars_desktop.ui.sheet import Button

_PACKED = ("image/png", "image/bmp", "image/jpeg", "image/gif", "image/webp")  # exact ones first
_OURS = "application/x-qt-image"  # in our own memory, not packed
MOST_FILES = 10  # whoever drops a folder's worth did not mean a code


class ScanWays(QWidget):
    """Two buttons; a picture can also be pasted into the EntryField, or dropped."""

    screen_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        screen = theme.link(Button(self.tr("Scan a code on the screen")))
        file = theme.link(Button(self.tr("From an image file…")))
        screen.setToolTip(self.tr("Look for a code on all screens"))
        file.setToolTip(self.tr("You can also paste a picture, or drop it here"))
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(theme.GROUP)
        across.addWidget(screen)
        across.addWidget(file)
        across.addStretch()
        screen.clicked.connect(self.screen_wanted)
        file.clicked.connect(self.file_wanted)


class EntryField(QLineEdit):
    """A line for a link or an address. Pictures do not become text, as names of files would."""

    pictures_given = Signal(list)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste) and (pictures := _pasted()):
            self.pictures_given.emit(pictures)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if holds_pictures(event.mimeData()):
            event.ignore()  # the window's: see scan_drops
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if holds_pictures(event.mimeData()):
            event.ignore()
        else:
            super().dragMoveEvent(event)


def holds_pictures(data: QMimeData) -> bool:
    """There are pictures in it, or files, which may be some; none of them is looked at."""
    return bool(_kind(data)) or bool(_files(data))


def pictures_in(data: QMimeData) -> Sequence[QImage | bytes | Path]:
    """The files in it, or else the one picture that is there itself.

    A picture of another program is not unpacked: that may take long, and whoever reads it has
    limits.
    """
    if files := _files(data):
        return files
    kind = _kind(data)
    if kind != _OURS:
        return [bytes(data.data(kind).data())] if kind else []
    image = data.imageData()
    return [image] if isinstance(image, QImage) else []


def _kind(data: QMimeData) -> str:
    """In which form the picture is taken; empty if there is none.

    Qt offers to unpack whatever another program has, and would do so at once, even an SVG: ours is
    only what is not packed at all.
    """
    offered = data.formats()
    if packed := [kind for kind in offered if kind.startswith("image/")]:
        return next((kind for kind in _PACKED if kind in packed), "")
    return _OURS if _OURS in offered else ""


def _pasted() -> Sequence[QImage | bytes | Path]:
    """The pictures in the clipboard, unless they are only there beside words, as of a table."""
    data = QGuiApplication.clipboard().mimeData()
    return _files(data) if data.hasText() else pictures_in(data)


def _files(data: QMimeData) -> list[Path]:
    """Local files, the first few; without asking the disk."""
    urls = data.urls() if data.hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls[:MOST_FILES] if url.isLocalFile()]
