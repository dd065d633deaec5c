"""Pages that have to be asked which link they stand for (interop R44)."""

import asyncio
import logging
import time

import pytest

from pars_desktop.domain.errors import InvitationGone, LookupTrouble, PrivatePage
from pars_desktop.domain.hosts import is_public_ip
from pars_desktop.system.lookup import PageLookup
from tests.system.pages import HOST, NOT_ALLOWED, PageServer, good, lookup_on, moved
from tests.xmpp.certificates import make_ca

XMPP = "xmpp:romeo@montague.net?roster;preauth=1tMFqYDdKhfe2pwp"
TARGET = "/invite/65HVSJQKz"
TAG = f'<link rel="alternate" href="{XMPP}">'


@pytest.fixture(scope="module")
def ca(tmp_path_factory):
    return make_ca(tmp_path_factory.mktemp("ca"))


@pytest.fixture
async def server(ca):
    async with PageServer.serving(ca.issue(HOST)) as server:
        yield server


@pytest.fixture
def lookup(ca):
    return lookup_on(ca.certificate)


# --- where the link is -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        f"Link: <{XMPP}>",
        f'Link: <{XMPP}>; rel="alternate"',
        f"link:<{XMPP}>;rel=alternate",
        f'Link: </style.css>; rel=preload; as=style, <{XMPP}>; rel="alternate"',
        f"Link: </style.css>; rel=preload\r\nLink: < {XMPP} >",
        f"Link: <{XMPP.replace('xmpp:', 'XMPP:')}>",
    ],
)
async def test_r44_the_header_of_a_head_is_enough(server, lookup, header):
    server.says(TARGET, good(b"", header))

    assert (await lookup.link_of(server.page(TARGET))).lower() == XMPP.lower()
    assert server.targets == [f"HEAD {TARGET}"]


@pytest.mark.parametrize(
    "page",
    [
        TAG,
        f"<html><head><title>x</title><LINK href='{XMPP}' REL='Alternate nofollow'/></head>",
        TAG.replace(";", "&#59;"),
        f'<link rel=stylesheet href="/style.css"><link rel=alternate href="/feed">{TAG}',
        f"<p>{'x' * 60_000}</p>{TAG}",
    ],
)
async def test_r44_without_a_header_the_page_itself_is_read(server, lookup, page):
    server.says(TARGET, good(page.encode()))

    assert await lookup.link_of(server.page(TARGET)) == XMPP
    assert server.targets == [f"HEAD {TARGET}", f"GET {TARGET}"]


async def test_r44_a_server_that_knows_no_head_is_asked_for_the_page(server, lookup):
    server.says(TARGET, NOT_ALLOWED, "HEAD")
    server.says(TARGET, good(b"", f"Link: <{XMPP}>"), "GET")

    assert await lookup.link_of(server.page(TARGET)) == XMPP


