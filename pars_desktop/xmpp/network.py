"""Everything one account needs of the network, joined."""

from pars_desktop.domain.account import AccountSettings
from pars_desktop.xmpp.archive import Archive
from pars_desktop.xmpp.connection import Connection
from pars_desktop.xmpp.messages import Messenger
from pars_desktop.xmpp.roster import Roster
from pars_desktop.xmpp.session import Session


class Network:
    """Fits `core.ports.Network`."""

    def __init__(self, settings: AccountSettings, connection: Connection | None = None) -> None:
        """Of the settings only the address counts; `connection` is one with timings of its own."""
        self._connection = connection or Connection()
        session = Session(settings.jid, self._connection)
        self._roster = Roster(session)
        self._messenger = Messenger(session)
        self._archive = Archive(session)

    @property
    def connection(self) -> Connection:
        return self._connection

    @property
    def roster(self) -> Roster:
        return self._roster

    @property
    def messenger(self) -> Messenger:
        return self._messenger

    @property
    def archive(self) -> Archive:
        return self._archive
