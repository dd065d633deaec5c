"""Invitations made by real servers, or by us because the server makes none we could use."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.waits import Waits
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.errors import ServerRefused
from pars_desktop.domain.invite import InviteOptions, Purpose, Refusal, Via
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from pars_desktop.system.clock import SystemClock
from pars_desktop.xmpp.network import Network
from pars_desktop.xmpp.registration import Registration
from tests.fakes import NEWCOMERS, FakePasswords
from tests.journeys.ground import device, token_of, until
from tests.oracle import watched
from tests.server.prosody import DEFAULT_INVITES_HOST, INVITES_HOST, PLAIN_HOST
from tests.xmpp.wire import heard

pytestmark = pytest.mark.prosody
WAITS = Waits(other_device=0.2, push=5.0, plain_after=60.0)


class Home:
    """The core of one copy, with one account on a real server and no window."""

    def __init__(self, person):
        self.db = Database.open(":memory:")
        AccountStore(self.db).put(person.settings)
        self.tasks = Tasks()
        passwords = FakePasswords(**{str(person.jid): person.password})
        self.accounts = Accounts(
            self.db, passwords, SystemClock(), self.tasks, newcomer_group=NEWCOMERS, waits=WAITS
        )
        self.account = self.accounts.get(person.jid)
        self.invites = self.account.invites
        self.friends = self.account.friends
        self.arrived = heard(self.friends.arrived)
        self.secrets = {person.password}
        self.invites.changed.connect(self._keep_secrets)

    def _keep_secrets(self):
        self.secrets.update({token_of(invite.link) for invite in self.invites.all() if invite.link})

    async def come_home(self):
        self.accounts.set_network(Network)
        await self.accounts.start()
        await until(lambda: self.account._start_complete)

    async def close(self):
        await self.accounts.close()
        await self.tasks.close()
        self.db.close()


@asynccontextmanager
async def at_home(person, *, online=True):
    home = Home(person)
    async with watched(home.secrets):  # P-17: no token is in a log
        try:
            if online:
                await home.come_home()
            yield home
        finally:
            await home.close()


@asynccontextmanager
async def guest(person):
    """A friend's device, which approves whoever asks, as somebody does who opened a link."""
    async with device(person) as network:
        network.roster.requested.connect(lambda request: network.roster.approve(request.jid))
        yield network


@pytest.mark.parametrize("host", [PLAIN_HOST, DEFAULT_INVITES_HOST])
async def test_r5_r6_where_the_server_makes_none_that_works_the_token_is_our_own(prosody, host):
    """Prosody 0.12.3 by default makes tokens for contacts with which requests get lost."""
    romeo, juliet = prosody.account("romeo", host), prosody.account("juliet", INVITES_HOST)
    async with at_home(romeo) as his, guest(juliet) as hers:
        invite = await his.invites.prepare(InviteOptions(label="the choir"))
        assert (invite.via, invite.ibr) == (Via.CLIENT, False)

        hers.roster.subscribe(romeo.jid, token_of(invite.link))
        await until(lambda: his.arrived)
        await until(lambda: prosody.are_friends(romeo.jid, juliet.jid))

        assert his.friends.invitation_of(juliet.jid).label == "the choir"
        assert his.invites.get(invite.id).refusal(datetime.now(UTC)) is Refusal.USED


async def test_r1_r3_prosody_makes_an_invitation_that_creates_accounts(prosody):
    romeo = prosody.account("romeo", INVITES_HOST, your_name="Romeo M")
    async with at_home(romeo) as his:
        invite = await his.invites.prepare()

        link = parse_link(invite.link)
        assert (link.action, link.jid, link.name) == (Action.ROSTER, romeo.jid, "Romeo M")
        assert link.ibr
        assert (invite.via, invite.ibr) == (Via.SERVER, True)
        assert invite.page is None  # its page would be http
        week = timedelta(days=7)
        assert abs(invite.ends - datetime.now(UTC) - week) < timedelta(minutes=5)


