"""What the main window is asked for, before and after the bars are there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.core.links import Links
from pars_desktop.store.database import Database
from pars_desktop.store.settings import SettingsStore
from pars_desktop.ui.contacts.requests_bar import RequestsBar
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.windows import Windows
from tests.fakes import NEWCOMERS, FakeClock, FakePasswords
from tests.ui.looking import named, words
from tests.ui.stage import NOW

INVITATION = "xmpp:romeo@montague.lit?roster;preauth=SECRET;name=%3Cb%3ERomeo"
WAITS = "An invitation from romeo@montague.lit waits until you are signed in."


class NoHandler:
    def is_default(self):
        return True

    def register(self):
        return True


@pytest.fixture
def window(stage, qtbot):
    made = MainWindow(stage.accounts, stage.conversations)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def windows(stage, window, tmp_path):
    settings = SettingsStore(tmp_path / "settings.json")
    links = Links(stage.accounts, settings)
    return Windows(
        window, stage.accounts, stage.conversations, links, Tasks(), settings, NoHandler()
    )


def test_a_wish_in_the_first_moments_is_not_lost(window, windows):
    named(window, QPushButton, "Add a friend").click()

    (dialog,) = window.findChildren(AddFriendDialog)
    assert dialog.isVisible()


def test_the_bars_are_there_once_however_often_they_are_asked_for(window, windows):
    windows.furnish()
    named(window, QPushButton, "Add a friend").click()
    windows.furnish()

    assert len(window.findChildren(RequestsBar)) == 1
    assert len(window.findChildren(AddFriendDialog)) == 1


class FirstRun:
    """The program without an account, as often as it is started."""

    def __init__(self, qtbot, folder):
        self._qtbot = qtbot
        self._settings = SettingsStore(folder / "settings.json")

    def start(self):
        db = Database.open(":memory:")
        accounts = Accounts(db, FakePasswords(), FakeClock(NOW), Tasks(), newcomer_group=NEWCOMERS)
        conversations = Conversations(db, accounts)
        window = MainWindow(accounts, conversations)
        self._qtbot.addWidget(window)
        links = Links(accounts, self._settings)
        Windows(window, accounts, conversations, links, Tasks(), self._settings, NoHandler())
        window.show()
        return window, links


@pytest.fixture
def first_run(qtbot, tmp_path):
    return FirstRun(qtbot, tmp_path)


def test_an_invitation_before_the_first_account_is_said_to_wait_also_after_a_restart(first_run):
    window, links = first_run.start()
    assert "waits" not in words(window)

    links.open(INVITATION)
    assert WAITS in words(window)
    again, _ = first_run.start()
    assert WAITS in words(again)
    assert "SECRET" not in words(again)
    (said,) = [label for label in again.findChildren(QLabel) if label.accessibleName() == WAITS]
    assert said.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize(
    "link", ["xmpp:romeo@montague.lit?message;body=hello", "xmpp:romeo@montague.lit"]
)
def test_another_link_before_the_first_account_is_said_to_wait_too(first_run, link):
    window, links = first_run.start()
    links.open(INVITATION)
    links.open(link)

    assert "A link waits until you are signed in." in words(window)
    assert WAITS not in words(window)  # the newest is the one that waits
