"""From a link to a friendship, from the window's side: one dialog, carried out once."""

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.links import Proposal, ProposalKind
from pars_desktop.domain.contact import Progress
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import Offline, ServerRefused
from pars_desktop.domain.link import Action, Link
from pars_desktop.ui.invite.add_friend import AddFriend
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from tests.fakes import JULIET, ROMEO
from tests.ui.cast import CastAccounts, CastLinks
from tests.ui.looking import named, words

LINK = Link(action=Action.ROSTER, jid=JULIET, token="T", name="Juliet", group="Friends")


class Play:
    """A window, an account, links, and what came out."""

    def __init__(self, qtbot):
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.accounts = CastAccounts(ROMEO)
        self.links = CastLinks()
        self.tasks = Tasks()
        self.is_writing = False
        self.adding = AddFriend(
            self.accounts,
            self.links,
            self.tasks,
            self.window,
            is_writing=lambda: self.is_writing,
            pause=timedelta(milliseconds=50),
        )
        self.chats, self.composed = [], []
        self.adding.open_chat.connect(self.chats.append)
        self.adding.compose.connect(lambda *what: self.composed.append(what))

    @property
    def friends(self):
        return self.accounts.get(ROMEO).friends

    def propose(self, kind=ProposalKind.ADD_FRIEND, link=LINK):
        self.links.proposed.emit(Proposal(kind, link, (ROMEO,), ROMEO))

    def dialogs(self):
        return [one for one in self.window.findChildren(AddFriendDialog) if one.isVisible()]

    async def confirm(self):
        """The person presses Add friend after the moment in which nothing confirms."""
        self.dialogs()[0]._page.confirmed.emit(ROMEO, "Juliet")
        await self.done()

    async def done(self):
        for task in list(self.tasks._running):
            await task


@pytest.fixture
def play(qtbot):
    return Play(qtbot)


async def test_a_link_opens_the_dialog_and_nothing_is_done_before_the_person_says_so(play):
    play.propose()

    assert len(play.dialogs()) == 1
    assert play.friends.done == []


async def test_what_is_confirmed_is_asked_for_with_the_token_of_the_link(play):
    play.propose()

    await play.confirm()

    assert play.friends.done == [("add", JULIET, "Juliet", "T", "Friends")]
    assert "Waiting for" in words(play.dialogs()[0])


async def test_a_refusal_of_the_server_is_said_in_the_dialog(play):
    play.friends.trouble = ServerRefused("not-allowed")
    play.propose()

    await play.confirm()

    assert "not-allowed" in words(play.dialogs()[0])


async def test_closing_the_dialog_does_not_take_back_what_was_confirmed(play):
    play.propose()
    play.dialogs()[0]._page.confirmed.emit(ROMEO, "Juliet")

    play.dialogs()[0].reject()
    for task in list(play.tasks._running):
        await task

    assert play.friends.done == [("add", JULIET, "Juliet", "T", "Friends")]


async def test_a_closed_dialog_lets_the_next_link_come(play):
    play.propose()
    assert play.links.finished_count == 0

    play.dialogs()[0].reject()

    assert play.links.finished_count == 1
    assert play.dialogs() == []


async def test_a_no_is_said_where_they_were_waited_for(play):
    play.propose()
    await play.confirm()
    (dialog,) = play.dialogs()
    assert "Waiting for juliet@capulet.lit" in words(dialog)

    play.friends.refuse(JULIET)

    assert "juliet@capulet.lit declined your request." in words(dialog)
    assert "Waiting" not in words(dialog)


async def test_an_invitation_that_has_probably_ended_is_said(play):
    play.propose()
    await play.confirm()

    play.friends.come_to(JULIET, Progress.EXPIRED)

    assert "the invitation has probably ended" in words(play.dialogs()[0])


async def came_back(play):
    """Juliet's server was not found."""
    play.propose(link=Link(action=Action.CHAT, jid=JULIET))
    await play.confirm()
    play.friends.come_to(JULIET, Progress.UNREACHABLE)
    return play.dialogs()[0]


