"""The ways to an account, as they are photographed: no loop runs, so nothing is asked."""

import struct
import zlib
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.core.links import Links
from pars_desktop.core.registration import Registrar
from pars_desktop.domain.account import KeepPassword
from pars_desktop.domain.errors import (
    InvitationNeeded,
    InvitationRejected,
    NeedsWebPage,
    NoKeyring,
    StorageFailed,
    Trouble,
    UserNameTaken,
)
from pars_desktop.domain.form import FieldKind, Form, FormField, Media, Option
from pars_desktop.domain.jid import JID
from pars_desktop.domain.registration import Picture, Plan, Questions
from pars_desktop.domain.settings import Settings
from pars_desktop.store.database import Database
from pars_desktop.system import providers
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.registration.account_dialog import AccountDialog
from pars_desktop.ui.registration.account_flow import AccountFlow
from pars_desktop.ui.registration.ready_bar import Ready, ReadyBar
from pars_desktop.ui.registration.welcome_page import WelcomePage
from tests.fakes import NEWCOMERS, FakeClock, FakePasswords

LONG = JID("a-very-long-local-part-of-an-address-of-64-chars", "some-university.example")
INVITED = Plan(JID("", "capulet.lit"), "", "T", JID("romeo", "capulet.lit"), "Romeo")


class _Idle(Tasks):
    """Begins nothing."""

    def spawn(self, work, *, name):
        work.close()


class _Memory:
    """Settings that are kept nowhere else; or not at all, if the disk is full."""

    def __init__(self, *, full: bool = False) -> None:
        self._settings, self._full = Settings(), full

    def load(self) -> Settings:
        return self._settings

    def save(self, settings: Settings) -> None:
        if self._full:
            raise StorageFailed
        self._settings = settings


class _Way:
    """Everything that leads to an account, before the first one."""

    def __init__(self, *, full: bool = False) -> None:
        self.database = Database.open(":memory:")
        tasks = _Idle()
        accounts = Accounts(
            self.database, FakePasswords(), FakeClock(), tasks, newcomer_group=NEWCOMERS
        )
        self.conversations = Conversations(self.database, accounts)
        self.links = Links(accounts, _Memory(full=full))
        registrar = Registrar(accounts, self.links, tasks, providers.load)
        self.accounts = accounts
        self.make = lambda plan=None, first=True: AccountFlow(
            accounts, registrar, self.links, tasks, plan, is_first=first
        )


class _FirstWindow(MainWindow):
    way: _Way


def welcome(link: str = "", *, full: bool = False, narrow: bool = False) -> QWidget:
    """The first window, perhaps with a link that waits."""
    way = _Way(full=full)
    window = _FirstWindow(way.accounts, way.conversations)
    window.way = way
    flow = way.make()
    window.show_page(WelcomePage(flow))
    if link:
        way.links.open(link)
        flow.show_waiting(way.links.waiting)
    if narrow:
        window.resize(360, 680)
    return window


def welcome_to(wish: str, link: str = "", *, narrow: bool = False) -> QWidget:
    """The first window, after a wish of `StartPage`."""
    window = welcome(link, narrow=narrow)
    flow = window.findChild(AccountFlow)
    getattr(flow.page, wish).emit()
    return window


def another() -> QWidget:
    """Another account beside the first."""
    return AccountDialog(_Way().make(first=False))


def choosing() -> QWidget:
    dialog = another()
    dialog.flow.page.create_account.emit()
    return dialog


def registering(
    plan: Plan = INVITED, trouble: Trouble | None = None, questions: Questions | None = None
) -> QWidget:
    """A new account, at rest; after this trouble."""
    dialog = AccountDialog(_Way().make(plan, first=False))
    page = dialog.flow.page
    page.form.show_name("juliet")
    page.form.password.field.setText("b7kd2m-qx9w4e-hn5t3y-pz8v6r")
    if questions is not None:
        page.form.questions.show_questions(questions)
    if trouble is not None:
        page._tell(trouble)
    return dialog


def invitation_rejected() -> QWidget:
    return registering(trouble=InvitationRejected())


def name_taken() -> QWidget:
    return registering(Plan(JID("", LONG.domain)), UserNameTaken())


def in_a_browser() -> QWidget:
    address = "https://capulet.lit/a/rather/long/way/to/a/new/account?lang=en"
    return registering(Plan(INVITED.domain), NeedsWebPage(address))


def may_reset() -> QWidget:
    return registering(replace(INVITED, user_name="juliet", inviter=None))


