"""A small XMPP server that does exactly what a script says, good or bad.

    async def script(peer):
        await peer.to_tls()
        await peer.to_login()
        await peer.to_session()
        peer.say("<message from='mallory@evil.test'><body>hi</body></message>")
        await peer.listen()

    async with serving(script, certificate) as server:
        ...connect to 127.0.0.1, server.port...
        assert b"secret" not in server.heard

The steps of an ordinary login are methods of `Peer`; a script replaces the one it wants to spoil.
When the script returns, the connection is closed.
"""

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError, XMLPullParser
from xml.sax.saxutils import quoteattr

from tests.xmpp.certificates import Issued

DOMAIN = "a.test"
JID = f"juliet@{DOMAIN}"
BOUND = f"{JID}/balcony"
PASSWORD = "s3cret-pa55word"

TLS = "urn:ietf:params:xml:ns:xmpp-tls"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
BIND = "urn:ietf:params:xml:ns:xmpp-bind"
SM = "urn:xmpp:sm:3"
STREAMS = "urn:ietf:params:xml:ns:xmpp-streams"

STARTTLS_OFFER = f"<starttls xmlns='{TLS}'><required/></starttls>"
BIND_OFFER = f"<bind xmlns='{BIND}'/>"
SM_OFFER = f"<sm xmlns='{SM}'/>"
PROCEED = f"<proceed xmlns='{TLS}'/>"
SUCCESS = f"<success xmlns='{SASL}'/>"

Script = Callable[["Peer"], Awaitable[None]]


def mechanisms(*names: str) -> str:
    """The offer of these logins."""
    offered = "".join(f"<mechanism>{name}</mechanism>" for name in names)
    return f"<mechanisms xmlns='{SASL}'>{offered}</mechanisms>"


def stream_error(condition: str, text: str = "") -> str:
    return f"<stream:error><{condition} xmlns='{STREAMS}'>{text}</{condition}></stream:error>"


def message(
    body: str, *, sender: str = "romeo@b.test/x", extra: str = "", **attributes: str
) -> str:
    given = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return (
        f"<message from={quoteattr(sender)} to='{BOUND}' type='chat'{given}>"
        f"<body>{body}</body>{extra}</message>"
    )


@dataclass
class Server:
    """A running script and what it has heard, over all its connections."""

    port: int = 0
    peers: list["Peer"] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)

    @property
    def heard(self) -> bytes:
        """Every byte that came, decrypted where it was encrypted."""
        return b"".join(peer.heard for peer in self.peers)

    @property
    def heard_in_clear(self) -> bytes:
        """Every byte that came outside TLS."""
        return b"".join(peer.heard_in_clear for peer in self.peers)

    @property
    def elements(self) -> list[Element]:
        """Every child of a stream that came."""
        return [element for peer in self.peers for element in peer.elements]


@asynccontextmanager
async def serving(
    script: Script,
    certificate: Issued | None = None,
    *,
    direct_tls: bool = False,
    context: ssl.SSLContext | None = None,
) -> AsyncIterator[Server]:
    """Run the script for every connection to 127.0.0.1, `server.port`."""
    if certificate is not None:
        context = context or server_context(certificate)
    server = Server()
    running: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        running.add(task)
        peer = Peer(reader, writer, context, encrypted=direct_tls)
        server.peers.append(peer)
        try:
            await script(peer)
        except (OSError, EOFError):
            pass  # they hung up, which is what most of them should do
        except asyncio.CancelledError:
            pass
        except Exception as error:  # noqa: BLE001 - shown when the test is over
            server.failures.append(error)
        finally:
            running.discard(task)
            writer.transport.abort()

    listener = await asyncio.start_server(
        accept, "127.0.0.1", 0, ssl=context if direct_tls else None
    )
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.sleep(0)
    assert not server.failures, server.failures


def server_context(certificate: Issued) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")  # weak certificates have to be shown to be refused
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context


