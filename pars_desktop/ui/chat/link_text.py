"""Which parts of a message are links, and where a link really leads.

Only http, https and mailto can be clicked, and xmpp inside the program; everything else stays
words. Places are counted in UTF-16 units, as Qt counts them: a Python index would end one
character early after each emoji.
"""

import re
from dataclasses import dataclass

from PySide6.QtCore import QUrl

LONGEST = 16_384  # characters; what is longer stays words
_SUSPICIOUS_LENGTH = 2000
_LINK = re.compile(
    # Not after another scheme. No control, bidi or other invisible character is part of a link.
    r"(?<![\w+.\-])(?<!\w:)(?:https?://|mailto:|xmpp:)"
    r"[^\s<>\"'\x00-\x20\x7f-\xa0\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufffd]+",
    re.IGNORECASE,
)
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_HIDES_HOST = re.compile(r"%(?:2f|5c|40)[^/]*@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside a text: from which UTF-16 unit, how many, and where to."""

    start: int
    length: int
    target: str

    @property
    def end(self) -> int:
        """The unit after the last."""
        return self.start + self.length


def find_links(text: str) -> list[Link]:
    """All links in a text, in order."""
    found = []
    seen = start = 0  # how far the text was counted, in characters and in units
    for match in _LINK.finditer(text):
        start += units(text[seen : match.start()])
        seen = match.start()
        target = _without_punctuation(match.group())
        if len(target) <= LONGEST and is_openable(target):
            found.append(Link(start, units(target), target))
    return found


def units(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def piece(text: str, start: int, end: int) -> str:
    """The part of a text between two places counted in UTF-16 units."""
    if units(text) == len(text):
        return text[start:end]
    whole = text.encode("utf-16-le", "surrogatepass")
    return whole[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


def url_of(target: str) -> QUrl:
    """Exactly what will be opened. Not valid if it cannot be opened as written."""
    return QUrl(target, QUrl.ParsingMode.StrictMode)


def is_openable(target: str) -> bool:
    """It has a scheme that may be opened, and somewhere to lead."""
    scheme, _, rest = target.partition(":")
    if scheme.lower() in ("mailto", "xmpp"):
        return bool(rest)
    url = url_of(target)
    return scheme.lower() in ("http", "https") and url.isValid() and bool(url.host())


def real_host(target: str) -> str:
    """The host a web link leads to, in plain letters (punycode)."""
    return url_of(target).host(QUrl.ComponentFormattingOption.FullyEncoded)


def is_suspicious(target: str) -> bool:
    """A person could take it for something else, so it is shown before it is opened."""
    if target[:7].lower() == "mailto:":
        return False
    url, host = url_of(target), real_host(target)
    return (
        not target.isascii()
        or "xn--" in host
        or bool(url.userInfo())
        or bool(_HIDES_HOST.search(target))
        or not host.rpartition(".")[2].isalpha()  # a number, or no domain at all
        or len(target) > _SUSPICIOUS_LENGTH
    )


def _without_punctuation(target: str) -> str:
    """Punctuation after a link belongs to the sentence; a closing bracket only if none opened."""
    counts = {char: target.count(char) for char in (*_CLOSERS, *_CLOSERS.values())}
    end = len(target)
    while end:
        last = target[end - 1]
        if last in _CLOSERS and counts[last] > counts[_CLOSERS[last]]:
            counts[last] -= 1
        elif last not in ".,;:!?*_~\u2026\u2019\u201d\xbb":
            break
        end -= 1
    return target[:end]
