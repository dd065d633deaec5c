"""Add a friend: asks for a link or an address, shows who it is, and what became of it."""

from datetime import timedelta

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.links import Proposal, ProposalKind
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.registration import Plan
from pars_desktop.ui.bars import HOLD
from pars_desktop.ui.bind import bind
from pars_desktop.ui.invite.ask_page import AskPage
from pars_desktop.ui.invite.link_page import (
    LinkPage,
    chat_of,
    done_page,
    is_own_invitation,
    own_invitation,
)
from pars_desktop.ui.invite.lookup_page import LookupPage
from pars_desktop.ui.invite.note_page import NotePage
from pars_desktop.ui.invite.proposal_page import ProposalPage
from pars_desktop.ui.invite.waiting_page import WaitingPage
from pars_desktop.ui.plain_text import isolated
from pars_desktop.ui.sheet import Sheet

_MS = timedelta(milliseconds=1)


class AddFriendDialog(Sheet):
    """Nothing is sent before the person confirms, and what they confirm is what they see.

    Whoever opens it answers `entered` with `propose`, and `confirmed` with `wait` or `fail`.
    """

    entered = Signal(str)  # a link
    screen_wanted = Signal()  # a code on it is to be read; or one in a file, or in a picture given
    file_wanted = Signal()
    pictures_given = Signal(list)
    confirmed = Signal(object, object, str)  # our account (JID), the friend (JID), their name
    withdrawn = Signal(
        ChatKey
    )  # nothing is to be asked of them: answered by `end_waiting` or `fail`
    lookup_agreed = Signal()  # the page may be asked what it stands for
    end_confirmed = Signal(object)  # to end what the link asks to end, for this account (JID)
    account_wanted = Signal(object)  # a new one, which the link offers: a Plan
    open_chat = Signal(ChatKey)
    compose = Signal(ChatKey, str)  # open the chat with a text in the composer, unsent

    def __init__(
        self,
        accounts: Accounts,
        parent: QWidget | None = None,
        *,
        hold: timedelta = HOLD,
        success_shown: timedelta = timedelta(milliseconds=1500),
    ) -> None:
        super().__init__(self.tr("Add a friend"), parent)
        self._accounts = accounts
        self._hold = hold
        self._asked: ChatKey | None = None  # what was confirmed, until it is a friendship
        self._asked_name = ""
        self._befriended: ChatKey | None = None  # what has become one
        self._over = QTimer(self, singleShot=True, interval=success_shown // _MS)
        self._page: QWidget = QWidget()
        self._corrects = False  # another address is to be asked instead
        self._turn_to(self._ask_page())
        for account in accounts.all():
            self._listen(account)

    def tells_of(self, key: ChatKey) -> bool:
        """This friendship is what it waits for, or says now."""
        return key in (self._asked, self._befriended)

    def propose(self, proposal: Proposal, *, ask_first: bool = False) -> bool:
        """Show where a link leads. False: nowhere, said beside the question asked before.

        A link to a friend opens their chat, unless the person has to be asked first.
        """
        self._asked = self._befriended = None
        self.call(self.tr("Add a friend"))
        jid = proposal.link.jid
        if isinstance(self._page, AskPage) and self._is_mistake(proposal, self._page):
            return False
        if proposal.kind is ProposalKind.LOOK_UP:
            question = LookupPage(proposal, self._hold)
            question.agreed.connect(self.lookup_agreed)
            question.cancelled.connect(self.reject)
            self._turn_to(question)
        elif proposal.kind is ProposalKind.ADD_FRIEND and jid is not None:
            page = ProposalPage(proposal, jid.bare, self._hold)
            page.confirmed.connect(self._on_confirmed)
            page.account_wanted.connect(self._leave_for_account)
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
            self._turn_to(self._link_page(proposal))
        return True

    def say(self, text: str) -> bool:
        """Say why nothing came of a code, if that is where to give another one."""
        if isinstance(self._page, AskPage):
            self._page.say(text)
            return True
        return False

    def fail(self, trouble: Trouble) -> None:
        """What was confirmed did not work: say so, and let the person try again."""
        if isinstance(self._page, ProposalPage | LookupPage | LinkPage):
            self._asked = None
        if isinstance(self._page, ProposalPage | LookupPage | LinkPage | WaitingPage):
            self._page.fail(trouble)

    def end(self, proposal: Proposal) -> None:
        """What the person confirmed to end has ended."""
        page = done_page(proposal)
        page.offer(self.tr("Close"), self.accept, first=True)
        self._turn_to(page)

    def wait(self) -> None:
        """What was confirmed is on its way; the answer may take until they are online."""
        if self._asked is None or not isinstance(self._page, ProposalPage):
            return
        account = self._accounts.get(self._asked.account)
        if account is None:
            return
        by_invitation = self._page.by_invitation
        page = WaitingPage(account, self._asked.peer, self._asked_name, by_invitation=by_invitation)
        page.closed.connect(self.accept)
        page.withdrawn.connect(self._on_withdrawn)
        self._turn_to(page)

    def end_waiting(self) -> None:
        """Nothing is asked any more of whom it waited for."""
        key, self._asked = self._asked, None
        if key is None or not self._corrects:
            self.accept()
            return
        self.call(self.tr("Add a friend"))
        page = self._ask_page()
        page.fill(str(key.peer))
        self._turn_to(page)

    def _ask_page(self) -> AskPage:
        ask = AskPage()
        ask.entered.connect(self.entered)
        ask.cancelled.connect(self.reject)
        ask.scan.screen_wanted.connect(self.screen_wanted)
        ask.scan.file_wanted.connect(self.file_wanted)
        ask.pictures_given.connect(self.pictures_given)
        return ask

    def _on_withdrawn(self, corrects: bool) -> None:
        self._corrects = corrects
        if self._asked is not None:
            self.withdrawn.emit(self._asked)

    def _on_confirmed(self, account: JID, name: str) -> None:
        page = self._page
        if isinstance(page, ProposalPage):
            self._asked, self._asked_name = ChatKey(account, page.jid), name
            self.confirmed.emit(account, page.jid, name)

    def _listen(self, account: Account) -> None:
        def on_befriended(contact: Contact) -> None:
            key = ChatKey(account.jid, contact.jid)
            if key == self._asked:
                self._show_success(key, contact)

        bind(self, account.friends.befriended, on_befriended)

    def _show_success(self, key: ChatKey, contact: Contact) -> None:
        self._asked, self._befriended = None, key
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

    def _leave_for_account(self, plan: Plan) -> None:
        """Whoever hears it holds the link before this dialog lets go of it."""
        self.account_wanted.emit(plan)
        self.reject()

    def _is_mistake(self, proposal: Proposal, page: AskPage) -> bool:
        """The person should correct what they entered, and is told why."""
        if proposal.kind is ProposalKind.OWN_ADDRESS and not page.text:
            return False  # a link from elsewhere: there is nothing to correct
        if is_own_invitation(proposal):
            page.say(own_invitation())
        elif proposal.kind is ProposalKind.OWN_ADDRESS:
            page.say(self.tr("This is your own address. Enter that of a friend."))
        elif proposal.kind is ProposalKind.REFUSED:
            page.refuse(proposal.link.refused)
        else:
            return False
        return True

    def _link_page(self, proposal: Proposal) -> LinkPage:
        page = LinkPage(proposal, self._hold)
        page.closed.connect(self.reject)
        page.open_chat.connect(self._leave_for)
        page.compose.connect(self._compose)
        page.account_wanted.connect(self._leave_for_account)
        page.confirmed.connect(self.end_confirmed)
        return page

    def _compose(self, key: ChatKey, text: str) -> None:
        self.compose.emit(key, text)
        self.accept()

    def _turn_to(self, page: QWidget) -> None:
        self._page.hide()
        self._page.deleteLater()
        self._page = page
        self.add_page(page)
        page.show()
        page.setFocus()
