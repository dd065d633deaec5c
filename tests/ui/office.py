"""The way to an account, before a server that answers as a test says."""

import asyncio

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.links import Links
from pars_desktop.core.registration import Registrar
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.form import Form, FormField
from pars_desktop.domain.jid import JID
from pars_desktop.domain.provider import Provider
from pars_desktop.domain.registration import Questions
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from pars_desktop.store.settings import SettingsStore
from pars_desktop.ui.registration.account_flow import AccountFlow
from pars_desktop.ui.registration.welcome_page import WelcomePage
from tests.fakes import NEWCOMERS, FakeClock, FakeNetwork, FakePasswords, settle
from tests.ui.looking import interface, named

VERONA = JID("", "verona.test")
BENVOLIO = JID("benvolio", "verona.test")
INVITATION = f"xmpp:{BENVOLIO}?roster;preauth=T123;ibr=y;name=Ben"
PLAIN = f"xmpp:{BENVOLIO}?roster;preauth=T456"
PROVIDERS = (
    Provider(JID("", "chat.example"), in_app=True, countries=("de",), free=True),
    Provider(JID("", "talk.example"), in_app=True, countries=("fr",), captcha=True),
    Provider(
        JID("", "verona.test"), in_app=False, sign_up_pages={"en": "https://verona.test/join"}
    ),
)


class CastServer:
    """Where accounts are created; `answers` are the troubles of its next calls."""

    def __init__(self):
        self.asked, self.created, self.servers = [], [], []
        self.questions = Questions(Form(fields=(FormField("username"), FormField("password"))))
        self.asks_next = None  # instead of its questions, after a refusal
        self.answers = []
        self.network_of_stream = FakeNetwork()
        self.closed = 0
        self.open = asyncio.Event()
        self.open.set()

    def __call__(self, server):
        self.servers.append(server)
        return self

    async def ask(self, token):
        self.asked.append(token)
        await self._answer()
        return self.questions

    async def create(self, jid, password, answers):
        self.created.append((jid, password, answers))
        try:
            await self._answer()
        except Exception:
            self.questions, self.asks_next = self.asks_next or self.questions, None
            raise

    def network(self, _settings):
        return self.network_of_stream

    async def close(self):
        self.closed += 1

    async def _answer(self):
        await self.open.wait()
        if self.answers and (trouble := self.answers.pop(0)) is not None:
            raise trouble


class Office:
    """Somebody without an account (or with those given), and the first window."""

    def __init__(self, qtbot, folder, *accounts, pages=None):
        self.db = Database.open(":memory:")
        for jid in accounts:
            AccountStore(self.db).put(AccountSettings(jid))
        self.passwords, self.tasks, self.server = FakePasswords(), Tasks(), CastServer()
        self.networks = {}
        self.accounts = Accounts(
            self.db, self.passwords, FakeClock(), self.tasks, newcomer_group=NEWCOMERS
        )
        self.accounts.set_network(self._network)
        self.settings = SettingsStore(folder / "settings.json")
        self.links = Links(self.accounts, self.settings, pages)
        self.registrar = Registrar(
            self.accounts, self.links, self.tasks, lambda: PROVIDERS, patience=0.05
        )
        self.registrar.set_network(self.server)
        self.done, self.ready = [], []
        self._qtbot = qtbot

    def _network(self, settings):
        self.networks[settings.jid] = FakeNetwork()
        return self.networks[settings.jid]

    def enter(self, plan=None, *, is_first=True):
        """Show the first window, or the page of one account."""
        self.flow = AccountFlow(
            self.accounts, self.registrar, self.links, self.tasks, plan, is_first=is_first
        )
        self.window = WelcomePage(self.flow)
        self._qtbot.addWidget(self.window)
        self.flow.done.connect(lambda: self.done.append(True))
        self.flow.ready.connect(self.ready.append)
        if plan is None:
            self.links.waits.connect(self.flow.show_waiting)
        if plan is None and self.links.waiting is not None:
            self.flow.show_waiting(self.links.waiting)
        self.window.show()
        return self

    def button(self, name):
        return named(self.window, QAbstractButton, name)

    def field(self, name):
        return named(self.window, QLineEdit, name)

    async def press(self, name):
        button = self.button(name)
        assert button is not None, f"no button {name}"
        self._qtbot.waitUntil(button.isEnabled)
        button.click()
        await settle()

    async def type(self, name, text):
        self.field(name).setText(text)
        await settle()

    def focused(self):
        """The name of what has the focus."""
        return interface(self.window.window().focusWidget()).text(QAccessible.Text.Name)

    async def close(self):
        self.flow.leave()
        await settle()
        await self.tasks.close()
        self.window.close()
        self.db.close()
