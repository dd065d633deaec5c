"""Notes that only our own devices can read (XEP-0060, 0163, 0223), on the wire and on servers."""

import asyncio
import time
from contextlib import asynccontextmanager
from xml.etree import ElementTree as ET

import pytest

from pars_desktop.domain.errors import Offline, ServerRefused, ServerSilent
from pars_desktop.xmpp.network import Network
from pars_desktop.xmpp.private_node import NODE
from tests.xmpp.wire import ROMEO, Wire, heard

PUBSUB = "{http://jabber.org/protocol/pubsub}"
PUBSUB_TAG = f"{PUBSUB}pubsub"
OWNER = "{http://jabber.org/protocol/pubsub#owner}"
DISCO = "{http://jabber.org/protocol/disco#info}query"
DATA = "{jabber:x:data}"
VERSION = "{jabber:iq:version}query"
PRIVATE = {"pubsub#persist_items": "true", "pubsub#access_model": "whitelist"}
OFFERS = (
    "<query xmlns='http://jabber.org/protocol/disco#info'>"
    "<feature var='http://jabber.org/protocol/pubsub#publish'/>"
    "<feature var='http://jabber.org/protocol/pubsub#publish-options'/></query>"
)


@pytest.fixture
async def wire():
    return await Wire().start().settled()


def version(name):
    return f"<query xmlns='jabber:iq:version'><name>{name}</name></query>"


async def offering(wire):
    """A wire to a server that keeps private notes."""
    asked = asyncio.create_task(wire.private_node.is_offered())
    wire.answer(await wire.request(DISCO), OFFERS)
    wire.answer(await wire.request(VERSION), version("Prosody"))
    assert await asked
    return wire


async def publishing(wire, note, facts):
    """A note on its way, after the node was made."""
    await offering(wire)
    published = asyncio.create_task(wire.private_node.publish(note, facts))
    wire.answer(await wire.request(PUBSUB_TAG))
    return published


async def test_xep_0223_a_note_is_published_only_where_it_is_private(wire):
    published = await publishing(wire, "a", {"by": "<&'\">"})
    request = await wire.request(PUBSUB_TAG)
    wire.answer(request)
    await published

    pubsub = request.find(PUBSUB_TAG)
    assert (request.get("type"), [child.tag for child in pubsub]) == (
        "set",
        [f"{PUBSUB}publish", f"{PUBSUB}publish-options"],
    )
    assert pubsub[0].get("node") == NODE
    assert [(item.get("id"), item[0].attrib) for item in pubsub[0]] == [("a", {"by": "<&'\">"})]
    assert submitted(pubsub[1]) == PRIVATE | {
        "FORM_TYPE": "http://jabber.org/protocol/pubsub#publish-options"
    }


def submitted(xml):
    form = xml.find(f"{DATA}x")
    assert form.get("type") == "submit"
    return {field.get("var"): field.findtext(f"{DATA}value") for field in form}


async def test_the_node_is_made_private_and_large_enough_before_the_first_note(wire):
    await offering(wire)
    published = asyncio.create_task(wire.private_node.publish("a", {}))
    request = await wire.request(PUBSUB_TAG)
    create, configure = request.find(PUBSUB_TAG)
    assert (create.tag, create.get("node")) == (f"{PUBSUB}create", NODE)
    assert submitted(configure) == PRIVATE | {
        "FORM_TYPE": "http://jabber.org/protocol/pubsub#node_config",
        "pubsub#max_items": "256",
    }
    wire.answer(request)
    wire.answer(await wire.request(PUBSUB_TAG))
    await published

    again = asyncio.create_task(wire.private_node.publish("b", {}))
    wire.answer(await wire.request(PUBSUB_TAG))
    await again
    assert wire.take_sent() == []


@pytest.mark.parametrize(
    ("size", "is_enough"),
    [("256", True), ("1000", True), ("max", True), ("255", False), ("1", False), ("", False)],
)
async def test_a_node_that_was_there_before_has_to_be_large_enough(wire, size, is_enough):
    await offering(wire)
    published = asyncio.create_task(wire.private_node.publish("a", {}))
    wire.refuse(await wire.request(PUBSUB_TAG), "conflict")
    request = await wire.request(f"{OWNER}pubsub")
    assert request.find(f"{OWNER}pubsub/{OWNER}configure").get("node") == NODE
    wire.answer(
        request,
        f"<pubsub xmlns='{OWNER[1:-1]}'><configure node='{NODE}'><x xmlns='jabber:x:data' "
        f"type='form'><field var='pubsub#max_items'><value>{size}</value></field></x>"
        "</configure></pubsub>",
    )
    if is_enough:
        wire.answer(await wire.request(PUBSUB_TAG))
        await published
        return
    with pytest.raises(ServerRefused):
        await published
    assert wire.take_sent() == []