async def test_r11_prosody_lets_a_friend_in_and_we_notice_by_the_roster_alone(prosody):
    romeo, juliet = prosody.account("romeo", INVITES_HOST), prosody.account("juliet")
    async with at_home(romeo) as his, guest(juliet) as hers:
        invite = await his.invites.prepare(InviteOptions(label="the choir"))

        hers.roster.subscribe(romeo.jid, token_of(invite.link))
        await until(lambda: his.arrived)
        await until(lambda: prosody.are_friends(romeo.jid, juliet.jid))

        assert his.friends.invitation_of(juliet.jid).id == invite.id
        assert his.friends.is_newcomer(juliet.jid)
        assert prosody.roster(romeo.jid)[juliet.jid].groups == {NEWCOMERS}
        assert his.friends.requests() == []
        await his.friends.undo(juliet.jid)
        await until(lambda: juliet.jid not in prosody.roster(romeo.jid))
        await until(lambda: prosody.roster(juliet.jid)[romeo.jid].subscription is Subscription.NONE)


async def test_r11_a_friend_who_came_to_prosody_while_we_were_away_is_noticed(prosody):
    romeo, juliet = prosody.account("romeo", INVITES_HOST), prosody.account("juliet")
    async with at_home(romeo) as his, guest(juliet) as hers:
        invite = await his.invites.prepare(InviteOptions(label="the choir"))
        await his.account.sign_out()

        hers.roster.subscribe(romeo.jid, token_of(invite.link))
        await until(lambda: juliet.jid in prosody.roster(romeo.jid))
        await his.accounts.start()
        await until(lambda: his.arrived)
        await until(lambda: prosody.are_friends(romeo.jid, juliet.jid))

        assert his.friends.invitation_of(juliet.jid).label == "the choir"


async def test_r11_prosody_has_asked_its_guest_back_before_we_read_the_list(prosody):
    """That tells a guest from somebody whom another device of ours lets see us."""
    romeo, juliet = prosody.account("romeo", INVITES_HOST), prosody.account("juliet")
    async with at_home(romeo) as his, device(juliet) as hers:
        invite = await his.invites.prepare(InviteOptions(label="the choir"))
        await his.account.sign_out()

        hers.roster.subscribe(romeo.jid, token_of(invite.link))
        await until(lambda: prosody.roster(romeo.jid).get(juliet.jid, Contact(juliet.jid)).ask)
        item = prosody.roster(romeo.jid)[juliet.jid]
        assert item == Contact(juliet.jid, "", Subscription.FROM, ask=True)
        await his.accounts.start()
        await until(lambda: his.arrived)

        assert his.friends.invitation_of(juliet.jid).label == "the choir"
        await until(lambda: prosody.roster(romeo.jid)[juliet.jid].groups == {NEWCOMERS})


async def test_r11_whom_another_device_lets_see_us_while_we_are_away_is_no_guest(prosody):
    romeo, juliet = prosody.account("romeo", INVITES_HOST), prosody.account("juliet")
    async with at_home(romeo) as his, device(juliet) as hers:
        invite = await his.invites.prepare(InviteOptions(label="the choir"))
        await his.account.sign_out()
        async with guest(romeo):  # his phone says yes, and does not ask back
            hers.roster.subscribe(romeo.jid)
            await until(
                lambda: prosody.roster(romeo.jid).get(juliet.jid, Contact(juliet.jid)).sees_us
            )
        await his.accounts.start()
        await until(lambda: his.friends.sees_us(juliet.jid))
        await until(lambda: his.account._start_complete)

        assert his.arrived == []
        assert his.invites.get(invite.id).uses == 0
        assert prosody.roster(romeo.jid)[juliet.jid] == Contact(juliet.jid, "", Subscription.FROM)


