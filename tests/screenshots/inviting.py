"""What is photographed of inviting: the invitation, its options, the list, the preferences."""

from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.domain.errors import NoKeyring, ServerRefused
from pars_desktop.domain.invite import LIFETIME, NEVER, Invite, Via, token_hash
from pars_desktop.domain.jid import JID
from pars_desktop.domain.uri import invitation_link
from pars_desktop.store.invites import InviteStore
from pars_desktop.ui.invitations.invitations_dialog import InvitationsDialog
from pars_desktop.ui.invitations.invite_dialog import InviteDialog
from pars_desktop.ui.invitations.server_dialog import ServerDialog
from pars_desktop.ui.preferences import Preferences
from pars_desktop.ui.remove_account import RemoveAccount
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.cast import CastAccounts, CastSettings
from tests.ui.stage import MERCUTIO, Stage

NOW = datetime.now(UTC)
TOKEN = "000FqYDdKhfe2pwpXq9Za001"  # what the invitation in every picture holds
PARIS = JID("paris", "verona.lit")
LONG = JID("a-very-long-local-part-of-an-address-of-64-chars", "some-university.example")
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Müll"


def _made(stage: Stage, ago: timedelta = timedelta(0), **more: object) -> Invite:
    """An invitation that is in the store already when the window opens."""
    name = str(more.pop("name", ""))
    lifetime = more.pop("lifetime", LIFETIME)
    token = f"{len(_all(stage)):03}{TOKEN[3:]}"
    link = invitation_link(ROMEO, token, name)
    created = NOW - ago
    expires = NEVER if lifetime is None else created + lifetime
    return InviteStore(stage.db).add(ROMEO, token_hash(token), link, created, expires, **more)


def _all(stage: Stage) -> list[Invite]:
    return InviteStore(stage.db).all(ROMEO)


def _inviting(name: str = "", *, web: bool = True, **more: object) -> InviteDialog:
    """The window over a core of its own, which it keeps; always with the same token."""
    stage = Stage(ROMEO)
    stage.accounts.rename_me(ROMEO, name)
    dialog = InviteDialog(stage.accounts, CastSettings(web_link=web))
    dialog.destroyed.connect(stage.close)
    dialog.show_invite(_made(stage, name=name, **more))
    return dialog


def _invite() -> QWidget:
    return _inviting("Romeo Montague")


def _invite_plain() -> QWidget:
    return _inviting("Romeo Montague", web=False)


def _invite_many() -> QWidget:
    return _inviting(LONG_NAME, label="the choir of the cathedral of Verona", max_uses=50)


def _invite_by_server() -> QWidget:
    dialog = _inviting("Romeo", via=Via.SERVER, ibr=True, lifetime=None)
    dialog.offer_server(ROMEO)
    return dialog


def _invite_options() -> QWidget:
    dialog = _inviting("Romeo")
    dialog._fold(False)
    dialog._options.server_makes_accounts(True)
    dialog._options._uses.setCurrentIndex(6)
    return dialog


def _invite_mistake() -> QWidget:
    dialog = _inviting("Romeo")
    dialog._fold(False)
    dialog._options._address.setText("juliet")
    dialog._on_new()
    return dialog


def _invite_preparing() -> QWidget:
    dialog = _inviting("Romeo")
    dialog._on_new()
    dialog._quiet.timeout.emit()
    return dialog


def _invite_again() -> QWidget:
    stage = Stage(ROMEO, LONG)
    _made(stage, timedelta(minutes=10))
    dialog = InviteDialog(stage.accounts, CastSettings())
    dialog.destroyed.connect(stage.close)
    dialog.begin()
    dialog._giving._on_copy()
    return dialog


def _listed() -> QWidget:
    """An invitation of each kind."""
    stage = Stage(ROMEO)
    store = InviteStore(stage.db)
    day, hour = timedelta(days=1), timedelta(hours=1)
    _made(stage, 40 * day, label="the ball")
    used = _made(stage, 5 * day, label="Juliet")
    _use(store, used, JULIET)
    choir = _made(stage, 2 * day, label=f"the choir of {LONG_NAME}", max_uses=50)
    _use(store, choir, JULIET, TYBALT, PARIS, MERCUTIO)
    store.revoke(_made(stage, day, label="Tybalt").id, NOW)
    _made(stage, day, bound_to=LONG)
    _made(stage, day, label="Benvolio", bound_to=PARIS)
    _made(stage, day, label="the guards", max_uses=3)
    _made(stage, hour * 5 / 6, lifetime=hour)
    _made(stage, label="Nurse", via=Via.SERVER, lifetime=None)
    dialog = InvitationsDialog(stage.accounts)
    dialog.destroyed.connect(stage.close)
    return dialog


def _use(store: InviteStore, invite: Invite, *guests: JID) -> None:
    for guest in guests:
        store.let_in(invite.id, guest, invite.created + timedelta(hours=1))


def _none_listed() -> QWidget:
    stage = Stage(ROMEO)
    dialog = InvitationsDialog(stage.accounts)
    dialog.destroyed.connect(stage.close)
    return dialog


def _to_server() -> QWidget:
    return ServerDialog(ROMEO)


def _to_server_refused() -> QWidget:
    dialog = ServerDialog(LONG)
    dialog.fail(ServerRefused("forbidden", "You are no administrator."))
    return dialog


def _preferences() -> QWidget:
    return Preferences(CastSettings(), CastAccounts(ROMEO, LONG), Tasks())


def _preferences_mistake() -> QWidget:
    settings = CastSettings(landing_page="https://montague.example/invite/#")
    dialog = Preferences(settings, CastAccounts(ROMEO), Tasks())
    dialog._page.setText("http://montague.example/")
    dialog._on_save()
    return dialog


def _remove_account(jid: JID = ROMEO) -> RemoveAccount:
    return RemoveAccount(jid, CastAccounts(jid), Tasks())


def _removing() -> QWidget:
    dialog = _remove_account()
    dialog._set_removing(True)
    dialog._progress.show()
    return dialog


def _removed_in_part() -> QWidget:
    dialog = RemoveAccount(ROMEO, CastAccounts(), Tasks())
    dialog._tell(NoKeyring())
    return dialog


SCENES = [
    ("invite", InviteDialog, _invite),
    ("invite-again", InviteDialog, _invite_again),
    ("invite-plain", InviteDialog, _invite_plain),
    ("invite-many", InviteDialog, _invite_many),
    ("invite-by-server", InviteDialog, _invite_by_server),
    ("invite-options", InviteDialog, _invite_options),
    ("invite-mistake", InviteDialog, _invite_mistake),
    ("invite-preparing", InviteDialog, _invite_preparing),
    ("invitations", InvitationsDialog, _listed),
    ("invitations-none", InvitationsDialog, _none_listed),
    ("invite-to-server", ServerDialog, _to_server),
    ("invite-to-server-refused", ServerDialog, _to_server_refused),
    ("preferences", Preferences, _preferences),
    ("preferences-mistake", Preferences, _preferences_mistake),
    ("remove-account", RemoveAccount, _remove_account),
    ("remove-account-long", RemoveAccount, lambda: _remove_account(LONG)),
    ("remove-account-slow", RemoveAccount, _removing),
    ("remove-account-in-part", RemoveAccount, _removed_in_part),
]
