"""Asks before a link is opened that does not lead where one would think (M-7)."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from pars_desktop.ui import theme
from pars_desktop.ui.chat.link_text import real_host, url_of
from pars_desktop.ui.plain_text import Label
from pars_desktop.ui.sheet import Button, Sheet, breakable, small


class LinkDialog(Sheet):
    """Shows the real host in plain letters, and the whole link exactly as it will be opened."""

    confirmed = Signal(str)

    def __init__(self, target: str, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Open this link?"), parent)
        self._target = target
        host = real_host(target)
        shown = Label(breakable(host), font=theme.font(theme.DISPLAY), wraps=True)
        shown.setAccessibleName(host)
        whole = QLineEdit(bytes(url_of(target).toEncoded().data()).decode("ascii"))
        whole.setReadOnly(True)
        whole.setCursorPosition(0)
        whole.setAccessibleName(self.tr("Link"))
        self.column.addWidget(small(self.tr("It leads to:")))
        self.column.addWidget(shown)
        self.column.addWidget(whole)

        copy = Button(self.tr("Copy link"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(target))
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        open_link = theme.primary(Button(self.tr("Open link")))
        open_link.clicked.connect(self._confirm)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.RELATED)
        buttons.addWidget(copy)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(open_link)
        self.column.addLayout(buttons)
        cancel.setFocus()

    def _confirm(self) -> None:
        self.confirmed.emit(self._target)
        self.accept()
