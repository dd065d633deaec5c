"""One chat at a time: who it is with, what was said, what is being written."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pars_desktop.core.account import Account, AccountStatus, State
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Message
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bind import bind
from pars_desktop.ui.chat.chat_header import ChatHeader
from pars_desktop.ui.chat.composer import Composer
from pars_desktop.ui.chat.link_dialog import LinkDialog
from pars_desktop.ui.chat.link_text import is_suspicious, url_of
from pars_desktop.ui.chat.message_model import MessageModel
from pars_desktop.ui.chat.message_view import MessageView
from pars_desktop.ui.chat.notice_strip import NoticeStrip

_DRAFT_MS = 1000  # what is written is kept this long after the last key


class ChatPage(QWidget):
    """Shows the chat it is told to; everything else it says by signal."""

    back_requested = Signal()
    sign_in_requested = Signal(JID)
    invitation_clicked = Signal(str)  # an xmpp: link in a message

    def __init__(
        self, accounts: Accounts, conversations: Conversations, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._conversations = conversations
        self._key: ChatKey | None = None
        self._kept_draft = ""
        self._listened: set[JID] = set()
        self._header = ChatHeader()
        self._header.back.connect(self.back_requested)
        self._model = MessageModel(conversations, self)
        self.messages = MessageView(self._model)
        self.notice = NoticeStrip()
        self.composer = Composer()
        self._save_soon = QTimer(self, singleShot=True, interval=_DRAFT_MS)
        self._save_soon.timeout.connect(self.keep_draft)
        self._place()
        self._connect()

    def show_chat(self, key: ChatKey) -> None:
        """Open a chat where the person left off."""
        if key == self._key:
            return
        self.leave()
        self._key = key
        chat = self._conversations.row(key) or Conversation(key)
        account = self._accounts.get(key.account)
        self._kept_draft = chat.draft
        self.composer.set_text(chat.draft)
        self._save_soon.stop()
        self.notice.tell("")
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
            try:
                self._conversations.set_draft(self._key, text)
                self._kept_draft = text
            except Trouble as trouble:
                self.notice.tell(errors.sentence(trouble, self._key.account))

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.messages.at_end:
                self.back_requested.emit()
            else:
                self.messages.jump_to_end()
        else:
            super().keyPressEvent(event)

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
        bind(self, self._conversations.changed, self._on_changed)

    def _show_facts(self, chat: Conversation) -> None:
        self._header.show_chat(chat)
        self._model.rename(chat.title)

    def _on_changed(self, key: ChatKey) -> None:
        if key == self._key and (chat := self._conversations.row(key)) is not None:
            self._show_facts(chat)

    # --- the account -----------------------------------------------------------------------------

    def _listen(self, account: Account) -> None:
        if account.jid not in self._listened:
            self._listened.add(account.jid)
            bind(self, account.status_changed, lambda status: self._on_status(account, status))

    def _on_status(self, account: Account, status: AccountStatus) -> None:
        if self._key is not None and account.jid == self._key.account:
            self._show_status(status)

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
            self._conversations.retry(self._key, message)

    def _on_shortened(self) -> None:
        self.notice.tell(self.tr("The text was too long for one message. Its end was left out."))

    def _on_came(self, _count: int) -> None:
        self._mark_read()

    def _mark_read(self) -> None:
        """Only what could be seen counts as read."""
        seen = self.isVisible() and self.isActiveWindow() and self.messages.at_end
        if self._key is not None and seen:
            self._conversations.mark_read(self._key)

    # --- links -----------------------------------------------------------------------------------

    def _open_link(self, target: str) -> None:
        if target[:5].lower() == "xmpp:":
            self.invitation_clicked.emit(target)
        elif is_suspicious(target):
            dialog = LinkDialog(target, self)
            dialog.confirmed.connect(self._open_url)
            dialog.open()
        else:
            self._open_url(target)

    def _open_url(self, target: str) -> None:
        QDesktopServices.openUrl(url_of(target))
