"""A new account and its friend: what is kept, what is asked, and what waits (R29 to R35, P-16)."""

import asyncio

import pytest

from pars_desktop.core.account import State
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.links import Links, ProposalKind
from pars_desktop.core.registration import Registrar
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.errors import (
    BadAddress,
    ConnectionLost,
    InvitationRejected,
    NoKeyring,
    NotAccepted,
    ServerRefused,
    StorageFailed,
    UserNameTaken,
    WrongPassword,
)
from pars_desktop.domain.form import Form, FormField
from pars_desktop.domain.jid import JID
from pars_desktop.domain.registration import Plan, Questions
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.settings import SettingsStore
from tests.fakes import JULIET, NEWCOMERS, ROMEO, FakeNetwork, settle, wanted

VERONA = JID("", "verona.test")
MERCUTIO = JID("mercutio", "verona.test")
BENVOLIO = JID("benvolio", "verona.test")
FRIENDS = Contact(BENVOLIO, subscription=Subscription.BOTH)
INVITATION = f"xmpp:{BENVOLIO}?roster;preauth=T123;ibr=y;name=Ben"
ANSWERS = {"email": "m@a.test"}


class FakeServer:
    """Where accounts are created, and their networks."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []
        self.created: list[tuple[JID, str, dict]] = []
        self.questions = Questions(Form(fields=(FormField("email"),)))
        self.refusals: list[Exception] = []  # of the next calls
        self.network_of_stream = FakeNetwork()
        self.used_stream = False
        self.is_closed = False

    def __call__(self, server: AccountSettings) -> "FakeServer":
        self.server = server
        return self

    async def ask(self, token):
        self.asked.append(token)
        self._refuse()
        return self.questions

    async def create(self, jid, password, answers):
        self._refuse()
        self.created.append((jid, password, dict(answers)))

    def network(self, settings):
        self.used_stream = True
        return self.network_of_stream

    async def close(self):
        self.is_closed = True

    def _refuse(self):
        if self.refusals:
            raise self.refusals.pop(0)


class World:
    """A copy of the program that may have no account yet."""

    def __init__(self, copy, folder) -> None:
        self.copy = copy
        self.passwords = copy.passwords
        self.settings = SettingsStore(folder / "settings.json")
        self.networks: dict[JID, FakeNetwork] = {}
        self.proposed = []
        self.server = FakeServer()
        self.start()

    def start(self) -> None:
        """The process begins, again."""
        self.accounts = Accounts(
            self.copy.db,
            self.copy.passwords,
            self.copy.clock,
            self.copy.tasks,
            newcomer_group=NEWCOMERS,
        )
        self.accounts.set_network(self._network)
        self.links = Links(self.accounts, self.settings)
        self.links.proposed.connect(self.proposed.append)
        self.registrar = Registrar(self.accounts, self.links, self.copy.tasks, patience=0.05)
        self.registrar.set_network(self.server)

    def _network(self, settings):
        self.networks[settings.jid] = FakeNetwork()
        return self.networks[settings.jid]

    @property
    def roster(self):
        return self.server.network_of_stream.roster

    @property
    def waiting(self) -> str:
        """The link that the next start will find."""
        return self.settings.load().waiting_link

    async def online(self, *contacts):
        """The new account's session begins, on a server that has these contacts for it."""
        self.roster.items = {contact.jid: contact for contact in contacts}
        self.server.network_of_stream.connection.come_up()
        await settle()

    async def created(self, plan=None, keep=KeepPassword.KEYRING, **names):
        """A new account, from beginning to end."""
        new = self.registrar.begin(plan or Plan.of_link(parse_link(INVITATION)))
        await new.start()
        return await new.submit("mercutio", "queen", ANSWERS, keep, **names)


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


