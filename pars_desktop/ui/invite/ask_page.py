"""Asks for an invitation link, or for the address of somebody who gave none."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pars_desktop.ui import theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.sheet import Button, buttons, field, line, rows

_LONGEST = 64 * 1024  # of a link (battery U-2)


class AskPage(QWidget):
    """What is entered is only looked at: nothing is sent, nobody is added."""

    entered = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = line(hint=self.tr("Paste a link or type an address"), longest=_LONGEST)
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        self._next = theme.primary(Button(self.tr("Next")))
        cancel = Button(self.tr("Cancel"))
        column = rows(self)
        column.addLayout(field(self.tr("Address or link"), self._text))
        column.addWidget(self._trouble)
        column.addLayout(buttons(cancel, self._next))
        self.setFocusProxy(self._text)
        self._next.setEnabled(False)
        self._text.textChanged.connect(self._on_text)
        self._text.returnPressed.connect(self._enter)
        self._next.clicked.connect(self._enter)
        cancel.clicked.connect(self.cancelled)

    def say(self, text: str) -> None:
        """Say why nothing can be done with what was entered."""
        self._trouble.say(text)
        self._text.selectAll()
        self._text.setFocus()

    def _on_text(self, text: str) -> None:
        self._next.setEnabled(bool(text.strip()))
        self._trouble.hide()

    def _enter(self) -> None:
        text = self._text.text().strip()
        if text:
            self.entered.emit(text)
