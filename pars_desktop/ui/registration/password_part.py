"""The password of a new account: a strong one is suggested, shown and copied on request."""

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pars_desktop.domain.registration import suggest_password
from pars_desktop.ui import theme
from pars_desktop.ui.sheet import Button, field, small
from pars_desktop.ui.sign_in.password_field import PasswordField


class PasswordPart(QWidget):
    """It can be seen now and never again; the person may type another one."""

    changed = Signal()
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = PasswordField()
        self.field.setText(suggest_password())
        self.field.setCursorPosition(0)
        self.field.reveal()
        self._copy = theme.link(Button(self.tr("Copy password")))
        self._words = small(
            self.tr(
                "It is saved in the keyring of this computer. This is the only time it is shown."
            )
        )
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
        self._copy.clicked.connect(self._on_copy)

    @property
    def password(self) -> str:
        """As it stands there."""
        return self.field.text()

    def say_where(self, *, in_keyring: bool) -> None:
        """Whether it goes into the keyring, or the person has to say where."""
        self._words.setVisible(in_keyring)

    def _on_text(self, text: str) -> None:
        self._copy.setEnabled(bool(text))
        self.changed.emit()

    def _on_copy(self) -> None:
        """Marked so that clipboard histories forget it, as KDE's Klipper and others do."""
        data = QMimeData()
        data.setText(self.password)
        data.setData("x-kde-passwordManagerHint", b"secret")
        QGuiApplication.clipboard().setMimeData(data)
