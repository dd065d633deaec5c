"""Who came by an invitation of our server's is noticed from the roster alone (R11)."""

from datetime import timedelta

import pytest

from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.invite import InviteOptions, Refusal, ServerInvite
from pars_desktop.domain.jid import JID
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.invites import InviteStore
from tests.fakes import JULIET, NEWCOMERS, ROMEO, TYBALT, settle

MERCUTIO = JID.trusted("mercutio@montague.lit")


async def invite(copy, label="", token="uiliWdwHsdfQWE34sdf2", **rest):
    """An invitation of the server's."""
    expires = copy.clock.now() + timedelta(days=7)
    copy.network.invitations.invites = [ServerInvite(ROMEO, token, expires, ibr=True, **rest)]
    return await copy.invites.prepare(InviteOptions(label=label))


async def invite_to_server(copy, place, token="2mNT3kMT", *, befriends=True):
    expires = copy.clock.now() + timedelta(days=7)
    made = ServerInvite(JID.trusted(place), token, expires, befriends=befriends)
    copy.network.invitations.accounts = [made]
    return await copy.invites.invite_to_server(befriend=befriends)


async def test_r11_a_guest_is_a_newcomer_by_the_invitation_that_is_named(copy, heard):
    arrived = heard(copy.friends.arrived)
    given = await invite(copy, "the choir")

    copy.roster.server_lets_in(JULIET)
    await settle()

    (contact,) = arrived
    assert contact == Contact(JULIET, "", Subscription.FROM, True, frozenset({NEWCOMERS}))
    assert copy.friends.is_newcomer(JULIET)
    assert copy.friends.invitation_of(JULIET).label == "the choir"
    assert copy.invites.get(given.id).refusal(copy.clock.now()) is Refusal.USED
    assert copy.invites.get(given.id).link is None
    assert [jid for jid, _ in copy.invites.used_by(given.id)] == [JULIET]
    assert copy.roster.of_kind("subscribe") == []  # the server has done that


async def test_r11_of_two_that_a_guest_may_have_used_neither_is_offered_again(copy):
    given = await invite(copy, "Mercutio", token="theFirstToken12345")
    shown = await invite(copy)
    assert copy.invites.recent() == shown

    copy.roster.server_lets_in(JULIET)
    await settle()

    assert copy.invites.recent() is None
    assert {given.id, shown.id} <= {each.id for each in copy.invites.all()}


async def test_r11_a_new_account_with_both_directions_is_a_newcomer_too(copy, heard):
    arrived = heard(copy.friends.arrived)
    await invite(copy)

    copy.roster._push(Contact(MERCUTIO, subscription=Subscription.BOTH))
    await settle()

    assert [contact.jid for contact in arrived] == [MERCUTIO]
    assert copy.roster.of_kind("subscribe") == []


async def test_r11_who_came_while_we_were_away_is_noticed_at_the_next_login(copy, heard):
    arrived = heard(copy.friends.arrived)
    await invite(copy, "the choir")
    await copy.lose_session()
    copy.roster.server_lets_in(JULIET)
    copy.clock.advance(timedelta(days=10))  # meanwhile the invitation has ended

    await copy.log_in()

    assert [contact.jid for contact in arrived] == [JULIET]
    assert copy.friends.invitation_of(JULIET).label == "the choir"
    assert copy.roster.of_kind("approve") == [("approve", JULIET)]  # perhaps they were not told


async def test_r11_of_two_invitations_none_is_named(copy, heard):
    arrived = heard(copy.friends.arrived)
    first, second = await invite(copy, "one", "a1"), await invite(copy, "two", "b2")

    copy.roster.server_lets_in(JULIET)
    await settle()

    assert [contact.jid for contact in arrived] == [JULIET]
    assert copy.friends.is_newcomer(JULIET)
    assert copy.friends.invitation_of(JULIET) is None
    assert [copy.invites.get(each.id).uses for each in (first, second)] == [0, 0]


async def test_r11_one_that_waits_goes_before_one_that_has_ended(copy):
    await invite(copy, "long ago", "a1")
    copy.clock.advance(timedelta(days=8))
    await invite(copy, "now", "b2")

    copy.roster.server_lets_in(JULIET)
    await settle()

    assert copy.friends.invitation_of(JULIET).label == "now"


