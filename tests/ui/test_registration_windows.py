"""Which window leads to a new account, and that the invitation is not asked about twice."""

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit

from pars_desktop.core.conversations import Conversations
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.jid import JID
from pars_desktop.ui.bars import BefriendedBar
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.registration.account_dialog import AccountDialog
from pars_desktop.ui.windows import Windows
from tests.fakes import ROMEO, settle
from tests.ui.cast import CastEyes
from tests.ui.looking import named, words
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

    assert [account.jid for account in house.accounts.all()] == [ROMEO, MERCUTIO]
    assert house.dialogs(AccountDialog) == []


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
    await house.accounts.remove(ROMEO)
    await settle()

    assert house.button("I have an invitation") is not None
    assert house.button("I have an account") is not None
