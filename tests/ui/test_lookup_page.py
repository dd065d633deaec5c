"""A page is asked only after the person has agreed, and they know what it learns (R44)."""

import asyncio
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.links import Proposal, ProposalKind
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import InvitationGone, LookupTrouble, PrivatePage
from pars_desktop.domain.link import Action, Link
from pars_desktop.domain.uri import parse_link
from pars_desktop.ui.invite.add_friend import AddFriend
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from tests.fakes import JULIET, ROMEO
from tests.ui.cast import CastAccounts, CastLinks
from tests.ui.looking import named, press, words

LONG_HOST = "a-very-long-name-of-a-department.some-university.example"


def page_of(host="page.example", scheme="https"):
    link = parse_link(f"{scheme}://{host}/invite/65HVSJQKz")
    return Proposal(ProposalKind.LOOK_UP, link, (ROMEO,), ROMEO)


FOUND = Proposal(
    ProposalKind.ADD_FRIEND,
    Link(action=Action.ROSTER, jid=JULIET, token="T", name="Juliet"),
    (ROMEO,),
    ROMEO,
)


def plainly(text):
    return text.translate({0x2068: "", 0x2069: ""})


def shown(qtbot, proposal, hold=timedelta(0)):
    dialog = AddFriendDialog(CastAccounts(ROMEO), hold=hold)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.propose(proposal)
    return dialog


class Play:
    """A window, links that can be looked up, and a dialog of real length."""

    def __init__(self, qtbot):
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.links = CastLinks()
        self.tasks = Tasks()
        self.chats = []
        self.adding = AddFriend(CastAccounts(ROMEO), self.links, self.tasks, self.window)
        self.adding.open_chat.connect(self.chats.append)

    def dialog(self):
        found = self.window.findChildren(AddFriendDialog)
        return next((each for each in found if each.isVisible()), None)

    async def ask(self, qtbot, host="page.example"):
        self.links.proposed.emit(page_of(host))
        button = named(self.dialog(), QPushButton, f"Ask {host}")
        qtbot.waitUntil(button.isEnabled)
        button.click()
        await self.done()

    async def done(self):
        for task in list(self.tasks._running):
            await asyncio.wait([task])


@pytest.fixture
def play(qtbot):
    return Play(qtbot)


def test_r44_one_sentence_says_who_is_asked_and_what_they_learn(qtbot):
    dialog = shown(qtbot, page_of())

    said = plainly(words(dialog))
    assert "Only page.example knows whose invitation this is." in said
    assert "If you ask, it learns your internet address." in said
    assert "65HVSJQKz" not in said
    assert named(dialog, QPushButton, "Ask page.example")
    assert named(dialog, QPushButton, "Cancel")


def test_r44_a_long_host_is_named_whole_to_assistive_tools_and_its_end_to_the_eye(qtbot):
    dialog = shown(qtbot, page_of(LONG_HOST))

    button = named(dialog, QPushButton, f"Ask {LONG_HOST}")
    assert button.text().startswith("Ask …")
    assert button.text().endswith(LONG_HOST[-20:])
    assert LONG_HOST in words(dialog)


def test_r44_a_host_of_other_letters_is_shown_in_plain_ones(qtbot):
    dialog = shown(qtbot, page_of("pаypal.example"))

    assert "xn--pypal-4ve.example" in words(dialog)


def test_r44_a_page_that_came_unencrypted_is_warned_of(qtbot):
    dialog = shown(qtbot, page_of(scheme="http"))

    assert "This link came unencrypted" in words(dialog)


def test_for_a_moment_after_it_appears_nobody_can_agree(qtbot):
    dialog = shown(qtbot, page_of(), hold=timedelta(milliseconds=80))
    agreed = []
    dialog.lookup_agreed.connect(lambda: agreed.append(True))
    button = named(dialog, QPushButton, "Ask page.example")

    press(button)
    assert agreed == []
    assert not button.hasFocus()
    qtbot.waitUntil(button.isEnabled)
    QApplication.sendEvent(dialog._page, QEvent(QEvent.Type.WindowActivate))
    assert not button.isEnabled()
    qtbot.waitUntil(button.isEnabled)
    press(button)

    assert agreed == [True]


async def test_r44_nothing_is_asked_before_the_person_agrees(play):
    play.links.proposed.emit(page_of())
    await play.done()
    assert play.links.looked_up == []

    press(named(play.dialog(), QPushButton, "Cancel"))
    await play.done()

    assert play.links.looked_up == []
    assert play.dialog() is None
    assert play.links.finished_count == 1


async def test_r44_what_the_page_says_is_proposed_in_the_same_dialog(play, qtbot):
    play.links.found = FOUND
    await play.ask(qtbot)

    assert named(play.dialog(), QLineEdit, "Friend's address").text() == str(JULIET)
    assert play.links.finished_count == 0

    play.dialog()._page.confirmed.emit(ROMEO, "Juliet")
    await play.done()
    friends = play.adding._accounts.get(ROMEO).friends
    assert friends.done == [("add", JULIET, "Juliet", "T", "")]


async def test_r44_a_page_of_a_friend_opens_the_chat(play, qtbot):
    play.links.found = Proposal(ProposalKind.OPEN_CHAT, FOUND.link, (ROMEO,), ROMEO)
    await play.ask(qtbot)

    assert play.chats == [ChatKey(ROMEO, JULIET)]
    assert play.dialog() is None


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (LookupTrouble(), "page.example gave no answer that Pars can use."),
        (InvitationGone(), "page.example knows no such invitation: it is invalid or has ended."),
        (PrivatePage(), "The page leads into a private network or is not encrypted"),
    ],
)
async def test_r44_why_nothing_came_of_it_is_said_and_it_can_be_tried_again(
    play, qtbot, trouble, said
):
    play.links.found = trouble
    await play.ask(qtbot)
    assert said in words(play.dialog())

    play.links.found = FOUND
    again = named(play.dialog(), QPushButton, "Ask page.example")
    assert not again.isEnabled()  # a second click of the first press must not ask again
    qtbot.waitUntil(again.isEnabled)
    again.click()
    await play.done()

    assert named(play.dialog(), QLineEdit, "Friend's address") is not None


async def test_r44_closing_the_dialog_ends_the_question(play, qtbot):
    asked = asyncio.Event()
    ended = []

    async def slow(_proposal):
        asked.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append(True)
            raise

    play.links.look_up = slow
    play.links.proposed.emit(page_of())
    button = named(play.dialog(), QPushButton, "Ask page.example")
    qtbot.waitUntil(button.isEnabled)
    button.click()
    await asked.wait()
    assert "Asking page.example…" in plainly(words(play.dialog()))

    play.dialog().reject()
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert ended == [True]
    assert play.links.finished_count == 1
