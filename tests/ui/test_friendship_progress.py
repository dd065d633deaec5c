"""One quiet line says how far a friendship is; what has probably ended can be asked anew."""

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QAbstractButton

from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.store.approvals import ApprovalStore, Intent
from pars_desktop.ui.chat.chat_page import ChatPage
from pars_desktop.ui.contacts.chat_model import last_line
from tests.fakes import JULIET, ROMEO
from tests.ui.looking import named, words
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
    assert not page.friendship.isVisible()


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
    assert not page.friendship.isVisible()

    stage.network.roster.acknowledged.emit(JULIET)

    assert page.friendship.isVisible()


def test_once_asked_again_it_is_waited_for(stage, page):
    asked(stage, ago=timedelta(days=7))
    page.show_chat(KEY)

    asked(stage, ago=timedelta(0), token=None)

    assert not page.friendship.isVisible()
    assert line(stage) == "Waiting for their answer"
