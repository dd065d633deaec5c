"""Another program with a picture in its window, as a browser has one. Run as a script.

poster.py PICTURE X Y   show it there, say "shown", and stay until killed

The picture's file can be dragged out of the window.
"""

import sys

from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QLabel


class Poster(QLabel):
    """The picture, in a window without a frame."""

    def __init__(self, picture: str) -> None:
        super().__init__()
        self._picture = picture
        self.setWindowFlags(Qt.WindowType.FramelessWindowHint)
        self.setPixmap(QPixmap(picture))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseMoveEvent(self, _event: QMouseEvent) -> None:
        file = QMimeData()
        file.setUrls([QUrl.fromLocalFile(self._picture)])
        drag = QDrag(self)
        drag.setMimeData(file)
        drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction)


def main(picture: str, x: int, y: int) -> int:
    """Show it until killed."""
    app = QApplication(sys.argv[:1])
    poster = Poster(picture)
    poster.move(x, y)
    poster.show()
    QTimer.singleShot(200, lambda: print("shown", flush=True))
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
