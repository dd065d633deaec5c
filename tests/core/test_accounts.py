"""All accounts: from disk, added, given a password, removed."""

import asyncio

import pytest

from pars_desktop.core.account import State
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain import errors
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.jid import JID
from pars_desktop.store.accounts import AccountStore
from tests.fakes import JULIET, NEWCOMERS, ROMEO, FakeNetwork, settle

MERCUTIO = JID.trusted("mercutio@montague.lit")


class World:
    """The accounts of a copy, each with a network of its own."""

    def __init__(self, copy) -> None:
        self.copy = copy
        self.networks: dict[JID, FakeNetwork] = {}
        self.accounts = Accounts(
            copy.db, copy.passwords, copy.clock, copy.tasks, newcomer_group=NEWCOMERS
        )
        self.accounts.set_network(self.network)

    def network(self, settings: AccountSettings) -> FakeNetwork:
        self.networks[settings.jid] = FakeNetwork()
        return self.networks[settings.jid]

    def connection(self, jid=MERCUTIO):
        return self.networks[jid].connection

    def on_disk(self) -> list[JID]:
        return [settings.jid for settings in AccountStore(self.copy.db).all()]

    async def adding(self, settings=None, password="queen") -> asyncio.Task:
        """Add Mercutio, up to where the server has to answer."""
        work = self.accounts.add(settings or AccountSettings(MERCUTIO), password)
        task = asyncio.ensure_future(work)
        await settle()
        return task


@pytest.fixture
def world(offline):
    return World(offline)


async def test_accounts_exist_before_there_is_a_network(offline):
    accounts = Accounts(
        offline.db, offline.passwords, offline.clock, offline.tasks, newcomer_group=NEWCOMERS
    )

    assert [account.jid for account in accounts.all()] == [ROMEO]
    assert accounts.get(ROMEO).friends.requests() == []


async def test_start_signs_in_whoever_has_a_password(world):
    AccountStore(world.copy.db).put(AccountSettings(MERCUTIO))
    world = World(world.copy)
    await world.accounts.start()

    assert world.accounts.get(ROMEO).status.state is State.CONNECTING
    assert world.accounts.get(MERCUTIO).status.state is State.NEEDS_PASSWORD
    assert world.connection(ROMEO).attempts == [(AccountSettings(ROMEO), "secret")]
    assert world.connection(MERCUTIO).attempts == []


async def test_k1_without_a_keyring_the_password_is_asked_for(world):
    world.copy.passwords.locked = True
    await world.accounts.start()

    assert world.accounts.get(ROMEO).status.state is State.NEEDS_PASSWORD


async def test_an_account_is_kept_once_it_was_online(world, heard):
    added = heard(world.accounts.added)
    task = await world.adding()
    assert (world.on_disk(), added) == ([ROMEO], [])

    world.connection().mechanism_used.emit("SCRAM-SHA-1")
    world.connection().come_up()
    world.networks[MERCUTIO].roster.changed.emit(Contact(JULIET))  # at once
    account = await task

    assert added == [account]
    assert world.on_disk() == [ROMEO, MERCUTIO]
    assert AccountStore(world.copy.db).all()[1].best_mechanism == "SCRAM-SHA-1"
    assert world.copy.passwords.kept[MERCUTIO] == "queen"
    assert account.friends.contact(JULIET) is not None


@pytest.mark.parametrize(
    ("trouble", "retry_in"), [(errors.WrongPassword(), None), (errors.NoNetwork(), 5.0)]
)
async def test_a_first_attempt_that_fails_leaves_nothing(world, heard, trouble, retry_in):
    added = heard(world.accounts.added)
    task = await world.adding()
    world.connection().drop(trouble, retry_in)

    with pytest.raises(type(trouble)):
        await task
    assert (world.on_disk(), added) == ([ROMEO], [])
    assert MERCUTIO not in world.copy.passwords.kept
    assert world.accounts.get(MERCUTIO) is None


async def test_a_first_attempt_can_be_cancelled(world):
    task = await world.adding()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert world.on_disk() == [ROMEO]
    assert not world.connection().is_online


