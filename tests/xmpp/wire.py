"""Roster, messenger and archive on a stream without a socket.

What they send is collected as elements, what they get is typed in as XML.
"""

import asyncio
from xml.etree.ElementTree import Element

from slixmpp import JID as Address  # noqa: N811 - not ours
from slixmpp import ClientXMPP

from pars_desktop.base.signal import Signal
from pars_desktop.domain.errors import ConnectionLost, SignInTrouble
from pars_desktop.domain.jid import JID
from pars_desktop.xmpp.archive import Archive
from pars_desktop.xmpp.blocking import Blocking
from pars_desktop.xmpp.client import Client
from pars_desktop.xmpp.invitations import InvitationServer
from pars_desktop.xmpp.messages import Messenger
from pars_desktop.xmpp.private_node import PrivateNode
from pars_desktop.xmpp.roster import Roster
from pars_desktop.xmpp.session import Session

ROMEO = JID("romeo", "montague.test")
JULIET = JID("juliet", "capulet.test")
HERE = f"{ROMEO}/orchard"
CLIENT = "{jabber:client}"


HEADER = (
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
    "from='montague.test' id='s1' version='1.0'>"
)
PRE_APPROVAL = "{urn:xmpp:features:pre-approval}sub"


class Wire:
    """Romeo's side of a session; `start()` begins it."""

    def __init__(self, patience: float = 0.3) -> None:
        self.sent: list[Element] = []
        self.is_online = False
        self.client_ready: Signal[Client] = Signal()
        self.online: Signal[bool] = Signal()
        self.offline: Signal[SignInTrouble | None, float | None] = Signal()
        self.client = Client(str(ROMEO), "secret")
        session = Session(ROMEO, self, patience=patience)
        self.roster = Roster(session)
        self.messenger = Messenger(session)
        self.archive = Archive(session)
        self.invitations = InvitationServer(session)
        self.blocking = Blocking(session)
        self.private_node = PrivateNode(session)
        self.client_ready.emit(self.client)

    def start(self, resumed: bool = False) -> "Wire":
        """A session begins, or goes on."""
        self.client.transport = _Nowhere()
        self.client.bound_to(Address(HERE))
        self.client.open_stream()
        self.client.data_received(HEADER.encode())
        if resumed:
            self.client.resume_session()
        else:
            self.client.start_session(frozenset({PRE_APPROVAL}))
        self.client.send = lambda stanza, use_filters=True: self.sent.append(stanza.xml)
        self.is_online = True
        self.online.emit(resumed)
        return self

    async def settled(self) -> "Wire":
        """Let go out what a new session begins with, and forget it."""
        for _ in range(5):
            await asyncio.sleep(0)
        self.sent.clear()
        return self

    def lose(self) -> None:
        """The link breaks; a new attempt will be made."""
        self.is_online = False
        self.client.connection_lost(None)
        self.offline.emit(ConnectionLost(), 1.0)

    def receive(self, xml: str) -> None:
        """Something comes in. The namespace of the stream is understood."""
        self.client.data_received(xml.strip().encode())

    def take_sent(self, name: str = "") -> list[Element]:
        """What went out since the last call, of one kind of stanza if it is named."""
        taken = [xml for xml in self.sent if xml.tag == f"{CLIENT}{name}" or not name]
        self.sent = [xml for xml in self.sent if xml not in taken]
        return taken

    async def request(self, payload: str) -> Element:
        """Wait until a request with this payload ({namespace}name) goes out, and take it."""
        for _ in range(100):
            for xml in self.sent:
                if xml.tag == f"{CLIENT}iq" and xml.find(payload) is not None:
                    self.sent.remove(xml)
                    return xml
            await asyncio.sleep(0.001)
        raise AssertionError(f"no request {payload} was sent")

    def answer(self, request: Element, payload: str = "", kind: str = "result") -> None:
        """Let the server answer a request."""
        sender = f"from='{request.get('to')}'" if request.get("to") else ""
        self.receive(f"<iq id='{request.get('id')}' type='{kind}' {sender}>{payload}</iq>")

    def refuse(self, request: Element, condition: str) -> None:
        """Let the server refuse a request."""
        namespace = "urn:ietf:params:xml:ns:xmpp-stanzas"
        error = f"<error type='cancel'><{condition} xmlns='{namespace}'/></error>"
        self.answer(request, error, "error")


class _Nowhere(asyncio.Transport):
    """A link that takes everything and leads nowhere."""

    def write(self, data: bytes) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def abort(self) -> None:
        raise AssertionError("the client dropped the link")


def heard(signal: Signal) -> list:
    """Everything that the signal says from now on: its argument, or a tuple of them."""
    told: list = []
    signal.connect(lambda *what: told.append(what[0] if len(what) == 1 else what))
    return told


def heard_events(client: ClientXMPP, name: str) -> list:
    """The data of every event of this name that slixmpp triggers from now on."""
    told: list = []
    client.add_event_handler(name, told.append)
    return told
