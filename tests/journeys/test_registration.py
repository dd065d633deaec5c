"""From an invitation to an account with a friend, on a real Prosody (R28 to R35, P-16)."""

import subprocess
from contextlib import asynccontextmanager
from dataclasses import replace
from xml.etree.ElementTree import SubElement

import pytest

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import State
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.links import Links
from pars_desktop.core.registration import Registrar
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import (
    InvitationNeeded,
    InvitationRejected,
    InvitationsNotTaken,
    RegistrationNotOffered,
    UserNameTaken,
)
from pars_desktop.domain.jid import JID
from pars_desktop.domain.registration import Plan, suggest_password
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.database import Database
from pars_desktop.store.settings import SettingsStore
from pars_desktop.system.clock import SystemClock
from pars_desktop.xmpp.connection import Connection
from pars_desktop.xmpp.network import Network
from pars_desktop.xmpp.registration import Registration
from tests.fakes import FakePasswords
from tests.journeys.copies import TIMING
from tests.journeys.ground import device, until
from tests.oracle import watched
from tests.server.prosody import INVITES_HOST, PLAIN_HOST

pytestmark = pytest.mark.prosody

KEEP = KeepPassword.KEYRING


class Newcomer:
    """Somebody without an account: a copy of the program, without its windows."""

    def __init__(self, prosody, folder):
        self.server = AccountSettings(
            JID("", INVITES_HOST),
            host="127.0.0.1",
            port=prosody.port,
            ca_file=str(prosody.ca_file),
        )
        self.passwords = FakePasswords()
        self.settings = SettingsStore(folder / "settings.json")
        self.tasks = Tasks()
        self.database = Database.open(":memory:")
        self.registrations = []
        self.proposed = []
        self.accounts = Accounts(
            self.database, self.passwords, SystemClock(), self.tasks, newcomer_group="New"
        )
        self.accounts.set_network(lambda settings: Network(settings, Connection(timing=TIMING)))
        self.links = Links(self.accounts, self.settings)
        self.links.proposed.connect(self.proposed.append)
        self.registrar = Registrar(self.accounts, self.links, self.tasks)
        self.registrar.set_network(self._registration)

    def _registration(self, server):
        self.registrations.append(Registration(server, timing=TIMING))
        return self.registrations[-1]

    def begin(self, link):
        self.links.open(link)
        return self.registrar.begin(Plan.of_link(parse_link(link)), self.server)

    async def close(self):
        await self.accounts.close()
        for registration in self.registrations:
            await registration.close()
        await self.tasks.close()
        self.database.close()


@pytest.fixture
async def newcomer(prosody, tmp_path):
    somebody = Newcomer(prosody, tmp_path)
    async with watched(("a-secret-pass",)):
        yield somebody
        await somebody.close()


@pytest.fixture
def romeo(prosody):
    return prosody.account("romeo", INVITES_HOST)


@pytest.fixture
def name(prosody):
    """A user name that nobody has."""
    taken = prosody.account("newcomer", INVITES_HOST)
    prosody.remove_account(taken.jid)
    return taken.jid.local


async def invitation(network, host=INVITES_HOST):
    """An invitation that the server makes for a user (XEP-0401 §3.1): a link with ibr=y."""
    client = network.connection.client
    request = client.make_iq_set(ito=host)
    SubElement(
        request.xml, "{http://jabber.org/protocol/commands}command", node="urn:xmpp:invite#invite"
    )
    answer = await request.send()
    uri = answer.xml.findtext(".//{jabber:x:data}field[@var='uri']/{jabber:x:data}value")
    assert uri.endswith(";ibr=y")
    return uri


