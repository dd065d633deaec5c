"""Which window follows which wish: dialogs, signing in, the bars above the chats.

The main window only says what is wanted. Dialogs and bars are imported when they are, so that
the first window does not wait for them.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QMessageBox

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import Account, AccountStatus, State
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.core.links import Links, Proposal
from pars_desktop.core.ports import LinkHandler, SettingsFile
from pars_desktop.core.registration import Registrar
from pars_desktop.domain.contact import Contact, Progress
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.errors import StorageFailed, Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors
from pars_desktop.ui.bind import bind
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.registration.account_windows import AccountWindows

if TYPE_CHECKING:
    from pars_desktop.ui.contacts.friend_menu import FriendWish
    from pars_desktop.ui.invitations.inviting import Inviting
    from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
    from pars_desktop.ui.invite.scan import Eyes, Scan


class Windows(QObject):
    """Opens what the main window asks for, and what the core has to ask or tell."""

    def __init__(
        self,
        window: MainWindow,
        accounts: Accounts,
        conversations: Conversations,
        links: Links,
        tasks: Tasks,
        settings: SettingsFile,
        handler: LinkHandler,
        eyes: "Callable[[], Eyes]",  # made when they are wanted: they take time to import
        registrar: Registrar,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._accounts = accounts
        self._conversations = conversations
        self._links = links
        self._tasks = tasks
        self._settings = settings
        self._handler = handler
        self._eyes = eyes
        self._inviting: Inviting | None = None
        self._preferences: QDialog | None = None
        self._is_furnished = False
        window.invite_requested.connect(self._on_invite)
        window.invitations_requested.connect(self._on_invitations)
        window.preferences_requested.connect(self._on_preferences)
        window.add_requested.connect(self._on_add)
        window.invitation_clicked.connect(links.open)
        window.ask_again_requested.connect(self._on_ask_again)
        window.end_requested.connect(self._on_end)
        window.block_requested.connect(self._on_block)
        window.friend_wished.connect(self._on_friend_wish)
        bind(self, accounts.added, self._on_account_added)
        bind(self, accounts.removed, self._on_account_removed)
        bind(self, registrar.befriended, self._on_befriended)
        self._account_windows = AccountWindows(window, accounts, registrar, links, tasks)
        self._account_windows.welcomed.connect(self._serve_first)
        self._account_windows.welcome()

    def furnish(self) -> None:
        """Add what nobody misses at first: bars, and the way links are shown. Once."""
        if self._is_furnished:
            return
        self._is_furnished = True
        from pars_desktop.ui.bars import BefriendedBar, HandlerBar, NoticeBar
        from pars_desktop.ui.contacts.newcomer_bar import NewcomerBar
        from pars_desktop.ui.invite.add_friend import AddFriend
        from pars_desktop.ui.requests.request_windows import RequestWindows

        window = self._window
        self._handler_bar = HandlerBar()
        self._handler_bar.accepted.connect(self._on_handler_accepted)
        self._handler_bar.declined.connect(self._handler_asked)
        self._befriended_bar = BefriendedBar()
        self._befriended_bar.open_chat.connect(window.open_chat)
        window.chat_shown.connect(self._befriended_bar.seen)
        notices = NoticeBar()
        bind(self, self._links.ignored, notices.links_ignored)
        for bar in (
            RequestWindows(self._accounts, self._tasks, window.menu, window).bar,
            NewcomerBar(self._accounts, self._conversations, self._tasks),
            self._befriended_bar,
            self._handler_bar,
            notices,
        ):
            window.add_bar(bar)
        self._adding = AddFriend(
            self._accounts,
            self._links,
            self._tasks,
            window,
            is_writing=lambda: window.is_writing,
        )
        self._adding.open_chat.connect(window.open_chat)
        self._adding.compose.connect(window.open_chat)
        self._adding.account_wanted.connect(self._account_windows.create)
        self._furnish_scan()
        bind(self, self._links.proposed, self._on_proposed)
        for account in self._accounts.all():
            self._listen(account)

    def to_front(self, activation: str = "") -> None:
        """Come to the front; Wayland wants the token of the click that asked for it."""
        if activation:
            os.environ["XDG_ACTIVATION_TOKEN"] = activation  # Qt reads it when it activates
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        for dialog in window.findChildren(QDialog):  # a window manager would keep them above it
            if dialog.isVisible():
                dialog.raise_()
                if dialog.isModal():
                    dialog.activateWindow()

    def tell(self, trouble: Trouble) -> None:
        """Say something that concerns the whole program."""
        message_box(errors.sentence(trouble), self._window).open()

    # --- accounts --------------------------------------------------------------------------------

    def _on_account_added(self, account: Account) -> None:
        self._listen(account)
        self.ask_about_links()

    def _on_account_removed(self, jid: JID) -> None:
        """Nothing of it can be opened any more."""
        if (key := self._window.open_key) is not None and key.account == jid:
            self._window.leave_chat()
        if self._is_furnished:
            self._befriended_bar.left(jid)

    def _listen(self, account: Account) -> None:
        def on_status(status: AccountStatus) -> None:
            if status.state is State.NEEDS_PASSWORD and account in self._accounts.all():
                self._account_windows.sign_in(account)

        def on_befriended(contact: Contact) -> None:
            self._on_befriended(account, contact)

        bind(self, account.status_changed, on_status)

        def on_changed(contact: Contact) -> None:
            if not contact.is_friend:
                self._not_befriended(account, contact.jid)

        bind(self, account.friends.befriended, on_befriended)
        bind(self, account.friends.changed, on_changed)
        bind(self, account.friends.removed, lambda jid: self._not_befriended(account, jid))
        on_status(account.status)

    def _on_befriended(self, account: Account, contact: Contact) -> None:
        key = ChatKey(account.jid, contact.jid)
        if self._window.open_key != key and not self._adding.tells_of(key):
            several = len(self._accounts.all()) > 1
            self._befriended_bar.announce(key, contact.name, says_account=several)

    def _not_befriended(self, account: Account, jid: JID) -> None:
        """A friendship that was undone is not announced any longer."""
        if self._is_furnished:
            self._befriended_bar.seen(ChatKey(account.jid, jid))

    # --- invitations ----------------------------------------------------------------------------

    def _on_invite(self) -> None:
        if self._accounts.all():
            key = self._window.open_key
            self._made_inviting().invite(key.account if key else None)

    def _on_invitations(self) -> None:
        self._made_inviting().list_all()

    def _made_inviting(self) -> "Inviting":
        if self._inviting is None:
            from pars_desktop.ui.invitations.inviting import Inviting

            self._inviting = Inviting(self._accounts, self._tasks, self._settings, self._window)
        return self._inviting

    def _on_preferences(self) -> None:
        if self._preferences is None:
            from pars_desktop.ui.preferences import Preferences

            self._preferences = Preferences(
                self._settings, self._accounts, self._tasks, self._window
            )
            self._preferences.finished.connect(self._on_preferences_closed)
        self._preferences.open()

    def _on_preferences_closed(self) -> None:
        self._preferences = None

    def _furnish_scan(self) -> None:
        """Codes on the screen and in pictures, and what is dropped onto a window."""
        from pars_desktop.ui.invite.scan import Scan
        from pars_desktop.ui.invite.scan_drops import Drops

        self._scan = scan = Scan(self._links.open, self._eyes(), self._tasks, self._window)
        scan.failed.connect(self._on_no_code)
        drops = Drops(self._window)
        drops.pictures_dropped.connect(scan.look_at)
        drops.link_dropped.connect(self._links.open)

        def serve(dialog: "AddFriendDialog") -> None:
            dialog.screen_wanted.connect(lambda: scan.look_at_screens(dialog))
            dialog.file_wanted.connect(lambda: scan.choose_file(dialog))
            dialog.pictures_given.connect(lambda pictures: scan.look_at(pictures, dialog))

        self._adding.opened.connect(serve)

    def _serve_first(self) -> None:
        """Codes for the way to the first account."""
        first = self._account_windows.first
        if first is not None:
            first.screen_wanted.connect(lambda: self._made_scan().look_at_screens())
            first.file_wanted.connect(lambda: self._made_scan().choose_file(self._window))
            first.pictures_given.connect(
                lambda pictures: self._made_scan().look_at(pictures, self._window)
            )

    def _made_scan(self) -> "Scan":
        self.furnish()
        return self._scan

    def _on_no_code(self, text: str) -> None:
        first = self._account_windows.first
        if not (first.say(text) if first is not None else self._adding.say(text)):
            message_box(text, self._window).open()

    def _on_add(self) -> None:
        self.furnish()
        self._scan.stop()
        self._adding.ask()

    def _on_ask_again(self, key: ChatKey) -> None:
        account, row = self._accounts.get(key.account), self._conversations.row(key)
        if account is not None and row is not None:
            self._tasks.spawn(self._ask_again(account, row), name=f"ask {key.peer} again")

    async def _ask_again(self, account: Account, row: Conversation) -> None:
        """What comes of it shows itself: the row waits for their answer."""
        if row.progress is Progress.EXPIRED:
            await self._tried(account, account.friends.ask_again(row.key.peer))
        else:
            await self._tried(account, account.friends.add(row.key.peer, row.name, None))

    def _on_end(self, key: ChatKey) -> None:
        if (account := self._accounts.get(key.account)) is not None:
            deed = self._tried(account, account.friends.remove(key.peer))
            self._tasks.spawn(deed, name=f"end it with {key.peer}")

    def _on_block(self, key: ChatKey, blocks: bool) -> None:
        if (account := self._accounts.get(key.account)) is not None:
            change = account.blocking.block if blocks else account.blocking.unblock
            self._tasks.spawn(self._tried(account, change(key.peer)), name="change the block list")

    def _on_friend_wish(self, key: ChatKey, wish: "FriendWish") -> None:
        from pars_desktop.ui.contacts.friend_dialogs import open_question
        from pars_desktop.ui.contacts.friend_menu import FriendWish

        account, row = self._accounts.get(key.account), self._conversations.row(key)
        if wish is FriendWish.UNBLOCK:
            self._on_block(key, blocks=False)
        elif account is not None and row is not None:
            open_question(wish, row, account, self._tasks, self._window)

    async def _tried(self, account: Account, deed: Awaitable[None]) -> None:
        try:
            await deed
        except Trouble as trouble:
            message_box(errors.sentence(trouble, account.jid), self._window).open()

    def _on_proposed(self, _proposal: Proposal) -> None:
        self.to_front()

    # --- who opens links ------------------------------------------------------------------------

    def ask_about_links(self) -> None:
        """Once there is an account, at each start until it is answered, whether they open here."""
        if self._accounts.all():
            self._tasks.spawn(self._ask_about_links(), name="ask about links")

    async def _ask_about_links(self) -> None:
        """Only if links do not lead here already."""
        if not self._settings.load().asked_for_handler and not await asyncio.to_thread(
            self._handler.is_default
        ):
            self._handler_bar.ask()

    def _handler_asked(self) -> None:
        with suppress(StorageFailed):  # then the next start asks again
            self._settings.save(replace(self._settings.load(), asked_for_handler=True))

    def _on_handler_accepted(self) -> None:
        self._handler_asked()
        self._tasks.spawn(self._register(), name="open links from now on")

    async def _register(self) -> None:
        try:
            await asyncio.to_thread(self._handler.register)
        except Trouble as trouble:
            self.tell(trouble)


def message_box(text: str, window: MainWindow | None = None) -> QMessageBox:
    """One sentence and a way to close it. `open` it; it is gone when closed."""
    box = QMessageBox(window)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle("Pars")
    box.setText(text)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box
