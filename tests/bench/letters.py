"""Many messages for somebody whose phone is online: they end up in the server's archive.

`python -m tests.bench.letters` is given one JSON object on standard input: host, port, ca_file,
count, and `sender` and `phone`, each an address and a password. It ends when the phone has all.
"""

import asyncio
import json
import sys

import slixmpp

_AT_ONCE = 200  # that many under way at a time


async def send(script: dict) -> None:
    """Send them all."""
    loop = asyncio.get_running_loop()
    sender, phone = (_client(*script[who], script["ca_file"]) for who in ("sender", "phone"))
    arrived = asyncio.Semaphore(_AT_ONCE)
    phone.add_event_handler("message", lambda _: arrived.release())
    for client in (sender, phone):
        online = loop.create_future()
        client.add_event_handler("session_start", online.set_result)
        client.connect(script["host"], script["port"])
        await asyncio.wait_for(online, 20)
        client.send_presence()
    for number in range(script["count"]):
        await asyncio.wait_for(arrived.acquire(), 20)
        sender.send_message(mto=phone.boundjid.bare, mbody=f"Letter {number}: how are you?")
    for _ in range(_AT_ONCE):
        await asyncio.wait_for(arrived.acquire(), 20)
    for client in (sender, phone):
        await client.disconnect()


def _client(address: str, password: str, ca_file: str) -> slixmpp.ClientXMPP:
    client = slixmpp.ClientXMPP(address, password)
    client.ca_certs = ca_file
    client.enable_direct_tls = False
    return client


if __name__ == "__main__":
    asyncio.run(send(json.load(sys.stdin)))
