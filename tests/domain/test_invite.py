"""Invitations: tokens worth guessing at for ever, and when one still opens the door (P-1, R7)."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from pars_desktop.domain.invite import (
    CLOCK_SKEW,
    LIFETIME,
    Invite,
    InviteState,
    Refusal,
    new_token,
    token_hash,
)
from pars_desktop.domain.jid import JID

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ROMEO = JID("romeo", "montague.net")
JULIET = JID("juliet", "capulet.net")
TYBALT = JID("tybalt", "capulet.net")


def invite(**changes) -> Invite:
    values = {"id": 1, "account": ROMEO, "created": NOW, "expires": NOW + LIFETIME} | changes
    return Invite(**values)


def test_a_token_has_128_bits_and_letters_and_digits_only():
    tokens = [new_token() for _ in range(2_000)]

    assert len(set(tokens)) == len(tokens)
    assert all(token.isascii() and token.isalnum() for token in tokens)
    letters = set("".join(tokens))
    assert min(map(len, tokens)) * math.log2(len(letters)) >= 128
    assert len(letters) == 62


def test_a_token_is_looked_up_by_a_hash_that_does_not_hold_it():
    token = new_token()

    assert token_hash(token) == token_hash(str(token))
    assert len(token_hash(token)) == 32
    assert token.encode() not in token_hash(token)
    assert token_hash(token) != token_hash(token.lower())
    assert token_hash("\ud800")  # whatever a stanza carries


def test_a_fresh_invitation_is_open_to_anybody_for_a_week():
    fresh = invite()

    assert timedelta(days=7) == LIFETIME
    assert fresh.is_open(NOW)
    assert fresh.is_open(fresh.expires - timedelta(microseconds=1))
    assert fresh.refusal(NOW, JULIET) is None


def test_at_the_moment_it_expires_it_is_expired():
    assert invite().refusal(NOW + LIFETIME) is Refusal.EXPIRED
    assert not invite().is_open(NOW + LIFETIME)


@pytest.mark.parametrize(("uses", "max_uses", "open_"), [(0, 1, True), (1, 1, False), (1, 2, True)])
def test_it_opens_the_door_as_often_as_it_says(uses, max_uses, open_):
    used = invite(uses=uses, max_uses=max_uses)

    assert used.is_open(NOW) is open_
    assert used.refusal(NOW) is (None if open_ else Refusal.USED)


def test_a_revoked_invitation_is_shown_as_revoked_whatever_else_it_is():
    revoked = invite(state=InviteState.REVOKED, uses=1)

    assert revoked.refusal(NOW + LIFETIME) is Refusal.REVOKED


def test_one_meant_for_somebody_is_refused_to_others():
    bound = invite(bound_to=JULIET)

    assert bound.refusal(NOW, TYBALT) is Refusal.BOUND
    assert bound.refusal(NOW, JULIET) is None
    assert bound.is_open(NOW)


def test_one_from_the_future_means_the_clock_was_wrong():
    made = invite()

    assert made.refusal(NOW - CLOCK_SKEW) is None
    assert made.refusal(NOW - CLOCK_SKEW - timedelta(seconds=1)) is Refusal.CLOCK
