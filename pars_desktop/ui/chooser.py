"""A field to choose one of a few, drawn like the other fields."""

from functools import partial

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QWidget

from pars_desktop.ui import icons, theme

_ARROW = 20
_PADDING = 11  # where the text of a line edit begins


class Chooser(QComboBox):
    """As wide as the column it stands in, and not as its longest entry."""

    def __init__(self, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.view().selectionModel().selectionChanged.connect(self._on_selected)

    def _on_selected(self, added: QItemSelection, _removed: QItemSelection) -> None:
        """Assistive tools choose by selecting a row, in the open list or without opening it."""
        rows = [index.row() for index in added.indexes()]
        if not rows or rows[0] == self.currentIndex():
            return
        if self.view().isVisible():
            QTimer.singleShot(0, self, partial(self._choose_open, rows[0]))
        else:
            self._choose(rows[0])

    def _choose_open(self, row: int) -> None:
        """The row that the pointer or a key is at is current, too, by now: that chooses nothing."""
        if self.view().isVisible() and row != self.view().currentIndex().row():
            self._choose(row)
            self.hidePopup()

    def _choose(self, row: int) -> None:
        self.setCurrentIndex(row)
        how = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.view().selectionModel().setCurrentIndex(self.model().index(row, 0), how)
        self.activated.emit(row)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), round(self.fontMetrics().height() * 2.15))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        if theme.is_restyling(event):
            self.update()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        worn = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(worn.disabled if self.isEnabled() else worn.hairline, 1))
        painter.setBrush(worn.raised)
        card = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(card, theme.CORNER, theme.CORNER)
        text = self.currentText()
        colour = worn.text if text and self.isEnabled() else worn.secondary
        inside = self.rect().adjusted(_PADDING, 0, -_PADDING - _ARROW, 0)
        middle = Qt.TextElideMode.ElideMiddle
        shown = self.fontMetrics().elidedText(
            text or self.placeholderText(), middle, inside.width()
        )
        painter.setPen(colour)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        arrow = self.rect().adjusted(self.width() - _PADDING - _ARROW, 0, -_PADDING, 0)
        arrow.setTop((self.height() - _ARROW) // 2)
        arrow.setHeight(_ARROW)
        icons.paint_icon(painter, "chevron", worn.secondary, arrow)
