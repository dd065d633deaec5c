"""An XMPP address as a small value (RFC 7622): one spelling per address, cheap to compare."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Self

from pars_desktop.base.imports import SPARE_FOR_SLIXMPP, kept_out
from pars_desktop.domain.errors import BadAddress

# An address of plain letters means what it says once it is in lower case. Everything else goes
# through the tables of slixmpp, whose import takes longer than all the rest of `inspect`.
_LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN = re.compile(
    r"(?:(?P<local>[a-z0-9!#$%()*+,\-.;=?\[\\\]^_`{|}~]{1,1023})@)?"
    rf"(?P<domain>(?:{_LABEL}\.)*{_LABEL})"
)
_LONGEST_DOMAIN = 253  # of plain letters (RFC 1035 §2.3.4); slixmpp decides about longer ones
_PLAIN_RESOURCE = re.compile(r"[!-~](?:[ -~]{0,1021}[!-~])?")
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")  # IDNA reads all of them as "." (RFC 3490 §3.1)
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # controls, bidi, zero-width, line ends
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # blank letters
_LONGEST = 3071  # bytes of a whole address (RFC 7622 §3.1)


@dataclass(frozen=True, slots=True, order=True)
class JID:
    """An address: `local@domain/resource`, where local and resource may be empty.

    Two spellings of one address are equal: lower case, U-labels, no final dot in the domain.
    """

    local: str
    domain: str
    resource: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address from outside: a link, a form, a stanza. Raises BadAddress."""
        if len(text) > _LONGEST:
            raise BadAddress("too long")
        bare, slash, resource = text.partition("/")
        local, at, domain = bare.rpartition("@")
        if (at and not local) or (slash and not resource):
            raise BadAddress("an empty part")
        if has_hidden_characters(bare):
            raise BadAddress("invisible characters")
        domain = domain.translate(_DOTS).removesuffix(".")
        if not domain or domain.endswith("."):
            raise BadAddress("no domain")
        bare = f"{local}{at}{domain}"
        lowered = bare.lower() if bare.isascii() else ""
        plain = _PLAIN.fullmatch(lowered)
        if plain is None or len(plain["domain"]) > _LONGEST_DOMAIN:
            local, domain, _ = _validated(bare)
            if local and _validated(f"{local}@x")[0] != local:
                raise BadAddress("a letter newer than the rules for addresses")  # RFC 3454 §7
            domain = _one_spelling(domain)
        else:
            local, domain = plain["local"] or "", plain["domain"]
        if resource and not _PLAIN_RESOURCE.fullmatch(resource):
            _, _, resource = _validated(f"x/{resource}")
        return cls(local, domain, resource)

    @classmethod
    def trusted(cls, text: str) -> Self:
        """Split what our own store gives back; nothing is checked, nothing is imported."""
        bare, _, resource = text.partition("/")
        local, _, domain = bare.rpartition("@")
        return cls(local, domain, resource)

    @property
    def bare(self) -> "JID":
        """The same address without the resource."""
        return JID(self.local, self.domain) if self.resource else self

    @property
    def is_bare(self) -> bool:
        """It has no resource."""
        return not self.resource

    @property
    def ascii(self) -> str:
        """The whole address with its domain in A-labels, as careful people want to see it."""
        return str(JID(self.local, _a_labels(self.domain), self.resource))

    def __str__(self) -> str:
        text = f"{self.local}@{self.domain}" if self.local else self.domain
        return f"{text}/{self.resource}" if self.resource else text


def has_hidden_characters(text: str) -> bool:
    """Whether text holds what nobody sees: controls, format and bidi characters, fillers."""
    return any(map(is_hidden, text))


def is_hidden(char: str) -> bool:
    """Whether nobody sees char, though it is no space."""
    return unicodedata.category(char) in _INVISIBLE or char in _FILLERS


def _validated(text: str) -> tuple[str, str, str]:
    """Nodeprep, nameprep and resourceprep (RFC 6122), which slixmpp does."""
    with kept_out(*SPARE_FOR_SLIXMPP):
        from slixmpp.jid import JID as Prepared  # noqa: N811 - late: importing takes 40 ms
        from slixmpp.jid import InvalidJID

    try:
        prepared = Prepared(text)
    except (InvalidJID, UnicodeError) as error:
        raise BadAddress("not an address") from error
    return prepared.local, prepared.domain, prepared.resource


def _one_spelling(domain: str) -> str:
    """IP addresses shortened, A-labels as U-labels: slixmpp leaves both as they came."""
    if domain.startswith("["):
        from ipaddress import IPv6Address

        try:
            return f"[{IPv6Address(domain[1:-1])}]"
        except ValueError as error:
            raise BadAddress("not an IP address") from error
    if domain.endswith("."):  # left over from a letter that only looks like dots
        raise BadAddress("no domain")
    return ".".join(map(_u_label, domain.split(".")))


def _u_label(label: str) -> str:
    """The Unicode form of an A-label, unless it is not one that slixmpp would take back."""
    if not label.startswith("xn--"):
        return label
    from encodings import idna

    try:
        shown = idna.ToUnicode(label)
        return shown if _validated(shown)[1] == shown else label
    except (UnicodeError, BadAddress):
        return label


def _a_labels(domain: str) -> str:
    if domain.isascii():
        return domain
    from encodings import idna

    try:
        return ".".join(idna.ToASCII(label).decode("ascii") for label in domain.split("."))
    except UnicodeError:  # our own store holds something that was never parsed
        return domain
