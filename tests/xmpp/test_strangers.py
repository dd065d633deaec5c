"""What strangers can get out of us in a session: nothing (battery X-11, X-12, R-9, R-10, S8)."""

import asyncio

import pytest

from pars_desktop.xmpp.session import Session
from tests.xmpp.hostile import BOUND, JID, message, saying, serving
from tests.xmpp.oracle import to_strangers
from tests.xmpp.victims import until

# --- X-11, S25, R-10: our own mistakes ------------------------------------------------------------


async def test_x11_r10_a_handler_that_raises_tells_nobody(victim, certificate, errors_logged):
    def careless(stanza):
        if stanza["body"] == "trap":
            raise RuntimeError("a bug of ours")

    script = saying(
        message("before", sender="mallory@evil.test/x")
        + message("trap", sender="mallory@evil.test/x")
        + message("after", sender="mallory@evil.test/x"),
        then="last",
    )
    victim_watch = victim.watch

    def watch(client):
        client.add_event_handler("message", careless)
        victim_watch(client)

    if victim.is_bare:
        watch(victim.client)
    else:
        victim.connection.client_ready.connect(watch)
    async with serving(script, certificate) as server:
        victim.connect(server.port)
        assert await victim.is_told("last")
        await asyncio.sleep(0.1)
    assert {"before", "after"} <= set(victim.bodies)
    assert bool(to_strangers(server.elements)) is victim.is_bare
    if not victim.is_bare:
        assert victim.is_up
        assert [record.getMessage() for record in errors_logged] == ["a handler failed"]
        errors_logged.clear()


# --- S8: addresses --------------------------------------------------------------------------------

ODD = ["🙂", "ẞ", "\u05d0a", "\u2066x\u2069", "𝄞"]


@pytest.mark.parametrize("name", ["🙂", "\u05d0a"])
async def test_s8_a_request_from_an_odd_resource_does_not_end_the_link(victim, certificate, name):
    request = (
        f"<iq type='get' id='v1' from='room@muc.test/{name}' to='{BOUND}'>"
        "<ping xmlns='urn:xmpp:ping'/></iq>"
    )
    async with serving(saying(request), certificate) as server:
        victim.connect(server.port)
        told = await victim.is_told(seconds=1.0)
        assert told is not victim.is_bare
        if not victim.is_bare:
            assert await until(lambda: f"room@muc.test/{name}".encode() in server.heard)
            assert not to_strangers(server.elements)


@pytest.mark.parametrize("name", ODD)
async def test_s8_a_message_from_an_odd_resource_arrives_and_can_be_answered(
    hardened, certificate, name
):
    """The control is the case above; here slixmpp loses the message in our handler."""
    sender = f"romeo@b.test/{name}"
    script = saying(message("hello", sender=sender) + message("again", sender=sender))
    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.is_told()
        first, second = hardened.froms[:2]
        assert first == second
        assert first.startswith("romeo@b.test/")
        hardened.client.send_message(mto=first, mbody="hello yourself")
        assert await until(lambda: f'to="{sender}"'.encode() in server.heard)


@pytest.mark.parametrize("sender", ["@b.test", "a@", "a b@c.test/x", "b..test", "/x", ""])
async def test_s8_a_stanza_from_nowhere_is_dropped_and_the_link_stays(
    hardened, certificate, sender
):
    """The control is S8 above. An empty sender is our server's way to speak for our account."""
    async with serving(saying(message("odd", sender=sender)), certificate) as server:
        hardened.connect(server.port)
        assert await hardened.is_told()
        assert hardened.is_up
    assert hardened.bodies == (["odd", "after"] if not sender else ["after"])


# --- strangers who ask -----------------------------------------------------------------------

QUESTIONS = [
    "<ping xmlns='urn:xmpp:ping'/>",
    "<query xmlns='jabber:iq:version'/>",
    "<query xmlns='jabber:iq:last'/>",
    "<time xmlns='urn:xmpp:time'/>",
    "<query xmlns='http://jabber.org/protocol/disco#info'/>",
    "<query xmlns='http://jabber.org/protocol/disco#items'/>",
    "<vCard xmlns='vcard-temp'/>",
    "<command xmlns='http://jabber.org/protocol/commands' node='x' action='execute'/>",
    "<query xmlns='jabber:iq:roster'><item jid='x@evil.test' subscription='both'/></query>",
    "<block xmlns='urn:xmpp:blocking'><item jid='romeo@b.test'/></block>",
    "<unheard-of xmlns='urn:unheard:of'/>",
]