async def test_r10_p3_a_second_use_of_prosodys_token_reaches_us_and_opens_nothing(prosody):
    romeo, juliet, tybalt = (
        prosody.account(name, host)
        for name, host in (("romeo", INVITES_HOST), ("juliet", PLAIN_HOST), ("tybalt", PLAIN_HOST))
    )
    async with at_home(romeo) as his, guest(juliet) as hers, guest(tybalt) as theirs:
        token = token_of((await his.invites.prepare()).link)
        hers.roster.subscribe(romeo.jid, token)
        await until(lambda: his.arrived)

        theirs.roster.subscribe(romeo.jid, token)
        await until(his.friends.requests)

        (request,) = his.friends.requests()
        assert (request.jid, request.refusal) == (tybalt.jid, Refusal.USED)
        assert tybalt.jid not in prosody.roster(romeo.jid)


@pytest.mark.parametrize("host", [PLAIN_HOST, INVITES_HOST, DEFAULT_INVITES_HOST])
async def test_r27_a_token_of_our_own_passes_through_every_prosody(prosody, host):
    romeo, juliet = prosody.account("romeo", host), prosody.account("juliet")
    async with at_home(romeo) as his, guest(juliet) as hers:
        invite = await his.invites.prepare(InviteOptions(uses=2, lifetime=timedelta(hours=1)))
        assert invite.is_ours

        hers.roster.subscribe(romeo.jid, token_of(invite.link))
        await until(lambda: his.arrived)
        await until(lambda: prosody.are_friends(romeo.jid, juliet.jid))

        assert his.invites.get(invite.id).link == invite.link  # one more may come


async def test_p18_a_request_that_prosody_keeps_meets_an_invitation_revoked_meanwhile(prosody):
    romeo, juliet = prosody.account("romeo"), prosody.account("juliet")
    async with at_home(romeo, online=False) as his, guest(juliet) as hers:
        invite = await his.invites.prepare()
        hers.roster.subscribe(romeo.jid, token_of(invite.link))
        await until(lambda: prosody.pending(romeo.jid))
        his.invites.revoke(invite.id)

        await his.come_home()
        await until(his.friends.requests)

        (request,) = his.friends.requests()
        assert (request.jid, request.refusal) == (juliet.jid, Refusal.REVOKED)
        assert juliet.jid not in prosody.roster(romeo.jid)


async def test_r9_an_administrator_invites_somebody_to_prosody_in_one_step(prosody):
    escalus = prosody.account("escalus", INVITES_HOST, unique=False)
    async with at_home(escalus) as his:
        assert await his.invites.offers_accounts()

        invite = await his.invites.invite_to_server("paris", label="Paris")

        link = parse_link(invite.link)
        assert (link.action, str(link.jid)) == (Action.REGISTER, INVITES_HOST)
        assert (invite.purpose, invite.bound_to) == (Purpose.ACCOUNT, None)
        assert invite.ends > datetime.now(UTC)


@asynccontextmanager
async def new_account(prosody, link):
    """Somebody without an account makes one with an invitation (XEP-0445), and is online."""
    name = prosody.account("newcomer", INVITES_HOST)
    prosody.remove_account(name.jid)
    registration = Registration(replace(name.settings, jid=JID("", INVITES_HOST)))
    try:
        await registration.ask(token_of(link))
        await registration.create(name.jid, name.password, {})
    finally:
        await registration.close()
    async with device(name) as network:
        yield name.jid, network


async def test_r11_r31_who_makes_an_account_with_our_invitation_is_noticed(prosody):
    romeo = prosody.account("romeo", INVITES_HOST)
    async with at_home(romeo) as his:
        invite = await his.invites.prepare(InviteOptions(label="the choir"))
        async with new_account(prosody, invite.link) as (newcomer, _):
            await until(lambda: his.arrived)

            assert prosody.are_friends(romeo.jid, newcomer)
            assert his.friends.invitation_of(newcomer).label == "the choir"
            assert his.friends.is_newcomer(newcomer)


