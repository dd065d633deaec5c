"""How an account is doing, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from pars_desktop.core.account import AccountStatus, State
from pars_desktop.domain.errors import NoNetwork, ServerSilent, WrongPassword
from pars_desktop.ui import account_state
from tests.fakes import JULIET, ROMEO, TYBALT

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def waiting(trouble, seconds):
    return AccountStatus(State.WAITING, trouble, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (AccountStatus(State.ONLINE), ""),
        (AccountStatus(State.CONNECTING), "Connecting. Messages will be sent in a moment."),
        (
            waiting(ServerSilent(), 11.2),
            "The server does not answer. Trying again in 12 s.",
        ),
        (
            waiting(NoNetwork(), 11.2),
            "Offline. Messages will be sent when the connection is back.",
        ),
        (
            AccountStatus(State.OFFLINE),
            "Offline. Messages will be sent when the connection is back.",
        ),
        (
            AccountStatus(State.NEEDS_PASSWORD, WrongPassword()),
            "Not signed in. Messages will be sent once you are.",
        ),
    ],
)
def test_the_chat_says_what_it_means_for_messages(status, said):
    assert account_state.sentence(status, NOW) == said


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_word(state):
    assert account_state.in_a_word(AccountStatus(state))


def test_seconds_never_become_negative():
    assert account_state.seconds_left(waiting(ServerSilent(), -5), NOW) == 0
    assert account_state.seconds_left(AccountStatus(State.ONLINE), NOW) == 0


def test_the_account_that_needs_help_comes_first():
    states = [
        (ROMEO, AccountStatus(State.ONLINE)),
        (JULIET, AccountStatus(State.NEEDS_PASSWORD)),
        (TYBALT, AccountStatus(State.WAITING)),
    ]

    assert account_state.worst(states) == states[1]
    assert account_state.worst([]) is None
