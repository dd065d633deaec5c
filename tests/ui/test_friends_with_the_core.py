"""The windows of making friends over the real core: from a press to what leaves the program."""

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.links import Links
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.invite import InviteOptions
from pars_desktop.domain.uri import invitation_link, parse_link
from pars_desktop.store.settings import SettingsStore
from pars_desktop.ui.contacts.newcomer_bar import NewcomerBar
from pars_desktop.ui.invite.add_friend import AddFriend
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from pars_desktop.ui.requests.requests_bar import RequestsBar
from tests.fakes import JULIET, ROMEO, TYBALT, settle
from tests.ui.looking import named, words
from tests.ui.stage import Stage


@pytest.fixture
async def stage():
    made = Stage()
    made.account.sign_in("secret")
    made.network.connection.come_up()
    await settle()
    yield made
    await made.account.sign_out()
    made.close()


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def adding(stage, window, tmp_path):
    links = Links(stage.accounts, SettingsStore(tmp_path / "settings.json"))
    return AddFriend(stage.accounts, links, Tasks(), window)


def dialog_of(window):
    return next(one for one in window.findChildren(AddFriendDialog) if one.isVisible())


async def test_a_typed_address_leads_to_a_request_only_once_it_is_confirmed(
    stage, window, adding, qtbot
):
    adding.ask()
    dialog = dialog_of(window)
    named(dialog, QLineEdit, "Address or link").setText(" Juliet@Capulet.lit")
    named(dialog, QPushButton, "Next").click()
    assert named(dialog, QLineEdit, "Friend's address").text() == "juliet@capulet.lit"
    assert stage.network.roster.of_kind("subscribe") == []

    qtbot.waitUntil(named(dialog, QPushButton, "Add friend").isEnabled)
    named(dialog, QPushButton, "Add friend").click()
    await settle()

    assert [sent[1] for sent in stage.network.roster.of_kind("subscribe")] == [JULIET]
    assert "Waiting for" in words(dialog)


async def test_a_link_of_a_friend_who_agrees_opens_the_chat(stage, window, adding, qtbot):
    opened = []
    adding.open_chat.connect(opened.append)
    adding._links.open(invitation_link(JULIET, "T" * 24, "Juliet"))
    dialog = dialog_of(window)
    qtbot.waitUntil(named(dialog, QPushButton, "Add friend").isEnabled)
    named(dialog, QPushButton, "Add friend").click()
    await settle()

    stage.network.roster.they_ask(JULIET)
    stage.network.roster.they_approve(JULIET)
    await settle()
    assert "You and" in words(dialog)
    named(dialog, QPushButton, "Open chat").click()

    assert opened == [ChatKey(ROMEO, JULIET)]
    assert stage.account.friends.contact(JULIET).name == "Juliet"


async def test_u10_a_second_link_waits_until_the_first_dialog_is_closed(stage, window, adding):
    adding._links.open(f"xmpp:{JULIET}?roster")
    adding._links.open(f"xmpp:{TYBALT}?roster")
    first = dialog_of(window)
    assert named(first, QLineEdit, "Friend's address").text() == str(JULIET)

    first.reject()

    assert named(dialog_of(window), QLineEdit, "Friend's address").text() == str(TYBALT)


async def test_a_guest_with_the_token_is_a_newcomer_who_can_be_undone(stage, window):
    bar = NewcomerBar(stage.accounts, stage.conversations, Tasks(), window, hold=timedelta(0))
    invite = stage.account.invites.create(InviteOptions(label="the choir"))

    stage.network.roster.they_ask(JULIET, parse_link(invite.link).token, nick="Juliet")
    await settle()

    assert "juliet@capulet.lit accepted your invitation for the choir" in words(bar)
    named(bar, QPushButton, "Undo").click()
    await settle()
    assert not bar.isVisible()
    assert stage.account.friends.contact(JULIET) is None


async def test_p3_a_token_used_before_waits_in_the_requests_bar_and_names_who_used_it(
    stage, window
):
    bar = RequestsBar(stage.accounts, Tasks(), window, hold=timedelta(0))
    token = parse_link(stage.account.invites.create().link).token
    stage.network.roster.they_ask(JULIET, token)
    await settle()

    stage.network.roster.they_ask(TYBALT, token, nick="Prince of Cats")
    await settle()

    assert "tybalt@capulet.lit wants to be your friend" in words(bar)
    assert "which juliet@capulet.lit had used before." in words(bar)
    named(bar, QPushButton, "Accept").click()
    await settle()
    assert TYBALT in [sent[1] for sent in stage.network.roster.of_kind("approve")]
    assert not bar.isVisible()
