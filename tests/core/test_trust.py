"""Trust the address, not the name: what is compared with whom we know (battery P-14)."""

import pytest

from pars_desktop.core.accounts import Accounts
from pars_desktop.core.links import Links, ProposalKind
from pars_desktop.core.trust import Concern, Doubt
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
