"""What the main window is asked for, before and after the bars are there."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox, QPushButton

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.core.links import Links
from pars_desktop.core.registration import Registrar
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import ServerRefused, StorageFailed
from pars_desktop.domain.jid import JID
from pars_desktop.store.database import Database
from pars_desktop.store.settings import SettingsStore
from pars_desktop.ui.bars import BefriendedBar
from pars_desktop.ui.invitations.invitations_dialog import InvitationsDialog
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.preferences import Preferences
from pars_desktop.ui.requests.requests_bar import RequestsBar
from pars_desktop.ui.windows import Windows
from tests.fakes import JULIET, NEWCOMERS, ROMEO, FakeClock, FakePasswords, settle
from tests.ui.cast import CastEyes
from tests.ui.looking import named, words
from tests.ui.stage import NOW

ROSALINE = JID("rosaline", "capulet.lit")
INVITATION = "xmpp:romeo@montague.lit?roster;preauth=SECRET;name=%3Cb%3ERomeo"
WAITS = "This invitation waits until you are signed in."


class NoHandler:
    def is_default(self):
        return True

    def register(self):
        return True


class FullDisk(SettingsStore):
    def save(self, settings):
        raise StorageFailed


class OtherHandler(NoHandler):
    def is_default(self):
        return False


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
        window,
        stage.accounts,
        stage.conversations,
        links,
        Tasks(),
        settings,
        NoHandler(),
        CastEyes,
        Registrar(stage.accounts, links, Tasks()),
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

    def __init__(self, qtbot, settings):
        self._qtbot = qtbot
        self._settings = settings

    def start(self):
        db = Database.open(":memory:")
        accounts = Accounts(db, FakePasswords(), FakeClock(NOW), Tasks(), newcomer_group=NEWCOMERS)
        conversations = Conversations(db, accounts)
        conversations.follow()
        window = MainWindow(accounts, conversations)
        self._qtbot.addWidget(window)
        links = Links(accounts, self._settings)
        Windows(
            window,
            accounts,
            conversations,
            links,
            Tasks(),
            self._settings,
            NoHandler(),
            CastEyes,
            Registrar(accounts, links, Tasks()),
        )
        window.show()
        return window, links


@pytest.fixture
def first_run(qtbot, tmp_path):
    return FirstRun(qtbot, SettingsStore(tmp_path / "settings.json"))


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


def typed(window, qtbot, text):
    """The person opens "Add a friend", types, and presses Enter."""
    named(window, QPushButton, "Add a friend").click()
    (dialog,) = window.findChildren(AddFriendDialog)
    field = named(dialog, QLineEdit, "Address or link")
    field.setText(text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    return dialog


@pytest.mark.parametrize("text", ["romeo@montague.lit", "juliet@capulet.lit", "hello"])
def test_the_dialog_keeps_the_keyboard_when_a_link_brings_the_program_to_the_front(
    window, windows, qtbot, text
):
    windows.furnish()

    dialog = typed(window, qtbot, text)

    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    qtbot.wait(20)
    assert QApplication.activeWindow() is dialog
    assert dialog.focusWidget() is named(dialog, QLineEdit, "Address or link") or (
        dialog.focusWidget() is named(dialog, QLineEdit, "Name")
    )


def test_bringing_the_program_to_the_front_leaves_an_open_dialog_above_the_window(
    window, windows, monkeypatch
):
    windows.furnish()
    named(window, QPushButton, "Add a friend").click()
    (dialog,) = window.findChildren(AddFriendDialog)
    raised = []
    monkeypatch.setattr(window, "raise_", lambda: raised.append(window))
    monkeypatch.setattr(dialog, "raise_", lambda: raised.append(dialog))

    windows.to_front()

    assert raised == [window, dialog]


def befriend(stage, name="Juliet"):
    stage.befriend(JULIET, name)
    stage.account.friends.befriended.emit(Contact(JULIET, name, Subscription.BOTH))


def test_a_friendship_is_announced_by_the_bar_if_nobody_else_says_it(stage, window, windows):
    windows.furnish()

    befriend(stage)

    assert window.findChild(BefriendedBar).isVisible()


@pytest.mark.parametrize("is_said", [False, True])
async def test_a_friendship_is_announced_once(stage, window, windows, qtbot, is_said):
    """By the dialog that waits for it, while that is open."""
    windows.furnish()
    dialog = typed(window, qtbot, "juliet@capulet.lit")
    add = named(dialog, QPushButton, "Add friend")
    qtbot.waitUntil(add.isEnabled)
    add.click()
    await settle()
    if is_said:
        befriend(stage)
        assert "are now friends" in words(dialog)
    else:
        dialog.close()

    befriend(stage)

    assert window.findChild(BefriendedBar).isVisible() is not is_said


@pytest.mark.parametrize("how", ["changed", "removed"])
def test_a_friendship_that_was_undone_is_not_announced_any_longer(stage, window, windows, how):
    windows.furnish()
    befriend(stage)
    bar = window.findChild(BefriendedBar)
    assert bar.isVisible()

    if how == "changed":
        stage.account.friends.changed.emit(Contact(JULIET, "Juliet", Subscription.FROM))
    else:
        stage.account.friends.removed.emit(JULIET)

    assert not bar.isVisible()


async def test_a_request_that_is_cancelled_leaves_the_list(stage, window, windows):
    stage.network.roster.items[JULIET] = Contact(JULIET, "Juliet", ask=True)
    stage.network.connection.come_up()
    await settle()
    window.open_chat(ChatKey(ROMEO, JULIET))

    named(window, QPushButton, "Cancel request").click()
    assert stage.account.friends.contact(JULIET) is not None
    named(window, QPushButton, "Cancel request").click()
    await settle()

    assert ("remove", JULIET) in stage.network.roster.sent
    assert stage.account.friends.contact(JULIET) is None
    assert stage.conversations.rows() == []


async def test_after_a_request_is_cancelled_nobody_elses_chat_is_open(
    stage, window, windows, qtbot
):
    stage.network.roster.items[JULIET] = Contact(JULIET, "Juliet", ask=True)
    stage.network.roster.items[ROSALINE] = Contact(ROSALINE, "Rosaline", Subscription.BOTH)
    stage.network.connection.come_up()
    await settle()
    qtbot.waitUntil(lambda: window.sidebar.chats.rowCount() == 2)
    window.open_chat(ChatKey(ROMEO, JULIET))
    shown = []
    window.chat_shown.connect(shown.append)

    named(window, QPushButton, "Cancel request").click()
    named(window, QPushButton, "Cancel request").click()
    await settle()

    assert window.open_key is None
    assert shown == [None]
    assert window.focusWidget() is window.sidebar.list
    assert not window.sidebar.list.selectionModel().hasSelection()


async def test_a_stranger_is_blocked_and_let_in_again_from_their_chat(stage, window, windows):
    stage.network.connection.come_up()
    await settle()
    stage.receive(JULIET, "Who is there?")
    window.open_chat(ChatKey(ROMEO, JULIET))

    named(window, QPushButton, "Block").click()
    await settle()
    assert stage.account.blocking.is_blocked(JULIET)
    named(window, QPushButton, "Unblock").click()
    await settle()

    assert not stage.account.blocking.is_blocked(JULIET)
    assert named(window, QPushButton, "Block") is not None


async def test_a_stranger_is_added_from_their_chat_after_a_question(stage, window, windows):
    windows.furnish()
    stage.receive(JULIET, "Who is there?")
    window.open_chat(ChatKey(ROMEO, JULIET))

    named(window, QPushButton, "Add").click()

    (dialog,) = window.findChildren(AddFriendDialog)
    assert named(dialog, QLineEdit, "Friend's address").text() == str(JULIET)
    assert stage.account.friends.contact(JULIET) is None
    dialog.close()


async def estranged(stage, window):
    """Online, with the chat open of somebody who is no friend any more."""
    stage.network.roster.items[JULIET] = Contact(JULIET, "Juliet")
    stage.network.connection.come_up()
    await settle()
    window.open_chat(ChatKey(ROMEO, JULIET))


async def test_asking_again_asks_for_the_friendship_anew(stage, window, windows):
    await estranged(stage, window)

    named(window, QPushButton, "Ask again").click()
    await settle()

    sent = stage.network.roster.sent
    assert ("set", JULIET, "Juliet", frozenset()) in sent
    assert [what[:2] for what in sent if what[0] == "subscribe"] == [("subscribe", JULIET)]
    assert named(window, QPushButton, "Ask again") is None
    assert "Waiting for" in words(window)


async def test_what_the_server_says_against_asking_again_is_shown(stage, window, windows):
    await estranged(stage, window)
    stage.network.roster.trouble = ServerRefused("not-allowed")

    named(window, QPushButton, "Ask again").click()
    await settle()

    (box,) = window.findChildren(QMessageBox)
    assert box.text() == "montague.lit said no: not-allowed"
    box.close()


class Starts:
    """The program with an account and another handler of links, as often as it is started."""

    def __init__(self, qtbot, stage, settings):
        self._qtbot = qtbot
        self._stage = stage
        self._settings = settings

    async def ask(self):
        """The window, once the program has begun."""
        accounts, conversations = self._stage.accounts, self._stage.conversations
        window, tasks = MainWindow(accounts, conversations), Tasks()
        self._qtbot.addWidget(window)
        window.show()
        links = Links(accounts, self._settings)
        windows = Windows(
            window,
            accounts,
            conversations,
            links,
            tasks,
            self._settings,
            OtherHandler(),
            CastEyes,
            Registrar(accounts, links, tasks),
        )
        windows.furnish()
        windows.ask_about_links()
        await asyncio.gather(*tasks._running)
        return window


@pytest.mark.parametrize("answer", ["Open with Pars", "Not now"])
async def test_u14_who_opens_links_is_asked_at_each_start_until_it_is_answered(
    qtbot, stage, tmp_path, answer
):
    starts = Starts(qtbot, stage, SettingsStore(tmp_path / "settings.json"))
    question = "Open invitation links with Pars?"
    assert question in words(await starts.ask())

    window = await starts.ask()
    assert question in words(window)
    named(window, QPushButton, answer).click()
    await settle()
    assert question not in words(window)
    assert question not in words(await starts.ask())


async def test_u14_an_answer_that_cannot_be_kept_is_asked_for_again(qtbot, stage, tmp_path):
    starts = Starts(qtbot, stage, FullDisk(tmp_path / "settings.json"))
    window = await starts.ask()

    named(window, QPushButton, "Not now").click()

    assert "Open invitation links" not in words(window)
    assert "Open invitation links" in words(await starts.ask())


async def test_a_link_there_is_no_room_for_is_said_to_wait_while_pars_runs(qtbot, tmp_path):
    window, links = FirstRun(qtbot, FullDisk(tmp_path / "settings.json")).start()

    links.open(INVITATION)

    said = "Sign in before you close Pars: nothing can be written to disk."
    assert f"{WAITS} {said}" in words(window)


def entry(window, text):
    """What stands in the menu under these words."""
    return next(action for action in window.menu.actions() if action.text() == text)


def test_the_menu_leads_to_the_invitations_and_the_preferences(window, windows):
    for _ in range(2):
        entry(window, "Invitations").trigger()
        entry(window, "Preferences").trigger()

    (invitations,) = window.findChildren(InvitationsDialog)
    (preferences,) = window.findChildren(Preferences)
    assert invitations.isVisible()
    assert not invitations.isModal()
    assert preferences.isVisible()
