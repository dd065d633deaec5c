"""A scripted https server on loopback: the pages of invitations, and what is wrong with them."""

import asyncio
import ssl
from contextlib import asynccontextmanager

from pars_desktop.system.lookup import PageLookup

HOST = "page.example"
GONE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
NOT_ALLOWED = b"HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\n\r\n"


def good(page=b"", *headers):
    """A page with these further headers."""
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: text/html", *(each.encode() for each in headers)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + page


def moved(to, status=302):
    return f"HTTP/1.1 {status} Found\r\nLocation: {to}\r\n\r\n".encode()


class PageServer:
    """Answers as scripted, and remembers every word it was asked."""

    def __init__(self):
        self.answers = {}  # (method, target): the answer, as bytes or as a coroutine function
        self.asked = []  # whole requests
        self.connections = 0
        self.port = 0
        self._serving = set()

    def page(self, target):
        return f"https://{HOST}:{self.port}{target}"

    def says(self, target, answer, *methods):
        for method in methods or ("HEAD", "GET"):
            self.answers[method, target] = answer

    @property
    def targets(self):
        return [request.split(" HTTP/")[0] for request in self.asked]

    @classmethod
    @asynccontextmanager
    async def serving(cls, issued):
        server = cls()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(issued.certificate, issued.key)
        listening = await asyncio.start_server(server._serve, "127.0.0.1", 0, ssl=context)
        server.port = listening.sockets[0].getsockname()[1]
        try:
            yield server
        finally:
            listening.close()
            for task in server._serving:
                task.cancel()
            await asyncio.gather(*server._serving, return_exceptions=True)

    async def _serve(self, reader, writer):
        self.connections += 1
        self._serving.add(asyncio.current_task())
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(request)
            method, target, _ = request.split(" ", 2)
            answer = self.answers.get((method, target), GONE)
            if callable(answer):
                await answer(writer)
            else:
                writer.write(answer if method == "GET" else answer.partition(b"\r\n\r\n")[0])
                writer.write(b"" if method == "GET" else b"\r\n\r\n")
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # it went away, or the test is over
        finally:
            writer.close()


def lookup_on(ca, *, resolves_to=("127.0.0.1",), **arguments):
    """A lookup that takes loopback for the open internet, and trusts the CA of the tests."""

    async def resolve(_host, _port):
        return list(resolves_to)

    arguments.setdefault("may_ask", lambda address: address == "127.0.0.1")
    return PageLookup(
        resolve=resolve, trust=lambda: ssl.create_default_context(cafile=ca), **arguments
    )
