"""Where a server can be reached: what the person said, else SRV records, else the domain."""

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address

from slixmpp.xmlstream import resolver

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import NoSuchServer
from pars_desktop.domain.jid import JID

_log = logging.getLogger(__name__)

_PORT = 5222
_DIRECT_TLS_PORT = 5223
_DIRECT_TLS = "xmpps-client"  # XEP-0368
_STARTTLS = "xmpp-client"  # RFC 6120 §3.2.1


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A place to connect to. The certificate is for the account's domain, never for this host."""

    host: str
    port: int
    direct_tls: bool = False


# Looks up the SRV records of a domain: (service, host, port), the best first; "." as host "".
Lookup = Callable[[str], Awaitable[list[tuple[str, str, int]]]]


async def endpoints(settings: AccountSettings, lookup: Lookup | None = None) -> list[Endpoint]:
    """The places to try, in this order. Raises NoSuchServer if the domain says it has no XMPP."""
    domain = JID("", settings.jid.domain).ascii
    if settings.host or settings.port:
        port = settings.port or _PORT
        return [Endpoint(settings.host or domain, port, port == _DIRECT_TLS_PORT)]
    if is_ip(domain):
        return [Endpoint(domain.strip("[]"), _PORT)]
    records = await (lookup or srv_records)(domain)
    if not records:
        return [Endpoint(domain, _PORT)]
    found = [
        Endpoint(host, port, service == _DIRECT_TLS) for service, host, port in records if host
    ]
    if not found:
        raise NoSuchServer  # RFC 2782: a target of "." means decidedly not available
    return found


async def srv_records(domain: str) -> list[tuple[str, str, int]]:
    """What the DNS says; nothing if it says nothing, or cannot be asked."""
    try:
        aiodns = await asyncio.to_thread(importlib.import_module, "aiodns")  # it takes 20 ms
    except ImportError:
        return []
    try:
        async with aiodns.DNSResolver(timeout=2.0, tries=2) as asked:
            return await resolver.get_SRV(domain, _PORT, [_DIRECT_TLS, _STARTTLS], resolver=asked)
    except RuntimeError as error:  # aiodns does not like every loop on Windows
        _log.warning("no SRV lookup: %s", type(error).__name__)
        return []


def is_ip(domain: str) -> bool:
    """It is an address of a machine, not a name to be looked up."""
    try:
        ip_address(domain.strip("[]"))
    except ValueError:
        return False
    return True
