"""The ways to the inbox and to the blocked addresses; and that no stranger opens them."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMenu, QPushButton

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.requests import Request
from pars_desktop.domain.jid import JID
from pars_desktop.ui.requests.request_windows import RequestWindows
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.cast import CastAccounts
from tests.ui.looking import named


class House:
    def __init__(self, qtbot):
        self.accounts = CastAccounts(ROMEO)
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.menu = QMenu(self.window)
        self.menu.addAction("Add account")
        self.windows = RequestWindows(self.accounts, Tasks(), self.menu, self.window)
        self.window.setCentralWidget(self.windows.bar)
        self.window.show()

    @property
    def friends(self):
        return self.accounts.get(ROMEO).friends

    def ask(self, jid):
        request = Request(ROMEO, jid)
        self.friends.waiting_requests.append(request)
        self.friends.asked.emit(request)
        self.windows.bar._came.flush()

    def entries(self):
        self.menu.aboutToShow.emit()
        return [each.text() for each in self.menu.actions()]

    def choose(self, text):
        self.menu.aboutToShow.emit()
        next(each for each in self.menu.actions() if each.text() == text).trigger()

    def dialogs(self):
        return [each.windowTitle() for each in self.window.findChildren(QDialog)]


@pytest.fixture
def house(qtbot):
    yield House(qtbot)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


async def test_the_menu_counts_who_waits(house):
    assert house.entries() == ["Requests", "Blocked addresses…", "", "Add account"]
    house.ask(TYBALT)
    house.ask(JULIET)
    assert house.entries()[0] == "Requests (2)"


async def test_the_inbox_opens_from_the_menu_and_once_only(house):
    house.choose("Requests")
    house.choose("Requests")
    assert house.dialogs() == ["Requests"]


async def test_it_opens_from_the_bar_too_and_again_after_it_was_closed(house):
    house.ask(TYBALT)
    house.ask(JULIET)
    named(house.window, QPushButton, "Show all (2)").click()
    assert house.dialogs() == ["Requests"]
    house.window.findChild(QDialog).reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert house.dialogs() == []
    named(house.window, QPushButton, "Show all (2)").click()
    assert house.dialogs() == ["Requests"]


async def test_the_blocked_addresses_open_from_the_menu(house):
    house.choose("Blocked addresses…")
    house.choose("Blocked addresses…")
    assert house.dialogs() == ["Blocked addresses"]


async def test_r5_nothing_a_stranger_sends_raises_a_window(house, monkeypatch):
    raised = []
    monkeypatch.setattr(QDialog, "raise_", lambda _: raised.append("raised"))
    monkeypatch.setattr(QDialog, "activateWindow", lambda _: raised.append("activated"))
    monkeypatch.setattr(QApplication, "alert", lambda *_: raised.append("alert"))
    for number in range(50):
        house.ask(JID(f"stranger-{number}", "evil.test"))
    assert house.dialogs() == []

    house.choose("Requests (50)")
    raised.clear()
    for number in range(50, 99):
        house.ask(JID(f"stranger-{number}", "evil.test"))
    assert raised == []
