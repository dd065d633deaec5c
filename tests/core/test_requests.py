"""Requests without a good token wait for a person (R24, R25; journey (b) step 5)."""

from datetime import timedelta

import pytest

from pars_desktop.domain.contact import Contact, Subscription, SubscriptionRequest
from pars_desktop.domain.invite import new_token
from pars_desktop.domain.jid import JID
from tests.fakes import JULIET, TYBALT, settle


async def test_a_stranger_waits_and_gets_nothing(copy, heard):
    asked = heard(copy.friends.asked)
    copy.roster.they_ask(JULIET, nick="Juliet")
    await settle()

    assert [(request.jid, request.nick) for request in asked] == [(JULIET, "Juliet")]
    assert asked == copy.friends.requests()
    assert copy.roster.of_kind("approve", "refuse", "subscribe", "set") == []
    assert copy.friends.contact(JULIET) is None


async def test_the_same_request_again_says_nothing_new(copy, heard):
    asked, gone = heard(copy.friends.asked), heard(copy.friends.request_gone)
    copy.roster.they_ask(JULIET)
    copy.clock.advance(timedelta(days=1))
    await copy.lose_session()
    await copy.log_in()

    assert (len(asked), gone) == (1, [])
    assert len(copy.friends.requests()) == 1


async def test_other_words_replace_the_row(copy, heard):
    copy.roster.they_ask(JULIET, nick="Juliet")
    asked, gone = heard(copy.friends.asked), heard(copy.friends.request_gone)
    copy.roster.they_ask(JULIET, nick="Capulet")

    assert gone == [JULIET]
    assert [request.nick for request in asked] == ["Capulet"]
    assert len(copy.friends.requests()) == 1


async def test_requests_survive_a_restart(copy):
    copy.roster.they_ask(JULIET)
    copy.roster.asking.clear()
    await copy.restart()

    assert [request.jid for request in copy.friends.requests()] == [JULIET]


async def test_yes_approves_asks_back_and_believes_no_name(copy, heard):
    gone = heard(copy.friends.request_gone)
    copy.roster.they_ask(JULIET, nick="Your Bank")
    copy.roster.sent.clear()

    await copy.friends.accept(JULIET)

    assert copy.roster.sent == [
        ("approve", JULIET),
        ("subscribe", JULIET, None, ""),
        ("set", JULIET, "", set()),
    ]
    assert gone == [JULIET]
    assert copy.friends.requests() == []


async def test_yes_to_a_contact_keeps_name_and_groups(copy):
    await copy.roster.set(JULIET, "Juliet", frozenset({"Verona"}))
    copy.roster.they_approve(JULIET)
    copy.roster.they_ask(JULIET)

    await copy.friends.accept(JULIET)

    contact = copy.friends.contact(JULIET)
    assert (contact.name, contact.groups, contact.is_friend) == ("Juliet", {"Verona"}, True)
    assert copy.roster.of_kind("subscribe") == []


async def test_no_refuses(copy, heard):
    gone = heard(copy.friends.request_gone)
    copy.roster.they_ask(JULIET)
    copy.roster.sent.clear()

    await copy.friends.decline(JULIET)

    assert copy.roster.sent == [("refuse", JULIET)]
    assert gone == [JULIET]
    assert copy.friends.requests() == []


@pytest.mark.parametrize(("answer", "sent"), [("accept", "approve"), ("decline", "refuse")])
async def test_an_answer_without_a_session_is_carried_out_in_the_next_one(copy, answer, sent):
    copy.roster.they_ask(JULIET)
    await copy.lose_session()
    await getattr(copy.friends, answer)(JULIET)
    assert copy.friends.requests() == []
    assert copy.roster.of_kind(sent) == []

    await copy.restart()  # the server delivers the request again

    assert copy.roster.of_kind(sent) == [(sent, JULIET)]
    assert copy.friends.requests() == []
    await copy.restart()
    assert copy.roster.of_kind(sent) == []


