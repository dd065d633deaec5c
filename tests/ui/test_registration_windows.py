"""Which window leads to a new account, and that the invitation is not asked about twice."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QScrollArea

from pars_desktop.core.conversations import Conversations
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import UsedElsewhere
from pars_desktop.domain.form import Form, FormField
from pars_desktop.domain.jid import JID
from pars_desktop.domain.registration import Questions
from pars_desktop.ui.bars import BefriendedBar, Strip
from pars_desktop.ui.chat.chat_page import ChatPage
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.preferences import Preferences
from pars_desktop.ui.registration.account_dialog import AccountDialog
from pars_desktop.ui.registration.ready_bar import Ready, ReadyBar
from pars_desktop.ui.sheet import Sheet
from pars_desktop.ui.sign_in.sign_in_dialog import SignInDialog
from pars_desktop.ui.windows import Windows
from tests.fakes import ROMEO, settle
from tests.ui.cast import CastEyes
from tests.ui.looking import interface, named, words
from tests.ui.office import BENVOLIO, INVITATION, PLAIN, Office
from tests.ui.test_windows import NoHandler

MERCUTIO = JID("mercutio", "verona.test")
REGISTER = "xmpp:mercutio@verona.test?register;preauth=T789"
INSTEAD = "With a new account at verona.test instead"


class House(Office):
    """All windows of the program."""

    def __init__(self, qtbot, folder, *accounts):
        super().__init__(qtbot, folder, *accounts)
        self.conversations = Conversations(self.db, self.accounts)
        self.conversations.follow()
        self.window = MainWindow(self.accounts, self.conversations)
        qtbot.addWidget(self.window)
        self.windows = Windows(
            self.window,
            self.accounts,
            self.conversations,
            self.links,
            self.tasks,
            self.settings,
            NoHandler(),
            CastEyes,
            self.registrar,
        )
        self.windows.furnish()
        self.window.show()

    def focused_in(self, dialog):
        return interface(dialog.focusWidget()).text(QAccessible.Text.Name)

    def dialogs(self, kind):
        return [each for each in self.window.findChildren(kind) if each.isVisible()]

    async def close(self):
        for dialog in self.dialogs(AccountDialog):
            dialog.close()
        await settle()
        await self.tasks.close()
        self.window.close()


@pytest.fixture
async def house(qtbot, tmp_path):
    """Romeo has an account."""
    house = House(qtbot, tmp_path, ROMEO)
    yield house
    await house.close()


@pytest.fixture
async def empty_house(qtbot, tmp_path):
    house = House(qtbot, tmp_path)
    yield house
    await house.close()


async def become_friends(house):
    roster = house.server.network_of_stream.roster
    roster.items = {BENVOLIO: Contact(BENVOLIO, subscription=Subscription.BOTH)}
    house.server.network_of_stream.connection.come_up()
    await settle()


async def test_r32_with_an_account_it_is_asked_once_which_one(house):
    house.links.open(INVITATION)
    assert house.button("Add friend") is not None

    await house.press(INSTEAD)
    assert house.dialogs(AddFriendDialog) == []
    assert house.settings.load().waiting_link == INVITATION
    assert house.server.asked == ["T123"]
    await house.type("User name", "mercutio")
    await house.press("Create account")
    await become_friends(house)

    assert [account.jid for account in house.accounts.all()] == [ROMEO, MERCUTIO]
    assert house.dialogs(AccountDialog) == house.dialogs(AddFriendDialog) == []
    assert "You and Ben are now friends" in words(house.window)
    assert house.settings.load().waiting_link == ""


async def test_r32_neither_of_the_two_can_be_pressed_for_a_moment(house):
    house.links.open(INVITATION)

    assert not house.button(INSTEAD).isEnabled()
    assert not house.button("Add friend").isEnabled()


async def test_r32_the_other_of_the_two_accounts_is_named(house):
    house.links.open(INVITATION)

    assert f"Your friend will see you as {ROMEO}." in words(house.window)


async def test_r32_whoever_is_there_already_is_offered_no_second_account_there(qtbot, tmp_path):
    house = House(qtbot, tmp_path, MERCUTIO)
    house.links.open(INVITATION)

    assert house.button("Add friend") is not None
    assert house.button(INSTEAD) is None
    await house.close()


async def test_a_name_that_is_ones_own_there_is_not_suggested_again(qtbot, tmp_path):
    house = House(qtbot, tmp_path, MERCUTIO)
    house.window.add_account_requested.emit()
    await house.press("Create an account")
    await house.type("Server", "verona.test")
    await house.press("Next")

    assert house.field("User name").text() == ""
    await house.close()


async def test_r33_a_link_to_reset_a_password_here_says_so_to_the_end(qtbot, tmp_path):
    house = House(qtbot, tmp_path, MERCUTIO)
    house.links.open(REGISTER)
    assert f"With this link you can set a new password for your account {MERCUTIO}." in words(
        house.window
    )
    await house.press("Set a new password")
    (dialog,) = house.dialogs(AccountDialog)
    assert dialog.windowTitle() == "New password"
    assert house.server.servers == []

    await house.press("Replace the password")
    await house.press("Set password")

    assert house.dialogs(AccountDialog) == []
    assert f"The new password of {MERCUTIO} is set." in words(house.window)
    assert [account.jid for account in house.accounts.all()] == [MERCUTIO]
    await house.close()


async def test_r34_a_plain_invitation_offers_no_new_account(house):
    house.links.open(PLAIN)

    assert house.button("Add friend") is not None
    assert house.button(INSTEAD) is None


async def test_giving_up_the_new_account_gives_up_the_invitation(house):
    house.links.open(INVITATION)
    await house.press(INSTEAD)

    await house.press("Cancel")

    assert house.dialogs(AccountDialog) == []
    assert house.server.closed == 1
    assert house.settings.load().waiting_link == ""


async def test_r33_r45_a_link_to_an_account_asks_before_anything_is_sent(house):
    house.links.open(REGISTER)
    assert "With this link you can create an account at" in words(house.window)

    await house.press("Create an account")

    (dialog,) = house.dialogs(AccountDialog)
    assert "its password is replaced" in words(dialog)
    assert house.server.servers == []
    assert house.settings.load().waiting_link == REGISTER


async def test_another_account_is_signed_in_to_or_created(house):
    house.window.add_account_requested.emit()
    (dialog,) = house.dialogs(AccountDialog)
    shown = [
        each.accessibleName() for each in dialog.findChildren(QAbstractButton) if each.isVisible()
    ]
    assert shown == ["I have an account", "Create an account", "Cancel"]
    assert dialog.windowTitle() == "Add account"

    await house.press("Create an account")
    await house.type("Server", "verona.test")
    await house.press("Next")
    assert house.field("User name").text() == "romeo"
    await house.type("User name", "mercutio")
    await house.press("Create account")
    assert "Your account mercutio@verona.test is ready." in words(house.window)
    assert [account.jid for account in house.accounts.all()] == [ROMEO, MERCUTIO]
    assert house.dialogs(AccountDialog) == []


@pytest.mark.parametrize(
    ("keep", "said"),
    [
        (KeepPassword.KEYRING, "in the keyring of this computer"),
        (KeepPassword.FILE, "in a file that only you can read"),
        (KeepPassword.ASK, "asks for its password at each start"),
    ],
)
def test_the_end_says_where_the_password_is_and_offers_a_suggested_one(qtbot, keep, said):
    bar = ReadyBar()
    qtbot.addWidget(bar)
    bar.announce(Ready(MERCUTIO, keep))
    assert said in words(bar)
    assert named(bar, QAbstractButton, "Copy password") is None

    bar.announce(Ready(MERCUTIO, keep, "suggested"))
    named(bar, QAbstractButton, "Copy password").click()
    assert QGuiApplication.clipboard().text() == "suggested"
    QGuiApplication.clipboard().clear()
    named(bar, QAbstractButton, "Dismiss").click()
    assert not bar.isVisible()


def test_a_removed_account_is_not_said_to_be_ready(qtbot):
    bar = ReadyBar()
    qtbot.addWidget(bar)
    bar.announce(Ready(MERCUTIO, KeepPassword.ASK))

    bar.left(ROMEO)
    assert bar.isVisible()
    bar.left(MERCUTIO)
    assert not bar.isVisible()


async def test_there_is_one_such_dialog_at_a_time(house):
    house.window.add_account_requested.emit()
    house.window.add_account_requested.emit()

    assert len(house.dialogs(AccountDialog)) == 1


async def test_r31_the_first_account_opens_the_window_and_tells_of_the_friend(empty_house):
    house = empty_house
    house.links.open(INVITATION)
    await house.press("Create an account at verona.test")
    await house.type("User name", "mercutio")
    await house.press("Create account")
    await become_friends(house)
    assert "Your account mercutio@verona.test is ready." in words(house.window)
    assert "You and Ben will be friends without another step." in words(house.window)
    assert "in the keyring of this computer" in words(house.window)
    assert house.window.focusWidget() is not None
    await house.press("Copy password")
    assert QGuiApplication.clipboard().text() == house.passwords.kept[MERCUTIO]
    QGuiApplication.clipboard().clear()
    assert house.button("Invite a friend") is not None
    assert house.button("I have an account") is None
    assert house.window.findChild(BefriendedBar).isVisible()
    assert house.dialogs(AddFriendDialog) == []


async def test_the_first_window_takes_a_link_that_is_dropped_or_read_from_a_code(empty_house):
    empty_house.windows._scan._open_link(PLAIN)

    assert empty_house.field("Address in the link").text() == str(BENVOLIO)
    empty_house.windows._on_no_code("There is no code.")
    (box,) = (each for each in QApplication.topLevelWidgets() if each.isModal())
    box.close()


async def test_why_there_is_no_code_is_said_where_one_was_asked_for(empty_house):
    await empty_house.press("I have an invitation")
    assert named(empty_house.window, QLineEdit, "Address or link") is not None

    empty_house.windows._on_no_code("There is no code.")

    assert "There is no code." in words(empty_house.window)


async def test_the_last_account_that_goes_leads_back_to_the_first_window(house):
    house.window.preferences_requested.emit()
    await house.press(f"Remove {ROMEO}")
    await house.press("Remove")

    assert house.accounts.all() == ()
    assert house.button("I have an invitation") is not None
    assert house.button("I have an account") is not None
    assert house.dialogs(Preferences) == []


async def test_what_was_open_of_an_account_closes_with_it(house):
    """Its chat with a draft, an announcement, an invitation, the question for its password."""
    key = ChatKey(ROMEO, BENVOLIO)
    house.window.open_chat(key, "what was offered to write")
    house.windows._befriended_bar.announce(key, "Ben")
    house.window.invite_requested.emit()
    house.window.sign_in_requested.emit(ROMEO)
    await settle()
    assert len(house.dialogs(Sheet)) == 2

    await house.accounts.remove(ROMEO)
    await settle()

    assert house.dialogs(Sheet) == []
    assert house.window.open_key is None
    house.window.show_page(None)  # what lies behind the first window
    assert "are now friends" not in words(house.window)


async def test_what_is_open_of_another_account_stays(qtbot, tmp_path):
    house = House(qtbot, tmp_path, ROMEO, MERCUTIO)
    key = ChatKey(MERCUTIO, BENVOLIO)
    house.window.open_chat(key)
    house.windows._befriended_bar.announce(key, "Ben")
    house.window.sign_in_requested.emit(MERCUTIO)
    await settle()

    await house.accounts.remove(ROMEO)
    await settle()

    assert house.window.open_key == key
    assert "You and Ben are now friends" in words(house.window)
    (asks,) = house.dialogs(SignInDialog)
    asks.close()
    await house.close()


async def test_an_account_that_comes_back_is_heard_in_its_chat_again(house):
    key = ChatKey(ROMEO, BENVOLIO)
    house.window.open_chat(key)
    await house.accounts.remove(ROMEO)
    task = house.tasks.spawn(house.accounts.add(AccountSettings(ROMEO), "queen"), name="again")
    await settle()
    house.networks[ROMEO].connection.come_up()
    await task
    house.window.open_chat(key)
    assert "Not signed in" not in words(house.window.findChild(ChatPage))

    house.networks[ROMEO].connection.drop(UsedElsewhere(), None)

    assert "Not signed in" in words(house.window.findChild(ChatPage))


async def test_the_buttons_stay_in_sight_where_the_page_is_higher_than_the_screen(qtbot, house):
    questions = [FormField(f"q{number}", label=f"Question {number}") for number in range(30)]
    house.server.questions = Questions(Form(fields=tuple(questions)))
    house.links.open(INVITATION)
    await house.press(INSTEAD)
    (dialog,) = house.dialogs(AccountDialog)
    await settle()
    button = house.button("Create account")
    (room,) = dialog.findChildren(QScrollArea)

    qtbot.waitUntil(lambda: room.widget().height() > room.viewport().height())
    assert dialog.height() <= dialog.screen().availableGeometry().height()
    for shown in (button, house.button("Cancel")):
        assert dialog.rect().contains(shown.geometry().translated(shown.parent().pos()))
        assert not room.isAncestorOf(shown)
    house.field("Question 29").setFocus()
    reached = []
    while "Create account" not in reached:
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        reached.append(house.focused_in(dialog))
        assert len(reached) < 5
    house.passwords.locked = True
    await house.type("User name", "mercutio")
    await house.press("Create account")
    (said,) = (each for each in dialog.findChildren(Strip) if "passwords" in words(each))
    qtbot.waitUntil(lambda: not said.visibleRegion().isEmpty())
    assert house.focused_in(dialog) == "Continue"
