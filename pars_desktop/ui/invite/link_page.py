"""What a link is about that adds nobody, and what the person can do about it (interop R45)."""

from datetime import timedelta

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Signal
from PySide6.QtGui import QGuiApplication

from pars_desktop.core.links import Proposal, ProposalKind
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.link import Action
from pars_desktop.domain.registration import Plan
from pars_desktop.domain.text import MAX_NAME
from pars_desktop.ui import errors
from pars_desktop.ui.bars import Strip, warning
from pars_desktop.ui.invite.doubts import doubts
from pars_desktop.ui.invite.note_page import NotePage
from pars_desktop.ui.invite.proposal_page import account_chooser
from pars_desktop.ui.plain_text import address, isolated
from pars_desktop.ui.sheet import small

_QUESTIONS = {  # the question, what it means, and the button that says yes
    ProposalKind.REMOVE: (
        QT_TRANSLATE_NOOP("LinkPage", "Remove {name} from your friends?"),
        QT_TRANSLATE_NOOP(
            "LinkPage",
            "A link asks for this. Neither of you will see when the other is online. "
            "What you wrote to each other stays.",
        ),
        QT_TRANSLATE_NOOP("LinkPage", "Remove"),
    ),
    ProposalKind.STOP_SEEING: (
        QT_TRANSLATE_NOOP("LinkPage", "Stop seeing when {name} is online?"),
        QT_TRANSLATE_NOOP("LinkPage", "A link asks for this. What they see of you stays as it is."),
        QT_TRANSLATE_NOOP("LinkPage", "Stop seeing"),
    ),
}
_DONE = {
    ProposalKind.REMOVE: QT_TRANSLATE_NOOP("LinkPage", "{name} is not among your friends now."),
    ProposalKind.STOP_SEEING: QT_TRANSLATE_NOOP(
        "LinkPage", "You do not see when {name} is online now."
    ),
}


_EXPLAINED = {
    ProposalKind.OWN_ADDRESS: QT_TRANSLATE_NOOP(
        "LinkPage", "This is your own address. Invite a friend to give it to somebody."
    ),
    ProposalKind.OPEN_CHAT: QT_TRANSLATE_NOOP("LinkPage", "This link leads to a friend of yours."),
}
_OWN_INVITATION = QT_TRANSLATE_NOOP(
    "LinkPage", "This is your own invitation. Send it to a friend: it is for them to open."
)
_WRITES = QT_TRANSLATE_NOOP(
    "LinkPage", "This link writes a message. You decide whether to send it."
)
_OFFERS_ACCOUNT = QT_TRANSLATE_NOOP(
    "LinkPage", "With this link you can create an account at {server}."
)
_SETS_PASSWORD = QT_TRANSLATE_NOOP(
    "LinkPage", "With this link you can set a new password for your account {address}."
)
_WRITES_TO_NOBODY = QT_TRANSLATE_NOOP("LinkPage", "This link holds a message, but not for whom.")
_NOTHING_TO_END: dict[Action | None, object] = {
    Action.REMOVE: QT_TRANSLATE_NOOP(
        "LinkPage",
        "This link asks to remove {name} from your friends, but {name} is not among them.",
    ),
    Action.UNSUBSCRIBE: QT_TRANSLATE_NOOP(
        "LinkPage",
        "This link asks to see no longer when {name} is online, but you do not see that.",
    ),
}
_ABOUT_FRIENDS = frozenset({*_QUESTIONS, ProposalKind.OPEN_CHAT})
_ABOUT_ROOMS = frozenset({Action.JOIN, Action.INVITE})


