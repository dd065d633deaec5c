"""A check box whose tick can be seen: the style sheet draws only its ground."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton

from pars_desktop.ui import icons, theme


class TickedBox(QCheckBox):
    """Named after its text."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.isChecked():
            option = QStyleOptionButton()
            self.initStyleOption(option)
            box = QStyle.SubElement.SE_CheckBoxIndicator
            where = self.style().subElementRect(box, option, self)
            icons.paint_icon(QPainter(self), "tick", theme.colours().on_accent, where)
