"""The invitation link in one line: whole to assistive tools, elided in the middle to the eye."""

from PySide6.QtCore import QMimeData, QRect, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

_TEXT_MARGIN = 2  # QLineEdit's own, beside that of its style


class LinkField(QLineEdit):
    """Read-only. While it has the focus it shows the link as it is, to be read and selected."""

    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        copy = QAction(self.tr("Copy link"), self)
        copy.triggered.connect(self.copy_link)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def copy_link(self) -> None:
        """Put the whole link into the clipboard, marked so that clipboard histories forget it."""
        data = QMimeData()
        data.setText(self.text())
        mark_confidential(data)
        QGuiApplication.clipboard().setMimeData(data)
        self.copied.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_link()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            super().paintEvent(event)
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        painter = QPainter(self)
        style = self.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        inside = style.subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        inside.adjust(_TEXT_MARGIN, 0, -_TEXT_MARGIN, 0)
        painter.setPen(self.palette().text().color())
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, self._elided(inside))

    def _elided(self, inside: QRect) -> str:
        middle = Qt.TextElideMode.ElideMiddle
        return self.fontMetrics().elidedText(self.text(), middle, inside.width())


def mark_confidential(data: QMimeData) -> None:
    """Ask clipboard histories to forget it; KDE's Klipper and others obey."""
    data.setData("x-kde-passwordManagerHint", b"secret")
