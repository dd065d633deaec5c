"""A new account whose program ended too early, and other ways in which it is interrupted."""

import asyncio

import pytest

from pars_desktop.core.links import Links
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import UserNameTaken
from pars_desktop.domain.registration import Plan
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.accounts import AccountStore
from tests.core.test_registration import BENVOLIO, FRIENDS, INVITATION, MERCUTIO, VERONA, World
from tests.fakes import JULIET, ROMEO, settle, wanted

PAGE = "https://verona.test/invite/a-token-of-twenty-letters"


@pytest.fixture
def world(offline, tmp_path):
    """There is no account; the invitation was clicked."""
    AccountStore(offline.db).remove(ROMEO)
    world = World(offline, tmp_path)
    world.links.open(INVITATION)
    return world


@pytest.fixture
def peopled(offline, tmp_path):
    """Romeo has an account."""
    return World(offline, tmp_path)


async def started_again(world, *contacts):
    """The process began anew after the account was made, and its session stands."""
    world.start()
    befriended = []
    world.registrar.befriended.connect(lambda account, contact: befriended.append(contact.jid))
    world.registrar.resume()
    world.links.start()
    account = world.accounts.get(MERCUTIO)
    network = world.networks[MERCUTIO]
    network.roster.items = {contact.jid: contact for contact in contacts}
    account.sign_in("queen")
    network.connection.come_up()
    await settle()
    return befriended


async def test_r35_the_next_start_goes_on_without_asking_again(world):
    await world.created()
    befriended = await started_again(world, FRIENDS)

    assert befriended == [BENVOLIO]
    assert world.proposed == []
    assert world.waiting == ""
    assert world.settings.load().waiting_account == ""


async def test_r35_the_next_start_asks_as_everybody_does_if_the_server_did_nothing(world):
    await world.created()
    await started_again(world)
    await asyncio.sleep(0.1)
    await settle()

    assert world.proposed == []
    assert world.waiting == ""
    assert wanted(world.copy.db, MERCUTIO) == {BENVOLIO: ""}


async def test_r35_a_link_nobody_made_an_account_with_is_asked_about(world):
    """An account that was signed in to is no consent to the friendship."""
    AccountStore(world.copy.db).put(AccountSettings(MERCUTIO))
    befriended = await started_again(world)

    assert befriended == []
    assert [proposal.link.token for proposal in world.proposed] == ["T123"]


async def test_r35_another_link_takes_the_account_back(world):
    await world.created()
    world.links.open(f"xmpp:{JULIET}?roster;preauth=T456")
    world.links.leave()
    world.proposed.clear()
    await started_again(world)

    assert [proposal.link.token for proposal in world.proposed] == ["T456"]


async def test_r31_a_friendship_by_the_servers_hand_is_announced(world):
    befriended = []
    world.registrar.befriended.connect(lambda account, contact: befriended.append(contact.jid))
    await world.created()
    assert befriended == []

    await world.online(FRIENDS)

    assert befriended == [BENVOLIO]


async def test_an_account_whose_creation_was_cancelled_is_recognized(world):
    new = world.registrar.begin(Plan.of_link(parse_link(INVITATION)))
    await new.start()
    world.server.refusals = [asyncio.CancelledError()]
    with pytest.raises(asyncio.CancelledError):
        await new.submit("mercutio", "queen", {}, KeepPassword.KEYRING)
    world.server.refusals = [UserNameTaken()]
    work = asyncio.ensure_future(new.submit("mercutio", "queen", {}, KeepPassword.KEYRING))
    await settle()
    world.networks[MERCUTIO].connection.come_up()

    assert (await work).jid == MERCUTIO


async def test_another_way_to_the_server_is_taken_from_then_on(world):
    new = world.registrar.begin(Plan(VERONA))
    await new.start()
    await new.go_by(AccountSettings(VERONA, host="127.0.0.1"))
    assert world.server.is_closed
    await new.start()

    assert world.server.server.host == "127.0.0.1"


async def test_the_end_of_the_program_hangs_up(world):
    await world.registrar.begin(Plan(VERONA)).start()

    await world.registrar.close()

    assert world.server.is_closed


async def test_r35_a_link_to_an_account_waits_if_the_program_ends_before_the_answer(peopled):
    link = "xmpp:verona.test?register;preauth=T789"
    peopled.links.open(link)

    peopled.links.leave()

    assert peopled.waiting == link


class Pages:
    async def link_of(self, page):
        return INVITATION


async def test_r44_before_the_first_account_what_a_page_said_waits_instead_of_the_page(world):
    links = Links(world.accounts, world.settings, Pages())
    waits = []
    links.waits.connect(waits.append)
    links.open(PAGE)
    (link,) = waits
    assert world.waiting == PAGE

    found = await links.look_up(world.links._with(None, link, ()))

    assert found.link.token == "T123"
    assert world.waiting == INVITATION
    assert links.waiting.token == "T123"
