"""A request that never left, and one that was declined: said as it is, in the list and the chat."""

import pytest
from PySide6.QtWidgets import QAbstractButton

from pars_desktop.core.account import State
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.ui.contacts.chat_model import SECOND_LINE
from pars_desktop.ui.main_window import MainWindow
from tests.fakes import JULIET, ROMEO, settle
from tests.ui.looking import named, press, words
from tests.ui.stage import MERCUTIO

KEY = ChatKey(ROMEO, JULIET)
OFFLINE = "You are offline. The request goes out when the connection is back."
WAITING = "Juliet has not answered yet."


@pytest.fixture
def window(stage, qtbot, dressed):
    made = MainWindow(stage.accounts, stage.conversations)
    qtbot.addWidget(made)
    made.show()
    stage.conversations.reset.emit()  # as after the first picture
    return made


def plainly(window):
    return words(window).translate({0x2068: "", 0x2069: "", 0x200B: ""})


def line(window, key=KEY):
    return window.sidebar.chats.index_of(key).data(SECOND_LINE)


async def online(stage):
    stage.network.connection.come_up()
    await settle()


async def answered(stage, contact):
    """The server pushes what has become of a request."""
    stage.network.roster.items[contact.jid] = contact
    stage.network.roster.changed.emit(contact)
    await settle()


# --- offline -------------------------------------------------------------------------------------


async def test_a_request_made_offline_is_said_to_wait_for_our_own_connection(stage, window, qtbot):
    stage.status(State.WAITING, None, 30)
    await stage.account.friends.add(JULIET, "Juliet")
    window.open_chat(KEY)

    assert OFFLINE in plainly(window)
    assert "juliet@capulet.lit, not asked yet: you are offline" in plainly(window)
    qtbot.waitUntil(lambda: line(window) == "Not sent yet: you are offline")
    assert "may be offline" not in plainly(window)
    assert WAITING not in plainly(window)


async def test_once_we_are_online_it_is_they_who_are_waited_for(stage, window, qtbot):
    stage.status(State.OFFLINE)
    await stage.account.friends.add(JULIET, "Juliet")
    window.open_chat(KEY)
    qtbot.waitUntil(lambda: "offline" in line(window))

    await online(stage)

    assert WAITING in plainly(window)
    assert OFFLINE not in plainly(window)
    qtbot.waitUntil(lambda: line(window) == "Waiting for their answer")


async def test_a_request_that_has_gone_out_is_waited_for_also_while_we_are_offline(
    stage, window, qtbot
):
    await online(stage)
    await stage.account.friends.add(JULIET, "Juliet")
    await answered(stage, Contact(JULIET, "Juliet", ask=True))
    window.open_chat(KEY)

    stage.status(State.WAITING, None, 30)

    assert WAITING in plainly(window)
    qtbot.waitUntil(lambda: line(window) == "Waiting for their answer")


# --- no ------------------------------------------------------------------------------------------


@pytest.fixture
async def declined(stage, window):
    await online(stage)
    await stage.account.friends.add(JULIET, "Juliet")
    await answered(stage, Contact(JULIET, "Juliet", ask=True))
    window.open_chat(KEY)
    await answered(stage, Contact(JULIET, "Juliet"))
    return window


async def test_a_no_is_told_as_a_no(declined, qtbot):
    assert "Juliet declined your request." in plainly(declined)
    assert "juliet@capulet.lit declined your request" in plainly(declined)
    assert "not friends now" not in plainly(declined)
    qtbot.waitUntil(lambda: line(declined) == "Declined your request")


async def test_who_declined_can_be_taken_off_the_list_after_a_question(declined, qtbot):
    press(named(declined, QAbstractButton, "Remove from the list"))
    assert "Take Juliet off your list? What you wrote stays." in plainly(declined)
    press(named(declined, QAbstractButton, "Keep"))
    assert "Juliet declined your request." in plainly(declined)
    press(named(declined, QAbstractButton, "Remove from the list"))

    with qtbot.waitSignal(declined.end_requested) as wish:
        press(named(declined, QAbstractButton, "Remove"))

    assert wish.args == [KEY]


async def test_who_declined_can_be_asked_again_and_is_waited_for(stage, declined, qtbot):
    with qtbot.waitSignal(declined.ask_again_requested):
        press(named(declined, QAbstractButton, "Ask again"))

    await stage.account.friends.add(JULIET, "Juliet")
    await answered(stage, Contact(JULIET, "Juliet", ask=True))

    assert WAITING in plainly(declined)


async def test_a_friend_who_leaves_has_declined_nothing(stage, declined, qtbot):
    await stage.account.friends.add(JULIET, "Juliet")
    await answered(stage, Contact(JULIET, "Juliet", Subscription.BOTH))

    await answered(stage, Contact(JULIET, "Juliet"))

    assert "declined" not in plainly(declined)
    assert "You and Juliet are not friends now" in plainly(declined)
    qtbot.waitUntil(lambda: line(declined) == "Not friends now")


async def test_who_was_always_apart_has_declined_nothing(stage, window):
    window.open_chat(stage.estrange(MERCUTIO, "Mercutio"))

    assert "You and Mercutio are not friends now" in plainly(window)
    assert named(window, QAbstractButton, "Remove from the list") is not None
