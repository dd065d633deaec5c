"""Who asks to be a friend, said plainly, one at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.friends import Request
from pars_desktop.domain.errors import ServerRefused
from pars_desktop.domain.invite import Invite, Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.ui.contacts.requests_bar import RequestsBar
from tests.ui.cast import JULIET, ROMEO, TYBALT, CastAccounts
from tests.ui.looking import named, words

MADE = datetime(2026, 11, 3, 12, tzinfo=UTC)
INVITE = Invite(1, ROMEO, MADE, MADE + timedelta(days=7))


class Hall:
    """The bar, in a window as narrow as the column it stands in."""

    def __init__(self, qtbot, *jids):
        self.accounts = CastAccounts(*(jids or (ROMEO,)))
        self.tasks = Tasks()
        self.window = QWidget()
        self.window.resize(268, 400)
        qtbot.addWidget(self.window)
        self.bar = RequestsBar(self.accounts, self.tasks, self.window)
        self.window.show()

    def friends(self, jid=ROMEO):
        return self.accounts.get(jid).friends

    def ask(self, jid, account=ROMEO, **details):
        request = Request(account, jid, **details)
        self.friends(account).waiting_requests.append(request)
        self.friends(account).asked.emit(request)

    async def press(self, name):
        named(self.bar, QPushButton, name).click()
        for task in list(self.tasks._running):
            await task


@pytest.fixture
def hall(qtbot):
    return Hall(qtbot)


async def test_with_nobody_waiting_there_is_no_bar(hall):
    assert not hall.bar.isVisible()


async def test_it_says_who_asks(hall):
    hall.ask(TYBALT)

    assert hall.bar.isVisible()
    assert "tybalt@capulet.lit wants to be your friend" in words(hall.bar)


async def test_a_request_from_before_the_start_is_shown(qtbot):
    accounts = CastAccounts(ROMEO)
    accounts.get(ROMEO).friends.waiting_requests.append(Request(ROMEO, TYBALT))
    bar = RequestsBar(accounts, Tasks())
    qtbot.addWidget(bar)
    bar.show()

    assert "tybalt@capulet.lit" in words(bar)


async def test_accepting_asks_the_core_and_shows_the_next(hall):
    hall.ask(TYBALT)
    hall.ask(JULIET)
    assert "And 1 more." in words(hall.bar)

    await hall.press("Accept")

    assert hall.friends().done == [("accept", TYBALT)]
    assert "juliet@capulet.lit wants to be your friend" in words(hall.bar)
    assert "more" not in words(hall.bar)


async def test_declining_asks_the_core_and_the_bar_goes(hall):
    hall.ask(TYBALT)

    await hall.press("Decline")

    assert hall.friends().done == [("decline", TYBALT)]
    assert not hall.bar.isVisible()


async def test_r23_a_nick_is_only_what_they_call_themselves(hall):
    hall.ask(TYBALT, nick="Mom\n\u202eevil" + "x" * 100)

    said = words(hall.bar)
    assert "They call themselves “Mom evil" in said
    assert "\u202e" not in said
    assert "x" * 60 not in said


async def test_a_message_is_plain_and_cut(hall):
    hall.ask(TYBALT, message="<img src=x> " + "Let me in. " * 100)

    said = words(hall.bar)
    assert "They write: “<img src=x> Let me in." in said
    assert len(said) < 320
    assert all(label.textFormat().name == "PlainText" for label in hall.bar.findChildren(QLabel))


async def test_r25_an_invitation_that_ended_is_named(hall):
    hall.ask(TYBALT, refusal=Refusal.EXPIRED, invite=INVITE)

    assert "your invitation of 3 November, which ended on 10 November." in words(hall.bar)


async def test_p3_an_invitation_used_before_names_who_used_it(hall):
    hall.accounts.get(ROMEO).invites.guests[1] = [(JULIET, MADE)]

    hall.ask(TYBALT, refusal=Refusal.USED, invite=INVITE)

    assert "which juliet@capulet.lit had used before." in words(hall.bar)


async def test_p19_an_unknown_token_is_shown_like_none(hall):
    hall.ask(TYBALT)
    plain = words(hall.bar)
    hall.friends().waiting_requests.clear()

    hall.ask(TYBALT, refusal=Refusal.UNKNOWN)

    assert words(hall.bar) == plain


async def test_with_several_accounts_it_says_whom_they_ask(qtbot):
    hall = Hall(qtbot, ROMEO, JULIET)

    hall.ask(TYBALT, account=JULIET)

    assert "They ask juliet@capulet.lit." in words(hall.bar)


async def test_an_account_that_comes_later_is_heard_too(hall):
    later = CastAccounts(JULIET).get(JULIET)
    hall.accounts._all[JULIET] = later
    hall.accounts.added.emit(later)

    hall.ask(TYBALT, account=JULIET)

    assert hall.bar.isVisible()


async def test_what_did_not_work_is_said(hall):
    hall.ask(TYBALT)
    hall.friends().trouble = ServerRefused("not-allowed")

    await hall.press("Accept")

    assert "montague.lit said no: not-allowed" in words(hall.bar)
    assert named(hall.bar, QPushButton, "Accept") is not None


async def test_a_long_address_does_not_widen_the_column(hall):
    hall.ask(JID("x" * 64, "some-university.example"))

    assert hall.bar.minimumSizeHint().width() <= 240
