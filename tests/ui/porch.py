"""The page to sign in, before accounts that answer as a test says."""

import asyncio

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.ui.sign_in.sign_in_page import SignInPage
from tests.ui.looking import interface, named

PASSWORD = "star-crossed"


class CastDoor:
    """Accounts that answer every attempt to sign in with what the test laid ready."""

    def __init__(self):
        self.answers = []  # troubles to raise, one per attempt; then it works
        self.added, self.given = [], []
        self.open = asyncio.Event()
        self.open.set()

    async def add(self, settings, password):
        self.added.append((settings, password))
        await self._answer()

    async def give_password(self, jid, password, keep):
        self.given.append((jid, password, keep))
        await self._answer()

    async def _answer(self):
        await self.open.wait()
        if self.answers:
            raise self.answers.pop(0)


class Porch:
    """The page, and what became of it."""

    def __init__(self, qtbot, again=None, **arguments):
        self.door = CastDoor()
        self.tasks = Tasks()
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.page = SignInPage(self.door, self.tasks, again, self.window, **arguments)
        self.done, self.left = [], []
        self.page.signed_in.connect(lambda: self.done.append(True))
        self.page.cancelled.connect(lambda: self.left.append(True))
        self.window.show()

    def field(self, name):
        return named(self.page, QLineEdit, name)

    def button(self, name):
        return named(self.page, QPushButton, name)

    def fill(self, address="romeo@montague.lit", password=PASSWORD):
        self.field("Address").setText(address)
        self.field("Password").setText(password)

    async def press(self, name="Sign in"):
        self.button(name).click()
        await self.settle()

    def focused(self):
        """The name of what has the focus."""
        return interface(self.page.focusWidget()).text(QAccessible.Text.Name)

    async def settle(self):
        for task in list(self.tasks._running):
            await asyncio.gather(task, return_exceptions=True)