async def test_k1_a_password_that_cannot_be_kept_keeps_nothing_until_the_person_chose(world):
    world.copy.passwords.locked = True
    task = await world.adding()
    world.connection().come_up()
    with pytest.raises(errors.NoKeyring):
        await task
    assert world.on_disk() == [ROMEO]
    assert not world.connection().is_online

    task = await world.adding(AccountSettings(MERCUTIO, keep_password=KeepPassword.FILE))
    world.connection().come_up()
    await task
    assert world.copy.passwords.kept[MERCUTIO] == "queen"
    assert world.on_disk() == [ROMEO, MERCUTIO]


async def test_an_account_that_is_there_can_be_signed_in_otherwise(world):
    settings = AccountSettings(ROMEO, host="xmpp.montague.lit", port=5223)
    task = await world.adding(settings, "new")
    world.connection(ROMEO).come_up()
    await task

    assert len(world.accounts.all()) == 1
    assert AccountStore(world.copy.db).all() == [settings]
    assert world.copy.passwords.kept[ROMEO] == "new"


async def test_signing_in_otherwise_keeps_what_nobody_was_asked_for(world):
    """Whoever adds an address that is there says how it is reached, and nothing else of it."""
    world.accounts.rename_me(ROMEO, "Romeo M.")
    world.connection(ROMEO).mechanism_used.emit("SCRAM-SHA-256")
    task = await world.adding(AccountSettings(ROMEO, host="xmpp.montague.lit"), "new")
    world.connection(ROMEO).come_up()
    await task

    assert AccountStore(world.copy.db).all() == [
        AccountSettings(
            ROMEO,
            host="xmpp.montague.lit",
            your_name="Romeo M.",
            best_mechanism="SCRAM-SHA-256",
        )
    ]


async def test_an_account_whose_password_was_reset_keeps_its_name(world):
    world.accounts.rename_me(ROMEO, "Romeo M.")
    task = asyncio.ensure_future(
        world.accounts.adopt(AccountSettings(ROMEO), "reset", world.network)
    )
    await settle()
    world.connection(ROMEO).come_up()
    await task

    assert world.accounts.get(ROMEO).settings.your_name == "Romeo M."
    assert AccountStore(world.copy.db).all() == [AccountSettings(ROMEO, your_name="Romeo M.")]


async def test_an_account_that_is_there_stays_as_it_was_if_that_fails(world):
    task = await world.adding(AccountSettings(ROMEO, host="nowhere.lit"), "new")
    world.connection(ROMEO).drop(errors.NoSuchServer(), None)
    with pytest.raises(errors.NoSuchServer):
        await task

    assert AccountStore(world.copy.db).all() == [AccountSettings(ROMEO)]
    assert world.copy.passwords.kept[ROMEO] == "secret"
    assert world.connection(ROMEO).attempts[-1] == (AccountSettings(ROMEO), "secret")


async def test_a_typed_password_is_kept_once_it_has_worked(world):
    work = world.accounts.give_password(ROMEO, "typed", KeepPassword.FILE)
    task = asyncio.ensure_future(work)
    await settle()
    assert world.copy.passwords.kept[ROMEO] == "secret"
    world.connection(ROMEO).come_up()
    await task

    assert world.copy.passwords.kept[ROMEO] == "typed"
    assert AccountStore(world.copy.db).all()[0].keep_password is KeepPassword.FILE


async def test_a_wrong_typed_password_is_not_kept(world):
    work = world.accounts.give_password(ROMEO, "typo", KeepPassword.KEYRING)
    task = asyncio.ensure_future(work)
    await settle()
    world.connection(ROMEO).drop(errors.WrongPassword(), None)
    with pytest.raises(errors.WrongPassword):
        await task

    assert world.copy.passwords.kept[ROMEO] == "secret"


async def test_a_typed_password_is_kept_when_the_network_is_back(world):
    work = world.accounts.give_password(ROMEO, "typed", KeepPassword.KEYRING)
    task = asyncio.ensure_future(work)
    await settle()
    world.connection(ROMEO).drop(errors.NoNetwork(), 1.0)
    await task
    await settle()
    assert world.copy.passwords.kept[ROMEO] == "secret"

    world.connection(ROMEO).connecting.emit()
    world.connection(ROMEO).come_up()
    await settle()
    assert world.copy.passwords.kept[ROMEO] == "typed"


async def test_removing_an_account_forgets_it(world, heard):
    removed = heard(world.accounts.removed)
    await world.accounts.remove(ROMEO)

    assert removed == [ROMEO]
    assert (world.accounts.all(), world.on_disk()) == ((), [])
    assert ROMEO not in world.copy.passwords.kept


