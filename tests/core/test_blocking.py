"""Whom our person does not want to hear of: block, report, and being left in peace (XEP-0191)."""

from datetime import timedelta

import pytest

from pars_desktop.core.guesses import Guesses
from pars_desktop.core.links import Links, ProposalKind
from pars_desktop.core.trust import Concern, Doubt
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.errors import Offline, ServerRefused
from pars_desktop.domain.invite import new_token
from pars_desktop.domain.jid import JID
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.settings import SettingsStore
from tests.fakes import JULIET, ROMEO, TYBALT, settle, wanted

VERONA = JID("", "verona.test")


@pytest.fixture
def blocking(copy):
    return copy.account.blocking


async def test_the_list_is_read_when_a_session_begins(offline):
    offline.network.blocking.jids = frozenset({TYBALT})
    await offline.log_in()

    assert offline.account.blocking.is_blocked(TYBALT)
    assert not offline.account.blocking.is_blocked(JULIET)


async def test_what_another_device_blocks_is_known_here(copy, blocking, heard):
    changed = heard(blocking.changed)
    copy.network.blocking.blocked.emit(frozenset({TYBALT, JULIET}))
    copy.network.blocking.unblocked.emit(frozenset({JULIET}))
    assert (blocking.is_blocked(TYBALT), blocking.is_blocked(JULIET)) == (True, False)

    copy.network.blocking.unblocked.emit(frozenset())  # everybody (XEP-0191 §3.6)
    assert not blocking.is_blocked(TYBALT)
    assert len(changed) == 3


async def test_a_blocked_server_blocks_everybody_there(copy, blocking):
    copy.network.blocking.blocked.emit(frozenset({JID("", TYBALT.domain)}))
    assert blocking.is_blocked(TYBALT)
    await blocking.unblock(TYBALT)
    assert not blocking.is_blocked(TYBALT)


async def test_a_server_that_cannot_block_is_no_trouble_until_it_should(offline):
    offline.network.blocking.trouble = ServerRefused("service-unavailable")
    await offline.log_in()
    assert not offline.account.blocking.is_blocked(TYBALT)
    with pytest.raises(ServerRefused):
        await offline.account.blocking.block(TYBALT)


async def test_without_a_session_nobody_is_blocked_on_the_server(offline):
    with pytest.raises(Offline):
        await offline.account.blocking.block(TYBALT)


async def test_a_request_is_blocked_without_a_word_to_them(copy, heard):
    gone = heard(copy.friends.request_gone)
    copy.roster.they_ask(TYBALT)
    copy.roster.sent.clear()
    await copy.friends.block(TYBALT)

    assert copy.network.blocking.jids == {TYBALT}
    assert copy.network.blocking.reported == []
    assert copy.roster.sent == []
    assert (gone, copy.friends.requests()) == ([TYBALT], [])


async def test_spam_is_reported(copy):
    copy.roster.they_ask(TYBALT)
    await copy.friends.block(TYBALT, report=True)
    assert copy.network.blocking.reported == [TYBALT]


async def test_a_block_without_a_session_is_carried_out_in_the_next(copy):
    copy.roster.they_ask(TYBALT)
    await copy.lose_session()
    await copy.friends.block(TYBALT, report=True)
    assert copy.network.blocking.jids == frozenset()
    await copy.restart()

    assert copy.network.blocking.jids == {TYBALT}
    assert copy.network.blocking.reported == [TYBALT]
    assert copy.friends.requests() == []


async def test_if_the_server_cannot_block_the_request_is_there_again(copy, heard):
    asked = heard(copy.friends.asked)
    copy.roster.they_ask(TYBALT)
    copy.network.blocking.trouble = ServerRefused("service-unavailable")
    with pytest.raises(ServerRefused):
        await copy.friends.block(TYBALT)

    assert [request.jid for request in copy.friends.requests()] == [TYBALT]
    assert [request.jid for request in asked] == [TYBALT, TYBALT]


async def test_r22_who_is_blocked_is_not_heard_even_with_a_good_invitation(offline, heard):
    token = parse_link(offline.invites.create().link).token
    asked, arrived = heard(offline.friends.asked), heard(offline.friends.arrived)
    offline.network.blocking.jids = frozenset({TYBALT})
    offline.roster.they_ask(TYBALT, token=token)
    await offline.log_in()
    await settle()

    assert (asked, arrived) == ([], [])


