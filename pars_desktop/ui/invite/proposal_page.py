"""A link leads to somebody: who they are, what to call them, and what will happen (interop R12)."""

from datetime import timedelta

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pars_desktop.core.links import Proposal
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.registration import Plan
from pars_desktop.domain.text import MAX_NAME
from pars_desktop.ui import errors, theme
from pars_desktop.ui.avatar import Avatar
from pars_desktop.ui.bars import Strip, warning
from pars_desktop.ui.chooser import Chooser
from pars_desktop.ui.invite.address_field import AddressField, plain_letters
from pars_desktop.ui.invite.doubts import doubts
from pars_desktop.ui.plain_text import Label, address, ending, isolated, spoken
from pars_desktop.ui.sheet import Button, breakable, buttons, field, line, rows, small

_PORTRAIT = 64
_MS = timedelta(milliseconds=1)


class ProposalPage(QWidget):
    """Shows the address before and above the name: a name alone can lie (XEP-0379 §6).

    For a moment after it appears, or its window comes to the front, nothing confirms: a click or
    key meant for something else must not make a friend.
    """

    confirmed = Signal(object, str)  # our account (JID), and the name to save the friend under
    account_wanted = Signal(object)  # a new one instead, which the link offers (R32): a Plan
    cancelled = Signal()

    def __init__(
        self, proposal: Proposal, jid: JID, hold: timedelta, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.jid = jid
        self.by_invitation = proposal.link.token is not None
        self._portrait = Avatar(_PORTRAIT)
        self._address = AddressField()
        self._address.show_address(jid)
        self._name = line(
            errors.plain(proposal.link.name or "", MAX_NAME),
            self.tr("What you call them"),
            MAX_NAME,
        )
        self._account = account_chooser(proposal)
        self._effect = Label(wraps=True)
        self._course = self.tr("{address} is asked first.").format(address=address(jid))
        if self.by_invitation:
            self._course = self.tr("You are friends at once, if the invitation still holds.")
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        self._add = theme.primary(Button(self.tr("Add friend")))
        self._cancel = Button(self.tr("Cancel"))
        self._new_account = theme.link(Button(""))
        self._held = QTimer(self, singleShot=True, interval=hold // _MS)
        self._held.timeout.connect(self._let_press)

        self._place(proposal)
        self._on_name(self._name.text())
        self._name.textChanged.connect(self._on_name)
        self._account.currentIndexChanged.connect(self._on_account)
        self._add.clicked.connect(self._on_add)
        self._cancel.clicked.connect(self.cancelled)
        self.setFocusProxy(self._name)
        self._hold()

    def _place(self, proposal: Proposal) -> None:
        accounts = proposal.accounts
        column = rows(self)
        who = QVBoxLayout()
        who.setSpacing(theme.RELATED)
        who.addWidget(self._portrait, alignment=Qt.AlignmentFlag.AlignHCenter)
        who.addWidget(self._address)
        if plainly := plain_letters(self.jid):
            who.addWidget(plainly)
        column.addLayout(who)
        for text in doubts(proposal):
            column.addWidget(warning(text))
        column.addLayout(field(self.tr("Name"), self._name))
        if self._account.count() > 1:
            column.addLayout(field(self.tr("Your account"), self._account))
        column.addWidget(self._effect)
        column.addWidget(self._trouble)
        plan = Plan.of_link(proposal.link)
        if plan is not None and not any(jid.domain == plan.domain.domain for jid in accounts):
            if len(accounts) == 1:
                text = self.tr("Your friend will see you as {address}.")
                said = text.format(address=address(accounts[0]))
                ours = small(breakable(said))
                ours.setAccessibleName(spoken(said))
                column.addWidget(ours)
            self._offer_account(plan)
            column.addWidget(self._new_account)
        column.addLayout(buttons(self._cancel, self._add))

    def _offer_account(self, plan: Plan) -> None:
        """The invitation is good for one of the two (R32): one of our accounts, or a new one."""
        text = self.tr("With a new account at {server} instead")
        self._new_account.setText(text.format(server=ending(plan.domain.domain)))
        self._new_account.setAccessibleName(text.format(server=plan.domain.domain))
        self._new_account.clicked.connect(lambda: self.account_wanted.emit(plan))

    def fail(self, trouble: Trouble) -> None:
        """Say why it did not work, and let the person try again."""
        self._trouble.say(errors.sentence(trouble, self._account.currentData()))
        self._ask_nothing_more(False)
        self._hold()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._hold()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self._hold()
        return super().event(event)

    def _hold(self) -> None:
        self._add.setEnabled(False)
        self._new_account.setEnabled(False)
        if self._name.isEnabled():
            self._held.start()

    def _ask_nothing_more(self, confirmed: bool) -> None:
        for control in (self._name, self._account, self._add, self._new_account):
            control.setDisabled(confirmed)

    def _on_name(self, text: str) -> None:
        name = errors.plain(text, MAX_NAME)
        self._portrait.show_person(str(self.jid), name)
        who = name or self.jid.local or self.jid.domain
        seen = self.tr("{name} will see when you are online.").format(name=isolated(who))
        self._effect.setText(f"{self._course} {seen}")
        self._effect.setAccessibleName(spoken(f"{self._course} {seen}"))

    def _let_press(self) -> None:
        """From now on a key is meant for this page: whoever prefers another name just types it."""
        if not self._name.isModified():
            self._name.selectAll()
        self._on_account()

    def _on_account(self) -> None:
        chosen = self._account.currentData() is not None
        may = not self._held.isActive() and self._name.isEnabled()
        self._add.setEnabled(chosen and may)
        self._new_account.setEnabled(may)

    def _on_add(self) -> None:
        self._held.stop()
        self._ask_nothing_more(True)
        name = errors.plain(self._name.text(), MAX_NAME)
        self.confirmed.emit(self._account.currentData(), name)


def account_chooser(proposal: Proposal) -> Chooser:
    """With which of our accounts: where there are several, the person or the link chooses."""
    made = Chooser(QCoreApplication.translate("ProposalPage", "Choose an account"))
    for account in proposal.accounts:
        made.addItem(str(account), account)
    chosen = proposal.preselected or (proposal.accounts[0] if made.count() == 1 else None)
    made.setCurrentIndex(-1 if chosen is None else proposal.accounts.index(chosen))
    return made
