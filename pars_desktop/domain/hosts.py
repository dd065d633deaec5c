"""Hosts in the addresses of pages: one spelling, and which of them a link must not lead us to."""

import re
from typing import TYPE_CHECKING

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.jid import JID

if TYPE_CHECKING:  # `inspect` answers quickly: most links hold no IP address
    from ipaddress import IPv4Address, IPv6Address

_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_NEARBY = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa")
_NAT64 = bytes.fromhex("0064ff9b0000000000000000")  # 64:ff9b::/96 (RFC 6052)


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


def is_public_ip(text: str) -> bool:
    """Whether an IP address, as the system writes it, is one of the open internet's.

    What a name resolves to is judged with this. An address that carries an IPv4 address is as
    good as that one, so that no translator leads into a private network.
    """
    from ipaddress import IPv4Address, IPv6Address, ip_address

    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _is_public_ipv4(address)
    if address.packed.startswith(_NAT64):
        return _is_public_ipv4(IPv4Address(address.packed[12:]))
    return _is_public_ipv6(IPv6Address(int(address)))  # without a zone: no public one has any


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
    return not _is_public_ipv4(address)


def _is_public_ipv4(address: "IPv4Address") -> bool:
    return address.is_global and not address.is_multicast


def _number(label: str) -> int:
    """One part of an IPv4 address (WHATWG URL, "IPv4 number parser")."""
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if label.startswith("0") and label != "0" else 10)


def _is_private_ipv6(text: str) -> bool:
    from ipaddress import IPv6Address

    return not _is_public_ipv6(IPv6Address(text))


def _is_public_ipv6(address: "IPv6Address") -> bool:
    """All that is public is in 2000::/3; ::1, mapped and local ones are not."""
    if address.packed[0] >> 5 != 1:
        return False
    inner = address.sixtofour  # asked first: to some versions of Python none of these is global
    return address.is_global if inner is None else _is_public_ipv4(inner)
