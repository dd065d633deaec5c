"""What our person has answered is carried out, whatever the one who asks does meanwhile.

Somebody may take a request back and send another at any moment, also just before the line is there
again; and our person may think better of it.
"""

import pytest

from pars_desktop.domain.errors import ServerRefused, ServerSilent
from pars_desktop.domain.uri import parse_link
from tests.fakes import JULIET, TYBALT, settle


@pytest.mark.parametrize("report", [False, True])
async def test_r22_a_block_outlives_the_request_that_is_taken_back(copy, heard, report):
    """What waits at the server comes with the resumed session, before our answer leaves."""
    copy.roster.they_ask(TYBALT)
    copy.connection.drop()
    await copy.friends.block(TYBALT, report=report)
    asked = heard(copy.friends.asked)
    copy.connection.come_up(resumed=True)
    copy.roster.they_withdraw(TYBALT)
    copy.roster.they_ask(TYBALT)
    await settle()

    assert copy.network.blocking.jids == {TYBALT}
    assert copy.network.blocking.reported == [TYBALT] * report
    assert (asked, copy.friends.requests()) == ([], [])


async def test_r22_a_block_outlives_it_in_a_fresh_session_too(copy, heard):
    copy.roster.they_ask(TYBALT)
    await copy.lose_session()
    await copy.friends.block(TYBALT)
    asked = heard(copy.friends.asked)
    copy.account.sign_in("secret")
    copy.connection.come_up()
    copy.roster.they_withdraw(TYBALT)
    await settle()

    assert copy.network.blocking.jids == {TYBALT}
    assert asked == copy.friends.requests() == []


async def test_r22_a_block_outlives_it_though_the_server_did_not_answer(copy):
    copy.roster.they_ask(TYBALT)
    copy.network.blocking.trouble = ServerSilent()
    await copy.friends.block(TYBALT)
    copy.roster.they_withdraw(TYBALT)
    copy.roster.they_ask(TYBALT)
    assert copy.friends.requests() == []
    await copy.restart()

    assert copy.network.blocking.jids == {TYBALT}


@pytest.mark.parametrize("token", [None, "1tMFqYDdKhfe2pwp"])
async def test_r22_who_takes_it_back_as_block_is_pressed_is_blocked(copy, token):
    copy.roster.they_ask(TYBALT)
    copy.roster.they_withdraw(TYBALT)
    if token:
        copy.roster.they_ask(TYBALT, token)  # another, which is not shown yet
    await copy.friends.block(TYBALT)
    await copy.tasks_done()

    assert copy.network.blocking.jids == {TYBALT}
    assert copy.friends.requests() == []


async def test_a_yes_to_another_request_than_is_shown_yet_is_a_yes_to_them(copy):
    copy.roster.they_ask(TYBALT)
    copy.roster.they_withdraw(TYBALT)
    copy.roster.they_ask(TYBALT, "1tMFqYDdKhfe2pwp")
    await copy.friends.accept(TYBALT)

    assert copy.friends.sees_us(TYBALT)


async def test_r22_whose_block_waits_is_not_let_in_by_a_good_invitation(copy, heard):
    invite = copy.invites.create()
    copy.roster.they_ask(TYBALT)
    copy.connection.drop()
    await copy.friends.block(TYBALT)
    arrived = heard(copy.friends.arrived)
    copy.connection.come_up(resumed=True)
    copy.roster.they_withdraw(TYBALT)
    copy.roster.they_ask(TYBALT, parse_link(invite.link).token)
    await settle()

    assert copy.network.blocking.jids == {TYBALT}
    assert (arrived, copy.friends.sees_us(TYBALT)) == ([], False)
    assert copy.invites.used_by(invite.id) == []


async def test_r22_a_server_that_cannot_block_holds_no_other_answer_up(copy, heard):
    copy.roster.they_ask(TYBALT)
    copy.roster.they_ask(JULIET)
    await copy.lose_session()
    await copy.friends.block(TYBALT)
    await copy.friends.accept(JULIET)
    asked = heard(copy.friends.asked)
    copy.network.blocking.trouble = ServerRefused("service-unavailable")
    await copy.log_in()

    assert copy.friends.sees_us(JULIET)
    assert [request.jid for request in asked] == [TYBALT]
    assert asked == copy.friends.requests()


@pytest.mark.parametrize("answer", ["decline", "block"])
async def test_p10_who_is_wanted_as_a_friend_after_a_no_that_waits_is_not_sent_away(copy, answer):
    copy.roster.they_ask(TYBALT)
    await copy.lose_session()
    await getattr(copy.friends, answer)(TYBALT)
    await copy.friends.add(TYBALT, "Tybalt")
    await copy.log_in()

    assert copy.network.blocking.jids == frozenset()
    assert copy.roster.of_kind("refuse") == []
    assert copy.friends.sees_us(TYBALT)


async def test_r24_who_asks_anew_while_a_yes_is_carried_out_is_not_forgotten(copy, heard):
    """Our yes met the first request, so that they wait for an answer to the second."""
    copy.roster.they_ask(JULIET)
    gone = heard(copy.friends.request_gone)
    put = copy.roster.set

    async def slowly(*entry):
        copy.roster.they_withdraw(JULIET)
        copy.roster.they_ask(JULIET, nick="Juliet")
        await put(*entry)

    copy.roster.set = slowly
    await copy.friends.accept(JULIET)

    assert [request.nick for request in copy.friends.requests()] == ["Juliet"]
    assert gone == [JULIET]
    copy.roster.set = put
    await copy.friends.accept(JULIET)
    assert copy.friends.sees_us(JULIET)
