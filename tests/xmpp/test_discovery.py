"""What a server offers and which program it is, however it says so (XEP-0030, XEP-0092)."""

import asyncio

import pytest

from pars_desktop.domain.errors import ServerRefused, ServerSilent
from pars_desktop.domain.jid import JID
from pars_desktop.xmpp.discovery import Discovery, Item
from tests.xmpp.wire import Wire

SERVER = JID("", "montague.test")
ITEMS = "http://jabber.org/protocol/disco#items"
INFO = "http://jabber.org/protocol/disco#info"


@pytest.fixture
async def wire():
    return await Wire().start().settled()


@pytest.fixture
def discovery(wire):
    return Discovery(wire.roster._session)


async def answered(wire, work, namespace, inside):
    """Let the server answer; the request that it got, and what came of it."""
    task = asyncio.ensure_future(work)
    request = await wire.request(f"{{{namespace}}}query")
    wire.answer(request, f"<query xmlns='{namespace}'>{inside}</query>")
    return request, await task


async def test_items_are_read_and_those_without_an_address_left_out(wire, discovery):
    items = (
        "<item jid='rooms.montague.test' name='Rooms'/><item jid='montague.test' node='n'/>"
        "<item name='nowhere'/><item jid='not an address@@'/>"
    )
    request, found = await answered(wire, discovery.items(SERVER, "here"), ITEMS, items)

    assert (request.get("type"), request.get("to")) == ("get", "montague.test")
    assert request.find(f"{{{ITEMS}}}query").attrib == {"node": "here"}
    assert found == [Item(JID("", "rooms.montague.test"), ""), Item(SERVER, "n")]


async def test_features_are_read(wire, discovery):
    features = "<identity category='server'/><feature var='urn:a'/><feature/><feature var='urn:b'/>"
    request, found = await answered(wire, discovery.features(SERVER), INFO, features)

    assert request.find(f"{{{INFO}}}query").attrib == {}
    assert {"urn:a", "urn:b"} <= found


async def test_the_version_is_a_name_and_a_number_as_one_line(wire, discovery):
    version = "<name>Pro\nsody</name><version> 0.12.3 </version><os>Linux</os>"
    _, found = await answered(wire, discovery.version(SERVER), "jabber:iq:version", version)

    assert found == ("Pro sody", "0.12.3")


async def test_an_endless_list_is_cut(wire, discovery):
    items = "<item jid='montague.test'/>" * 5000
    _, found = await answered(wire, discovery.items(SERVER, "n"), ITEMS, items)

    assert len(found) == 1000


async def test_an_answer_without_a_query_holds_nothing(wire, discovery):
    task = asyncio.ensure_future(discovery.items(SERVER, "n"))
    wire.answer(await wire.request(f"{{{ITEMS}}}query"))

    assert await task == []


async def test_x12_somebody_elses_answer_does_not_count(wire, discovery):
    task = asyncio.ensure_future(discovery.version(SERVER))
    request = await wire.request("{jabber:iq:version}query")
    name = "<query xmlns='jabber:iq:version'><name>Prosody</name></query>"
    wire.receive(f"<iq id='{request.get('id')}' type='result' from='evil.test'>{name}</iq>")

    with pytest.raises(ServerSilent):
        await task


async def test_a_refusal_is_passed_on(wire, discovery):
    task = asyncio.ensure_future(discovery.features(SERVER))
    wire.refuse(await wire.request(f"{{{INFO}}}query"), "item-not-found")

    with pytest.raises(ServerRefused):
        await task