async def test_p16_an_account_by_invitation_is_kept_and_signs_in_on_the_stream(world, heard):
    added = heard(world.accounts.added)
    account = await world.created()

    assert world.server.asked == ["T123"]
    assert world.server.created == [(MERCUTIO, "queen", ANSWERS)]
    assert world.server.used_stream
    assert added == [account]
    assert world.accounts.all() == (account,)
    assert account.status.state is State.CONNECTING
    settings = AccountSettings(MERCUTIO)
    assert AccountStore(world.copy.db).all() == [settings]
    assert world.passwords.kept[MERCUTIO] == "queen"
    assert world.server.network_of_stream.connection.attempts == [(settings, "queen")]


async def test_r31_an_account_by_invitation_needs_no_second_step(world):
    account = await world.created(friend_name=" Ben ")
    await world.online(FRIENDS)

    assert world.roster.of_kind("subscribe", "approve") == []
    assert account.friends.contact(BENVOLIO).name == "Ben"
    assert world.waiting == ""
    assert world.proposed == []
    assert wanted(world.copy.db, account.jid) == {}


async def test_r31_the_friend_may_come_a_little_later(world):
    account = await world.created(friend_name="Ben")
    await world.online()
    world.roster._push(FRIENDS)
    await settle()

    assert world.roster.of_kind("subscribe") == []
    assert account.friends.contact(BENVOLIO).name == "Ben"


async def test_r31_without_the_servers_hand_we_ask_as_everybody_does(world):
    account = await world.created(friend_name="Ben")
    await world.online()
    await asyncio.sleep(0.1)
    await settle()

    assert world.roster.of_kind("subscribe") == [("subscribe", BENVOLIO, "T123", "")]
    assert wanted(world.copy.db, account.jid) == {BENVOLIO: "Ben"}
    assert world.waiting == ""  # the wish is in the database by now


async def test_r31_the_name_waits_for_a_line_that_broke(world):
    account = await world.created(friend_name="Ben")
    world.roster.cut_at = "set"
    await world.online(FRIENDS)
    assert account.friends.contact(BENVOLIO).name == ""

    world.server.network_of_stream.connection.come_up()
    await settle()

    assert account.friends.contact(BENVOLIO).name == "Ben"


async def test_r35_the_link_waits_until_the_friendship_is_settled(world):
    await world.created()
    await settle()
    assert world.waiting == INVITATION

    await world.online(FRIENDS)

    assert world.waiting == ""


async def test_r35_a_crash_before_that_proposes_the_link_at_the_next_start(world):
    await world.created()
    world.start()
    world.links.start()

    assert [proposal.kind for proposal in world.proposed] == [ProposalKind.ADD_FRIEND]


async def test_r35_a_link_that_offers_no_account_is_proposed_once_there_is_one(world):
    plain = f"xmpp:{JULIET}?roster;preauth=T456"
    world.links.open(plain)
    await world.created(Plan.at_server("verona.test"))

    assert [proposal.link.token for proposal in world.proposed] == ["T456"]


async def test_another_link_that_comes_meanwhile_is_proposed_afterwards(world):
    new = world.registrar.begin(Plan.of_link(parse_link(INVITATION)))
    await new.start()
    world.links.open(f"xmpp:{JULIET}?roster;preauth=T456")
    await new.submit("mercutio", "queen", {}, KeepPassword.KEYRING)
    await world.online(FRIENDS)

    assert [proposal.link.token for proposal in world.proposed] == ["T456"]


async def test_r35_giving_up_without_any_account_keeps_the_link(world):
    new = world.registrar.begin(Plan.of_link(parse_link(INVITATION)))
    await new.start()
    await new.give_up()

    assert world.server.is_closed
    assert world.waiting == INVITATION


async def test_p16_giving_up_with_another_account_forgets_the_link(peopled):
    peopled.links.open(INVITATION)
    new = peopled.registrar.begin(Plan.of_link(parse_link(INVITATION)))
    assert peopled.waiting == INVITATION  # a crash now does not lose it
    await new.start()
    await new.give_up()

    assert peopled.waiting == ""


async def test_p16_a_second_account_by_invitation_leaves_the_first_alone(peopled):
    peopled.links.open(INVITATION)
    account = await peopled.created()
    await peopled.online(FRIENDS)

    assert [each.jid for each in peopled.accounts.all()] == [ROMEO, account.jid]
    assert peopled.waiting == ""
    assert len(peopled.proposed) == 1  # which the person answered with "a new account"
    assert peopled.registrar.suggested_user_name(VERONA) == "romeo"


