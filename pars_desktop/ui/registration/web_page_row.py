"""A page that somebody else wants to be looked at: shown, copied, opened only on request."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pars_desktop.ui import theme
from pars_desktop.ui.chat.link_dialog import LinkDialog
from pars_desktop.ui.chat.link_text import is_openable, url_of
from pars_desktop.ui.sheet import Button, field


class WebPageRow(QWidget):
    """Nothing is fetched from there by us; before a browser does, the person sees whose it is."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address = QLineEdit()
        self._address.setReadOnly(True)
        copy = Button(self.tr("Copy address"))
        self._open = Button(self.tr("Open in browser"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.RELATED)
        column.addLayout(field(self.tr("Web page"), self._address))
        across = QHBoxLayout()
        across.setSpacing(theme.RELATED)
        across.addWidget(copy)
        across.addWidget(self._open)
        across.addStretch()
        column.addLayout(across)
        copy.clicked.connect(self._on_copy)
        self._open.clicked.connect(self._on_open)
        self.opened.connect(lambda address: QDesktopServices.openUrl(url_of(address)))
        self.hide()

    def show_page(self, address: str) -> None:
        """Offer this page, or none."""
        self._address.setText(address)
        self._address.setCursorPosition(0)
        self._open.setVisible(is_openable(address))
        self.setVisible(bool(address))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._address.text())

    def _on_open(self) -> None:
        question = LinkDialog(self._address.text(), self.window())
        question.confirmed.connect(self.opened)
        question.open()
