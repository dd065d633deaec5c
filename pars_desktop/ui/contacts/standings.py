"""What a row does not know of a friendship that was asked for: that nothing left yet, or the No."""

from PySide6.QtCore import QObject, Signal

from pars_desktop.core.account import Account, State
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.contact import Contact, Progress
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.jid import JID
from pars_desktop.ui.account_state import is_refused
from pars_desktop.ui.bind import bind
from pars_desktop.ui.contacts.chat_model import Standing


class Standings(QObject):
    """Listens to all accounts. A No is remembered as long as the program runs: then whoever said
    it cannot be told any more from a friend who left."""

    changed = Signal(ChatKey)

    def __init__(self, accounts: Accounts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._declined: set[ChatKey] = set()
        for account in accounts.all():
            self._listen(account)
        bind(self, accounts.added, self._listen)

    def of(self, chat: Conversation) -> Standing | None:
        """What there is to say about it, if anything."""
        account = self._accounts.get(chat.key.account)
        if chat.progress is Progress.WAITING and account is not None:
            return Standing.UNSENT if _is_unsent(account, chat.key.peer) else None
        is_declined = chat.is_estranged and chat.key in self._declined
        return Standing.DECLINED if is_declined else None

    def _listen(self, account: Account) -> None:
        def on_progress(jid: JID) -> None:
            key = ChatKey(account.jid, jid)
            before = key in self._declined
            if is_refused(account, jid):
                self._declined.add(key)
            else:
                self._declined.discard(key)
            if before is not (key in self._declined):
                self.changed.emit(key)

        def on_befriended(contact: Contact) -> None:
            self._declined.discard(ChatKey(account.jid, contact.jid))

        bind(self, account.friends.progressed, on_progress)
        bind(self, account.friends.begun, on_progress)
        bind(self, account.friends.befriended, on_befriended)


def _is_unsent(account: Account, jid: JID) -> bool:
    """There is no session, and no server has heard of it."""
    contact = account.friends.contact(jid)
    return account.status.state is not State.ONLINE and (contact is None or not contact.ask)
