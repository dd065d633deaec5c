"""Whether two addresses or names look alike though they are not the same (UTS #39 §4)."""

import unicodedata
from functools import cache

from pars_desktop.domain.jid import JID

_ASCII = {"0": "o", "1": "l", "|": "l", "I": "l", "m": "rn", "w": "vv", "M": "rn", "W": "vv"}
_SMALL = {"ĸ": "k", "ƅ": "b"}  # what Unicode takes a small к and ь for; many fonts do not


def look_alike(one: JID, other: JID) -> bool:
    """They are two addresses, and a person may take one for the other."""
    return one.bare != other.bare and skeleton(str(one.bare)) == skeleton(str(other.bare))


def plain_name(name: str) -> str:
    """Equal for one name, whatever the case and however its letters are put together."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def skeleton(text: str) -> str:
    """Equal for texts that look alike; not meant to be seen. Case makes no difference to it."""
    return text.translate(_ascii_table()) if text.isascii() else _skeleton(text)


def _skeleton(text: str) -> str:
    """Letters are replaced twice: a capital one may look like a capital of another alphabet whose
    small letter looks like a third.
    """
    seen = unicodedata.normalize("NFKC", text)
    for _ in range(2):
        seen = unicodedata.normalize("NFD", seen).translate(_table()).casefold()
    return unicodedata.normalize("NFD", seen)


@cache
def _ascii_table() -> dict[int, str]:
    """The same for plain letters, one by one: most of a long list is nothing else."""
    return {number: _skeleton(chr(number)) for number in range(128)}


@cache
def _table() -> dict[int, str]:
    """Which letter is seen as which; read when the first link to a stranger is judged."""
    from pars_desktop.domain.confusables import TABLE

    words = TABLE.split()
    seen_as = {
        letter: seen
        for seen, letters in zip(words[::2], words[1::2], strict=True)
        for letter in letters
    }
    return str.maketrans(seen_as | _SMALL | _ASCII)
