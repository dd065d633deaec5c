"""What is photographed: every top-level window of the program, in the states people meet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import State
from pars_desktop.core.links import Proposal, ProposalKind
from pars_desktop.core.requests import Request
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import (
    NoKeyring,
    ServerSilent,
    UntrustedCertificate,
    WrongPassword,
)
from pars_desktop.domain.invite import Invite, Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action, Link
from pars_desktop.domain.message import Delivery
from pars_desktop.ui.bars import BefriendedBar, HandlerBar
from pars_desktop.ui.chat.link_dialog import LinkDialog
from pars_desktop.ui.contacts.newcomer_bar import NewcomerBar
from pars_desktop.ui.contacts.requests_bar import RequestsBar
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from pars_desktop.ui.invite.invite_dialog import InviteDialog
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.sign_in.sign_in_dialog import SignInDialog
from pars_desktop.ui.sign_in.sign_in_page import SignInPage
from pars_desktop.ui.sign_in.welcome_page import WelcomePage
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.cast import CastAccounts
from tests.ui.stage import Stage

NOW = datetime.now(UTC)
PARIS = JID("paris", "verona.lit")
LONG = JID("a-very-long-local-part-of-an-address-of-64-chars", "some-university.example")
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Müll"
MIXED = JID("rоmеo.of.the.house.of.montague", "münchen.some-university.example")


@dataclass(frozen=True)
class Scene:
    """A name for the file, the class of window it shows, and how to get there."""

    name: str
    window: type[QWidget]
    build: Callable[[], QWidget]


def _invite() -> QWidget:
    return InviteDialog(CastAccounts(ROMEO, your_name="Romeo Montague"))


def _invite_again() -> QWidget:
    accounts = CastAccounts(ROMEO, LONG, your_name=LONG_NAME)
    accounts.get(ROMEO).invites.create()
    accounts.get(ROMEO).invites.age(timedelta(minutes=10))
    dialog = InviteDialog(accounts)
    dialog._on_copy()
    return dialog


def _ask() -> QWidget:
    return AddFriendDialog(CastAccounts(ROMEO))


def _ask_refused() -> QWidget:
    dialog = AddFriendDialog(CastAccounts(ROMEO))
    dialog.propose(Proposal(ProposalKind.REFUSED, Link(refused="not-a-link")))
    return dialog


def _proposed(link: Link, accounts: CastAccounts, kind=ProposalKind.ADD_FRIEND) -> AddFriendDialog:
    dialog = AddFriendDialog(accounts, hold=timedelta(0))
    mine = tuple(account.jid for account in accounts.all())
    dialog.propose(Proposal(kind, link, mine, mine[0] if len(mine) == 1 else None))
    return dialog


def _add() -> QWidget:
    link = Link(action=Action.ROSTER, jid=JULIET, token="T", name="Juliet")
    return _proposed(link, CastAccounts(ROMEO))


def _add_warned() -> QWidget:
    link = Link(
        action=Action.ROSTER,
        jid=MIXED,
        token="T",
        name=LONG_NAME,
        account=TYBALT,
        warnings=("mixed-script", "unknown-host"),
    )
    return _proposed(link, CastAccounts(ROMEO, LONG))


def _add_long() -> QWidget:
    return _proposed(Link(action=Action.ROSTER, jid=LONG), CastAccounts(ROMEO))


def _waiting() -> QWidget:
    accounts = CastAccounts(ROMEO)
    dialog = _proposed(Link(action=Action.ROSTER, jid=JULIET, name="Juliet"), accounts)
    dialog._on_confirmed(ROMEO, "Juliet")
    dialog.wait()
    return dialog


def _befriended() -> QWidget:
    accounts = CastAccounts(ROMEO)
    dialog = _proposed(Link(action=Action.ROSTER, jid=JULIET, name="Juliet"), accounts)
    dialog._on_confirmed(ROMEO, "Juliet")
    friend = Contact(JULIET, "Juliet", Subscription.BOTH)
    accounts.get(ROMEO).friends.befriended.emit(friend)
    return dialog


def _compose() -> QWidget:
    link = Link(action=Action.MESSAGE, jid=JULIET, body="But soft, what light is this?")
    return _proposed(link, CastAccounts(ROMEO), ProposalKind.COMPOSE)


def _group() -> QWidget:
    link = Link(action=Action.JOIN, jid=JID("coven", "chat.shakespeare.lit"))
    return _proposed(link, CastAccounts(ROMEO), ProposalKind.OTHER)


def _own_address() -> QWidget:
    link = Link(action=Action.ROSTER, jid=ROMEO)
    return _proposed(link, CastAccounts(ROMEO), ProposalKind.OWN_ADDRESS)


def _sign_in() -> QWidget:
    return SignInDialog(CastAccounts(), Tasks())


def _wrong_password() -> QWidget:
    settings = AccountSettings(ROMEO, host="127.0.0.1", port=5222, ca_file="/etc/montague/ca.pem")
    return SignInDialog(CastAccounts(ROMEO), Tasks(), settings, WrongPassword())


def _untrusted() -> QWidget:
    trouble = UntrustedCertificate("self-signed certificate")
    return SignInDialog(CastAccounts(ROMEO), Tasks(), AccountSettings(ROMEO), trouble)


def _no_keyring() -> QWidget:
    return SignInDialog(CastAccounts(ROMEO), Tasks(), AccountSettings(ROMEO), NoKeyring())


# --- the main window -----------------------------------------------------------------------------


class _Kept(MainWindow):
    """A main window that keeps the stage it shows."""

    stage: Stage | None = None


def _main(stage: Stage) -> MainWindow:
    window = _Kept(stage.accounts, stage.conversations)
    window.stage = stage
    return window


def _crowd() -> Stage:
    """A store with friends and things they said."""
    stage = Stage(ROMEO)
    stage.befriend(JULIET, "Juliet")
    stage.befriend(JID("nurse", "capulet.lit"), "Nurse")
    stage.befriend(JID("mercutio", "verona.lit"), "Mercutio")
    stage.befriend(LONG, LONG_NAME)
    stage.befriend(JID("benvolio", "montague.lit"), "Benvolio", waiting=True)
    stage.befriend(PARIS, newcomer=True)
    day = timedelta(days=1)
    stage.remember(JID("nurse", "capulet.lit"), "Peter, my fan!", ago=6 * day)
    stage.remember(JID("mercutio", "verona.lit"), "A plague o' both your houses", ago=2 * day)
    stage.remember(LONG, "Grüße aus der Universität, bis Donnerstag", ago=day, unread=True)
    for minutes, ours, said in (
        (1500, False, "Romeo, Romeo, wherefore art thou Romeo?"),
        (1499, True, "Shall I hear more, or shall I speak at this?"),
        (
            1495,
            False,
            "What’s in a name? That which we call a rose, by any other word would smell as sweet.",
        ),
        (24, True, "I take thee at thy word."),
        (23, True, "Call me but love, and I’ll be new baptized; henceforth I never will be Romeo."),
        (
            20,
            False,
            "How camest thou hither, tell me, and wherefore? https://verona.example/orchard",
        ),
        (2, True, "With love’s light wings did I o’erperch these walls 🌹"),
    ):
        stage.remember(JULIET, said, ours=ours, ago=timedelta(minutes=minutes))
    stage.appear(JULIET)
    stage.status()
    return stage


def _empty() -> QWidget:
    stage = Stage(ROMEO)
    stage.status()
    return _main(stage)


def _chats() -> QWidget:
    window = _main(_crowd())
    window.open_chat(ChatKey(ROMEO, JULIET))
    return window


def _offline() -> QWidget:
    stage = _crowd()
    stage.remember(JULIET, "Art thou still there?", ours=True, delivery=Delivery.QUEUED)
    stage.status(State.WAITING, ServerSilent(), 12)
    window = _main(stage)
    window.open_chat(ChatKey(ROMEO, JULIET))
    return window


def _narrow() -> QWidget:
    window = _main(_crowd())
    window.resize(360, 680)
    return window


def _narrow_chat() -> QWidget:
    window = _main(_crowd())
    window.resize(360, 680)
    window.open_chat(ChatKey(ROMEO, JULIET))
    return window


def _bars() -> QWidget:
    """Everything that can be above the chats at once."""
    stage = _crowd()
    window = _main(stage)
    guest = CastAccounts(ROMEO)
    made = NOW - timedelta(days=17)
    invite = Invite(1, ROMEO, made, made + timedelta(days=7))
    guest.get(ROMEO).friends.waiting_requests += [
        Request(ROMEO, TYBALT, "Prince of Cats", "Let me in", NOW, Refusal.EXPIRED, invite),
        Request(ROMEO, LONG),
    ]
    befriended, handler = BefriendedBar(), HandlerBar()
    for bar in (
        RequestsBar(guest, Tasks(), hold=timedelta(0)),
        NewcomerBar(stage.accounts, stage.conversations, Tasks(), hold=timedelta(0)),
        befriended,
        handler,
    ):
        window.add_bar(bar)
    befriended.announce(ChatKey(ROMEO, JULIET), "Juliet")
    handler.ask()
    return window


def _renaming() -> QWidget:
    stage = _crowd()
    window = _main(stage)
    bar = NewcomerBar(stage.accounts, stage.conversations, Tasks(), hold=timedelta(0))
    bar._on_rename()
    window.add_bar(bar)
    return window


def _welcome() -> QWidget:
    window = _main(Stage(ROMEO))
    window.show_page(WelcomePage(SignInPage(CastAccounts(), Tasks())))
    return window


def _welcome_narrow() -> QWidget:
    window = _welcome()
    window.resize(360, 680)
    return window


def _strange_link() -> QWidget:
    return LinkDialog("https://paypаl.example/login?next=/account/with/a/long/path/to/somewhere")


SCENES = [
    Scene("main-empty", MainWindow, _empty),
    Scene("main-chat", MainWindow, _chats),
    Scene("main-offline", MainWindow, _offline),
    Scene("main-bars", MainWindow, _bars),
    Scene("main-renaming", MainWindow, _renaming),
    Scene("main-narrow", MainWindow, _narrow),
    Scene("main-narrow-chat", MainWindow, _narrow_chat),
    Scene("main-welcome", MainWindow, _welcome),
    Scene("main-welcome-narrow", MainWindow, _welcome_narrow),
    Scene("invite", InviteDialog, _invite),
    Scene("invite-again", InviteDialog, _invite_again),
    Scene("add-friend-ask", AddFriendDialog, _ask),
    Scene("add-friend-refused", AddFriendDialog, _ask_refused),
    Scene("add-friend", AddFriendDialog, _add),
    Scene("add-friend-warned", AddFriendDialog, _add_warned),
    Scene("add-friend-long", AddFriendDialog, _add_long),
    Scene("add-friend-waiting", AddFriendDialog, _waiting),
    Scene("add-friend-befriended", AddFriendDialog, _befriended),
    Scene("link-message", AddFriendDialog, _compose),
    Scene("link-group", AddFriendDialog, _group),
    Scene("link-own-address", AddFriendDialog, _own_address),
    Scene("open-link", LinkDialog, _strange_link),
    Scene("sign-in", SignInDialog, _sign_in),
    Scene("sign-in-wrong-password", SignInDialog, _wrong_password),
    Scene("sign-in-untrusted", SignInDialog, _untrusted),
    Scene("sign-in-no-keyring", SignInDialog, _no_keyring),
]
