"""Requests without a good token wait for a person (R24, R25; journey (b) step 5)."""

from datetime import timedelta

import pytest

from pars_desktop.core.guesses import Guesses
from pars_desktop.core.requests import MOST
from pars_desktop.domain.contact import Contact, Subscription, SubscriptionRequest
from pars_desktop.domain.invite import Refusal, new_token
from pars_desktop.domain.jid import JID
from pars_desktop.domain.uri import parse_link
from tests.core.devices import Server
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


# --- more than anybody reads (R-5) ---------------------------------------------------------------


@pytest.fixture
async def server():
    """Several devices of ours before one server."""
    server = Server()
    yield server
    await server.close()


def storm(roster, number=3 * MOST, token=None):
    """Strangers, each from a server of their own."""
    for each in range(number):
        roster.they_ask(JID.trusted(f"stranger@evil-{each}.test"), token)


async def test_r5_of_a_storm_so_many_are_shown_and_so_many_counted(copy, heard):
    asked, hushed = heard(copy.friends.asked), heard(copy.friends.request_hushed)
    storm(copy.roster)

    assert (copy.friends.request_count(), copy.friends.silent_request_count()) == (MOST, MOST)
    assert (len(asked), len(hushed)) == (MOST, MOST)
    storm(copy.roster)  # delivered again
    assert (len(asked), len(hushed)) == (MOST, MOST)
    assert (copy.friends.request_count(), copy.friends.silent_request_count()) == (MOST, MOST)


async def test_r5_a_storm_pushes_nobody_out(copy):
    copy.roster.they_ask(JULIET, nick="Juliet")
    storm(copy.roster)
    copy.friends.show_silent_requests()
    storm(copy.roster)

    assert copy.friends.requests()[0].nick == "Juliet"


async def test_r5_whoever_names_an_invitation_of_ours_is_seen_in_a_storm(copy):
    token = parse_link(copy.invites.create().link).token
    copy.roster.they_ask(TYBALT, token)
    storm(copy.roster)
    copy.roster.they_ask(JULIET, token)

    refused = [request for request in copy.friends.requests() if request.refusal]
    assert [(each.jid, each.refusal) for each in refused] == [(JULIET, Refusal.USED)]


async def test_r5_with_an_invitation_that_has_become_public_they_push_nobody_out_either(copy):
    copy.roster.they_ask(JULIET)
    token = parse_link(copy.invites.create().link).token
    storm(copy.roster, token=token)
    copy.roster.they_ask(TYBALT)

    assert {JULIET, TYBALT} <= {request.jid for request in copy.friends.requests()}
    assert copy.friends.request_count() == MOST + 2
    assert copy.friends.silent_request_count() == MOST


async def test_r5_who_is_in_our_list_is_seen_in_a_storm(copy):
    await copy.roster.set(JULIET, "Juliet")
    storm(copy.roster)
    copy.roster.they_ask(JULIET)

    assert JULIET in [request.jid for request in copy.friends.requests()]


async def test_r5_a_good_invitation_is_honoured_in_a_storm(copy):
    storm(copy.roster)
    copy.roster.they_ask(JULIET, parse_link(copy.invites.create().link).token)
    await settle()

    assert copy.friends.sees_us(JULIET)


async def test_r5_the_invitation_of_another_device_is_honoured_in_a_storm(server):
    issuer, other = await server.device(), await server.device()
    _, token = await issuer.invite()
    await issuer.kill()
    storm(other.network.roster)
    server.they_ask(JULIET, token)
    await server.quiet()

    assert server.let_in == [JULIET]


async def test_r5_who_found_no_room_is_there_once_there_is_some(copy):
    """Our server keeps every request until it is answered, and brings it at each login."""
    for number in range(2 * MOST):
        copy.roster.they_ask(JID.trusted(f"stranger-{number}@evil.test"))
    copy.roster.they_ask(JULIET)
    assert JULIET not in copy.account.friends._requests.from_whom()
    await copy.friends.block_server("evil.test")
    await copy.lose_session()
    await copy.log_in()

    assert [request.jid for request in copy.friends.requests()] == [JULIET]


async def test_r5_who_was_only_counted_is_shown_once_there_is_room(copy, heard):
    storm(copy.roster, MOST)
    copy.roster.they_ask(JULIET)
    assert copy.friends.silent_request_count() == 1
    hushed = heard(copy.friends.request_hushed)
    await copy.friends.decline(copy.friends.oldest_request().jid)
    copy.roster.they_ask(JULIET)

    assert JULIET in [request.jid for request in copy.friends.requests()]
    assert (copy.friends.silent_request_count(), len(hushed)) == (0, 1)


async def test_r5_a_storm_of_tokens_is_not_held_back_without_end(copy):
    for number in range(3 * MOST):
        copy.roster.they_ask(JID.trusted(f"stranger@evil-{number}.test"), new_token())
    assert len(copy.tasks._running) <= MOST + 10
    await copy.tasks_done()

    assert (copy.friends.request_count(), copy.friends.silent_request_count()) == (MOST, MOST)


# --- odd clocks (N-7) ----------------------------------------------------------------------------


async def test_n7_a_clock_that_is_set_back_hides_no_request(copy):
    copy.roster.they_ask(JULIET)
    await copy.friends.decline(JULIET)
    copy.clock.advance(-timedelta(hours=1))
    copy.roster.they_ask(JULIET)

    assert [request.jid for request in copy.friends.requests()] == [JULIET]


@pytest.mark.parametrize("by", [-timedelta(minutes=1), -timedelta(days=3650), timedelta(hours=1)])
def test_n7_whoever_guessed_is_not_silenced_for_longer_by_another_time(copy, by):
    guesses = Guesses(copy.clock)
    for _ in range(5):
        guesses.note(TYBALT, new_token())
    assert guesses.are_too_many(TYBALT)
    copy.clock.advance(by)
    assert not guesses.are_too_many(TYBALT)

    for _ in range(5):
        guesses.note(TYBALT, new_token())
    assert guesses.are_too_many(TYBALT)
