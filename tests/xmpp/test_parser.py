"""Bytes to stanzas, and what is refused on the way (RFC 6120 §11; battery X-1 to X-5, X-8)."""

import tracemalloc
from xml.etree.ElementTree import XMLPullParser, tostring

import pytest

from pars_desktop.xmpp.parser import Kind, StreamParser

HEADER = (
    b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0'"
    b" xmlns:stream='http://etherx.jabber.org/streams' from='a.test'>"
)
STANZAS = (
    "<message from='romeo@b.test/x' xml:lang='en'><body>Grüß &lt;b&gt; 京都 🙂</body>"
    "<x xmlns='urn:x' a='1'><y:z xmlns:y='urn:y' y:b='2'/>tail</x></message>"
    "<presence/><iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>"
).encode()
LAUGHS = b"<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;'>]>"
OUTSIDE = b"<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"


def fed(*pieces, **limits):
    parser = StreamParser(**limits)
    return [event for piece in pieces for event in parser.feed(piece)]


def kinds(*pieces, **limits):
    return [event.kind for event in fed(*pieces, **limits)]


def slixmpps(data):
    """What ElementTree's own parser, which slixmpp uses, makes of it."""
    parser = XMLPullParser(("start", "end"))
    parser.feed(data)
    depth, found = 0, []
    for event, element in parser.read_events():
        depth += 1 if event == "start" else -1
        if event == "end" and depth == 1:
            found.append(tostring(element))
    return found


def test_what_comes_out_is_what_slixmpp_would_have_got():
    ours = [event.element for event in fed(HEADER + STANZAS) if event.kind is Kind.STANZA]
    assert [tostring(element) for element in ours] == slixmpps(HEADER + STANZAS)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64])
def test_x8_however_it_is_cut(size):
    data = HEADER + STANZAS
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    whole, cut = fed(data), fed(*pieces)
    assert [event.kind for event in whole] == [event.kind for event in cut]
    assert [tostring(event.element) for event in whole] == [
        tostring(event.element) for event in cut
    ]


def test_x8_a_stanza_is_there_as_soon_as_its_last_byte_is():
    """expat 2.6, and 2.5 in Debian 12, hold back a token that came in two parts."""
    parser = StreamParser()
    parser.feed(HEADER)
    assert not parser.feed(b"<message to='x'")
    assert [event.kind for event in parser.feed(b"/>")] == [Kind.STANZA]


@pytest.mark.parametrize(
    "body",
    [
        b"<body a='1>0' b=\"it's\">x > y's</body>",
        b"<body><![CDATA[ <b> & 1 < 2, it's ]]></body>",
        b"<body><![CDATA[<]]>]]&gt;</body>",
        "<b>&#x1F642;京🙂&amp;\r\n</b>".encode(),
    ],
)
def test_x8_wherever_a_stanza_is_cut_in_two_its_last_byte_completes_it(body):
    stanza = b"<message>" + body + b"</message>"
    whole = tostring(fed(HEADER, stanza)[-1].element)
    for at in range(1, len(stanza)):
        parser = StreamParser()
        parser.feed(HEADER)
        assert not parser.feed(stanza[:at])
        (event,) = parser.feed(stanza[at:])
        assert tostring(event.element) == whole


def test_a_stream_opens_and_closes():
    assert kinds(HEADER, b"</stream:stream>") == [Kind.OPENED, Kind.CLOSED]


@pytest.mark.parametrize("evil", [LAUGHS, OUTSIDE, b"<!DOCTYPE x>", b"<!-- x -->", b"<?x y?>"])
def test_x1_x2_restricted_xml_is_refused(evil):
    (refused,) = fed(HEADER.replace(b"?>", b"?>" + evil, 1))
    assert (refused.kind, refused.condition) == (Kind.REFUSED, "restricted-xml")
    *_, refused = fed(HEADER + b"<message>" + evil)
    assert refused.kind is Kind.REFUSED


