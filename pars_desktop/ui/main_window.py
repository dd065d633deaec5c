"""The window: places pages, nothing else."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedLayout,
    QStackedWidget,
    QWidget,
)

from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.jid import JID
from pars_desktop.domain.settings import Settings
from pars_desktop.ui.bind import bind
from pars_desktop.ui.contacts.sidebar import Sidebar
from pars_desktop.ui.empty_page import EmptyPage

WIDTH, HEIGHT = 980, 680
_NARROWEST = 360
_LEAST_SIDEBAR, _MOST_SIDEBAR = 240, 420
_NARROW = 640  # one column below this
_FRAME = 40  # what the desktop draws above a window, at most: only once it is shown one knows

if TYPE_CHECKING:  # importing it takes time that the first window should not wait for
    from pars_desktop.ui.chat.chat_page import ChatPage


class MainWindow(QMainWindow):
    """Chats at the left, one chat at the right; in a narrow window one of the two.

    A QMainWindow, because assistive tools are told of any other widget that it is a filler.
    """

    invite_requested = Signal()
    invitations_requested = Signal()  # the list of them
    preferences_requested = Signal()
    add_requested = Signal()
    add_account_requested = Signal()
    sign_in_requested = Signal(JID)
    invitation_clicked = Signal(str)  # an xmpp: link in a message, or a page that stands for one
    ask_again_requested = Signal(ChatKey)  # for a friendship that is none any more
    end_requested = Signal(ChatKey)  # of a friendship that was asked for and does not stand
    block_requested = Signal(ChatKey, bool)  # or, if false, the opposite
    friend_wished = Signal(ChatKey, object)  # a FriendWish, from the menu of a friend
    chat_shown = Signal(object)  # a ChatKey, or None when the chat was left
    quit_requested = Signal()  # by the menu, or by closing the window

    def __init__(
        self,
        accounts: Accounts,
        conversations: Conversations,
        settings: Settings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._conversations = conversations
        self._key: ChatKey | None = None
        self._page: ChatPage | None = None  # built when the first chat is opened
        self._narrow = False
        self._had_chats: bool | None = None
        self.menu = self._made_menu()
        # From the outside to the inside: a tree that is moved into a window is styled again.
        whole = QWidget(self)
        self.setCentralWidget(whole)
        self._whole = QStackedLayout(whole)
        self._both = QSplitter(Qt.Orientation.Horizontal, whole)
        self._whole.addWidget(self._both)
        self.sidebar = Sidebar(accounts, conversations, self.menu, self._both)
        self._right = QStackedWidget(self._both)
        self._empty = EmptyPage(self._right)
        self._right.addWidget(self._empty)
        self._both.setHandleWidth(1)
        self._both.setChildrenCollapsible(False)
        self._both.setStretchFactor(1, 1)
        self.setMinimumWidth(_NARROWEST)
        self._restore(settings or Settings())
        self._connect()
        self._on_chats_changed()
        self.take_focus()

    # --- what it shows ---------------------------------------------------------------------------

    @property
    def open_key(self) -> ChatKey | None:
        """The chat that is open."""
        return self._key

    @property
    def is_writing(self) -> bool:
        """The person is in the middle of a message: what they type next belongs to it."""
        return self.isActiveWindow() and self._page is not None and self._page.is_writing

    def open_chat(self, key: ChatKey, text: str = "") -> None:
        """Open a chat and offer a text there that is not sent."""
        self.sidebar.list.select(key)
        self._show_chat(key)
        self._chat_page().start_writing(text)

    def leave_chat(self) -> None:
        """Back to the list."""
        if self._page is not None:
            self._page.leave()
        self._key = None
        self.sidebar.header.show_account(None)
        self.sidebar.list.select(None)
        self._arrange()
        self.take_focus()
        self.chat_shown.emit(None)

    def take_focus(self) -> None:
        """Put the focus where the person most likely goes on."""
        if self._page is not None and self._key is not None:
            self._page.start_writing()
        elif self.sidebar.chats.has_chats:
            self.sidebar.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._empty.take_focus()

    def show_page(self, page: QWidget | None) -> None:
        """Show a page instead of everything, such as the first sign-in; None: no longer."""
        shown = self._whole.widget(1)
        if shown is not None:
            self._whole.removeWidget(shown)
            shown.deleteLater()
        if page is not None:
            self._whole.addWidget(page)
            self._whole.setCurrentWidget(page)

    def add_bar(self, bar: QWidget) -> None:
        """Place a bar above the chats."""
        self.sidebar.add_bar(bar)

    def keep_draft(self) -> None:
        """Write down what is being written."""
        if self._page is not None:
            self._page.keep_draft()

    def settings(self, before: Settings) -> Settings:
        """What should be remembered about the window."""
        normal = self.normalGeometry() if self.isMaximized() else self.geometry()
        return replace(
            before,
            window_width=normal.width(),
            window_height=normal.height(),
            window_maximized=self.isMaximized(),
            sidebar_width=self._sidebar_width,
        )

    def fit_screen(self) -> None:
        """Be no larger than the screen has room for, whatever size is remembered."""
        room = self.screen().availableGeometry()
        self.resize(self.size().boundedTo(QSize(room.width(), room.height() - _FRAME)))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.keep_draft()
        event.accept()
        self.quit_requested.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            self._arrange()

    # --- how it is put together ------------------------------------------------------------------

    def _made_menu(self) -> QMenu:
        menu = QMenu(self)
        invitations = menu.addAction(self.tr("Invitations"))
        invitations.triggered.connect(self.invitations_requested)
        add = menu.addAction(self.tr("Add account"))
        add.triggered.connect(self.add_account_requested)
        preferences = menu.addAction(self.tr("Preferences"))
        preferences.triggered.connect(self.preferences_requested)
        menu.addSeparator()
        leave = menu.addAction(self.tr("Quit"), QKeySequence("Ctrl+Q"))
        leave.triggered.connect(self.close)
        self.addAction(leave)
        return menu

    def _connect(self) -> None:
        self.sidebar.invite_requested.connect(self.invite_requested)
        self.sidebar.add_requested.connect(self.add_requested)
        self.sidebar.sign_in_requested.connect(self.sign_in_requested)
        self.sidebar.focus_freed.connect(self.take_focus)
        self.sidebar.bars_changed.connect(self._share_height)
        self._empty.invite_requested.connect(self.invite_requested)
        self._empty.have_invitation.connect(self.add_requested)
        chats = self.sidebar.list
        chats.chosen.connect(self._show_chat)
        chats.writing_wanted.connect(self._start_writing)
        chats.menu_wanted.connect(self._show_friend_menu)
        self._both.splitterMoved.connect(self._on_moved)
        for keys, pressed in (
            ("Ctrl+K", self.sidebar.start_search),
            ("Alt+Down", lambda: chats.step(1)),
            ("Alt+Up", lambda: chats.step(-1)),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(pressed)
        for change in (
            self.sidebar.chats.modelReset,
            self.sidebar.chats.rowsInserted,
            self.sidebar.chats.rowsRemoved,
            self.sidebar.chats.dataChanged,
        ):
            change.connect(self._on_chats_changed)
        bind(self, self._conversations.removed, self._on_removed)
        bind(self, self._conversations.reset, self._on_reset)

    def _restore(self, settings: Settings) -> None:
        self.resize(settings.window_width or WIDTH, settings.window_height or HEIGHT)
        self._sidebar_width = min(max(settings.sidebar_width, _LEAST_SIDEBAR), _MOST_SIDEBAR)
        if settings.window_maximized:
            self.setWindowState(Qt.WindowState.WindowMaximized)
        self._narrow = self.width() < _NARROW
        self._arrange()

    def _on_moved(self, _position: int, _index: int) -> None:
        if not self._narrow:
            self._sidebar_width = self.sidebar.width()

    def _arrange(self) -> None:
        """One column or two, and which of them."""
        has_chat = self._key is not None
        has_chats = self.sidebar.chats.has_chats
        self._right.setCurrentWidget(self._page if has_chat and self._page else self._empty)
        if self._narrow:
            self.sidebar.setMinimumWidth(0)
            self.sidebar.setMaximumWidth(16_777_215)
            self._both.setOrientation(Qt.Orientation.Vertical)
            self.sidebar.setVisible(not has_chat)
            self.sidebar.list.setVisible(has_chats)
            self._right.setVisible(has_chat or not has_chats)
            self._share_height()
        else:
            self._both.setOrientation(Qt.Orientation.Horizontal)
            self.sidebar.setMinimumWidth(_LEAST_SIDEBAR)
            self.sidebar.setMaximumWidth(_MOST_SIDEBAR)
            self.sidebar.setVisible(True)
            self.sidebar.list.setVisible(True)
            self._right.setVisible(True)
            self._both.setSizes([self._sidebar_width, self.width() - self._sidebar_width])
        if self._page is not None:
            self._page.set_narrow(self._narrow)

    def _share_height(self) -> None:
        """In one column: what stands above the way to a first friend, in its own height."""
        if self._narrow:
            above = self.sidebar.sizeHint().height()
            self._both.setSizes([above, self.height() - above])

    def _show_chat(self, key: ChatKey) -> None:
        self._key = key
        self.sidebar.header.show_account(key.account)
        page = self._chat_page()
        self._arrange()
        page.show_chat(key)
        self.chat_shown.emit(key)

    def _start_writing(self) -> None:
        if self._key is not None:
            self._chat_page().start_writing()

    def _chat_page(self) -> "ChatPage":
        if self._page is None:
            from pars_desktop.ui.chat.chat_page import ChatPage

            self._page = ChatPage(
                self._accounts, self._conversations, self._right, self.sidebar.standing_of
            )
            self.sidebar.standing_changed.connect(self._page.refresh)
            self._page.back_requested.connect(self.leave_chat)
            self._page.sign_in_requested.connect(self.sign_in_requested)
            self._page.invitation_clicked.connect(self.invitation_clicked)
            self._page.ask_again_requested.connect(self.ask_again_requested)
            self._page.end_requested.connect(self.end_requested)
            self._page.block_requested.connect(self.block_requested)
            self._page.menu_wanted.connect(self._show_friend_menu)
            self._right.addWidget(self._page)
        return self._page

    def _show_friend_menu(self, key: ChatKey, at: QPoint) -> None:
        from pars_desktop.ui.contacts.friend_menu import FriendMenu

        account, chat = self._accounts.get(key.account), self._conversations.row(key)
        if account is not None and chat is not None:
            blocked = account.blocking.is_blocked(key.peer)
            menu = FriendMenu(chat, blocked=blocked, parent=self)
            menu.wished.connect(self.friend_wished)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(at)

    def _on_chats_changed(self) -> None:
        chats = self.sidebar.chats
        unread = chats.unread
        self.setWindowTitle(self.tr("Pars ({unread})").format(unread=unread) if unread else "Pars")
        self._empty.show_state(has_chats=chats.has_chats)
        if self._had_chats != chats.has_chats:
            self._had_chats = chats.has_chats
            self._arrange()

    def _on_removed(self, key: ChatKey) -> None:
        if key == self._key:
            self.leave_chat()

    def _on_reset(self) -> None:
        if self._key is not None and self._conversations.row(self._key) is None:
            self.leave_chat()
