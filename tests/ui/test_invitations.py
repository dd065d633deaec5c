"""The list of invitations: what became of each, and what can be done with the selected one."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QListView, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import AccountStatus, State
from pars_desktop.core.invites import Invites
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.invite import NEVER, InviteOptions, Purpose, Refusal, Via
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.invites import InviteStore
from pars_desktop.ui.invitations.invitation_model import InvitationModel
from pars_desktop.ui.invitations.invitations_dialog import InvitationsDialog
from pars_desktop.ui.invitations.invite_dialog import InviteDialog
from pars_desktop.ui.invitations.inviting import Inviting
from pars_desktop.ui.plain_text import spoken
from tests.fakes import JULIET, ROMEO, TYBALT, settle
from tests.ui.cast import CastSettings
from tests.ui.looking import interface, named, words
from tests.ui.stage import MERCUTIO, NOW, person

_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect
DAY = timedelta(days=1)


class Shelf:
    """The list over Romeo's invitations, at the time of the stage's clock."""

    def __init__(self, qtbot, stage):
        self.stage, self._qtbot = stage, qtbot
        self.invites = stage.account.invites
        self.again = []

    def make(self, label="", **options):
        return self.invites.create(InviteOptions(label=label, **options))

    def redeem(self, invite, *guests):
        for guest in guests:
            self.invites.redeem(parse_link(invite.link).token, guest)

    def by_server(self, label="", *, expires=NEVER, **more):
        now = self.stage.clock.now()
        store = InviteStore(self.stage.db)
        made = store.add(
            ROMEO, label.encode(), "xmpp:x", now, expires, label, via=Via.SERVER, **more
        )
        self.invites.changed.emit()
        return made

    def open(self):
        self.dialog = InvitationsDialog(self.stage.accounts, now=self.stage.clock.now)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        self.dialog.show_again.connect(self.again.append)
        self._qtbot.addWidget(self.dialog)
        self.dialog.show()
        self.list = named(self.dialog, QListView, "Invitations") or self.dialog._list
        return self.dialog

    @property
    def lines(self):
        model, role = self.list.model(), Qt.ItemDataRole.AccessibleTextRole
        return [model.index(row, 0).data(role) for row in range(model.rowCount())]

    def select(self, beginning):
        self.settle()
        row = next(at for at, line in enumerate(self.lines) if line.startswith(beginning))
        self.list.selectionModel().setCurrentIndex(self.list.model().index(row, 0), _SELECT)

    def press(self, name):
        named(self.dialog, QAbstractButton, name).click()
        self.settle()

    def settle(self):
        self.list.model()._changes.flush()

    def can(self):
        """Which buttons can be pressed now."""
        names = ("Show again", "Extend", "Revoke", "Delete")
        return [name for name in names if named(self.dialog, QAbstractButton, name).isEnabled()]


@pytest.fixture
def shelf(qtbot, stage):
    return Shelf(qtbot, stage)


async def test_it_is_a_list_with_buttons_outside_of_it(shelf):
    shelf.make("Juliet")
    dialog = shelf.open()

    assert dialog.windowTitle() == "Invitations"
    assert interface(shelf.list).role() == QAccessible.Role.List
    for name in ("Show again", "Extend", "Revoke", "Delete"):
        button = named(dialog, QAbstractButton, name)
        assert not shelf.list.isAncestorOf(button)
        assert interface(button).role() == QAccessible.Role.Button


async def test_each_line_says_everything_there_is_to_know(shelf):
    clock = shelf.stage.clock
    clock.at = NOW - 10 * DAY
    shelf.make("the ball")
    clock.at = NOW - 2 * DAY
    shelf.redeem(shelf.make("Juliet"), JULIET)
    choir = shelf.make("the choir", uses=50)
    shelf.redeem(choir, *(person(number) for number in range(5)))
    shelf.invites.revoke(shelf.make("Tybalt").id)
    shelf.make(bound_to=JULIET)
    shelf.by_server("Nurse")
    shelf.by_server("Paris", purpose=Purpose.ACCOUNT)
    clock.at = NOW - timedelta(minutes=30)
    shelf.make(lifetime=timedelta(hours=1))
    clock.at = NOW
    shelf.open()

    told = {line.split(", made")[0] for line in shelf.lines}

    assert told == {
        "For a friend, waiting, ends in 30 minutes",
        "For Paris, given out, does not expire: delete when done",
        "For Nurse, waiting, does not expire: delete when done",
        "Only for juliet@capulet.lit, waiting, ends in 5 days",
        "For Tybalt, revoked",
        "For the choir, waiting, used by person0000@verona.lit, person0001@verona.lit, "
        "person0002@verona.lit and 2 more, for up to 50 people, 5 used, ends in 5 days",
        "For Juliet, used by juliet@capulet.lit",
        "For the ball, expired",
    }
    assert all(", made " in line for line in shelf.lines)


async def test_the_newest_is_above_and_selected(shelf):
    shelf.make("old")
    shelf.stage.clock.advance(DAY)
    shelf.make("new")
    shelf.open()

    assert [line.split(",")[0] for line in shelf.lines] == ["For new", "For old"]
    assert shelf.list.currentIndex().row() == 0


async def test_a_button_closes_it(shelf):
    shelf.open()

    shelf.press("Close")

    assert not shelf.dialog.isVisible()


async def test_with_no_invitations_it_says_so(shelf):
    dialog = shelf.open()

    assert "No invitations yet." in words(dialog)
    assert shelf.can() == []
    shelf.make("Juliet")
    shelf.settle()
    assert "No invitations yet." not in words(dialog)
    assert shelf.can() == ["Show again", "Extend", "Revoke"]


async def test_p17_no_token_is_anywhere_in_the_list(shelf):
    invite = shelf.make("Juliet")
    dialog = shelf.open()
    token = parse_link(invite.link).token
    model = shelf.list.model()

    for role in Qt.ItemDataRole:
        assert token not in str(model.index(0, 0).data(role))
    shown = [dialog.windowTitle(), words(dialog)]
    shown += [one.text() for one in dialog.findChildren(QLineEdit)]
    shown += [one.toolTip() for one in dialog.findChildren(QWidget)]
    assert token not in " ".join(shown)


# --- what is done --------------------------------------------------------------------------------


async def test_p18_revoke_ends_it_at_once_and_it_stays_selected(shelf):
    shelf.make("other")
    invite = shelf.make("Juliet")
    shelf.open()
    shelf.select("For Juliet")

    shelf.press("Revoke")

    assert shelf.invites.redeem(parse_link(invite.link).token, JULIET).refusal is Refusal.REVOKED
    assert shelf.list.currentIndex().data().startswith("For Juliet, revoked")
    assert shelf.can() == ["Delete"]


async def test_after_a_quiet_moment_too_the_neighbour_of_what_is_deleted_is_selected(shelf, qtbot):
    for label in ("one", "two", "three"):
        shelf.stage.clock.advance(timedelta(minutes=1))
        shelf.redeem(shelf.make(label), JULIET)
    shelf.open()
    shelf.select("For two")
    qtbot.wait(60)  # what happens then is in the list at once

    shelf.press("Delete")

    assert shelf.list.currentIndex().data().startswith("For one")
    assert [index.row() for index in shelf.list.selectedIndexes()] == [1]


async def test_no_two_rows_say_the_same(shelf):
    clock = shelf.stage.clock
    clock.at = NOW - 2 * DAY
    for options in ({"uses": 3}, {"bound_to": JULIET}, {"bound_to": TYBALT}, {}):
        shelf.make("the ball", **options)
        shelf.make(**options)
        clock.advance(timedelta(minutes=1))
    shelf.redeem(shelf.make("the ball", uses=3), JULIET)
    shelf.open()

    assert len(set(shelf.lines)) == len(shelf.lines)
    said = " ".join(shelf.lines)
    assert "For the ball, waiting, for up to 3 people, ends" in said
    assert "used by juliet@capulet.lit, for up to 3 people, 1 used, ends" in said
    assert "For the ball, waiting, only for juliet@capulet.lit, ends" in said
    assert "Only for tybalt@capulet.lit, waiting, ends" in said


async def test_show_again_asks_for_the_selected_one(shelf):
    invite = shelf.make("Juliet")
    shelf.make("other")
    shelf.open()
    shelf.select("For Juliet")

    shelf.press("Show again")

    assert [(one.id, one.link) for one in shelf.again] == [(invite.id, invite.link)]


async def test_one_is_selected_at_a_time_though_assistive_tools_add_to_the_selection(shelf):
    shelf.make("Juliet")
    shelf.make("other")
    shelf.open()
    index = shelf.list.model().index(1, 0)

    shelf.list.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)

    assert shelf.list.selectedIndexes() == [index]
    shelf.press("Revoke")
    assert [line.split(", ")[1] for line in shelf.lines] == ["waiting", "revoked"]


async def test_extend_adds_a_week_up_to_a_month(shelf):
    invite = shelf.make("Juliet")
    shelf.open()

    for _ in range(3):
        shelf.press("Extend")
    assert shelf.invites.get(invite.id).expires == NOW + 28 * DAY
    shelf.press("Extend")

    assert shelf.invites.get(invite.id).expires == NOW + 31 * DAY
    assert "Extend" not in shelf.can()
    assert "ends in 31 days" in shelf.lines[0]


async def test_what_is_over_can_only_be_deleted_and_the_next_row_is_selected_then(shelf):
    for label in ("one", "two", "three"):
        shelf.stage.clock.advance(timedelta(minutes=1))
        shelf.redeem(shelf.make(label), JULIET)
    shelf.open()
    shelf.select("For two")
    assert shelf.can() == ["Delete"]

    shelf.press("Delete")

    assert [line.split(",")[0] for line in shelf.lines] == ["For three", "For one"]
    assert shelf.list.currentIndex().data().startswith("For one")
    shelf.press("Delete")
    assert shelf.list.currentIndex().data().startswith("For three")
    shelf.press("Delete")
    assert shelf.lines == []


async def test_r10_p15_one_of_the_server_cannot_be_revoked_but_taken_off_the_list(shelf):
    shelf.by_server("Nurse")
    dialog = shelf.open()

    assert shelf.can() == ["Show again", "Delete"]
    assert "Your server made this one, so it cannot be revoked from here." in words(dialog)
    shelf.press("Delete")
    assert shelf.lines == []
    assert "Your server" not in words(dialog)


async def test_p18_without_a_session_it_says_when_our_other_devices_hear_of_it(shelf):
    shelf.make("Juliet")
    dialog = shelf.open()
    remark = "it still works on your other devices until this one is online again."
    assert remark not in words(dialog)

    shelf.stage.account._set(AccountStatus(State.OFFLINE))
    assert remark in words(dialog)
    shelf.stage.account._set(AccountStatus(State.ONLINE))
    assert remark not in words(dialog)
    shelf.stage.account._set(AccountStatus(State.OFFLINE))
    shelf.press("Revoke")
    assert remark not in words(dialog)


async def test_what_cannot_be_written_is_said(shelf, monkeypatch):
    shelf.make("Juliet")
    dialog = shelf.open()

    def revoke(_self, _number):
        raise StorageFailed

    monkeypatch.setattr(Invites, "revoke", revoke)
    shelf.press("Revoke")

    assert "Nothing can be written to disk." in words(dialog)
    assert shelf.can() == ["Show again", "Extend", "Revoke"]


# --- time, and many of them ----------------------------------------------------------------------


async def test_times_count_down_while_it_is_seen_and_only_then(shelf):
    shelf.make("Juliet", lifetime=timedelta(hours=1))
    dialog = shelf.open()
    assert "ends in 60 minutes" in shelf.lines[0]
    assert dialog._minute.isActive()

    shelf.stage.clock.advance(timedelta(minutes=59))
    dialog._minute.timeout.emit()
    assert "ends in a minute" in shelf.lines[0]
    shelf.stage.clock.advance(timedelta(minutes=1))
    dialog._minute.timeout.emit()

    assert shelf.lines[0].startswith("For Juliet, expired, made ")
    assert shelf.can() == ["Delete"]
    dialog.hide()
    assert not dialog._minute.isActive()
    dialog.show()
    assert dialog._minute.isActive()


async def test_it_follows_what_happens_meanwhile(shelf):
    invite = shelf.make("Juliet")
    shelf.open()

    shelf.redeem(invite, JULIET)
    shelf.settle()

    assert shelf.lines[0].startswith("For Juliet, used by juliet@capulet.lit, made ")
    assert shelf.can() == ["Delete"]


async def test_the_selection_survives_new_invitations(shelf):
    shelf.make("Juliet")
    shelf.open()

    shelf.make("other")
    shelf.settle()

    assert shelf.list.currentIndex().data().startswith("For Juliet")


async def test_with_several_accounts_each_line_says_whose_it_is(qtbot, two_accounts):
    for account in two_accounts.accounts.all():
        account.invites.create(InviteOptions(label=str(account.jid.local)))
    shelf = Shelf(qtbot, two_accounts)
    shelf.open()

    assert sorted(line.split(", ")[-1] for line in shelf.lines) == [
        f"as {MERCUTIO}",
        f"as {ROMEO}",
    ]
    shelf.select("For mercutio")
    shelf.press("Revoke")
    assert two_accounts.accounts.get(MERCUTIO).invites.all()[0].refusal(NOW) is Refusal.REVOKED
    assert two_accounts.accounts.get(ROMEO).invites.all()[0].refusal(NOW) is None


async def test_of_500_only_those_that_are_seen_are_put_into_words(shelf, monkeypatch):
    with shelf.stage.db.transaction():
        for number in range(500):
            shelf.redeem(shelf.make(f"guest {number}"), person(number))
    asked = []
    used_by = type(shelf.invites).used_by
    monkeypatch.setattr(
        type(shelf.invites), "used_by", lambda self, one: asked.append(one) or used_by(self, one)
    )

    shelf.open()
    shelf.list.grab()

    assert shelf.list.model().rowCount() == 500
    assert 0 < len(asked) < 20


async def test_the_model_says_nothing_about_rows_that_are_not_there(stage):
    model = InvitationModel(stage.accounts)

    assert model.rowCount() == 0
    assert not model.index_of(1).isValid()
    assert model.data(model.index(0)) is None


# --- together with the window that shows one -----------------------------------------------------


@pytest.fixture
async def inviting(stage, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    tasks = Tasks()
    yield Inviting(stage.accounts, tasks, CastSettings(web_link=False), window)
    await tasks.close()
    window.close()


def shown(inviting):
    dialog = next(one for one in inviting._window.findChildren(InviteDialog) if one.isVisible())
    return named(dialog, QLineEdit, "Invitation link").text()


async def test_shown_again_it_is_in_the_window_that_is_open(stage, inviting):
    older = stage.account.invites.create(InviteOptions(label="Juliet", lifetime=3 * DAY))
    inviting.invite()
    await settle()
    assert shown(inviting) != older.link
    inviting.list_all()

    inviting._list.show_again.emit(older)
    await settle()

    assert shown(inviting) == older.link
    assert len(stage.account.invites.all()) == 2


async def test_shown_again_it_opens_the_window_without_making_another(stage, inviting):
    older = stage.account.invites.create(InviteOptions(label="Juliet"))
    inviting.list_all()

    inviting._list.show_again.emit(older)
    await settle()
    assert shown(inviting) == older.link
    stage.account.invites.redeem(parse_link(older.link).token, TYBALT)
    await settle()

    assert "This invitation has been used." in spoken(words(inviting._invite))
    assert len(stage.account.invites.all()) == 1


async def test_there_is_one_list_however_often_it_is_asked_for(inviting):
    inviting.list_all()
    inviting.list_all()

    assert len(inviting._window.findChildren(InvitationsDialog)) == 1
    inviting._list.close()
    inviting.list_all()
    assert inviting._list.isVisible()
