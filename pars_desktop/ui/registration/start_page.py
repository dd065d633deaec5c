"""How to begin: with an invitation, with an account, or with neither."""

from datetime import timedelta

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QPushButton, QWidget

from pars_desktop.core.links import Proposal, ProposalKind
from pars_desktop.domain.link import Action, Link
from pars_desktop.domain.registration import Plan
from pars_desktop.ui import errors, theme
from pars_desktop.ui.avatar import Avatar
from pars_desktop.ui.bars import HOLD, warning
from pars_desktop.ui.invite.address_field import AddressField, plain_letters
from pars_desktop.ui.invite.doubts import doubts
from pars_desktop.ui.plain_text import Label, address, ending, isolated, spoken
from pars_desktop.ui.sheet import Button, breakable, buttons, rows

_PORTRAIT = 64
_NEVER = frozenset(  # what is not done with an account either
    {
        Action.JOIN,
        Action.INVITE,
        Action.UNREGISTER,
        Action.COMMAND,
        Action.PUBSUB,
        Action.DISCO,
        Action.VCARD,
        Action.TRUST_MESSAGE,
        Action.SENDFILE,
    }
)
_ENDING = frozenset({Action.REMOVE, Action.UNSUBSCRIBE})


class StartPage(QWidget):
    """If a link waits, whose it is and what can be made of it (interop R32, R35); nothing is sent.

    A page that comes while the person is about to click cannot be pressed for a moment (`hold`).
    """

    invitation = Signal()  # the person has one, perhaps another one
    sign_in = Signal()
    create_account = Signal()  # on a server that the person chooses
    accept = Signal()  # the account that the link offers
    look_up = Signal()  # what the link stands for
    forget = Signal()  # the link: the person wants nothing of it
    cancelled = Signal()

    def __init__(
        self,
        link: Link | None = None,
        *,
        kept: bool = True,
        takes_invitations: bool = True,
        hold: timedelta = HOLD,
    ) -> None:
        """`kept`: the link also waits if the program is closed before."""
        super().__init__()
        self._column = rows(self)
        self._pressable: list[QPushButton] = []
        if link is not None:
            self._say(link, kept=kept)
        self._column.addSpacing(theme.RELATED)
        plan = Plan.of_link(link) if link is not None else None
        is_hopeless = link is not None and is_answered(link)
        if plan is not None and plan.may_reset:
            self._add(self._named(self.tr("Go on with {server}"), str(link.jid if link else "")))
            self._pressable[-1].clicked.connect(self.accept)
        elif plan is not None:
            self._add(self._named(self.tr("Create an account at {server}"), plan.domain.domain))
            self._pressable[-1].clicked.connect(self.accept)
        elif link is not None and link.action is Action.LOOKUP:
            self._add(self._named(self.tr("Ask {server}"), link.page_host))
            self._pressable[-1].clicked.connect(self.look_up)
        elif (link is None or is_hopeless) and takes_invitations:
            self._offer(self.tr("I have an invitation"), self.invitation)
        self._offer(self.tr("I have an account"), self.sign_in)
        if plan is None:
            self._offer(self.tr("Create an account"), self.create_account)
        else:
            self._offer_quietly(self.tr("Create an account on another server"), self.create_account)
        if link is not None and not is_hopeless:
            self._offer_quietly(self.tr("I have another invitation"), self.invitation)
        if link is not None:
            self._offer_quietly(self.tr("Forget this link"), self.forget)
        if not takes_invitations:
            cancel = Button(self.tr("Cancel"))
            cancel.clicked.connect(self.cancelled)
            self._column.addLayout(buttons(cancel))
        if link is not None and hold:
            self._rest(hold)

    def _say(self, link: Link, *, kept: bool) -> None:
        """Whose link it is, that it is not lost, and why to look twice."""
        jid = link.jid
        if jid is not None:
            portrait = Avatar(_PORTRAIT)
            portrait.show_person(str(jid))
            whose = AddressField()
            whose.setAccessibleName(self.tr("Address in the link"))
            whose.show_address(jid)
            self._column.addWidget(portrait, alignment=Qt.AlignmentFlag.AlignHCenter)
            self._column.addWidget(whose)
            if plainly := plain_letters(jid):
                self._column.addWidget(plainly)
        text = self._sentence(link)
        if not kept and not is_answered(link):
            text += " " + _not_kept()
        said = Label(breakable(text), wraps=True)
        said.setAccessibleName(spoken(text))
        said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._column.addWidget(said)
        for doubt in doubts(Proposal(ProposalKind.OTHER, link)) if link.token else ():
            self._column.addWidget(warning(doubt))

    def _sentence(self, link: Link) -> str:
        plan = Plan.of_link(link)
        if is_answered(link):
            return _answer(link)
        if plan is not None and plan.may_reset:
            return self.tr(
                "This link is for this address alone: it creates the account, or sets a new "
                "password if the account is there."
            )
        if link.action is Action.LOOKUP:
            return self.tr("An invitation of {server} waits until you are signed in.").format(
                server=isolated(link.page_host)
            )
        if plan is not None and plan.inviter is None:
            return self.tr("This is an invitation to an account of your own there.")
        if link.action is Action.ROSTER and link.token:
            return self.tr("This invitation waits until you are signed in.")
        return self.tr("A link waits until you are signed in.")

    def _offer(self, text: str, wish: SignalInstance) -> None:
        self._add(Button(text))
        self._pressable[-1].clicked.connect(wish)

    def _offer_quietly(self, text: str, wish: SignalInstance) -> None:
        self._add(theme.link(Button(text)))
        self._pressable[-1].clicked.connect(wish)

    def _named(self, text: str, host: str) -> QPushButton:
        """A button about a server: its end is to be seen, and all of it to be heard."""
        button = Button(text.format(server=ending(host)))
        button.setAccessibleName(text.format(server=host))
        return button

    def _add(self, button: QPushButton) -> None:
        """The first one is what most people will want."""
        if not self._pressable:
            theme.primary(button)
            self.setFocusProxy(button)
        self._column.addWidget(button)
        self._pressable.append(button)

    def _rest(self, hold: timedelta) -> None:
        for button in self._pressable:
            button.setEnabled(False)
        held = QTimer(self, singleShot=True, interval=hold // timedelta(milliseconds=1))
        held.timeout.connect(self._let_press)
        held.start()

    def _let_press(self) -> None:
        for button in self._pressable:
            button.setEnabled(True)
        if self.window().focusWidget() is None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)


