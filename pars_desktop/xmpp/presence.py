"""Who is around: the presences of all devices of a contact, as one (RFC 6121 section 4)."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from pars_desktop.domain.contact import Availability, Presence
from pars_desktop.domain.jid import JID

_MAX_RESOURCES = 50  # of one contact; devices beyond that change nothing anybody could see
_SHOWS: dict[str, Availability] = {
    each.value: each for each in Availability if each.value in ("chat", "away", "xa", "dnd")
}
_REACHABLE = (
    Availability.XA,
    Availability.AWAY,
    Availability.DND,
    Availability.ONLINE,
    Availability.CHAT,
)


@dataclass(frozen=True, slots=True)
class _Device:
    priority: int
    availability: Availability

    @property
    def rank(self) -> tuple[int, int]:
        """The server prefers the higher priority; among equals the friendlier one is shown."""
        return self.priority, _REACHABLE.index(self.availability)


class Presences:
    """Remembers every device, and says when what should be shown of a contact has changed."""

    def __init__(self) -> None:
        self._devices: dict[JID, dict[str, _Device]] = {}

    def update(self, sender: JID, xml: Element) -> Presence | None:
        """Take in a presence of a contact; the new picture if it is another one than before."""
        devices = self._devices.setdefault(sender.bare, {})
        before = _best(sender.bare, devices)
        kind = xml.get("type")
        if kind in ("unavailable", "error"):
            if sender.is_bare:
                devices.clear()
            devices.pop(sender.resource, None)
        elif kind is None and (sender.resource in devices or len(devices) < _MAX_RESOURCES):
            devices[sender.resource] = _device(xml)
        if not devices:
            del self._devices[sender.bare]
        after = _best(sender.bare, devices)
        return after if after != before else None

    def forget(self, jid: JID) -> None:
        """This address is no contact any more."""
        self._devices.pop(jid, None)

    def clear(self) -> None:
        """A new session begins: nobody is known to be around."""
        self._devices.clear()


def _device(xml: Element) -> _Device:
    return _Device(
        _priority(xml.findtext("{jabber:client}priority") or "0"),
        _SHOWS.get((xml.findtext("{jabber:client}show") or "").strip(), Availability.ONLINE),
    )


def _priority(text: str) -> int:
    try:
        return max(-128, min(127, int(text[:8])))
    except ValueError:
        return 0


def _best(jid: JID, devices: dict[str, _Device]) -> Presence:
    best = max(devices.values(), key=lambda device: device.rank, default=None)
    return Presence(jid) if best is None else Presence(jid, best.availability)
