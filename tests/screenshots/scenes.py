"""What is photographed: every top-level window of the program, in the states people meet."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import AccountStatus, State
from pars_desktop.core.links import Proposal, ProposalKind
from pars_desktop.core.requests import Request
from pars_desktop.core.trust import Concern, Doubt
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.contact import Contact, Progress, Subscription
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.errors import (
    InvitationGone,
    NoKeyring,
    ServerSilent,
    UntrustedCertificate,
    WrongPassword,
)
from pars_desktop.domain.invite import Invite, Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action, Link
from pars_desktop.domain.message import Delivery
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.approvals import ApprovalStore, Intent
from pars_desktop.ui.bars import BefriendedBar, HandlerBar, NoticeBar
from pars_desktop.ui.chat.link_dialog import LinkDialog
from pars_desktop.ui.contacts.friend_dialogs import FriendDialog, RenameDialog, question
from pars_desktop.ui.contacts.friend_menu import FriendWish
from pars_desktop.ui.contacts.newcomer_bar import NewcomerBar
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from pars_desktop.ui.invite.scan_dialog import CodesDialog
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.requests import words
from pars_desktop.ui.requests.blocked_dialog import BlockedDialog
from pars_desktop.ui.requests.inbox_dialog import InboxDialog
from pars_desktop.ui.requests.requests_bar import RequestsBar
from pars_desktop.ui.sign_in.sign_in_dialog import SignInDialog
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.screenshots import account_scenes, inviting
from tests.ui.cast import CastAccounts
from tests.ui.stage import MERCUTIO, Stage

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
PARIS = JID("paris", "verona.lit")
PETER = JID("peter", "verona.lit")
LONG = JID("a-very-long-local-part-of-an-address-of-64-chars", "some-university.example")
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Müll"
MIXED = JID("rоmеo.of.the.house.of.montague", "münchen.some-university.example")


@dataclass(frozen=True)
class Scene:
    """A name for the file, the class of window it shows, and how to get there."""

    name: str
    window: type[QWidget]
    build: Callable[[], QWidget]


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


def _came_back() -> QWidget:
    """A mistyped server."""
    accounts = CastAccounts(ROMEO)
    dialog = _proposed(Link(action=Action.CHAT, jid=JULIET), accounts)
    dialog._on_confirmed(ROMEO, "Juliet")
    accounts.get(ROMEO).friends.how_far[JULIET] = Progress.UNREACHABLE
    dialog.wait()
    return dialog


def _waiting_offline() -> QWidget:
    accounts = CastAccounts(ROMEO)
    accounts.get(ROMEO).become(State.OFFLINE)
    dialog = _proposed(Link(action=Action.CHAT, jid=JULIET), accounts)
    dialog._on_confirmed(ROMEO, "Juliet")
    dialog.wait()
    return dialog


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


def _compose_as_one_of_two() -> QWidget:
    link = Link(action=Action.MESSAGE, jid=JULIET, body="But soft, what light is this?")
    return _proposed(link, CastAccounts(ROMEO, LONG), ProposalKind.COMPOSE)


def _group() -> QWidget:
    link = Link(action=Action.JOIN, jid=JID("coven", "chat.shakespeare.lit"))
    return _proposed(link, CastAccounts(ROMEO), ProposalKind.OTHER)


def _account_link() -> QWidget:
    link = Link(action=Action.REGISTER, jid=JID("", "verona.lit"), token="T")
    return _shown(Proposal(ProposalKind.OTHER, link, (ROMEO,), ROMEO))


def _add_doubted() -> QWidget:
    """Everything that can be said about an address at once."""
    jid = JID("ju1iet", "cаpulet.lit")
    link = Link(action=Action.ROSTER, jid=jid, token="T", name="Juliet", warnings=("mixed-script",))
    concerns = (
        Concern(Doubt.ADDRESS_LIKE_CONTACT, JULIET, "Juliet"),
        Concern(Doubt.NAME_IN_USE, JULIET, "Juliet"),
    )
    return _shown(Proposal(ProposalKind.ADD_FRIEND, link, (ROMEO,), ROMEO, concerns=concerns))


def _shown(proposal: Proposal) -> AddFriendDialog:
    dialog = AddFriendDialog(CastAccounts(*proposal.accounts), hold=timedelta(milliseconds=1))
    dialog.propose(proposal)
    return dialog


def _ending(kind: ProposalKind, jid: JID = JULIET, name: str = "Juliet") -> AddFriendDialog:
    action = Action.UNSUBSCRIBE if kind is ProposalKind.STOP_SEEING else Action.REMOVE
    return _shown(Proposal(kind, Link(action=action, jid=jid), (ROMEO,), ROMEO, name))


def _remove() -> QWidget:
    return _ending(ProposalKind.REMOVE)


def _remove_long() -> QWidget:
    link = Link(action=Action.REMOVE, jid=LONG)
    return _shown(Proposal(ProposalKind.REMOVE, link, (ROMEO, LONG), None, LONG_NAME))


def _removed() -> QWidget:
    dialog = _remove()
    dialog.end(Proposal(ProposalKind.REMOVE, Link(action=Action.REMOVE, jid=JULIET), (), None, ""))
    return dialog


def _stop_seeing() -> QWidget:
    return _ending(ProposalKind.STOP_SEEING)


def _no_friend() -> QWidget:
    return _ending(ProposalKind.NOT_A_FRIEND, name="")


def _lookup(host: str = "page.example") -> AddFriendDialog:
    link = parse_link(f"https://{host}/invite/65HVSJQKz")
    return _shown(Proposal(ProposalKind.LOOK_UP, link, (ROMEO,), ROMEO))


def _lookup_long() -> QWidget:
    return _lookup("einladungen.münchen.some-university.of-applied-sciences.example")


def _lookup_failed() -> QWidget:
    dialog = _lookup()
    dialog.fail(InvitationGone())
    return dialog


def _own_address() -> QWidget:
    link = Link(action=Action.ROSTER, jid=ROMEO)
    return _proposed(link, CastAccounts(ROMEO), ProposalKind.OWN_ADDRESS)


def _codes() -> QWidget:
    texts = (
        f"xmpp:{JULIET}?roster;preauth=T",
        f"xmpp:{LONG}?roster;preauth=T",
        "https://verona.example/orchard/over/the/wall/by/night?with=the%20wings%20of%20love",
        "WIFI:S:Capulet;T:WPA;;",
    )
    dialog = CodesDialog(texts)
    dialog._codes.setCurrentRow(0)
    return dialog


def _no_code() -> QWidget:
    dialog = AddFriendDialog(CastAccounts(ROMEO))
    dialog.say(
        "There is no code to be seen on the screen. "
        "If there is one, make it larger, and let nothing cover it."
    )
    return dialog


def _sign_in() -> QWidget:
    return SignInDialog(CastAccounts(), Tasks())


def _each_time() -> QWidget:
    settings = AccountSettings(ROMEO, keep_password=KeepPassword.ASK)
    return SignInDialog(CastAccounts(ROMEO), Tasks(), settings)


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


def _crowd(*others: JID) -> Stage:
    """A store with friends and things they said."""
    stage = Stage(ROMEO, *others)
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


def _estranged() -> QWidget:
    stage = _crowd()
    stage.estrange(JULIET, "Juliet")
    window = _main(stage)
    window.open_chat(ChatKey(ROMEO, JULIET))
    return window


def _stranger() -> QWidget:
    stage = _crowd()
    stage.receive(PETER, "Good morrow. We met at the feast.")
    window = _main(stage)
    window.open_chat(ChatKey(ROMEO, PETER))
    return window


def _bounced() -> QWidget:
    """A mistyped address."""
    stage = _crowd()
    stage.befriend(PETER, "Peter", waiting=True)
    stage.remember(PETER, "Are you there?", ours=True, delivery=Delivery.FAILED)
    window = _main(stage)
    window.open_chat(ChatKey(ROMEO, PETER))
    return window


def _two_accounts() -> QWidget:
    """The same Juliet, once for each of two accounts."""
    stage = _crowd(MERCUTIO)
    stage.contacts.put(MERCUTIO, Contact(JULIET, "Juliet", Subscription.BOTH))
    window = _main(stage)
    window.open_chat(ChatKey(ROMEO, JULIET))
    return window


def _accounts() -> QWidget:
    """Four accounts, two of one name; one of those has a wrong password, others are offline."""
    names = ("montague.some-university.example", "montague.some-university.test")
    stage = _crowd(*(JID("stranger1", domain) for domain in names), MERCUTIO)
    mine = stage.accounts.all()
    mine[1].status = AccountStatus(State.NEEDS_PASSWORD, WrongPassword())
    mine[2].status = AccountStatus(State.ONLINE)
    mine[3].status = AccountStatus(State.WAITING, ServerSilent(), NOW + timedelta(seconds=12))
    return _main(stage)


def _expired() -> QWidget:
    """An invitation that nobody answered for a week."""
    stage = _crowd()
    friends = {JID("benvolio", "montague.lit"): "Benvolio", TYBALT: LONG_NAME}
    for jid, name in friends.items():
        stage.befriend(jid, name, waiting=True)
        asked = NOW - timedelta(days=8)
        intent = Intent(ROMEO, jid, name, "", "T", NOW + timedelta(days=20), asked, sent=True)
        ApprovalStore(stage.db).put(intent)
    window = _main(stage)
    window.open_chat(ChatKey(ROMEO, TYBALT))
    return window


def _expired_narrow() -> QWidget:
    window = _expired()
    window.resize(360, 680)
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


def _links_ignored() -> QWidget:
    window = _main(_crowd())
    notices = NoticeBar()
    window.add_bar(notices)
    notices.links_ignored(499)
    return window


def _renaming() -> QWidget:
    stage = _crowd()
    window = _main(stage)
    bar = NewcomerBar(stage.accounts, stage.conversations, Tasks(), hold=timedelta(0))
    bar._on_rename()
    window.add_bar(bar)
    return window


def _inbox(*requests: Request, accounts: CastAccounts | None = None) -> QWidget:
    accounts = accounts or CastAccounts(ROMEO)
    accounts.get(ROMEO).friends.waiting_requests += requests
    return InboxDialog(accounts, Tasks(), hold=timedelta(0))


def _tybalt() -> Request:
    """With an invitation that has ended."""
    made = NOW - timedelta(days=17)
    invite = Invite(1, ROMEO, made, made + timedelta(days=7))
    said = "Let me in, we have met at the Capulets' and I should like to go on with that."
    return Request(ROMEO, TYBALT, "Prince of Cats", said, NOW, Refusal.EXPIRED, invite)


def _requests() -> QWidget:
    return _inbox(
        replace(_tybalt(), at=NOW - 30 * HOUR),
        Request(ROMEO, JULIET, "Juliet", at=NOW - 3 * HOUR),
        Request(ROMEO, PARIS, at=NOW),
    )


def _requests_of_strangers() -> QWidget:
    """The longest addresses and names, with several accounts and silent ones."""
    accounts = CastAccounts(ROMEO, LONG)
    friends = accounts.get(ROMEO).friends
    friends.silent_requests += [Request(ROMEO, TYBALT)] * 12
    return _inbox(
        Request(ROMEO, MIXED, LONG_NAME, "Grüße aus der Universität, " * 8, NOW - HOUR),
        Request(ROMEO, LONG, LONG_NAME, at=NOW),
        accounts=accounts,
    )


def _requests_storm() -> QWidget:
    """Thirty from one server."""
    minute = timedelta(minutes=1)
    return _inbox(
        *(
            Request(ROMEO, JID(f"stranger-{number}", "evil.example"), at=NOW + number * minute)
            for number in range(30)
        )
    )


def _requests_not_blocked() -> QWidget:
    dialog = _requests()
    dialog._trouble.say(words.not_blocked(ROMEO))
    return dialog


def _requests_none() -> QWidget:
    return _inbox()


def _requests_quiet() -> QWidget:
    guest = CastAccounts(ROMEO)
    guest.get(ROMEO).friends.silent_requests.append(Request(ROMEO, JULIET))
    return InboxDialog(guest, Tasks())


def _requests_bar() -> QWidget:
    """In the column, with others behind it and silent ones."""
    window = _main(_crowd())
    guest = CastAccounts(ROMEO)
    friends = guest.get(ROMEO).friends
    friends.waiting_requests += [_tybalt(), Request(ROMEO, LONG), Request(ROMEO, PARIS)]
    friends.silent_requests += [Request(ROMEO, JULIET)] * 7
    window.add_bar(RequestsBar(guest, Tasks(), hold=timedelta(0)))
    return window


def _requests_bar_quiet() -> QWidget:
    window = _main(_crowd())
    guest = CastAccounts(ROMEO)
    guest.get(ROMEO).friends.silent_requests += [Request(ROMEO, JULIET)] * 7
    window.add_bar(RequestsBar(guest, Tasks(), hold=timedelta(0)))
    return window


def _blocked() -> QWidget:
    accounts = CastAccounts(ROMEO)
    accounts.get(ROMEO).blocking.jids = [TYBALT, JID("", "evil.example"), LONG]
    return BlockedDialog(accounts, Tasks())


def _blocked_link() -> QWidget:
    accounts = CastAccounts(ROMEO)
    dialog = AddFriendDialog(accounts, hold=timedelta(0))
    link = Link(action=Action.ROSTER, jid=TYBALT, token="T", name="Tybalt")
    concern = Concern(Doubt.BLOCKED, TYBALT)
    dialog.propose(Proposal(ProposalKind.ADD_FRIEND, link, (ROMEO,), ROMEO, concerns=(concern,)))
    return dialog


def _strange_link() -> QWidget:
    return LinkDialog("https://paypаl.example/login?next=/account/with/a/long/path/to/somewhere")


def _low() -> QWidget:
    """Strips in a window as low as on a small screen at 150 %."""
    window = _bars()
    window.resize(980, 440)
    return window


def _declined() -> QWidget:
    """Somebody has just said no."""
    stage = _crowd()
    stage.befriend(TYBALT, "Tybalt", waiting=True)
    window = _main(stage)
    stage.conversations.reset.emit()
    window.open_chat(stage.estrange(TYBALT, "Tybalt"))
    stage.account.friends.progressed.emit(TYBALT)
    return window


def _unsent() -> QWidget:
    """Somebody was asked while there is no connection."""
    stage = _crowd()
    intent = Intent(ROMEO, TYBALT, "Tybalt", "", "T", NOW + timedelta(days=20), NOW)
    ApprovalStore(stage.db).put(intent)
    stage.status(State.WAITING, ServerSilent(), 12)
    window = _main(stage)
    window.open_chat(ChatKey(ROMEO, TYBALT))
    return window


def _friend(wish: FriendWish) -> FriendDialog:
    name = LONG_NAME if wish is FriendWish.RENAME else "Juliet"
    return question(wish, Conversation(ChatKey(ROMEO, JULIET), name, in_roster=True))


SCENES = [
    Scene("main-declined", MainWindow, _declined),
    Scene("main-unsent", MainWindow, _unsent),
    Scene("friend-rename", RenameDialog, lambda: _friend(FriendWish.RENAME)),
    Scene("friend-remove", FriendDialog, lambda: _friend(FriendWish.REMOVE)),
    Scene("friend-block", FriendDialog, lambda: _friend(FriendWish.BLOCK)),
    Scene("main-empty", MainWindow, _empty),
    Scene("main-chat", MainWindow, _chats),
    Scene("main-offline", MainWindow, _offline),
    Scene("main-estranged", MainWindow, _estranged),
    Scene("main-stranger", MainWindow, _stranger),
    Scene("main-bounced", MainWindow, _bounced),
    Scene("main-two-accounts", MainWindow, _two_accounts),
    Scene("main-accounts", MainWindow, _accounts),
    Scene("main-bars", MainWindow, _bars),
    Scene("main-bars-low", MainWindow, _low),
    Scene("main-links-ignored", MainWindow, _links_ignored),
    Scene("main-renaming", MainWindow, _renaming),
    Scene("main-narrow", MainWindow, _narrow),
    Scene("main-narrow-chat", MainWindow, _narrow_chat),
    *(Scene(*each) for each in account_scenes.SCENES),
    *(Scene(*each) for each in inviting.SCENES),
    Scene("add-friend-ask", AddFriendDialog, _ask),
    Scene("add-friend-refused", AddFriendDialog, _ask_refused),
    Scene("add-friend", AddFriendDialog, _add),
    Scene("add-friend-warned", AddFriendDialog, _add_warned),
    Scene("add-friend-long", AddFriendDialog, _add_long),
    Scene("add-friend-waiting", AddFriendDialog, _waiting),
    Scene("add-friend-came-back", AddFriendDialog, _came_back),
    Scene("add-friend-offline", AddFriendDialog, _waiting_offline),
    Scene("add-friend-befriended", AddFriendDialog, _befriended),
    Scene("link-message", AddFriendDialog, _compose),
    Scene("link-message-accounts", AddFriendDialog, _compose_as_one_of_two),
    Scene("link-group", AddFriendDialog, _group),
    Scene("link-account", AddFriendDialog, _account_link),
    Scene("add-friend-doubted", AddFriendDialog, _add_doubted),
    Scene("link-lookup", AddFriendDialog, _lookup),
    Scene("link-lookup-long", AddFriendDialog, _lookup_long),
    Scene("link-lookup-failed", AddFriendDialog, _lookup_failed),
    Scene("link-remove", AddFriendDialog, _remove),
    Scene("link-remove-long", AddFriendDialog, _remove_long),
    Scene("link-removed", AddFriendDialog, _removed),
    Scene("link-stop-seeing", AddFriendDialog, _stop_seeing),
    Scene("link-no-friend", AddFriendDialog, _no_friend),
    Scene("main-expired", MainWindow, _expired),
    Scene("main-expired-narrow", MainWindow, _expired_narrow),
    Scene("link-own-address", AddFriendDialog, _own_address),
    Scene("requests", InboxDialog, _requests),
    Scene("requests-strangers", InboxDialog, _requests_of_strangers),
    Scene("requests-storm", InboxDialog, _requests_storm),
    Scene("requests-not-blocked", InboxDialog, _requests_not_blocked),
    Scene("requests-none", InboxDialog, _requests_none),
    Scene("requests-quiet", InboxDialog, _requests_quiet),
    Scene("main-requests", MainWindow, _requests_bar),
    Scene("main-requests-quiet", MainWindow, _requests_bar_quiet),
    Scene("blocked", BlockedDialog, _blocked),
    Scene("add-friend-blocked", AddFriendDialog, _blocked_link),
    Scene("codes", CodesDialog, _codes),
    Scene("add-friend-no-code", AddFriendDialog, _no_code),
    Scene("open-link", LinkDialog, _strange_link),
    Scene("sign-in", SignInDialog, _sign_in),
    Scene("sign-in-each-time", SignInDialog, _each_time),
    Scene("sign-in-wrong-password", SignInDialog, _wrong_password),
    Scene("sign-in-untrusted", SignInDialog, _untrusted),
    Scene("sign-in-no-keyring", SignInDialog, _no_keyring),
]
