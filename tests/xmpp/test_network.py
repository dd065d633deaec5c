"""Two people, several devices, and a real Prosody between them."""

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest

from pars_desktop.base.signal import Signal
from pars_desktop.core import ports
from pars_desktop.core.ports import ArchiveGone
from pars_desktop.domain.contact import Availability, Contact, Presence, Subscription
from pars_desktop.domain.errors import Offline, ServerRefused
from pars_desktop.domain.invite import new_token
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery, Direction, Message
from pars_desktop.xmpp.network import Network
from tests.server.prosody import INVITES_HOST, PLAIN_HOST
from tests.xmpp.wire import heard

pytestmark = pytest.mark.prosody


@asynccontextmanager
async def signed_in(person, *, fetch=True):
    """A device of this person, online, with the roster read and presence sent."""
    network = Network(person.settings)
    online = heard(network.connection.online)
    network.connection.start(person.settings, person.password)
    try:
        await until(lambda: online == [False])
        if fetch:
            await network.roster.fetch()
        yield network
    finally:
        await network.connection.close()


async def until(condition, seconds=10.0):
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.005)


async def quiet(network):
    """Everything that the server had for this device has arrived."""
    await network.roster.fetch()


def to(peer, text, name):
    return Message(peer, Direction.OUT, text, datetime.now(UTC), name, delivery=Delivery.QUEUED)


def cut(network):
    """The network is gone, without a word to anybody."""
    network.connection.client.transport.abort()


@pytest.fixture
def romeo(prosody):
    return prosody.account("romeo", PLAIN_HOST)


@pytest.fixture
def juliet(prosody):
    return prosody.account("juliet", INVITES_HOST)


# --- friends -------------------------------------------------------------------------------------


async def test_an_invitation_makes_friends_as_prosody_sees_it(prosody, romeo, juliet):
    token = new_token()
    async with signed_in(romeo) as inviter, signed_in(juliet) as guest:
        asked_inviter, asked_guest = heard(inviter.roster.requested), heard(guest.roster.requested)
        pushed, seen = heard(guest.roster.changed), heard(guest.roster.presence)

        assert guest.roster.can_preapprove
        await guest.roster.set(romeo.jid, "Romeo")
        guest.roster.subscribe(romeo.jid, token, "Juliet")
        await until(lambda: asked_inviter)
        (request,) = asked_inviter
        assert (request.jid, request.token, request.nick) == (juliet.jid, token, "Juliet")

        inviter.roster.approve(juliet.jid)
        await inviter.roster.set(juliet.jid, "", frozenset({"Came by invitation"}))
        inviter.roster.subscribe(juliet.jid)
        await until(lambda: asked_guest)
        assert (asked_guest[0].jid, asked_guest[0].token) == (romeo.jid, None)
        guest.roster.approve(romeo.jid)

        friend = Contact(romeo.jid, "Romeo", Subscription.BOTH)
        await until(lambda: pushed[-1:] == [friend])
        await until(lambda: Presence(romeo.jid, Availability.ONLINE) in seen)
        assert await guest.roster.fetch() == [friend]

    assert prosody.roster(juliet.jid) == {romeo.jid: friend}
    assert prosody.roster(romeo.jid) == {
        juliet.jid: Contact(
            juliet.jid, "", Subscription.BOTH, groups=frozenset({"Came by invitation"})
        )
    }


async def test_a_token_waits_for_an_inviter_who_is_away(romeo, juliet):
    token = new_token()
    async with signed_in(juliet) as guest:
        guest.roster.subscribe(romeo.jid, token)
        await quiet(guest)

    async with signed_in(romeo, fetch=False) as inviter:
        asked = heard(inviter.roster.requested)
        await asyncio.sleep(0.05)
        assert asked == []  # nothing comes before we show ourselves
        await inviter.roster.fetch()
        await until(lambda: asked)

    assert [(request.jid, request.token) for request in asked] == [(juliet.jid, token)]


