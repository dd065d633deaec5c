"""What is dropped onto the main window or one of its dialogs: pictures of codes, and links."""

from PySide6.QtCore import QChildEvent, QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QDialog, QWidget

from pars_desktop.ui.invite.scan_dialog import is_link
from pars_desktop.ui.invite.scan_ways import holds_pictures, pictures_in

_DRAGGED = (QEvent.Type.DragEnter, QEvent.Type.DragMove)


class Drops(QObject):
    """Listens to windows, which get what no control inside them takes (the composer takes text)."""

    pictures_dropped = Signal(list, QWidget)  # and the window on which they were
    link_dropped = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._watch(window)
        for dialog in window.findChildren(QDialog):
            self._watch(dialog)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QChildEvent):
            child = event.child()
            if event.type() is QEvent.Type.ChildPolished and isinstance(child, QDialog):
                self._watch(child)
        elif isinstance(event, QDropEvent) and isinstance(watched, QWidget):
            return self._on_drop(watched, event)
        return False

    def _watch(self, window: QWidget) -> None:
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def _on_drop(self, window: QWidget, event: QDropEvent) -> bool:
        data = event.mimeData()
        link = "" if holds_pictures(data) else link_in(data)
        if not link and not holds_pictures(data):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)  # never move: the file stays where it is
        event.accept()
        if event.type() in _DRAGGED:
            return True
        if link:
            self.link_dropped.emit(link)
        elif pictures := pictures_in(data):
            self.pictures_dropped.emit(pictures, window)
        return True


def link_in(data: QMimeData) -> str:
    """A link exactly as it was written, from a list of them or from plain text; or nothing."""
    listed = bytes(data.data("text/uri-list").data()).decode("utf-8", "replace")
    lines = [line.strip() for line in listed.splitlines() if not line.startswith("#")]
    return next((text for text in (*lines[:1], data.text().strip()) if is_link(text)), "")