async def test_r29_without_the_invitation_only_if_the_person_agrees(world):
    world.server.refusals = [InvitationRejected()]
    new = world.registrar.begin(Plan.of_link(parse_link(INVITATION)))
    with pytest.raises(InvitationRejected):
        await new.start()
    assert world.server.asked == ["T123"]

    await new.start(invited=False)
    account = await new.submit("mercutio", "queen", {}, KeepPassword.KEYRING)
    await world.online()

    assert world.server.asked == ["T123", None]
    assert wanted(world.copy.db, account.jid) == {BENVOLIO: ""}  # nobody has made us friends


@pytest.mark.parametrize("refusal", [UserNameTaken, NotAccepted])
async def test_r29_after_a_refusal_it_is_tried_again(world, refusal):
    world.server.refusals = []
    new = world.registrar.begin(Plan.of_link(parse_link(INVITATION)))
    await new.start()
    world.server.refusals = [refusal()]
    with pytest.raises(refusal):
        await new.submit("mercutio", "queen", {}, KeepPassword.KEYRING)
    assert world.accounts.all() == ()
    assert world.passwords.kept.get(MERCUTIO) is None

    account = await new.submit("merc", "queen", {}, KeepPassword.KEYRING)

    assert account.jid == JID("merc", "verona.test")


async def test_r33_a_fixed_user_name_stays_what_it_is(world):
    account = await world.created(Plan(VERONA, "mercutio", "T123"))

    assert world.server.created[0][0] == MERCUTIO == account.jid


async def test_an_impossible_user_name_is_not_sent(world):
    new = world.registrar.begin(Plan(VERONA))
    await new.start()
    with pytest.raises(BadAddress):
        await new.submit("a b", "queen", {}, KeepPassword.KEYRING)

    assert world.server.created == []


async def test_r33_a_reset_password_of_our_own_account_is_taken_over(peopled):
    known = peopled.accounts.get(ROMEO)
    plan = Plan.of_link(parse_link(f"xmpp:{ROMEO}?register;preauth=T123"))
    new = peopled.registrar.begin(plan)
    await new.start()
    work = asyncio.ensure_future(new.submit("", "queen", {}, KeepPassword.KEYRING))
    await settle()
    peopled.networks[ROMEO].connection.come_up()

    assert await work is known
    assert peopled.accounts.all() == (known,)
    assert peopled.passwords.kept[ROMEO] == "queen"
    assert peopled.server.is_closed


async def test_k1_a_password_that_cannot_be_kept_is_said_before_anything_is_created(world):
    world.passwords.locked = True
    new = world.registrar.begin(Plan.of_link(parse_link(INVITATION)))
    await new.start()
    with pytest.raises(NoKeyring):
        await new.submit("mercutio", "queen", {}, KeepPassword.KEYRING)
    assert (world.server.created, AccountStore(world.copy.db).all()) == ([], [])
    assert not new.may_be_made

    account = await new.submit("mercutio", "queen", {}, KeepPassword.ASK)

    assert len(world.server.created) == 1
    assert account.settings.keep_password is KeepPassword.ASK
    assert world.server.used_stream


def hang(*_):
    return asyncio.get_running_loop().create_future()


async def test_k2_while_the_keyring_asks_nothing_is_sent_and_giving_up_loses_nothing(world):
    world.passwords.put = hang
    work = asyncio.ensure_future(world.created())
    await settle()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)

    assert world.server.created == []
    assert AccountStore(world.copy.db).all() == []
    assert world.waiting == INVITATION


async def test_account_and_password_are_kept_before_the_server_is_asked(world):
    kept = []

    async def create(jid, password, _answers):
        kept.append((AccountStore(world.copy.db).all(), dict(world.passwords.kept)))

    world.server.create = create
    await world.created()

    (([account], passwords),) = kept
    assert account == AccountSettings(MERCUTIO)
    assert passwords[MERCUTIO] == "queen"
    assert AccountStore(world.copy.db).being_made() == []