async def test_an_account_that_cannot_be_removed_from_disk_stays_and_signs_in_again(world, heard):
    removed, account = heard(world.accounts.removed), world.accounts.get(ROMEO)
    await world.accounts.start()
    world.connection(ROMEO).come_up()

    def full(_jid):
        raise errors.StorageFailed

    world.accounts._store.remove = full
    with pytest.raises(errors.StorageFailed):
        await world.accounts.remove(ROMEO)

    assert (world.accounts.all(), removed) == ((account,), [])
    assert world.copy.passwords.kept[ROMEO] == "secret"
    assert account.status.state is State.CONNECTING


async def test_what_still_runs_for_a_removed_account_does_not_bring_it_back(world):
    account = world.accounts.get(ROMEO)
    await world.accounts.remove(ROMEO)
    account.change(AccountSettings(ROMEO, keep_password=KeepPassword.ASK))

    assert world.on_disk() == []


async def test_an_account_added_before_there_is_a_network_gets_it(offline):
    accounts = Accounts(
        offline.db, offline.passwords, offline.clock, offline.tasks, newcomer_group=NEWCOMERS
    )
    task = asyncio.ensure_future(accounts.add(AccountSettings(MERCUTIO), "queen"))
    await settle()
    networks = {}
    accounts.set_network(lambda settings: networks.setdefault(settings.jid, FakeNetwork()))
    networks[MERCUTIO].connection.come_up()

    assert (await task).status.state is State.ONLINE


async def test_n9_closing_signs_everybody_out(world):
    await world.accounts.start()
    world.connection(ROMEO).come_up()
    await world.accounts.close()

    assert not world.connection(ROMEO).is_online


async def test_no_secret_shows_in_what_is_printed_or_logged(world, caplog):
    caplog.set_level("DEBUG")
    await world.accounts.start()
    world.connection(ROMEO).come_up()
    account = world.accounts.get(ROMEO)
    await account.friends.add(JULIET, "Juliet", "a-secret-token")
    account.outbox.send(JULIET, "a-secret-text")
    world.connection(ROMEO).drop()
    await settle()

    for secret in ("secret", "a-secret-token", "a-secret-text"):
        assert secret not in caplog.text
        assert secret not in repr(vars(account))


async def test_k2_a_prompt_that_is_given_up_changes_nothing(world):
    account = world.accounts.get(ROMEO)
    account.change(AccountSettings(ROMEO, keep_password=KeepPassword.ASK))
    world.copy.passwords.put = lambda *_: asyncio.Event().wait()  # the prompt stays open
    work = world.accounts.give_password(ROMEO, "typed", KeepPassword.KEYRING)
    task = asyncio.ensure_future(work)
    await settle()
    world.connection(ROMEO).come_up()
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert account.settings.keep_password is KeepPassword.ASK


async def test_k2_a_keyring_that_opens_at_the_second_attempt_keeps_it(world):
    world.copy.passwords.locked = True
    work = world.accounts.give_password(ROMEO, "typed", KeepPassword.KEYRING)
    task = asyncio.ensure_future(work)
    await settle()
    world.connection(ROMEO).come_up()
    with pytest.raises(errors.NoKeyring):
        await task
    assert AccountStore(world.copy.db).all()[0].keep_password is KeepPassword.ASK

    world.copy.passwords.locked = False
    await world.accounts.give_password(ROMEO, "typed", KeepPassword.KEYRING)

    assert world.copy.passwords.kept[ROMEO] == "typed"
    assert AccountStore(world.copy.db).all()[0].keep_password is KeepPassword.KEYRING


async def test_whoever_is_asked_each_time_is_asked_for_nothing_else(world):
    """What an older choice left in a keyring that is locked would make it ask, at each start."""
    account = world.accounts.get(ROMEO)
    account.change(AccountSettings(ROMEO, keep_password=KeepPassword.ASK))
    world.copy.passwords.put = lambda *_: asyncio.Event().wait()  # the prompt stays open
    work = world.accounts.give_password(ROMEO, "typed", KeepPassword.ASK)
    task = asyncio.ensure_future(work)
    await settle()
    world.connection(ROMEO).come_up()
    await settle()

    assert task.done()
