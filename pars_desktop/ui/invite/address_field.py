"""An address to be checked by eye: large, whole, and broken only where its parts begin."""

import re

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from pars_desktop.domain.jid import JID
from pars_desktop.ui import theme
from pars_desktop.ui.plain_text import Label
from pars_desktop.ui.sheet import breakable, small

_SCALES = (theme.DISPLAY, theme.TITLE, theme.BODY)
_PART = re.compile(r"[@.]?[^@.]+|[@.]")
_SELECTION_CORNER = 4


class AddressField(QLineEdit):
    """A read-only text whose content is exactly the address; it is selected as a whole.

    The parts between @ and dots are painted one by one, from left to right, so that letters
    written from right to left cannot change places with the server's name.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAccessibleName(self.tr("Friend's address"))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_address(self, jid: JID) -> None:
        """Show this address, bare."""
        self.setText(str(jid.bare))
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        font, lines = self._set(width)
        return round(QFontMetricsF(font).height() * len(lines)) + 2 * theme.UNIT

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.selectAll()  # where the letters are painted is not where a line edit believes them

    def mouseMoveEvent(self, _event: QMouseEvent) -> None:
        """See mousePressEvent: half an address is never selected."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        worn = theme.colours()
        font, lines = self._set(self.width())
        metrics = QFontMetricsF(font)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        painter.setFont(font)
        if self.hasSelectedText():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(worn.accent_soft)
            painter.drawRoundedRect(self.rect(), _SELECTION_CORNER, _SELECTION_CORNER)
        painter.setPen(worn.text)
        baseline = theme.UNIT + metrics.ascent()
        for parts in lines:
            x = (self.width() - sum(map(metrics.horizontalAdvance, parts))) / 2
            for part in parts:
                painter.drawText(QPointF(x, baseline), part)
                x += metrics.horizontalAdvance(part)
            baseline += metrics.height()

    def _set(self, width: int) -> tuple[QFont, list[list[str]]]:
        """The largest font in which no part has to be broken, and the parts in lines."""
        parts = re.findall(_PART, self.text())
        font = theme.font(theme.BODY, QFont.Weight.Medium)
        for scale in _SCALES:
            font = theme.font(scale, QFont.Weight.Medium)
            metrics = QFontMetricsF(font)
            if all(metrics.horizontalAdvance(part) <= width for part in parts):
                break
        return font, _lines(parts, QFontMetricsF(font), width)


def plain_letters(jid: JID) -> Label | None:
    """The address as computers write it, to stand below it; None if that is how it is written."""
    if jid.bare.ascii == str(jid.bare):
        return None
    shown = small(breakable(jid.bare.ascii))
    shown.setAccessibleName(jid.bare.ascii)
    shown.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return shown


def _lines(parts: list[str], metrics: QFontMetricsF, width: int) -> list[list[str]]:
    """All on one line, or the server begins a line of its own; then as many parts as fit.

    A part longer than a line is broken anywhere: nothing of an address is ever left out.
    """
    if sum(map(metrics.horizontalAdvance, parts)) <= width:
        return [parts]
    lines: list[list[str]] = [[]]
    free = float(width)
    for part in parts:
        whole = metrics.horizontalAdvance(part) <= width
        for piece in [part] if whole else list(part):
            needed = metrics.horizontalAdvance(piece)
            if lines[-1] and (needed > free or piece.startswith("@")):
                lines.append([])
                free = width
            lines[-1].append(piece)
            free -= needed
    return lines