async def test_a_node_that_cannot_be_made_is_not_published_to(wire):
    await offering(wire)
    published = asyncio.create_task(wire.private_node.publish("a", {}))
    wire.refuse(await wire.request(PUBSUB_TAG), "not-acceptable")

    with pytest.raises(ServerRefused):
        await published
    assert wire.take_sent() == []


@pytest.mark.parametrize(
    "features",
    [
        "",
        "<feature var='http://jabber.org/protocol/pubsub#publish'/>",
        "<feature var='http://jabber.org/protocol/pubsub#publish-options'/>",
    ],
)
async def test_without_publish_options_nothing_is_published(wire, features):
    published = asyncio.create_task(wire.private_node.publish("a", {}))
    request = await wire.request(DISCO)
    assert request.get("to") == str(ROMEO)
    query = f"<query xmlns='http://jabber.org/protocol/disco#info'>{features}</query>"
    wire.answer(request, query)

    with pytest.raises(ServerRefused):
        await published
    assert wire.take_sent() == []


async def test_what_the_server_offers_is_asked_once_in_each_session(wire):
    await offering(wire)
    assert await wire.private_node.is_offered()
    assert wire.take_sent() == []

    wire.online.emit(False)
    await wire.settled()

    asked = asyncio.create_task(wire.private_node.is_offered())
    wire.refuse(await wire.request(DISCO), "service-unavailable")
    assert not await asked


async def test_all_notes_are_read_at_once_and_what_is_foreign_is_empty(wire):
    fetched = asyncio.create_task(wire.private_node.fetch())
    request = await wire.request(PUBSUB_TAG)
    assert request.get("type") == "get"
    assert request.find(f"{PUBSUB}pubsub/{PUBSUB}items").get("node") == NODE
    wire.answer(
        request,
        f"<pubsub xmlns='{PUBSUB[1:-1]}'><items node='{NODE}'>"
        f"<item id='a'><note xmlns='{NODE}' by='x@y.z' won='true'/></item>"
        f"<item id='b'><note xmlns='{NODE}' by='{'x' * 5000}'/></item>"
        "<item id='c'><thunder xmlns='urn:x'/></item><item/></items></pubsub>",
    )

    assert await fetched == {"a": {"by": "x@y.z", "won": "true"}, "b": {}, "c": {}, "": {}}


async def test_a_node_that_does_not_exist_holds_no_notes(wire):
    fetched = asyncio.create_task(wire.private_node.fetch())
    wire.refuse(await wire.request(PUBSUB_TAG), "item-not-found")

    assert await fetched == {}


async def test_a_retract_says_whether_it_was_there(wire):
    for condition, was_there in ((None, True), ("item-not-found", False)):
        retracted = asyncio.create_task(wire.private_node.retract("a"))
        request = await wire.request(PUBSUB_TAG)
        retract = request.find(f"{PUBSUB}pubsub/{PUBSUB}retract")
        assert (retract.get("node"), retract.get("notify")) == (NODE, "true")
        assert [item.get("id") for item in retract] == ["a"]
        if condition:
            wire.refuse(request, condition)
        else:
            wire.answer(request)
        assert await retracted is was_there


async def test_any_other_refusal_and_silence_leave_it_open(wire):
    for condition in ("forbidden", "internal-server-error"):
        retracted = asyncio.create_task(wire.private_node.retract("a"))
        wire.refuse(await wire.request(PUBSUB_TAG), condition)
        with pytest.raises(ServerRefused):
            await retracted
    with pytest.raises(ServerSilent):
        await wire.private_node.retract("a")
    wire.lose()
    with pytest.raises(Offline):
        await wire.private_node.retract("a")


async def test_where_two_may_be_told_that_they_took_one_note_none_is_kept(wire):
    asked = asyncio.create_task(wire.private_node.is_offered())
    wire.answer(await wire.request(DISCO), OFFERS)
    request = await wire.request(VERSION)
    assert request.get("to") == ROMEO.domain
    wire.answer(request, version("ejabberd"))
    assert not await asked
    assert not await wire.private_node.is_offered()
    assert wire.take_sent() == []


