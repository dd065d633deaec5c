"""Hosts in the addresses of pages: one spelling, and which of them a link must not lead us to."""

import re

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.jid import JID

_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_NEARBY = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa")


def split_host(authority: str) -> tuple[str, str]:
    """The host, spelled as a JID's domain is, and the port as written. Raises BadAddress."""
    found = _AUTHORITY.fullmatch(authority)
    if found is None or "%" in found[1]:
        raise BadAddress("not a host")
    return JID.parse(f"{found[1]}").domain, found[2] or ""


def is_private(host: str) -> bool:
    """Whether the host is this machine, or one that only this network can see.

    Names are judged as they stand: what they resolve to is for whoever connects.
    """
    if host.startswith("["):
        return _is_private_ipv6(host[1:-1])
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):  # then it is an IPv4 address, in one of many spellings
        return _is_private_ipv4(labels)
    return len(labels) == 1 or any(host.endswith(f".{name}") for name in _NEARBY)


def _is_private_ipv4(labels: list[str]) -> bool:
    """Decimal, octal or hexadecimal, one to four numbers, as inet_aton and browsers read it."""
    from ipaddress import IPv4Address

    try:
        numbers = [_number(label) for label in labels]
        *first, last = numbers
        value = sum(byte << 8 * (3 - place) for place, byte in enumerate(first)) + last
        address = IPv4Address(value)
        if len(numbers) > 4 or any(byte > 255 for byte in first):
            return True
    except ValueError:  # no address at all
        return True
    return not address.is_global or address.is_multicast


def _number(label: str) -> int:
    """One part of an IPv4 address (WHATWG URL, "IPv4 number parser")."""
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if label.startswith("0") and label != "0" else 10)


def _is_private_ipv6(text: str) -> bool:
    from ipaddress import IPv6Address, IPv6Network

    address = IPv6Address(text)
    if address not in IPv6Network("2000::/3") or not address.is_global:
        return True  # all that is public is in there; ::1, mapped and local ones are not
    inner = address.sixtofour
    return inner is not None and not inner.is_global
