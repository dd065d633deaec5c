"""Who I am here, and whether I am online: the top of the left column."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from pars_desktop.core.account import Account, AccountStatus
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.jid import JID
from pars_desktop.ui import account_state, theme
from pars_desktop.ui.avatar import Avatar
from pars_desktop.ui.bind import bind
from pars_desktop.ui.icons import IconButton
from pars_desktop.ui.plain_text import ElidedLabel
from pars_desktop.ui.sheet import Button

RING_ROOM = theme.RING + 1  # the focus ring is drawn outside of a button


class AccountHeader(QWidget):
    """Avatar, address and state of the account; with several, of the one that needs help most."""

    sign_in_requested = Signal(JID)

    def __init__(self, accounts: Accounts, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._asked_for: JID | None = None
        self._avatar = Avatar()
        self._name = ElidedLabel(font=theme.font(weight=QFont.Weight.DemiBold))
        self._state = ElidedLabel(font=theme.font(theme.SMALL))
        self._state.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._sign_in = theme.quiet(Button(self.tr("Sign in")))
        self._sign_in.clicked.connect(self._ask_to_sign_in)
        menu_button = IconButton("menu", self.tr("Menu"), self)
        menu_button.setMenu(menu)
        menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addWidget(self._name)
        words.addWidget(self._state)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, RING_ROOM, RING_ROOM, RING_ROOM)
        row.setSpacing(12)
        row.addWidget(self._avatar)
        row.addLayout(words, 1)
        row.addWidget(self._sign_in)
        row.addWidget(menu_button)

        bind(self, accounts.added, self._on_added)
        bind(self, accounts.removed, self._on_removed)
        for account in accounts.all():
            bind(self, account.status_changed, self._on_status)
        self._show_state()

    def _on_added(self, account: Account) -> None:
        bind(self, account.status_changed, self._on_status)
        self._show_state()

    def _on_removed(self, _jid: JID) -> None:
        self._show_state()

    def _on_status(self, _status: AccountStatus) -> None:
        self._show_state()

    def _show_state(self) -> None:
        states = [(account.jid, account.status) for account in self._accounts.all()]
        shown = account_state.worst(states)
        self.setVisible(shown is not None)
        if shown is None:
            return
        jid, status = shown
        self._avatar.show_person(str(jid))
        self._name.setText(str(jid))
        self._name.setToolTip("\n".join(str(each) for each, _ in states))
        self._state.setText(account_state.in_a_word(status))
        self._asked_for = jid
        self._sign_in.setVisible(account_state.needs_person(status))

    def _ask_to_sign_in(self) -> None:
        if self._asked_for is not None:
            self.sign_in_requested.emit(self._asked_for)
