"""Links that would end something ask first, in plain words; and why to look twice (R45, P-14)."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.links import Proposal, ProposalKind
from pars_desktop.core.trust import Concern, Doubt
from pars_desktop.domain.errors import Offline
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action, Link
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.invite.add_friend import AddFriend
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.cast import CastAccounts, CastLinks
from tests.ui.looking import named, press, words

REMOVE = Proposal(
    ProposalKind.REMOVE, Link(action=Action.REMOVE, jid=JULIET), (ROMEO,), ROMEO, "Juliet"
)
STOP = Proposal(
    ProposalKind.STOP_SEEING,
    Link(action=Action.UNSUBSCRIBE, jid=JULIET),
    (ROMEO,),
    ROMEO,
    "Juliet",
)
YES = {REMOVE: "Remove", STOP: "Stop seeing"}
WISH = {REMOVE: ("remove", JULIET), STOP: ("stop seeing", JULIET)}


class Play:
    """A window whose one account writes down what it is asked to do."""

    def __init__(self, qtbot):
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.accounts = CastAccounts(ROMEO)
        self.links = CastLinks()
        self.tasks = Tasks()
        self.adding = AddFriend(self.accounts, self.links, self.tasks, self.window)

    @property
    def friends(self):
        return self.accounts.get(ROMEO).friends

    @property
    def dialog(self):
        found = self.window.findChildren(AddFriendDialog)
        return next((each for each in found if each.isVisible()), None)

    def propose(self, proposal):
        self.links.proposed.emit(proposal)

    def says(self):
        return plainly(words(self.dialog))

    async def press(self, qtbot, name):
        button = named(self.dialog, QPushButton, name)
        qtbot.waitUntil(button.isEnabled)
        button.click()
        for task in list(self.tasks._running):
            await task


def plainly(text):
    return text.translate({0x2068: "", 0x2069: "", 0x200B: ""})


def shown(qtbot, proposal, accounts=None):
    dialog = AddFriendDialog(accounts or CastAccounts(ROMEO), hold=timedelta(milliseconds=1))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.propose(proposal)
    return dialog


@pytest.fixture
def play(qtbot):
    return Play(qtbot)


# --- ending something --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proposal", "question", "meaning"),
    [
        (REMOVE, "Remove Juliet from your friends?", "Neither of you will see when the other is"),
        (STOP, "Stop seeing when Juliet is online?", "What they see of you stays as it is."),
    ],
)
async def test_r45_what_ends_something_is_asked_in_plain_words(play, proposal, question, meaning):
    play.propose(proposal)

    assert question in play.says()
    assert meaning in play.says()
    assert "A link asks for this." in play.says()
    assert play.dialog.windowTitle() == "About this link"
    assert play.friends.done == []


@pytest.mark.parametrize("proposal", [REMOVE, STOP])
async def test_r45_it_is_done_after_a_yes_and_said(play, qtbot, proposal):
    play.propose(proposal)
    button = named(play.dialog, QPushButton, YES[proposal])
    assert not button.isEnabled()  # for a moment after it appears
    assert not button.hasFocus()

    await play.press(qtbot, YES[proposal])

    assert play.friends.done == [WISH[proposal]]
    assert "now." in play.says()
    press(named(play.dialog, QPushButton, "Close"))
    assert play.dialog is None
    assert play.links.finished_count == 1


@pytest.mark.parametrize("proposal", [REMOVE, STOP])
async def test_r45_a_no_ends_nothing(play, proposal):
    play.propose(proposal)
    press(named(play.dialog, QPushButton, "Cancel"))

    assert play.friends.done == []
    assert play.links.finished_count == 1


async def test_what_could_not_be_ended_is_said_and_can_be_tried_again(play, qtbot):
    play.propose(REMOVE)
    play.friends.trouble = Offline()
    await play.press(qtbot, "Remove")
    assert "romeo@montague.lit is not connected." in play.says()

    play.friends.trouble = None
    await play.press(qtbot, "Remove")

    assert play.friends.done == [("remove", JULIET)]


def test_r45_with_several_accounts_the_person_chooses_first(qtbot):
    proposal = Proposal(ProposalKind.REMOVE, REMOVE.link, (ROMEO, TYBALT))
    dialog = shown(qtbot, proposal, CastAccounts(ROMEO, TYBALT))
    confirmed = []
    dialog.end_confirmed.connect(confirmed.append)
    button = named(dialog, QPushButton, "Remove")
    assert not button.isEnabled()

    named(dialog, QComboBox, "Your account").setCurrentIndex(1)
    qtbot.waitUntil(button.isEnabled)
    press(button)

    assert confirmed == [TYBALT]


def test_it_is_confirmed_once(qtbot):
    dialog = shown(qtbot, REMOVE)
    confirmed = []
    dialog.end_confirmed.connect(confirmed.append)
    button = named(dialog, QPushButton, "Remove")
    qtbot.waitUntil(button.isEnabled)

    button.click()
    button.click()

    assert confirmed == [ROMEO]


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (Action.REMOVE, "but juliet@capulet.lit is not among them"),
        (Action.UNSUBSCRIBE, "but you do not see that"),
    ],
)
def test_r45_who_is_no_friend_is_said_to_be_none(qtbot, action, said):
    link = Link(action=action, jid=JULIET)
    dialog = shown(qtbot, Proposal(ProposalKind.NOT_A_FRIEND, link, (ROMEO,), ROMEO))

    assert said in plainly(words(dialog))
    assert named(dialog, QPushButton, "Remove") is None
    assert named(dialog, QPushButton, "Stop seeing") is None


def test_a_name_in_a_question_is_one_line_of_plain_text(qtbot):
    name = "<b>Juliet</b>\n\u202ex" + "y" * 300
    proposal = Proposal(ProposalKind.REMOVE, REMOVE.link, (ROMEO,), ROMEO, name)
    said = plainly(words(shown(qtbot, proposal)))

    assert "Remove <b>Juliet</b> xyyy" in said
    assert "y" * 200 not in said


# --- looking twice -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("concern", "said"),
    [
        (
            Concern(Doubt.ADDRESS_LIKE_CONTACT, JULIET, "Juliet"),
            "Not the same as your contact juliet@capulet.lit: the two addresses only look alike.",
        ),
        (
            Concern(Doubt.ADDRESS_LIKE_OURS, ROMEO),
            "Not your own address romeo@montague.lit: the two only look alike.",
        ),
        (
            Concern(Doubt.NAME_IN_USE, JULIET, "Juliet"),
            "You already call somebody else Juliet: juliet@capulet.lit.",
        ),
        (
            Concern(Doubt.NAME_LIKE_CONTACT, JULIET, "Juliet"),
            "The name only looks like Juliet, as you call somebody else: juliet@capulet.lit.",
        ),
    ],
)
def test_p14_each_doubt_is_one_plain_sentence_and_keeps_nobody_from_going_on(qtbot, concern, said):
    link = Link(action=Action.ROSTER, jid=JID("ju1iet", "capulet.lit"), name="Juliet")
    proposal = Proposal(ProposalKind.ADD_FRIEND, link, (ROMEO,), ROMEO, concerns=(concern,))
    dialog = shown(qtbot, proposal)

    assert said in plainly(words(dialog))
    qtbot.waitUntil(named(dialog, QPushButton, "Add friend").isEnabled)


def test_p14_a_message_to_a_look_alike_says_so_too(qtbot):
    jid = JID("juliet", "cаpulet.lit")
    proposal = Proposal(
        ProposalKind.COMPOSE,
        Link(action=Action.MESSAGE, jid=jid, body="But soft"),
        (ROMEO,),
        ROMEO,
        concerns=(Concern(Doubt.ADDRESS_LIKE_CONTACT, JULIET, "Juliet"),),
    )
    said = plainly(words(shown(qtbot, proposal)))

    assert "Not the same as your contact juliet@capulet.lit" in said
    assert jid.ascii in said


def test_r45_keys_in_a_link_are_not_trusted_because_of_it(qtbot):
    link = Link(action=Action.CHAT, jid=JULIET, fingerprints={"1": "ab"})
    dialog = shown(qtbot, Proposal(ProposalKind.ADD_FRIEND, link, (ROMEO,), ROMEO))

    assert "which encryption keys to trust. Pars does not use that." in words(dialog)


def test_a_warning_is_never_a_window_of_its_own(qtbot, qapp):
    """It would flash, and take the focus from what the person is doing."""
    seen = []

    class Watch(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Show and isinstance(watched, Strip):
                seen.append(watched.isWindow())
            return False

    watch = Watch()
    qapp.installEventFilter(watch)
    link = Link(action=Action.ROSTER, jid=JULIET, warnings=("unknown-host",))
    shown(qtbot, Proposal(ProposalKind.ADD_FRIEND, link, (ROMEO,), ROMEO))
    qapp.removeEventFilter(watch)

    assert seen == [False]