async def test_nor_where_the_server_does_not_say_which_it_is(wire):
    asked = asyncio.create_task(wire.private_node.is_offered())
    wire.answer(await wire.request(DISCO), OFFERS)
    wire.refuse(await wire.request(VERSION), "service-unavailable")
    assert not await asked


# --- real servers ---------------------------------------------------------------------------------


async def until(condition, seconds=20.0):
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def online(person):
    network = Network(person.settings)
    network.connection.start(person.settings, person.password)
    try:
        await until(lambda: network.connection.is_online)
        await network.roster.fetch()
        yield network
    finally:
        await network.connection.close()


async def test_a_note_is_seen_by_every_device_and_taken_away_by_one(prosody):
    romeo = prosody.account("romeo")
    async with online(romeo) as one, online(romeo) as other:
        assert await one.private_node.is_offered()
        assert await one.private_node.fetch() == {}
        await one.private_node.publish("a", {"by": "x@y.z"})
        await one.private_node.publish("b", {})
        await other.private_node.publish("a", {"by": "x@y.z", "won": "true"})
        assert await other.private_node.fetch() == {"a": {"by": "x@y.z", "won": "true"}, "b": {}}

        taken = await asyncio.gather(
            *(device.private_node.retract("a") for device in (one, other, one, other))
        )

        assert sorted(taken) == [False, False, False, True]
        assert not await one.private_node.retract("never there")
        assert await other.private_node.fetch() == {"b": {}}


async def test_nobody_else_can_read_or_change_it_not_even_a_friend(prosody):
    romeo, juliet = prosody.account("romeo"), prosody.account("juliet")
    async with online(romeo) as his, online(juliet) as hers:
        asked = {network: heard(network.roster.requested) for network in (his, hers)}
        for network, peer in ((his, juliet), (hers, romeo)):
            network.roster.subscribe(peer.jid)
        await his.private_node.publish("a", {"by": "x@y.z"})
        for network, peer in ((his, juliet), (hers, romeo)):
            await until(lambda asked=asked[network]: asked)
            network.roster.approve(peer.jid)
        await until(lambda: prosody.are_friends(romeo.jid, juliet.jid))

        session = hers.private_node._session
        for payload in (
            f"<items node='{NODE}'/>",
            f"<retract node='{NODE}'><item id='a'/></retract>",
            f"<publish node='{NODE}'><item id='a'><x xmlns='urn:x'/></item></publish>",
        ):
            kind = session.client.make_iq_get if "items" in payload else session.client.make_iq_set
            request = kind(ito=str(romeo.jid))
            request.append(ET.fromstring(f"<pubsub xmlns='{PUBSUB[1:-1]}'>{payload}</pubsub>"))
            with pytest.raises(ServerRefused) as refused:
                await session.ask(request)
            assert refused.value.condition in ("forbidden", "not-allowed", "item-not-found")

        assert await his.private_node.fetch() == {"a": {"by": "x@y.z"}}


async def test_on_a_node_that_others_can_read_nothing_is_published(prosody):
    romeo = prosody.account("romeo")
    async with online(romeo) as network:
        session = network.private_node._session
        request = session.client.make_iq_set()
        request.append(
            ET.fromstring(
                f"<pubsub xmlns='{PUBSUB[1:-1]}'><publish node='{NODE}'>"
                "<item id='x'><x xmlns='urn:x'/></item></publish></pubsub>"
            )
        )
        await session.ask(request)  # with the ordinary settings: friends may read it

        with pytest.raises(ServerRefused):
            await network.private_node.publish("a", {"by": "x@y.z"})

        assert "a" not in await network.private_node.fetch()


async def test_as_many_notes_as_we_publish_are_kept_over_a_restart(own_prosody):
    romeo = own_prosody.account("romeo")
    async with online(romeo) as network:
        await asyncio.gather(
            *(network.private_node.publish(str(number), {}) for number in range(200))
        )
    own_prosody.kill()
    own_prosody.start()
    async with online(romeo) as network:
        assert len(await network.private_node.fetch()) == 200


async def test_ejabberd_keeps_none_of_them(ejabberd):
    async with online(ejabberd.account("romeo")) as romeo:
        assert not await romeo.private_node.is_offered()