async def test_who_is_blocked_is_named_in_order(copy, blocking):
    assert blocking.is_known
    copy.network.blocking.blocked.emit(frozenset({TYBALT, JULIET, VERONA}))
    assert blocking.all() == [JULIET, TYBALT, VERONA]


async def test_before_the_first_session_nobody_knows_who_is_blocked(offline, heard):
    blocking = offline.account.blocking
    changed = heard(blocking.changed)
    assert not blocking.is_known
    await offline.log_in()
    assert blocking.is_known
    assert len(changed) == 1


async def test_who_is_blocked_on_another_device_asks_here_no_more(copy, heard):
    gone = heard(copy.friends.request_gone)
    copy.roster.they_ask(TYBALT)
    copy.roster.they_ask(JULIET)
    copy.roster.they_ask(JID("mercutio", VERONA.domain), token=new_token())  # held back
    copy.network.blocking.blocked.emit(frozenset({TYBALT, VERONA}))
    await copy.tasks_done()

    assert gone == [TYBALT]
    assert [request.jid for request in copy.friends.requests()] == [JULIET]


async def test_r5_of_a_storm_everybody_is_blocked_at_once(copy, heard):
    for number in range(50):
        copy.roster.they_ask(JID(f"guest{number}", VERONA.domain))
    copy.roster.they_ask(JULIET)
    gone = heard(copy.friends.request_gone)
    await copy.friends.block_server(VERONA.domain)

    assert copy.network.blocking.jids == {VERONA}
    assert len(gone) == 50
    assert [request.jid for request in copy.friends.requests()] == [JULIET]
    copy.roster.they_ask(JID("guest50", VERONA.domain))
    assert copy.friends.request_count() == 1


async def test_r5_a_server_that_cannot_block_keeps_the_requests(copy):
    copy.roster.they_ask(TYBALT)
    copy.network.blocking.trouble = ServerRefused("service-unavailable")
    with pytest.raises(ServerRefused):
        await copy.friends.block_server(TYBALT.domain)
    assert [request.jid for request in copy.friends.requests()] == [TYBALT]


@pytest.mark.parametrize("blocked", [TYBALT, JID("", TYBALT.domain)])
async def test_p10_who_is_befriended_is_blocked_no_more(copy, blocked):
    await copy.account.blocking.block(blocked)
    await copy.friends.add(TYBALT, "Tybalt")

    assert copy.network.blocking.jids == frozenset()
    assert copy.roster.of_kind("subscribe") == [("subscribe", TYBALT, None, "")]


async def test_p10_without_a_session_the_block_ends_in_the_next(copy):
    await copy.account.blocking.block(TYBALT)
    await copy.lose_session()
    await copy.friends.add(TYBALT, "Tybalt")
    assert copy.network.blocking.jids == {TYBALT}
    await copy.restart()

    assert copy.network.blocking.jids == frozenset()
    assert copy.roster.of_kind("subscribe") == [("subscribe", TYBALT, None, "")]


async def test_p10_a_server_that_does_not_unblock_makes_no_friend(copy):
    await copy.account.blocking.block(TYBALT)
    copy.network.blocking.trouble = ServerRefused("internal-server-error")
    with pytest.raises(ServerRefused):
        await copy.friends.add(TYBALT, "Tybalt")

    assert wanted(copy.db, ROMEO) == {}
    assert copy.roster.of_kind("set", "approve", "subscribe") == []


@pytest.fixture
def wrong(copy):
    """Ask with a token that opens nothing."""

    def ask(jid):
        copy.roster.they_ask(jid, token=new_token())

    return ask


async def test_p8_after_five_wrong_tokens_an_address_waits_in_silence(copy, wrong, heard):
    for _ in range(5):
        wrong(TYBALT)
    await copy.tasks_done()
    await copy.friends.decline(TYBALT)
    copy.clock.advance(timedelta(minutes=1))
    asked, hushed = heard(copy.friends.asked), heard(copy.friends.request_hushed)
    copy.roster.they_ask(TYBALT)
    await copy.tasks_done()

    assert asked == []
    assert copy.friends.requests() == []
    assert copy.friends.silent_request_count() == 1
    assert len(hushed) == 1


async def test_p8_after_twenty_wrong_tokens_a_domain_waits_in_silence(copy, wrong, heard):
    for number in range(20):
        wrong(JID(f"guest{number}", VERONA.domain))
    await copy.tasks_done()
    asked = heard(copy.friends.asked)
    copy.roster.they_ask(JID("mercutio", VERONA.domain))
    copy.roster.they_ask(JULIET)

    assert [request.jid for request in asked] == [JULIET]
    assert copy.friends.silent_request_count() == 1


