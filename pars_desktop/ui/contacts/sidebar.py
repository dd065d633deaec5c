"""The left column: who I am, search, the two ways to a friend, what waits for me, the chats."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.domain.contact import Progress
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.jid import JID
from pars_desktop.ui import theme
from pars_desktop.ui.bind import bind
from pars_desktop.ui.contacts.account_header import AccountHeader
from pars_desktop.ui.contacts.chat_list import ChatList
from pars_desktop.ui.contacts.chat_model import ChatListModel, Standing
from pars_desktop.ui.plain_text import Label
from pars_desktop.ui.sheet import Button

if TYPE_CHECKING:  # the first picture needs none of them
    from pars_desktop.ui.contacts.bars_area import BarsArea
    from pars_desktop.ui.contacts.standings import Standings

_LEAST_LIST = theme.ROW * 3 // 2  # what strips leave of the list


class Sidebar(QWidget):
    """Everything left of the chat. In a narrow window it is all there is until a chat opens."""

    invite_requested = Signal()
    add_requested = Signal()
    sign_in_requested = Signal(JID)
    bars_changed = Signal()  # all strips together have another height
    focus_freed = Signal()  # by a strip that has gone, or turned to somebody else
    standing_changed = Signal(ChatKey)

    def __init__(
        self,
        accounts: Accounts,
        conversations: Conversations,
        menu: QMenu,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.header = AccountHeader(accounts, menu, self)
        self.header.sign_in_requested.connect(self.sign_in_requested)
        self._accounts = accounts
        self._bars: BarsArea | None = None
        self._standings: Standings | None = None
        self.search = self._made_search()
        self._invite = self._button(self.tr("Invite a friend"), "Ctrl+I")
        self._invite.clicked.connect(self.invite_requested)
        self._add = self._button(self.tr("Add a friend"), "Ctrl+N")
        self._add.clicked.connect(self.add_requested)
        self._nothing = Label(self.tr("Nobody by that name."), self, wraps=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._nothing.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._nothing.hide()
        self.chats = ChatListModel(conversations, self, standing_of=self.standing_of)
        self.header.changed.connect(self.chats.refresh_waiting)
        self.list = ChatList(self.chats, self)
        self.list.setMinimumHeight(_LEAST_LIST)
        self._before_list: QWidget = self._add  # in the order of Tab
        self._place()
        bind(self, conversations.reset, self._made_standings)

    @property
    def bars(self) -> "BarsArea":
        """Where the strips stand; made for the first of them."""
        if self._bars is None:
            from pars_desktop.ui.contacts.bars_area import BarsArea

            self._bars = BarsArea(self)
            self._bars.focus_freed.connect(self.focus_freed)
            self._bars.height_changed.connect(self.bars_changed)
            self._top.addWidget(self._bars)
        return self._bars

    def standing_of(self, chat: Conversation) -> Standing | None:
        """What the row itself does not know of a friendship that was asked for."""
        if chat.progress is Progress.WAITING:  # known only after the first picture
            return self._made_standings().of(chat)
        return self._standings.of(chat) if self._standings is not None else None

    def add_bar(self, bar: QWidget) -> None:
        """Place a bar above the chats, below those already there. A hidden one takes no room."""
        self.bars.add(bar)
        for control in bar.findChildren(QWidget):
            if control.focusPolicy() & Qt.FocusPolicy.TabFocus:
                QWidget.setTabOrder(self._before_list, control)
                self._before_list = control

    def start_search(self) -> None:
        """Put the cursor where one searches."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search field, Down leads into the list, Enter opens the first, Escape ends."""
        if (
            watched is self.search
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
        ):
            key = event.key()
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.list.step(1 if key == Qt.Key.Key_Down and not self.search.text() else 0)
                self.list.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if key == Qt.Key.Key_Escape:
                self.search.clear()
                self.list.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _made_search(self) -> QLineEdit:
        search = QLineEdit(self, clearButtonEnabled=True)
        search.setPlaceholderText(self.tr("Search"))
        search.setAccessibleName(self.tr("Search"))
        keys = QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
        search.setToolTip(self.tr("Search ({shortcut})").format(shortcut=keys))
        for clear in search.findChildren(QToolButton):
            clear.setAccessibleName(self.tr("Clear the search"))
        search.textChanged.connect(self._on_search)
        search.installEventFilter(self)
        return search

    def _button(self, text: str, shortcut: str) -> QPushButton:
        button = theme.quiet(Button(text, self))
        keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{text} ({keys})")
        button.setShortcut(shortcut)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange_buttons()

    def _arrange_buttons(self) -> None:
        """Side by side, or one below the other where words are long."""
        room = self.width() - 2 * theme.GROUP - theme.UNIT
        half = max(self._invite.sizeHint().width(), self._add.sizeHint().width())
        beside, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._buttons.setDirection(beside if 2 * half <= room else below)

    def _place(self) -> None:
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.UNIT)
        self._buttons.addWidget(self._invite)
        self._buttons.addWidget(self._add)
        self._top = top = QVBoxLayout()
        top.setContentsMargins(theme.GROUP, theme.GROUP, theme.GROUP, theme.RELATED)
        top.setSpacing(theme.RELATED)
        top.addWidget(self.header)
        top.addSpacing(theme.UNIT)
        top.addWidget(self.search)
        top.addLayout(self._buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._nothing)
        column.addWidget(self.list, 1)

    def _made_standings(self) -> "Standings":
        if self._standings is None:
            from pars_desktop.ui.contacts.standings import Standings

            self._standings = Standings(self._accounts, self)
            self._standings.changed.connect(self.chats.refresh)
            self._standings.changed.connect(self.standing_changed)
        return self._standings

    def _on_search(self, text: str) -> None:
        self.chats.search(text)
        self._nothing.setVisible(bool(text.strip()) and self.chats.rowCount() == 0)
