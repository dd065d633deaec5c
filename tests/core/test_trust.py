"""Trust the address, not the name: what is compared with whom we know (battery P-14)."""

import sys

import pytest

from pars_desktop.core.accounts import Accounts
from pars_desktop.core.links import Links, ProposalKind
from pars_desktop.core.trust import Concern, Doubt, concerns, is_ready
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.jid import JID
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.contacts import ContactStore
from pars_desktop.store.settings import SettingsStore
from tests.fakes import JULIET, NEWCOMERS, ROMEO

MERCUTIO = JID.trusted("mercutio@montague.lit")


@pytest.fixture
def links(copy, tmp_path) -> Links:
    copy.roster.changed.emit(Contact(JULIET, "Juliet", Subscription.BOTH))
    return Links(copy.accounts, SettingsStore(tmp_path / "settings.json"))


@pytest.fixture
def proposed(links, heard):
    return heard(links.proposed)


@pytest.mark.parametrize(
    "address",
    ["juliet@capu1et.lit", "ju1iet@capulet.lit", "juliet@cаpulet.lit", "jսliet@capulet.lit"],
)
async def test_p14_an_address_that_looks_like_a_contacts_is_not_the_same(links, proposed, address):
    links.open(f"xmpp:{address}?roster")

    (proposal,) = proposed
    assert proposal.kind is ProposalKind.ADD_FRIEND
    assert proposal.concerns == (Concern(Doubt.ADDRESS_LIKE_CONTACT, JULIET, "Juliet"),)


@pytest.mark.parametrize("name", ["Juliet", "JULIET", "%20juliet%20"])
async def test_p14_a_name_in_use_is_said(links, proposed, name):
    links.open(f"xmpp:rosaline@capulet.lit?roster;name={name}")

    assert proposed[0].concerns == (Concern(Doubt.NAME_IN_USE, JULIET, "Juliet"),)


async def test_p14_a_name_that_only_looks_like_one_in_use_is_said(links, proposed):
    links.open("xmpp:rosaline@capulet.lit?roster;name=Ju1iеt")

    assert proposed[0].concerns == (Concern(Doubt.NAME_LIKE_CONTACT, JULIET, "Juliet"),)


async def test_p14_an_address_that_looks_like_our_own_is_said(links, proposed):
    links.open("xmpp:r0meo@montague.lit?roster")

    assert proposed[0].concerns == (Concern(Doubt.ADDRESS_LIKE_OURS, ROMEO),)


async def test_p14_a_message_to_a_look_alike_is_doubted_too(links, proposed):
    links.open("xmpp:ju1iet@capulet.lit?message;body=hello")

    assert proposed[0].kind is ProposalKind.COMPOSE
    assert [concern.doubt for concern in proposed[0].concerns] == [Doubt.ADDRESS_LIKE_CONTACT]


@pytest.mark.parametrize(
    "link",
    [
        "xmpp:juliet@capulet.lit?roster;name=Juliet",  # it is she
        "xmpp:juliet@capulet.lit?message;body=hello",
        "xmpp:rosaline@capulet.lit?roster;name=Rosaline",
        "xmpp:rosaline@capulet.lit?roster",
        "xmpp:?message;body=hello",
    ],
)
async def test_who_looks_like_nobody_is_not_doubted(links, proposed, link):
    links.open(link)

    assert proposed[0].concerns == ()


async def test_p14_the_contacts_of_every_account_of_ours_count(offline, tmp_path, heard):
    AccountStore(offline.db).put(AccountSettings(MERCUTIO))
    ContactStore(offline.db).put(MERCUTIO, Contact(JULIET, "Juliet", Subscription.BOTH))
    accounts = Accounts(
        offline.db, offline.passwords, offline.clock, offline.tasks, newcomer_group=NEWCOMERS
    )
    links = Links(accounts, SettingsStore(tmp_path / "settings.json"))
    proposed = heard(links.proposed)

    links.open("xmpp://romeo@montague.lit/ju1iet@capulet.lit?roster;name=Juliet")

    assert proposed[0].preselected == ROMEO
    assert [concern.doubt for concern in proposed[0].concerns] == [
        Doubt.ADDRESS_LIKE_CONTACT,
        Doubt.NAME_IN_USE,
    ]