@pytest.mark.parametrize("size", [7, 5000])
async def test_a_page_may_come_in_pieces(server, lookup, size):
    page = f"<p>{'x' * 9000}</p>{TAG}".encode()
    pieces = [page[at : at + size] for at in range(0, len(page), size)]
    body = b"".join(b"%x;a=b\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    server.says(TARGET, good(body, "Transfer-Encoding: chunked"))

    assert await lookup.link_of(server.page(TARGET)) == XMPP


async def test_path_and_query_are_asked_for_as_written_and_the_fragment_is_not(server, lookup):
    server.says("/a%20b/%C3%BC?65HVSJQKz", good(b"", f"Link: <{XMPP}>"))

    assert await lookup.link_of(server.page("/a b/%C3%BC?65HVSJQKz#part")) == XMPP


async def test_nothing_we_say_tells_who_we_are(server, lookup):
    server.says(TARGET, good(b"", f"Link: <{XMPP}>", "Set-Cookie: id=1"))
    await lookup.link_of(server.page(TARGET))
    await lookup.link_of(server.page(TARGET))

    assert server.asked[0] == server.asked[1]  # nothing was kept in between
    assert [line.partition(":")[0] for line in server.asked[0].split("\r\n")[1:] if line] == [
        "Host",
        "User-Agent",
        "Accept",
        "Accept-Encoding",
        "Connection",
    ]


# --- no invitation -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        good(b"<h1>Welcome</h1>"),
        good(b'<link rel="stylesheet" href="xmpp:romeo@montague.net?roster">'),
        good(b'<link rel="alternate" href="https://elsewhere.example/">'),
        good(b'<a href="xmpp:romeo@montague.net?roster">'),
        good(b"", "Link: <https://elsewhere.example/>; rel=alternate"),
        good(f"<p>{'x' * 65_536}</p>{TAG}".encode()),  # further than anybody reads
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        b"HTTP/1.1 410 Gone\r\n\r\n",
    ],
)
async def test_r44_a_page_without_link_is_an_invitation_that_ended(server, lookup, answer):
    server.says(TARGET, answer)

    with pytest.raises(InvitationGone):
        await lookup.link_of(server.page(TARGET))


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oops\r\n\r\n",
        b"HTTP/1.1 403 Forbidden\r\n\r\n",
        b"HTTP/1.1 302 Found\r\n\r\n",  # to nowhere
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
        good(b"zz\r\nx", "Transfer-Encoding: chunked"),
        good(b"-5\r\nx", "Transfer-Encoding: chunked").replace(b"200", b"500"),
    ],
)
async def test_an_answer_that_is_none_is_trouble(server, lookup, answer):
    server.says(TARGET, answer)

    with pytest.raises(LookupTrouble) as raised:
        await lookup.link_of(server.page(TARGET))
    assert type(raised.value) is LookupTrouble


@pytest.mark.parametrize(
    "page", ["<link" * 13_000, "<link " + "a" * 65_000, "<link a='" * 7_000, "<!--" * 16_000]
)
async def test_a_page_made_to_be_slow_to_read_is_not(server, lookup, page):
    server.says(TARGET, good(page.encode()))
    began = time.process_time()

    with pytest.raises(InvitationGone):
        await lookup.link_of(server.page(TARGET))
    assert time.process_time() - began < 1


# --- how far we go -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_r44_three_redirects_are_followed(server, lookup, status):
    for step in range(3):
        server.says("/0" if step == 0 else f"/{step}", moved(f"/{step + 1}", status))
    server.says("/3", good(b"", f"Link: <{XMPP}>"))

    assert await lookup.link_of(server.page("/0")) == XMPP
    assert len(server.asked) == 4


async def test_r44_a_fourth_redirect_is_not(server, lookup):
    for step in range(5):
        server.says(f"/{step}", moved(f"/{step + 1}"))

    with pytest.raises(LookupTrouble):
        await lookup.link_of(server.page("/0"))
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "to",
    [
        "http://page.example/",
        "ftp://page.example/",
        "file:///etc/passwd",
        "xmpp:mallory@evil.example?roster",
        "https://user@page.example/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://printer.local/",
        "https://page.example:99999/",
        "https://page.example:0/",
        "//10.0.0.1/",
    ],
)
async def test_r44_no_redirect_leads_away_from_https_or_into_a_private_network(server, lookup, to):
    server.says(TARGET, moved(to))

    with pytest.raises(PrivatePage):
        await lookup.link_of(server.page(TARGET))
    assert len(server.asked) == 1


async def test_r44_the_time_is_limited_as_a_whole(server, ca):
    async def drips(writer):
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(1000):
            writer.write(b"X-%d: x\r\n" % number)
            await writer.drain()
            await asyncio.sleep(0.01)

    server.says(TARGET, drips)
    began = time.monotonic()

    with pytest.raises(LookupTrouble):
        await lookup_on(ca.certificate, limit=0.2).link_of(server.page(TARGET))
    assert time.monotonic() - began < 2


async def test_a_page_without_end_is_read_as_far_as_it_goes(server, lookup):
    async def endless(writer):
        writer.write(good(TAG.encode()))
        while not writer.is_closing():
            writer.write(b"x" * 10_000)
            await writer.drain()

    server.says(TARGET, NOT_ALLOWED, "HEAD")
    server.says(TARGET, endless, "GET")

    assert await lookup.link_of(server.page(TARGET)) == XMPP


# --- whom we believe, and whom we ask ----------------------------------------------------------


