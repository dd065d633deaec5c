"""Who asks to be a friend, said plainly, one at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.likeness import Likeness
from pars_desktop.core.requests import Request
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.errors import ServerRefused
from pars_desktop.domain.invite import Invite, Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.ui.requests.requests_bar import RequestsBar
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.cast import CastAccounts
from tests.ui.looking import named, words

MADE = datetime(2026, 11, 3, 12, tzinfo=UTC)
PARIS = JID("paris", "verona.lit")
INVITE = Invite(1, ROMEO, MADE, MADE + timedelta(days=7))


class Hall:
    """The bar, in a window as narrow as the column it stands in."""

    def __init__(self, qtbot, *jids, hold=timedelta(0)):
        self.accounts = CastAccounts(*(jids or (ROMEO,)))
        self.tasks = Tasks()
        self.window = QWidget()
        self.window.resize(268, 400)
        qtbot.addWidget(self.window)
        self.bar = RequestsBar(self.accounts, self.tasks, self.window, hold=hold)
        self.window.show()

    def friends(self, jid=ROMEO):
        return self.accounts.get(jid).friends

    def ask(self, jid, account=ROMEO, **details):
        request = Request(account, jid, **details)
        self.friends(account).waiting_requests.append(request)
        self.friends(account).asked.emit(request)
        self.bar._came.flush()

    async def press(self, name):
        named(self.bar, QPushButton, name).click()
        for task in list(self.tasks._running):
            await task
        self.bar._came.flush()


def shown_buttons(hall):
    return [each for each in hall.bar.findChildren(QPushButton) if each.isVisible()]


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


async def test_with_one_waiting_there_is_nothing_more_to_show(hall):
    hall.ask(TYBALT)
    assert [each.text() for each in shown_buttons(hall)] == ["Accept", "Decline"]


async def test_with_several_waiting_all_can_be_shown(hall, qtbot):
    hall.ask(TYBALT)
    hall.ask(JULIET)
    with qtbot.waitSignal(hall.bar.all_wanted, timeout=500):
        named(hall.bar, QPushButton, "Show all (2)").click()


async def test_p8_silent_ones_are_a_number_until_they_are_wanted(hall, qtbot):
    hall.ask(TYBALT)
    hall.friends().silent_requests += [Request(ROMEO, JULIET), Request(ROMEO, PARIS)]
    hall.friends().request_hushed.emit()
    hall.bar._came.flush()
    assert "2 more requests wait quietly." in words(hall.bar)
    assert "more." not in words(hall.bar)

    with qtbot.waitSignal(hall.bar.all_wanted, timeout=500):
        named(hall.bar, QPushButton, "Show").click()
    hall.bar._came.flush()

    assert "quietly" not in words(hall.bar)
    assert named(hall.bar, QPushButton, "Show all (3)") is not None


async def test_p8_if_only_silent_ones_wait_nobody_can_be_answered(hall):
    hall.friends().silent_requests.append(Request(ROMEO, JULIET))
    hall.friends().request_hushed.emit()
    hall.bar._came.flush()

    assert words(hall.bar) == "One request waits quietly."
    assert [each.text() for each in shown_buttons(hall)] == ["Show"]


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


async def test_u10_a_click_meant_for_one_never_answers_another(qtbot):
    """A double click, or one request turning into another under the pointer, decides nothing."""
    hall = Hall(qtbot, hold=timedelta(milliseconds=50))
    hall.ask(TYBALT)
    accept = named(hall.bar, QPushButton, "Accept")
    assert not accept.isEnabled()
    qtbot.waitUntil(accept.isEnabled)
    hall.ask(JULIET)
    assert accept.isEnabled()  # the one that is shown stays the same

    await hall.press("Accept")
    await hall.press("Accept")

    assert hall.friends().done == [("accept", TYBALT)]
    assert "juliet@capulet.lit wants to be your friend" in words(hall.bar)
    qtbot.waitUntil(accept.isEnabled)
    await hall.press("Accept")
    assert hall.friends().done[1:] == [("accept", JULIET)]


async def test_r5_a_storm_of_requests_is_looked_at_once_in_a_while(hall, monkeypatch):
    looks = []
    monkeypatch.setattr(hall.bar, "_refresh", lambda: looks.append(1))

    for number in range(1000):
        hall.friends().asked.emit(Request(ROMEO, JID(f"stranger-{number}", "evil.test")))

    assert len(looks) <= 2


async def test_m8_an_address_written_from_right_to_left_stays_in_its_place(hall):
    """Or it would turn our sentence round, and the domain with it."""
    hall.ask(JID("\u05d0\u05d1\u05d2", "evil.test"), nick="\u05d0\u05d1\u05d2")

    shown = [label.text() for label in hall.bar.findChildren(QLabel) if label.isVisible()]
    assert all(text.count("\u2068") == text.count("\u2069") == 1 for text in shown)
    assert shown[0].replace("\u200b", "").startswith("\u2068\u05d0\u05d1\u05d2@evil.test\u2069")
    assert "\u05d0\u05d1\u05d2@evil.test wants to be your friend" in words(hall.bar)


async def test_m8_of_an_endless_address_both_parts_can_be_seen(hall):
    hall.ask(JID("mum" + "x" * 1000, "y." * 100 + "evil.test"))

    said = words(hall.bar)
    assert said.startswith("mumx")
    assert "y.evil.test wants to be your friend" in said
    assert hall.bar.sizeHint().height() < 300


@pytest.mark.parametrize(
    ("jid", "told"),
    [
        (JID("romeo", "m\u043entague.net"), "of different alphabets"),
        (JID("rom\u0435o", "montague.net"), "of different alphabets"),
        (JID("romeo", "\u0430\u0440\u0440\u04cf\u0435.com"), "xn--80ak6aa92e.com"),
    ],
)
async def test_p14_a_stranger_who_looks_like_a_friend_is_told_apart(hall, jid, told):
    hall.ask(jid)

    assert told in words(hall.bar)


async def test_p14_nobody_is_shown_before_they_were_compared_with_a_long_list(hall, qtbot):
    parts, names = [], hall.friends().names
    hall.accounts.get(ROMEO).likeness = Likeness(
        hall.friends(), lambda *wanted: parts.append(names(*wanted)) or parts[-1]
    )
    many = [Contact(JID("somebody", f"server{number:04}.lit")) for number in range(1500)]
    hall.friends().people = [*many, Contact(JID("tybaIt", "capulet.lit"))]

    hall.ask(TYBALT)
    assert not hall.bar.isVisible()
    assert [len(part) for part in parts] == [300]  # and then others have a turn

    qtbot.waitUntil(hall.bar.isVisible)
    assert "the two addresses only look alike" in words(hall.bar)


async def test_p14_with_another_list_from_the_server_who_asks_is_compared_anew(hall):
    hall.ask(TYBALT)
    assert "look alike" not in words(hall.bar)

    hall.friends().people.append(Contact(JID("tybaIt", "capulet.lit")))
    hall.friends().reloaded.emit()
    hall.bar._came.flush()

    assert "the two addresses only look alike" in words(hall.bar)


async def test_p14_who_asks_is_compared_with_our_friends_and_ourselves(hall):
    hall.friends().befriend(Contact(JULIET, "Juliet"))
    hall.ask(JID("ju1iet", "capulet.lit"), nick="Juliet")

    said = words(hall.bar)
    assert "the two addresses only look alike" in said
    assert "You already call somebody else Juliet: juliet@capulet.lit." in said

    await hall.press("Decline")
    hall.ask(JID("r0meo", "montague.lit"))

    assert "Not your own address romeo@montague.lit" in words(hall.bar)
