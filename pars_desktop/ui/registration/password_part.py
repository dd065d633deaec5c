"""The password of a new account: a strong one is suggested, shown and copied on request."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pars_desktop.domain.account import KeepPassword
from pars_desktop.domain.registration import suggest_password
from pars_desktop.ui import theme
from pars_desktop.ui.registration.copy_password import CopyPassword
from pars_desktop.ui.sheet import field, small
from pars_desktop.ui.sign_in.password_field import PasswordField


class PasswordPart(QWidget):
    """It can be seen now and never again; the person may type another one."""

    changed = Signal()
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = PasswordField()
        self._suggested = suggest_password()
        self.field.setText(self._suggested)
        self.field.setCursorPosition(0)
        self.field.reveal()
        self._copy = CopyPassword(self.field.text)
        self._words = small()
        self.say_where(KeepPassword.KEYRING)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addLayout(field(self.tr("Password"), self.field))
        column.addWidget(self._words)
        across = QHBoxLayout()
        across.addWidget(self._copy)
        across.addStretch()
        column.addLayout(across)
        self.field.textChanged.connect(self._on_text)
        self.field.returnPressed.connect(self.entered)

    @property
    def password(self) -> str:
        """As it stands there."""
        return self.field.text()

    @property
    def suggested(self) -> str:
        """The password if it is ours, so that nobody may know it by heart; else empty."""
        return self._suggested if self.password == self._suggested else ""

    def say_where(self, keep: KeepPassword | None) -> None:
        """Where it goes; None: the person has to say."""
        self._words.setHidden(keep is None)
        if keep is KeepPassword.FILE:
            text = self.tr("It is saved in a file that only you can read.")
        elif keep is KeepPassword.ASK:
            text = self.tr("It is saved nowhere: keep it in a safe place.")
        else:
            text = self.tr("It is saved in the keyring of this computer.")
        self._words.setText(text)

    def _on_text(self, text: str) -> None:
        self._copy.setEnabled(bool(text))
        self.changed.emit()
