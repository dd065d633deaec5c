"""One quiet line says how far a friendship is; what has probably ended can be asked anew."""

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QAbstractButton

from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.message import Delivery
from pars_desktop.store.approvals import ApprovalStore, Intent
from pars_desktop.ui.chat.chat_page import ChatPage
from pars_desktop.ui.contacts.chat_model import last_line
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.looking import named, press, words
from tests.ui.stage import NOW, Stage

KEY = ChatKey(ROMEO, JULIET)
ASK_AGAIN = "Ask again without the invitation"


@pytest.fixture
def stage():
    stage = Stage(ROMEO)
    stage.conversations.follow()
    yield stage
    stage.close()


@pytest.fixture
def page(qtbot, stage):
    page = ChatPage(stage.accounts, stage.conversations)
    qtbot.addWidget(page)
    page.show()
    return page


def asked(stage, *, ago, token="T", subscription=Subscription.NONE):
    """Romeo followed Juliet's invitation so long ago."""
    ask = subscription is Subscription.NONE
    stage.contacts.put(ROMEO, Contact(JULIET, "Juliet", subscription, ask))
    ApprovalStore(stage.db).put(
        Intent(ROMEO, JULIET, "Juliet", "", token, NOW + timedelta(weeks=4), NOW - ago, sent=True)
    )
    stage.conversations.changed.emit(KEY)


def line(stage):
    return last_line(stage.conversations.row(KEY))


def test_while_their_device_has_to_answer_it_is_waited_for(stage, page):
    asked(stage, ago=timedelta(hours=1))
    page.show_chat(KEY)

    assert "Waiting for \u2068juliet@capulet.lit\u2069, who may be offline" in words(page)
    assert line(stage) == "Waiting for their answer"
    assert "Juliet has not answered yet." in plainly(words(page))
    assert named(page, QAbstractButton, "Ask again") is None


def test_what_they_accepted_needs_nobody_any_more(stage, page):
    asked(stage, ago=timedelta(days=8), subscription=Subscription.TO)
    page.show_chat(KEY)

    assert "\u2068juliet@capulet.lit\u2069 accepted; the rest happens by itself" in words(page)
    assert line(stage) == "They accepted"
    assert not page.friendship.isVisible()


def test_what_has_probably_ended_can_be_asked_again_without_the_invitation(stage, page, qtbot):
    asked(stage, ago=timedelta(days=7))
    page.show_chat(KEY)

    assert "Juliet does not answer: the invitation has probably ended." in words(page)
    assert line(stage) == "The invitation has probably ended"
    with qtbot.waitSignal(page.ask_again_requested) as wish:
        named(page, QAbstractButton, ASK_AGAIN).click()
    assert wish.args == [KEY]


def test_a_server_that_has_answered_says_it_after_a_day(stage, page):
    asked(stage, ago=timedelta(days=1))
    page.show_chat(KEY)
    assert named(page, QAbstractButton, ASK_AGAIN) is None

    stage.network.roster.acknowledged.emit(JULIET)

    assert named(page, QAbstractButton, ASK_AGAIN).isVisible()


def test_once_asked_again_it_is_waited_for(stage, page):
    asked(stage, ago=timedelta(days=7))
    page.show_chat(KEY)

    asked(stage, ago=timedelta(0), token=None)

    assert named(page, QAbstractButton, ASK_AGAIN) is None
    assert line(stage) == "Waiting for their answer"


@pytest.mark.parametrize("condition", ["remote-server-not-found", "item-not-found"])
def test_a_request_that_came_back_is_not_said_to_wait(stage, page, condition):
    asked(stage, ago=timedelta(0), token=None)
    page.show_chat(KEY)
    stage.network.roster.refused.emit(JULIET, condition)

    assert line(stage) == "Cannot be reached"
    assert "juliet@capulet.lit cannot be reached" in plainly(words(page))
    assert "The request to Juliet came back." in plainly(words(page))
    assert named(page, QAbstractButton, "Cancel request").isVisible()


def test_a_request_is_cancelled_after_one_question(stage, page):
    asked(stage, ago=timedelta(hours=1))
    page.show_chat(KEY)
    ended = []
    page.end_requested.connect(ended.append)

    press(named(page, QAbstractButton, "Cancel request"))
    assert ended == []
    assert "Take Juliet off your list? What you wrote stays." in plainly(words(page))
    press(named(page, QAbstractButton, "Cancel request"))

    assert ended == [KEY]


def test_a_request_can_go_on_waiting(stage, page):
    asked(stage, ago=timedelta(hours=1))
    page.show_chat(KEY)
    ended = []
    page.end_requested.connect(ended.append)
    press(named(page, QAbstractButton, "Cancel request"))

    press(named(page, QAbstractButton, "Keep waiting"))

    assert ended == []
    assert "Juliet has not answered yet." in plainly(words(page))


def test_the_question_belongs_to_one_chat(stage, page):
    asked(stage, ago=timedelta(hours=1))
    page.show_chat(KEY)
    press(named(page, QAbstractButton, "Cancel request"))

    page.show_chat(stage.befriend(TYBALT, "Tybalt", waiting=True))

    assert "Tybalt has not answered yet." in plainly(words(page))


@pytest.mark.parametrize("error", ["remote-server-not-found", "item-not-found"])
def test_an_address_that_no_message_reaches_may_not_exist(stage, page, error):
    asked(stage, ago=timedelta(hours=1))
    stage.remember(JULIET, "Hello?", ours=True, delivery=Delivery.FAILED, error=error)
    page.show_chat(KEY)

    said = plainly(words(page))
    assert "This address may not exist: a message to Juliet came back." in said
    assert "juliet@capulet.lit, which may not exist" in said
    assert "may be offline" not in said


def test_a_message_that_was_refused_says_nothing_about_the_address(stage, page):
    asked(stage, ago=timedelta(hours=1))
    stage.remember(JULIET, "Hello?", ours=True, delivery=Delivery.FAILED, error="forbidden")
    page.show_chat(KEY)

    assert "may not exist" not in words(page)


# --- somebody who is not in the list -----------------------------------------------------------


@pytest.fixture
def stranger(stage, page):
    stage.receive(JULIET, "Who is there?")
    page.show_chat(KEY)
    return page


def test_who_is_not_in_the_list_can_be_added(stranger, qtbot):
    assert "juliet@capulet.lit is not in your list." in plainly(words(stranger))

    with qtbot.waitSignal(stranger.invitation_clicked) as wish:
        press(named(stranger, QAbstractButton, "Add"))

    assert wish.args == ["xmpp:juliet@capulet.lit"]


async def test_who_is_not_in_the_list_can_be_blocked_and_let_in_again(stage, stranger):
    wishes = []
    stranger.block_requested.connect(lambda key, blocks: wishes.append((key, blocks)))
    press(named(stranger, QAbstractButton, "Block"))
    stage.account.blocking._set(frozenset({JULIET}))
    assert "You have blocked juliet@capulet.lit." in plainly(words(stranger))
    assert named(stranger, QAbstractButton, "Add") is None

    press(named(stranger, QAbstractButton, "Unblock"))

    assert wishes == [(KEY, True), (KEY, False)]


def plainly(text):
    return text.translate({0x2068: "", 0x2069: "", 0x200B: ""})
