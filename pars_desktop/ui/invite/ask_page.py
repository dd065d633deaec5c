"""Asks for an invitation link, or for the address of somebody who gave none."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pars_desktop.ui import theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.invite.scan_ways import EntryField, ScanWays
from pars_desktop.ui.sheet import Button, buttons, field, rows

_LONGEST = 64 * 1024  # of a link (battery U-2)


class AskPage(QWidget):
    """What is entered is only looked at: nothing is sent, nobody is added."""

    entered = Signal(str)
    pictures_given = Signal(list)  # perhaps with a code in them
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None, *, can_cancel: bool = True) -> None:
        super().__init__(parent)
        self._text = EntryField()
        self._text.setPlaceholderText(self.tr("Paste a link or type an address"))
        self._text.setMaxLength(_LONGEST)
        self.scan = ScanWays()
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        self._next = theme.primary(Button(self.tr("Next")))
        cancel = Button(self.tr("Cancel"))
        column = rows(self)
        column.addLayout(field(self.tr("Address or link"), self._text))
        column.addWidget(self.scan)
        column.addWidget(self._trouble)
        column.addLayout(buttons(cancel, self._next))
        self.setFocusProxy(self._text)
        self._next.setEnabled(False)
        self._text.textChanged.connect(self._on_text)
        self._text.returnPressed.connect(self._enter)
        self._text.pictures_given.connect(self.pictures_given)
        self._next.clicked.connect(self._enter)
        cancel.setVisible(can_cancel)
        cancel.clicked.connect(self.cancelled)

    @property
    def text(self) -> str:
        """What is entered."""
        return self._text.text().strip()

    def say(self, text: str) -> None:
        """Say why nothing can be done with what was entered."""
        self._trouble.say(text)
        self._text.selectAll()
        self._text.setFocus()

    def _on_text(self, text: str) -> None:
        self._next.setEnabled(bool(text.strip()))
        self._trouble.hide()

    def _enter(self) -> None:
        if self.text:
            self.entered.emit(self.text)