async def test_pre_approval_answers_by_itself(prosody, romeo, juliet):
    async with signed_in(romeo) as inviter, signed_in(juliet) as guest:
        asked, pushed = heard(guest.roster.requested), heard(guest.roster.changed)
        guest.roster.approve(romeo.jid)
        await quiet(guest)
        inviter.roster.subscribe(juliet.jid)

        await until(lambda: pushed and pushed[-1].subscription is Subscription.FROM)
        await quiet(guest)
        assert asked == []


@pytest.mark.parametrize("is_there", [True, False])
async def test_r18_r19_their_server_acknowledges_a_request_with_a_token(romeo, juliet, is_there):
    """Prosody says `unavailable` in the name of the bare address; then nothing is repeated."""
    async with AsyncExitStack() as stack:
        if is_there:
            await stack.enter_async_context(signed_in(romeo))
        guest = await stack.enter_async_context(signed_in(juliet))
        acknowledged, seen = heard(guest.roster.acknowledged), heard(guest.roster.presence)
        await guest.roster.set(romeo.jid, "Romeo")
        guest.roster.subscribe(romeo.jid, new_token())
        await until(lambda: acknowledged)

    assert acknowledged == [romeo.jid]
    assert seen == []


async def test_what_is_removed_is_pushed_to_every_device(prosody, romeo, juliet):
    async with signed_in(romeo) as desk, signed_in(romeo) as phone:
        changed, removed = heard(phone.roster.changed), heard(phone.roster.removed)
        await desk.roster.set(juliet.jid, "Juliet")
        await until(lambda: changed == [Contact(juliet.jid, "Juliet")])
        await desk.roster.remove(juliet.jid)
        await until(lambda: removed == [juliet.jid])
        with pytest.raises(ServerRefused, match="item-not-found"):
            await desk.roster.remove(juliet.jid)

    assert prosody.roster(romeo.jid) == {}


async def test_p9_a_new_token_gets_through_after_the_old_request_is_withdrawn(romeo, juliet):
    async with signed_in(romeo) as inviter, signed_in(juliet) as guest:
        asked, pushed = heard(inviter.roster.requested), heard(guest.roster.changed)
        guest.roster.subscribe(romeo.jid)
        await until(lambda: len(asked) == 1)
        guest.roster.unsubscribe(romeo.jid)
        await until(lambda: pushed and not pushed[-1].ask)
        guest.roster.subscribe(romeo.jid, "token")
        await until(lambda: len(asked) == 2)

    assert [request.token for request in asked] == [None, "token"]


# --- messages ------------------------------------------------------------------------------------


async def test_a_message_is_acknowledged_received_and_receipted(romeo, juliet):
    async with signed_in(romeo) as ours, signed_in(juliet) as theirs:
        acked, receipts = heard(ours.messenger.acked), heard(ours.messenger.receipt)
        received = heard(theirs.messenger.received)

        ours.messenger.send(to(juliet.jid, "Hello \U0001f339\n<b>you</b>", "o1"))
        await until(lambda: received)
        (message,) = received
        assert (message.peer, message.direction) == (romeo.jid, Direction.IN)
        assert (message.body, message.origin_id) == ("Hello \U0001f339\n<b>you</b>", "o1")
        assert message.wants_receipt
        assert message.archive_id
        theirs.messenger.send_receipt(message.sender, message.origin_id)

        await until(lambda: receipts)
        assert receipts == [(juliet.jid, "o1")]
        assert acked == ["o1"]


async def test_a_message_to_nobody_is_refused(romeo):
    async with signed_in(romeo) as ours:
        refused = heard(ours.messenger.refused)
        nobody = JID("nobody", INVITES_HOST)
        ours.messenger.send(to(nobody, "Hello?", "o1"))
        await until(lambda: refused)

        assert refused == [(nobody, "o1", "service-unavailable")]


