"""The roster: a push is the truth, the store remembers it (RFC 6121 §2; battery R)."""

import asyncio

import pytest

from pars_desktop.core.friends import MANY
from pars_desktop.domain.contact import Availability, Contact, Presence, Subscription
from pars_desktop.domain.errors import Offline, ServerRefused, ServerSilent
from pars_desktop.domain.jid import JID
from tests.fakes import JULIET, TYBALT, settle
from tests.oracle import watched

FRIEND = Contact(JULIET, "Juliet", Subscription.BOTH)


async def test_the_whole_roster_is_read_in_each_fresh_session(copy, heard):
    changed, removed = heard(copy.friends.changed), heard(copy.friends.removed)
    copy.roster.items = {JULIET: FRIEND}
    await copy.lose_session()
    await copy.log_in()
    assert changed == [FRIEND]
    assert copy.friends.contact(JULIET) == FRIEND

    copy.roster.items = {}
    await copy.lose_session()
    await copy.log_in()
    assert removed == [JULIET]
    assert copy.friends.contact(JULIET) is None


@pytest.mark.parametrize("trouble", [ServerRefused("forbidden"), ServerSilent(), Offline()])
async def test_r4_a_server_that_does_not_give_the_roster_changes_nothing(copy, trouble):
    copy.roster.changed.emit(FRIEND)
    copy.roster.items = {}
    copy.roster.trouble = trouble
    await copy.lose_session()
    await copy.log_in()

    assert copy.friends.contact(JULIET) == FRIEND


async def test_r4_half_an_answer_then_a_drop_changes_nothing(copy):
    copy.roster.changed.emit(FRIEND)
    copy.roster.items = {}
    await copy.lose_session()
    copy.connection.come_up()
    copy.connection.drop()
    await settle()

    assert copy.friends.contact(JULIET) == FRIEND


async def test_r4_without_the_roster_the_rest_of_the_session_still_begins(copy):
    copy.roster.trouble = ServerRefused("internal-server-error")
    await copy.lose_session()
    copy.account.outbox.send(JULIET, "hello")
    await copy.log_in()

    assert [message.body for message in copy.messenger.arrived] == ["hello"]


async def test_a_push_that_comes_while_the_roster_is_read_is_newer(copy):
    copy.roster.items = {JULIET: FRIEND}
    renamed = Contact(JULIET, "My Juliet", Subscription.BOTH)
    await copy.lose_session()
    fetch = copy.roster.fetch

    async def fetch_and_be_overtaken():
        items = await fetch()
        copy.roster.changed.emit(renamed)
        return items

    copy.roster.fetch = fetch_and_be_overtaken
    await copy.log_in()

    assert copy.friends.contact(JULIET) == renamed


async def test_very_many_changes_are_announced_as_one(copy, heard):
    changed, reloaded = heard(copy.friends.changed), heard(copy.friends.reloaded)
    people = [JID.trusted(f"friend{number}@capulet.lit") for number in range(MANY + 1)]
    copy.roster.items = {jid: Contact(jid) for jid in people}
    await copy.lose_session()
    await copy.log_in()

    assert (changed, len(reloaded)) == ([], 1)
    assert copy.friends.contact(people[-1]) is not None


async def test_presence_is_kept_over_a_resumed_stream_and_forgotten_in_a_fresh_session(copy):
    copy.roster.presence.emit(Presence(JULIET, Availability.AWAY))
    copy.connection.drop()
    copy.connection.come_up(resumed=True)
    assert copy.account.presence.of(JULIET).availability is Availability.AWAY

    changed = []
    copy.account.presence.changed.connect(changed.append)
    copy.connection.drop()
    copy.connection.come_up()
    assert copy.account.presence.of(JULIET).availability is Availability.OFFLINE
    assert changed == [JULIET]
    assert copy.account.presence.of(TYBALT).availability is Availability.OFFLINE


async def test_whoever_is_removed_is_not_around_any_more(copy, heard):
    copy.roster.presence.emit(Presence(JULIET, Availability.ONLINE))
    changed = heard(copy.account.presence.changed)

    copy.roster.removed.emit(JULIET)

    assert copy.account.presence.of(JULIET).availability is Availability.OFFLINE
    assert changed == [JULIET]


async def test_a_very_long_list_does_not_stop_the_loop(copy, heard):
    contacts = [Contact(JID(f"friend{n}", "capulet.lit"), f"Friend {n}") for n in range(20_000)]
    reloaded = heard(copy.friends.reloaded)
    copy.roster.items = {contact.jid: contact for contact in contacts}
    await copy.lose_session()
    async with watched(()):
        copy.account.sign_in("secret")
        copy.connection.come_up()
        for _ in range(1000):
            await asyncio.sleep(0.001)

    assert reloaded == [()]
    assert copy.friends.contact(contacts[-1].jid) == contacts[-1]


async def test_r4_a_list_that_is_half_compared_when_the_line_breaks_changes_nothing(copy):
    copy.roster.changed.emit(FRIEND)
    strangers = [Contact(JID(f"friend{n}", "capulet.lit")) for n in range(1000)]
    copy.roster.items = {contact.jid: contact for contact in strangers}
    await copy.lose_session()
    copy.account.sign_in("secret")
    copy.connection.come_up()
    await settle(5)
    copy.connection.drop()
    await settle()

    assert copy.friends.contact(JULIET) == FRIEND
    assert copy.friends.contact(strangers[0].jid) is None
