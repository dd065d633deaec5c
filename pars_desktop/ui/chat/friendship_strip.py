"""The strip that says how far a friendship is wanting, and asks again."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from pars_desktop.domain.contact import Progress, Subscription
from pars_desktop.domain.conversation import Conversation
from pars_desktop.ui.chat.button_strip import ButtonStrip
from pars_desktop.ui.plain_text import isolated

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


class FriendshipStrip(ButtonStrip):
    """Hidden among friends, and while an answer may still come."""

    ask_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("add_friend", parent=parent)
        self.button.clicked.connect(self.ask_again)
        self.hide()

    def show_chat(self, chat: Conversation) -> None:
        """Whose friendship it is about."""
        if chat.progress is Progress.EXPIRED:
            text = self.tr(
                "{name} does not answer: the invitation has probably ended. "
                "You can ask again without it."
            )
            self.say(text.format(name=isolated(chat.title)))
            self.offer(self.tr("Ask again"))
            self.button.setAccessibleName(self.tr("Ask again without the invitation"))
            return
        if not chat.is_estranged:
            self.say("")
            return
        text = QCoreApplication.translate("FriendshipStrip", str(_WANTING[chat.subscription]))
        self.say(text.format(name=isolated(chat.title)))
        # Whom we see has said yes to us: a server does not hand on what we would ask them.
        self.offer("" if chat.subscription is Subscription.TO else self.tr("Ask again"))
