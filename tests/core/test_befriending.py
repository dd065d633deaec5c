"""We accept somebody's invitation (journey (a); battery P, redeemer's half; R14 to R20)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pars_desktop.core.befriending import PATIENCE
from pars_desktop.domain.contact import Contact, Presence, Subscription
from pars_desktop.domain.errors import ServerRefused
from pars_desktop.store.approvals import ApprovalStore
from tests.fakes import JULIET, NEWCOMERS, ROMEO, TYBALT, WAITS, settle

TOKEN = "1tMFqYDdKhfe2pwp"


def intent(copy, jid=JULIET):
    return ApprovalStore(copy.db).get(ROMEO, jid)


async def test_a_confirmed_link_is_carried_out_in_the_order_of_r14(copy):
    copy.accounts.rename_me(ROMEO, "Romeo")
    copy.roster.can_preapprove = True
    copy.roster.sent.clear()

    await copy.friends.add(JULIET, " Juliet ", TOKEN, "Verona")

    assert copy.roster.sent == [
        ("set", JULIET, "Juliet", {"Verona"}),
        ("approve", JULIET),
        ("subscribe", JULIET, TOKEN, "Romeo"),
    ]
    assert copy.friends.waiting(JULIET)


async def test_nothing_is_approved_beforehand_where_the_server_does_not_offer_it(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)

    assert copy.roster.of_kind("approve") == []


async def test_the_allow_list_is_on_disk_before_anything_is_sent(copy):
    at_the_time = []
    send = copy.roster._out
    copy.roster._out = lambda *what: (at_the_time.append(intent(copy)), send(*what))

    await copy.friends.add(JULIET, "Juliet", TOKEN)

    assert len(at_the_time) == 2
    assert all(kept.token == TOKEN for kept in at_the_time)


async def test_both_directions_stand_and_the_token_is_erased(copy, heard):
    befriended = heard(copy.friends.befriended)
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.roster.they_ask(JULIET)  # R17: they ask back before they approve
    copy.roster.they_approve(JULIET)

    assert [(contact.jid, contact.name) for contact in befriended] == [(JULIET, "Juliet")]
    assert copy.friends.contact(JULIET).is_friend
    assert not copy.friends.waiting(JULIET)
    assert intent(copy) is None
    assert copy.friends.requests() == []


async def test_a_server_that_answers_by_itself_makes_friends_too(copy, heard):
    befriended = heard(copy.friends.befriended)
    copy.roster.can_preapprove = True
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.roster.changed.emit(Contact(JULIET, "Juliet", Subscription.BOTH))  # all we ever see

    assert [contact.jid for contact in befriended] == [JULIET]
    assert intent(copy) is None


async def test_p12_only_the_address_of_the_link_is_approved(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.roster.they_ask(TYBALT)

    assert copy.roster.of_kind("approve") == []
    assert [request.jid for request in copy.friends.requests()] == [TYBALT]


async def test_p12_they_are_approved_once(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.roster.they_ask(JULIET)
    copy.roster.they_withdraw(JULIET)
    copy.roster.they_ask(JULIET)

    assert copy.roster.of_kind("approve") == [("approve", JULIET)]
    assert [request.jid for request in copy.friends.requests()] == [JULIET]


async def test_p12_once_includes_what_the_server_approved_for_us(copy):
    copy.roster.can_preapprove = True
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.roster.they_ask(JULIET)
    copy.roster.they_withdraw(JULIET)
    copy.roster.approved_before.clear()
    copy.roster.they_ask(JULIET)

    assert copy.friends.contact(JULIET).subscription is Subscription.NONE
    assert [request.jid for request in copy.friends.requests()] == [JULIET]


async def test_p12_once_holds_over_a_fresh_session(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.roster.they_ask(JULIET)
    await copy.restart()  # they see us, and have not approved us yet
    copy.roster.they_withdraw(JULIET)
    copy.roster.they_ask(JULIET)

    assert copy.roster.of_kind("approve") == []
    assert [request.jid for request in copy.friends.requests()] == [JULIET]


async def test_p12_after_its_end_they_have_to_ask_our_person(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.clock.advance(PATIENCE)
    copy.roster.they_ask(JULIET)

    assert copy.roster.of_kind("approve") == []
    assert [request.jid for request in copy.friends.requests()] == [JULIET]


async def test_what_was_approved_beforehand_is_withdrawn_when_it_expires(copy):
    copy.roster.can_preapprove = True
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.clock.advance(PATIENCE)
    await copy.lose_session()
    await copy.log_in()

    assert intent(copy) is None
    assert copy.friends.contact(JULIET).ask  # still shown as waiting, but no token is left
    assert copy.roster.of_kind("refuse") == [("refuse", JULIET)]
    assert JULIET not in copy.roster.approved_before


async def test_r20_being_in_the_roster_is_no_consent(copy):
    await copy.roster.set(JULIET, "Juliet")
    copy.roster.they_approve(JULIET)
    copy.roster.they_ask(JULIET)

    assert copy.roster.of_kind("approve") == []
    assert [request.jid for request in copy.friends.requests()] == [JULIET]


async def test_p9_an_older_request_is_withdrawn_so_that_the_token_arrives(copy):
    await copy.friends.add(JULIET, "Juliet")
    copy.roster.sent.clear()

    await copy.friends.add(JULIET, "Juliet", TOKEN)

    assert copy.roster.sent == [
        ("set", JULIET, "Juliet", set()),
        ("unsubscribe", JULIET),
        ("subscribe", JULIET, TOKEN, ""),
    ]


async def test_p9_the_token_waits_for_the_push_that_says_it_is_withdrawn(copy):
    await copy.friends.add(JULIET, "Juliet")
    copy.roster.sent.clear()
    sent_by_then = []
    copy.roster.changed.connect(
        lambda contact: contact.ask or sent_by_then.extend(copy.roster.of_kind("subscribe"))
    )
    copy.roster.push_after = 0.01

    await copy.friends.add(JULIET, "Juliet", TOKEN)
    await copy.tasks_done()

    assert copy.roster.sent[-1] == ("subscribe", JULIET, TOKEN, "")
    assert sent_by_then == []


async def test_p9_a_server_that_says_nothing_does_not_stop_us(copy):
    await copy.friends.add(JULIET, "Juliet")
    copy.roster._push = lambda contact: None

    await copy.friends.add(JULIET, "Juliet", TOKEN)

    assert copy.roster.sent[-1] == ("subscribe", JULIET, TOKEN, "")


async def test_without_a_token_an_older_request_is_left_alone(copy):
    await copy.friends.add(JULIET, "Juliet")
    await copy.friends.add(JULIET, "My Juliet")

    assert copy.friends.contact(JULIET).name == "My Juliet"
    assert len(copy.roster.of_kind("subscribe")) == 1
    assert copy.roster.of_kind("unsubscribe") == []


async def test_without_a_session_it_is_done_in_the_next_one(offline, heard):
    copy, begun = offline, heard(offline.friends.begun)
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    assert begun == [JULIET]
    assert copy.friends.waiting(JULIET)
    assert copy.roster.sent == []

    await copy.restart()

    assert copy.roster.of_kind("set", "subscribe") == [
        ("set", JULIET, "Juliet", set()),
        ("subscribe", JULIET, TOKEN, ""),
    ]


@pytest.mark.parametrize("step", ["set", "subscribe"])
async def test_p13_a_crash_after_the_confirmation_is_finished_at_the_next_start(copy, step):
    copy.roster.cut_at = step
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    assert copy.roster.of_kind("subscribe") == []

    await copy.restart()

    assert copy.friends.contact(JULIET).name == "Juliet"
    assert copy.roster.of_kind("subscribe") == [("subscribe", JULIET, TOKEN, "")]


async def test_p13_a_crash_while_the_older_request_is_withdrawn_is_not_taken_for_a_no(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    await copy.lose_session()
    copy.roster.cut_at = "subscribe"
    await copy.log_in()
    assert not copy.friends.contact(JULIET).ask

    await copy.restart()

    assert copy.roster.of_kind("subscribe") == [("subscribe", JULIET, TOKEN, "")]


async def test_p13_an_approval_that_never_left_is_given_at_the_next_login(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.roster.cut_at = "approve"
    copy.roster.they_ask(JULIET)
    assert copy.friends.contact(JULIET).subscription is Subscription.NONE

    await copy.restart()  # the server delivers their request again

    assert copy.roster.of_kind("approve") == [("approve", JULIET)]
    assert copy.friends.contact(JULIET).subscription is Subscription.FROM
    assert copy.friends.requests() == []


async def test_r16_a_fresh_session_sends_the_token_again_once(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    await copy.lose_session()
    copy.roster.sent.clear()
    await copy.log_in()

    cycle = [("unsubscribe", JULIET), ("subscribe", JULIET, TOKEN, "")]
    assert copy.roster.of_kind("unsubscribe", "subscribe") == cycle

    copy.connection.drop()
    copy.connection.come_up(resumed=True)
    await settle()
    assert copy.roster.of_kind("unsubscribe", "subscribe") == cycle


async def test_r16_a_request_without_a_token_is_left_to_our_server(copy):
    await copy.friends.add(JULIET, "Juliet")
    await copy.lose_session()
    await copy.log_in()

    assert len(copy.roster.of_kind("subscribe")) == 1


async def test_r16_who_has_approved_us_is_not_asked_again(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.roster.they_approve(JULIET)
    await copy.lose_session()
    await copy.log_in()

    assert len(copy.roster.of_kind("subscribe")) == 1
    assert intent(copy) is not None  # they may still come to see us


async def test_friends_made_while_we_were_away_are_announced_at_the_next_login(copy, heard):
    befriended = heard(copy.friends.befriended)
    copy.roster.can_preapprove = True
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    await copy.lose_session()
    copy.roster.they_ask(JULIET)
    copy.roster.they_approve(JULIET)
    await copy.log_in()

    assert [contact.jid for contact in befriended] == [JULIET]
    assert intent(copy) is None


async def test_a_no_ends_it(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.roster.they_refuse(JULIET)

    assert intent(copy) is None
    assert not copy.friends.waiting(JULIET)
    copy.roster.they_ask(JULIET)
    assert copy.roster.of_kind("approve") == []


async def test_a_no_that_came_while_we_were_away_ends_it_too(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    await copy.lose_session()
    copy.roster.they_refuse(JULIET)
    await copy.log_in()

    assert intent(copy) is None
    assert len(copy.roster.of_kind("subscribe")) == 1


@pytest.mark.parametrize("away", [False, True])
async def test_p12_after_a_no_they_have_to_ask_our_person(copy, heard, away):
    """The server's approval beforehand would let them in unasked, for ever."""
    copy.roster.can_preapprove = True
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    if away:
        await copy.lose_session()
    copy.roster.they_refuse(JULIET)
    if away:
        copy.roster.can_preapprove = True
        await copy.log_in()
    asked = heard(copy.friends.asked)

    copy.roster.they_ask(JULIET)
    await copy.tasks_done()

    assert not copy.friends.sees_us(JULIET)
    assert [request.jid for request in asked] == [JULIET]


