"""Somebody comes with our invitation (journey (b); battery P, inviter's half)."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from pars_desktop.domain.contact import Subscription, SubscriptionRequest
from pars_desktop.domain.errors import Offline, ServerSilent
from pars_desktop.domain.invite import Refusal, new_token, token_hash
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.invites import ClaimKind, InviteStore
from tests.fakes import JULIET, NEWCOMERS, ROMEO, TYBALT, settle

WEEK = timedelta(days=7)


def token_of(copy) -> str:
    return parse_link(copy.invites.create().link).token


def what_strangers_got(copy, jid) -> list:
    """Everything that left us for one address."""
    return [sent for sent in copy.roster.sent if jid in sent]


async def test_p1_a_valid_token_lets_in_without_a_name(copy, heard):
    arrived, asked = heard(copy.friends.arrived), heard(copy.friends.asked)
    copy.accounts.rename_me(ROMEO, "Romeo")

    copy.roster.they_ask(JULIET, token_of(copy), nick="Your Bank")
    await settle()

    assert what_strangers_got(copy, JULIET) == [
        ("approve", JULIET),
        ("subscribe", JULIET, None, "Romeo"),
        ("set", JULIET, "", {NEWCOMERS}),
    ]
    assert [contact.jid for contact in arrived] == [JULIET]
    assert asked == []
    assert copy.friends.contact(JULIET).subscription is Subscription.FROM
    assert copy.friends.is_newcomer(JULIET)


async def test_r15_p2_who_asks_anew_before_they_heard_our_yes_is_let_in_as_well(copy, heard):
    """Their program was cut off, and takes the first request back so that the token arrives."""
    asked, token = heard(copy.friends.asked), token_of(copy)
    copy.roster.they_ask(JULIET, token)
    await settle()
    copy.roster.they_withdraw(JULIET)
    await settle()
    assert not copy.friends.sees_us(JULIET)

    copy.roster.they_ask(JULIET, token)
    await settle()

    assert copy.friends.sees_us(JULIET)
    assert copy.friends.contact(JULIET).groups == {NEWCOMERS}
    assert (asked, copy.friends.requests()) == ([], [])


async def test_r15_who_asks_anew_in_the_middle_of_their_welcome_is_let_in_as_well(copy, heard):
    asked, token = heard(copy.friends.asked), token_of(copy)
    answered, enter = asyncio.Event(), copy.roster.set

    async def slowly(*item):
        await answered.wait()
        await enter(*item)

    copy.roster.set = slowly
    copy.roster.they_ask(JULIET, token)
    await settle()
    copy.roster.they_withdraw(JULIET)
    copy.roster.they_ask(JULIET, token)
    await settle()
    answered.set()
    await settle()

    assert copy.friends.sees_us(JULIET)
    assert copy.friends.is_newcomer(JULIET)
    assert (asked, copy.friends.requests()) == ([], [])


@pytest.mark.parametrize("is_done", [False, True])
async def test_r15_who_takes_back_before_our_yes_has_reached_the_server_is_let_in_as_well(
    copy, heard, is_done
):
    """Prosody then says that they are not in the list any more, though nobody removed them."""
    asked, token = heard(copy.friends.asked), token_of(copy)
    answered, enter = asyncio.Event(), copy.roster.set

    async def slowly(*item):
        await answered.wait()
        await enter(*item)

    copy.roster.set = slowly
    copy.roster.approve = lambda _: None  # it gets there when nobody asks
    copy.roster.they_ask(JULIET, token)
    await settle()
    copy.roster.withdrawn.emit(JULIET)
    copy.roster.removed.emit(JULIET)
    del copy.roster.approve
    if is_done:  # when they ask anew, we think that all is well
        answered.set()
        await settle()
    copy.roster.they_ask(JULIET, token)
    await settle()
    answered.set()
    await settle()

    assert copy.friends.sees_us(JULIET)
    assert (asked, copy.friends.requests()) == ([], [])


async def test_r15_p13_who_takes_back_while_we_start_again_is_let_in_as_well(copy, heard):
    token = token_of(copy)
    copy.roster.cut_at = "approve"
    copy.roster.they_ask(JULIET, token)
    await settle()
    await copy.kill()
    copy.start()
    asked, fetch = heard(copy.friends.asked), copy.roster.fetch
    copy.roster.asking.clear()

    async def meanwhile():
        if copy.roster.of_kind("fetch"):  # the second time we ask who comes again
            copy.roster.withdrawn.emit(JULIET)
            copy.roster.removed.emit(JULIET)
        return await fetch()

    copy.roster.fetch = meanwhile
    await copy.log_in()
    await settle()
    copy.roster.they_ask(JULIET, token)
    await settle()

    assert copy.friends.sees_us(JULIET)
    assert (asked, copy.friends.requests()) == ([], [])


async def test_p2_the_same_request_again_changes_nothing(copy, heard):
    arrived, asked, token = heard(copy.friends.arrived), heard(copy.friends.asked), token_of(copy)
    again = SubscriptionRequest(JULIET, token)
    copy.roster.they_ask(JULIET, token)
    copy.roster.requested.emit(again)  # to every resource
    await settle()
    sent = list(copy.roster.sent)

    copy.roster.requested.emit(again)  # at the next login
    await settle()

    assert copy.roster.sent == sent
    assert len(copy.roster.of_kind("approve")) == len(copy.roster.of_kind("subscribe")) == 1
    assert (len(arrived), asked) == (1, [])


async def test_p3_another_address_with_a_used_token_only_asks(copy, heard):
    asked, token = heard(copy.friends.asked), token_of(copy)
    copy.roster.they_ask(JULIET, token)
    await settle()
    copy.roster.they_ask(TYBALT, token)
    await settle()

    assert what_strangers_got(copy, TYBALT) == []
    assert [(request.jid, request.refusal) for request in asked] == [(TYBALT, Refusal.USED)]
    assert [jid for jid, _ in copy.invites.used_by(asked[0].invite.id)] == [JULIET]


async def test_p4_of_two_at_once_one_is_let_in(copy, heard):
    arrived, asked, token = heard(copy.friends.arrived), heard(copy.friends.asked), token_of(copy)

    copy.roster.they_ask(JULIET, token)
    copy.roster.they_ask(TYBALT, token)
    await settle()

    assert [contact.jid for contact in arrived] == [JULIET]
    assert [request.jid for request in asked] == [TYBALT]


@pytest.mark.parametrize(
    ("moved", "let_in"),
    [
        (WEEK - timedelta(seconds=1), True),
        (WEEK, False),
        (WEEK + timedelta(seconds=1), False),
        (timedelta(days=365), False),
        (-timedelta(minutes=4), True),
        (-timedelta(minutes=6), False),
        (-timedelta(days=365), False),
    ],
)
async def test_p5_a_token_counts_from_five_minutes_before_it_was_made_to_its_end(
    copy, moved, let_in
):
    token = token_of(copy)
    copy.clock.advance(moved)
    copy.roster.they_ask(JULIET, token)
    await settle()

    assert bool(what_strangers_got(copy, JULIET)) is let_in
    assert bool(copy.friends.requests()) is not let_in


async def test_p5_an_expired_token_is_named_to_our_person_only(copy):
    invite = copy.invites.create()
    copy.clock.advance(WEEK)
    copy.roster.they_ask(JULIET, parse_link(invite.link).token)
    await settle()

    (request,) = copy.friends.requests()
    assert (request.refusal, request.invite.id) == (Refusal.EXPIRED, invite.id)
    assert what_strangers_got(copy, JULIET) == []


async def test_p6_a_token_bound_to_somebody_else_only_asks(copy):
    token, now = new_token(), copy.clock.now()
    InviteStore(copy.db).add(
        ROMEO, token_hash(token), "xmpp:x", now, now + WEEK, "", 1, bound_to=JULIET
    )
    copy.roster.they_ask(TYBALT, token)
    await settle()

    assert what_strangers_got(copy, TYBALT) == []
    assert copy.friends.requests()[0].refusal is Refusal.BOUND

    copy.roster.they_ask(JULIET, token)
    await settle()
    assert ("approve", JULIET) in copy.roster.sent


@pytest.mark.parametrize("token", ["", "x" * 1_000_000, "тёкен\ud800", "\x00", None])
async def test_p7_a_malformed_token_is_like_none(copy, token):
    copy.roster.they_ask(JULIET, token)
    await settle()
    await copy.tasks_done()

    (request,) = copy.friends.requests()
    assert (request.refusal, request.invite) == (None, None)
    assert what_strangers_got(copy, JULIET) == []


async def test_p19_an_unknown_token_makes_an_ordinary_request(copy, heard):
    asked = heard(copy.friends.asked)
    copy.roster.they_ask(JULIET, new_token())
    await copy.tasks_done()

    assert [(request.jid, request.refusal, request.invite) for request in asked] == [
        (JULIET, None, None)
    ]
    assert what_strangers_got(copy, JULIET) == []


async def test_p19_who_comes_while_we_are_away_is_let_in_at_the_next_login(offline, heard):
    copy, arrived = offline, heard(offline.friends.arrived)
    copy.roster.they_ask(JULIET, token_of(copy))
    copy.clock.advance(timedelta(days=6))
    await copy.log_in()

    assert [contact.jid for contact in arrived] == [JULIET]


@pytest.mark.parametrize("step", ["approve", "subscribe", "set"])
async def test_p13_a_crash_in_the_middle_of_a_welcome_is_finished_at_the_next_start(copy, step):
    token = token_of(copy)
    copy.roster.cut_at = step
    copy.roster.they_ask(JULIET, token)
    await settle()
    assert copy.friends.contact(JULIET) is None or not copy.friends.is_newcomer(JULIET)

    copy.clock.advance(2 * WEEK)  # the decision was made in time
    before = list(copy.roster.sent)
    arrived = []
    await copy.kill()
    copy.start()
    copy.friends.arrived.connect(arrived.append)
    await copy.log_in()

    sent = before + copy.roster.sent
    assert sent.count(("approve", JULIET)) == 1
    assert sent.count(("subscribe", JULIET, None, "")) == 1
    assert ("set", JULIET, "", {NEWCOMERS}) in copy.roster.sent
    assert [contact.jid for contact in arrived] == [JULIET]
    assert copy.friends.is_newcomer(JULIET)
    assert copy.friends.requests() == []


async def test_p13_an_entry_made_in_the_moment_of_the_crash_is_still_a_newcomers(copy):
    copy.roster.cut_at = "set"
    copy.roster.they_ask(JULIET, token_of(copy))
    await settle()
    # Our server did it, but we never heard so.
    made = replace(copy.roster.items[JULIET], groups=frozenset({NEWCOMERS}))
    copy.roster.items[JULIET] = made

    await copy.kill()
    copy.start()
    await copy.log_in()

    assert copy.friends.is_newcomer(JULIET)
    assert copy.roster.items[JULIET].groups == {NEWCOMERS}


@pytest.mark.parametrize("step", ["subscribe", "set"])
async def test_p13_who_was_removed_on_another_device_before_we_could_finish_stays_out(copy, step):
    """They had been approved, so nothing waits for us at the server: the roster is the truth."""
    token = token_of(copy)
    copy.roster.cut_at = step
    copy.roster.they_ask(JULIET, token)
    await settle()
    await copy.kill()
    del copy.roster.items[JULIET]
    copy.start()
    await copy.log_in()

    assert what_strangers_got(copy, JULIET) == []
    assert copy.friends.contact(JULIET) is None
    copy.roster.they_ask(JULIET, token)
    await settle()
    assert [request.refusal for request in copy.friends.requests()] == [Refusal.USED]
    assert copy.roster.of_kind("approve") == []


async def test_p13_a_session_that_ends_before_the_request_came_again_decides_nothing(copy):
    copy.roster.cut_at = "approve"
    token = token_of(copy)
    copy.roster.they_ask(JULIET, token)
    await settle()
    copy.roster.asking.clear()  # this server is slow
    copy.roster.trouble = ServerSilent()
    await copy.log_in()
    copy.roster.trouble = None
    copy.roster.asking[JULIET] = SubscriptionRequest(JULIET, token)
    await copy.lose_session()
    await copy.log_in()

    assert copy.friends.sees_us(JULIET)


async def test_p13_a_finished_welcome_is_not_repeated(copy):
    copy.roster.they_ask(JULIET, token_of(copy))
    await settle()
    await copy.restart()

    assert what_strangers_got(copy, JULIET) == []


async def test_p20_undo_sends_them_away_and_the_token_stays_used(copy, heard):
    asked, token = heard(copy.friends.asked), token_of(copy)
    copy.roster.they_ask(JULIET, token)
    await settle()
    copy.roster.sent.clear()

    await copy.friends.undo(JULIET)

    assert copy.roster.sent == [("refuse", JULIET), ("unsubscribe", JULIET), ("remove", JULIET)]
    assert copy.friends.contact(JULIET) is None
    assert not copy.friends.is_newcomer(JULIET)
    for jid in (JULIET, TYBALT):
        copy.roster.they_ask(jid, token)
    await settle()
    assert [(request.jid, request.refusal) for request in asked] == [
        (JULIET, Refusal.USED),
        (TYBALT, Refusal.USED),
    ]
    assert copy.roster.of_kind("approve") == []
    assert copy.invites.redeem(token, JULIET).kind is ClaimKind.REFUSED


async def test_p20_undo_without_a_session_says_so_and_changes_nothing(copy):
    copy.roster.they_ask(JULIET, token_of(copy))
    await settle()
    copy.connection.drop()

    with pytest.raises(Offline):
        await copy.friends.undo(JULIET)
    assert copy.friends.is_newcomer(JULIET)


async def test_a_newcomers_group_ends_with_keep(copy):
    copy.roster.they_ask(JULIET, token_of(copy))
    await settle()
    await copy.friends.keep(JULIET)

    assert copy.friends.contact(JULIET).groups == frozenset()
    assert not copy.friends.is_newcomer(JULIET)


async def test_a_newcomers_group_ends_with_the_first_name(copy):
    copy.roster.they_ask(JULIET, token_of(copy))
    await settle()
    await copy.friends.rename(JULIET, "Juliet")

    contact = copy.friends.contact(JULIET)
    assert (contact.name, contact.groups) == ("Juliet", frozenset())
    assert not copy.friends.is_newcomer(JULIET)


@pytest.mark.parametrize(
    ("name", "groups", "left"),
    [("Juliet", {NEWCOMERS}, set()), ("", {NEWCOMERS, "Verona"}, {"Verona"}), ("", set(), set())],
)
async def test_a_newcomers_group_ends_with_a_change_on_another_device(copy, name, groups, left):
    copy.roster.they_ask(JULIET, token_of(copy))
    await settle()
    await copy.roster.set(JULIET, name, frozenset(groups))
    await settle()

    contact = copy.friends.contact(JULIET)
    assert (contact.name, contact.groups) == (name, left)
    assert not copy.friends.is_newcomer(JULIET)


def ejabberd_notes_their_name(copy, name):
    """They ask, and the server takes over what they call themselves before it passes that on."""
    copy.roster._push(replace(copy.roster.items[JULIET], name=name))


async def test_r23_a_name_the_server_took_from_the_request_is_taken_back(copy):
    token = token_of(copy)
    copy.roster.they_ask(JULIET, token, nick="Your Bank")
    await settle()
    copy.roster.they_withdraw(JULIET)  # to ask anew (R15)
    await settle()

    ejabberd_notes_their_name(copy, "Your Bank")
    copy.roster.they_ask(JULIET, token, nick="Your Bank")
    await settle()

    contact = copy.friends.contact(JULIET)
    assert (contact.name, contact.groups) == ("", {NEWCOMERS})
    assert contact.sees_us
    assert copy.friends.is_newcomer(JULIET)


async def test_r23_a_name_the_server_took_in_the_middle_of_the_welcome_is_taken_back(copy):
    token, answered, enter = token_of(copy), asyncio.Event(), copy.roster.set

    async def slowly(*item):
        await enter(*item)
        await answered.wait()

    copy.roster.set = slowly
    copy.roster.they_ask(JULIET, token, nick="Your Bank")
    await settle()
    copy.roster.they_withdraw(JULIET)
    ejabberd_notes_their_name(copy, "Your Bank")
    copy.roster.they_ask(JULIET, token, nick="Your Bank")
    await settle()
    answered.set()
    await settle()

    contact = copy.friends.contact(JULIET)
    assert (contact.name, contact.groups) == ("", {NEWCOMERS})
    assert contact.sees_us
    assert copy.friends.is_newcomer(JULIET)


async def test_r23_whoever_is_named_as_they_call_themselves_keeps_the_name(copy):
    copy.roster.they_ask(JULIET, token_of(copy), nick="Juliet")
    await settle()

    await copy.friends.rename(JULIET, "Juliet")
    await settle()

    contact = copy.friends.contact(JULIET)
    assert (contact.name, contact.groups) == ("Juliet", set())
    assert not copy.friends.is_newcomer(JULIET)


async def test_r23_so_they_do_if_another_program_gives_the_name_and_leaves_the_group(copy):
    copy.roster.they_ask(JULIET, token_of(copy), nick="Juliet")
    await settle()

    await copy.roster.set(JULIET, "Juliet", frozenset({NEWCOMERS}))
    await settle()

    contact = copy.friends.contact(JULIET)
    assert (contact.name, contact.groups) == ("Juliet", set())
    assert not copy.friends.is_newcomer(JULIET)


async def test_r23_a_name_given_while_they_do_not_see_us_stays_if_it_is_not_theirs(copy):
    copy.roster.they_ask(JULIET, token_of(copy), nick="Your Bank")
    await settle()
    copy.roster.they_withdraw(JULIET)

    await copy.roster.set(JULIET, "Juliet", frozenset({NEWCOMERS}))
    await settle()

    assert copy.friends.contact(JULIET).name == "Juliet"


async def test_a_contact_we_had_named_stays_as_named(copy):
    await copy.roster.set(JULIET, "Juliet", frozenset({"Verona"}))
    copy.roster.they_ask(JULIET, token_of(copy))
    await settle()

    contact = copy.friends.contact(JULIET)
    assert (contact.name, contact.groups) == ("Juliet", {"Verona"})
    assert contact.subscription is Subscription.FROM
    assert not copy.friends.is_newcomer(JULIET)


async def test_a_good_token_answers_a_request_that_was_waiting(copy, heard):
    gone = heard(copy.friends.request_gone)
    copy.roster.they_ask(JULIET)
    copy.roster.they_ask(JULIET, token_of(copy))
    await settle()

    assert gone == [JULIET]
    assert copy.friends.requests() == []
    assert copy.friends.is_newcomer(JULIET)


async def test_our_own_address_is_not_let_in(copy):
    copy.roster.they_ask(ROMEO, token_of(copy))
    copy.roster.they_ask(ROMEO)
    await settle()

    assert copy.friends.requests() == []
    assert what_strangers_got(copy, ROMEO) == []


async def test_who_was_removed_elsewhere_does_not_come_in_again_by_the_same_token(copy):
    token = token_of(copy)
    copy.roster.they_ask(JULIET, token)
    await settle()
    await copy.roster.remove(JULIET)
    copy.roster.sent.clear()
    copy.roster.they_ask(JULIET, token)
    await settle()

    assert [request.refusal for request in copy.friends.requests()] == [Refusal.USED]
    assert copy.roster.sent == []