class LinkPage(NotePage):
    """Nothing happens by itself: every button is a wish, and what ends something asks first."""

    open_chat = Signal(ChatKey)
    compose = Signal(ChatKey, str)  # with a text for the composer, unsent
    confirmed = Signal(object)  # to end what the link asks to end, for this account of ours (JID)
    account_wanted = Signal(object)  # a new one, which the link offers: a Plan
    closed = Signal()

    def __init__(self, proposal: Proposal, hold: timedelta) -> None:
        link, kind = proposal.link, proposal.kind
        self._writes = kind is ProposalKind.COMPOSE
        self._body = link.body or "" if self._writes else ""
        super().__init__(_sentence(proposal), link.jid, proposal.known_as, self._body)
        if kind not in _ABOUT_FRIENDS:
            self.call_address(self.tr("Address in the link"))
        self._proposal = proposal
        self._hold_for = hold
        self._chosen = account_chooser(proposal)
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        if kind in _QUESTIONS:
            meaning = small(_translate(_QUESTIONS[kind][1]))
            meaning.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self.add(meaning)
        for text in doubts(proposal):
            self.add(warning(text))
        self.add(self._trouble)
        if self._writes and link.jid is None:
            self.offer(self.tr("Close"), self.closed.emit)
            self.offer(self.tr("Copy message"), lambda: _copy(self._body), first=True)
        elif self._writes or kind in _QUESTIONS:
            self._ask()
        else:
            self._explain()

    def fail(self, trouble: Trouble) -> None:
        """What was confirmed did not work: say so, and let the person try again."""
        self._trouble.say(errors.sentence(trouble, self._chosen.currentData()))
        self.rest(False)

    def _ask(self) -> None:
        """Something to be said yes to, for one of our accounts."""
        if self._chosen.count() > 1:
            self.ask(self.tr("Your account"), self._chosen)
        self.offer(self.tr("Cancel"), self.closed.emit)
        if self._writes:
            yes, pressed = self.tr("Open chat"), self._on_write
        else:
            yes, pressed = _translate(_QUESTIONS[self._proposal.kind][2]), self._on_confirm
        self.offer(yes, pressed, first=True, hold=self._hold_for)

    def _explain(self) -> None:
        """Nothing is done, but the address may be of use."""
        jid, key = self._proposal.link.jid, chat_of(self._proposal)
        self.offer(self.tr("Close"), self.closed.emit)
        is_room = self._proposal.link.action in _ABOUT_ROOMS
        if jid is not None:
            self.offer(
                self.tr("Copy address"),
                lambda: _copy(str(jid)),
                first=is_room,
                hold=self._hold_for if is_room else timedelta(0),
            )
        plan = Plan.of_link(self._proposal.link)
        if plan is not None and self._proposal.link.action is Action.REGISTER:
            is_ours = self._proposal.link.jid in self._proposal.accounts
            self.offer(
                self.tr("Set a new password") if is_ours else self.tr("Create an account"),
                lambda: self.account_wanted.emit(plan),
                first=True,
                hold=self._hold_for,
            )
        elif key is not None and self._proposal.kind is not ProposalKind.OWN_ADDRESS:
            self.offer(
                self.tr("Open chat"),
                lambda: self.open_chat.emit(key),
                first=not is_room,
                hold=self._hold_for,
            )

    def _on_write(self) -> None:
        jid = self._proposal.link.jid
        if jid is not None:
            self.compose.emit(ChatKey(self._chosen.currentData(), jid.bare), self._body)

    def _on_confirm(self) -> None:
        self.rest(True)
        self.confirmed.emit(self._chosen.currentData())


def done_page(proposal: Proposal) -> NotePage:
    """Says that what was confirmed is so now."""
    text = _translate(_DONE[proposal.kind]).format(name=_who(proposal))
    return NotePage(text, proposal.link.jid, proposal.known_as)


def is_own_invitation(proposal: Proposal) -> bool:
    """It was made here, or on another device of ours, and not merely our address."""
    return proposal.kind is ProposalKind.OWN_ADDRESS and proposal.link.token is not None


def own_invitation() -> str:
    """What to do with it."""
    return _translate(_OWN_INVITATION)


def chat_of(proposal: Proposal) -> ChatKey | None:
    """The chat a link is about, seen from the account it is for."""
    account = proposal.preselected or next(iter(proposal.accounts), None)
    jid = proposal.link.jid
    return ChatKey(account, jid.bare) if account is not None and jid is not None else None


def _sentence(proposal: Proposal) -> str:
    """What the link asks for, and what Pars makes of it."""
    link, kind = proposal.link, proposal.kind
    if kind is ProposalKind.REFUSED:
        return errors.link_refusal(link.refused)
    if kind is ProposalKind.COMPOSE:
        return _translate(_WRITES if link.jid else _WRITES_TO_NOBODY)
    if is_own_invitation(proposal):
        return own_invitation()
    if kind in _EXPLAINED:
        return _translate(_EXPLAINED[kind])
    if kind in _QUESTIONS:
        return _translate(_QUESTIONS[kind][0]).format(name=_who(proposal))
    if kind is ProposalKind.NOT_A_FRIEND:
        return _translate(_NOTHING_TO_END[link.action]).format(name=_who(proposal))
    if link.action is Action.REGISTER and link.jid in proposal.accounts:
        return _translate(_SETS_PASSWORD).format(address=address(link.jid))
    if link.action is Action.REGISTER and link.jid is not None:
        return _translate(_OFFERS_ACCOUNT).format(server=isolated(link.jid.domain))
    return errors.not_done(link.action)


def _who(proposal: Proposal) -> str:
    known_as = errors.plain(proposal.known_as, MAX_NAME)
    return isolated(known_as) if known_as else address(proposal.link.jid)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _translate(text: object) -> str:  # what PySide6 says QT_TRANSLATE_NOOP returns
    return QCoreApplication.translate("LinkPage", str(text))