async def test_removing_them_on_another_device_ends_it(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    await copy.roster.remove(JULIET)

    assert intent(copy) is None


async def test_what_the_server_refuses_leaves_nothing_behind(copy):
    copy.roster.trouble = ServerRefused("not-allowed")

    with pytest.raises(ServerRefused):
        await copy.friends.add(JULIET, "Juliet", TOKEN)

    assert intent(copy) is None
    assert copy.roster.of_kind("subscribe") == []


async def test_adding_somebody_who_asks_us_is_a_yes(copy, heard):
    gone = heard(copy.friends.request_gone)
    copy.roster.they_ask(JULIET)
    await copy.friends.add(JULIET, "Juliet")

    assert copy.roster.of_kind("approve") == [("approve", JULIET)]
    assert gone == [JULIET]


async def test_adding_a_newcomer_by_hand_gives_them_a_name(copy):
    await copy.roster.set(JULIET, "", frozenset({NEWCOMERS, "Verona"}))
    await copy.friends.add(JULIET, "Juliet")

    contact = copy.friends.contact(JULIET)
    assert (contact.name, contact.groups) == ("Juliet", {"Verona"})


async def test_r19_without_any_sign_the_request_is_repeated_plainly_once(copy):
    copy.start(replace(WAITS, plain_after=0.01))
    await copy.log_in()
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    await copy.tasks_done()

    assert copy.roster.of_kind("subscribe") == [
        ("subscribe", JULIET, TOKEN, ""),
        ("subscribe", JULIET, None, ""),
    ]


async def test_r19_a_sign_from_their_server_is_enough(copy):
    copy.start(replace(WAITS, plain_after=0.01))
    await copy.log_in()
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.roster.presence.emit(Presence(JULIET))
    await copy.tasks_done()

    assert len(copy.roster.of_kind("subscribe")) == 1


async def test_the_intent_lasts_four_weeks(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)

    assert intent(copy).until - copy.clock.now() == timedelta(weeks=4)