async def test_every_device_of_ours_has_the_whole_conversation(romeo, juliet):
    async with (
        signed_in(romeo) as desk,
        signed_in(romeo) as phone,
        signed_in(juliet) as theirs,
    ):
        on_phone, on_desk = heard(phone.messenger.received), heard(desk.messenger.received)
        at_theirs = heard(theirs.messenger.received)
        desk.messenger.send(to(juliet.jid, "Hello", "o1"))
        await until(lambda: at_theirs and on_phone)
        theirs.messenger.send(
            to(at_theirs[0].sender, "Hi", "o2")  # to the desk: the phone gets a copy
        )
        await until(lambda: on_desk and len(on_phone) == 2)

    assert [(m.peer, m.direction, m.body, m.origin_id) for m in on_phone] == [
        (juliet.jid, Direction.OUT, "Hello", "o1"),
        (juliet.jid, Direction.IN, "Hi", "o2"),
    ]
    assert [m.wants_receipt for m in on_phone] == [False, False]
    assert [(m.body, m.wants_receipt) for m in on_desk] == [("Hi", True)]


async def test_what_was_sent_while_we_were_away_has_the_time_of_the_sending(romeo, juliet):
    async with signed_in(romeo) as ours:
        acked = heard(ours.messenger.acked)
        sent = datetime.now(UTC)
        ours.messenger.send(to(juliet.jid, "Are you there?", "o1"))
        await until(lambda: acked)
    await asyncio.sleep(1.2)  # the stamps of offline storage have whole seconds

    async with signed_in(juliet, fetch=False) as theirs:
        received = heard(theirs.messenger.received)
        await theirs.roster.fetch()
        await until(lambda: received)

    assert abs((received[0].at - sent).total_seconds()) < 1.1
    assert received[0].archive_id


async def test_s26_strangers_get_no_receipt(romeo, juliet):
    async with signed_in(romeo) as ours, signed_in(juliet) as stranger:
        receipts = heard(stranger.messenger.receipt)
        received = heard(ours.messenger.received)
        stranger.messenger.send(to(romeo.jid, "Buy this", "o1"))
        await until(lambda: received)
        await quiet(ours)
        await quiet(stranger)

    assert receipts == []


# --- resumption ----------------------------------------------------------------------------------


async def test_s14_presence_and_messages_survive_a_broken_link(prosody, romeo, juliet):
    async with signed_in(romeo) as ours, signed_in(juliet) as theirs:
        seen = heard(ours.roster.presence)
        asked = heard(theirs.roster.requested)
        ours.roster.subscribe(juliet.jid)
        await until(lambda: asked)
        theirs.roster.approve(romeo.jid)
        await until(lambda: seen == [Presence(juliet.jid, Availability.ONLINE)])
        online, acked = heard(ours.connection.online), heard(ours.messenger.acked)
        received = heard(theirs.messenger.received)

        for n in range(20):
            ours.messenger.send(to(juliet.jid, str(n), f"o{n}"))
        cut(ours)
        await until(lambda: not ours.connection.is_online)
        with pytest.raises(Offline):
            ours.messenger.send(to(juliet.jid, "late", "late"))
        theirs.messenger.send(to(romeo.jid, "while you were away", "p1"))
        at_ours = heard(ours.messenger.received)
        await until(lambda: online == [True])
        for n in range(20):  # whoever keeps them may hand them over again
            ours.messenger.send(to(juliet.jid, str(n), f"o{n}"))
        await until(lambda: len(acked) == 20 and at_ours)

        assert [m.body for m in received] == [str(n) for n in range(20)]
        assert [m.body for m in at_ours] == ["while you were away"]
        assert len(seen) == 1


async def test_a_new_session_begins_without_anybody_present(own_prosody):
    romeo, juliet = own_prosody.account("romeo"), own_prosody.account("juliet")
    async with signed_in(romeo) as ours, signed_in(juliet) as theirs:
        asked, seen = heard(theirs.roster.requested), heard(ours.roster.presence)
        ours.roster.subscribe(juliet.jid)
        await until(lambda: asked)
        theirs.roster.approve(romeo.jid)
        await until(lambda: seen)
        online = heard(ours.connection.online)
        await theirs.connection.close()
        own_prosody.restart()
        await until(lambda: online == [False], 20)

        assert seen[-1] == Presence(juliet.jid)
        assert [c.jid for c in await ours.roster.fetch()] == [juliet.jid]