async def test_a_yes_cut_short_is_carried_out_in_the_next_session(copy):
    copy.roster.they_ask(JULIET)
    copy.roster.cut_at = "set"
    await copy.friends.accept(JULIET)
    await copy.restart()

    assert ("set", JULIET, "", set()) in copy.roster.sent
    assert copy.friends.contact(JULIET).subscription is Subscription.FROM


async def test_an_answer_on_another_device_withdraws_the_request(copy, heard):
    gone = heard(copy.friends.request_gone)
    copy.roster.they_ask(JULIET)
    copy.roster.changed.emit(Contact(JULIET, subscription=Subscription.FROM))

    assert gone == [JULIET]
    assert copy.friends.requests() == []


async def test_who_takes_a_request_back_waits_no_more(copy, heard):
    gone = heard(copy.friends.request_gone)
    copy.roster.they_ask(JULIET)
    copy.roster.they_ask(TYBALT)
    copy.roster.they_withdraw(JULIET)

    assert gone == [JULIET]
    assert [request.jid for request in copy.friends.requests()] == [TYBALT]


async def test_a_yes_to_a_request_that_was_taken_back_is_void(copy):
    copy.roster.they_ask(JULIET)
    copy.connection.drop()
    await copy.friends.accept(JULIET)
    copy.connection.come_up(resumed=True)
    copy.roster.they_withdraw(JULIET)
    await settle()

    assert copy.roster.of_kind("approve", "subscribe") == []


async def test_p11_an_unknown_token_waits_a_moment_for_our_other_device(copy, heard):
    asked = heard(copy.friends.asked)
    copy.roster.they_ask(JULIET, new_token())
    copy.roster.they_ask(JULIET, new_token())
    assert asked == []
    copy.roster.changed.emit(Contact(JULIET, subscription=Subscription.FROM))
    await copy.tasks_done()

    assert asked == []
    assert copy.friends.requests() == []


async def test_r24_who_was_answered_does_not_come_back_with_the_same_request(copy, heard):
    """At each login the server brings it again, with its token, and it is held back for a moment.

    That the answer is Yes is no case: the roster says so, and what was held back is let go.
    """
    copy.roster.they_ask(JULIET, new_token())
    await copy.tasks_done()
    await copy.lose_session()
    await copy.log_in()
    asked = heard(copy.friends.asked)
    await copy.friends.decline(JULIET)
    copy.clock.advance(timedelta(minutes=1))
    await copy.tasks_done()

    assert asked == copy.friends.requests() == []


async def test_somebody_who_sees_us_already_needs_no_answer(copy):
    copy.roster.changed.emit(Contact(JULIET, subscription=Subscription.FROM))
    copy.roster.sent.clear()
    copy.roster.requested.emit(SubscriptionRequest(JULIET))

    assert copy.friends.requests() == []
    assert copy.roster.sent == []


async def test_a_new_request_after_a_no_is_asked_again(copy):
    copy.roster.they_ask(JULIET)
    await copy.friends.decline(JULIET)
    copy.clock.advance(timedelta(minutes=1))
    copy.roster.they_ask(JULIET)

    assert [request.jid for request in copy.friends.requests()] == [JULIET]


async def test_r5_of_a_storm_of_requests_the_oldest_and_their_number_are_known(copy):
    assert (copy.friends.oldest_request(), copy.friends.request_count()) == (None, 0)
    for number in range(100):
        copy.clock.advance(timedelta(seconds=1))
        copy.roster.they_ask(JID.trusted(f"stranger-{100 - number}@evil.test"))

    assert copy.friends.request_count() == 100
    assert copy.friends.oldest_request() == copy.friends.requests()[0]
    await copy.friends.decline(JID.trusted("stranger-100@evil.test"))
    assert copy.friends.request_count() == 99
    assert copy.friends.oldest_request().jid == JID.trusted("stranger-99@evil.test")
