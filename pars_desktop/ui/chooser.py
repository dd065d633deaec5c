"""A field to choose one of a few, drawn like the other fields."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
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
