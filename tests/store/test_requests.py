"""Requests wait for an answer, and answers wait to be carried out."""

from dataclasses import replace

import pytest

from pars_desktop.domain.contact import SubscriptionRequest
from pars_desktop.domain.invite import LIFETIME, Refusal, token_hash
from pars_desktop.store.invites import InviteStore
from pars_desktop.store.requests import RequestStore, StoredRequest
from tests.fakes import JULIET, ROMEO, TYBALT


@pytest.fixture
def request_of_romeo(now):
    return SubscriptionRequest(ROMEO, nick="Romeo", message="it is I", at=now)


def test_a_request_comes_back_without_its_token(db, request_of_romeo, now):
    requests = RequestStore(db)
    invite = InviteStore(db).add(JULIET, token_hash("t"), "xmpp:x", now, now + LIFETIME)

    presented = replace(request_of_romeo, token="t")
    requests.put(JULIET, presented, Refusal.EXPIRED, invite.id)

    assert requests.all(JULIET) == [StoredRequest(request_of_romeo, Refusal.EXPIRED, invite.id)]


def test_p2_a_redelivered_request_is_one_request_and_keeps_its_time(db, request_of_romeo, now):
    requests = RequestStore(db)
    requests.put(JULIET, request_of_romeo)

    requests.put(JULIET, SubscriptionRequest(ROMEO, nick="R.", at=now + LIFETIME))

    assert requests.all(JULIET) == [
        StoredRequest(SubscriptionRequest(ROMEO, nick="R.", at=now), None, None)
    ]


def test_a_decision_survives_until_it_was_carried_out(db, request_of_romeo):
    requests = RequestStore(db)
    requests.put(JULIET, request_of_romeo)
    requests.put(JULIET, SubscriptionRequest(TYBALT))

    requests.decide(JULIET, ROMEO, "accept")
    requests.decide(JULIET, TYBALT, "decline")
    requests.put(JULIET, request_of_romeo)  # redelivered meanwhile

    assert requests.all(JULIET) == []
    assert sorted(requests.decided(JULIET)) == [(ROMEO, "accept"), (TYBALT, "decline")]
    requests.remove(JULIET, ROMEO)
    assert requests.decided(JULIET) == [(TYBALT, "decline")]


def test_r5_many_can_be_forgotten_at_once_the_silent_ones_too(db, request_of_romeo):
    requests = RequestStore(db)
    requests.put(JULIET, request_of_romeo)
    requests.put(JULIET, SubscriptionRequest(TYBALT), silent=True)
    requests.put(JULIET, SubscriptionRequest(JULIET))
    requests.decide(JULIET, JULIET, "accept")

    assert sorted(requests.undecided(JULIET)) == [ROMEO, TYBALT]
    requests.remove_all(JULIET, [ROMEO, TYBALT])

    assert requests.undecided(JULIET) == []
    assert requests.decided(JULIET) == [(JULIET, "accept")]


def test_an_answer_is_kept_though_there_is_no_request_any_more(db):
    requests = RequestStore(db)
    requests.decide(JULIET, ROMEO, "block")

    assert requests.decided(JULIET) == [(ROMEO, "block")]
    assert requests.all(JULIET) == []


@pytest.mark.parametrize("now_is", ["decline", "block", "report", None])
def test_what_was_carried_out_settles_no_other_answer_and_no_new_request(
    db, request_of_romeo, now_is
):
    requests = RequestStore(db)
    requests.put(JULIET, request_of_romeo)
    if now_is is not None:
        requests.decide(JULIET, ROMEO, now_is)

    requests.settle(JULIET, ROMEO, "accept")

    assert requests.everybody(JULIET) == [ROMEO]
    assert requests.decision(JULIET, ROMEO) == now_is


@pytest.mark.parametrize("now_is", ["accept", "approved"])
def test_a_yes_is_settled_also_if_it_was_seen_to_land(db, request_of_romeo, now_is):
    requests = RequestStore(db)
    requests.put(JULIET, request_of_romeo)
    requests.decide(JULIET, ROMEO, now_is)

    requests.settle(JULIET, ROMEO, "accept")

    assert requests.everybody(JULIET) == []


def test_r5_who_names_an_invitation_of_ours_is_counted_apart(db, request_of_romeo):
    requests = RequestStore(db)
    requests.put(JULIET, request_of_romeo, Refusal.EXPIRED)
    requests.put(JULIET, SubscriptionRequest(TYBALT), silent=True)

    def crowd(silent, is_refused):
        return requests.crowd(JULIET, silent=silent, is_refused=is_refused)

    assert [crowd(*kind) for kind in ((False, True), (True, False))] == [1, 1]
    assert [crowd(*kind) for kind in ((False, False), (True, True))] == [0, 0]
    assert requests.is_open(JULIET, ROMEO)
    assert requests.is_open(JULIET, TYBALT)
    requests.decide(JULIET, ROMEO, "accept")
    assert crowd(False, True) == 0
    assert not requests.is_open(JULIET, ROMEO)
