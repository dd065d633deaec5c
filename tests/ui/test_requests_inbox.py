"""The inbox: who asks, said plainly, and one answer at a time."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QItemSelectionModel, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QPushButton
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core import trust
from pars_desktop.core.requests import Request
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.errors import Offline, ServerRefused
from pars_desktop.domain.invite import Invite, Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.ui.requests.inbox_dialog import InboxDialog
from pars_desktop.ui.requests.request_model import DOUBTED
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.cast import CastAccounts
from tests.ui.looking import interface, named, words

AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
INVITE = Invite(1, ROMEO, AT, AT + timedelta(days=7))
PARIS = JID("paris", "verona.lit")
MERCUTIO = JID("mercutio", "verona.lit")
SPOKEN = Qt.ItemDataRole.AccessibleTextRole


class Desk:
    """The inbox of Romeo, and perhaps of others."""

    def __init__(self, qtbot, *people, accounts=(ROMEO,), hold=timedelta(0)):
        self.accounts = CastAccounts(*accounts)
        self.tasks = Tasks()
        for number, jid in enumerate(people):
            request = Request(ROMEO, jid, at=AT + timedelta(hours=number))
            self.friends().waiting_requests.append(request)
        self.dialog = InboxDialog(self.accounts, self.tasks, hold=hold)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        self.list = named(self.dialog, QListView, "Requests")

    def friends(self, jid=ROMEO):
        return self.accounts.get(jid).friends

    def ask(self, jid, account=ROMEO, **details):
        request = Request(account, jid, **details)
        self.friends(account).waiting_requests.append(request)
        self.friends(account).asked.emit(request)
        self.dialog._came.flush()

    def withdraw(self, jid):
        self.friends()._answered(jid)
        self.dialog._came.flush()

    def lines(self):
        model = self.list.model()
        return [model.index(row, 0).data(SPOKEN) for row in range(model.rowCount())]

    def choose(self, row):
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(self.list.model().index(row, 0), flag)

    def button(self, name):
        return named(self.dialog, QPushButton, name)

    @property
    def shown(self):
        field = named(self.dialog, QLineEdit, "Their address")
        return field and field.text()

    async def press(self, name):
        self.button(name).click()
        await self.answered()

    async def answered(self):
        for task in list(self.tasks._running):
            await task


@pytest.fixture
def desk(qtbot):
    return Desk(qtbot, TYBALT, JULIET, PARIS)


async def test_with_nobody_waiting_it_says_so_and_offers_nothing(qtbot):
    desk = Desk(qtbot)

    assert "Nobody is waiting" in words(desk.dialog)
    assert desk.lines() == []
    visible = [each for each in desk.dialog.findChildren(QPushButton) if each.isVisible()]
    assert [each.text() for each in visible] == ["Close"]
    visible[0].click()
    assert not desk.dialog.isVisible()


async def test_it_is_not_modal_and_called_requests(desk):
    assert desk.dialog.windowTitle() == "Requests"
    assert not desk.dialog.isModal()


async def test_items_begin_with_the_address_longest_waiting_first(desk):
    assert [line.split(",")[0] for line in desk.lines()] == [str(TYBALT), str(JULIET), str(PARIS)]
    assert desk.shown == str(TYBALT)


async def test_assistive_tools_find_a_list_with_what_is_read_out(desk):
    seen = interface(desk.list)
    assert (seen.role(), seen.childCount()) == (QAccessible.Role.List, 3)
    read = [seen.child(row).text(QAccessible.Text.Name) for row in range(3)]
    assert read == desk.lines()


async def test_what_is_read_out_holds_everything_that_is_shown(qtbot):
    desk = Desk(qtbot, accounts=(ROMEO, JULIET))
    desk.accounts.get(ROMEO).invites.guests[1] = [(JULIET, AT)]
    desk.ask(
        JID("m\u043em", "evil.test"),
        nick="Mom",
        message="Let me in",
        at=AT,
        refusal=Refusal.USED,
        invite=INVITE,
    )

    (line,) = desk.lines()
    assert line.startswith("m\u043em@evil.test, 3 Nov")
    for said in (
        "They call themselves “Mom”.",
        "They write: “Let me in”",
        "They used your invitation of 3 November, which juliet@capulet.lit had used before.",
        "They ask romeo@montague.lit.",
        "of different alphabets",
    ):
        assert said in line
        assert said in words(desk.dialog)
    assert "Tuesday 3 November, " in words(desk.dialog)


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (Refusal.EXPIRED, "which ended on 10 November."),
        (Refusal.REVOKED, "which you withdrew."),
        (Refusal.BOUND, "which was meant for"),
    ],
)
async def test_r25_p18_what_became_of_our_invitation_is_said(qtbot, refusal, said):
    desk = Desk(qtbot)
    desk.ask(TYBALT, refusal=refusal, invite=INVITE, at=AT)
    assert said in desk.lines()[0]


async def test_p7_p19_an_unknown_token_looks_like_none(qtbot):
    plain, unknown = Desk(qtbot), Desk(qtbot)
    plain.ask(TYBALT, at=AT)
    unknown.ask(TYBALT, at=AT, refusal=Refusal.UNKNOWN)
    assert plain.lines() == unknown.lines()
    assert words(plain.dialog) == words(unknown.dialog)


async def test_m8_an_endless_address_leaves_room_for_the_answers(qtbot):
    desk = Desk(qtbot)
    desk.ask(JID("mum" + "x" * 1000, "y." * 100 + "evil.test"), at=AT)
    desk.ask(TYBALT, at=AT + timedelta(days=1))

    assert desk.dialog.minimumSizeHint().height() < 700
    assert desk.dialog.minimumSizeHint().width() <= 420
    assert desk.button("Accept").geometry().bottom() < desk.dialog.height()
    assert len(desk.list.model().index(0, 0).data()) < 150


async def test_r23_words_of_strangers_are_plain_and_cut(qtbot):
    desk = Desk(qtbot)
    desk.ask(TYBALT, nick="Mom\n\u202eevil" + "x" * 100, message="<b>In</b> " + "and " * 200)

    said = words(desk.dialog)
    assert "They call themselves “Mom evil" in said
    assert "\u202e" not in said
    assert "“<b>In</b> and" in said
    assert len(said) < 400
    assert all(each.textFormat().name == "PlainText" for each in desk.dialog.findChildren(QLabel))


@pytest.mark.parametrize(
    ("button", "done"),
    [
        ("Accept", "accept"),
        ("Decline", "decline"),
        ("Block", "block"),
        ("Block and report as spam", "report"),
    ],
)
async def test_one_click_answers_and_the_next_is_chosen(desk, button, done):
    desk.choose(1)
    await desk.press(button)

    assert desk.friends().done == [(done, JULIET)]
    assert desk.shown == str(PARIS)
    await desk.press(button)
    assert desk.friends().done[1:] == [(done, PARIS)]
    assert desk.shown == str(TYBALT)
    await desk.press(button)
    assert "Nobody is waiting" in words(desk.dialog)


@pytest.mark.parametrize(
    ("pressed", "done"), [(Qt.Key.Key_Return, "accept"), (Qt.Key.Key_Delete, "decline")]
)
async def test_return_lets_in_and_delete_declines(desk, pressed, done):
    QTest.keyClick(desk.list, Qt.Key.Key_Down)
    QTest.keyClick(desk.list, pressed)
    await desk.answered()
    assert desk.friends().done == [(done, JULIET)]


async def test_every_answer_is_reached_by_tab(desk, qtbot):
    desk.dialog.activateWindow()
    qtbot.waitUntil(desk.dialog.isActiveWindow)
    reached = set()
    for _ in range(8):
        QTest.keyClick(desk.dialog.focusWidget(), Qt.Key.Key_Tab)
        reached.add(desk.dialog.focusWidget().accessibleName())
    assert reached >= {"Requests", "Block", "Block and report as spam", "Decline", "Accept"}


async def test_u10_after_an_answer_nothing_can_be_answered_for_a_moment(qtbot):
    """A double click never decides about the next."""
    desk = Desk(qtbot, TYBALT, JULIET, hold=timedelta(milliseconds=50))
    qtbot.waitUntil(lambda: desk.button("Accept").isEnabled())
    await desk.press("Accept")
    await desk.press("Accept")
    QTest.keyClick(desk.list, Qt.Key.Key_Return)
    await desk.answered()

    assert desk.friends().done == [("accept", TYBALT)]
    assert desk.shown == str(JULIET)
    qtbot.waitUntil(lambda: desk.button("Accept").isEnabled())
    await desk.press("Accept")
    assert desk.friends().done[1:] == [("accept", JULIET)]


async def test_u10_if_the_one_in_question_goes_a_click_does_not_meet_another(qtbot):
    desk = Desk(qtbot, TYBALT, JULIET, hold=timedelta(milliseconds=50))
    qtbot.waitUntil(lambda: desk.button("Accept").isEnabled())
    desk.withdraw(TYBALT)

    assert desk.shown == str(JULIET)
    assert not desk.button("Accept").isEnabled()
    qtbot.waitUntil(lambda: desk.button("Accept").isEnabled())


async def test_whom_the_person_chooses_can_be_answered_at_once(qtbot):
    desk = Desk(qtbot, TYBALT, JULIET, hold=timedelta(milliseconds=50))
    qtbot.waitUntil(lambda: desk.button("Accept").isEnabled())
    desk.choose(1)
    assert desk.button("Accept").isEnabled()


async def test_who_comes_and_goes_does_not_move_the_choice(desk):
    desk.choose(1)
    desk.ask(JID("early", "verona.lit"), at=AT - timedelta(days=1))
    desk.ask(JID("late", "verona.lit"), at=AT + timedelta(days=1))
    desk.withdraw(TYBALT)

    assert desk.shown == str(JULIET)
    assert [line.split("@")[0] for line in desk.lines()] == ["early", "juliet", "paris", "late"]
    await desk.press("Accept")
    assert desk.friends().done == [("accept", JULIET)]


async def test_r24_other_words_of_the_same_person_replace_the_first(desk):
    desk.friends().waiting_requests.clear()
    desk.ask(TYBALT, nick="Prince of Cats", at=AT)
    assert len(desk.lines()) == 3
    assert "Prince of Cats" in words(desk.dialog)


async def test_r5_a_storm_changes_it_in_batches(desk, monkeypatch):
    looks = []
    monkeypatch.setattr(desk.dialog._came, "_act", lambda news: looks.append(len(news)))
    for number in range(5000):
        desk.friends().asked.emit(Request(ROMEO, JID(f"stranger-{number}", "evil.test"), at=AT))
    desk.dialog._came.flush()
    assert sum(looks) == 5000
    assert len(looks) <= 3


async def test_p14_who_asks_is_compared_with_our_friends(desk):
    desk.friends().befriend(Contact(JULIET, "Juliet"))
    desk.ask(JID("ju1iet", "capulet.lit"), nick="Juliet", at=AT + timedelta(days=9))

    assert "the two addresses only look alike" in desk.lines()[-1]
    assert "You already call somebody else Juliet" in desk.lines()[-1]
    last = desk.list.model().index(desk.list.model().rowCount() - 1, 0)
    assert [last.siblingAtRow(row).data(DOUBTED) for row in (0, last.row())] == [False, True]
    desk.choose(last.row())
    assert "the two addresses only look alike" in words(desk.dialog)


async def test_r5_of_a_thousand_only_those_in_sight_are_compared(qtbot, monkeypatch):
    judged = []

    def concerns(_accounts, jid, _name):
        judged.append(jid)
        return ()

    monkeypatch.setattr(trust, "concerns", concerns)
    desk = Desk(qtbot, *(JID(f"stranger-{number}", "evil.test") for number in range(1000)))
    for _ in range(5):
        desk.list.viewport().grab()

    assert 0 < len(set(judged)) < 30


async def test_a_list_read_again_is_not_compared_with_every_contact_again(qtbot):
    desk = Desk(qtbot, *(JID(f"stranger-{number}", "evil.test") for number in range(12)))
    desk.friends().people = [Contact(JID(f"friend{number}", "a.lit")) for number in range(3000)]
    desk.friends().reloaded.emit()
    desk.lines()

    work = 0

    def count(_frame, event, _what):
        nonlocal work
        work += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        desk.dialog._model.reload()
        desk.lines()
    finally:
        sys.setprofile(None)

    assert work < 12 * 300


async def test_r5_a_thousand_requests_are_measured_by_one_and_never_asked_for_again(qtbot):
    crowd = [JID(f"stranger-{number}", "evil.test") for number in range(1000)]
    desk = Desk(qtbot, *crowd)
    desk.friends().requests = None  # reading a thousand for each that comes would be slow

    desk.ask(TYBALT, at=AT + timedelta(days=99))
    desk.withdraw(crowd[500])

    assert desk.list.uniformItemSizes()
    assert len(desk.lines()) == 1000
    assert desk.shown == str(crowd[0])


async def test_r5_of_many_from_one_server_all_can_be_blocked(qtbot):
    crowd = [JID(f"stranger-{number}", "evil.test") for number in range(5)]
    desk = Desk(qtbot, TYBALT, *crowd)
    assert desk.button("Block everybody at evil.test") is None
    desk.choose(1)

    await desk.press("Block everybody at evil.test")

    assert desk.friends().done == [("block server", "evil.test")]
    assert [line.split(",")[0] for line in desk.lines()] == [str(TYBALT)]


async def test_r5_our_own_server_is_not_blocked_for_a_crowd(qtbot):
    desk = Desk(qtbot, *(JID(f"guest-{number}", ROMEO.domain) for number in range(9)))
    assert desk.button(f"Block everybody at {ROMEO.domain}") is None


@pytest.mark.parametrize("button", ["Block", "Block and report as spam"])
async def test_where_the_server_cannot_block_a_plain_sentence_says_so(desk, button):
    desk.choose(1)
    desk.friends().trouble = ServerRefused("service-unavailable")
    await desk.press(button)

    said = words(desk.dialog)
    assert "montague.lit cannot block anybody. The request is still here" in said
    assert "service-unavailable" not in said
    assert desk.shown == str(JULIET)


async def test_what_did_not_work_is_said_until_another_is_chosen(desk):
    desk.friends().trouble = Offline()
    await desk.press("Accept")
    assert "romeo@montague.lit is not connected." in words(desk.dialog)
    desk.choose(1)
    assert "is not connected" not in words(desk.dialog)


async def test_p8_silent_ones_are_a_number_until_the_person_wants_them(desk):
    wrong = Request(ROMEO, JID("guesser", "evil.test"), at=AT + timedelta(days=1))
    desk.friends().silent_requests.append(wrong)
    desk.friends().request_hushed.emit()
    desk.dialog._came.flush()
    assert "One more request waits quietly." in words(desk.dialog)
    assert len(desk.lines()) == 3

    desk.button("Show").click()
    desk.dialog._came.flush()

    assert len(desk.lines()) == 4
    assert desk.shown == str(TYBALT)
    assert desk.button("Show") is None
    assert "quietly" not in words(desk.dialog)


async def test_p8_with_silent_ones_alone_it_does_not_say_that_nobody_waits(qtbot):
    desk = Desk(qtbot)
    desk.friends().silent_requests.append(Request(ROMEO, JID("guesser", "evil.test"), at=AT))
    desk.friends().request_hushed.emit()
    desk.dialog._came.flush()

    said = words(desk.dialog)
    assert "Nobody is waiting" not in said
    assert said.count("One request waits quietly.") == 1
    assert "after many wrong invitations from the same address or server" in said
    desk.button("Show").click()
    desk.dialog._came.flush()
    assert len(desk.lines()) == 1
    await desk.press("Decline")
    assert "Nobody is waiting" in words(desk.dialog)
    assert "wrong invitations" not in words(desk.dialog)


async def test_an_account_that_comes_or_goes_brings_and_takes_its_requests(desk):
    later = CastAccounts(JULIET).get(JULIET)
    later.friends.waiting_requests.append(Request(JULIET, PARIS, at=AT))
    desk.accounts._all[JULIET] = later
    desk.accounts.added.emit(later)
    desk.dialog._came.flush()
    assert len(desk.lines()) == 4

    del desk.accounts._all[JULIET]
    desk.accounts.removed.emit(JULIET)
    desk.dialog._came.flush()
    assert len(desk.lines()) == 3


async def test_one_who_asks_two_accounts_is_answered_for_each(qtbot):
    desk = Desk(qtbot, TYBALT, accounts=(ROMEO, JULIET))
    desk.ask(TYBALT, account=JULIET, at=AT + timedelta(days=1))
    desk.choose(1)
    await desk.press("Decline")

    assert desk.friends().done == []
    assert desk.friends(JULIET).done == [("decline", TYBALT)]


@pytest.mark.parametrize("answer", ["Accept", "Decline", "Block"])
async def test_whom_an_assistive_tool_selects_is_shown_and_answered(qtbot, answer):
    desk = Desk(qtbot, TYBALT, JULIET, PARIS, MERCUTIO)
    tree = interface(desk.list)
    for row in (3, 1):
        assert tree.selectionInterface().select(tree.child(row))
        assert [index.row() for index in desk.list.selectedIndexes()] == [row]
    assert desk.shown == str(JULIET)

    await desk.press(answer)
    assert tree.selectionInterface().select(tree.child(2))
    assert desk.shown == str(MERCUTIO)
    await desk.press(answer)

    assert desk.friends().done == [(answer.lower(), JULIET), (answer.lower(), MERCUTIO)]


async def test_nobody_is_answered_while_nobody_is_selected(desk):
    desk.list.clearSelection()
    assert "Nobody is waiting" not in words(desk.dialog)
    assert desk.shown is None
    desk.list.accepted.emit()

    desk.choose(2)
    await desk.press("Accept")

    assert desk.friends().done == [("accept", PARIS)]


async def test_an_answer_that_ends_after_the_window_is_gone_harms_nothing(qapp):
    accounts, tasks, answered = CastAccounts(ROMEO), Tasks(), asyncio.Event()
    friends = accounts.get(ROMEO).friends
    friends.waiting_requests.append(Request(ROMEO, TYBALT, at=AT))

    async def accept(_jid):
        await answered.wait()
        raise Offline

    friends.accept = accept
    dialog = InboxDialog(accounts, tasks, hold=timedelta(0))
    dialog.show()
    named(dialog, QPushButton, "Accept").click()
    (work,) = tasks._running
    await asyncio.sleep(0)
    dialog.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not isValid(dialog)

    answered.set()
    await work  # raises what went wrong in it
    assert work.exception() is None
