"""Somebody without an account: the core on a real disk, which a process can be killed over.

python -m tests.journeys.registrant FOLDER PORT CA LINK NAME KEEP MOMENT creates an account, and
kills itself `before` the server was asked to make it, or `after` it did; `never`: it goes on.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.links import Links
from pars_desktop.core.registration import Registrar
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import NoKeyring
from pars_desktop.domain.jid import JID
from pars_desktop.domain.registration import Plan
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.database import Database
from pars_desktop.store.settings import SettingsStore
from pars_desktop.system.clock import SystemClock
from pars_desktop.system.keyring import Keyring
from pars_desktop.xmpp.connection import Connection
from pars_desktop.xmpp.network import Network
from pars_desktop.xmpp.registration import Registration

PASSWORD = "a-secret-pass"


class Registrant:
    """Everything an account needs, as `app` builds it, without a window."""

    def __init__(self, folder: Path, moment: str = "never") -> None:
        self.database = Database.open(folder / "pars.db")
        self.settings = SettingsStore(folder / "settings.json")
        self.tasks = Tasks()
        self.accounts = Accounts(
            self.database,
            Keyring(folder, time_limit=3),
            SystemClock(),
            self.tasks,
            newcomer_group="New",
        )
        self.accounts.set_network(lambda settings: Network(settings, Connection()))
        self.links = Links(self.accounts, self.settings)
        self.registrar = Registrar(self.accounts, self.links, self.tasks)
        self.registrar.set_network(lambda server: _Deadly(server, moment))

    async def start(self) -> None:
        """As the program starts, once its window stands."""
        await self.accounts.start()
        self.registrar.resume()
        self.links.start()

    async def register(self, server: AccountSettings, link: str, name: str, keep: str) -> None:
        """Create an account by invitation."""
        self.links.open(link)
        new = self.registrar.begin(Plan.of_link(parse_link(link)), server)
        await new.start()
        await new.submit(name, PASSWORD, {}, KeepPassword(keep))

    async def close(self) -> None:
        """The program ends in order."""
        await self.accounts.close()
        await self.registrar.close()
        await self.tasks.close()
        self.database.close()


class _Deadly(Registration):
    def __init__(self, server: AccountSettings, moment: str) -> None:
        super().__init__(server)
        self._moment = moment

    async def create(self, *what) -> None:
        if self._moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        await super().create(*what)
        if self._moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)


async def main(folder: str, port: str, ca: str, link: str, name: str, keep: str, moment: str):
    registrant = Registrant(Path(folder), moment)
    domain = JID("", parse_link(link).jid.domain)
    server = AccountSettings(domain, host="127.0.0.1", port=int(port), ca_file=ca)
    try:
        await registrant.register(server, link, name, keep)
        print("made")
    except NoKeyring:
        print("no keyring")
    finally:
        await registrant.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
