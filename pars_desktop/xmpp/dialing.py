"""Making the link: every place where the server can be reached, until one answers."""

import asyncio
import logging

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import (
    ConnectionLost,
    NoNetwork,
    NoSuchHost,
    NoSuchServer,
    SignInTrouble,
)
from pars_desktop.xmpp.client import Client
from pars_desktop.xmpp.endpoints import Lookup, endpoints
from pars_desktop.xmpp.errors import failed_attempt

_log = logging.getLogger(__name__)


async def dial(
    client: Client, settings: AccountSettings, lookup: Lookup | None, attempt: float
) -> None:
    """Connect the client to its server, with `attempt` seconds for each place.

    Raises the SignInTrouble that says most about why no place could be reached.
    """
    told: SignInTrouble = NoNetwork()
    for place in await endpoints(settings, lookup):
        try:
            async with asyncio.timeout(attempt):
                await client.dial(place.host, place.port, direct_tls=place.direct_tls)
        except OSError as error:
            if isinstance(told, NoNetwork):
                told = failed_attempt(error)
        except UnicodeError:  # no name that the DNS could hold
            told = NoSuchServer()
        except Exception as error:  # noqa: BLE001 - asyncio's happy eyeballs raise IndexError, for one
            _log.error("an attempt failed: %s", type(error).__name__)
            if isinstance(told, NoNetwork):
                told = ConnectionLost()
        else:
            return
    if isinstance(told, NoSuchServer) and settings.best_mechanism:
        # We were there before: rather our network is gone than their server.
        raise NoNetwork
    if isinstance(told, NoSuchServer) and settings.host:
        raise NoSuchHost  # what is wrong is not the address
    raise told