async def test_p8_an_hour_later_they_are_heard_again(copy, wrong, heard):
    for _ in range(6):
        wrong(TYBALT)
    await copy.tasks_done()
    await copy.friends.decline(TYBALT)
    copy.clock.advance(timedelta(hours=1))
    asked = heard(copy.friends.asked)
    copy.roster.they_ask(TYBALT)
    assert [request.jid for request in asked] == [TYBALT]


async def test_p8_a_good_invitation_is_honoured_after_any_number_of_wrong_ones(copy, wrong, heard):
    for number in range(40):
        wrong(JID(f"guest{number}", VERONA.domain))
    token = parse_link(copy.invites.create().link).token
    arrived = heard(copy.friends.arrived)
    copy.roster.they_ask(JID("guest39", VERONA.domain), token=token)
    await settle()
    assert len(arrived) == 1
    assert copy.friends.silent_request_count() == 19


async def test_a_silent_request_of_somebody_who_is_blocked_is_gone(copy, wrong, heard):
    for number in range(21):
        wrong(JID(f"guest{number}", VERONA.domain))
    await copy.tasks_done()
    await copy.friends.block_server(VERONA.domain)
    assert (copy.friends.request_count(), copy.friends.silent_request_count()) == (0, 0)


async def test_the_person_may_look_at_the_silent_ones(copy, wrong):
    for number in range(21):
        wrong(JID(f"guest{number}", VERONA.domain))
    await copy.tasks_done()
    assert (copy.friends.request_count(), copy.friends.silent_request_count()) == (20, 1)
    copy.friends.show_silent_requests()
    assert (copy.friends.request_count(), copy.friends.silent_request_count()) == (21, 0)


async def test_a_silent_request_that_another_device_answers_is_gone(copy, wrong, heard):
    for number in range(21):
        wrong(JID(f"guest{number}", VERONA.domain))
    await copy.tasks_done()
    hushed = heard(copy.friends.request_hushed)
    guest = JID("guest20", VERONA.domain)
    copy.roster.changed.emit(Contact(guest, subscription=Subscription.FROM))
    await settle()
    assert copy.friends.silent_request_count() == 0
    assert len(hushed) == 1


async def test_p8_ten_thousand_guesses_cost_little_memory(copy):
    guesses = Guesses(copy.clock)
    for number in range(10_000):
        guesses.note(JID(f"guest{number}", f"host{number}.test"), "token")
    assert len(guesses._latest) <= 1000


async def test_r24_the_same_request_at_each_login_is_no_guess(copy, heard):
    copy.roster.they_ask(TYBALT, token=new_token())
    for _ in range(25):
        await copy.lose_session()
        await copy.log_in()
    await copy.tasks_done()
    asked = heard(copy.friends.asked)
    copy.roster.they_ask(JID("mercutio", TYBALT.domain))
    assert len(asked) == 1


@pytest.fixture
def propose(copy, tmp_path, heard):
    """What a link comes to."""
    links = Links(copy.accounts, SettingsStore(tmp_path / "settings.json"))
    proposed = heard(links.proposed)

    def what_is_proposed(jid):
        links.open(f"xmpp:{jid}?roster;preauth=1tMFqYDdKhfe2pwp")
        links.finished()
        return proposed[-1]

    return what_is_proposed


async def test_p10_a_link_to_somebody_blocked_says_so(copy, propose):
    copy.network.blocking.blocked.emit(frozenset({TYBALT, VERONA}))
    assert propose(TYBALT).concerns == (Concern(Doubt.BLOCKED, TYBALT),)
    guest = JID("guest", VERONA.domain)
    assert propose(guest).concerns == (Concern(Doubt.SERVER_BLOCKED, VERONA),)
    assert propose(JULIET).concerns == ()


async def test_p10_a_link_to_a_friend_who_was_blocked_asks_before_it_opens_the_chat(copy, propose):
    copy.roster.changed.emit(Contact(TYBALT, subscription=Subscription.BOTH))
    assert propose(TYBALT).kind is ProposalKind.OPEN_CHAT
    copy.network.blocking.blocked.emit(frozenset({TYBALT}))

    assert propose(TYBALT).kind is ProposalKind.ADD_FRIEND
    assert propose(TYBALT).concerns == (Concern(Doubt.BLOCKED, TYBALT),)
