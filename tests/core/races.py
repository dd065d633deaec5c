"""Devices of one account race for the uses of an invitation; some die, some lose their line.

Everything that happens is chosen by a seed. The oracle: no use is given twice, nobody is approved
by two devices, and nobody is lost: whoever is not let in waits for the person's answer.
"""

import random
from dataclasses import dataclass, replace

from tests.core.devices import WAITS, Device, Server, guest
from tests.fakes import settle


@dataclass(frozen=True)
class Race:
    """What is to happen."""

    seed: int
    deaths: int = 0  # at most
    cuts: int = 0


async def run(race: Race) -> Server:
    """Let it happen, and judge it."""
    chance = random.Random(race.seed)
    server = Server(waits=replace(WAITS, look_after=0.0, pause=0.01))
    try:
        await _run(race, chance, server)
    finally:
        await server.close()
    return server


async def _run(race: Race, chance: random.Random, server: Server) -> None:
    uses, guests = chance.randint(1, 3), chance.randint(1, 4)
    devices = [await server.device() for _ in range(3)]
    _, token = await devices[0].invite(uses=uses)
    for device in devices:
        device.chance = chance
    fate = _Fate(race, chance, devices)
    for number in range(guests):
        server.they_ask(guest(number), token, chance)
        if chance.random() < 0.3:
            server.they_ask(guest(number), token, chance)  # delivered again
        await settle(chance.choice((0, 0, 3, 30, 300)))
        if chance.random() < 0.3:
            await fate.mend()
    await server.quiet()
    fate.is_over = True
    for _ in range(3):
        for device in devices:
            await device.restart()
        await server.quiet()
    _judge(server, uses, guests, deaths=sum(device.deaths for device in devices) + fate.cuts)


def _judge(server: Server, uses: int, guests: int, *, deaths: int) -> None:
    everybody = {guest(number) for number in range(guests)}
    let_in = server.let_in
    assert len(let_in) == len(set(let_in)), "approved by two devices"
    assert len(let_in) <= uses, "a use was given twice"
    assert set(let_in) == {jid for jid, contact in server.items.items() if contact.sees_us}
    waiting = {jid for device in server.devices for jid in device.asked()}
    assert everybody <= waiting | set(let_in), "somebody was lost"
    if deaths <= 1:
        assert len(let_in) == min(uses, guests), "a use was lost"


class _Fate:
    """Strikes devices at any step with the server."""

    def __init__(self, race: Race, chance: random.Random, devices: list[Device]) -> None:
        self._chance = chance
        self._devices = devices
        self._deaths_left, self._cuts_left = race.deaths, race.cuts
        self.cuts = 0
        self.is_over = False
        for device in devices:
            device.dies_at = lambda step, note, device=device: self._strikes(device)

    async def mend(self) -> None:
        """Whoever is down comes back."""
        for device in self._devices:
            if not device.network.connection.is_online:
                await device.restart()
                device.dies_at = lambda step, note, device=device: self._strikes(device)

    def _strikes(self, device: Device) -> bool:
        if self.is_over or self._chance.random() > 0.1:
            return False
        if self._cuts_left and self._chance.random() < 0.5:
            self._cuts_left -= 1
            self.cuts += 1
            device.network.connection.drop()  # what was under way is never answered
            return False
        if self._deaths_left:
            self._deaths_left -= 1
            return True
        return False