def asked(sender):
    return "".join(
        f"<iq type='{kind}' id='q{number}{kind}' from='{sender}' to='{BOUND}'>{question}</iq>"
        for number, question in enumerate(QUESTIONS)
        for kind in ("get", "set")
    )


def answers(server, sender):
    return [element for element in server.elements if element.get("to") == sender]


@pytest.mark.parametrize("sender", ["mallory@evil.test/x", "evil.test", f"{JID}/another", BOUND])
async def test_r9_a_stranger_hears_the_same_whatever_he_asks(victim, certificate, sender):
    """The control answers with a version, a list of features, and two kinds of errors."""
    if victim.is_bare:
        for name in ("xep_0030", "xep_0092", "xep_0199"):
            victim.client.register_plugin(name)
    async with serving(saying(asked(sender)), certificate) as server:
        victim.connect(server.port)
        await victim.is_told()
        await until(lambda: len(answers(server, sender)) == 2 * len(QUESTIONS), 1.0)
        came = answers(server, sender)
    kinds = {(answer.get("type"), *(child.tag for child in answer.iter())) for answer in came}
    assert (len(kinds) == 1) is not victim.is_bare
    if not victim.is_bare:
        assert len(came) == 2 * len(QUESTIONS)
        assert {answer.get("type") for answer in came} == {"error"}
        assert not victim.pushes


async def test_r9_a_receipt_is_not_sent_to_a_stranger(hardened, certificate):
    """No control: a bare client has no receipts; with its plugin it answers everybody (S26)."""
    wanted = "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>"
    script = saying(message("psst", sender="mallory@evil.test/x", extra=wanted, id="m1"))
    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.is_told()
        await asyncio.sleep(0.1)
    assert not to_strangers(server.elements)
    assert b"receipts" not in server.heard


async def test_our_own_server_may_ask_whether_we_are_there(hardened, certificate):
    """No control: not an attack (XEP-0199 §4.1)."""
    ping = "<iq type='get' id='p1' from='a.test'><ping xmlns='urn:xmpp:ping'/></iq>"
    async with serving(saying(ping), certificate) as server:
        hardened.connect(server.port)
        assert await until(lambda: any(each.get("id") == "p1" for each in server.elements))
    answer = next(element for element in server.elements if element.get("id") == "p1")
    assert answer.get("type") == "result"


# --- answers from others --------------------------------------------------------------------


def forged_answers(name):
    """What is not an answer to the request of this id, which went to romeo@b.test/x."""
    error = (
        "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    )
    return [
        f"<iq type='result' id='{name}' from='mallory@evil.test/x'/>",
        f"<iq type='error' id='{name}' from='evil.test'>{error}</iq>",
        f"<message type='error' id='{name}' from='romeo@b.test/x'>{error}</message>",
        f"<message type='result' id='{name}' from='romeo@b.test/x'/>",
        f"<presence type='error' id='{name}' from='romeo@b.test/x'>{error}</presence>",
        f"<iq type='get' id='{name}' from='romeo@b.test/x'><ping xmlns='urn:xmpp:ping'/></iq>",
    ]


@pytest.mark.parametrize("number", range(6))
async def test_x12_only_whoever_was_asked_can_answer(hardened, certificate, number):
    """The control follows; it is the message that slixmpp takes for an answer."""
    assert not await is_taken_for_an_answer(hardened, certificate, number)


async def test_x12_slixmpp_alone_takes_a_message_for_an_answer(bare, certificate):
    assert await is_taken_for_an_answer(bare, certificate, 2)


async def is_taken_for_an_answer(victim, certificate, number):
    async def script(peer):
        await peer.to_readiness()
        request = await peer.element("iq")
        peer.say(forged_answers(request.get("id"))[number])
        peer.say(message("after"))
        await peer.listen()

    async with serving(script, certificate) as server:
        victim.connect(server.port)
        assert await victim.has_session()
        request = victim.client.make_iq_get(queryxmlns="urn:question", ito="romeo@b.test/x")
        if victim.is_bare:
            answer = request.send(timeout=5)
        else:
            session = Session(victim.settings.jid, victim.connection)
            answer = asyncio.create_task(session.ask(request))
        assert await victim.is_told()
        taken = answer.done()
        answer.cancel()
        victim.client.cancel_schedule(f"IqTimeout_{request['id']}")  # slixmpp's
    return taken
