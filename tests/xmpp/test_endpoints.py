"""Where to connect: what was typed, what the DNS says, what is left (RFC 6120 §3.2, XEP-0368)."""

import asyncio
import functools
import struct

import aiodns
import pytest

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import NoSuchServer
from pars_desktop.domain.jid import JID
from pars_desktop.xmpp.endpoints import Endpoint, endpoints, srv_records


def account(domain="a.test", **given):
    return AccountSettings(JID("juliet", domain), **given)


def records(*found):
    async def lookup(domain):
        lookup.asked = domain
        return list(found)

    return lookup


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"host": "h.test"}, Endpoint("h.test", 5222)),
        ({"host": "h.test", "port": 5222}, Endpoint("h.test", 5222)),
        ({"host": "h.test", "port": 5223}, Endpoint("h.test", 5223, direct_tls=True)),
        ({"host": "h.test", "port": 443}, Endpoint("h.test", 443)),
        ({"port": 15222}, Endpoint("a.test", 15222)),
        ({"host": "::1"}, Endpoint("::1", 5222)),
    ],
)
async def test_what_was_typed_is_taken_and_nobody_is_asked(given, expected):
    async def nobody(domain):
        raise AssertionError(domain)

    assert await endpoints(account(**given), nobody) == [expected]


async def test_records_are_tried_in_their_order():
    lookup = records(("xmpps-client", "x.a.test", 443), ("xmpp-client", "y.a.test", 5222))
    assert await endpoints(account(), lookup) == [
        Endpoint("x.a.test", 443, direct_tls=True),
        Endpoint("y.a.test", 5222),
    ]


async def test_without_records_it_is_the_domain_itself():
    assert await endpoints(account(), records()) == [Endpoint("a.test", 5222)]


async def test_a_domain_that_says_it_has_no_xmpp_is_believed():
    with pytest.raises(NoSuchServer):
        await endpoints(account(), records(("xmpp-client", "", 0)))
    both = records(("xmpps-client", "", 0), ("xmpp-client", "y.a.test", 5222))
    assert await endpoints(account(), both) == [Endpoint("y.a.test", 5222)]


async def test_the_dns_hears_a_labels():
    lookup = records()
    await endpoints(account("bücher.test"), lookup)
    assert lookup.asked == "xn--bcher-kva.test"


@pytest.mark.parametrize("domain", ["127.0.0.1", "[::1]"])
async def test_an_ip_address_is_not_looked_up(domain):
    async def nobody(domain):
        raise AssertionError(domain)

    found = await endpoints(account(domain), nobody)
    assert found == [Endpoint(domain.strip("[]"), 5222)]


# --- against a name server of our own -------------------------------------------------------------


class NameServer(asyncio.DatagramProtocol):
    """Answers questions for SRV records, and says "no such name" to the rest."""

    def __init__(self, answers):
        self.answers = answers

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        name, at = [], 12
        while data[at]:
            name.append(data[at + 1 : at + 1 + data[at]].decode())
            at += data[at] + 1
        question = data[12 : at + 5]
        found = self.answers.get(".".join(name), [])
        head = data[:2] + struct.pack(">HHHHH", 0x8180 if found else 0x8183, 1, len(found), 0, 0)
        self.transport.sendto(head + question + b"".join(map(record, found)), address)


def record(answer):
    priority, port, host = answer
    target = b"".join(bytes([len(part)]) + part.encode() for part in host.split(".") if part)
    data = struct.pack(">HHH", priority, 1, port) + target + b"\0"
    return b"\xc0\x0c" + struct.pack(">HHIH", 33, 1, 60, len(data)) + data


@pytest.fixture
async def name_server(monkeypatch):
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: NameServer({}), local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    ask_here = functools.partial(aiodns.DNSResolver, nameservers=[f"127.0.0.1:{port}"])
    monkeypatch.setattr(aiodns, "DNSResolver", ask_here)
    yield server
    transport.close()


async def test_records_of_both_services_are_found_the_best_first(name_server):
    name_server.answers = {
        "_xmpps-client._tcp.a.test": [(5, 443, "tls.a.test"), (30, 444, "last.a.test")],
        "_xmpp-client._tcp.a.test": [(10, 5222, "plain.a.test")],
    }
    assert await srv_records("a.test") == [
        ("xmpps-client", "tls.a.test", 443),
        ("xmpp-client", "plain.a.test", 5222),
        ("xmpps-client", "last.a.test", 444),
    ]


async def test_a_target_of_a_dot_means_no(name_server):
    name_server.answers = {"_xmpp-client._tcp.a.test": [(0, 0, "")]}
    with pytest.raises(NoSuchServer):
        await endpoints(account())


async def test_a_domain_without_records(name_server):
    assert await endpoints(account()) == [Endpoint("a.test", 5222)]
