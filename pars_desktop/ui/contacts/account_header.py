"""Who I am here, and whether I am online: the top of the left column."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont, QGuiApplication, QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from pars_desktop.core.account import Account, AccountStatus, State
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.jid import JID
from pars_desktop.ui import account_state, theme, when
from pars_desktop.ui.avatar import Avatar
from pars_desktop.ui.bind import bind
from pars_desktop.ui.icons import IconButton
from pars_desktop.ui.plain_text import ElidedLabel, address, spoken
from pars_desktop.ui.sheet import Button, breakable, small

RING_ROOM = theme.RING + 1  # the focus ring is drawn outside of a button


class AccountHeader(QWidget):
    """Avatar, address and state of the account; of several, that whose chat is open, or how many
    there are. Below it, which of them has trouble, and what can be done about it."""

    sign_in_requested = Signal(JID)
    changed = Signal()  # an account is doing otherwise than before

    def __init__(
        self,
        accounts: Accounts,
        menu: QMenu,
        parent: QWidget | None = None,
        *,
        now: Callable[[], datetime] = when.now,
    ) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._now = now
        self._open: JID | None = None  # the account whose chat is open
        self._asked_for: JID | None = None
        self._avatar = Avatar()
        middle = Qt.TextElideMode.ElideMiddle  # an address is told apart by both its ends
        self._name = ElidedLabel(font=theme.font(weight=QFont.Weight.DemiBold), mode=middle)
        self._state = ElidedLabel(font=theme.font(theme.SMALL))
        self._state.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._trouble = small()
        self._sign_in = theme.link(Button(self.tr("Sign in")))
        self._sign_in.clicked.connect(self._ask_to_sign_in)
        self._try_now = theme.link(Button(self.tr("Try now")))
        self._try_now.clicked.connect(self._on_try_now)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._show_state)
        listed = QMenu(self)
        listed.aboutToShow.connect(lambda: self._list(listed))
        self._all = self._menu_button("chevron", self.tr("Your accounts"), listed)
        self._place(self._menu_button("menu", self.tr("Menu"), menu))

        bind(self, accounts.added, self._on_added)
        bind(self, accounts.removed, self._on_removed)
        for account in accounts.all():
            bind(self, account.status_changed, self._on_status)
        self._show_state()

    def show_account(self, jid: JID | None) -> None:
        """This account's chat is open, or none."""
        self._open = jid
        self._show_state()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_state()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    # --- how it is put together ------------------------------------------------------------------

    def _menu_button(self, icon: str, text: str, menu: QMenu) -> IconButton:
        button = IconButton(icon, text, self)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _place(self, menu_button: IconButton) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addWidget(self._name)
        words.addWidget(self._state)
        words.addStretch()
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._avatar)
        top.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self._all)
        buttons.addWidget(menu_button)
        top.addLayout(buttons)
        ways = QHBoxLayout()
        ways.setSpacing(theme.GROUP)
        ways.addWidget(self._sign_in)
        ways.addWidget(self._try_now)
        ways.addStretch()
        help_ = QVBoxLayout()
        help_.setContentsMargins(theme.AVATAR + 12, 0, 0, 0)  # below the words
        help_.setSpacing(0)
        help_.addWidget(self._trouble)
        help_.addLayout(ways)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, RING_ROOM, RING_ROOM, RING_ROOM)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(help_)

    # --- what it says ----------------------------------------------------------------------------

    def _on_added(self, account: Account) -> None:
        bind(self, account.status_changed, self._on_status)
        self._show_state()

    def _on_removed(self, _jid: JID) -> None:
        self._show_state()

    def _on_status(self, _status: AccountStatus) -> None:
        self._show_state()
        self.changed.emit()

    def _show_state(self) -> None:
        accounts = self._accounts.all()
        self.setVisible(bool(accounts))
        if not accounts:
            return
        shown = accounts[0] if len(accounts) == 1 else None
        if shown is None and self._open is not None:
            shown = self._accounts.get(self._open)
        self._avatar.show_person(str((shown or accounts[0]).jid))
        self._name.setText(str(shown.jid) if shown else self.tr("%n accounts", "", len(accounts)))
        self._name.setToolTip("\n".join(str(account.jid) for account in accounts))
        self._state.setText(self._word(shown.status) if shown else self._summary(accounts))
        self._all.setVisible(len(accounts) > 1)
        self._offer_help(accounts)

    def _summary(self, accounts: tuple[Account, ...]) -> str:
        online = sum(account.status.state is State.ONLINE for account in accounts)
        if not online:
            return self._word(_soonest([account.status for account in accounts]))
        if online == len(accounts):
            return self._word(accounts[0].status)
        return self.tr("{online} of {all} online").format(online=online, all=len(accounts))

    def _offer_help(self, accounts: tuple[Account, ...]) -> None:
        """The account that only the person can help comes first; the others try by themselves."""
        needy = [each for each in accounts if account_state.needs_person(each.status)]
        waiting = [each for each in accounts if each.status.state is State.WAITING and not needy]
        connecting = [each for each in accounts if each.status.state is State.CONNECTING]
        self._asked_for = needy[0].jid if needy else None
        self._sign_in.setVisible(bool(needy))
        # It stays while it is tried, or everything below would jump at each attempt.
        self._try_now.setVisible(
            bool(waiting) or (bool(connecting) and not needy and not self._try_now.isHidden())
        )
        self._try_now.setEnabled(bool(waiting))
        troubled = needy or (waiting if len(waiting) < len(accounts) else [])
        self._tell(troubled if len(accounts) > 1 else [])
        counts = any(account_state.seconds_left(each.status, self._now()) for each in waiting)
        if counts and self.isVisible():
            self._tick.start()
        else:
            self._tick.stop()

    def _tell(self, troubled: list[Account]) -> None:
        """Which account it is, with its whole address: two may differ at its end only."""
        text = ""
        if troubled:
            text = self.tr("{address}: {state}").format(
                address=address(troubled[0].jid), state=self._word(troubled[0].status)
            )
            if len(troubled) > 1:
                text += "\n" + self.tr("And %n more.", "", len(troubled) - 1)
        self._trouble.setText(breakable(text))
        self._trouble.setAccessibleName(spoken(text))
        self._trouble.setVisible(bool(text))

    def _word(self, status: AccountStatus) -> str:
        return account_state.in_a_word(status, self._now())

    # --- what can be done ------------------------------------------------------------------------

    def _list(self, menu: QMenu) -> None:
        """Every account with its state, and what can be done for it."""
        menu.clear()
        for account in self._accounts.all():
            text = self.tr("{address}: {state}").format(
                address=address(account.jid), state=self._word(account.status)
            )
            entry = menu.addMenu(text.replace("&", "&&"))
            if account_state.needs_person(account.status):
                sign_in = entry.addAction(self.tr("Sign in"))
                sign_in.triggered.connect(
                    lambda _=False, jid=account.jid: self.sign_in_requested.emit(jid)
                )
            if account.status.state is State.WAITING:
                entry.addAction(self.tr("Try now")).triggered.connect(account.retry_now)
            copy = entry.addAction(self.tr("Copy address"))
            copy.triggered.connect(lambda _=False, jid=account.jid: _copy(str(jid)))

    def _ask_to_sign_in(self) -> None:
        if self._asked_for is not None:
            self.sign_in_requested.emit(self._asked_for)

    def _on_try_now(self) -> None:
        for account in self._accounts.all():
            if account.status.state is State.WAITING:
                account.retry_now()


def _soonest(statuses: list[AccountStatus]) -> AccountStatus:
    """Of accounts none of which is online, the one that is next to be so."""
    order = (State.CONNECTING, State.WAITING, State.OFFLINE, State.NEEDS_PASSWORD, State.FAILED)
    return min(statuses, key=lambda each: (order.index(each.state), _retry_at(each)))


def _retry_at(status: AccountStatus) -> float:
    return status.retry_at.timestamp() if status.retry_at else 0


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
