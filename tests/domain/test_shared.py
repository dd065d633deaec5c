"""The notes that devices leave for one another, read without trust."""

from datetime import UTC, datetime, timedelta

import pytest

from pars_desktop.domain.shared import Attempt, Board, Terms, Use
from tests.fakes import JULIET, TYBALT

NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
KEY, OTHER = bytes(range(32)), bytes(32)
TERMS = Terms(KEY, NOW, NOW + timedelta(days=7), None, 3)
USE = Use(KEY, 2, TERMS.expires)
ATTEMPT = Attempt(USE, "0123456789abcdef", JULIET)


def board(*notes, **more):
    return Board({note.id: note.facts for note in notes} | more)


def test_what_is_written_is_read():
    bound = Terms(OTHER, NOW, NOW + timedelta(days=1), JULIET, 1)
    won = Attempt(USE, "f" * 16, TYBALT, won=True)

    read = board(TERMS, bound, USE, Use(KEY, 3, TERMS.expires), ATTEMPT, won)

    assert (read.terms(KEY), read.terms(OTHER)) == (TERMS, bound)
    assert (read.first_use(KEY), read.first_use(OTHER)) == (2, None)
    assert (read.attempts(KEY), read.rivals(ATTEMPT)) == ([ATTEMPT, won], [won])
    assert (read.won(), read.size) == ([KEY], 6)


def test_the_terms_are_named_first_so_that_they_go_first():
    ids = board(ATTEMPT, USE, TERMS).ids(KEY)

    assert ids == [TERMS.id, USE.id, ATTEMPT.id]


def test_an_attempt_at_another_use_is_no_rival():
    other = Attempt(Use(KEY, 3, TERMS.expires), "f" * 16, TYBALT)

    assert board(ATTEMPT, other).rivals(ATTEMPT) == []


@pytest.mark.parametrize(
    ("jid", "after", "is_good"),
    [
        (JULIET, timedelta(0), True),
        (TYBALT, timedelta(0), False),
        (JULIET, timedelta(days=7), False),
        (JULIET, timedelta(minutes=-5), True),
        (JULIET, timedelta(minutes=-6), False),
    ],
)
def test_p5_p6_terms_admit_one_person_in_their_time(jid, after, is_good):
    bound = Terms(KEY, NOW, NOW + timedelta(days=7), JULIET, 1)

    assert bound.admits(jid, NOW + after) is is_good


@pytest.mark.parametrize(
    ("note", "facts"),
    [
        ("", {}),
        ("../../etc", {"expires": "2026-11-27T12:00:00+00:00"}),
        (TERMS.id, {}),
        (TERMS.id, {**TERMS.facts, "uses": "many"}),
        (TERMS.id, {**TERMS.facts, "expires": "2026-11-27T12:00:00"}),
        (TERMS.id, {**TERMS.facts, "expires": "9999-12-31T23:59:59-23:00"}),
        (TERMS.id, {**TERMS.facts, "created": "0001-01-01T00:00:00+23:00"}),
        (TERMS.id, {**TERMS.facts, "bound-to": "@"}),
        (TERMS.id.upper(), TERMS.facts),
        (f"{TERMS.id}-0", USE.facts),
        (f"{TERMS.id}-100", USE.facts),
        (USE.id, {"expires": "later"}),
        (ATTEMPT.id, USE.facts),
        (f"{USE.id}-{'f' * 17}", ATTEMPT.facts),
    ],
)
def test_what_makes_no_sense_is_as_if_it_were_not_there(note, facts):
    read = Board({note: facts})

    assert read.terms(KEY) is None
    assert read.first_use(KEY) is None
    assert read.attempts(KEY) == []
    assert read.size == 1


def test_only_what_ended_long_ago_is_swept_up_and_an_extension_counts():
    extended = Terms(KEY, NOW, NOW + timedelta(days=9), None, 3)
    read = board(extended, USE)

    assert read.ended(NOW + timedelta(days=39)) == []
    assert read.ended(NOW + timedelta(days=41)) == [KEY]


def test_the_first_and_the_last_of_all_times_are_compared_like_others():
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    read = board(Terms(KEY, first, last, None, 1), Terms(OTHER, first, first, None, 1))

    assert read.ended(NOW) == [OTHER]
    assert read.terms(KEY).admits(JULIET, NOW)
    assert not read.terms(OTHER).admits(JULIET, NOW)
