"""Adding friends, from the window's side: opens the dialog, and carries out what is confirmed."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.friends import Friends
from pars_desktop.core.links import Links, Proposal, ProposalKind
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.ui.bind import bind
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from pars_desktop.ui.invite.link_page import chat_of

_MS = timedelta(milliseconds=1)


class AddFriend(QObject):
    """One dialog at a time, whether a link opened it or the person did.

    A web page can open links by itself. One to a friend opens their chat at once, but `pause` has
    to go by before the next, and nobody who `is_writing` finds the rest of it in another chat.
    """

    open_chat = Signal(ChatKey)
    compose = Signal(ChatKey, str)  # with a text for the composer, unsent
    opened = Signal(AddFriendDialog)
    account_wanted = Signal(object)  # a new one, which the link offers: a Plan

    def __init__(
        self,
        accounts: Accounts,
        links: Links,
        tasks: Tasks,
        window: QWidget,
        *,
        is_writing: Callable[[], bool] = lambda: False,
        pause: timedelta = timedelta(seconds=2),
    ) -> None:
        super().__init__(window)
        self._is_writing = is_writing
        self._pause = QTimer(self, singleShot=True, interval=pause // _MS)
        self._pause.timeout.connect(links.finished)
        self._accounts = accounts
        self._links = links
        self._tasks = tasks
        self._window = window
        self._dialog: AddFriendDialog | None = None
        self._proposal: Proposal | None = None
        self._asking: asyncio.Task[None] | None = None
        bind(self, links.proposed, self._on_proposed)

    def ask(self) -> None:
        """Open the dialog where a person enters a link or an address."""
        dialog = self._dialog or self._open()
        dialog.raise_()
        dialog.activateWindow()

    def say(self, text: str) -> bool:
        """Say why nothing came of a code where a person can give another one, if that is free."""
        return (self._dialog or self._open()).say(text)

    def tells_of(self, key: ChatKey) -> bool:
        """The dialog is open and says itself what becomes of this friendship."""
        return self._dialog is not None and self._dialog.tells_of(key)

    def _open(self) -> AddFriendDialog:
        self._dialog = dialog = AddFriendDialog(self._accounts, self._window)
        dialog.entered.connect(self._links.open)
        dialog.confirmed.connect(self._on_confirmed)
        dialog.withdrawn.connect(self._on_withdrawn)
        dialog.lookup_agreed.connect(self._on_lookup_agreed)
        dialog.end_confirmed.connect(self._on_end_confirmed)
        dialog.open_chat.connect(self.open_chat)
        dialog.compose.connect(self.compose)
        dialog.account_wanted.connect(self.account_wanted)
        dialog.finished.connect(self._on_finished)
        self.opened.emit(dialog)
        dialog.open()
        return dialog

    def _on_proposed(self, proposal: Proposal) -> None:
        key = chat_of(proposal)
        ask_first = self._is_writing()
        is_friend = proposal.kind is ProposalKind.OPEN_CHAT and key is not None
        if is_friend and self._dialog is None and not ask_first:
            self.open_chat.emit(key)
            self._pause.start()
            return
        self._proposal = proposal
        dialog = self._dialog or self._open()
        if not dialog.propose(proposal, ask_first=ask_first):
            self._proposal = None
            self._links.finished()

    def _on_confirmed(self, account: JID, jid: JID, name: str) -> None:
        if self._dialog is not None and self._proposal is not None:
            work = self._add(self._dialog, self._proposal, account, jid, name)
            self._tasks.spawn(work, name=f"add {jid}")

    async def _add(
        self, dialog: AddFriendDialog, proposal: Proposal, account: JID, jid: JID, name: str
    ) -> None:
        """The dialog may be closed before this ends; the friendship goes on without it."""
        mine = self._accounts.get(account)
        if mine is None:
            return
        link = proposal.link
        try:
            await mine.friends.add(jid, name, link.token, link.group or "")
        except Trouble as trouble:
            if isValid(dialog):
                dialog.fail(trouble)
        else:
            if isValid(dialog):
                dialog.wait()

    def _on_withdrawn(self, key: ChatKey) -> None:
        mine = self._accounts.get(key.account)
        if self._dialog is not None and mine is not None:
            work = self._withdraw(self._dialog, mine.friends, key.peer)
            self._tasks.spawn(work, name=f"ask nothing of {key.peer}")

    async def _withdraw(self, dialog: AddFriendDialog, friends: Friends, jid: JID) -> None:
        """The dialog may be closed before this ends."""
        try:
            await friends.remove(jid)
        except Trouble as trouble:
            if isValid(dialog):
                dialog.fail(trouble)
            return
        if isValid(dialog):
            dialog.end_waiting()
            if self._dialog is dialog and self._proposal is not None:  # it asks for another one
                self._proposal = None
                self._links.finished()

    def _on_lookup_agreed(self) -> None:
        if self._dialog is not None and self._proposal is not None:
            work = self._look_up(self._dialog, self._proposal)
            self._asking = self._tasks.spawn(work, name="ask the page of an invitation")

    async def _look_up(self, dialog: AddFriendDialog, proposal: Proposal) -> None:
        """Once the dialog is closed this is cancelled, and nothing more is asked."""
        try:
            self._proposal = await self._links.look_up(proposal)
        except Trouble as trouble:
            dialog.fail(trouble)
        else:
            dialog.propose(self._proposal)

    def _on_end_confirmed(self, account: JID) -> None:
        mine = self._accounts.get(account)
        if self._dialog is not None and self._proposal is not None and mine is not None:
            work = self._end(self._dialog, self._proposal, mine.friends)
            self._tasks.spawn(work, name=f"end it with {self._proposal.link.jid}")

    async def _end(self, dialog: AddFriendDialog, proposal: Proposal, friends: Friends) -> None:
        """The dialog may be closed before this ends."""
        jid = proposal.link.jid
        if jid is None:
            return
        try:
            if proposal.kind is ProposalKind.REMOVE:
                await friends.remove(jid)
            else:
                await friends.stop_seeing(jid)
        except Trouble as trouble:
            if isValid(dialog):
                dialog.fail(trouble)
        else:
            if isValid(dialog):
                dialog.end(proposal)

    def _on_finished(self) -> None:
        self._dialog = None
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        if self._proposal is not None:
            self._proposal = None
            self._links.finished()
