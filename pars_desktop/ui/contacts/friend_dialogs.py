"""The questions before something changes between a friend and us, and what came of a yes."""

from collections.abc import Awaitable

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import Account
from pars_desktop.domain.conversation import Conversation
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.text import MAX_NAME
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.contacts.friend_menu import FriendWish
from pars_desktop.ui.plain_text import Label, address, isolated, spoken
from pars_desktop.ui.sheet import Button, Sheet, breakable, buttons, field, line, small

translate = QCoreApplication.translate


class FriendDialog(Sheet):
    """Says what would happen. It closes when that has happened; if it cannot, it says why."""

    confirmed = Signal()

    def __init__(self, title: str, text: str, verb: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        said = Label(breakable(text), wraps=True)
        said.setAccessibleName(spoken(text))
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        self._yes = Button(verb)
        self._yes.clicked.connect(self._confirm)
        self.cancel = Button(self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.column.addWidget(said)
        self.column.addWidget(self._trouble)
        self.column.addLayout(buttons(self.cancel, self._yes))
        self.cancel.setFocus()

    def fail(self, text: str) -> None:
        """It did not work; the person may try again."""
        self._trouble.say(text)
        self._yes.setEnabled(True)

    def _confirm(self) -> None:
        if self._yes.isEnabled():
            self._yes.setEnabled(False)
            self._trouble.hide()
            self.confirmed.emit()


class RenameDialog(FriendDialog):
    """What we call them; nobody else sees it."""

    def __init__(self, chat: Conversation, parent: QWidget | None = None) -> None:
        text = address(chat.key.peer)
        super().__init__(self.tr("Rename friend"), text, self.tr("Save"), parent)
        theme.primary(self._yes)
        self._name = line(chat.name, longest=MAX_NAME)
        self._name.returnPressed.connect(self._confirm)
        named = field(self.tr("Name"), self._name)
        named.addWidget(small(self.tr("Only you see it. Without a name, the address is shown.")))
        self.column.insertLayout(2, named)
        QWidget.setTabOrder(self._name, self.cancel)
        self._name.setFocus()

    def setVisible(self, visible: bool) -> None:  # noqa: N802 (Qt's name)
        """Chosen as a whole, to be typed over; of a long name one sees the beginning."""
        super().setVisible(visible)
        if visible:
            self._name.end(False)
            self._name.home(True)

    @property
    def name(self) -> str:
        """What was typed."""
        return errors.plain(self._name.text(), MAX_NAME)


def open_question(
    wish: FriendWish, chat: Conversation, account: Account, tasks: Tasks, parent: QWidget
) -> None:
    """Ask, and do it after a yes."""
    dialog = question(wish, chat, parent)

    def deed() -> Awaitable[None]:
        if isinstance(dialog, RenameDialog):
            return account.friends.rename(chat.key.peer, dialog.name)
        if wish is FriendWish.REMOVE:
            return account.friends.remove(chat.key.peer)
        return account.blocking.block(chat.key.peer)

    async def carry_out() -> None:
        try:
            await deed()
            if isValid(dialog):
                dialog.accept()
        except Trouble as trouble:
            if isValid(dialog):
                dialog.fail(errors.sentence(trouble, account.jid))

    dialog.confirmed.connect(lambda: tasks.spawn(carry_out(), name=f"{wish.value} a friend"))
    dialog.open()


def question(wish: FriendWish, chat: Conversation, parent: QWidget | None = None) -> FriendDialog:
    """The dialog that asks whether this is really wanted, and how."""
    if wish is FriendWish.RENAME:
        return RenameDialog(chat, parent)
    name = isolated(chat.title) if chat.name else address(chat.key.peer)
    if wish is FriendWish.REMOVE:
        title, verb = (
            translate("FriendDialog", "Remove from the list?"),
            translate("FriendDialog", "Remove"),
        )
        text = translate(
            "FriendDialog",
            "{name} leaves your list, and neither of you sees any more when the other is online. "
            "They can notice that. What you wrote stays. "
            "To be friends again, one of you has to ask.",
        )
    else:
        title, verb = (
            translate("FriendDialog", "Block this person?"),
            translate("FriendDialog", "Block"),
        )
        text = translate(
            "FriendDialog",
            "Messages and requests of {name} do not reach you any more, and to them you look "
            "offline. They are not told. You can unblock them again.",
        )
    said = text.format(name=name)
    return FriendDialog(title, f"{said}\n\n{address(chat.key.peer)}", verb, parent)
