"""What becomes of text from outside before anybody sees it, and of ours before it leaves."""

import re
import unicodedata

MAX_NAME = 100  # of a name, a nick or a group
MAX_BODY = 50_000  # of a message; as XML, 250 KB at most, under the 256 KiB that Prosody takes

_LINE_END = re.compile("\r\n?")
# What XML 1.0 cannot carry (section 2.2), with which a stream would break or a stanza get lost.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def sendable(text: str) -> str:
    """Our own text just as XML will carry it, so that the copy in the archive equals it."""
    return _NOT_XML.sub("", _LINE_END.sub("\n", text))


def plain(text: str, limit: int = MAX_BODY) -> str:
    """A text of several lines from outside, not endless."""
    return sendable(text)[:limit]


def one_line(text: str, limit: int = MAX_NAME) -> str:
    """A name: no control, bidi or zero-width characters, single spaces, not endless."""
    start = text[: limit * 10]
    seen = "".join(c for c in start if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(seen.split())[:limit].rstrip()
