"""The allow-list opens once, for the right address, before its end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pars_desktop.store.approvals import ApprovalStore, Intent
from tests.fakes import JULIET, ROMEO, TYBALT

SECRET = "T0kenOfRomeoT0kenOfRomeo"


@pytest.fixture
def intent(now):
    return Intent(JULIET, ROMEO, "Romeo", "Friends", SECRET, now + timedelta(days=7), now)


def test_an_intent_comes_back_as_it_was_put(db, intent):
    approvals = ApprovalStore(db)

    approvals.put(intent)

    assert approvals.get(JULIET, ROMEO) == intent
    assert approvals.pending(JULIET) == [intent]
    approvals.mark_sent(JULIET, ROMEO)
    assert approvals.pending(JULIET) == [replace(intent, sent=True)]


def test_p12_the_address_of_the_link_is_approved_once(db, intent, now):
    approvals = ApprovalStore(db)
    approvals.put(intent)

    assert not approvals.take(JULIET, TYBALT, now)
    assert not approvals.take(TYBALT, ROMEO, now)
    assert approvals.take(JULIET, ROMEO, now)
    assert not approvals.take(JULIET, ROMEO, now)


def test_p13_what_was_not_seen_to_land_is_given_again_and_what_was_is_not(db, intent, now):
    approvals = ApprovalStore(db)
    approvals.put(intent)
    approvals.take(JULIET, ROMEO, now)

    approvals.renew(JULIET, ROMEO)
    assert approvals.take(JULIET, ROMEO, now)
    approvals.mark_landed(JULIET, ROMEO)
    approvals.renew(JULIET, ROMEO)
    assert not approvals.take(JULIET, ROMEO, now)
    approvals.mark_sent(JULIET, ROMEO)
    approvals.mark_sent(JULIET, ROMEO, False)
    assert approvals.pending(JULIET) == [intent]
    assert not approvals.take(JULIET, ROMEO, now)


def test_p12_nobody_is_approved_from_the_end_on(db, intent, now):
    approvals = ApprovalStore(db)
    approvals.put(replace(intent, until=now))

    assert not approvals.take(JULIET, ROMEO, now)
    assert approvals.take(JULIET, ROMEO, now - timedelta(microseconds=1))


def test_p13_what_was_approved_is_still_pending_until_it_is_erased(db, intent, now):
    approvals = ApprovalStore(db)
    approvals.put(intent)

    approvals.take(JULIET, ROMEO, now)
    assert approvals.pending(JULIET) == [intent]
    approvals.erase(JULIET, ROMEO)
    assert approvals.pending(JULIET) == []


def test_confirming_again_agrees_again(db, intent, now):
    approvals = ApprovalStore(db)
    approvals.put(intent)
    approvals.take(JULIET, ROMEO, now)

    approvals.put(intent)

    assert approvals.take(JULIET, ROMEO, now)


def test_r7_an_erased_token_is_in_no_file_and_never_was_in_the_backup(
    filed, path, intent, bytes_in
):
    approvals = ApprovalStore(filed)
    approvals.put(intent)
    filed.backup()
    assert SECRET.encode() in bytes_in(path.parent)
    assert SECRET.encode() not in (path.parent / "pars.db.backup").read_bytes()

    approvals.erase(JULIET, ROMEO)

    assert SECRET.encode() not in bytes_in(path.parent)


def test_a_token_is_not_in_the_representation_of_an_intent(intent):
    assert SECRET not in repr(intent)
