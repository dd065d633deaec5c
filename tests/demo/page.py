"""The landing page on a web server of our own: over https, on loopback, for as long as it takes."""

import base64
import contextlib
import hashlib
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.xmpp.certificates import Issued, make_ca

HOST = "invite.capulet.example"  # a name as public ones are; only our browser is told where it is


@dataclass(frozen=True)
class LandingPage:
    """Where it is: at `address` for a person, at `port` on loopback in truth."""

    address: str
    port: int
    key: str  # the hash of its certificate's key, by which a browser may be told to trust it


@contextlib.contextmanager
def served(folder: Path, export: Callable[[Path], None]) -> Iterator[LandingPage]:
    """Have the page exported into a folder, and hand that out."""
    export(folder / "page")
    issued = make_ca(folder / "certificates").issue(HOST)
    handler = partial(_Quiet, directory=str(folder / "page"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(issued.certificate, issued.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        try:
            yield LandingPage(f"https://{HOST}/#", server.server_address[1], _key_hash(issued))
        finally:
            server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_what: object) -> None:
        """Nobody reads it."""


def _key_hash(issued: Issued) -> str:
    certificate = x509.load_pem_x509_certificate(issued.certificate.read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()
