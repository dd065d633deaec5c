"""One chat at a time: who it is with, what was said, what is being written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QDesktopServices,
    QKeyEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pars_desktop.core.account import Account, AccountStatus, State
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action, Warn
from pars_desktop.domain.message import Delivery, Message
from pars_desktop.domain.uri import parse_link, typed_link
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bind import bind
from pars_desktop.ui.chat.chat_header import ChatHeader
from pars_desktop.ui.chat.composer import Composer
from pars_desktop.ui.chat.friendship_strip import FriendshipStrip, Wish
from pars_desktop.ui.chat.link_dialog import LinkDialog
from pars_desktop.ui.chat.link_text import is_suspicious, url_of
from pars_desktop.ui.chat.message_delegate import NOWHERE
from pars_desktop.ui.chat.message_model import MessageModel
from pars_desktop.ui.chat.message_view import MessageView
from pars_desktop.ui.chat.notice_strip import NoticeStrip
from pars_desktop.ui.contacts.bars_area import is_usable
from pars_desktop.ui.contacts.chat_model import Standing
from pars_desktop.ui.plain_text import one_line, spoken

_DRAFT_MS = 1000  # what is written is kept this long after the last key
_READ_OUT = 3  # more messages than this at once are counted, not read out


class ChatPage(QWidget):
    """Shows the chat it is told to; everything else it says by signal."""

    back_requested = Signal()
    sign_in_requested = Signal(JID)
    invitation_clicked = Signal(str)  # an xmpp: link in a message, or a page that stands for one
    ask_again_requested = Signal(ChatKey)  # for a friendship that is none any more
    end_requested = Signal(ChatKey)  # of a friendship that was asked for and does not stand
    block_requested = Signal(ChatKey, bool)  # or, if false, the opposite
    menu_wanted = Signal(ChatKey, QPoint)  # of the friend, at a place on the screen

    def __init__(
        self,
        accounts: Accounts,
        conversations: Conversations,
        parent: QWidget | None = None,
        standing_of: Callable[[Conversation], Standing | None] = lambda _: None,
    ) -> None:
        super().__init__(parent)
        self._standing_of = standing_of
        self._accounts = accounts
        self._conversations = conversations
        self._key: ChatKey | None = None
        self._kept_draft = ""
        self._listened: set[Account] = set()
        self._header = ChatHeader()
        self._header.back.connect(self.back_requested)
        self._header.menu_wanted.connect(self._want_menu)
        self._model = MessageModel(conversations, self)
        self.messages = MessageView(self._model)
        self.friendship = FriendshipStrip()
        self.notice = NoticeStrip()
        self.composer = Composer()
        self._save_soon = QTimer(self, singleShot=True, interval=_DRAFT_MS)
        self._save_soon.timeout.connect(self.keep_draft)
        self._place()
        self._connect()

    def show_chat(self, key: ChatKey) -> None:
        """Open a chat where the person left off; a new one gets a row in the list."""
        if key == self._key:
            return
        self.leave()
        self._key = key
        self.notice.tell("")
        if self._conversations.row(key) is None:
            with self._telling_trouble():
                self._conversations.open(key)
        chat = self._conversations.row(key) or Conversation(key)
        account = self._accounts.get(key.account)
        self._kept_draft = chat.draft
        self.composer.set_text(chat.draft)
        self._save_soon.stop()
        if account is not None:
            self._listen(account)
            self._show_status(account.status)
        self._show_facts(chat)
        self._model.open(key, chat.title, chat.unread)
        self.messages.show_start()
        self._mark_read()

    def leave(self) -> None:
        """Close the chat; what was being written is kept."""
        self.keep_draft()
        self._key = None
        self._model.open(None)

    def keep_draft(self) -> None:
        """Write down what is being written."""
        self._save_soon.stop()
        text = self.composer.text()
        if self._key is not None and text != self._kept_draft:
            with self._telling_trouble():
                self._conversations.set_draft(self._key, text)
                self._kept_draft = text

    def start_writing(self, text: str = "") -> None:
        """Put the cursor into the composer, after a text that is offered but not sent.

        What the person has written there stays: a link must not destroy it.
        """
        if text:
            written = self.composer.text()
            self.composer.set_text(f"{written}\n{text}" if written.strip() else text)
        self.composer.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def is_writing(self) -> bool:
        """The person is in the middle of a message."""
        return self.composer.field.hasFocus() and bool(self.composer.text())

    def set_narrow(self, narrow: bool) -> None:
        """The chat list is not beside the page."""
        self._header.set_narrow(narrow)

    def refresh(self, key: ChatKey) -> None:
        """Something about this chat is another than before."""
        if key == self._key and (chat := self._conversations.row(key)) is not None:
            self._show_facts(chat)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.messages.at_end:
                self.back_requested.emit()
            else:
                self.messages.jump_to_end()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 (Qt's name)
        """From a strip that has gone the focus goes to where one writes, not to another strip."""
        held, field = self.window().focusWidget(), self.composer.field
        gone = held is not None and self.isAncestorOf(held) and not is_usable(held)
        if gone and is_usable(field):
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().focusNextPrevChild(forward)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:  # ActivationChange goes to windows only
            self._mark_read()
        return super().event(event)

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        notices = QVBoxLayout()
        notices.setContentsMargins(theme.GROUP, 0, theme.GROUP, 0)
        notices.setSpacing(theme.RELATED)
        notices.addWidget(self.friendship)
        notices.addWidget(self.notice)
        column.addWidget(self._header)
        column.addWidget(self.messages, 1)
        column.addLayout(notices)
        column.addWidget(self.composer)

    def _connect(self) -> None:
        self.composer.submitted.connect(self._send)
        self.composer.changed.connect(self._save_soon.start)
        self.composer.shortened.connect(self._on_shortened)
        self.messages.send_again.connect(self._send_again)
        self.messages.link_activated.connect(self._open_link)
        self.messages.typed.connect(self.composer.type)
        self.messages.reached_end.connect(self._mark_read)
        self._model.came.connect(self._on_came)
        self.notice.try_now.connect(self._try_now)
        self.notice.sign_in.connect(self._ask_to_sign_in)
        self.friendship.wished.connect(self._on_wish)
        bind(self, self._conversations.changed, self.refresh)
        bind(self, self._conversations.reset, self._on_reset)

    def _show_facts(self, chat: Conversation) -> None:
        bounced = chat.is_waiting and self._bounced(chat)
        standing = self._standing_of(chat)
        self._header.show_chat(
            chat,
            says_account=len(self._conversations.accounts) > 1,
            bounced=bounced,
            standing=standing,
        )
        account = self._accounts.get(chat.key.account)
        self.friendship.show_chat(
            chat,
            blocked=account is not None and account.blocking.is_blocked(chat.key.peer),
            bounced=bounced,
            standing=standing,
        )
        self._model.rename(chat.title)

    def _on_reset(self) -> None:
        if self._key is not None:
            self.refresh(self._key)

    def _want_menu(self, at: QPoint) -> None:
        if self._key is not None:
            self.menu_wanted.emit(self._key, at)

    def _bounced(self, chat: Conversation) -> bool:
        """The last message came back, because there is no such person or server."""
        if chat.last_delivery is not Delivery.FAILED:
            return False
        return any(each.error in NOWHERE for each in self._conversations.page(chat.key, limit=1))

    def _on_wish(self, wish: Wish) -> None:
        if self._key is None:
            return
        if wish is Wish.ASK_AGAIN:
            self.ask_again_requested.emit(self._key)
        elif wish is Wish.END:
            self.end_requested.emit(self._key)
        elif wish is Wish.ADD:
            self.invitation_clicked.emit(typed_link(str(self._key.peer)))
        else:
            self.block_requested.emit(self._key, wish is Wish.BLOCK)

    @contextmanager
    def _telling_trouble(self) -> Iterator[None]:
        """What does not work is said above the composer; the chat can be used nevertheless."""
        try:
            yield
        except Trouble as trouble:
            self.notice.tell(errors.sentence(trouble, self._key.account if self._key else None))

    # --- the account -----------------------------------------------------------------------------

    def _listen(self, account: Account) -> None:
        if account not in self._listened:
            self._listened.add(account)
            bind(self, account.status_changed, lambda status: self._on_status(account, status))
            bind(self, account.blocking.changed, self._on_reset)

    def _on_status(self, account: Account, status: AccountStatus) -> None:
        if self._key is not None and account.jid == self._key.account:
            self._show_status(status)
            self._on_reset()  # what is waited for may be another thing now

    def _show_status(self, status: AccountStatus) -> None:
        self.notice.show_status(status)
        online = status.state is State.ONLINE
        self.messages.delegate.why_waiting = (
            self.tr("Waiting for the server.") if online else self.tr("Waiting for the connection.")
        )

    def _try_now(self) -> None:
        if self._key is not None and (account := self._accounts.get(self._key.account)):
            account.retry_now()

    def _ask_to_sign_in(self) -> None:
        if self._key is not None:
            self.sign_in_requested.emit(self._key.account)

    # --- messages --------------------------------------------------------------------------------

    def _send(self, text: str) -> None:
        if self._key is None:
            return
        self.messages.jump_to_end()
        try:
            self._conversations.send(self._key, text)
        except Trouble as trouble:
            self.notice.tell(errors.sentence(trouble, self._key.account))
            return
        self.notice.tell("")
        self._model.seen_new()
        self.composer.set_text("")
        self.keep_draft()

    def _send_again(self, message: Message) -> None:
        if self._key is not None:
            with self._telling_trouble():
                self._conversations.retry(self._key, message)

    def _on_shortened(self) -> None:
        self.notice.tell(self.tr("The text was too long for one message. Its end was left out."))

    def _on_came(self, messages: list[Message]) -> None:
        self._mark_read()
        if messages and self.isVisible() and self.isActiveWindow():
            self._read_out(messages)

    def _read_out(self, messages: list[Message]) -> None:
        """Have screen readers say what came, once they have finished what they are saying."""
        said = [f"{self._model.sender_of(each)}: {one_line(each.body)}" for each in messages]
        if len(said) > _READ_OUT:
            said = [self.tr("%n new messages", "", len(said))]
        for text in said:
            event = QAccessibleAnnouncementEvent(self.messages, spoken(text))
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
            QAccessible.updateAccessibility(event)

    def _mark_read(self) -> None:
        """Only what could be seen counts as read."""
        seen = self.isVisible() and self.isActiveWindow() and self.messages.at_end
        if self._key is not None and seen:
            with self._telling_trouble():
                self._conversations.mark_read(self._key)

    # --- links -----------------------------------------------------------------------------------

    def _open_link(self, target: str) -> None:
        if target[:5].lower() == "xmpp:" or _is_invitation(target):
            self.invitation_clicked.emit(target)
        elif is_suspicious(target):
            dialog = LinkDialog(target, self)
            dialog.confirmed.connect(self._open_url)
            dialog.open()
        else:
            self._open_url(target)

    def _open_url(self, target: str) -> None:
        QDesktopServices.openUrl(url_of(target))


def _is_invitation(target: str) -> bool:
    """The address of this page alone says whose invitation it is; of a host that we do not know,
    only with a token. Pages that would have to be asked are for the browser."""
    link = parse_link(target)
    if Warn.UNKNOWN_HOST in link.warnings and link.token is None:
        return False
    return link.action in (Action.ROSTER, Action.SUBSCRIBE, Action.REGISTER)
