"""An approval given beforehand lets in once, and nobody after it has become void (P-12, P-20).

The fake server is, in turn, one that does as RFC 6121 says and one that does as Prosody 0.12.
"""

import asyncio

import pytest

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.invite import new_token
from pars_desktop.domain.jid import JID
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from pars_desktop.xmpp.network import Network
from tests.core.devices import Server
from tests.core.test_second_thoughts import held
from tests.fakes import JULIET, NEWCOMERS, WAITS, FakeClock, FakePasswords, settle
from tests.xmpp.test_network import signed_in, until


@pytest.fixture(params=[False, True], ids=["rfc", "prosody"])
async def approving(copy, request):
    """Our copy, whose server takes approvals beforehand."""
    copy.roster.can_preapprove = True
    copy.roster.is_old_prosody = request.param
    return copy


@pytest.fixture
async def server():
    """Several devices of ours before one server."""
    server = Server()
    yield server
    await server.close()


async def pause():
    await asyncio.sleep(1.2 * WAITS.push)
    await settle()


async def befriended(copy):
    await copy.friends.add(JULIET, "Juliet", "token")
    copy.roster.they_ask(JULIET)
    copy.roster.they_approve(JULIET)
    await settle()
    assert copy.friends.contact(JULIET) == Contact(JULIET, "Juliet", Subscription.BOTH)


@pytest.mark.parametrize("away", [False, True])
async def test_p12_who_was_a_friend_once_has_to_ask_again(approving, heard, away):
    copy, asked = approving, heard(approving.friends.asked)
    await befriended(copy)
    if away:
        await copy.lose_session()
    copy.roster.they_refuse(JULIET)
    copy.roster.they_withdraw(JULIET)
    if away:
        await copy.log_in()
    await pause()
    await pause()
    copy.roster.they_ask(JULIET)
    await settle()

    assert [request.jid for request in asked] == [JULIET]
    assert not copy.friends.sees_us(JULIET)
    assert copy.friends.contact(JULIET).name == "Juliet"


async def test_r15_whoever_asks_anew_at_once_is_not_told_no(approving):
    """They take their request back and send another: our No would meet that one."""
    copy = approving
    await befriended(copy)
    copy.roster.sent.clear()
    copy.roster.they_withdraw(JULIET)
    await settle()
    copy.roster.they_ask(JULIET)
    await pause()
    await pause()

    assert copy.roster.of_kind("refuse") == []


async def test_p12_what_the_server_let_in_by_itself_it_lets_in_once(approving):
    """Also where the end of the friendship is never heard of, because we die before."""
    await befriended(approving)
    if approving.roster.is_old_prosody:
        assert approving.roster.approved_before == set()


async def test_p12_an_invitation_that_is_given_up_leaves_no_approval(approving, heard):
    copy, asked = approving, heard(approving.friends.asked)
    await copy.friends.add(JULIET, "Juliet", "token")
    copy.roster.they_refuse(JULIET)
    await pause()
    copy.roster.they_ask(JULIET)
    await settle()

    assert [request.jid for request in asked] == [JULIET]


async def test_p20_an_entry_that_is_removed_meanwhile_does_not_come_back(approving):
    """Another device of ours undoes a friendship: three steps, and we hear of each."""
    copy = approving
    await befriended(copy)
    copy.roster.sent.clear()
    copy.roster._push(Contact(JULIET, "Juliet", Subscription.TO))
    copy.roster._push(Contact(JULIET, "Juliet"))
    del copy.roster.items[JULIET]
    copy.roster.removed.emit(JULIET)
    await pause()

    assert copy.roster.of_kind("set") == []
    assert copy.friends.contact(JULIET) is None


async def test_nothing_is_withdrawn_where_nothing_could_be_given(copy):
    copy.roster.items = {JULIET: Contact(JULIET, "Juliet", Subscription.BOTH)}
    await copy.lose_session()
    await copy.log_in()
    copy.roster.sent.clear()
    copy.roster.they_withdraw(JULIET)
    await pause()

    assert copy.roster.sent == []


async def asks_in_silence(copy):
    """So many at her server have guessed that she is only counted (R26)."""
    for number in range(20):
        copy.roster.they_ask(JID(f"guest{number}", JULIET.domain), new_token())
    copy.roster.they_ask(JULIET)
    await settle()
    assert copy.friends.silent_request_count() == 1


async def test_p8_a_friend_of_old_who_asks_in_silence_is_not_told_no(copy):
    copy.roster.can_preapprove = True
    await befriended(copy)
    copy.roster.approved_before.clear()  # it was used
    copy.roster.sent.clear()
    copy.roster.they_withdraw(JULIET)
    await settle()
    await asks_in_silence(copy)
    await pause()
    await pause()
    assert copy.roster.of_kind("refuse") == []

    copy.friends.show_silent_requests()
    await copy.friends.accept(JULIET)
    assert copy.friends.sees_us(JULIET)


async def test_p8_who_asks_in_silence_and_is_wanted_as_a_friend_is_let_in(copy):
    await asks_in_silence(copy)
    await copy.friends.add(JULIET, "Juliet")

    assert copy.friends.sees_us(JULIET)
    assert copy.friends.silent_request_count() == 0


async def test_p12_the_end_of_an_approval_does_not_undo_a_yes_that_waits(copy):
    """They do not want us to see them, and ask to see us: that is still theirs to ask."""
    copy.roster.can_preapprove = True
    await copy.friends.add(JULIET, "Juliet", "token")
    copy.roster.they_ask(JULIET)
    copy.roster.approved_before.clear()  # it was used
    copy.roster.they_withdraw(JULIET)
    copy.roster.they_ask(JULIET)
    await copy.lose_session()
    await copy.friends.accept(JULIET)
    copy.roster.they_refuse(JULIET)
    await copy.log_in()

    assert copy.friends.sees_us(JULIET)


async def test_p12_who_waits_for_our_other_devices_is_let_in_if_wanted_as_a_friend(server):
    issuer, _, _, go = await held(server, "publish")
    await issuer.friends.add(JULIET, "Juliet")
    assert server.let_in == [JULIET]

    go.set()
    await server.quiet()
    assert server.let_in == [JULIET]


@pytest.mark.prosody
async def test_p12_on_prosody_who_was_a_friend_once_has_to_ask_again(prosody):
    romeo, juliet = prosody.account("romeo"), prosody.account("juliet")
    db, tasks = Database.open(":memory:"), Tasks()
    AccountStore(db).put(romeo.settings)
    passwords = FakePasswords(**{str(romeo.jid): romeo.password})
    accounts = Accounts(db, passwords, FakeClock(), tasks, newcomer_group=NEWCOMERS, waits=WAITS)
    accounts.set_network(Network)
    account = accounts.get(romeo.jid)
    asked = []
    account.friends.asked.connect(asked.append)
    try:
        async with signed_in(juliet) as guest:
            account.sign_in(romeo.password)
            await until(lambda: account._start_complete)
            await account.friends.add(juliet.jid, "Juliet")
            guest.roster.approve(romeo.jid)
            guest.roster.subscribe(romeo.jid)
            await until(lambda: prosody.are_friends(romeo.jid, juliet.jid))
            await guest.roster.remove(romeo.jid)
            await until(lambda: not account.friends.sees_us(juliet.jid))
            await asyncio.sleep(3 * WAITS.push)
            guest.roster.subscribe(romeo.jid)
            await until(lambda: asked)
            assert prosody.roster(romeo.jid)[juliet.jid].subscription is Subscription.NONE
    finally:
        await account.sign_out()
        await tasks.close()
        db.close()