async def test_where_nothing_can_be_written_nothing_is_created(world, monkeypatch):
    def full(*_args, **_how):
        raise StorageFailed

    monkeypatch.setattr(world.accounts._store, "put", full)
    with pytest.raises(StorageFailed):
        await world.created()

    assert world.server.created == []


@pytest.mark.parametrize("refusal", [UserNameTaken, NotAccepted, InvitationRejected])
async def test_what_the_server_refuses_leaves_nothing_behind(world, refusal):
    new = world.registrar.begin(Plan.of_link(parse_link(INVITATION)))
    await new.start()
    world.server.refusals = [refusal()]
    with pytest.raises(refusal):
        await new.submit("mercutio", "queen", {}, KeepPassword.KEYRING)

    assert AccountStore(world.copy.db).all() == []
    assert MERCUTIO not in world.passwords.kept


async def resetting(peopled, password="queen"):
    """The password of our own account is about to be replaced."""
    new = peopled.registrar.begin(Plan.of_link(parse_link(f"xmpp:{ROMEO}?register;preauth=T1")))
    await new.start()
    return new, lambda: new.submit("", password, {}, KeepPassword.FILE)


async def test_r33_until_the_server_says_yes_to_a_reset_the_old_password_is_kept(peopled):
    """The program may end before the answer, and there may never be one."""
    _, submit = await resetting(peopled)
    kept = []

    async def create(*_):
        kept.append(dict(peopled.passwords.kept))

    peopled.server.create = create
    account = await submit()

    assert kept[0][ROMEO] == "secret"
    assert peopled.passwords.kept[ROMEO] == "queen"
    assert account.settings.keep_password is KeepPassword.FILE
    assert peopled.networks[ROMEO].connection.attempts[-1][1] == "queen"


async def test_r33_a_reset_that_was_left_and_did_not_happen_goes_on_with_the_old_password(peopled):
    new, submit = await resetting(peopled)
    peopled.server.refusals = [ConnectionLost()]
    with pytest.raises(ConnectionLost):
        await submit()
    leaving = asyncio.ensure_future(new.give_up())
    await settle()
    connection = peopled.networks[ROMEO].connection
    connection.drop(WrongPassword(), None)
    await leaving

    assert peopled.passwords.kept[ROMEO] == "secret"
    assert [password for _, password in connection.attempts] == ["queen", "secret"]
    assert peopled.accounts.get(ROMEO).status.state is State.CONNECTING


async def test_r33_a_reset_whose_password_cannot_be_kept_after_all_is_asked_for(peopled):
    _, submit = await resetting(peopled)

    async def full(*_):
        raise StorageFailed

    peopled.passwords.put = full
    account = await submit()

    assert account.settings.keep_password is KeepPassword.ASK
    assert peopled.networks[ROMEO].connection.attempts[-1][1] == "queen"


async def test_an_account_that_turns_out_to_be_made_stays_known_if_the_keyring_closes(world):
    new = await broken_after_sending(world)
    kept, put = world.passwords.kept[MERCUTIO], world.passwords.put

    async def locked(*_):
        raise NoKeyring

    world.passwords.put = locked
    leaving = asyncio.ensure_future(new.give_up())
    await settle()
    world.networks[MERCUTIO].connection.come_up()
    await leaving
    world.passwords.put = put

    assert AccountStore(world.copy.db).being_made() == [MERCUTIO]
    assert await world.accounts.prepared(MERCUTIO) == kept == "queen"


async def test_the_name_of_an_account_of_ours_is_taken_and_its_password_left_alone(peopled):
    new = peopled.registrar.begin(Plan(JID("", ROMEO.domain)))
    await new.start()
    with pytest.raises(UserNameTaken):
        await new.submit(ROMEO.local, "queen", {}, KeepPassword.KEYRING)

    assert peopled.server.created == []
    assert peopled.passwords.kept[ROMEO] == "secret"