async def test_r4_a_roster_that_never_comes_is_not_an_empty_one(own_prosody):
    romeo = own_prosody.account("romeo")
    async with signed_in(romeo) as ours:
        with own_prosody.frozen():
            work = asyncio.ensure_future(ours.roster.fetch())
            await asyncio.sleep(0.05)
            await ours.connection.close()
            with pytest.raises(Offline):
                await work


# --- the archive ---------------------------------------------------------------------------------


async def everything(archive, **where):
    """All pages from somewhere on."""
    messages, pages, after = [], 0, None
    while True:
        page = await archive.page(after=after, **(where if after is None else {}))
        messages += page.messages
        pages += 1
        after = page.last or after
        if page.complete:
            return messages, pages


async def test_two_hundred_messages_are_read_page_by_page(romeo, juliet):
    async with signed_in(romeo) as ours, signed_in(juliet) as theirs:
        acked, received = heard(ours.messenger.acked), heard(theirs.messenger.received)
        for n in range(200):
            ours.messenger.send(to(juliet.jid, str(n), f"o{n}"))
        await until(lambda: len(acked) == 200 and len(received) == 200)

        messages, pages = await everything(theirs.archive)
        assert [m.body for m in messages] == [str(n) for n in range(200)]
        assert pages == 4
        assert [m.archive_id for m in messages] == [m.archive_id for m in received]
        assert [m.origin_id for m in messages] == [m.origin_id for m in received]
        assert {m.direction for m in messages} == {Direction.IN}

        page = await ours.archive.page(after=None, start=messages[150].at, limit=10)
        assert len(page.messages) == 10
        assert {m.direction for m in page.messages} == {Direction.OUT}
        newest = await theirs.archive.latest(3)
        assert [m.body for m in newest.messages] == ["197", "198", "199"]
        assert newest.last == messages[-1].archive_id

        rest = await theirs.archive.page(after=messages[-2].archive_id)
        assert ([m.body for m in rest.messages], rest.complete) == (["199"], True)
        nothing = await theirs.archive.page(after=messages[-1].archive_id)
        assert (nothing.messages, nothing.last, nothing.complete) == ([], None, True)


async def test_an_archive_that_lost_an_id_says_so(romeo):
    async with signed_in(romeo) as ours:
        with pytest.raises(ArchiveGone):
            await ours.archive.page(after="never-seen")


# --- forgeries, through the real client ----------------------------------------------------------


async def test_forged_pushes_and_copies_do_nothing_to_a_real_session(romeo, juliet):
    async with signed_in(romeo) as ours:
        told = [
            heard(signal)
            for signal in (
                ours.roster.changed,
                ours.roster.removed,
                ours.messenger.received,
                ours.messenger.receipt,
            )
        ]
        inner = (
            f"<message xmlns='jabber:client' from='bank@evil.test' to='{romeo.jid}' type='chat'>"
        )
        here = str(ours.connection.client.boundjid)
        for sender in ("mallory@evil.test/x", PLAIN_HOST, here, f"{romeo.jid}/other"):
            for xml in (
                f"<iq type='set' id='f1' from='{sender}'><query xmlns='jabber:iq:roster'>"
                "<item jid='bank@evil.test' name='Your Bank' subscription='both'/></query></iq>",
                f"<message from='{sender}' type='chat'><received xmlns='urn:xmpp:carbons:2'>"
                f"<forwarded xmlns='urn:xmpp:forward:0'>{inner}<body>Pay</body></message>"
                "</forwarded></received></message>",
            ):
                ours.connection.client.data_received(xml.encode())
        await quiet(ours)

        assert told == [[], [], [], []]
        assert ours.connection.is_online


def test_it_fits_what_the_core_asks_for(romeo):
    network: ports.Network = Network(romeo.settings)

    assert isinstance(network.roster.changed, Signal)
    assert not network.connection.is_online
