"""The controls: slixmpp as it comes falls for what roster, messenger and archive are tested with.

When one of these fails slixmpp has become better, and a work-around of ours can go. That it takes
roster pushes and copies from strangers needs no control: it does not.
"""

import asyncio
from xml.etree.ElementTree import fromstring

import pytest
from slixmpp import JID, ClientXMPP

from tests.xmpp.wire import HERE, JULIET, ROMEO, heard_events

BALCONY = f"{JULIET}/balcony"


@pytest.fixture
async def bare(errors_logged):
    """A client in a session, whose stanzas are collected in `bare.out`."""
    client = ClientXMPP(str(ROMEO), "secret")
    for plugin in ("xep_0184", "xep_0280", "xep_0313"):
        client.register_plugin(plugin)
    client.boundjid = JID(HERE)
    client.event("session_bind", client.boundjid)
    client.out = []
    client.send = lambda stanza, use_filters=True: client.out.append(stanza)
    yield client
    for name in tuple(client.scheduled_events):
        client.cancel_schedule(name)
    errors_logged.clear()


def receive(client, xml):
    head, _, rest = xml.partition(" ")
    client._spawn_event(fromstring(f"{head} xmlns='jabber:client' {rest}"))


async def test_c2_it_takes_copies_in_the_name_of_any_device_of_ours(bare):
    told = heard_events(bare, "carbon_received")

    receive(
        bare,
        f"<message from='{ROMEO}/x'><received xmlns='urn:xmpp:carbons:2'>"
        "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' "
        f"from='{BALCONY}' to='{HERE}'><body>Hi</body></message></forwarded></received></message>",
    )

    assert len(told) == 1


async def test_s10_it_befriends_every_stranger(bare):
    receive(bare, f"<presence from='mallory@evil.test' to='{ROMEO}' type='subscribe'/>")

    assert {"subscribed", "subscribe"} <= {stanza["type"] for stanza in bare.out}


async def test_s26_it_sends_receipts_to_strangers(bare):
    receive(
        bare,
        "<message from='mallory@evil.test/x' id='m' type='chat'><body>B</body>"
        "<request xmlns='urn:xmpp:receipts'/></message>",
    )

    assert [stanza["receipt"] for stanza in bare.out] == ["m"]


async def test_s25_it_tells_a_stranger_that_a_handler_failed(bare):
    def fail(_):
        raise RuntimeError("on purpose")

    bare.add_event_handler("message", fail)
    receive(bare, "<message from='mallory@evil.test/x' id='m' type='chat'><body>B</body></message>")

    assert [stanza["type"] for stanza in bare.out] == ["error"]


async def test_s30_its_archive_takes_results_from_anybody(bare):
    work = asyncio.ensure_future(bare.plugin["xep_0313"].retrieve())
    await asyncio.sleep(0)
    request = bare.out[-1]
    name = request["mam"]["queryid"]
    receive(
        bare,
        f"<message from='mallory@evil.test'><result xmlns='urn:xmpp:mam:2' id='a' queryid='{name}'>"
        "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' "
        f"from='{BALCONY}' to='{ROMEO}'><body>Hi</body></message></forwarded></result></message>",
    )
    receive(bare, f"<iq id='{request['id']}' type='result'><fin xmlns='urn:xmpp:mam:2'/></iq>")

    assert len((await work)["mam"]["results"]) == 1


async def test_s31_an_error_looks_like_an_empty_roster(bare):
    told = heard_events(bare, "roster_update")
    asked = bare.get_roster()
    receive(
        bare,
        f"<iq id='{bare.out[-1]['id']}' type='error'><error type='cancel'>"
        "<internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
    )
    await asyncio.gather(asked, return_exceptions=True)

    assert [answer["roster"]["items"] for answer in told] == [{}]


async def test_s32_its_roster_remembers_every_stranger(bare):
    bare.auto_authorize = None
    receive(bare, f"<presence from='stranger@evil.test/x' to='{ROMEO}' type='subscribe'/>")

    assert "stranger@evil.test" in bare.client_roster


async def test_s14_a_broken_link_makes_everybody_absent(bare):
    receive(bare, f"<presence from='{BALCONY}' to='{ROMEO}'/>")
    assert bare.client_roster[str(JULIET)].resources

    bare.event("disconnected", None)

    assert not bare.client_roster[str(JULIET)].resources


async def test_c15_an_odd_stamp_makes_a_handler_fail(bare):
    bare.register_plugin("xep_0203")
    told = []
    bare.add_event_handler("message", lambda message: told.append(message["delay"]["stamp"]))

    receive(
        bare,
        f"<message from='{BALCONY}' type='chat'><body>B</body>"
        "<delay xmlns='urn:xmpp:delay' stamp='yesterday'/></message>",
    )

    assert told == []