def invitation_of_the_server(prosody, *options, host=INVITES_HOST):
    """What an administrator makes: a link with `register`."""
    done = subprocess.run(
        [
            *prosody._owner.prefix,
            *("prosodyctl", "--config", str(prosody._config), "mod_invites", "generate", host),
            *options,
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=prosody.folder,
    )
    return next(line for line in done.stdout.split() if line.startswith("xmpp:"))


@asynccontextmanager
async def signed_in(prosody, jid, password):
    """Whether the server lets somebody in: another device of theirs."""
    settings = AccountSettings(
        jid, host="127.0.0.1", port=prosody.port, ca_file=str(prosody.ca_file)
    )
    network = Network(settings)
    network.connection.start(settings, password)
    try:
        await until(lambda: network.connection.is_online)
        yield network
    finally:
        await network.connection.close()


async def test_r28_r30_r31_an_invitation_makes_an_account_and_both_friends(
    prosody, newcomer, romeo, name
):
    password = suggest_password()
    async with device(romeo) as inviter:
        asked = []
        inviter.roster.requested.connect(asked.append)
        new = newcomer.begin(await invitation(inviter))
        assert newcomer.settings.load().waiting_link
        questions = await new.start()
        account = await new.submit(name, password, {}, KEEP, friend_name="My Romeo")
        await until(lambda: not newcomer.settings.load().waiting_link)

        assert questions.to_show == ()
        assert prosody.are_friends(romeo.jid, account.jid)
        assert asked == []  # no second "add": there was nothing left to ask
    assert [each.jid for each in newcomer.accounts.all()] == [JID(name, INVITES_HOST)]
    assert account.status.state is State.ONLINE
    assert account.friends.contact(romeo.jid).name == "My Romeo"
    assert prosody.roster(account.jid)[romeo.jid].name == "My Romeo"
    assert newcomer.passwords.kept == {account.jid: password}
    assert newcomer.proposed == []
    assert account.settings.best_mechanism.startswith("SCRAM")


async def test_r29_p16_a_wrong_token_is_told_apart(prosody, newcomer, name):
    new = newcomer.begin(f"xmpp:{INVITES_HOST}?register;preauth=NoSuchToken1")
    with pytest.raises(InvitationRejected):
        await new.start()
    await new.start(invited=False)  # the person agrees: the server's own rules decide
    with pytest.raises(InvitationNeeded):
        await new.submit(name, "a-secret-pass", {}, KEEP)

    assert newcomer.accounts.all() == ()
    assert len(newcomer.registrations) == 1


async def test_r29_p16_a_taken_name_leaves_the_invitation_good_on_the_same_stream(
    prosody, newcomer, romeo, name
):
    new = newcomer.begin(invitation_of_the_server(prosody))
    await new.start()
    client = newcomer.registrations[0]._client
    with pytest.raises(UserNameTaken):
        await new.submit(romeo.jid.local, "a-secret-pass", {}, KEEP)
    account = await new.submit(name, "a-secret-pass", {}, KEEP)
    await until(lambda: account.status.state is State.ONLINE)

    assert client.in_session  # the very stream that asked first is the session now (R30)
    async with signed_in(prosody, account.jid, "a-secret-pass"):
        pass


async def test_r32_a_token_that_made_a_friend_makes_no_account(
    prosody, newcomer, romeo, name, tmp_path
):
    juliet = prosody.account("juliet", PLAIN_HOST)
    async with device(romeo) as inviter, device(juliet) as guest:
        link = await invitation(inviter)
        guest.roster.requested.connect(lambda request: guest.roster.approve(request.jid))
        await guest.roster.set(romeo.jid, "")
        guest.roster.subscribe(romeo.jid, parse_link(link).token)
        await until(lambda: prosody.are_friends(romeo.jid, juliet.jid))
    new = newcomer.begin(link)
    with pytest.raises(InvitationRejected):
        await new.start()


async def test_r33_a_reset_link_changes_the_password_of_its_account(prosody, newcomer, romeo):
    link = invitation_of_the_server(prosody, "--reset", romeo.jid.local)
    new = newcomer.begin(link)
    assert (new.plan.user_name, new.plan.may_reset) == (romeo.jid.local, True)
    await new.start()
    account = await new.submit("another", "a-secret-pass", {}, KEEP)
    await until(lambda: account.status.state is State.ONLINE)

    assert account.jid == romeo.jid
    async with signed_in(prosody, romeo.jid, "a-secret-pass"):
        pass


async def test_r35_the_link_survives_a_restart_in_the_middle(prosody, newcomer, romeo, tmp_path):
    async with device(romeo) as inviter:
        link = await invitation(inviter)
    new = newcomer.begin(link)
    await new.start()
    again = Links(newcomer.accounts, SettingsStore(tmp_path / "settings.json"))

    assert again.waiting == parse_link(link)
    assert Plan.of_link(again.waiting) == new.plan
    await new.give_up()


async def test_p16_a_second_account_by_invitation_joins_the_first(prosody, newcomer, romeo, name):
    mercutio = prosody.account("mercutio", PLAIN_HOST)
    settings = replace(mercutio.settings, keep_password=KEEP)
    await newcomer.accounts.add(settings, mercutio.password)
    async with device(romeo) as inviter:
        new = newcomer.begin(await invitation(inviter))
        await new.start()
        account = await new.submit(name, suggest_password(), {}, KEEP)
        await until(lambda: not newcomer.settings.load().waiting_link)

    assert [each.jid for each in newcomer.accounts.all()] == [mercutio.jid, account.jid]
    assert prosody.are_friends(romeo.jid, account.jid)
    assert romeo.jid not in prosody.roster(mercutio.jid)


async def test_a_server_without_registration_says_so(prosody, newcomer):
    new = newcomer.begin(f"xmpp:{PLAIN_HOST}?register;preauth=T1234567")
    with pytest.raises(InvitationsNotTaken):
        await new.start()
    with pytest.raises(RegistrationNotOffered):
        await new.start(invited=False)