def no_keyring() -> QWidget:
    return registering(trouble=NoKeyring())


def invitation_needed() -> QWidget:
    """Whoever has chosen a server of the list that lets in only who was invited."""
    window = welcome()
    flow = window.findChild(AccountFlow)
    flow._register(Plan(INVITED.domain))
    flow.page.form.show_name("juliet")
    flow.page._tell(InvitationNeeded())
    return window


def uninvited() -> QWidget:
    dialog = registering()
    dialog.flow.page.form.go_on_uninvited()
    return dialog


def ready() -> QWidget:
    """What a new account is told of in the window that it opens."""
    window = welcome()
    bar = ReadyBar()
    bar.announce(Ready(JID("juliet", "capulet.lit"), KeepPassword.KEYRING, "b7kd2m", "Romeo"))
    window.show_page(None)
    window.add_bar(bar)
    return window


def long_and_reset() -> QWidget:
    """The buttons stay in sight."""
    return registering(Plan(JID("", LONG.domain), LONG.local, "T", LONG, "A very long name " * 3))


def searching(text: str) -> QWidget:
    dialog = choosing()
    dialog.flow.page._text.setText(text)
    return dialog


def many_questions() -> QWidget:
    """Each kind of field, and a picture."""
    media = (Media("image/png", "cid:1"),)
    options = (Option("a", "A rose"), Option("b", "By any other name"))
    fields = (
        FormField("username"),
        FormField("password", FieldKind.PRIVATE),
        FormField("email", label="E-mail address", required=True),
        FormField("kind", FieldKind.CHOICE, "Kind of account", options=options),
        FormField("several", FieldKind.CHOICES, "What you like", options=options),
        FormField("rules", FieldKind.BOOLEAN, "I have read the rules", "See our pages."),
        FormField("about", FieldKind.LINES, "About you"),
        FormField("ocr", label="Enter the text you see", required=True, media=media),
    )
    form = Form("Capulet's house", "Whoever enters must be known to the nurse.", fields)
    picture = Picture("image/png", _png(120, 40))
    return registering(Plan(INVITED.domain), None, Questions(form, {"cid:1": picture}))


def _png(width: int, height: int) -> bytes:
    """Grey stripes, as PNG."""
    row = b"\0" + bytes(0 if x % 16 < 5 else 230 for x in range(width))

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


_IBR = "xmpp:romeo@capulet.lit?roster;preauth=T;ibr=y;name=Romeo"
_PLAIN = f"xmpp:{LONG}?roster;preauth=T"

SCENES = [
    ("welcome", MainWindow, welcome),
    ("welcome-narrow", MainWindow, lambda: welcome(narrow=True)),
    ("welcome-invited", MainWindow, lambda: welcome(_IBR)),
    ("welcome-waiting", MainWindow, lambda: welcome(_PLAIN)),
    ("welcome-not-kept", MainWindow, lambda: welcome(_PLAIN, full=True, narrow=True)),
    ("welcome-page", MainWindow, lambda: welcome("https://verona.example/invite/a-token-of-it")),
    ("welcome-invitation", MainWindow, lambda: welcome_to("invitation")),
    ("welcome-sign-in", MainWindow, lambda: welcome_to("sign_in", _PLAIN)),
    ("welcome-servers", MainWindow, lambda: welcome_to("create_account", narrow=True)),
    ("welcome-accepted", MainWindow, lambda: welcome_to("accept", _IBR, narrow=True)),
    ("welcome-group", MainWindow, lambda: welcome("xmpp:room@conference.capulet.lit?join")),
    ("welcome-reset", MainWindow, lambda: welcome("xmpp:emma@capulet.lit?register;preauth=T")),
    ("welcome-invitation-needed", MainWindow, invitation_needed),
    ("welcome-ready", MainWindow, ready),
    ("account", AccountDialog, another),
    ("account-servers", AccountDialog, choosing),
    ("account-new", AccountDialog, registering),
    ("account-rejected", AccountDialog, invitation_rejected),
    ("account-name-taken", AccountDialog, name_taken),
    ("account-in-a-browser", AccountDialog, in_a_browser),
    ("account-may-reset", AccountDialog, may_reset),
    ("account-no-keyring", AccountDialog, no_keyring),
    ("account-searching", AccountDialog, lambda: searching("germany")),
    ("account-uninvited", AccountDialog, uninvited),
    ("account-long", AccountDialog, long_and_reset),
    ("account-questions", AccountDialog, many_questions),
]
