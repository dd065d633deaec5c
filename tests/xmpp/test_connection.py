"""Connecting and closing: the line as the core sees it."""

import asyncio
import logging
import socket
import time
from dataclasses import replace

import pytest

from pars_desktop.domain.errors import (
    ConnectionLost,
    NoNetwork,
    NoSuchHost,
    NoSuchServer,
    ServerSilent,
)
from pars_desktop.xmpp.connection import Connection
from tests.xmpp.hostile import PASSWORD, polite, server_context, serving
from tests.xmpp.victims import Hardened, closed_port, patient, until

# --- coming and going -----------------------------------------------------------------------------


async def test_a_session_begins_and_ends_cleanly(hardened, certificate):
    async with serving(polite, certificate) as server:
        hardened.connect(server.port)
        assert await until(lambda: hardened.resumed == [False])
        assert hardened.is_up
        await hardened.connection.close()
        assert not hardened.is_up
        assert b"</stream:stream>" in server.heard
    assert hardened.troubles == [None]
    assert hardened.pauses == [None]


async def test_every_new_client_is_announced_before_it_connects(hardened, certificate):
    seen = []
    hardened.connection.client_ready.connect(lambda client: seen.append(client.transport))
    hardened.connection.client_ready.connect(
        lambda client: client.add_event_handler("session_start", lambda _: seen.append("handler"))
    )
    hardened.connection.online.connect(lambda _: seen.append("online"))
    async with serving(polite, certificate) as server:
        hardened.connect(server.port)
        assert await until(lambda: len(seen) == 3)
    assert seen == [None, "handler", "online"]


async def test_direct_tls_works_and_says_what_it_is_for(hardened, certificate):
    chosen = []

    async def script(peer):
        tls = peer._writer.get_extra_info("ssl_object")
        chosen.append(tls.selected_alpn_protocol())
        await peer.to_readiness()
        await peer.listen()

    context = server_context(certificate)
    context.set_alpn_protocols(["xmpp-client"])
    async with serving(script, direct_tls=True, context=context) as server:
        hardened.connect(server.port, direct_tls=True)
        assert await hardened.has_session()
    assert chosen == ["xmpp-client"]


@pytest.mark.parametrize("where", ["connecting", "logging in", "in a session", "waiting"])
async def test_n9_closing_is_quick_at_any_moment(hardened, certificate, where):
    async def script(peer):
        if where != "in a session":
            await peer.to_tls()
            await peer.swallow()
            await peer.swallow()
        await peer.to_readiness()
        await asyncio.sleep(60)  # and never closes its side

    async with serving(script, certificate) as server:
        hardened.connect(closed_port() if where == "waiting" else server.port)
        if where == "logging in":
            assert await until(lambda: server.peers and server.peers[0].encrypted)
        if where == "in a session":
            assert await hardened.has_session()
        if where == "waiting":
            assert await hardened.trouble() is NoNetwork
        began = time.monotonic()
        await hardened.connection.close()
        assert time.monotonic() - began < 1.0
        attempts = hardened.attempts
        await asyncio.sleep(0.2)
        assert hardened.attempts == attempts
    assert not hardened.is_up


