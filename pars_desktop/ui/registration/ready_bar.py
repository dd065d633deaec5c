"""Says that an account is there, and what became of its password."""

from dataclasses import dataclass, field

from PySide6.QtWidgets import QWidget

from pars_desktop.domain.account import KeepPassword
from pars_desktop.domain.jid import JID
from pars_desktop.ui.bars import Bar
from pars_desktop.ui.plain_text import address, isolated
from pars_desktop.ui.registration.copy_password import CopyPassword


@dataclass(frozen=True, slots=True)
class Ready:
    """What there is to say about an account that was made, or whose password was reset."""

    jid: JID
    keep: KeepPassword
    suggested: str = field(default="", repr=False)  # the password, unless the person chose it
    friend: str = ""  # who will be a friend: what our person calls them, or their address
    was_there: bool = False  # the password of one of our accounts was reset


class ReadyBar(Bar):
    """Stays until the person has read it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("tick", parent)
        self._jid: JID | None = None
        self._suggested = ""
        self._copy = CopyPassword(lambda: self._suggested)
        self.buttons.addWidget(self._copy)
        self.add_button(self.tr("Dismiss"), self._dismiss)
        self.buttons.addStretch()

    def announce(self, ready: Ready) -> None:
        """Show this account instead of the one before."""
        self._jid, self._suggested = ready.jid, ready.suggested
        self._copy.setVisible(bool(ready.suggested))
        text = self.tr("Your account {address} is ready.")
        if ready.was_there:
            text = self.tr("The new password of {address} is set.")
        details = self._where(ready.keep)
        if ready.friend:
            friends = self.tr("You and {name} will be friends without another step.")
            details = f"{friends.format(name=isolated(ready.friend))} {details}"
        self.tell(text.format(address=address(ready.jid)), details)

    def left(self, account: JID) -> None:
        """This account was removed."""
        if account == self._jid:
            self._dismiss()

    def _dismiss(self) -> None:
        self._jid, self._suggested = None, ""
        self.hide()

    def _where(self, keep: KeepPassword) -> str:
        if keep is KeepPassword.KEYRING:
            return self.tr("Its password is in the keyring of this computer.")
        if keep is KeepPassword.FILE:
            return self.tr("Its password is in a file that only you can read.")
        return self.tr("Pars asks for its password at each start: keep it in a safe place.")
