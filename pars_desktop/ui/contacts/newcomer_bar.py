"""Somebody came by an invitation of ours: keep them, name them, or send them away again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.core.friends import Friends
from pars_desktop.core.trust import concerns
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.text import MAX_NAME
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import HOLD, Bar
from pars_desktop.ui.bind import bind
from pars_desktop.ui.invite.doubts import sentence
from pars_desktop.ui.plain_text import address, isolated
from pars_desktop.ui.sheet import Button, line


class NewcomerBar(Bar):
    """The latest newcomer, until the person says Keep, gives a name, or undoes it."""

    def __init__(
        self,
        accounts: Accounts,
        conversations: Conversations,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        hold: timedelta = HOLD,
    ) -> None:
        super().__init__("invite", parent, hold=hold)
        self._accounts = accounts
        self._conversations = conversations
        self._tasks = tasks
        self._waiting: list[ChatKey] = []  # newcomers, the latest last
        self._buttons = [
            self.add_button(self.tr("Keep"), self._on_keep),
            self.add_button(self.tr("Rename"), self._on_rename),
            self.add_button(self.tr("Undo"), self._on_undo),
        ]
        self._buttons[0].setToolTip(self.tr("They stay a friend"))
        self._buttons[2].setToolTip(self.tr("They are no friend of yours any more"))
        self.buttons.addStretch()
        self._name = line(hint=self.tr("What you call them"), longest=MAX_NAME)
        self._name.setAccessibleName(self.tr("New name"))
        self._save = theme.quiet(Button(self.tr("Save")))
        self._cancel = theme.quiet(Button(self.tr("Cancel")))
        self._group = line(hint=self.tr("Group, if you like"), longest=MAX_NAME)
        self._group.setAccessibleName(self.tr("Group"))
        self.rows.addWidget(self._name)
        self.rows.addWidget(self._group)
        named = QHBoxLayout()
        named.setSpacing(theme.UNIT)
        named.addWidget(self._save)
        named.addWidget(self._cancel)
        named.addStretch()
        self.rows.addLayout(named)
        self._name.returnPressed.connect(self._on_save)
        self._group.returnPressed.connect(self._on_save)
        self._save.clicked.connect(self._on_save)
        self._cancel.clicked.connect(self._on_cancel)
        bind(self, conversations.changed, self._on_changed)
        bind(self, conversations.removed, self._forget)
        bind(self, conversations.reset, self._on_reset)
        self._on_reset()

    def _on_reset(self) -> None:
        self._waiting = [row.key for row in self._conversations.rows() if row.is_newcomer]
        self._refresh()

    def _on_changed(self, key: ChatKey) -> None:
        row = self._conversations.row(key)
        is_newcomer = row is not None and row.is_newcomer
        if is_newcomer and key not in self._waiting:
            self._waiting.append(key)
            self._refresh()
        elif not is_newcomer:
            self._forget(key)

    def _forget(self, key: ChatKey) -> None:
        if key in self._waiting:
            self._waiting.remove(key)
            self._refresh()

    def _refresh(self) -> None:
        self._show_naming(False)
        self.turn_to(self._waiting[-1] if self._waiting else None)
        if not self._waiting:
            self.hide()
            return
        key, more = self._waiting[-1], len(self._waiting) - 1
        accounts = self._accounts.all()
        details = [sentence(each) for each in concerns(accounts, key.peer, "")]
        if len(accounts) > 1:
            details.insert(0, self.tr("as {account}").format(account=address(key.account)))
        if more:
            details.append(self.tr("And %n more.", "", more))
        self.tell(self._announcement(key), "\n".join(details))

    def _announcement(self, key: ChatKey) -> str:
        """Who came, and for whom the invitation was, if our person had said so."""
        account = self._accounts.get(key.account)
        invite = account.friends.invitation_of(key.peer) if account is not None else None
        if invite is None or not invite.label:
            return self.tr("{address} came by your invitation").format(address=address(key.peer))
        said = self.tr("{address} accepted your invitation for {label}")
        return said.format(address=address(key.peer), label=isolated(invite.label))

    def _show_naming(self, naming: bool) -> None:
        for button in self._buttons:
            button.setVisible(not naming)
        for control in (self._name, self._group, self._save, self._cancel):
            control.setVisible(naming)
        self._name.clear()
        self._group.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._name.isVisible():
            self._on_cancel()
        else:
            super().keyPressEvent(event)

    def _on_rename(self) -> None:
        self._show_naming(True)
        self._name.setFocus()

    def _on_cancel(self) -> None:
        self._show_naming(False)
        self._buttons[1].setFocus()

    def _on_keep(self) -> None:
        self._do(lambda friends, key: friends.keep(key.peer))

    def _on_undo(self) -> None:
        self._do(lambda friends, key: friends.undo(key.peer))

    def _on_save(self) -> None:
        name = errors.plain(self._name.text(), MAX_NAME)
        group = errors.plain(self._group.text(), MAX_NAME)
        if name or group:
            self._do(lambda friends, key: friends.rename(key.peer, name, group))

    def _do(self, what: Callable[[Friends, ChatKey], Awaitable[None]]) -> None:
        key = self._waiting[-1] if self._waiting else None
        account = self._accounts.get(key.account) if key is not None else None
        if key is not None and account is not None:
            self._tasks.spawn(self._carry_out(what(account.friends, key), key), name="newcomer")

    async def _carry_out(self, deed: Awaitable[None], key: ChatKey) -> None:
        """What worked shows itself: the roster changes, and with it who is a newcomer."""
        try:
            await deed
        except Trouble as trouble:
            if isValid(self):
                self.tell(address(key.peer), errors.sentence(trouble, key.account))