@pytest.mark.parametrize(
    ("place", "fits"),
    [
        ("montague.lit", True),
        ("mercutio@montague.lit", True),
        ("benvolio@montague.lit", False),
    ],
)
async def test_r9_r11_the_new_account_that_an_administrator_invited_is_recognised(
    copy, heard, place, fits
):
    arrived = heard(copy.friends.arrived)
    given = await invite_to_server(copy, place)

    copy.roster._push(Contact(JULIET, subscription=Subscription.BOTH))  # of another server
    copy.roster._push(Contact(MERCUTIO, subscription=Subscription.BOTH))
    await settle()

    assert [contact.jid for contact in arrived] == [MERCUTIO] * fits
    assert [jid for jid, _ in copy.invites.used_by(given.id)] == [MERCUTIO] * fits


# --- who is no guest -----------------------------------------------------------------------------


async def nobody(copy, heard):
    assert heard == []
    assert not copy.friends.is_newcomer(JULIET)
    assert copy.friends.invitation_of(JULIET) is None


async def test_r11_without_an_invitation_of_the_servers_nobody_came_by_one(copy, heard):
    arrived = heard(copy.friends.arrived)
    copy.invites.create()
    await invite_to_server(copy, "montague.lit", befriends=False)

    copy.roster.server_lets_in(JULIET)
    await settle()

    await nobody(copy, arrived)


@pytest.mark.parametrize(
    "contact",
    [
        Contact(JULIET, "Juliet", Subscription.FROM),
        Contact(JULIET, "", Subscription.FROM, groups=frozenset({"Verona"})),
        Contact(JULIET, "", Subscription.NONE, ask=True),
        Contact(JULIET, "", Subscription.TO),
    ],
    ids=["named", "grouped", "asked", "seen"],
)
async def test_r11_whom_another_device_added_is_no_guest(copy, heard, contact):
    arrived = heard(copy.friends.arrived)
    await invite(copy)

    copy.roster._push(contact)
    await settle()

    await nobody(copy, arrived)


async def test_r11_who_was_in_the_list_before_is_no_guest(copy, heard):
    arrived = heard(copy.friends.arrived)
    copy.roster._push(Contact(JULIET))
    await invite(copy)

    copy.roster.server_lets_in(JULIET)
    await copy.lose_session()
    await copy.log_in()

    await nobody(copy, arrived)


async def test_r11_whom_our_server_has_not_asked_back_is_no_guest(copy, heard):
    """Servers ask their guests back; another device of ours may just let somebody see us."""
    arrived = heard(copy.friends.arrived)
    given = await invite(copy)

    copy.roster.server_lets_in(JULIET, asks_back=False)
    await settle()

    await nobody(copy, arrived)
    assert copy.invites.get(given.id).uses == 0
    assert copy.roster.of_kind("approve", "subscribe", "set") == []


async def test_r11_whom_another_device_let_see_us_while_we_were_away_is_no_guest(copy, heard):
    arrived = heard(copy.friends.arrived)
    given = await invite(copy)
    await copy.lose_session()
    copy.roster.server_lets_in(JULIET, asks_back=False)

    await copy.log_in()
    copy.roster._push(Contact(JULIET, subscription=Subscription.FROM, ask=True))  # it asks later
    await settle()

    await nobody(copy, arrived)
    assert copy.invites.get(given.id).uses == 0
    assert copy.roster.of_kind("approve", "subscribe", "set") == []


async def test_r11_whom_our_person_asks_after_another_device_let_them_in_is_no_guest(copy, heard):
    arrived = heard(copy.friends.arrived)
    await invite(copy)
    copy.roster.server_lets_in(JULIET, asks_back=False)

    await copy.friends.add(JULIET, "")
    await settle()

    await nobody(copy, arrived)


async def test_r26_whose_silent_request_another_device_answered_is_no_guest(copy, heard):
    arrived = heard(copy.friends.arrived)
    given = await invite(copy)
    for number in range(21):
        copy.roster.they_ask(JID(f"stranger{number}", JULIET.domain), f"wrong-{number}")
    copy.roster.they_ask(JULIET)
    await settle()
    assert copy.friends.silent_request_count() == 2

    copy.roster.server_lets_in(JULIET)
    await settle()

    await nobody(copy, arrived)
    assert copy.invites.get(given.id).uses == 0


async def test_r11_whom_we_asked_ourselves_is_no_guest(copy, heard):
    arrived = heard(copy.friends.arrived)
    await invite(copy)
    copy.roster.push_after = 0.01  # what we sent is on its way

    await copy.friends.add(JULIET, "")
    copy.roster.server_lets_in(JULIET)
    await copy.tasks_done()

    await nobody(copy, arrived)