async def test_what_is_queued_when_we_leave_still_goes_out(hardened, certificate):
    async with serving(polite, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.has_session()
        for number in range(3):
            hardened.client.send_message(mto="romeo@b.test", mbody=f"last {number}")
        await hardened.client.close()
        assert b"last 2" in server.heard
        assert server.heard.endswith(b"</stream:stream>")


async def test_closing_what_was_never_started_says_nothing():
    connection = Connection()
    told = []
    connection.offline.connect(lambda *what: told.append(what))
    await connection.close()
    assert not told
    assert not connection.is_online


# --- the same client, or a new one ----------------------------------------------------------------


async def test_the_same_account_keeps_its_client_and_another_password_gets_a_new_one(
    hardened, certificate
):
    async with serving(polite, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.has_session()
        first = hardened.client
        settings = hardened.connection._settings
        hardened.connection.start(settings, PASSWORD)
        assert hardened.client is first
        assert hardened.is_up
        hardened.connection.start(settings, "another")
        assert await until(lambda: hardened.connection.client not in (None, first))
        assert first.transport is None
        assert first.pinned == hardened.client.pinned


# --- when it does not work ------------------------------------------------------------------------


async def test_nobody_listens(hardened):
    hardened.connect(closed_port())
    assert await hardened.trouble() is NoNetwork
    assert hardened.pauses[0] is not None


async def test_a_name_nobody_has(hardened, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    hardened.connect(5222, host="nowhere.test")
    assert await hardened.trouble() is NoSuchHost
    assert hardened.pauses == [None]


async def test_a_domain_nobody_has(hardened, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    async def no_records(_domain):
        return []

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    hardened.connection._lookup = no_records
    hardened.connect(0, host="")
    assert await hardened.trouble() is NoSuchServer
    assert hardened.pauses == [None]


async def test_a_name_that_was_there_before_means_no_network(hardened, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    hardened.connect(5222, host="nowhere.test", best_mechanism="SCRAM-SHA-1")
    assert await hardened.trouble() is NoNetwork
    assert hardened.pauses[0] is not None


async def test_a_host_that_could_never_be_a_name(hardened):
    hardened.connect(5222, host="x" * 70 + ".test")
    assert await hardened.trouble() is NoSuchHost


async def test_n5_an_address_that_does_not_answer_is_left_for_the_next(hardened, certificate):
    """No control: slixmpp has no time limit per address."""

    async def stuck(peer):
        await asyncio.sleep(60)

    hardened.connection._timing = patient(attempt=0.2)
    async with serving(stuck) as mute, serving(polite, certificate) as server:
        hardened.records = [
            ("xmpps-client", "127.0.0.1", mute.port),  # TLS that never begins
            ("xmpp-client", "127.0.0.1", closed_port()),
            ("xmpp-client", "127.0.0.1", server.port),
        ]
        hardened.connection.start(hardened.settings, PASSWORD)
        assert await hardened.has_session()
        assert not hardened.troubles


async def test_n5_a_captive_portal_is_no_server(hardened):
    """No control: slixmpp drops the link as well, without a reason."""

    async def script(peer):
        await peer.swallow()
        peer.say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await peer.listen()

    async with serving(script) as server:
        hardened.connect(server.port)
        await hardened.trouble()
    assert hardened.pauses[0] is not None


async def test_a_server_that_is_mute_is_told_and_tried_again(ca):
    async def script(peer):
        await asyncio.sleep(60)

    hardened = Hardened(ca.certificate, deadline=0.2)
    async with serving(script) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is ServerSilent
        assert await until(lambda: hardened.attempts > 1)
        await hardened.close()


async def test_an_error_nobody_foresaw_is_a_trouble_and_tried_again(
    hardened, certificate, monkeypatch, errors_logged
):
    """asyncio raises IndexError where every socket failed with something that is no OSError."""
    loop = asyncio.get_running_loop()

    async def broken(*_, **__):
        raise IndexError("list index out of range")

    async with serving(polite, certificate) as server:
        with monkeypatch.context() as patched:
            patched.setattr(loop, "create_connection", broken)
            hardened.connect(server.port)
            assert await until(lambda: len(hardened.troubles) >= 2)
        assert await hardened.has_session()
    assert {type(trouble) for trouble in hardened.troubles} == {ConnectionLost}
    assert 0 < hardened.pauses[0] < hardened.pauses[1]
    assert {record.getMessage() for record in errors_logged} == {"an attempt failed: IndexError"}
    errors_logged.clear()


async def test_an_error_with_one_place_leaves_the_next_to_be_tried(
    hardened, certificate, monkeypatch, errors_logged
):
    loop = asyncio.get_running_loop()
    connect = loop.create_connection

    async def broken_at_first(factory, host, port, **how):
        if port == 1:
            raise IndexError("list index out of range")
        return await connect(factory, host, port, **how)

    monkeypatch.setattr(loop, "create_connection", broken_at_first)
    async with serving(polite, certificate) as server:
        hardened.records = [
            ("xmpp-client", "127.0.0.1", 1),
            ("xmpp-client", "127.0.0.1", server.port),
        ]
        hardened.connect(0, host="")
        assert await hardened.has_session()
    assert hardened.attempts == 1
    assert [record.getMessage() for record in errors_logged] == ["an attempt failed: IndexError"]
    errors_logged.clear()


async def test_an_error_while_the_old_client_is_closed_does_not_keep_the_new_one_away(
    hardened, certificate, monkeypatch, errors_logged
):
    async def broken(*_):
        raise KeyError(PASSWORD)

    async with serving(polite, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.has_session()
        old = hardened.client
        with monkeypatch.context() as patched:
            patched.setattr(old, "close", broken)
            settings = replace(hardened.settings, host="localhost", port=server.port)
            hardened.connection.start(settings, PASSWORD)
            assert await until(lambda: hardened.sessions == 2)
        assert hardened.client is not old
        await old.close()
    assert [record.getMessage() for record in errors_logged] == ["closing failed: KeyError"]
    assert not any(PASSWORD in logging.Formatter().format(record) for record in errors_logged)
    errors_logged.clear()


async def test_an_error_in_the_keepalive_makes_a_new_link(ca, certificate, errors_logged):
    hardened = Hardened(ca.certificate, timing=patient(ping_after=0.1))

    def broken():
        raise KeyError(PASSWORD)

    async with serving(polite, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.has_session()
        hardened.client.new_ping = broken
        assert await until(lambda: hardened.sessions == 2)
        await hardened.close()
    assert {record.getMessage() for record in errors_logged} == {"keeping alive failed: KeyError"}
    assert not any(PASSWORD in logging.Formatter().format(record) for record in errors_logged)
    errors_logged.clear()


async def test_n9_closing_works_after_an_error_nobody_foresaw(hardened, monkeypatch, errors_logged):
    async def broken(*_, **__):
        raise IndexError("list index out of range")

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", broken)
    hardened.connect(closed_port())
    assert await hardened.trouble() is ConnectionLost
    await hardened.connection.close()
    assert hardened.troubles[-1] is None
    attempts = hardened.attempts
    await asyncio.sleep(0.2)
    assert hardened.attempts == attempts
    errors_logged.clear()
