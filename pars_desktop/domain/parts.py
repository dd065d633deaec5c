"""A link taken apart while everything is still percent-encoded, and the decoding of one part.

RFC 5122 and XEP-0147: split first, then decode each part once. Whoever decodes first lets an
encoded separator become a real one.
"""

import re
from dataclasses import dataclass, field

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.jid import JID, has_hidden_characters
from pars_desktop.domain.link import Action, LinkRefused, Refused, Warn

Pairs = tuple[tuple[str, str | None], ...]  # key and value; None where there is no "="

QUERY_TYPES = frozenset(Action) - {Action.CHAT, Action.LOOKUP}
_KEYS = frozenset(
    ("preauth", "name", "group", "ibr", "subject", "body", "node", "item", "jid", "password")
)
_ENCODED = re.compile(rb"%([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Parts:
    """The pieces of a link, as they were written."""

    address: str
    pairs: Pairs = ()
    account: str = ""
    default: Action = Action.CHAT  # what the link means if it names no action
    warnings: frozenset[Warn] = frozenset()
    page: str | None = field(default=None, repr=False)  # has to be asked; holds a token

    @property
    def query_type(self) -> str | None:
        """The action it names, known or not, in lower case; None if it names none.

        It comes first, but some writers put keys before it (R40).
        """
        for place, (key, value) in enumerate(self.pairs):
            name = decoded(key, "replace").lower()
            first = place == 0 and value is None and name not in _KEYS
            if not value and (first or name in QUERY_TYPES):
                return name
        return None


def decoded(part: str, errors: str = "strict") -> str:
    """Percent-decode once. A "%" that encodes nothing stands for itself (R42).

    Raises UnicodeDecodeError for what is not UTF-8, unless errors says otherwise.
    """
    octets = _ENCODED.sub(lambda found: bytes.fromhex(found[1].decode()), part.encode())
    return octets.decode(errors=errors)


def bare_address(raw: str) -> JID:
    """The address without its resource, which starts at the first raw "/". Raises BadAddress."""
    bare, _, resource = raw.partition("/")
    try:
        text, resource = decoded(bare), decoded(resource)
    except UnicodeDecodeError:
        raise BadAddress("not UTF-8") from None
    if has_hidden_characters(resource) or "/" in text:
        raise BadAddress("something hidden, or a separator that was encoded")
    return JID.parse(text)


def split_uri(rest: str) -> Parts:
    """Take apart what follows `xmpp:` (R37, R42, R43)."""
    account = ""
    if rest.startswith("//"):
        authority, rest = _split_authority(rest[2:])
        if ":" in decoded(authority, "replace").rpartition("@")[0]:
            raise LinkRefused(Refused.CONFIDENTIAL)
        if rest[:1] in ("", "?", "#"):
            rest = authority + rest  # nobody but the authority can be meant
        else:
            account = authority
    address, _, query = _without_fragment(rest).partition("?")
    return Parts(address, split_query(query), account)


def split_query(query: str) -> Pairs:
    """Keys and values, both still encoded; "&" separates only where no ";" does (R37)."""
    pairs: list[tuple[str, str | None]] = []
    for pair in query.split(";" if ";" in query else "&"):
        key, equals, value = pair.partition("=")
        if pair:
            pairs.append((key, value if equals else None))
    return tuple(pairs)


def _split_authority(rest: str) -> tuple[str, str]:
    """The authority, and what follows the "/" that ends it."""
    authority = _without_fragment(rest.partition("?")[0]).partition("/")[0]
    after = rest[len(authority) :]
    return authority, after.removeprefix("/")


def _without_fragment(rest: str) -> str:
    """Cut at the "#". One before the first "@" belongs to an address written raw (R42)."""
    end_of_local = rest.partition("?")[0].find("@")
    fragment = rest.find("#", end_of_local + 1)
    return rest if fragment < 0 else rest[:fragment]
