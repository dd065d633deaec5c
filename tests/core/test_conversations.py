"""Chats over all accounts, as the list and the chat view show them."""

import pytest

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Availability, Contact, Presence, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.accounts import AccountStore
from tests.fakes import JULIET, ROMEO, TYBALT, FakeNetwork, settle

CHAT = ChatKey(ROMEO, JULIET)
MERCUTIO = JID.trusted("mercutio@montague.lit")


async def test_who_is_around_comes_from_presence(copy, heard):
    copy.roster.changed.emit(Contact(JULIET, "Juliet", Subscription.BOTH))
    changed = heard(copy.conversations.changed)
    copy.roster.presence.emit(Presence(JULIET, Availability.AWAY))

    assert changed == [CHAT]
    assert copy.conversations.row(CHAT).availability is Availability.AWAY
    assert [row.availability for row in copy.conversations.rows()] == [Availability.AWAY]
    copy.roster.presence.emit(Presence(JULIET, Availability.OFFLINE))
    assert copy.conversations.row(CHAT).availability is Availability.OFFLINE


async def test_while_we_are_cut_off_nobody_is_seen_and_nobody_forgotten(copy, heard):
    copy.roster.changed.emit(Contact(JULIET, "Juliet", Subscription.BOTH))
    copy.roster.presence.emit(Presence(JULIET, Availability.AWAY))
    changed = heard(copy.conversations.changed)

    copy.connection.drop()
    assert changed == [CHAT]
    assert copy.conversations.row(CHAT).availability is Availability.OFFLINE

    copy.connection.come_up(resumed=True)
    assert copy.conversations.row(CHAT).availability is Availability.AWAY


@pytest.mark.parametrize("away", [False, True])
async def test_after_a_no_the_row_that_is_shown_waits_no_more(copy, away):
    await copy.friends.add(JULIET, "Juliet", "a-token-for-one-use-1234567", "")
    seen = []
    copy.conversations.changed.connect(lambda key: seen.append(copy.conversations.row(key)))

    if away:
        await copy.lose_session()
    copy.roster.they_refuse(JULIET)
    if away:
        await copy.log_in()

    assert not seen[-1].is_waiting


async def test_a_contact_is_a_row_and_goes_with_it(copy, heard):
    changed, removed = heard(copy.conversations.changed), heard(copy.conversations.removed)
    copy.roster.changed.emit(Contact(JULIET, "Juliet"))
    assert changed == [CHAT]
    assert copy.conversations.row(CHAT).name == "Juliet"

    copy.roster.removed.emit(JULIET)
    assert removed == [CHAT]
    assert copy.conversations.row(CHAT) is None


async def test_a_chat_without_a_word_goes_with_the_contact(copy, heard):
    copy.roster.changed.emit(Contact(JULIET, "Juliet"))
    copy.conversations.open(CHAT)
    removed = heard(copy.conversations.removed)
    copy.roster.removed.emit(JULIET)

    assert removed == [CHAT]
    assert copy.conversations.rows() == []


async def test_a_draft_outlives_the_contact(copy):
    copy.roster.changed.emit(Contact(JULIET, "Juliet"))
    copy.conversations.set_draft(CHAT, "Dear")
    copy.roster.removed.emit(JULIET)

    assert copy.conversations.row(CHAT).draft == "Dear"


@pytest.mark.parametrize("is_online", [True, False])
async def test_a_request_that_is_cancelled_leaves_the_list(copy, is_online):
    if not is_online:
        await copy.lose_session()
    await copy.friends.add(JULIET, "Juliet", "a-token-for-one-use-1234567", "")
    assert copy.conversations.row(CHAT).is_waiting

    await copy.friends.remove(JULIET)
    await settle()

    assert copy.conversations.rows() == []
    assert not copy.friends.waiting(JULIET)


async def test_a_chat_with_words_outlives_the_contact(copy, heard):
    copy.roster.changed.emit(Contact(JULIET, "Juliet"))
    copy.conversations.send(CHAT, "hello")
    removed = heard(copy.conversations.removed)
    copy.roster.removed.emit(JULIET)

    assert removed == []
    assert copy.conversations.row(CHAT).last_text == "hello"


async def test_sending_is_shown_at_once_and_followed(copy, heard):
    added, advanced = (
        heard(copy.conversations.message_added),
        heard(copy.conversations.message_changed),
    )
    message = copy.conversations.send(CHAT, "hello")
    assert added == [(CHAT, message)]
    assert copy.conversations.row(CHAT).last_delivery is Delivery.QUEUED
    await settle()

    assert [changed.delivery for _, changed in advanced] == [Delivery.SENT]
    assert copy.conversations.row(CHAT).last_delivery is Delivery.SENT


async def test_each_account_sends_its_own(copy):
    AccountStore(copy.db).put(AccountSettings(MERCUTIO))
    copy.start()
    copy.conversations.send(ChatKey(MERCUTIO, TYBALT), "a plague")
    await copy.log_in()

    assert copy.messenger.arrived == []
    with pytest.raises(KeyError):
        copy.conversations.send(ChatKey(JULIET, TYBALT), "from nobody")


