"""Asks the page of an invitation which `xmpp:` link it stands for (XEP-0401 §4.3, interop R44).

The page's address came from a stranger. So only public hosts are asked, at every hop; the address
that was checked is the one we connect to, whatever the DNS says a moment later; nothing is kept
between two questions, and nothing we say tells who we are.
"""

import re
import ssl
from asyncio import IncompleteReadError, LimitOverrunError, StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from pars_desktop.domain.errors import BadAddress, InvitationGone, LookupTrouble, PrivatePage
from pars_desktop.domain.hosts import is_private, is_public_ip, split_host
from pars_desktop.domain.jid import JID

LIMIT = 10.0  # seconds for everything
_HTTPS = 443
_HOPS = 3  # redirects
_LONGEST_HEAD = 16 * 1024
_LONGEST_PAGE = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GOOD = 200
_NO_INVITATION = frozenset({_GOOD, 404, 410})
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: |\r)")
_LINK = re.compile(r"<\s*(xmpp:[^<>\s]*)\s*>", re.IGNORECASE)  # RFC 8288, with or without rel
_LINK_TAG = re.compile(r"<link\b[^<>]*>", re.IGNORECASE)
_SAFE_IN_URL = "!#$%&'()*+,/:;=?@[]~"  # a "%" stays: the address came encoded

# Looks up a host: every IP address it has. Raises OSError.
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class PageLookup:
    """Fits `core.ports.Pages`. What the arguments are for, tests know best."""

    def __init__(
        self,
        *,
        limit: float = LIMIT,
        resolve: Resolver | None = None,
        may_ask: Callable[[str], bool] = is_public_ip,
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._limit = limit
        self._resolve = resolve or _addresses
        self._may_ask = may_ask
        self._trust = trust

    async def link_of(self, page: str) -> str:
        """The xmpp: link of a page, in one HEAD and perhaps one GET. Raises LookupTrouble."""
        import asyncio

        try:
            async with asyncio.timeout(self._limit):
                return await self._find(page)
        except (OSError, IncompleteReadError, LimitOverrunError, ValueError) as error:
            raise LookupTrouble from error

    async def _find(self, page: str) -> str:
        method, hops = "HEAD", 0
        while True:
            answer = await self._ask(method, page)
            if answer.status in _REDIRECTS and (location := answer.header("location")):
                page, hops = urljoin(page, location), hops + 1
                if hops > _HOPS:
                    raise LookupTrouble
            elif answer.status == _GOOD and (link := answer.link()):
                return link
            elif method == "HEAD":  # some say more, or anything at all, only to a GET
                method = "GET"
            else:
                raise InvitationGone if answer.status in _NO_INVITATION else LookupTrouble

    async def _ask(self, method: str, page: str) -> "_Answer":
        place = _Place.of(page)
        reader, writer = await self._connect(place)
        try:
            writer.write(place.request(method))
            await writer.drain()
            return await _answer(reader, with_page=method == "GET")
        finally:
            writer.transport.abort()  # no goodbye, which a server could make us wait for

    async def _connect(self, place: "_Place") -> tuple[StreamReader, StreamWriter]:
        """To an address that was checked, with a certificate for the host that was asked for."""
        import asyncio

        addresses = await self._resolve(place.host, place.port)
        if not addresses or not all(map(self._may_ask, addresses)):
            raise PrivatePage
        context = self._trust()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        trouble: OSError | None = None
        for address in addresses:
            try:
                return await asyncio.open_connection(
                    address,
                    place.port,
                    ssl=context,
                    server_hostname=place.host,
                    limit=_LONGEST_HEAD,
                )
            except OSError as error:
                trouble = error
        raise LookupTrouble from trouble


@dataclass(frozen=True, slots=True)
class _Place:
    """A page that may be asked, as far as its address tells."""

    host: str
    port: int
    target: str

    @classmethod
    def of(cls, page: str) -> "_Place":
        """Raises PrivatePage for what is no https page of a public host."""
        url = urlsplit(page)
        if url.scheme != "https" or "@" in url.netloc:
            raise PrivatePage
        try:
            host, port = split_host(url.netloc)
        except BadAddress:
            raise PrivatePage from None
        number = int(port or _HTTPS)
        if is_private(host) or not 0 < number < 65536:
            raise PrivatePage
        return cls(JID("", host).ascii.strip("[]"), number, _target(url))

    def request(self, method: str) -> bytes:
        """HTTP/1.1, with no word more than it takes."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        lines = (
            f"{method} {self.target} HTTP/1.1",
            f"Host: {host if self.port == _HTTPS else f'{host}:{self.port}'}",
            "User-Agent: Pars",
            "Accept: text/html",
            "Accept-Encoding: identity",
            "Connection: close",
        )
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _target(url: SplitResult) -> str:
    """Path and query in the letters that a request may hold; the fragment is nobody's business."""
    path = quote(url.path or "/", safe=_SAFE_IN_URL)
    return f"{path}?{quote(url.query, safe=_SAFE_IN_URL)}" if url.query else path


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    page: str

    def header(self, name: str) -> str:
        """The first of a name, or nothing."""
        return next((value for key, value in self.headers if key == name), "")

    def link(self) -> str:
        """What the header or the page itself links to."""
        links = " ".join(value for key, value in self.headers if key == "link")
        found = _LINK.search(links)
        return found[1] if found else _alternate(self.page)


async def _answer(reader: StreamReader, *, with_page: bool) -> _Answer:
    """Read a whole answer, or as much of its page as is ever looked at."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = _STATUS.match(head)
    if status is None:
        raise LookupTrouble
    fields = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n")[1:])
    headers = tuple((key.strip().lower(), value.strip()) for key, _, value in fields)
    answer = _Answer(int(status[1]), headers, "")
    if not with_page:
        return answer
    if answer.header("transfer-encoding").lower() == "chunked":
        page = await _chunks(reader)
    else:
        page = await _up_to(reader, _LONGEST_PAGE)
    return _Answer(answer.status, headers, page.decode("utf-8", "replace"))


async def _chunks(reader: StreamReader) -> bytes:
    """A page that comes in pieces (RFC 9112 §7.1)."""
    page = b""
    while len(page) < _LONGEST_PAGE:
        size = int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16)
        if size <= 0:
            break
        page += await _up_to(reader, min(size, _LONGEST_PAGE - len(page)))
        if len(page) < _LONGEST_PAGE:
            await reader.readexactly(2)
    return page


async def _up_to(reader: StreamReader, size: int) -> bytes:
    """So many bytes, or fewer if there are no more."""
    read = b""
    while len(read) < size and (more := await reader.read(size - len(read))):
        read += more
    return read


def _alternate(page: str) -> str:
    """The target of `<link rel="alternate" href="xmpp:…">`; empty if there is none.

    Tag by tag: Python's parser takes seconds over a page that is made to be slow.
    """
    from html.parser import HTMLParser

    found: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, _tag: str, attributes: list[tuple[str, str | None]]) -> None:
            said = {key: value or "" for key, value in reversed(attributes)}
            href = said.get("href", "").strip()
            if "alternate" in said.get("rel", "").lower().split() and _is_xmpp(href):
                found.append(href)

    tags = Tags()
    for tag in _LINK_TAG.findall(page):
        tags.feed(tag)
        tags.reset()
        if found:
            return found[0]
    return ""


def _is_xmpp(href: str) -> bool:
    return href[:5].lower() == "xmpp:"


async def _addresses(host: str, port: int) -> list[str]:
    """Every address that the system knows of a host."""
    import asyncio
    import socket

    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
