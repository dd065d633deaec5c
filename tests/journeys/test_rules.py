"""Rules of the one who invites that only a real server can put to the test (R21 to R26, R32)."""

import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import quoteattr

import pytest

from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.invite import InviteOptions, Refusal, new_token
from pars_desktop.domain.jid import JID
from pars_desktop.store.columns import ticks
from pars_desktop.xmpp.registration import Registration
from tests.fakes import NEWCOMERS
from tests.journeys.ground import device, token_of, until
from tests.journeys.home import Home
from tests.server.prosody import INVITES_HOST, PLAIN_HOST
from tests.xmpp.wire import heard

pytestmark = pytest.mark.prosody
PARS = "urn:xmpp:pars:0"


@pytest.fixture
async def his(prosody, tmp_path):
    """The copy of somebody who invites."""
    async with Home.opened(prosody.account("romeo"), tmp_path / "romeo") as home:
        yield home


@asynccontextmanager
async def guest(prosody):
    """Somebody new, with a device that hears what becomes of their request."""
    person = prosody.account("guest", PLAIN_HOST)
    async with device(person) as network:
        network.jid = person.jid
        network.pushed = heard(network.roster.changed)
        network.saw = heard(network.roster.presence)
        yield network


def to(home, jid):
    """What was sent to somebody: the types of the presences, or the names of other stanzas."""
    return [
        stanza.get("type") or stanza.tag
        for stanza in home.sent
        if stanza.get("to", "").partition("/")[0] == str(jid)
    ]


def shown(home):
    return {request.jid: request for request in home.friends.requests()}


async def has_heard(home, *guests):
    """Everything that the guests sent has come, and what it led to has left."""
    for each in guests:
        await each.roster.fetch()
    for _ in range(2):
        await home.friends._contacts.roster.fetch()
    for each in guests:
        await each.roster.fetch()


async def test_r21_nobody_is_approved_or_asked_back_by_itself(prosody, his):
    """The control, slixmpp as it comes, does both (`test_s10_it_befriends_every_stranger`)."""
    async with guest(prosody) as theirs:
        theirs.roster.subscribe(his.person.jid)
        await until(lambda: shown(his))
        await has_heard(his, theirs)

        assert to(his, theirs.jid) == []
        assert prosody.roster(his.person.jid) == {}
        assert theirs.pushed[-1] == Contact(his.person.jid, ask=True)
        assert theirs.saw == []


async def test_r22_a_good_token_is_used_up_on_disk_before_anything_is_sent(prosody, his):
    invite = his.invites.create()
    on_disk = []

    def look(stanza):
        is_entry = stanza.find("{jabber:iq:roster}query/{jabber:iq:roster}item") is not None
        if is_entry or stanza.get("type") in ("subscribed", "subscribe"):
            with closing(sqlite3.connect(f"file:{his.path}?mode=ro", uri=True)) as db:
                uses = db.execute("SELECT jid FROM redemption").fetchall()
                links = db.execute("SELECT link FROM invite").fetchall()
            on_disk.append((stanza.get("type"), uses, links))

    his.leaving.connect(look)
    async with guest(prosody) as hers:
        hers.roster.approve(his.person.jid)
        hers.roster.subscribe(his.person.jid, token_of(invite.link))
        await until(lambda: prosody.are_friends(his.person.jid, hers.jid))
        await until(lambda: len(on_disk) == 3)

    redeemed = [(str(hers.jid),)], [(None,)]
    assert on_disk == [(kind, *redeemed) for kind in ("subscribed", "subscribe", "set")]


async def test_r22_p3_p5_p6_p18_a_bad_token_is_to_the_guest_as_if_it_were_absent(prosody, his):
    """R25: to our person it is not, if it was one of ours."""
    used, ended, revoked, bound = (
        his.invites.create(options)
        for options in (*[InviteOptions()] * 3, InviteOptions(bound_to=his.person.jid))
    )
    tokens = {invite: token_of(invite.link) for invite in (used, ended, revoked, bound)}
    a_second_ago = ticks(datetime.now(UTC) - timedelta(seconds=1))
    his.db.run("UPDATE invite SET expires = ? WHERE id = ?", (a_second_ago, ended.id))
    his.invites.revoke(revoked.id)
    expected = [
        (tokens[used], Refusal.USED, used.id),
        (tokens[ended], Refusal.EXPIRED, ended.id),
        (tokens[revoked], Refusal.REVOKED, revoked.id),
        (tokens[bound], Refusal.BOUND, bound.id),
        (new_token(), None, None),
        (None, None, None),
    ]
    async with guest(prosody) as first:
        first.roster.subscribe(his.person.jid, tokens[used])
        await until(lambda: first.pushed and first.pushed[-1].is_seen)

    for token, refusal, invite_id in expected:
        async with guest(prosody) as theirs:
            theirs.roster.subscribe(his.person.jid, token)
            await until(lambda theirs=theirs: theirs.jid in shown(his))
            await has_heard(his, theirs)

            assert theirs.pushed == [Contact(his.person.jid, ask=True)]
            assert theirs.saw == []
            assert to(his, theirs.jid) == []
            request = shown(his)[theirs.jid]
            assert request.refusal is refusal
            assert (request.invite and request.invite.id) == invite_id


