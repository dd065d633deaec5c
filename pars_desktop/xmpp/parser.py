"""Reads an XML stream and refuses, while it comes in, what RFC 6120 §11 forbids.

slixmpp uses ElementTree's own parser, which expands entities, keeps a stanza of any size in
memory and builds elements of any depth. This one is expat with limits; what it hands out are
ElementTree elements all the same.
"""

import re
from dataclasses import dataclass
from enum import Enum
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

MAX_STANZA = 10 * 1024 * 1024  # bytes
MAX_TOKEN = 256 * 1024  # one start tag with all its attributes
MAX_DEPTH = 128  # elements within one another, the stanza itself being the first

_TAG = re.compile(rb"""<[^>"']*+(?:(?:"[^"]*+"|'[^']*+')[^>"']*+)*+>""")
_MAY_END_A_TOKEN = re.compile(rb"[>;]")


class Kind(Enum):
    """What came in."""

    OPENED = "opened"  # the stream's header
    STANZA = "stanza"  # a finished child of the stream
    TOO_DEEP = "too deep"  # a finished child of the stream, without what was in it
    CLOSED = "closed"  # the stream's footer
    REFUSED = "refused"  # nothing more will come out of this parser


@dataclass(frozen=True, slots=True)
class Event:
    """Something that came in; `condition` is the stream error (RFC 6120 §4.9.3) if refused."""

    kind: Kind
    element: Element | None = None
    condition: str = ""


class _Refusal(Exception):
    def __init__(self, condition: str) -> None:
        super().__init__(condition)
        self.condition = condition


class StreamParser:
    """One stream, from its header to its footer. A restarted stream needs a new parser."""

    def __init__(
        self,
        *,
        max_stanza: int = MAX_STANZA,
        max_token: int = MAX_TOKEN,
        max_depth: int = MAX_DEPTH,
    ) -> None:
        self._max_stanza = max_stanza
        self._max_token = max_token
        self._max_depth = max_depth
        self._events: list[Event] = []
        self._builder: TreeBuilder | None = None  # while inside a stanza
        self._depth = 0  # 1: inside the stream, 2: inside a stanza
        self._outermost: Element | None = None
        self._began = 0  # where the stanza began, in bytes
        self._fed = 0
        self._held = bytearray()  # the beginning of a tag or of a reference
        self._refused = False
        self._expat = self._new_expat()

    @property
    def is_between_stanzas(self) -> bool:
        """Nothing is half read."""
        return self._depth == 1 and self._fed == self._expat.CurrentByteIndex

    def feed(self, data: bytes) -> list[Event]:
        """What these bytes complete. Never raises: what is wrong comes as a REFUSED event."""
        if self._refused:
            return []
        self._events = []
        try:
            self._fed += len(data)
            self._expat.Parse(self._whole_tokens(data), False)
            self._check_sizes()
        except _Refusal as refusal:
            self._refuse(refusal.condition)
        except (expat.ExpatError, ValueError):
            self._refuse("not-well-formed")
        return self._events

    def _new_expat(self) -> expat.XMLParserType:
        # RFC 6120 §11.6: UTF-8 and nothing else, whatever the XML declaration says.
        parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._restricted
        parser.CommentHandler = self._restricted
        parser.ProcessingInstructionHandler = self._restricted
        return parser

    def _whole_tokens(self, data: bytes) -> bytes:
        """What of the bytes so far expat can finish reading; the rest is held until it can.

        A tag that expat gets in two parts may stay in it until twice as many bytes have come
        (CVE-2023-52425, in expat 2.6 and in the 2.5 of Debian 12), and with it a finished
        stanza (X-8); Python can switch that off only since 3.11.8.
        """
        was_holding = bool(self._held)
        self._held += data
        if was_holding and not _MAY_END_A_TOKEN.search(data):
            return b""
        end = _end_of_whole_tokens(self._held)
        whole = bytes(self._held[:end])
        del self._held[:end]
        return whole

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        depth = self._depth
        self._depth += 1
        if depth == 0:
            self._events.append(Event(Kind.OPENED, _element(name, attributes)))
            return
        if depth == 1:
            self._began = self._expat.CurrentByteIndex
            self._outermost = _element(name, attributes)
            self._builder = TreeBuilder()
        if self._builder is None:
            return
        if depth > self._max_depth:
            self._builder = None  # from here on the rest of this stanza is only counted
        else:
            self._builder.start(_clark(name), _clark_keys(attributes))

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._events.append(Event(Kind.CLOSED))
            return
        if self._builder is not None:
            self._builder.end(_clark(name))
        if self._depth == 1:
            self._check_stanza(self._expat.CurrentByteIndex)
            if self._builder is not None:
                self._events.append(Event(Kind.STANZA, self._builder.close()))
            else:
                self._events.append(Event(Kind.TOO_DEEP, self._outermost))
            self._builder = self._outermost = None

    def _text(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)

    def _restricted(self, *_: object) -> None:
        raise _Refusal("restricted-xml")

    def _check_sizes(self) -> None:
        if self._fed - self._expat.CurrentByteIndex > self._max_token:
            raise _Refusal("policy-violation")
        if self._depth > 1:
            self._check_stanza(self._fed)

    def _check_stanza(self, end: int) -> None:
        if end - self._began > self._max_stanza:
            raise _Refusal("policy-violation")

    def _refuse(self, condition: str) -> None:
        self._refused = True
        self._builder = None
        self._events.append(Event(Kind.REFUSED, condition=condition))


def _end_of_whole_tokens(data: bytearray) -> int:
    """Where an unfinished tag or reference at the end begins; the end if there is none.

    "<" stands for itself in a CDATA section only, and the tag that ends the stanza is after that.
    """
    last = data.rfind(b"<")
    tag = _TAG.match(data, last) if last >= 0 else None
    if last >= 0 and tag is None:
        return last
    reference = data.rfind(b"&", tag.end() if tag else 0)
    return reference if reference >= 0 and data.find(b";", reference) < 0 else len(data)


def _element(name: str, attributes: dict[str, str]) -> Element:
    return Element(_clark(name), _clark_keys(attributes))


def _clark(name: str) -> str:
    """expat says namespace}local, ElementTree says {namespace}local."""
    return "{" + name if "}" in name else name


def _clark_keys(attributes: dict[str, str]) -> dict[str, str]:
    return {_clark(name): value for name, value in attributes.items()}
