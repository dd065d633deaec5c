"""A new account whose program ended too early, and other ways in which it is interrupted."""

import asyncio

import pytest

from pars_desktop.core.account import State
from pars_desktop.core.links import Links
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import NoNetwork, UserNameTaken, WrongPassword
from pars_desktop.domain.registration import Plan
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.accounts import AccountStore
from tests.core.test_registration import BENVOLIO, FRIENDS, INVITATION, MERCUTIO, VERONA, World
from tests.fakes import JULIET, ROMEO, settle, wanted

INVITED = Plan.of_link(parse_link(INVITATION))
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


async def test_r35_another_link_does_not_take_the_place_of_the_one_the_account_was_made_with(world):
    await world.created()
    world.links.receive(f"xmpp:{JULIET}?roster;preauth=T456")
    world.links.leave()
    world.proposed.clear()
    befriended = await started_again(world, FRIENDS)

    assert befriended == [BENVOLIO]
    assert world.proposed == []


async def killed(world, *, made, plan=INVITED, keep=KeepPassword.KEYRING):
    """The process ends after the server was asked, before its answer: made, or not."""
    new = world.registrar.begin(plan)
    await new.start()
    world.server.refusals = [asyncio.CancelledError()]
    with pytest.raises(asyncio.CancelledError):
        await new.submit("mercutio", "queen", {}, keep)
    assert new.may_be_made
    world.start()
    await world.accounts.start()
    world.registrar.resume()
    world.links.start()
    connection = world.networks[MERCUTIO].connection
    world.networks[MERCUTIO].roster.items = {BENVOLIO: FRIENDS}
    if made:
        connection.come_up()
    elif keep is not KeepPassword.ASK:
        connection.drop(WrongPassword(), None)
    await settle()
    return connection


async def test_r35_killed_after_the_servers_yes_the_account_is_there_and_signed_in(world):
    connection = await killed(world, made=True)

    account = world.accounts.get(MERCUTIO)
    assert account.status.state is State.ONLINE
    assert connection.attempts[0][1] == "queen"
    assert account.friends.contact(BENVOLIO).is_friend
    assert (world.proposed, world.waiting) == ([], "")
    assert AccountStore(world.copy.db).being_made() == []


async def test_r35_killed_before_the_server_made_it_all_is_as_before(world):
    await killed(world, made=False)

    assert world.accounts.all() == ()
    assert AccountStore(world.copy.db).all() == []
    assert MERCUTIO not in world.passwords.kept
    assert world.links.waiting.token == "T123"
    assert await world.created() is not None  # and it can be made now
    await settle()


async def test_killed_before_the_server_made_it_the_others_are_asked_about_the_link(peopled):
    peopled.links.open(INVITATION)
    peopled.proposed.clear()
    await killed(peopled, made=False)

    assert [account.jid for account in peopled.accounts.all()] == [ROMEO]
    assert [proposal.link.token for proposal in peopled.proposed] == ["T123"]


@pytest.mark.parametrize("made", [True, False])
async def test_killed_without_an_invitation_it_is_found_out_as_well(peopled, made):
    await killed(peopled, made=made, plan=Plan(VERONA))

    assert (peopled.accounts.get(MERCUTIO) is not None) is made


async def test_an_account_that_may_have_been_made_is_kept_while_the_server_cannot_be_asked(world):
    connection = await killed(world, made=False, keep=KeepPassword.ASK)  # nothing has answered
    assert world.accounts.get(MERCUTIO).status.state is State.NEEDS_PASSWORD
    typed = asyncio.ensure_future(
        world.accounts.give_password(MERCUTIO, "typo", KeepPassword.KEYRING)
    )
    await settle()
    connection.drop(WrongPassword(), None)
    with pytest.raises(WrongPassword):
        await typed

    assert world.accounts.get(MERCUTIO) is not None


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


async def interrupted(world):
    """The person went back while the server was making the account."""
    first = world.registrar.begin(Plan(VERONA))
    await first.start()
    world.server.refusals = [asyncio.CancelledError()]
    with pytest.raises(asyncio.CancelledError):
        await first.submit("mercutio", "queen", {}, KeepPassword.KEYRING)
    leaving = asyncio.ensure_future(first.give_up())
    await settle()
    world.networks[MERCUTIO].connection.drop(NoNetwork(), 1.0)  # it cannot be asked just now
    await leaving
    again = world.registrar.begin(Plan(VERONA))
    await again.start()
    return again


@pytest.mark.parametrize("made", [True, False])
async def test_whoever_goes_back_while_it_is_made_learns_whether_it_was(world, made):
    new = world.registrar.begin(INVITED)
    await new.start()
    world.server.refusals = [asyncio.CancelledError()]
    with pytest.raises(asyncio.CancelledError):
        await new.submit("mercutio", "queen", {}, KeepPassword.ASK)
    leaving = asyncio.ensure_future(new.give_up())
    await settle()
    network = world.networks[MERCUTIO]
    network.roster.items = {BENVOLIO: FRIENDS}
    if made:
        network.connection.come_up()
    else:
        network.connection.drop(WrongPassword(), None)
    await leaving
    await settle()

    assert (world.accounts.get(MERCUTIO) is not None) is made
    assert world.waiting == ("" if made else INVITATION)
    assert [each.jid for each in AccountStore(world.copy.db).all()] == [MERCUTIO] * made
    assert AccountStore(world.copy.db).being_made() == []


@pytest.mark.parametrize("password", ["queen", "another suggestion"])
async def test_an_account_made_by_an_attempt_that_was_left_is_not_lost_to_the_next(world, password):
    again = await interrupted(world)
    if password == "queen":  # the form was kept: the server is asked, and says that it is there
        world.server.refusals = [UserNameTaken()]
    work = asyncio.ensure_future(again.submit("mercutio", password, {}, KeepPassword.KEYRING))
    await settle()
    world.networks[MERCUTIO].connection.come_up()

    assert (await work).jid == MERCUTIO
    assert again.password == world.passwords.kept[MERCUTIO] == "queen"


async def test_what_an_attempt_that_was_left_did_not_make_is_made_by_the_next(world):
    again = await interrupted(world)
    work = asyncio.ensure_future(again.submit("mercutio", "other", {}, KeepPassword.KEYRING))
    await settle()
    world.networks[MERCUTIO].connection.drop(WrongPassword(), None)

    assert (await work).jid == MERCUTIO
    assert [password for _, password, _ in world.server.created] == ["other"]
    assert world.passwords.kept[MERCUTIO] == "other"


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