class Peer:
    """One connection, seen from the server."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        context: ssl.SSLContext | None,
        *,
        encrypted: bool,
    ) -> None:
        self.heard = b""
        self.heard_in_clear = b""
        self.elements: list[Element] = []
        self.encrypted = encrypted
        self._reader = reader
        self._writer = writer
        self._context = context
        self._parser = XMLPullParser(("start", "end"))
        self._depth = 0
        self._came: list[Element | None] = []  # None: a stream header

    # --- bytes -----------------------------------------------------------------------------------

    def say(self, text: str | bytes) -> None:
        self._writer.write(text.encode() if isinstance(text, str) else text)

    async def pour(self, chunk: bytes, count: int) -> None:
        """Say a chunk many times, no faster than it is taken."""
        for _ in range(count):
            if self._writer.is_closing():
                raise EOFError
            self._writer.write(chunk)
            await self._writer.drain()
            await asyncio.sleep(0)  # or a full line would not be noticed

    async def _read(self) -> None:
        data = await self._reader.read(65536)
        if not data:
            raise EOFError
        self.heard += data
        if not self.encrypted:
            self.heard_in_clear += data
        try:
            self._parser.feed(data)
            self._take_events()
        except ParseError as error:
            raise EOFError("they talk no XML any more") from error

    def _take_events(self) -> None:
        for event, element in self._parser.read_events():
            if event == "start":
                if self._depth == 0:
                    self._came.append(None)
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth == 1:
                    self._came.append(element)
                    self.elements.append(element)
                if self._depth == 0:
                    raise EOFError

    async def swallow(self) -> None:
        """Take some bytes that are no XML."""
        if not await self._reader.read(65536):
            raise EOFError

    async def header(self) -> None:
        """Wait for the header of a stream; it may come as soon as this returns."""
        self._parser = XMLPullParser(("start", "end"))
        self._depth = 0
        self._came.clear()
        while not self._came:
            await self._read()
        self._came.pop(0)

    async def element(self, name: str = "") -> Element:
        """The next child of the stream, of this name."""
        while True:
            while not self._came:
                await self._read()
            element = self._came.pop(0)
            if element is not None and (not name or element.tag.rpartition("}")[2] == name):
                return element

    async def listen(self) -> None:
        """Stay until they hang up, answering requests for acknowledgements and pings."""
        came = 0
        while True:
            element = await self.element()
            name = element.tag.rpartition("}")[2]
            if name in ("message", "presence", "iq"):
                came += 1
            if name == "r":
                self.say(f"<a xmlns='{SM}' h='{came}'/>")
            if name == "iq" and element.find("{urn:xmpp:ping}ping") is not None:
                self.say(f"<iq type='result' id='{element.get('id')}' from='{DOMAIN}'/>")

    # --- the steps of an ordinary login ----------------------------------------------------------

    async def opens(self, *features: str) -> None:
        """Take their stream header, answer with ours and the features."""
        await self.header()
        self.say(self.open_tag() + self.features(*features))

    @staticmethod
    def open_tag() -> str:
        return (
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' id='s1'"
            f" xmlns:stream='http://etherx.jabber.org/streams' from='{DOMAIN}'>"
        )

    @staticmethod
    def features(*features: str) -> str:
        return f"<stream:features>{''.join(features)}</stream:features>"

    async def to_tls(self) -> None:
        await self.opens(STARTTLS_OFFER)
        await self.element("starttls")
        self.say(PROCEED)
        await self.start_tls()

    async def start_tls(self) -> None:
        await self._writer.start_tls(self._context)
        self.encrypted = True

    async def to_login(self, *names: str, password: str = PASSWORD) -> None:
        """Offer logins, SCRAM-SHA-256 if none is named, and see one through."""
        await self.opens(mechanisms(*(names or ("SCRAM-SHA-256",))))
        auth = await self.element("auth")
        if auth.get("mechanism") == "PLAIN":
            self.say(SUCCESS)
            return
        scram = ScramServer(auth, password)
        self.say(sasl("challenge", scram.challenge()))
        final = scram.final(await self.element("response"))
        self.say(sasl("success", final))

    async def to_session(self, *features: str, jid: str = BOUND) -> None:
        """Bind a resource, and enable stream management if it is among the features."""
        await self.opens(BIND_OFFER, *features)
        await self.binds(jid)
        if SM_OFFER in features:
            await self.element("enable")
            self.say(f"<enabled xmlns='{SM}' resume='true' id='session-1'/>")

    async def binds(self, jid: str = BOUND) -> None:
        request = await self.element("iq")
        self.say(
            f"<iq type='result' id='{request.get('id')}'><bind xmlns='{BIND}'>"
            f"<jid>{jid}</jid></bind></iq>"
        )

    async def to_readiness(self, *features: str) -> None:
        """The whole way from the first byte to a session."""
        if not self.encrypted:
            await self.to_tls()
        await self.to_login()
        await self.to_session(*features)


async def polite(peer: Peer) -> None:
    """A script without any malice."""
    await peer.to_readiness()
    await peer.listen()


def saying(*what: str | bytes, then: str = "after") -> Script:
    """A script that says something in a session, and then an ordinary message."""

    async def script(peer: Peer) -> None:
        await peer.to_readiness()
        for text in what:
            peer.say(text)
        if then:
            peer.say(message(then))
        await peer.listen()

    return script


def sasl(name: str, data: bytes) -> str:
    return f"<{name} xmlns='{SASL}'>{base64.b64encode(data).decode()}</{name}>"


def payload(element: Element) -> bytes:
    return base64.b64decode(element.text or "")


class ScramServer:
    """The server's half of SCRAM, as it should be."""

    iterations = 4096

    def __init__(self, auth: Element, password: str) -> None:
        self._digest = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256"}[auth.get("mechanism")]
        self._password = password.encode()
        self._bare = payload(auth).split(b",", 2)[2]
        self.nonce = self._bare.split(b"r=")[1] + b"server"
        self._first = b""

    def challenge(self) -> bytes:
        salt = base64.b64encode(b"salt of a test")
        self._first = b"r=" + self.nonce + b",s=" + salt + b",i=%d" % self.iterations
        return self._first

    def final(self, response: Element) -> bytes:
        """What proves that we know the password, if they do too."""
        without_proof, _, proof = payload(response).rpartition(b",p=")
        salted = hashlib.pbkdf2_hmac(
            self._digest, self._password, b"salt of a test", self.iterations
        )
        signed = b",".join((self._bare, self._first, without_proof))
        client_key = hmac.digest(salted, b"Client Key", self._digest)
        stored = hashlib.new(self._digest, client_key).digest()
        signature = hmac.digest(stored, signed, self._digest)
        expected = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        if base64.b64decode(proof) != expected:
            raise PermissionError("wrong password")
        server_key = hmac.digest(salted, b"Server Key", self._digest)
        return b"v=" + base64.b64encode(hmac.digest(server_key, signed, self._digest))