async def test_a_certificate_for_another_host_is_not_believed(ca):
    async with PageServer.serving(ca.issue("other.example")) as server:
        with pytest.raises(LookupTrouble):
            await lookup_on(ca.certificate).link_of(server.page(TARGET))
        assert server.asked == []


async def test_a_certificate_of_nobody_the_system_trusts_is_not_believed(server):
    async def resolve(_host, _port):
        return ["127.0.0.1"]

    with pytest.raises(LookupTrouble):
        await PageLookup(resolve=resolve, may_ask=lambda _: True).link_of(server.page(TARGET))
    assert server.asked == []


async def test_a_private_address_among_public_ones_ends_it(server, ca):
    lookup = lookup_on(ca.certificate, resolves_to=("127.0.0.1", "10.0.0.1"))

    with pytest.raises(PrivatePage):
        await lookup.link_of(server.page(TARGET))
    assert server.connections == 0


async def test_every_hop_is_checked(server, ca):
    """A public page that leads to a name in a private network."""
    server.says(TARGET, moved("https://inside.example/"))

    async def resolve(host, _port):
        return ["127.0.0.1" if host == HOST else "192.168.0.1"]

    lookup = lookup_on(ca.certificate)
    lookup._resolve = resolve

    with pytest.raises(PrivatePage):
        await lookup.link_of(server.page(TARGET))


async def test_the_address_that_was_checked_is_the_one_that_is_asked(server, ca):
    """The DNS says something else a moment later: nobody asks it again (DNS rebinding)."""
    server.says(TARGET, good(b"", f"Link: <{XMPP}>"))
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    checked = []

    async def resolve(_host, _port):
        return answers.pop(0)

    lookup = lookup_on(ca.certificate, may_ask=lambda address: checked.append(address) or True)
    lookup._resolve = resolve

    assert await lookup.link_of(server.page(TARGET)) == XMPP
    assert checked == ["127.0.0.1"]
    assert len(answers) == 1


async def test_of_several_addresses_the_next_is_tried(server, ca):
    server.says(TARGET, good(b"", f"Link: <{XMPP}>"))
    lookup = lookup_on(
        ca.certificate, resolves_to=("127.0.0.9", "127.0.0.1"), may_ask=lambda _: True
    )

    assert await lookup.link_of(server.page(TARGET)) == XMPP


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",  # the metadata of cloud machines
        "100.64.0.1",  # carrier-grade NAT
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:93.184.215.14",
        "::127.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "ff02::1",
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
        "64:ff9b::a00:1",  # and of 10.0.0.1
        "64:ff9b:1::1",
        "2002:7f00:1::1",  # 6to4 of 127.0.0.1
        "2002:c0a8:101::1",
        "2001::1",  # Teredo
        "2001:db8::1",
        "100::1",
        "",
        "page.example",
    ],
)
async def test_r44_what_is_not_the_open_internet_is_never_asked(address):
    async def resolve(_host, _port):
        return [address]

    assert not is_public_ip(address)
    with pytest.raises(PrivatePage):
        await PageLookup(resolve=resolve).link_of("https://page.example/invite/65HVSJQKz")


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "8.8.8.8", "2a00:1450:4001:82b::200e", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_the_open_internet_may_be_asked(address):
    assert is_public_ip(address)


async def test_a_host_without_any_address_is_trouble():
    async def resolve(_host, _port):
        raise OSError

    with pytest.raises(LookupTrouble):
        await PageLookup(resolve=resolve).link_of("https://page.example/invite/65HVSJQKz")


async def test_the_systems_own_resolver_is_asked_and_its_answer_is_judged():
    with pytest.raises(PrivatePage):
        await PageLookup()._connect(_loopback_by_name())


def _loopback_by_name():
    from pars_desktop.system.lookup import _Place

    return _Place("localhost", 443, "/")


async def test_p17_the_token_of_a_page_is_in_no_log_and_in_no_trouble(server, lookup, caplog):
    caplog.set_level(logging.DEBUG)
    server.says(TARGET, b"HTTP/1.1 500 Oops\r\n\r\n")

    with pytest.raises(LookupTrouble) as raised:
        await lookup.link_of(server.page(TARGET))

    said = f"{caplog.text}{raised.value!r}{raised.value.__cause__!r}"
    assert "65HVSJQKz" not in said
