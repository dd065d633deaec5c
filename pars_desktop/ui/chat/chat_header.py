"""With whom one speaks, and whether they are around: the top of a chat."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pars_desktop.domain.contact import Progress
from pars_desktop.domain.conversation import Conversation
from pars_desktop.ui import theme
from pars_desktop.ui.avatar import Avatar
from pars_desktop.ui.contacts.chat_model import Standing, availability_word
from pars_desktop.ui.icons import IconButton
from pars_desktop.ui.plain_text import ElidedLabel, isolated


class ChatHeader(QWidget):
    """Avatar, name and presence; in a narrow window also the way back."""

    back = Signal()
    menu_wanted = Signal(QPoint)  # at a place on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._back = IconButton("back", self.tr("Back to the chats"), shortcut=self.tr("Esc"))
        self._back.clicked.connect(self.back)
        self._back.hide()
        self._avatar = Avatar()
        self._name = ElidedLabel(font=theme.font(theme.TITLE, QFont.Weight.DemiBold))
        self._presence = ElidedLabel(font=theme.font(theme.SMALL))
        self._presence.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._more = IconButton("more", self.tr("More about this friend"))
        self._more.clicked.connect(self._on_more)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addWidget(self._name)
        words.addWidget(self._presence)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GROUP, 12, theme.GROUP, 12)
        row.setSpacing(12)
        row.addWidget(self._back)
        row.addWidget(self._avatar)
        row.addLayout(words, 1)
        row.addWidget(self._more)

    def show_chat(
        self,
        chat: Conversation,
        *,
        says_account: bool = False,
        bounced: bool = False,
        standing: Standing | None = None,
    ) -> None:
        """Whose chat it is; and ours, where we have several addresses. `bounced`: a message to
        them found nobody there."""
        address = str(chat.key.peer)
        self._avatar.show_person(address, chat.name)
        self._name.setText(chat.title)
        self._name.setToolTip(address)
        line = self._line(chat, bounced, standing)
        if says_account:
            mine = self.tr("as {account}").format(account=isolated(str(chat.key.account)))
            line = f"{line} · {mine}"
        self._presence.setText(line)
        self._presence.setToolTip(line)

    def set_narrow(self, narrow: bool) -> None:
        """The chat list is not beside it: offer the way back."""
        self._back.setVisible(narrow)

    def _on_more(self) -> None:
        self.menu_wanted.emit(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.colours().hairline)

    def _line(self, chat: Conversation, bounced: bool, standing: Standing | None) -> str:
        address = isolated(str(chat.key.peer))
        if chat.progress is Progress.ACCEPTED:
            return self.tr("{address} accepted; the rest happens by itself").format(address=address)
        if chat.progress is not None and chat.progress.came_back:
            return self.tr("{address} cannot be reached").format(address=address)
        if standing is Standing.UNSENT:
            return self.tr("{address}, not asked yet: you are offline").format(address=address)
        if chat.is_waiting and bounced:
            return self.tr("{address}, which may not exist").format(address=address)
        if chat.is_waiting:
            return self.tr("Waiting for {address}, who may be offline").format(address=address)
        if not chat.in_roster:
            return self.tr("{address}, not in your list").format(address=address)
        if standing is Standing.DECLINED:
            return self.tr("{address} declined your request").format(address=address)
        if chat.is_estranged:
            return self.tr("{address}, not friends now").format(address=address)
        word = availability_word(chat.availability)
        word = word[:1].upper() + word[1:]
        return f"{word} · {address}" if chat.name else word
