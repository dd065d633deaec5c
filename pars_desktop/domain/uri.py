"""`xmpp:` links and the addresses of invitation pages, read and written.

RFC 5122, XEP-0147 (query types), XEP-0379 (invitations), XEP-0401 (`ibr`), XEP-0434 (trust).
"""

import re
import unicodedata
from dataclasses import replace
from urllib.parse import quote

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.explain import explain, explain_refusal
from pars_desktop.domain.jid import JID, is_hidden
from pars_desktop.domain.landing import split_page
from pars_desktop.domain.link import Action, Link, LinkRefused, Refused, Warn, page_host
from pars_desktop.domain.parts import QUERY_TYPES, Parts, bare_address, decoded, split_uri
from pars_desktop.domain.scripts import mixed_script
from pars_desktop.domain.text import MAX_NAME

Values = dict[str, list[str]]  # key in lower case: its values, still encoded

LONGEST = 64 * 1024  # bytes

_XMPP = re.compile(r"(?:xmpp:)+", re.IGNORECASE)
_PAGE = re.compile(r"https?://", re.IGNORECASE)
_IMTO = re.compile(r"imto://(?:xmpp|jabber)/", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_CODE_WITH_PASSWORD = re.compile(r"""["'](?:password|passwd|pass|pwd|pw)["']\s*:""", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9\-._~:+/=!$*,@]{1,4096}")
_FINGERPRINT_KEY = re.compile(r"omemo-sid-([0-9]{1,10})")
_FINGERPRINT = re.compile(r"[0-9A-Fa-f]{1,128}")
_LOOKS_LIKE_ADDRESS = re.compile(r"(?:xmpp:|mailto:)?([^\s@]+@[^\s@]+)", re.IGNORECASE)
_AROUND_ADDRESS = "<>()[]{}\"'.,;: "
_NOT_IN_BODY = re.compile("[\x00-\x09\x0b-\x1f\ufffe\uffff]")  # nor in XML, the last two
_ROOM_ACTIONS = frozenset({Action.JOIN, Action.INVITE})  # a room's, not a person's
_NEEDS_NOBODY = frozenset({Action.MESSAGE, Action.LOOKUP})
_UNRESERVED = "!$'()*,@:"  # beside letters, digits and - . _ ~


def parse_link(text: str) -> Link:
    """Read a link from any source. Never raises: what cannot be used comes back `refused`."""
    try:
        link = _understand(_take_apart(text))
    except LinkRefused as refusal:
        why = refusal.explanation or explain_refusal(refusal.code)
        return Link(refused=refusal.code, explanation=why)
    return replace(link, explanation=explain(link))


def invitation_link(jid: JID, token: str, name: str = "", *, ibr: bool = False) -> str:
    """Write an invitation as most programs expect it: action, token, then the rest (R8).

    A name that readers would not show (an address, say) is left out. `ibr`: whoever has no account
    can create one on our server with this token (XEP-0401).
    """
    link = f"xmpp:{quote(str(jid.bare), safe=_UNRESERVED)}?roster;preauth={quote(token, safe='')}"
    if ibr:
        link += ";ibr=y"
    shown = _name([quote(name, safe="", errors="ignore")], jid.bare, set())
    return f"{link};name={quote(shown, safe='')}" if shown else link


def account_link(place: JID, token: str) -> str:
    """Write an invitation to create an account: at a server, or under a fixed address (R9)."""
    return (
        f"xmpp:{quote(str(place.bare), safe=_UNRESERVED)}?register;preauth={quote(token, safe='')}"
    )


def typed_link(text: str) -> str:
    """What a person typed, as a link: an address gets its `xmpp:`, all else stays as it is."""
    try:
        jid = JID.parse(text.strip())
    except BadAddress:
        return text
    return f"xmpp:{quote(str(jid.bare), safe=_UNRESERVED)}" if jid.local else text


def _take_apart(text: str) -> Parts:
    """Find out what kind of link this is, and split it."""
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise LinkRefused(Refused.TOO_LONG)
    if _SURROGATE.search(text):  # bytes that are not UTF-8
        raise LinkRefused(Refused.NOT_A_LINK)
    text = text.strip()
    if text.startswith("<"):
        text = text[1:].partition(">")[0].strip()
    if scheme := _XMPP.match(text):
        return split_uri(text[scheme.end() :])
    if _PAGE.match(text):
        return split_page(text)
    if scheme := _IMTO.match(text):
        return Parts(text[scheme.end() :].partition("?")[0])
    if text.startswith(("{", "[")) and _CODE_WITH_PASSWORD.search(text):
        raise LinkRefused(Refused.CONFIDENTIAL)
    raise LinkRefused(Refused.NOT_A_LINK)


def _understand(parts: Parts) -> Link:
    warnings = set(parts.warnings)
    values = _values(parts)
    action = _action(parts, values)
    has_password = any(values.get("password", ()))
    if has_password and action not in _ROOM_ACTIONS:
        raise LinkRefused(Refused.CONFIDENTIAL)
    if action is None:  # then the rest of the query means nothing either (RFC 5122 §2.5)
        warnings.add(Warn.UNKNOWN_ACTION)
        action, values = Action.CHAT, {}
    if not parts.address and action not in _NEEDS_NOBODY:
        raise LinkRefused(Refused.NO_ADDRESS)
    jid = _address(parts.address) if parts.address else None
    invited = values.get("jid", []) if action is Action.INVITE else []
    jids = tuple(dict.fromkeys(map(_address, invited)))
    asked = JID("", page_host(parts.page)) if parts.page else None
    if any(is_mixed(named) for named in (jid, *jids, asked) if named):
        warnings.add(Warn.MIXED_SCRIPT)
    return Link(
        action=action,
        jid=jid,
        token=_token(values.get("preauth", []), warnings),
        name=_name(values.get("name", []), jid, warnings),
        group=_text(values, "group", warnings),
        ibr=decoded(_first(values, "ibr"), "replace").strip().lower() == "y",
        account=_address(parts.account) if parts.account else None,
        subject=_text(values, "subject", warnings),
        body=_NOT_IN_BODY.sub("", decoded(_first(values, "body"), "replace")) or None,
        node=_text(values, "node", warnings),
        item=_text(values, "item", warnings),
        jids=jids,
        page=parts.page,
        has_password=has_password,
        fingerprints=_fingerprints(values),
        warnings=tuple(sorted(warnings)),
    )


def _values(parts: Parts) -> Values:
    """All values of each key, still encoded; keys in lower case. No "=" means no value."""
    values: Values = {}
    for key, value in parts.pairs:
        found = values.setdefault(decoded(key, "replace").lower(), [])
        if value is not None:
            found.append(value)
    return values


def _action(parts: Parts, values: Values) -> Action | None:
    """The action, or the one that a link without any means (R39); None for an unknown one."""
    name = parts.query_type
    if name is None:
        if values.keys() & {"preauth", "name", "group"}:
            return Action.ROSTER
        return Action.PUBSUB if values.keys() & {"node", "item"} else parts.default
    if name == Action.SUBSCRIBE and "preauth" in values:  # yaxim
        return Action.ROSTER
    return Action(name) if name in QUERY_TYPES else None


def _address(raw: str) -> JID:
    try:
        return bare_address(raw)
    except BadAddress:
        raise LinkRefused(Refused.BAD_ADDRESS) from None


def _token(values: list[str], warnings: set[Warn]) -> str | None:
    if len(values) > 1:
        warnings.add(Warn.DUPLICATE_PREAUTH)
        return None
    token = decoded(values[0], "replace") if values else None
    if token is not None and not _TOKEN.fullmatch(token):
        warnings.add(Warn.BAD_PREAUTH)
        return None
    return token


def _name(values: list[str], jid: JID | None, warnings: set[Warn]) -> str | None:
    """The suggested name, unless it is given twice or is itself an address (which could lie)."""
    if len(values) > 1:
        warnings.add(Warn.DUPLICATE_NAME)
    if len(values) != 1:
        return None
    literal, spaced = (
        _shown(raw, warnings)[:MAX_NAME].strip() for raw in (values[0], values[0].replace("+", " "))
    )
    if other := _address_in(literal):
        if other != jid:
            warnings.add(Warn.NAME_IS_ADDRESS)
        return None
    # XEP-0379 writes a space both ways.
    return (literal if "%20" in values[0] else spaced) or None


def _address_in(name: str) -> JID | str | None:
    """The address that name is or pretends to be, as text if it is no valid one."""
    plain = unicodedata.normalize("NFKC", name).strip(_AROUND_ADDRESS)
    found = _LOOKS_LIKE_ADDRESS.fullmatch(plain)
    if found is None:
        return None
    try:
        return JID.parse(found[1]).bare
    except BadAddress:
        return found[1]


def _text(values: Values, key: str, warnings: set[Warn]) -> str | None:
    """The first value of a key as one line that can be shown."""
    return _shown(_first(values, key), warnings) or None


def _first(values: Values, key: str) -> str:
    found = values.get(key)
    return found[0] if found else ""


def _shown(raw: str, warnings: set[Warn]) -> str:
    """Decoded, without what nobody can see."""
    text = decoded(raw, "replace")
    shown = "".join(char for char in text if not is_hidden(char))
    if shown != text:
        warnings.add(Warn.CONTROL_CHARACTERS)
    return shown.strip()


def _fingerprints(values: Values) -> dict[str, str]:
    """OMEMO device ids and key fingerprints, as written (R40: the first of each)."""
    found = {}
    for key in values:
        device, fingerprint = _FINGERPRINT_KEY.fullmatch(key), _first(values, key)
        if device and _FINGERPRINT.fullmatch(fingerprint):
            found[device[1]] = fingerprint
    return found


def is_mixed(jid: JID) -> bool:
    """Per label and for the local part; a label that stayed in A-form is judged by its meaning."""
    labels = [_meaning(label) for label in jid.domain.split(".")]
    return any(map(mixed_script, (jid.local, *labels)))


def _meaning(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
