"""Everything one account needs of the network, joined."""

from pars_desktop.domain.account import AccountSettings
from pars_desktop.xmpp.archive import Archive
from pars_desktop.xmpp.blocking import Blocking
from pars_desktop.xmpp.connection import Connection
from pars_desktop.xmpp.invitations import InvitationServer
from pars_desktop.xmpp.messages import Messenger
from pars_desktop.xmpp.private_node import PrivateNode
from pars_desktop.xmpp.roster import Roster
from pars_desktop.xmpp.session import Session


class Network:
    """Fits `core.ports.Network`."""

    def __init__(self, settings: AccountSettings, connection: Connection | None = None) -> None:
        """Of the settings only the address counts; `connection` is one with timings of its own."""
        self.connection = connection or Connection()
        session = Session(settings.jid, self.connection)
        self.roster = Roster(session)
        self.messenger = Messenger(session)
        self.archive = Archive(session)
        self.blocking = Blocking(session)
        self.invitations = InvitationServer(session)
        self.private_node = PrivateNode(session)
