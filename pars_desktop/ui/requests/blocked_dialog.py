"""Whom our servers keep away from us, and the way back (XEP-0191)."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.bind import bind
from pars_desktop.ui.gather import Gather
from pars_desktop.ui.plain_text import address
from pars_desktop.ui.selection import keep_one_selected, selected
from pars_desktop.ui.sheet import Button, Sheet, buttons, small

_ROWS = 8
_ROW = 2.2  # heights of a letter


class BlockedDialog(Sheet):
    """The addresses that were blocked, here or on another device, and the button that ends it."""

    def __init__(self, accounts: Accounts, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Blocked addresses"), parent)
        self._accounts = accounts
        self._tasks = tasks
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Blocked"))
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._row = round(self._list.fontMetrics().height() * _ROW)
        self._list.setFixedHeight(_ROWS * self._row + 2 * theme.RING)
        self._note = small()
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        self._unblock = Button(self.tr("Unblock"))
        close = Button(self.tr("Close"))
        self.column.addWidget(self._note)
        self.column.addWidget(self._list)
        self.column.addWidget(self._trouble)
        self.column.addLayout(buttons(self._unblock, close))
        self._changes = Gather[None](self, lambda _: self._refresh())
        keep_one_selected(self._list)
        self._list.itemSelectionChanged.connect(self._on_turned)
        self._unblock.clicked.connect(self._on_unblock)
        close.clicked.connect(self.accept)
        for account in accounts.all():
            self._listen(account)
        bind(self, accounts.added, self._on_account_added)
        bind(self, accounts.removed, self._on_account_removed)
        self._refresh()
        self._list.setFocus()

    def _listen(self, account: Account) -> None:
        bind(self, account.blocking.changed, self._on_changed)

    def _on_account_added(self, account: Account) -> None:
        self._listen(account)
        self._refresh()

    def _on_account_removed(self, _jid: JID) -> None:
        self._refresh()

    def _on_changed(self) -> None:
        self._changes.add(None)

    def _on_turned(self) -> None:
        self._unblock.setEnabled(self._chosen is not None)
        self._trouble.hide()

    @property
    def _chosen(self) -> ChatKey | None:
        key: ChatKey | None = selected(self._list).data(Qt.ItemDataRole.UserRole)
        return key

    def _refresh(self) -> None:
        chosen, row = self._chosen, max(self._list.currentRow(), 0)
        self._list.clear()
        accounts = self._accounts.all()
        for account in accounts:
            for jid in account.blocking.all():
                self._list.addItem(self._item(account.jid, jid, alone=len(accounts) == 1))
                if ChatKey(account.jid, jid) == chosen:
                    row = self._list.count() - 1
        self._list.setCurrentRow(min(row, self._list.count() - 1))
        self._note.setText(self._what_is_known(accounts))
        self._on_turned()

    def _item(self, account: JID, jid: JID, *, alone: bool) -> QListWidgetItem:
        text = address(jid)
        if not jid.local:
            text = self.tr("Everybody at {server}").format(server=text)
        if not alone:
            mine = self.tr("for {account}").format(account=address(account))
            text = f"{text} · {mine}"
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, ChatKey(account, jid))
        item.setToolTip(str(jid))
        item.setSizeHint(QSize(0, self._row))
        return item

    def _what_is_known(self, accounts: tuple[Account, ...]) -> str:
        if any(not account.blocking.is_known for account in accounts):
            return self.tr("Your server keeps this list. It is shown once you are online.")
        if self._list.count():
            return self.tr("They cannot reach you, and are not told.")
        return self.tr("Nobody is blocked.")

    def _on_unblock(self) -> None:
        chosen = self._chosen
        account = self._accounts.get(chosen.account) if chosen else None
        if chosen is not None and account is not None:
            self._tasks.spawn(self._let_reach(account, chosen.peer), name="unblock")

    async def _let_reach(self, account: Account, jid: JID) -> None:
        trouble = None
        try:
            await account.blocking.unblock(jid)
        except Trouble as raised:
            trouble = raised
        if isValid(self):
            self._changes.flush()
            self._trouble.say(errors.sentence(trouble, account.jid) if trouble else "")