@pytest.mark.parametrize(
    "evil",
    [
        b"<a>\xff</a>",
        b"<a>&#0;</a>",
        b"<a>&x;</a>",
        b"<a b='1' b='2'/>",
        b"<x:a/>",
        b"<a></b>",
        b"\x00",
        b"<a b='\xed\xa0\x80'/>",
        b"<a b='<'/>",
        b"<a b=1/>",
    ],
)
def test_x3_what_is_not_well_formed_is_refused_and_what_came_before_it_is_not_lost(evil):
    events = fed(HEADER + b"<message/>" + evil + b"<presence/>", b"<message/>")
    assert [event.kind for event in events] == [Kind.OPENED, Kind.STANZA, Kind.REFUSED]
    assert events[-1].condition == "not-well-formed"


def test_x3_another_encoding_than_utf_8_is_not_believed():
    declared = HEADER.replace(b"version='1.0'", b"version='1.0' encoding='ISO-8859-1'", 1)
    assert kinds(declared + b"<message>\xfc</message>")[-1] is Kind.REFUSED


def test_x4_a_stanza_is_cut_at_its_limit_and_not_kept():
    parser = StreamParser(max_stanza=1_000_000)
    parser.feed(HEADER + b"<message><body>")
    tracemalloc.start()
    found = []
    for _ in range(200):
        found += parser.feed(b"x" * 10_000)
    used, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(event.kind, event.condition) for event in found] == [
        (Kind.REFUSED, "policy-violation")
    ]
    assert used < 500_000
    assert peak < 3_000_000


def test_x4_the_limit_is_for_one_stanza_not_for_all():
    one = b"<message><body>" + b"x" * 900 + b"</body></message>"
    assert kinds(HEADER + one * 5000, max_stanza=1000) == [Kind.OPENED] + [Kind.STANZA] * 5000
    assert kinds(HEADER + b"<message>" + b"x" * 1000 + b"</message>", max_stanza=1000) == [
        Kind.OPENED,
        Kind.REFUSED,
    ]


def test_x4_white_space_between_stanzas_counts_for_nothing():
    assert kinds(HEADER, *[b" " * 1000] * 100, b"<message/>", max_stanza=1000) == [
        Kind.OPENED,
        Kind.STANZA,
    ]


def test_x4_a_tag_without_end_is_refused():
    pieces = [HEADER, b"<message a='"] + [b"x" * 1000] * 300
    assert kinds(*pieces)[-1] is Kind.REFUSED
    assert kinds(*pieces, max_token=400_000) == [Kind.OPENED]


@pytest.mark.parametrize(("depth", "kind"), [(127, Kind.STANZA), (128, Kind.TOO_DEEP)])
def test_x5_how_deep_is_too_deep(depth, kind):
    data = b"<iq id='7' type='get'>" + b"<a>" * depth + b"x" + b"</a>" * depth + b"</iq>"
    events = fed(HEADER + data + b"<message/>")
    assert [event.kind for event in events] == [Kind.OPENED, kind, Kind.STANZA]
    assert events[1].element.get("id") == "7"
    if kind is Kind.TOO_DEEP:
        assert not list(events[1].element)


def test_x5_what_follows_the_deep_part_within_the_stanza_is_left_out_too():
    data = b"<iq>" + b"<a>" * 200 + b"</a>" * 200 + b"<b/><c>text</c></iq><message><d/></message>"
    _, dropped, kept = fed(HEADER + data)
    assert dropped.kind is Kind.TOO_DEEP
    assert len(list(kept.element)) == 1


def test_a_parser_that_refused_says_nothing_more():
    assert kinds(HEADER, b"<a></b>", b"<message/>") == [Kind.OPENED, Kind.REFUSED]


def test_it_is_known_whether_something_is_half_read():
    parser = StreamParser()
    parser.feed(HEADER + b"<message/>")
    assert parser.is_between_stanzas
    for half in (b"<mess", b"age>", b"</message"):
        parser.feed(half)
        assert not parser.is_between_stanzas
    parser.feed(b"> \n")
    assert parser.is_between_stanzas
