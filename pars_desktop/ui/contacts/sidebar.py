"""The left column: who I am, search, the two ways to a friend, what waits for me, the chats."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.domain.jid import JID
from pars_desktop.ui import theme
from pars_desktop.ui.contacts.account_header import AccountHeader
from pars_desktop.ui.contacts.contact_list import ChatList
from pars_desktop.ui.contacts.contact_model import ChatListModel
from pars_desktop.ui.plain_text import Label


class Sidebar(QWidget):
    """Everything left of the chat. In a narrow window it is all there is until a chat opens."""

    invite_requested = Signal()
    add_requested = Signal()
    sign_in_requested = Signal(JID)

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
        self.chats = ChatListModel(conversations, self)
        self.list = ChatList(self.chats, self)
        self.search = QLineEdit(self, clearButtonEnabled=True)
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search"))
        keys = QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
        self.search.setToolTip(self.tr("Search ({shortcut})").format(shortcut=keys))
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self._nothing = Label(wraps=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._nothing.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._nothing.hide()

        header = AccountHeader(accounts, menu, self)
        header.sign_in_requested.connect(self.sign_in_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.UNIT)
        invite = self._button(self.tr("Invite a friend"), "Ctrl+I")
        invite.clicked.connect(self.invite_requested)
        add = self._button(self.tr("Add a friend"), "Ctrl+N")
        add.clicked.connect(self.add_requested)
        buttons.addWidget(invite)
        buttons.addWidget(add)
        self._bars = QVBoxLayout()
        self._bars.setSpacing(theme.RELATED)
        top = QVBoxLayout()
        top.setContentsMargins(theme.GROUP, theme.GROUP, theme.GROUP, theme.RELATED)
        top.setSpacing(theme.RELATED)
        top.addWidget(header)
        top.addSpacing(theme.UNIT)
        top.addWidget(self.search)
        top.addLayout(buttons)
        top.addLayout(self._bars)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._nothing)
        column.addWidget(self.list, 1)

    def add_bar(self, bar: QWidget) -> None:
        """Place a bar above the chats, below those already there. A hidden one takes no room."""
        self._bars.addWidget(bar)

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

    def _button(self, text: str, shortcut: str) -> QPushButton:
        button = theme.quiet(QPushButton(text))
        keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        button.setAccessibleName(text)
        button.setToolTip(f"{text} ({keys})")
        button.setShortcut(shortcut)
        return button

    def _on_search(self, text: str) -> None:
        self.chats.search(text)
        nothing = bool(text.strip()) and self.chats.rowCount() == 0
        self._nothing.setVisible(nothing)
        if nothing:
            self._nothing.setText(self.tr("Nobody by that name."))
