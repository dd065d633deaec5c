"""Asks for an invitation link, or for the address of somebody who gave none."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pars_desktop.domain.link import Refused
from pars_desktop.domain.typed import found_in
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.invite.scan_ways import EntryField, ScanWays
from pars_desktop.ui.sheet import Button, buttons, field, rows

_LONGEST = 64 * 1024  # of a link (battery U-2)


class AskPage(QWidget):
    """What is entered is only looked at: nothing is sent, nobody is added."""

    entered = Signal(str)  # the link that was found in what was typed
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
        for looking in (self.scan.screen_wanted, self.scan.file_wanted, self.pictures_given):
            looking.connect(self._trouble.hide)  # what was said of the last code
        self._next.clicked.connect(self._enter)
        cancel.setVisible(can_cancel)
        cancel.clicked.connect(self.cancelled)

    @property
    def text(self) -> str:
        """What is entered."""
        return self._text.text().strip()

    def fill(self, text: str) -> None:
        """What was entered before, to be corrected."""
        self._text.setText(text)

    def say(self, text: str) -> None:
        """Say why nothing can be done with what was entered."""
        self._trouble.say(text)
        self._text.selectAll()
        self._text.setFocus()

    def refuse(self, code: Refused | None) -> None:
        """Say why what was entered is no link; of a mere word, how an address looks."""
        if code == Refused.NOT_A_LINK and "://" not in self.text:
            self.say(
                self.tr(
                    "This is no address and no invitation. "
                    "An address looks like name@server.example."
                )
            )
        else:
            self.say(errors.link_refusal(code))

    def _link_in(self, text: str) -> str:
        """The one link in it, or an empty text after saying that there are several."""
        found = found_in(text)
        if len(found) == 1:
            return found[0]
        self.say(self.tr("There are several links or addresses in this. Enter the one you want."))
        return ""

    def _on_text(self, text: str) -> None:
        self._next.setEnabled(bool(text.strip()))
        self._trouble.hide()

    def _enter(self) -> None:
        if self.text and (link := self._link_in(self.text)):
            self.entered.emit(link)