async def test_a_mistyped_address_is_taken_off_the_list_and_corrected(play):
    dialog = await came_back(play)
    named(dialog, QPushButton, "Correct the address").click()
    await play.done()

    assert play.friends.done[-1] == ("remove", JULIET)
    field = named(dialog, QLineEdit, "Address or link")
    assert field.text() == str(JULIET)
    assert play.links.finished_count == 1
    field.setText("juliet@capulet.test")
    field.returnPressed.emit()
    assert play.links.opened == ["xmpp:juliet@capulet.test"]


async def test_a_request_that_came_back_can_be_cancelled(play):
    dialog = await came_back(play)
    named(dialog, QPushButton, "Cancel request").click()
    await play.done()

    assert play.friends.done[-1] == ("remove", JULIET)
    assert not dialog.isVisible()
    assert play.links.finished_count == 1


async def test_a_request_that_cannot_be_cancelled_now_says_why(play):
    dialog = await came_back(play)
    play.friends.trouble = Offline()
    cancel = named(dialog, QPushButton, "Cancel request")
    cancel.click()
    await play.done()

    assert dialog.isVisible()
    assert "romeo@montague.lit is not connected." in words(dialog)
    assert cancel.isEnabled()


async def test_what_is_entered_by_hand_goes_the_way_of_every_link(play):
    play.adding.ask()
    field = named(play.dialogs()[0], QLineEdit, "Address or link")
    field.setText("juliet@capulet.lit")
    field.returnPressed.emit()
    assert play.links.opened == ["xmpp:juliet@capulet.lit"]

    play.propose()

    assert len(play.dialogs()) == 1
    assert named(play.dialogs()[0], QLineEdit, "Friend's address") is not None


async def test_what_was_no_link_can_be_entered_anew(play):
    play.adding.ask()

    play.propose(ProposalKind.REFUSED, Link(refused="not-a-link"))

    assert play.links.finished_count == 1
    assert named(play.dialogs()[0], QLineEdit, "Address or link") is not None


async def test_asking_twice_shows_one_dialog(play):
    play.adding.ask()
    play.adding.ask()

    assert len(play.dialogs()) == 1


async def test_a_link_to_a_friend_opens_the_chat_without_a_dialog(play, qtbot):
    play.propose(ProposalKind.OPEN_CHAT)

    assert play.chats == [ChatKey(ROMEO, JULIET)]
    assert play.dialogs() == []
    qtbot.waitUntil(lambda: play.links.finished_count == 1)


async def test_u10_a_flood_of_links_to_a_friend_is_a_flood_like_any_other(play):
    """The next link waits, and so the core can count what no person clicks."""
    play.propose(ProposalKind.OPEN_CHAT)

    assert play.links.finished_count == 0


async def test_u10_whoever_is_writing_is_asked_before_a_link_opens_another_chat(play, qtbot):
    """Or the rest of the message would go to whoever the page chose."""
    play.is_writing = True
    play.propose(ProposalKind.OPEN_CHAT)

    assert play.chats == []
    (dialog,) = play.dialogs()
    open_chat = named(dialog, QPushButton, "Open chat")
    assert not open_chat.isEnabled()
    assert dialog._page.focusProxy() is not open_chat
    qtbot.waitUntil(open_chat.isEnabled)
    open_chat.click()
    assert play.chats == [ChatKey(ROMEO, JULIET)]


async def test_u9_a_key_meant_for_the_composer_confirms_no_message_of_a_link(play, qtbot):
    """Somebody types while a page opens a link: no space or Enter of theirs takes its text over."""
    play.propose(ProposalKind.COMPOSE, Link(action=Action.MESSAGE, jid=JULIET, body="I yield"))
    (dialog,) = play.dialogs()
    open_chat = named(dialog, QPushButton, "Open chat")

    assert not open_chat.isEnabled()
    qtbot.waitUntil(open_chat.isEnabled)
    qtbot.keyClicks(dialog.focusWidget() or dialog, " ")
    qtbot.wait(150)

    assert play.composed == []


async def test_u9_a_message_is_only_put_into_the_composer(play, qtbot):
    play.propose(ProposalKind.COMPOSE, Link(action=Action.MESSAGE, jid=JULIET, body="But soft"))

    open_chat = named(play.dialogs()[0], QPushButton, "Open chat")
    qtbot.waitUntil(open_chat.isEnabled)
    open_chat.click()

    assert play.composed == [(ChatKey(ROMEO, JULIET), "But soft")]
    assert play.links.finished_count == 1
