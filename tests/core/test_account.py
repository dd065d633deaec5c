"""How an account stands with its server: one state, why, and when it is tried again."""

from datetime import timedelta

import pytest

from pars_desktop.core.account import AccountStatus, State
from pars_desktop.domain import errors
from pars_desktop.domain.account import AccountSettings
from pars_desktop.store.accounts import AccountStore
from tests.fakes import ROMEO, settle


async def test_signing_in_goes_through_connecting_to_online(offline, heard):
    said = heard(offline.account.status_changed)
    offline.account.sign_in("secret")
    offline.connection.come_up()

    assert [status.state for status in said] == [State.CONNECTING, State.ONLINE]
    assert offline.connection.attempts == [(AccountSettings(ROMEO), "secret")]


async def test_t15_a_wrong_password_is_tried_once_and_then_asked_for(offline):
    offline.account.sign_in("wrong")
    offline.connection.drop(errors.WrongPassword(), None)
    await settle()

    status = offline.account.status
    assert (status.state, type(status.trouble)) == (State.NEEDS_PASSWORD, errors.WrongPassword)
    offline.account.retry_now()
    assert (len(offline.connection.attempts), offline.connection.retries) == (1, 0)


async def test_trouble_that_passes_says_when_it_is_tried_again(copy):
    trouble = errors.ConnectionLost()
    copy.connection.drop(trouble, 12.0)

    then = copy.clock.now() + timedelta(seconds=12)
    assert copy.account.status == AccountStatus(State.WAITING, trouble, then)
    copy.account.retry_now()
    assert copy.connection.retries == 1


@pytest.mark.parametrize(
    "trouble", [errors.UsedElsewhere(), errors.UntrustedCertificate(), errors.WeakerLogin()]
)
async def test_trouble_that_stays_waits_for_the_person(copy, trouble):
    copy.connection.drop(trouble, None)

    assert copy.account.status == AccountStatus(State.FAILED, trouble)
    copy.account.retry_now()
    assert copy.connection.retries == 1


async def test_signing_out_is_offline(copy):
    await copy.account.sign_out()

    assert copy.account.status == AccountStatus(State.OFFLINE)
    assert not copy.connection.is_online


async def test_signing_in_before_there_is_a_network_waits_for_it(offline):
    account = offline.accounts._made(AccountSettings(ROMEO))
    account.sign_in("secret")
    assert account.status.state is State.CONNECTING
    account.attach(offline.network)

    assert offline.connection.attempts == [(AccountSettings(ROMEO), "secret")]


async def test_t14_the_login_that_worked_is_pinned(copy):
    copy.connection.mechanism_used.emit("SCRAM-SHA-256")

    assert copy.account.settings.best_mechanism == "SCRAM-SHA-256"
    assert AccountStore(copy.db).all() == [AccountSettings(ROMEO, best_mechanism="SCRAM-SHA-256")]


async def test_a_session_that_breaks_while_it_begins_leaves_nothing_running(offline):
    offline.account.sign_in("secret")
    offline.connection.come_up()
    offline.connection.drop()
    await settle()

    assert offline.tasks._running == set()
