"""Which window follows which wish: dialogs, signing in, the bars above the chats.

The main window only says what is wanted. Dialogs and bars are imported when they are, so that
the first window does not wait for them.
"""

import asyncio
import os
from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QMessageBox

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import Account, AccountStatus, State
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.core.links import Links, Proposal
from pars_desktop.core.ports import LinkHandler, SettingsFile
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors
from pars_desktop.ui.bind import bind
from pars_desktop.ui.main_window import MainWindow


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
    ) -> None:
        super().__init__(window)
        self._window = window
        self._accounts = accounts
        self._conversations = conversations
        self._links = links
        self._tasks = tasks
        self._settings = settings
        self._handler = handler
        self._sign_in: QDialog | None = None
        self._invite: QDialog | None = None
        self._is_furnished = False
        window.invite_requested.connect(self._on_invite)
        window.add_requested.connect(self._on_add)
        window.add_account_requested.connect(self._on_add_account)
        window.sign_in_requested.connect(self._on_sign_in)
        window.invitation_clicked.connect(links.open)
        bind(self, accounts.added, self._on_account_added)
        bind(self, accounts.removed, self._on_account_removed)
        self._welcome_if_new()

    def furnish(self) -> None:
        """Add what nobody misses at first: bars, and the way links are shown. Once."""
        if self._is_furnished:
            return
        self._is_furnished = True
        from pars_desktop.ui.bars import BefriendedBar, HandlerBar, NoticeBar
        from pars_desktop.ui.contacts.newcomer_bar import NewcomerBar
        from pars_desktop.ui.contacts.requests_bar import RequestsBar
        from pars_desktop.ui.invite.add_friend import AddFriend

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
            RequestsBar(self._accounts, self._tasks),
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

    def tell(self, trouble: Trouble) -> None:
        """Say something that concerns the whole program."""
        message_box(errors.sentence(trouble), self._window).open()

    # --- signing in ------------------------------------------------------------------------------

    def _welcome_if_new(self) -> None:
        if self._accounts.all():
            return
        from pars_desktop.ui.sign_in.sign_in_page import SignInPage
        from pars_desktop.ui.sign_in.welcome_page import WelcomePage

        page = WelcomePage(SignInPage(self._accounts, self._tasks))
        bind(page, self._links.waits, page.tell_waiting)
        waiting = self._links.waiting
        if waiting is not None:
            page.tell_waiting(waiting)
        self._window.show_page(page)
        page.setFocus()

    def _on_account_added(self, account: Account) -> None:
        self._window.show_page(None)
        self._listen(account)
        self._tasks.spawn(self._ask_for_links(), name="ask about links")

    def _on_account_removed(self, _jid: JID) -> None:
        self._welcome_if_new()

    def _on_add_account(self) -> None:
        self._open_sign_in()

    def _on_sign_in(self, jid: JID) -> None:
        account = self._accounts.get(jid)
        if account is not None:
            self._open_sign_in(account)

    def _open_sign_in(self, account: Account | None = None) -> None:
        if self._sign_in is not None:
            self._sign_in.raise_()
            self._sign_in.activateWindow()
            return
        from pars_desktop.ui.sign_in.sign_in_dialog import SignInDialog

        again = account.settings if account else None
        trouble = account.status.trouble if account else None
        self._sign_in = SignInDialog(self._accounts, self._tasks, again, trouble, self._window)
        self._sign_in.finished.connect(self._on_sign_in_closed)
        self._sign_in.open()

    def _on_sign_in_closed(self) -> None:
        self._sign_in = None

    def _listen(self, account: Account) -> None:
        def on_status(status: AccountStatus) -> None:
            if status.state is State.NEEDS_PASSWORD and account in self._accounts.all():
                self._open_sign_in(account)

        def on_befriended(contact: Contact) -> None:
            key = ChatKey(account.jid, contact.jid)
            if self._window.open_key != key:
                self._befriended_bar.announce(key, contact.name)

        bind(self, account.status_changed, on_status)
        bind(self, account.friends.befriended, on_befriended)
        on_status(account.status)

    # --- invitations ----------------------------------------------------------------------------

    def _on_invite(self) -> None:
        if not self._accounts.all():
            return
        if self._invite is not None:
            self._invite.raise_()
            self._invite.activateWindow()
            return
        from pars_desktop.ui.invite.invite_dialog import InviteDialog

        key = self._window.open_key
        self._invite = InviteDialog(self._accounts, key.account if key else None, self._window)
        self._invite.finished.connect(self._on_invite_closed)
        self._invite.show()  # not modal: the friend may write while it is open

    def _on_invite_closed(self) -> None:
        self._invite = None

    def _on_add(self) -> None:
        self.furnish()
        self._adding.ask()

    def _on_proposed(self, _proposal: Proposal) -> None:
        self.to_front()

    # --- who opens links ------------------------------------------------------------------------

    async def _ask_for_links(self) -> None:
        """Once, after the first sign-in, and only if links do not lead here already."""
        if not self._settings.load().asked_for_handler and not await asyncio.to_thread(
            self._handler.is_default
        ):
            self._handler_bar.ask()

    def _handler_asked(self) -> None:
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