async def test_r11_whose_request_was_accepted_here_is_no_guest(copy, heard):
    arrived = heard(copy.friends.arrived)
    await invite(copy)
    copy.roster.they_ask(JULIET)
    await settle()

    await copy.friends.accept(JULIET)
    await settle()

    await nobody(copy, arrived)


@pytest.mark.parametrize("token", [None, "not-one-of-ours"])
async def test_r11_whose_request_another_device_answered_is_no_guest(copy, heard, token):
    arrived = heard(copy.friends.arrived)
    await invite(copy)
    copy.roster.they_ask(JULIET, token)
    await settle()

    copy.roster.server_lets_in(JULIET)
    await copy.tasks_done()

    await nobody(copy, arrived)


async def test_r11_whose_request_another_device_answered_while_we_were_away_is_no_guest(
    copy, heard
):
    arrived = heard(copy.friends.arrived)
    await invite(copy)
    copy.roster.they_ask(JULIET)
    await settle()
    await copy.lose_session()
    copy.roster.asking.clear()
    copy.roster.server_lets_in(JULIET)

    await copy.log_in()

    await nobody(copy, arrived)


async def test_r11_a_guest_of_our_own_invitation_does_not_use_up_the_servers(copy, heard):
    arrived = heard(copy.friends.arrived)
    given = await invite(copy, "the choir")
    own = copy.invites.create(InviteOptions(label="own"))

    copy.roster.they_ask(JULIET, parse_link(own.link).token)
    await settle()

    assert [contact.jid for contact in arrived] == [JULIET]
    assert copy.friends.invitation_of(JULIET).label == "own"
    assert copy.invites.get(given.id).uses == 0


# --- what becomes of them ------------------------------------------------------------------------


async def test_p13_a_crash_before_the_guest_is_welcomed_is_made_good(copy, heard):
    given = await invite(copy, "the choir")
    copy.roster.cut_at = "set"
    copy.roster.server_lets_in(JULIET)
    await settle()
    assert not copy.friends.is_newcomer(JULIET)

    await copy.restart()

    assert copy.friends.is_newcomer(JULIET)
    assert copy.roster.items[JULIET].groups == {NEWCOMERS}
    assert copy.friends.invitation_of(JULIET).id == given.id


@pytest.mark.parametrize("step", ["approve", "set"])
async def test_p13_it_is_made_good_though_the_invitation_is_unknown(copy, heard, step):
    await invite(copy, "one", "a1")
    await invite(copy, "two", "b2")
    copy.roster.cut_at = step
    copy.roster.server_lets_in(JULIET)
    await settle()
    assert not copy.friends.is_newcomer(JULIET)

    await copy.kill()
    copy.roster.they_approve(JULIET)  # meanwhile
    copy.start()
    arrived = heard(copy.friends.arrived)
    await copy.log_in()

    assert [contact.jid for contact in arrived] == [JULIET]
    assert copy.friends.is_newcomer(JULIET)
    assert copy.roster.items[JULIET].groups == {NEWCOMERS}


async def test_p13_a_guest_whom_another_device_removed_before_we_could_finish_stays_out(copy):
    await invite(copy, "one", "a1")
    await invite(copy, "two", "b2")
    copy.roster.cut_at = "set"
    copy.roster.server_lets_in(JULIET)
    await settle()
    await copy.kill()
    del copy.roster.items[JULIET]

    copy.start()
    await copy.log_in()

    assert copy.roster.of_kind("approve", "subscribe", "set") == []
    assert not copy.friends.is_newcomer(JULIET)


async def test_p20_a_guest_is_sent_away_and_the_invitation_stays_used(copy):
    given = await invite(copy)
    copy.roster.server_lets_in(JULIET)
    await settle()

    await copy.friends.undo(JULIET)

    assert JULIET not in copy.roster.items
    assert copy.roster.of_kind("refuse", "unsubscribe", "remove") == [
        ("refuse", JULIET),
        ("unsubscribe", JULIET),
        ("remove", JULIET),
    ]
    assert not copy.friends.is_newcomer(JULIET)
    assert copy.invites.get(given.id).refusal(copy.clock.now()) is Refusal.USED
    assert InviteStore(copy.db).outstanding(ROMEO, copy.clock.now()) == []


async def test_an_invitation_that_was_forgotten_recognises_nobody(copy, heard):
    arrived = heard(copy.friends.arrived)
    given = await invite(copy)
    copy.invites.delete(given.id)

    copy.roster.server_lets_in(TYBALT)
    await settle()

    assert arrived == []
