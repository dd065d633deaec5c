"""Who is blocked, and the way back; and that a link to them says so."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QPushButton

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.links import Proposal, ProposalKind
from pars_desktop.core.trust import Concern, Doubt
from pars_desktop.domain.errors import Offline
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action, Link
from pars_desktop.ui.invite.doubts import doubts
from pars_desktop.ui.plain_text import spoken
from pars_desktop.ui.requests.blocked_dialog import BlockedDialog
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.cast import CastAccounts
from tests.ui.looking import interface, named, words

EVIL = JID("", "evil.test")


class Desk:
    def __init__(self, qtbot, *blocked, accounts=(ROMEO,)):
        self.accounts = CastAccounts(*accounts)
        self.tasks = Tasks()
        self.blocking = self.accounts.get(ROMEO).blocking
        self.blocking.jids = list(blocked)
        self.dialog = BlockedDialog(self.accounts, self.tasks)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        self.list = named(self.dialog, QListWidget, "Blocked")
        self.unblock = named(self.dialog, QPushButton, "Unblock")

    def lines(self):
        return [spoken(self.list.item(row).text()) for row in range(self.list.count())]

    async def press(self):
        self.unblock.click()
        for task in list(self.tasks._running):
            await task


async def test_it_lists_people_and_whole_servers(qtbot):
    desk = Desk(qtbot, TYBALT, EVIL)
    assert desk.lines() == [str(TYBALT), "Everybody at evil.test"]
    assert desk.dialog.windowTitle() == "Blocked addresses"


async def test_unblocking_takes_them_off_the_list_and_chooses_the_next(qtbot):
    desk = Desk(qtbot, TYBALT, JULIET, EVIL)
    desk.list.setCurrentRow(1)
    await desk.press()

    assert desk.blocking.jids == [TYBALT, EVIL]
    assert desk.lines() == [str(TYBALT), "Everybody at evil.test"]
    assert desk.list.currentRow() == 1


async def test_with_nobody_blocked_it_says_so(qtbot):
    desk = Desk(qtbot)
    assert "Nobody is blocked." in words(desk.dialog)
    assert not desk.unblock.isEnabled()


async def test_before_the_server_has_told_the_list_it_does_not_say_nobody(qtbot):
    desk = Desk(qtbot)
    desk.blocking.is_known = False
    desk.blocking.changed.emit()
    desk.dialog._changes.flush()
    assert "It is shown once you are online." in words(desk.dialog)


async def test_what_did_not_work_is_said(qtbot):
    desk = Desk(qtbot, TYBALT)
    desk.blocking.trouble = Offline()
    await desk.press()
    assert "romeo@montague.lit is not connected." in words(desk.dialog)
    assert desk.lines() == [str(TYBALT)]


async def test_what_another_device_changes_keeps_the_choice(qtbot):
    desk = Desk(qtbot, TYBALT, JULIET)
    desk.list.setCurrentRow(1)
    desk.blocking.jids = [EVIL, TYBALT, JULIET]
    desk.blocking.changed.emit()
    desk.dialog._changes.flush()
    assert desk.list.currentRow() == 2


async def test_with_several_accounts_it_says_for_which(qtbot):
    desk = Desk(qtbot, TYBALT, accounts=(ROMEO, JULIET))
    assert desk.lines() == [f"{TYBALT} · for {ROMEO}"]


@pytest.mark.parametrize(
    ("concern", "said"),
    [
        (Concern(Doubt.BLOCKED, TYBALT), "You have blocked this address."),
        (Concern(Doubt.SERVER_BLOCKED, EVIL), "You have blocked everybody at evil.test."),
    ],
)
async def test_p10_the_link_of_somebody_blocked_says_so(qapp, concern, said):
    link = Link(action=Action.ROSTER, jid=TYBALT, token="T")
    proposal = Proposal(ProposalKind.ADD_FRIEND, link, (ROMEO,), ROMEO, concerns=(concern,))
    (sentence,) = doubts(proposal)
    assert spoken(sentence).startswith(said)


async def test_whom_an_assistive_tool_selects_is_who_is_unblocked(qtbot):
    desk = Desk(qtbot, TYBALT, JULIET, EVIL)
    tree = interface(desk.list)
    assert tree.selectionInterface().select(tree.child(2))
    assert tree.selectionInterface().select(tree.child(1))

    assert [item.text() for item in desk.list.selectedItems()] == [desk.list.item(1).text()]
    await desk.press()

    assert desk.blocking.jids == [TYBALT, EVIL]