async def test_the_same_name_is_tried_again_only_when_it_is_known_what_became_of_it(world):
    """Else the end of the first attempt takes the password of the second."""
    new = await broken_after_sending(world)
    leaving = asyncio.ensure_future(new.give_up())
    await settle()
    again = world.registrar.begin(Plan.of_link(parse_link(INVITATION)))
    await again.start()
    work = asyncio.ensure_future(again.submit("mercutio", "king", {}, KeepPassword.KEYRING))
    await settle()
    sent = len(world.server.created)
    world.networks[MERCUTIO].connection.drop(WrongPassword(), None)
    await leaving
    await work

    assert len(world.server.created) == sent + 1
    assert world.passwords.kept[MERCUTIO] == "king"


async def test_a_password_that_was_sent_is_recognized_wherever_it_is_to_be_kept(world):
    new = await broken_after_sending(world)
    world.server.refusals = [UserNameTaken()]
    work = asyncio.ensure_future(new.submit("mercutio", "queen", {}, KeepPassword.FILE))
    await settle()
    world.networks[MERCUTIO].connection.come_up()

    assert (await work).settings.keep_password is KeepPassword.FILE


async def test_r33_a_reset_that_is_refused_leaves_the_old_password(peopled):
    _, submit = await resetting(peopled)
    peopled.server.refusals = [InvitationRejected()]
    with pytest.raises(InvitationRejected):
        await submit()

    assert peopled.passwords.kept[ROMEO] == "secret"
    assert AccountStore(peopled.copy.db).all() == [AccountSettings(ROMEO)]


async def broken_after_sending(world):
    """The server has made the account, but its answer did not arrive."""
    new = world.registrar.begin(Plan.of_link(parse_link(INVITATION)))
    await new.start()
    world.server.refusals = [ConnectionLost()]
    with pytest.raises(ConnectionLost):
        await new.submit("mercutio", "queen", {}, KeepPassword.KEYRING)
    return new


@pytest.mark.parametrize("refusal", [UserNameTaken, InvitationRejected])
async def test_an_account_that_was_created_unheard_is_recognized(world, refusal):
    new = await broken_after_sending(world)
    world.server.refusals = [refusal()]
    work = asyncio.ensure_future(new.submit("mercutio", "queen", {}, KeepPassword.KEYRING))
    await settle()
    world.networks[MERCUTIO].roster.items = {BENVOLIO: FRIENDS}
    world.networks[MERCUTIO].connection.come_up()
    account = await work
    await settle()

    assert account.jid == MERCUTIO
    assert account.friends.contact(BENVOLIO).is_friend
    assert world.waiting == ""
    assert world.server.is_closed


async def test_somebody_elses_account_is_not_taken_for_ours(world):
    new = await broken_after_sending(world)
    world.server.refusals = [UserNameTaken()]
    work = asyncio.ensure_future(new.submit("mercutio", "queen", {}, KeepPassword.KEYRING))
    await settle()
    world.networks[MERCUTIO].connection.drop(WrongPassword(), None)
    with pytest.raises(UserNameTaken):
        await work

    assert world.accounts.all() == ()
    assert AccountStore(world.copy.db).all() == []


async def test_a_taken_name_is_never_tried_out(world):
    new = await broken_after_sending(world)
    world.server.refusals = [UserNameTaken()]
    with pytest.raises(UserNameTaken):
        await new.submit("tybalt", "queen", {}, KeepPassword.KEYRING)

    assert world.networks == {}


async def test_a_friend_our_server_refuses_leaves_the_link_waiting(world):
    account = await world.created()
    world.roster.trouble = ServerRefused("not-allowed")
    await world.online()
    await asyncio.sleep(0.1)
    await settle()

    assert wanted(world.copy.db, account.jid) == {}
    assert world.waiting == INVITATION


async def test_begun_before_there_is_a_network_it_goes_on_with_it(offline, tmp_path):
    world = World(offline, tmp_path)
    registrar = Registrar(world.accounts, world.links, offline.tasks)
    work = asyncio.ensure_future(registrar.begin(Plan(VERONA)).start())
    await settle()
    assert not work.done()

    registrar.set_network(world.server)

    assert await work is world.server.questions
    assert world.server.server == AccountSettings(VERONA)