MANY = 2000


def person(number):
    return JID("person", f"server{number:05}.lit")


@pytest.fixture
def crowded(copy):
    """Romeo's list is long."""
    with copy.db.transaction():
        for number in range(MANY):
            contact = Contact(person(number), f"Somebody {number}", Subscription.BOTH)
            ContactStore(copy.db).put(ROMEO, contact)
    return copy


def calls(work):
    """How much is done, counted in calls of functions."""
    count = 0

    def note(_frame, event, _what):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def told(copy, address, name=""):
    found = concerns(copy.accounts.all(), JID.parse(address), name)
    return {(each.doubt, each.jid) for each in found}


async def test_one_stranger_after_the_other_is_not_compared_with_every_contact(crowded):
    told(crowded, "first@capulet.lit", "First")

    assert calls(lambda: told(crowded, "ju1iet@capulet.lit", "Nobody")) < 200
    assert told(crowded, "pers0n@server01999.lit") == {(Doubt.ADDRESS_LIKE_CONTACT, person(1999))}


async def test_a_long_list_is_read_in_parts_between_which_others_have_a_turn(crowded):
    accounts = crowded.accounts.all()
    assert calls(lambda: is_ready(accounts)) < 20 * MANY / 3

    turns = 1
    while not is_ready(accounts):
        turns += 1

    assert turns > 3
    assert calls(lambda: told(crowded, "pers0n@server00000.lit")) < 200


async def test_who_asks_before_the_list_is_read_gets_the_whole_truth(crowded):
    is_ready(crowded.accounts.all())

    assert told(crowded, "x@y.lit", "Somebody 1999") == {(Doubt.NAME_IN_USE, person(1999))}


async def test_p14_whoever_comes_goes_or_is_renamed_is_compared_as_they_are_now(crowded):
    forged = "pers0n@server00007.lit"
    assert told(crowded, "x@y.lit", "Juliet") == set()

    crowded.roster.changed.emit(Contact(JULIET, "Juliet", Subscription.BOTH))
    assert told(crowded, "x@y.lit", "Juliet") == {(Doubt.NAME_IN_USE, JULIET)}
    assert told(crowded, "ju1iet@capulet.lit") == {(Doubt.ADDRESS_LIKE_CONTACT, JULIET)}

    crowded.roster.changed.emit(Contact(JULIET, "Capulet", Subscription.BOTH))
    assert told(crowded, "x@y.lit", "Juliet") == set()
    assert told(crowded, "x@y.lit", "Cаpulet") == {(Doubt.NAME_LIKE_CONTACT, JULIET)}

    assert told(crowded, forged) == {(Doubt.ADDRESS_LIKE_CONTACT, person(7))}
    crowded.roster.removed.emit(person(7))
    assert told(crowded, forged) == set()


async def test_p14_while_a_long_list_is_read_it_may_change(crowded):
    assert not is_ready(crowded.accounts.all())
    for number in (0, 1, MANY - 2, MANY - 1):
        crowded.roster.changed.emit(Contact(person(number), f"New {number}", Subscription.BOTH))
    crowded.roster.removed.emit(person(2))
    crowded.roster.removed.emit(person(MANY - 3))

    for number in (0, 1, MANY - 2, MANY - 1):
        assert told(crowded, "x@y.lit", f"New {number}") == {(Doubt.NAME_IN_USE, person(number))}
        assert told(crowded, "x@y.lit", f"Somebody {number}") == set()
    assert told(crowded, "pers0n@server00002.lit") == set()
    assert told(crowded, f"pers0n@server{MANY - 3:05}.lit") == set()


async def test_p14_another_list_from_the_server_is_compared_anew(crowded):
    assert told(crowded, "x@y.lit", "Somebody 9") == {(Doubt.NAME_IN_USE, person(9))}
    others = [Contact(person(MANY + number), f"Other {number}") for number in range(100)]
    crowded.roster.items = {each.jid: each for each in others}
    await crowded.lose_session()
    await crowded.log_in()

    assert told(crowded, "x@y.lit", "Somebody 9") == set()
    assert told(crowded, "x@y.lit", "Other 9") == {(Doubt.NAME_IN_USE, person(MANY + 9))}
