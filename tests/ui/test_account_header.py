"""As whom I am here: one account or several, which of them has trouble, and what helps."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QToolButton

from pars_desktop.core.account import AccountStatus, State
from pars_desktop.domain.errors import NoNetwork
from pars_desktop.domain.jid import JID
from pars_desktop.ui.contacts.account_header import AccountHeader
from tests.fakes import ROMEO, TYBALT
from tests.ui.looking import named, words
from tests.ui.stage import NOW, Stage

LONG = JID("stranger1", "montague-and-sons.some-university.example")
LIKE_IT = JID("stranger1", "montague-and-sons.some-university.test")


@pytest.fixture
def header(qtbot, dressed):
    def build(*jids):
        build.stage = Stage(*jids)
        build.time = NOW
        made = AccountHeader(build.stage.accounts, QMenu(), now=lambda: build.time)
        qtbot.addWidget(made)
        made.resize(268, made.sizeHint().height())
        made.show()
        return made

    yield build
    build.stage.close()


def tell(header, jid, state, retry_in=None):
    """An account is doing so."""
    account = header.stage.accounts.get(jid)
    retry_at = None if retry_in is None else NOW + timedelta(seconds=retry_in)
    trouble = NoNetwork() if retry_in is not None else None
    account.status = AccountStatus(state, trouble, retry_at)
    account.status_changed.emit(account.status)


def plainly(window):
    return words(window).translate({0x2068: "", 0x2069: "", 0x200B: ""})


def entries(made):
    """The accounts in the pop-up, each with what can be done for it."""
    menu = named(made, QToolButton, "Your accounts").menu()
    menu.aboutToShow.emit()
    return {
        entry.text().translate({0x2068: "", 0x2069: ""}): entry.menu().actions()
        for entry in menu.actions()
    }


def test_one_account_is_named_and_needs_no_list(header):
    made = header(ROMEO)

    tell(header, ROMEO, State.ONLINE)

    assert words(made).split() == ["romeo@montague.lit", "Online"]
    assert named(made, QToolButton, "Your accounts") is None


def test_several_accounts_are_counted_while_no_chat_is_open(header):
    made = header(ROMEO, TYBALT)
    tell(header, ROMEO, State.ONLINE)
    tell(header, TYBALT, State.CONNECTING)
    assert "2 accounts" in words(made)
    assert "1 of 2 online" in words(made)

    tell(header, TYBALT, State.ONLINE)
    assert "Online" in words(made).split()
    made.show_account(TYBALT)
    assert "tybalt@capulet.lit" in words(made)
    made.show_account(None)
    assert "2 accounts" in words(made)


def test_the_list_names_every_account_its_state_and_what_helps(header, qtbot):
    made = header(ROMEO, TYBALT, LONG)
    tell(header, ROMEO, State.ONLINE)
    tell(header, TYBALT, State.NEEDS_PASSWORD)
    tell(header, LONG, State.WAITING, 12)
    tried = []
    header.stage.accounts.get(LONG).retry_now = lambda: tried.append(LONG)

    found = entries(made)

    assert list(found) == [
        "romeo@montague.lit: Online",
        "tybalt@capulet.lit: Password needed",
        f"{LONG}: Offline, next try in 12 s",
    ]
    assert [[each.text() for each in ways] for ways in found.values()] == [
        ["Copy address"],
        ["Sign in", "Copy address"],
        ["Try now", "Copy address"],
    ]
    online, needy, waiting = found.values()
    with qtbot.waitSignal(made.sign_in_requested) as asked:
        needy[0].trigger()
    assert asked.args == [TYBALT]
    waiting[0].trigger()
    assert tried == [LONG]
    online[0].trigger()
    assert QApplication.clipboard().text() == "romeo@montague.lit"
    QApplication.clipboard().clear()


def test_of_several_the_one_that_needs_a_password_is_named_in_full(header, qtbot):
    made = header(LIKE_IT, LONG, ROMEO)
    tell(header, ROMEO, State.ONLINE)
    tell(header, LIKE_IT, State.ONLINE)
    made.show_account(ROMEO)

    tell(header, LONG, State.NEEDS_PASSWORD)

    assert f"{LONG}: Password needed" in plainly(made)
    label = made._trouble  # it wraps: nothing of the address is cut
    assert label.wordWrap()
    assert label.text().translate({0x2068: "", 0x2069: "", 0x200B: ""}).startswith(str(LONG))
    made.adjustSize()
    assert label.height() >= label.heightForWidth(label.width())
    with qtbot.waitSignal(made.sign_in_requested) as asked:
        named(made, QAbstractButton, "Sign in").click()
    assert asked.args == [LONG]


def test_two_that_need_help_are_counted(header):
    made = header(ROMEO, TYBALT)

    tell(header, ROMEO, State.FAILED)
    tell(header, TYBALT, State.NEEDS_PASSWORD)

    assert "romeo@montague.lit: Not signed in And 1 more." in " ".join(plainly(made).split())


def test_offline_it_counts_the_seconds_and_can_be_tried_now(header):
    made = header(ROMEO)
    tried = []
    header.stage.account.retry_now = lambda: tried.append(ROMEO)
    tell(header, ROMEO, State.WAITING, 12)
    assert "Offline, next try in 12 s" in words(made)

    header.time += timedelta(seconds=3)
    made._tick.timeout.emit()
    assert "Offline, next try in 9 s" in words(made)
    named(made, QAbstractButton, "Try now").click()

    assert tried == [ROMEO]


def test_where_all_are_offline_all_are_tried(header):
    made = header(ROMEO, TYBALT)
    tried = []
    for account in header.stage.accounts.all():
        account.retry_now = lambda jid=account.jid: tried.append(jid)
    tell(header, ROMEO, State.WAITING, 30)
    tell(header, TYBALT, State.WAITING, 5)

    assert "2 accounts Offline, next try in 5 s" in words(made)
    named(made, QAbstractButton, "Try now").click()

    assert tried == [ROMEO, TYBALT]


def test_it_counts_only_while_it_is_seen(header):
    made = header(ROMEO)
    tell(header, ROMEO, State.WAITING, 12)
    assert made._tick.isActive()

    made.hide()
    assert not made._tick.isActive()
    made.show()
    assert made._tick.isActive()
    tell(header, ROMEO, State.ONLINE)
    assert not made._tick.isActive()


def test_nothing_jumps_while_it_is_tried(header):
    made = header(ROMEO)
    tell(header, ROMEO, State.CONNECTING)
    assert named(made, QAbstractButton, "Try now") is None
    tell(header, ROMEO, State.WAITING, 12)

    tell(header, ROMEO, State.CONNECTING)
    assert not named(made, QAbstractButton, "Try now").isEnabled()
    tell(header, ROMEO, State.ONLINE)

    assert named(made, QAbstractButton, "Try now") is None


def test_the_list_is_reached_by_tab_and_opened_by_a_key(header, qtbot):
    made = header(ROMEO, TYBALT)
    button = named(made, QToolButton, "Your accounts")

    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert button.toolTip() == "Your accounts"
