"""A button that copies a password, and says that it did."""

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication

from pars_desktop.ui import theme
from pars_desktop.ui.sheet import Button

_SHOWN_FOR = 2000  # milliseconds


class CopyPassword(Button):
    """Its words are "Copied" for a while; to a screen reader its name stays."""

    def __init__(self, password: Callable[[], str]) -> None:
        super().__init__("")
        theme.link(self)
        self._password = password
        self._over = QTimer(self, singleShot=True, interval=_SHOWN_FOR)
        self._over.timeout.connect(self._show_name)
        self.clicked.connect(self._on_copy)
        self.setAccessibleName(self.tr("Copy password"))
        self._show_name()

    def _show_name(self) -> None:
        self.setText(self.accessibleName())

    def _on_copy(self) -> None:
        """Marked so that clipboard histories forget it, as KDE's Klipper and others do."""
        data = QMimeData()
        data.setText(self._password())
        data.setData("x-kde-passwordManagerHint", b"secret")
        QGuiApplication.clipboard().setMimeData(data)
        self.setText(self.tr("Copied"))
        self._over.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.text()))
