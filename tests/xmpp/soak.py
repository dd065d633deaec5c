"""The long forms of two tests of the session: cuts at random bytes (N-2), an endless stanza (X-4).

`python -m tests.xmpp.soak --seed N --count N` cuts a line N times and pours 300 MB (the test suite:
ten times, and 12 MB).
"""

import argparse
import asyncio
import random
import resource
import tempfile
from contextlib import suppress
from pathlib import Path

from pars_desktop.domain.errors import ForbiddenData, Offline
from tests.xmpp.certificates import CertificateAuthority, make_ca
from tests.xmpp.fault_proxy import faulty
from tests.xmpp.hostile import DOMAIN, Script, message, serving
from tests.xmpp.memory import Memory, acknowledged, send
from tests.xmpp.victims import Hardened, until

_BODIES = [str(number) for number in range(10)]


async def cut_anywhere(ca: CertificateAuthority, seed: int, count: int) -> int:
    """Cut a login and ten messages at `count` places; how often all ten came once, in order."""
    chance = random.Random(seed)
    _, length = await _ten_messages(ca, cut_at=None)
    places = [chance.randrange(1, length) for _ in range(count)]
    return sum([(await _ten_messages(ca, place))[0] == _BODIES for place in places])


async def _ten_messages(ca: CertificateAuthority, cut_at: int | None) -> tuple[list[str], int]:
    """Log in and send; what arrived, and how many bytes went over the last line."""
    hardened, memory = Hardened(ca.certificate), Memory()
    certificate = ca.issue(DOMAIN)
    async with serving(memory.script, certificate) as server, faulty(server.port) as line:
        if cut_at is not None:
            line.cut_after(cut_at)
        hardened.connect(line.port)
        await until(lambda: hardened.is_up, 10.0)
        acked = acknowledged(hardened)
        unsent = list(_BODIES)
        while unsent:
            with suppress(Offline):
                send(hardened, unsent[0])
                unsent.pop(0)
            await asyncio.sleep(0.002)
        await until(lambda: len(acked) == len(_BODIES), 10.0)
        length = line.relayed
        await hardened.close()
    return memory.bodies, length


def endless(megabytes: int) -> Script:
    """A script that says one stanza of this size, and then an ordinary message."""

    async def script(peer) -> None:
        await peer.to_readiness()
        peer.say("<message><body>")
        await peer.pour(b"x" * 65536, megabytes * 16)
        peer.say("</body></message>" + message("after"))
        await peer.listen()

    return script


async def _pour(ca: CertificateAuthority, megabytes: int) -> None:
    hardened = Hardened(ca.certificate)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with serving(endless(megabytes), ca.issue(DOMAIN)) as server:
        hardened.connect(server.port)
        trouble = await hardened.trouble(60.0)
        await hardened.close()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{megabytes} MB in one stanza: {trouble}, {grown // 1024} MB of memory")
    assert trouble is ForbiddenData
    assert grown < 64 * 1024


async def _main(seed: int, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ca = make_ca(Path(folder))
        print(f"cutting {count} times, seed {seed}")
        assert await cut_anywhere(ca, seed, count) == count
        await _pour(ca, 300)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.xmpp.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--count", type=int, default=100)
    given = parser.parse_args()
    asyncio.run(_main(given.seed, given.count))
