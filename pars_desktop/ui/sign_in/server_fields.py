"""The folded part of signing in: a server by name and port, and a certificate file."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import (
    CertificateFileUnusable,
    NoEncryption,
    NoSuchHost,
    NoSuchServer,
    Trouble,
    UntrustedCertificate,
)
from pars_desktop.ui import theme
from pars_desktop.ui.sheet import Button, field, line, small

_PORT_WIDTH = 88
_HIGHEST_PORT = 65535

WRONG_SERVER = (NoSuchServer, UntrustedCertificate, NoEncryption)  # perhaps not the one meant


class ServerFields(QWidget):
    """For servers that are not found by the address alone, or that have a CA of their own."""

    entered = Signal()  # Enter in one of the fields
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fold = theme.link(Button(self.tr("Advanced")))
        self._fold.setCheckable(True)
        self._inside = QWidget()
        self._inside.hide()
        self._host = line(hint=self.tr("Found by itself"))
        self._port = line(hint="5222")
        self._port.setValidator(QRegularExpressionValidator("[0-9]{0,5}", self))
        self._port.setFixedWidth(_PORT_WIDTH)
        self._ca_file = line(hint=self.tr("Certificates of this computer"))
        self._choose = Button(self.tr("Choose…"))
        self._place()
        self._fold.toggled.connect(self._inside.setVisible)
        self._choose.clicked.connect(self._on_choose)
        for text in (self._host, self._port, self._ca_file):
            text.returnPressed.connect(self.entered)
            text.textChanged.connect(self.changed)

    def _place(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        across = QHBoxLayout()
        across.setContentsMargins(*[theme.UNIT] * 4)  # else the focus ring would be cut off
        across.addWidget(self._fold)
        across.addStretch()
        rows.addLayout(across)
        rows.addWidget(self._inside)
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(*[theme.UNIT] * 4)
        inside.setSpacing(theme.GROUP)
        server = QHBoxLayout()
        server.setSpacing(theme.RELATED)
        server.addLayout(field(self.tr("Server"), self._host), stretch=1)
        server.addLayout(field(self.tr("Port"), self._port))
        inside.addLayout(server)
        file = QHBoxLayout()
        file.setSpacing(theme.RELATED)
        file.addLayout(field(self.tr("Certificate file"), self._ca_file), stretch=1)
        file.addWidget(self._choose, alignment=Qt.AlignmentFlag.AlignBottom)
        inside.addLayout(file)
        inside.addWidget(small(self.tr("Only for servers with certificates of their own.")))

    def show_settings(self, settings: AccountSettings) -> None:
        """Begin with what is set; unfolded if anything is."""
        self._host.setText(settings.host)
        self._port.setText(str(settings.port or ""))
        self._ca_file.setText(settings.ca_file)
        self._fold.setChecked(bool(settings.host or settings.port or settings.ca_file))

    def complaint(self) -> str:
        """What cannot be right here, as a sentence, with the cursor there; empty: nothing."""
        if not self._port.text() or 1 <= int(self._port.text()) <= _HIGHEST_PORT:
            return ""
        self._fold.setChecked(True)
        self._port.setFocus()
        return self.tr("A port is a number from 1 to 65535.")

    def place_of(self, trouble: Trouble) -> QLineEdit | None:
        """The field that this trouble comes from, unfolded; None if it is none of these."""
        chosen = self._host if self._host.text().strip() else None
        place = chosen if isinstance(trouble, WRONG_SERVER) else None
        if isinstance(trouble, NoSuchHost):
            place = self._host
        elif isinstance(trouble, CertificateFileUnusable):
            place = self._ca_file
        if place is not None:
            self._fold.setChecked(True)
        return place

    def applied_to(self, settings: AccountSettings) -> AccountSettings:
        """The settings with what was entered here. A port alone is one of the address's server."""
        port = int(self._port.text() or 0)
        host = self._host.text().strip() or (settings.jid.domain if port else "")
        return replace(settings, host=host, port=port, ca_file=self._ca_file.text().strip())

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a certificate file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Certificates (*.pem *.crt *.cer)"), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(self._ca_file.setText)
        dialog.open()
