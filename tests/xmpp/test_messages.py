"""Messages, live: what comes in is looked at twice, what goes out goes once."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from pars_desktop.domain.errors import Offline
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery, Direction, Message
from pars_desktop.domain.text import MAX_BODY
from tests.xmpp.wire import CLIENT, HERE, JULIET, ROMEO, Wire, heard

PUBSUB = "pubsub.evil.test"
CARBONS = "urn:xmpp:carbons:2"
BALCONY = f"{JULIET}/balcony"
DISCO = "{http://jabber.org/protocol/disco#info}query"
PING = "{urn:xmpp:ping}ping"


@pytest.fixture
async def wire():
    wire = Wire().start()
    features = await wire.request(DISCO)
    wire.answer(
        features,
        "<query xmlns='http://jabber.org/protocol/disco#info'>"
        "<feature var='urn:xmpp:mam:2'/><feature var='urn:xmpp:sid:0'/></query>",
    )
    return await wire.settled()


@pytest.fixture
def received(wire):
    return heard(wire.messenger.received)


def message(children="<body>Hi</body>", sender=BALCONY, to=HERE, kind="chat", name="m1"):
    sender = f"from='{sender}'" if sender else ""
    return f"<message {sender} to='{to}' type='{kind}' id='{name}'>{children}</message>"


def inner(children="<body>Hi</body>", sender=BALCONY, to=HERE, kind="chat", name="m1"):
    return message(children, sender, to, kind, name).replace(
        "<message", "<message xmlns='jabber:client'", 1
    )


def carbon(direction, content, sender=str(ROMEO), outer="", stamp=""):
    delay = f"<delay xmlns='urn:xmpp:delay' stamp='{stamp}'/>" if stamp else ""
    return message(
        f"{outer}<{direction} xmlns='{CARBONS}'><forwarded xmlns='urn:xmpp:forward:0'>{delay}"
        f"{content}</forwarded></{direction}>",
        sender=sender,
    )


def bodies(received):
    return [message.body for message in received]


def is_about_now(at):
    return abs(datetime.now(UTC) - at) < timedelta(seconds=5)


# --- incoming ------------------------------------------------------------------------------------


async def test_a_message_comes_in_with_everything_it_says(wire, received):
    wire.receive(
        message(
            "<body>Wherefore art thou?</body><request xmlns='urn:xmpp:receipts'/>"
            "<origin-id xmlns='urn:xmpp:sid:0' id='m1'/>"
            f"<stanza-id xmlns='urn:xmpp:sid:0' id='a1' by='{ROMEO}'/>"
        )
    )

    (got,) = received
    assert got == Message(
        peer=JULIET,
        direction=Direction.IN,
        body="Wherefore art thou?",
        at=got.at,
        origin_id="m1",
        archive_id="a1",
        sender=JID("juliet", "capulet.test", "balcony"),
        delivery=Delivery.SENT,
        wants_receipt=True,
    )
    assert is_about_now(got.at)
    assert wire.take_sent() == []  # whether a receipt goes out is decided elsewhere (S26)


@pytest.mark.parametrize("kind", ["groupchat", "error", "headline"])
async def test_what_is_no_chat_is_not_shown_as_one(wire, received, kind):
    wire.receive(message(kind=kind))

    assert received == []


@pytest.mark.parametrize(
    "children", ["", "<body/>", "<subject>S</subject>", "<body xmlns='x'>B</body>"]
)
async def test_a_message_without_text_is_not_shown(wire, received, children):
    wire.receive(message(children))

    assert received == []


async def test_several_bodies_are_one_message_in_no_language_in_particular(wire, received):
    wire.receive(message("<body xml:lang='cs'>Ahoj</body><body>Hi</body>"))
    wire.receive(message("<body xml:lang='cs'>Ahoj</body><body xml:lang='de'>Hallo</body>"))

    assert bodies(received) == ["Hi", "Ahoj"]


async def test_a_message_without_sender_or_with_an_impossible_one_is_dropped(wire, received):
    wire.receive(message(sender=""))
    wire.receive(message(sender="a b@@c"))

    assert received == []


async def test_an_odd_resource_does_not_hide_its_owner(wire, received):
    wire.receive(message(sender=f"{JULIET}/\U0001f339 balcony"))

    assert [got.peer for got in received] == [JULIET]


async def test_a_message_is_cut_at_a_sane_length(wire, received):
    wire.receive(message(f"<body>{'x' * (MAX_BODY + 1)}</body>"))

    assert bodies(received) == ["x" * MAX_BODY]


async def test_messages_arrive_in_the_order_in_which_they_came(wire, received):
    for n in range(100):
        wire.receive(message(f"<body>{n}</body>", name=f"m{n}"))

    assert bodies(received) == [str(n) for n in range(100)]


async def test_c11_only_our_own_archive_names_a_message(wire, received):
    for ids in (
        f"<stanza-id xmlns='urn:xmpp:sid:0' id='x' by='{JULIET}'/>",
        f"<stanza-id xmlns='urn:xmpp:sid:0' id='x' by='{HERE}'/>",
        "<stanza-id xmlns='urn:xmpp:sid:0' id='x'/>",
        f"<stanza-id xmlns='urn:xmpp:sid:0' id='x' by='{ROMEO}'/>"
        f"<stanza-id xmlns='urn:xmpp:sid:0' id='y' by='{ROMEO}'/>",
    ):
        wire.receive(message(f"<body>Hi</body>{ids}"))

    assert [got.archive_id for got in received] == [""] * 4


async def test_c11_a_server_that_does_not_check_ids_is_not_believed(received):
    wire = Wire().start()
    wire.answer(await wire.request(DISCO), "<query xmlns='http://jabber.org/protocol/disco#info'/>")
    got = heard(wire.messenger.received)

    wire.receive(message(f"<body>B</body><stanza-id xmlns='urn:xmpp:sid:0' id='x' by='{ROMEO}'/>"))

    assert [each.archive_id for each in got] == [""]


async def test_a_delay_of_our_server_tells_when_a_message_was_sent(wire, received):
    stamp = "<delay xmlns='urn:xmpp:delay' from='montague.test' stamp='2026-02-03T04:05:06Z'/>"
    wire.receive(message(f"<body>Hi</body>{stamp}"))

    assert [got.at for got in received] == [datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("sender", "stamp"),
    [
        ("montague.test", "9999-12-31T23:59:59Z"),
        ("montague.test", "0001-01-01T00:00:00Z"),
        ("montague.test", "0001-01-01T00:00:00+14:00"),
        ("montague.test", "2026-02-03T04:05:06"),
        ("montague.test", "2026-06-30T23:59:60Z"),
        ("montague.test", "yesterday"),
        ("montague.test", ""),
        (BALCONY, "2026-02-03T04:05:06Z"),
        ("capulet.test", "2026-02-03T04:05:06Z"),
        ("", "2026-02-03T04:05:06Z"),
    ],
)
async def test_c15_a_bad_or_foreign_stamp_keeps_the_message_and_means_now(
    wire, received, sender, stamp
):
    wire.receive(
        message(f"<body>Hi</body><delay xmlns='urn:xmpp:delay' from='{sender}' stamp='{stamp}'/>")
    )

    assert [is_about_now(got.at) for got in received] == [True]


async def test_c15_nine_digits_of_a_second_are_read(wire, received):
    stamp = "2026-02-03T04:05:06.123456789Z"
    delay = f"<delay xmlns='urn:xmpp:delay' from='montague.test' stamp='{stamp}'/>"
    wire.receive(message(f"<body>Hi</body>{delay}"))

    assert [got.at.year for got in received] == [2026]


# --- copies of what our other devices do (XEP-0280) ----------------------------------------------


async def test_every_new_session_asks_for_copies(wire):
    for resumed, asked in ((True, 0), (False, 1)):
        wire.lose()
        wire.start(resumed)
        for _ in range(5):
            await asyncio.sleep(0)
        requests = wire.take_sent("iq")
        assert len([r for r in requests if r.find(f"{{{CARBONS}}}enable") is not None]) == asked


async def test_a_copy_of_what_another_device_of_ours_sent_is_ours(wire, received):
    wire.receive(
        carbon("sent", inner(sender=f"{ROMEO}/phone", to=JULIET), stamp="2026-02-03T04:05:06Z")
    )

    (got,) = received
    assert (got.peer, got.direction, got.body) == (JULIET, Direction.OUT, "Hi")
    assert got.at == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


async def test_a_copy_of_what_another_device_of_ours_got_wants_no_receipt_of_us(wire, received):
    wire.receive(
        carbon(
            "received",
            inner("<body>Hi</body><request xmlns='urn:xmpp:receipts'/>", to=f"{ROMEO}/phone"),
        )
    )

    (got,) = received
    assert (got.peer, got.direction, got.wants_receipt) == (JULIET, Direction.IN, False)


@pytest.mark.parametrize(
    "sender",
    ["mallory@evil.test/x", "mallory@evil.test", "montague.test", "", "romeo@evil.test"],
)
@pytest.mark.parametrize("direction", ["sent", "received"])
async def test_c1_a_copy_in_anybody_elses_name_is_dropped(wire, received, direction, sender):
    ours = {"sender": f"{ROMEO}/phone", "to": JULIET} if direction == "sent" else {}
    wire.receive(carbon(direction, inner(**ours), sender=sender, outer="<body>outer</body>"))

    assert received == []


@pytest.mark.parametrize("resource", ["orchard", "phone", "x"])
async def test_c2_a_copy_in_the_name_of_a_device_of_ours_is_dropped(wire, received, resource):
    wire.receive(carbon("received", inner(), sender=f"{ROMEO}/{resource}"))

    assert received == []


async def test_c3_nothing_is_shown_from_wrappers_within_wrappers(wire, received):
    deeper = carbon("received", inner(), outer="<body>middle</body>").replace(
        "<message", "<message xmlns='jabber:client'", 1
    )
    wire.receive(carbon("received", deeper))
    wire.receive(
        message(
            "<result xmlns='urn:xmpp:mam:2' queryid='q' id='a'>"
            f"<forwarded xmlns='urn:xmpp:forward:0'>{inner()}</forwarded></result>",
            sender=str(ROMEO),
        )
    )

    assert received == []


async def test_c3_one_copy_is_one_message_whatever_else_it_holds(wire, received):
    two = f"</forwarded><forwarded xmlns='urn:xmpp:forward:0'>{inner('<body>two</body>')}"
    wire.receive(carbon("received", inner("<body>one</body>") + two, outer="<body>outer</body>"))

    assert bodies(received) == ["one"]


async def test_c4_a_copy_must_be_of_something_from_us_or_to_us(wire, received):
    wire.receive(carbon("sent", inner(sender=BALCONY, to=HERE)))
    wire.receive(carbon("sent", inner(sender="", to=JULIET)))
    wire.receive(carbon("received", inner(sender=BALCONY, to="tybalt@capulet.test")))
    wire.receive(carbon("received", inner(sender="", to=HERE)))

    assert received == []


async def test_c5_a_forwarded_message_of_a_stranger_is_not_shown_as_its_inner_sender(
    wire, received
):
    wire.receive(
        message(
            f"<forwarded xmlns='urn:xmpp:forward:0'>{inner(sender='bank@evil.test')}</forwarded>"
            "<body>See this</body>",
            sender="mallory@evil.test/x",
        )
    )

    assert [(str(got.peer), got.body) for got in received] == [("mallory@evil.test", "See this")]


# --- receipts and refusals -----------------------------------------------------------------------


async def test_a_receipt_names_the_message_and_whose_device_has_it(wire, received):
    told = heard(wire.messenger.receipt)
    receipt = "<received xmlns='urn:xmpp:receipts' id='m7'/>"

    wire.receive(message(receipt))
    wire.receive(carbon("received", inner(receipt, to=f"{ROMEO}/phone")))
    wire.receive(message(receipt, kind="error"))
    wire.receive(message(receipt, kind="groupchat"))
    wire.receive(carbon("sent", inner(receipt, sender=f"{ROMEO}/phone", to=JULIET)))

    assert told == [(JULIET, "m7")] * 2
    assert received == []


async def test_a_receipt_of_ours_goes_back_to_the_device_that_asked(wire):
    odd = JID("juliet", "capulet.test", "\U0001f339")
    wire.messenger.send_receipt(odd, "m1")

    (receipt,) = wire.take_sent("message")
    assert (receipt.get("to"), receipt.get("type")) == (str(odd), "chat")
    assert receipt.find("{urn:xmpp:receipts}received").get("id") == "m1"
    assert receipt.find(f"{CLIENT}body") is None


async def test_an_error_refuses_the_message_it_names(wire, received):
    told = heard(wire.messenger.refused)
    error = "<error type='cancel'><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>{}</error>"
    gone = "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"

    wire.receive(message("<body>Hi</body>" + error.format(gone), kind="error", name="m9"))
    wire.receive(message(error.format(""), kind="error", name="m10"))

    assert told == [
        (JULIET, "m9", "service-unavailable"),
        (JULIET, "m10", "undefined-condition"),
    ]
    assert (received, wire.take_sent()) == ([], [])


async def test_an_error_in_anothers_name_does_not_hide_our_servers_acknowledgement(wire):
    acked = heard(wire.messenger.acked)
    wire.messenger.send(line())
    (stanza,) = wire.take_sent("message")

    wire.receive(message("<error/>", sender="mallory@evil.test", kind="error", name="o1"))
    wire.client.event("stanza_acked", wire.client.Message(xml=stanza))

    assert acked == ["o1"]


@pytest.mark.parametrize(
    "children",
    [
        "<request xmlns='urn:xmpp:receipts'/>",
        "<body>Hi</body><request xmlns='urn:xmpp:receipts'/>",
        "<markable xmlns='urn:xmpp:chat-markers:0'/>",
        "<x xmlns='jabber:x:data'/>",
    ],
)
async def test_r9_a_message_is_never_answered_by_itself(wire, children):
    wire.receive(message(children, sender="stranger@evil.test/x"))

    assert wire.take_sent() == []


@pytest.mark.parametrize(
    "payload",
    [
        "<ping xmlns='urn:xmpp:ping'/>",
        "<query xmlns='jabber:iq:version'/>",
        "<query xmlns='jabber:iq:last'/>",
        "<time xmlns='urn:xmpp:time'/>",
        "<vCard xmlns='vcard-temp'/>",
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        "<query xmlns='http://jabber.org/protocol/disco#items'/>",
        "<query xmlns='jabber:iq:roster'/>",
        "<query xmlns='urn:xmpp:mam:2'/>",
        "<block xmlns='urn:xmpp:blocking'><item jid='juliet@capulet.test'/></block>",
        "<unheard-of xmlns='urn:example:x'/>",
    ],
)
@pytest.mark.parametrize("sender", ["stranger@evil.test/x", BALCONY, "evil.test"])
@pytest.mark.parametrize("kind", ["get", "set"])
async def test_r9_every_request_of_others_gets_the_same_answer(wire, kind, sender, payload):
    wire.receive(f"<iq type='{kind}' id='q' from='{sender}' to='{HERE}'>{payload}</iq>")

    (answer,) = wire.take_sent()
    assert (answer.get("type"), answer.get("to"), answer.get("id")) == ("error", sender, "q")
    (error,) = answer
    assert [child.tag.rpartition("}")[2] for child in error] == ["service-unavailable"]


@pytest.mark.parametrize("sender", ["stranger@evil.test", BALCONY, PUBSUB, str(ROMEO)])
async def test_s28_events_of_other_services_mean_nothing_to_us(wire, received, sender):
    wire.receive(
        message(
            "<event xmlns='http://jabber.org/protocol/pubsub#event'>"
            "<items node='storage:bookmarks'><item id='1'><x xmlns='urn:example:x'/></item></items>"
            "</event>",
            sender=sender,
            kind="headline",
        )
    )

    assert (received, wire.take_sent()) == ([], [])


async def test_r10_a_handler_that_fails_tells_the_peer_nothing(wire, errors_logged):
    def fail(_):
        raise RuntimeError("on purpose")

    wire.messenger.received.connect(fail)
    wire.receive(message(sender="stranger@evil.test/x"))

    assert wire.take_sent() == []
    assert "on purpose" in str(errors_logged[0].exc_info)
    errors_logged.clear()


# --- outgoing ------------------------------------------------------------------------------------


def line(text="Hello", name="o1", peer=JULIET):
    return Message(peer, Direction.OUT, text, datetime.now(UTC), name, delivery=Delivery.QUEUED)


async def test_a_message_goes_out_under_one_id_and_asks_for_a_receipt(wire):
    wire.messenger.send(line("<Hello>"))

    (stanza,) = wire.take_sent("message")
    assert (stanza.get("to"), stanza.get("type"), stanza.get("id")) == (str(JULIET), "chat", "o1")
    assert stanza.findtext(f"{CLIENT}body") == "<Hello>"
    assert stanza.find("{urn:xmpp:receipts}request") is not None
    assert stanza.find("{urn:xmpp:sid:0}origin-id").get("id") == "o1"


async def test_a_message_cannot_carry_what_would_break_the_stream(wire):
    wire.messenger.send(line("a\x00b\ud800c\uffffd\r\ne\x1bf"))

    (stanza,) = wire.take_sent("message")
    assert stanza.findtext(f"{CLIENT}body") == "abcd\nef"


async def test_a_message_that_no_server_would_take_is_refused_at_once(wire):
    refused = heard(wire.messenger.refused)

    wire.messenger.send(line("x" * (MAX_BODY + 1)))

    assert refused == [(JULIET, "o1", "policy-violation")]
    assert wire.take_sent("message") == []


async def test_nothing_is_sent_while_there_is_no_session(wire):
    wire.lose()

    with pytest.raises(Offline):
        wire.messenger.send(line())
    with pytest.raises(Offline):
        wire.messenger.send_receipt(JULIET, "m1")
    assert wire.take_sent() == []


async def test_a_message_that_is_under_way_is_not_sent_a_second_time(wire):
    wire.messenger.send(line())
    wire.messenger.send(line())
    assert len(wire.take_sent("message")) == 1

    wire.lose()
    wire.start()  # a new session: nobody knows what became of it
    wire.messenger.send(line())
    assert len(wire.take_sent("message")) == 1


async def test_n3_a_resumed_stream_repeats_by_itself_so_nothing_is_sent_twice(wire):
    wire.messenger.send(line())
    wire.take_sent()
    wire.lose()
    wire.start(resumed=True)

    wire.messenger.send(line())

    assert wire.take_sent("message") == []


async def test_our_servers_acknowledgement_is_passed_on_once(wire):
    acked = heard(wire.messenger.acked)
    wire.messenger.send(line())
    stanza = wire.client.make_message(mto=str(JULIET))
    stanza["id"] = "o1"

    wire.client.event("stanza_acked", stanza)
    wire.client.event("stanza_acked", stanza)
    wire.client.event("stanza_acked", wire.client.make_presence())

    assert acked == ["o1"]


async def test_without_stream_management_the_answer_to_a_ping_acknowledges(wire):
    acked = heard(wire.messenger.acked)
    wire.messenger.send(line(name="o1"))
    wire.messenger.send(line(name="o2"))
    first, second = await wire.request(PING), await wire.request(PING)
    assert first.get("to") == "montague.test"
    assert acked == []

    wire.refuse(first, "service-unavailable")
    wire.answer(second)
    await wire.settled()

    assert acked == ["o1", "o2"]


# --- anything at all -----------------------------------------------------------------------------

NAMESPACES = (
    "jabber:client",
    "urn:xmpp:carbons:2",
    "urn:xmpp:forward:0",
    "urn:xmpp:mam:2",
    "urn:xmpp:delay",
    "urn:xmpp:receipts",
    "urn:xmpp:sid:0",
    "urn:xmpp:pars:0",
    "jabber:iq:roster",
)
NAMES = (
    "body", "error", "received", "sent", "forwarded", "message", "presence", "iq", "result",
    "delay", "request", "stanza-id", "origin-id", "preauth", "query", "item", "group", "show",
    "priority", "status",
)  # fmt: skip
ATTRIBUTES = ("from", "to", "id", "type", "by", "stamp", "token", "jid", "subscription", "queryid")
VALUES = (
    "", "x", str(ROMEO), HERE, BALCONY, str(JULIET), "a@b@c/d", "@", "/", "chat", "error", "set",
    "result", "both", "remove", "2026-02-03T04:05:06Z", "\U0001f339", "9" * 400,
)  # fmt: skip


def anything(random, depth=0):
    """Some XML of the vocabulary above, however little sense it makes."""
    name = random.choice(("message", "presence", "iq") if depth == 0 else NAMES)
    namespace = "jabber:client" if depth == 0 else random.choice(NAMESPACES)
    chosen = random.sample(ATTRIBUTES, random.randint(0, 4))
    attributes = "".join(f" {each}='{random.choice(VALUES)}'" for each in chosen)
    children = range(random.randint(0, 3)) if depth < 5 else ()
    content = "".join(anything(random, depth + 1) for _ in children) or random.choice(VALUES)
    return f"<{name} xmlns='{namespace}'{attributes}>{content}</{name}>"


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_comes_no_handler_fails_and_the_link_stays_up(wire, seed):
    random = Random(seed)
    for _ in range(1000):
        wire.receive(anything(random))
    answers = wire.take_sent()
    received = heard(wire.messenger.received)

    wire.receive(message())

    assert bodies(received) == ["Hi"]
    assert {answer.tag for answer in answers} <= {f"{CLIENT}iq"}  # nobody else hears of us
