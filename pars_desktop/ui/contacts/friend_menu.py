"""What can be done about a friend later: their menu, in the list of chats and above their chat."""

from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from pars_desktop.domain.conversation import ChatKey, Conversation


class FriendWish(Enum):
    """What the person would like to change; all but the last is asked about first."""

    RENAME = "rename"
    REMOVE = "remove"
    BLOCK = "block"
    UNBLOCK = "unblock"


class FriendMenu(QMenu):
    """Only what makes sense for this person now."""

    wished = Signal(ChatKey, FriendWish)

    def __init__(self, chat: Conversation, *, blocked: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = chat.key
        if chat.in_roster:
            self._add(self.tr("Rename…"), FriendWish.RENAME)
            friend, other = self.tr("Remove friend…"), self.tr("Remove from the list…")
            self._add(friend if chat.is_friend else other, FriendWish.REMOVE)
        if blocked:
            self._add(self.tr("Unblock"), FriendWish.UNBLOCK)
        else:
            self._add(self.tr("Block…"), FriendWish.BLOCK)

    def _add(self, text: str, wish: FriendWish) -> None:
        self.addAction(text).triggered.connect(lambda: self.wished.emit(self._key, wish))
