"""The strip above the composer: what keeps messages from leaving now, and what can be done."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from pars_desktop.core.account import AccountStatus, State
from pars_desktop.ui import account_state, when
from pars_desktop.ui.chat.button_strip import ButtonStrip

_PATIENCE_MS = 1000  # a connection that comes back within this is nobody's concern


class NoticeStrip(ButtonStrip):
    """Quiet while all is well; appears late, goes at once."""

    try_now = Signal()
    sign_in = Signal()

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        patience_ms: int = _PATIENCE_MS,
        now: Callable[[], datetime] = when.now,
    ) -> None:
        super().__init__("offline", warns=True, parent=parent)
        self._now = now
        self._status = AccountStatus(State.ONLINE)
        self._other = ""  # something else to say, until the next message
        self.button.clicked.connect(self._on_clicked)
        self._patience = QTimer(self, singleShot=True, interval=patience_ms)
        self._patience.timeout.connect(self._refresh)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._refresh)
        self.hide()

    def show_status(self, status: AccountStatus) -> None:
        """What the account of this chat is doing."""
        self._status = status
        if status.state is State.ONLINE:
            self._patience.stop()
            self._refresh()
        elif self.isVisible() or account_state.needs_person(status):
            self._refresh()
        elif not self._patience.isActive():
            self._patience.start()

    def tell(self, text: str) -> None:
        """Say something about this chat until it is told otherwise by an empty text."""
        if text != self._other:
            self._other = text
            self._refresh()

    def _refresh(self) -> None:
        self.say(self._other or account_state.sentence(self._status, self._now()))
        waits = self._status.state is State.WAITING and not self._other
        asks = account_state.needs_person(self._status) and not self._other
        self.offer(self.tr("Sign in") if asks else self.tr("Try now") if waits else "")
        if waits and account_state.seconds_left(self._status, self._now()):
            self._tick.start()
        else:
            self._tick.stop()

    def _on_clicked(self) -> None:
        if account_state.needs_person(self._status):
            self.sign_in.emit()
        else:
            self.try_now.emit()
