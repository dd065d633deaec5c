"""A password as it is typed, and where it goes afterwards."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QLineEdit,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pars_desktop.domain.account import KeepPassword
from pars_desktop.ui import icons, theme
from pars_desktop.ui.ticked_box import TickedBox


class PasswordField(QLineEdit):
    """Hidden as it is typed, unless the person wants to see it."""

    def __init__(self) -> None:
        super().__init__()
        self._look = QAction(self.tr("Show password"), self, checkable=True)
        self._look.toggled.connect(self._on_look)
        self.addAction(self._look, QLineEdit.ActionPosition.TrailingPosition)
        for button in self.findChildren(QToolButton):  # the action's, which Qt lets Tab skip
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._on_look(False)

    def reveal(self) -> None:
        """Show it, as if the person had asked for it."""
        self._look.setChecked(True)

    def changeEvent(self, event: QEvent) -> None:
        if theme.is_restyling(event):
            self._on_look(self._look.isChecked())
        super().changeEvent(event)

    def _on_look(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.setEchoMode(mode)
        self._look.setIcon(icons.icon("eye_off" if shown else "eye"))


class KeyringChoice(TickedBox):
    """For a person who is asked at each start, and would rather not be."""

    def __init__(self) -> None:
        super().__init__("")
        self.setText(self.tr("Keep the password in the keyring"))
        self.setAccessibleName(self.text())


class KeepChoice(QWidget):
    """Where a password goes if there is no keyring; a file only if the person says so."""

    def __init__(self) -> None:
        super().__init__()
        self._ask = QRadioButton(self.tr("Ask for the password at each start"))
        self._file = QRadioButton(self.tr("Keep it in a file that only you can read"))
        self._ask.setChecked(True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[theme.UNIT] * 4)  # else the focus ring would be cut off
        rows.setSpacing(0)
        for choice in (self._ask, self._file):
            choice.setAccessibleName(choice.text())
            rows.addWidget(choice)

    def choice(self) -> KeepPassword:
        """What the person chose."""
        return KeepPassword.FILE if self._file.isChecked() else KeepPassword.ASK
