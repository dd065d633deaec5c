"""Add a friend: asks for a link or an address, shows who it is, and what became of it."""

from datetime import timedelta

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from pars_desktop.core.accounts import Accounts
from pars_desktop.core.links import Proposal, ProposalKind
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action
from pars_desktop.ui import errors
from pars_desktop.ui.bind import bind
from pars_desktop.ui.invite.ask_page import AskPage
from pars_desktop.ui.invite.note_page import NotePage
from pars_desktop.ui.invite.proposal_page import ProposalPage
from pars_desktop.ui.plain_text import address, isolated
from pars_desktop.ui.sheet import Sheet

_MS = timedelta(milliseconds=1)
_ABOUT_PEOPLE = frozenset(
    {Action.REMOVE, Action.UNSUBSCRIBE, Action.SENDFILE, Action.VCARD, Action.TRUST_MESSAGE}
)


class AddFriendDialog(Sheet):
    """Nothing is sent before the person confirms, and what they confirm is what they see.

    Whoever opens it answers `entered` with `propose`, and `confirmed` with `wait` or `fail`.
    """

    entered = Signal(str)  # a link or an address
    confirmed = Signal(object, object, str)  # our account (JID), the friend (JID), their name
    open_chat = Signal(ChatKey)
    compose = Signal(ChatKey, str)  # open the chat with a text in the composer, unsent

    def __init__(
        self,
        accounts: Accounts,
        parent: QWidget | None = None,
        *,
        hold: timedelta = timedelta(milliseconds=700),
        success_shown: timedelta = timedelta(milliseconds=1500),
    ) -> None:
        super().__init__(self.tr("Add a friend"), parent)
        self._hold = hold
        self._asked: ChatKey | None = None  # what was confirmed, until it is a friendship
        self._over = QTimer(self, singleShot=True, interval=success_shown // _MS)
        self._page: QWidget = QWidget()
        ask = AskPage()
        ask.entered.connect(self.entered)
        ask.cancelled.connect(self.reject)
        self._turn_to(ask)
        for account in accounts.all():
            bind(self, account.friends.befriended, self._on_befriended)

    def propose(self, proposal: Proposal, *, ask_first: bool = False) -> bool:
        """Show where a link leads. False: nowhere, said beside the question asked before.

        A link to a friend opens their chat, unless the person has to be asked first.
        """
        self._asked = None
        self.call(self.tr("Add a friend"))
        link, jid = proposal.link, proposal.link.jid
        if proposal.kind is ProposalKind.REFUSED and isinstance(self._page, AskPage):
            self._page.say(errors.link_refusal(link.refused))
            return False
        if proposal.kind is ProposalKind.ADD_FRIEND and jid is not None:
            page = ProposalPage(proposal, jid.bare, self._hold)
            page.confirmed.connect(self._on_confirmed)
            page.cancelled.connect(self.reject)
            self._turn_to(page)
        elif (
            proposal.kind is ProposalKind.OPEN_CHAT
            and (key := chat_of(proposal)) is not None
            and not ask_first
        ):
            self._leave_for(key)
        else:
            self.call(self.tr("About this link"))
            self._turn_to(self._explanation(proposal))
        return True

    def fail(self, trouble: Trouble) -> None:
        """What was confirmed did not work: say so, and let the person try again."""
        self._asked = None
        if isinstance(self._page, ProposalPage):
            self._page.fail(trouble)

    def wait(self) -> None:
        """What was confirmed is on its way; the answer may take until they are online."""
        if self._asked is None or not isinstance(self._page, ProposalPage):
            return
        text = self.tr("Waiting for {address}, who may be offline.")
        page = NotePage(text.format(address=address(self._asked.peer)), self._asked.peer)
        page.offer(self.tr("Close"), self.accept)
        self._turn_to(page)

    def _on_confirmed(self, account: JID, name: str) -> None:
        page = self._page
        if isinstance(page, ProposalPage):
            self._asked = ChatKey(account, page.jid)
            self.confirmed.emit(account, page.jid, name)

    def _on_befriended(self, contact: Contact) -> None:
        key = self._asked
        if key is None or contact.jid != key.peer:
            return
        self._asked = None
        name = contact.name or str(contact.jid)
        text = self.tr("You and {name} are now friends").format(name=isolated(name))
        page = NotePage(text, contact.jid, contact.name)
        page.offer(self.tr("Open chat"), lambda: self._leave_for(key), first=True)
        self._turn_to(page)
        self._over.timeout.connect(lambda: self._leave_for(key))
        self._over.start()

    def _leave_for(self, key: ChatKey) -> None:
        self._over.stop()
        self.open_chat.emit(key)
        self.accept()

    def _explanation(self, proposal: Proposal) -> NotePage:
        link, key = proposal.link, chat_of(proposal)
        if proposal.kind is ProposalKind.COMPOSE:
            return self._message(key, link.body or "")
        if proposal.kind is ProposalKind.OWN_ADDRESS:
            text = self.tr("This is your own address. Invite a friend to give it to somebody.")
        elif proposal.kind is ProposalKind.OPEN_CHAT:
            text = self.tr("This link leads to a friend of yours.")
        elif proposal.kind is ProposalKind.REFUSED:
            text = errors.link_refusal(link.refused)
        else:
            text = errors.not_done(link.action)
        page = NotePage(text, link.jid)
        page.offer(self.tr("Close"), self.reject)
        if link.jid is not None:
            page.offer(self.tr("Copy address"), lambda: _copy(str(link.jid)))
        is_friend = proposal.kind is ProposalKind.OPEN_CHAT
        if key is not None and (is_friend or link.action in _ABOUT_PEOPLE):
            page.offer(
                self.tr("Open chat"), lambda: self._leave_for(key), first=True, hold=self._hold
            )
        return page

    def _message(self, key: ChatKey | None, body: str) -> NotePage:
        """A link with a text for somebody: it is put into the composer, never sent."""
        if key is None:
            page = NotePage(self.tr("This link holds a message, but not for whom."), quoted=body)
            page.offer(self.tr("Close"), self.reject)
            page.offer(self.tr("Copy message"), lambda: _copy(body), first=True)
            return page
        text = self.tr("This link writes a message. You decide whether to send it.")
        page = NotePage(text, key.peer, quoted=body)
        page.offer(self.tr("Cancel"), self.reject)
        page.offer(
            self.tr("Open chat"), lambda: self._compose(key, body), first=True, hold=self._hold
        )
        return page

    def _compose(self, key: ChatKey, body: str) -> None:
        self.compose.emit(key, body)
        self.accept()

    def _turn_to(self, page: QWidget) -> None:
        self._page.hide()
        self._page.deleteLater()
        self._page = page
        self.add_page(page)
        page.show()
        page.setFocus()


def chat_of(proposal: Proposal) -> ChatKey | None:
    """The chat a link is about, seen from the account it is for."""
    account = proposal.preselected or next(iter(proposal.accounts), None)
    jid = proposal.link.jid
    return ChatKey(account, jid.bare) if account is not None and jid is not None else None


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