async def test_r25_an_invitation_that_ended_is_named_with_both_its_days(prosody, his):
    invite = his.invites.create(InviteOptions(label="the choir"))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    his.db.run(
        "UPDATE invite SET created = ?, expires = ?",
        (ticks(yesterday - timedelta(days=7)), ticks(yesterday)),
    )
    async with guest(prosody) as theirs:
        theirs.roster.subscribe(his.person.jid, token_of(invite.link))
        await until(lambda: shown(his))

    request = shown(his)[theirs.jid]
    assert request.refusal is Refusal.EXPIRED
    assert request.invite.label == "the choir"
    assert request.invite.created == yesterday - timedelta(days=7)
    assert request.invite.ends == yesterday
    assert request.invite.link is None


async def test_r23_what_a_guest_calls_themself_is_no_name_in_our_list(prosody, his):
    invite = his.invites.create()
    async with guest(prosody) as hers:
        hers.roster.approve(his.person.jid)
        hers.roster.subscribe(his.person.jid, token_of(invite.link), nick="Your Bank")
        await until(lambda: prosody.are_friends(his.person.jid, hers.jid))
        await until(lambda: his.friends.is_newcomer(hers.jid))

    assert prosody.roster(his.person.jid)[hers.jid] == Contact(
        hers.jid, "", Subscription.BOTH, groups=frozenset({NEWCOMERS})
    )


def preauth(token, namespace=PARS):
    return f"<preauth xmlns='{namespace}' token={quoteattr(token)}/>"


@pytest.mark.parametrize(
    "children",
    [
        lambda good: preauth(""),
        lambda good: preauth(good + "\n"),
        lambda good: preauth(good + "é"),
        lambda good: preauth(good * 6),
        lambda good: preauth("x" * 200_000),
        lambda good: preauth(good) + preauth(good),
        lambda good: preauth(new_token()) + preauth(good),
        lambda good: preauth(good, "urn:xmpp:pars:1"),
        lambda good: f"<x xmlns='urn:x'>{preauth(good)}</x>",
    ],
)
async def test_r26_p7_what_is_not_one_token_of_ours_is_like_none(prosody, his, children):
    invite = his.invites.create()
    async with guest(prosody) as theirs:
        request = (
            f"<presence to='{his.person.jid}' type='subscribe'>"
            f"{children(token_of(invite.link))}</presence>"
        )
        # The server's expat may keep a long tag until as many bytes again came (CVE-2023-52425).
        theirs.connection.client.send_raw(request + " " * len(request))
        await until(lambda: shown(his))
        await has_heard(his, theirs)

        assert shown(his)[theirs.jid].refusal is None
        assert to(his, theirs.jid) == []
    assert his.invites.get(invite.id) == invite


@pytest.mark.parametrize("kind", ["subscribed", "unsubscribe", "unsubscribed", "probe", None])
async def test_p7_a_good_token_on_anything_but_a_request_opens_nothing(prosody, his, kind):
    invite = his.invites.create()
    good = preauth(token_of(invite.link))
    async with guest(prosody) as theirs:
        type_of = f"type='{kind}'" if kind else ""
        theirs.connection.client.send_raw(
            f"<presence to='{his.person.jid}' {type_of}>{good}</presence>"
            f"<message to='{his.person.jid}' type='normal'>{good}<body>Hello</body></message>"
        )
        await has_heard(his, theirs)

        assert shown(his) == {}
        assert to(his, theirs.jid) == []
        assert prosody.roster(his.person.jid) == {}
    assert his.invites.get(invite.id) == invite


async def test_r32_a_token_that_made_an_account_makes_no_friend(prosody, tmp_path):
    """The other way round is in `test_registration`."""
    romeo = prosody.account("romeo", INVITES_HOST)
    tybalt = JID(prosody.account("tybalt").jid.local, INVITES_HOST)
    async with Home.opened(romeo, tmp_path / "romeo") as his:
        token = token_of((await his.invites.prepare()).link)
        registration = Registration(replace(romeo.settings, jid=JID("", INVITES_HOST)))
        await registration.ask(token)
        await registration.create(tybalt, "a-secret-pass", {})
        await registration.close()
        await until(lambda: his.friends.is_newcomer(tybalt))

        async with guest(prosody) as theirs:
            theirs.roster.subscribe(romeo.jid, token)
            await until(lambda: shown(his))
            await has_heard(his, theirs)

            assert shown(his)[theirs.jid].refusal is Refusal.USED
            assert to(his, theirs.jid) == []
        assert prosody.roster(romeo.jid).keys() == {tybalt}
