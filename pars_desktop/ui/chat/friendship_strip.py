"""The strip that says how far a friendship is wanting, and what can be done about it."""

from enum import Enum

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from pars_desktop.domain.contact import Progress, Subscription
from pars_desktop.domain.conversation import Conversation
from pars_desktop.ui import theme
from pars_desktop.ui.chat.button_strip import ButtonStrip
from pars_desktop.ui.contacts.chat_model import Standing
from pars_desktop.ui.plain_text import address, isolated
from pars_desktop.ui.sheet import Button

_WANTING = {
    Subscription.NONE: QT_TRANSLATE_NOOP(
        "FriendshipStrip",
        "You and {name} are not friends now: neither of you sees when the other is online. "
        "Messages may still arrive.",
    ),
    Subscription.FROM: QT_TRANSLATE_NOOP(
        "FriendshipStrip",
        "You and {name} are not friends now: they see when you are online, but you do not see "
        "when they are.",
    ),
    Subscription.TO: QT_TRANSLATE_NOOP(
        "FriendshipStrip",
        "You and {name} are not friends now: they do not see when you are online. "
        "Only they can ask for that.",
    ),
}
_ROOMY = 480  # pixels


class Wish(Enum):
    """What the person would like to do about somebody who is no friend."""

    ASK_AGAIN = "ask again"
    END = "end"  # what was asked for, for good
    ADD = "add"
    BLOCK = "block"
    UNBLOCK = "unblock"


class FriendshipStrip(ButtonStrip):
    """Hidden among friends, and once they have said yes."""

    wished = Signal(Wish)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("add_friend", parent=parent)
        self.other = theme.quiet(Button(""))
        self.other.hide()
        self._ways = QHBoxLayout()
        self._ways.setSpacing(0)
        across = self.layout()
        if isinstance(across, QHBoxLayout):
            across.removeWidget(self.button)
            self._ways.addWidget(self.button)
            self._ways.addWidget(self.other)
            across.addLayout(self._ways)
        self._wish: Wish | None = None
        self._other_wish: Wish | None = None
        self._chat: Conversation | None = None
        self._asks = False  # whether it is to be ended
        self._blocked = self._bounced = False
        self._standing: Standing | None = None
        self.button.clicked.connect(lambda: self._on_pressed(self._wish))
        self.other.clicked.connect(lambda: self._on_pressed(self._other_wish))
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, one button below the other."""
        super().resizeEvent(event)
        beside, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._ways.setDirection(beside if self.width() >= _ROOMY else below)

    def show_chat(
        self,
        chat: Conversation,
        *,
        blocked: bool = False,
        bounced: bool = False,
        standing: Standing | None = None,
    ) -> None:
        """Whose friendship it is about. `bounced`: a message found nobody there."""
        can_end = chat.is_estranged or (chat.is_waiting and chat.progress is not Progress.ACCEPTED)
        if self._chat is None or chat.key != self._chat.key or not can_end:
            self._asks = False
        self._chat, self._blocked, self._bounced, self._standing = chat, blocked, bounced, standing
        name = isolated(chat.title) if chat.name else address(chat.key.peer)
        self.offer("")
        self._offer_other("")
        if self._asks:
            self._show_question(chat, name)
        elif self._blocked:
            self.say(self.tr("You have blocked {name}.").format(name=name))
            self._offer(Wish.UNBLOCK, self.tr("Unblock"))
        elif not chat.in_roster and not chat.is_waiting:
            self.say(self.tr("{name} is not in your list.").format(name=name))
            self._offer(Wish.ADD, self.tr("Add"))
            self._offer_other(self.tr("Block"), Wish.BLOCK)
        elif chat.is_estranged:
            self._show_estranged(chat, name)
        elif can_end:
            self._show_waiting(chat, name)
        else:
            self.say("")

    def _show_question(self, chat: Conversation, name: str) -> None:
        self.say(self.tr("Take {name} off your list? What you wrote stays.").format(name=name))
        waits = chat.is_waiting
        self._offer(Wish.END, self.tr("Cancel request") if waits else self.tr("Remove"))
        self._offer_other(self.tr("Keep waiting") if waits else self.tr("Keep"), None)

    def _show_estranged(self, chat: Conversation, name: str) -> None:
        text = self.tr("{name} declined your request.")
        if self._standing is not Standing.DECLINED:
            text = QCoreApplication.translate("FriendshipStrip", str(_WANTING[chat.subscription]))
        self.say(text.format(name=name))
        # Whom we see has said yes to us: a server does not hand on what we would ask them.
        if chat.subscription is not Subscription.TO:
            self._offer(Wish.ASK_AGAIN, self.tr("Ask again"))
        self._offer_other(self.tr("Remove from the list"), Wish.END)

    def _show_waiting(self, chat: Conversation, name: str) -> None:
        if chat.progress is Progress.EXPIRED:
            text = self.tr(
                "{name} does not answer: the invitation has probably ended. "
                "You can ask again without it."
            )
            self._offer(Wish.ASK_AGAIN, self.tr("Ask again"))
            self.button.setAccessibleName(self.tr("Ask again without the invitation"))
        elif chat.progress is not None and chat.progress.came_back:
            text = self.tr("The request to {name} came back. Perhaps the address is not right.")
        elif self._standing is Standing.UNSENT:
            text = self.tr("You are offline. The request goes out when the connection is back.")
        elif self._bounced:
            text = self.tr("This address may not exist: a message to {name} came back.")
        else:
            text = self.tr("{name} has not answered yet.")
        self.say(text.format(name=name))
        self._offer_other(self.tr("Cancel request"), Wish.END)

    def _offer(self, wish: Wish, text: str) -> None:
        self._wish = wish
        self.offer(text)

    def _offer_other(self, text: str, wish: Wish | None = None) -> None:
        """The second button; without a wish it only takes back what was asked."""
        self._other_wish = wish
        self.other.setText(text)
        self.other.setAccessibleName(text)
        self.other.setVisible(bool(text))

    def _on_pressed(self, wish: Wish | None) -> None:
        """What ends something is asked about once."""
        asks = wish is Wish.END and not self._asks
        if wish is not None and not asks:
            self.wished.emit(wish)
        if self._chat is not None and asks != self._asks:
            self._asks = asks
            self.show_chat(
                self._chat, blocked=self._blocked, bounced=self._bounced, standing=self._standing
            )
            (self.other if asks else self.button).setFocus()