async def test_drafts_and_unread_marks_are_rows_too(copy, heard):
    copy.conversations.open(CHAT)
    changed = heard(copy.conversations.changed)
    copy.conversations.set_draft(CHAT, "O Rom")
    copy.conversations.mark_read(CHAT)  # nothing was unread

    assert changed == [CHAT]
    assert copy.conversations.row(CHAT).draft == "O Rom"


async def test_somebody_we_are_going_to_ask_is_shown_as_waiting(offline, heard):
    changed = heard(offline.conversations.changed)
    await offline.friends.add(JULIET, "Juliet", "token")

    assert CHAT in changed
    (row,) = offline.conversations.rows()
    assert (row.name, row.is_waiting, row.in_roster) == ("Juliet", True, False)
    assert offline.conversations.row(CHAT) == row

    await offline.restart()
    assert offline.conversations.row(CHAT).is_waiting
    assert offline.conversations.row(CHAT).in_roster
    offline.roster.they_ask(JULIET)
    offline.roster.they_approve(JULIET)
    assert not offline.conversations.row(CHAT).is_waiting


async def test_a_row_is_read_right_when_a_friendship_is_announced(copy):
    seen = []
    await copy.friends.add(JULIET, "Juliet", "token")
    copy.friends.befriended.connect(lambda contact: seen.append(copy.conversations.row(CHAT)))
    copy.roster.they_ask(JULIET)
    copy.roster.they_approve(JULIET)

    assert [(row.is_friend, row.is_waiting) for row in seen] == [(True, False)]


async def test_waiting_shows_on_other_devices_too(copy):
    copy.roster.changed.emit(Contact(JULIET, "Juliet", ask=True))  # asked from the phone

    assert copy.conversations.row(CHAT).is_waiting


async def test_a_newcomer_is_announced_when_the_row_says_so(copy):
    seen = []
    copy.friends.arrived.connect(lambda contact: seen.append(copy.conversations.row(CHAT)))
    changed_to = []
    copy.conversations.changed.connect(
        lambda key: changed_to.append(copy.conversations.row(key).is_newcomer)
    )
    copy.roster.they_ask(JULIET, parse_link(copy.invites.create().link).token)
    await settle()

    assert [row.is_newcomer for row in seen] == [True]
    assert changed_to[-1] is True


async def test_a_newcomer_that_was_kept_is_announced(copy):
    copy.roster.they_ask(JULIET, parse_link(copy.invites.create().link).token)
    await settle()
    changed_to = []
    copy.conversations.changed.connect(
        lambda key: changed_to.append(copy.conversations.row(key).is_newcomer)
    )
    await copy.friends.keep(JULIET)

    assert changed_to[-1] is False


async def test_accounts_that_come_and_go_reset_the_list(copy, heard):
    reset = heard(copy.conversations.reset)
    copy.conversations.send(CHAT, "hello")
    network = FakeNetwork()
    copy.accounts._network = lambda settings: network
    task = copy.tasks.spawn(copy.accounts.add(AccountSettings(MERCUTIO), "queen"), name="add")
    await settle()
    network.connection.come_up()
    await task
    assert len(reset) == 1
    added = heard(copy.conversations.message_added)
    copy.conversations.send(ChatKey(MERCUTIO, TYBALT), "a plague")
    assert len(added) == 1

    await copy.accounts.remove(ROMEO)
    assert len(reset) == 2
    assert [row.key.account for row in copy.conversations.rows()] == [MERCUTIO]


async def test_the_row_of_somebody_who_ended_the_friendship_says_so(copy):
    await copy.friends.add(JULIET, "Juliet", "token")
    assert not copy.conversations.row(CHAT).is_estranged
    copy.roster.they_ask(JULIET)
    copy.roster.they_approve(JULIET)
    assert not copy.conversations.row(CHAT).is_estranged

    copy.roster.they_refuse(JULIET)
    copy.roster.they_withdraw(JULIET)

    row = copy.conversations.row(CHAT)
    assert (row.is_estranged, row.subscription) == (True, Subscription.NONE)
    assert copy.conversations.rows() == [row]
    await copy.friends.add(JULIET, "Juliet")
    assert (copy.conversations.row(CHAT).is_estranged, row.in_roster) == (False, True)


async def test_it_knows_whose_chats_these_are(copy):
    AccountStore(copy.db).put(AccountSettings(MERCUTIO))
    assert copy.conversations.accounts == (ROMEO,)
    copy.start()

    assert copy.conversations.accounts == (ROMEO, MERCUTIO)


async def test_a_draft_for_an_account_that_was_removed_is_let_go(copy, heard):
    copy.conversations.set_draft(CHAT, "thou")
    await copy.accounts.remove(ROMEO)
    changed = heard(copy.conversations.changed)

    copy.conversations.set_draft(CHAT, "thou art")

    assert copy.conversations.row(CHAT) is None
    assert changed == []