def is_answered(link: Link) -> bool:
    """There is nothing to wait for: an account would not change what is said of it."""
    return link.action in _NEVER | _ENDING


def _answer(link: Link) -> str:
    if link.action in _ENDING:
        return QCoreApplication.translate(
            "StartPage", "This link asks to end a friendship, but nobody is your friend here yet."
        )
    return errors.not_done(link.action)


def title_of(link: Link | None) -> str:
    """What the page with this link is for."""
    plan = Plan.of_link(link) if link is not None else None
    if plan is not None and plan.may_reset:
        return QCoreApplication.translate("StartPage", "Your account")
    if link is not None and (link.token or link.action is Action.LOOKUP):
        return QCoreApplication.translate("StartPage", "You are invited")
    return QCoreApplication.translate("StartPage", "Welcome")


def waiting_sentence(link: Link, *, kept: bool) -> str:
    """That it was not lost, for pages that are about something else."""
    if is_answered(link):
        return _answer(link)
    text = QCoreApplication.translate("StartPage", "A link waits until you are signed in.")
    if link.action is Action.ROSTER and link.token:
        text = QCoreApplication.translate(
            "StartPage", "An invitation from {address} waits until you are signed in."
        ).format(address=address(link.jid))
    return text if kept else f"{text} {_not_kept()}"


def _not_kept() -> str:
    return QCoreApplication.translate(
        "StartPage", "Sign in before you close Pars: nothing can be written to disk."
    )