async def test_r9_the_account_that_prosodys_administrator_invited_befriends_nobody(prosody):
    escalus = prosody.account("escalus", INVITES_HOST, unique=False)
    async with at_home(escalus) as his:
        invite = await his.invites.invite_to_server()
        async with new_account(prosody, invite.link) as (newcomer, _):
            assert prosody.roster(newcomer) == {}

        assert his.arrived == []


@pytest.mark.parametrize("host", [PLAIN_HOST, INVITES_HOST, DEFAULT_INVITES_HOST])
async def test_r9_nobody_else_is_offered_that(prosody, host):
    async with at_home(prosody.account("romeo", host)) as his:
        assert not await his.invites.offers_accounts()
        with pytest.raises(ServerRefused):
            await his.invites.invite_to_server()


async def test_a_hundred_invitations_of_prosody_are_made_quickly_and_are_all_different(prosody):
    async with at_home(prosody.account("romeo", INVITES_HOST)) as his:
        made = await asyncio.gather(*(his.invites.prepare() for _ in range(100)))

    assert {invite.via for invite in made} == {Via.SERVER}
    assert len({invite.link for invite in made}) == 100


# --- ejabberd ------------------------------------------------------------------------------------


async def test_r5_r17_on_ejabberd_our_own_token_and_allow_list_carry_everything(ejabberd):
    romeo, juliet = ejabberd.account("romeo"), ejabberd.account("juliet", your_name="Juliet C")
    async with at_home(romeo) as his, at_home(juliet) as hers:
        invite = await his.invites.prepare(InviteOptions(label="the choir"))
        assert invite.is_ours
        assert not await his.invites.offers_accounts()
        befriended = heard(hers.friends.befriended)

        await hers.friends.add(romeo.jid, "My Romeo", token_of(invite.link))
        await until(lambda: befriended)
        await until(lambda: his.arrived)
        await until(lambda: ejabberd.are_friends(romeo.jid, juliet.jid))

        assert his.friends.invitation_of(juliet.jid).label == "the choir"
        assert ejabberd.roster(juliet.jid)[romeo.jid].name == "My Romeo"
        # R23: ejabberd takes the name from the request; it does not stay.
        await until(lambda: ejabberd.roster(romeo.jid)[juliet.jid].name == "")
        assert ejabberd.roster(romeo.jid)[juliet.jid].groups == {NEWCOMERS}


async def test_p20_on_ejabberd_a_newcomer_is_sent_away_and_the_token_stays_used(ejabberd):
    romeo, juliet = ejabberd.account("romeo"), ejabberd.account("juliet")
    async with at_home(romeo) as his, guest(juliet) as hers:
        invite = await his.invites.prepare()
        hers.roster.subscribe(romeo.jid, token_of(invite.link))
        await until(lambda: his.arrived)
        await until(lambda: ejabberd.are_friends(romeo.jid, juliet.jid))

        await his.friends.undo(juliet.jid)
        await until(lambda: juliet.jid not in ejabberd.roster(romeo.jid))
        hers.roster.unsubscribe(romeo.jid)
        hers.roster.subscribe(romeo.jid, token_of(invite.link))
        await until(his.friends.requests)

        assert his.friends.requests()[0].refusal is Refusal.USED


async def test_p6_p18_on_ejabberd_a_bound_and_a_revoked_token_open_nothing(ejabberd):
    romeo, juliet, tybalt = (ejabberd.account(name) for name in ("romeo", "juliet", "tybalt"))
    async with at_home(romeo) as his, guest(juliet) as hers, guest(tybalt) as theirs:
        bound = await his.invites.prepare(InviteOptions(bound_to=juliet.jid))
        revoked = await his.invites.prepare()
        his.invites.revoke(revoked.id)

        theirs.roster.subscribe(romeo.jid, token_of(bound.link))
        hers.roster.subscribe(romeo.jid, token_of(revoked.link))
        await until(lambda: len(his.friends.requests()) == 2)

        refusals = {request.jid: request.refusal for request in his.friends.requests()}
        assert refusals == {tybalt.jid: Refusal.BOUND, juliet.jid: Refusal.REVOKED}
        assert his.arrived == []
