"""Asks before a page is asked what an invitation says: its server learns who asks (interop R44)."""

from datetime import timedelta

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from pars_desktop.core.links import Proposal
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import Strip, warning
from pars_desktop.ui.invite.address_field import plain_letters
from pars_desktop.ui.invite.doubts import doubts
from pars_desktop.ui.plain_text import Label, isolated, spoken
from pars_desktop.ui.sheet import Button, breakable, buttons, rows

_LONGEST_ON_BUTTON = 28  # characters of a host; its end says whose it is


class LookupPage(QWidget):
    """Nothing is asked before the person agrees; for a moment after it appears nobody can."""

    agreed = Signal()
    cancelled = Signal()

    def __init__(self, proposal: Proposal, hold: timedelta) -> None:
        super().__init__()
        self._host = proposal.link.page_host
        host = Label(breakable(self._host), font=theme.font(theme.DISPLAY), wraps=True)
        host.setAccessibleName(self._host)
        host.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._said = Label(wraps=True)
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        self._ask = theme.primary(Button(self.tr("Ask {host}").format(host=_short(self._host))))
        self._ask.setAccessibleName(self.tr("Ask {host}").format(host=self._host))
        self._cancel = Button(self.tr("Cancel"))
        self._held = QTimer(self, singleShot=True, interval=hold // timedelta(milliseconds=1))
        self._held.timeout.connect(lambda: self._ask.setEnabled(True))

        column = rows(self)
        column.addWidget(host)
        if plainly := plain_letters(JID("", self._host)):
            column.addWidget(plainly)
        for text in doubts(proposal):
            column.addWidget(warning(text))
        column.addWidget(self._said)
        column.addWidget(self._trouble)
        column.addLayout(buttons(self._cancel, self._ask))
        self.setFocusProxy(self._cancel)
        self._ask.clicked.connect(self._on_ask)
        self._cancel.clicked.connect(self.cancelled)
        self._say(
            self.tr(
                "Only {host} knows whose invitation this is. "
                "If you ask, it learns your internet address."
            )
        )
        self._hold()

    def fail(self, trouble: Trouble) -> None:
        """Say why nothing came of it; the person may try again."""
        self._trouble.say(errors.sentence(trouble, JID("", self._host)))
        self._hold()

    def event(self, event: QEvent) -> bool:
        appears = event.type() in (QEvent.Type.Show, QEvent.Type.WindowActivate)
        if appears and (self._ask.isEnabled() or self._held.isActive()):
            self._hold()
        return super().event(event)

    def _hold(self) -> None:
        self._ask.setEnabled(False)
        self._held.start()

    def _on_ask(self) -> None:
        self._ask.setEnabled(False)
        self._trouble.hide()
        self._say(self.tr("Asking {host}…"))
        self.agreed.emit()

    def _say(self, text: str) -> None:
        said = text.format(host=isolated(self._host))
        self._said.setText(breakable(said))
        self._said.setAccessibleName(spoken(said))


def _short(host: str) -> str:
    return host if len(host) <= _LONGEST_ON_BUTTON else f"…{host[1 - _LONGEST_ON_BUTTON :]}"
