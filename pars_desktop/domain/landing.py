"""Invitation pages: `https:` links that stand for an `xmpp:` link, read and written (R4, R44).

Nothing is fetched here: what the address itself does not say is left to a lookup.
"""

import binascii
import re
from dataclasses import replace
from urllib.parse import quote

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.hosts import is_private, split_host
from pars_desktop.domain.link import Action, LinkRefused, Refused, Warn
from pars_desktop.domain.parts import (
    QUERY_TYPES,
    Parts,
    bare_address,
    decoded,
    split_query,
    split_uri,
)

LANDING_PAGE = "https://xmpp.link/#"  # belongs to others, and works for everybody

_FRAGMENT_PAGES = {  # host: where its pages live
    "xmpp.link": ("/",),
    "invite.joinjabber.org": ("/",),
    "i.kaidan.im": ("/",),
    "invite.monal-im.org": ("/",),
    "join.jabber.network": ("/",),
    "yax.im": ("/i/", "/j/"),
}
_PATH_PAGES = ("conversations.im", "yax.im")
_USUAL_PORT = {"http": "80", "https": "443"}

_PAGE = re.compile(
    r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL
)
_PATH = re.compile(r"/([ij])/(.*?[^/])/*", re.IGNORECASE | re.DOTALL)
_TOKEN_QUERY = re.compile(r"[A-Za-z0-9_-]{8,}")
_TOKEN_PATH = re.compile(r"/invite/[A-Za-z0-9_-]{8,}/?\Z")
_BASE64 = re.compile(r"([A-Za-z0-9+/_-]+)={0,2}")
_SCHEME = re.compile(r"\A(?:xmpp:)+", re.IGNORECASE)
_OWN_PAGE = re.compile(r"https://([^/?#]+)(?:/[!-~]*)?#")
_ORDINARY = "This page is no invitation that can be read here: open this page in your browser."


def web_link(link: str, page: str = LANDING_PAGE) -> str:
    """The address of a page that shows an `xmpp:` link; no server sees what follows the "#".

    Encoded as a whole, so that no separator of the link means anything to what carries it (R4).
    """
    return page + quote(_SCHEME.sub("", link), safe="")


def is_landing_page(address: str) -> bool:
    """Whether links may begin with address: https, a public host, and it ends with the "#"."""
    page = _OWN_PAGE.fullmatch(address)
    if page is None or address.count("#") > 1 or "?" in address:
        return False
    try:
        _host(page[1], _USUAL_PORT["https"])
    except LinkRefused:
        return False
    return True


def split_page(text: str) -> Parts:
    """Take the address of a page apart like the link it stands for, or into a lookup.

    Raises LinkRefused for what is no invitation page, or none that a link may lead us to.
    """
    page = _PAGE.fullmatch(text)
    if page is None:
        raise LinkRefused(Refused.NOT_A_LINK)
    scheme, authority, path, query, fragment = page.groups(default="")
    host = _host(authority, _USUAL_PORT[scheme.lower()])
    parts = _from_fragment(host, path, fragment) or _from_path(host, path, query)
    if parts is None:
        if not _TOKEN_QUERY.fullmatch(query) and not _TOKEN_PATH.search(path):
            raise LinkRefused(Refused.NOT_A_LINK, _ORDINARY)
        # Asked over https in any case: the token is not for everybody on the way.
        asked = f"?{query}" if query else ""
        parts = Parts("", default=Action.LOOKUP, page=f"https://{host}{path or '/'}{asked}")
    if scheme.lower() == "http":
        parts = replace(parts, warnings=parts.warnings | {Warn.INSECURE_HTTP})
    return parts


def _host(authority: str, usual_port: str) -> str:
    """The host if it may be used; with its port where that makes it somebody else's page."""
    user, at, place = authority.rpartition("@")
    if ":" in decoded(user, "replace"):
        raise LinkRefused(Refused.CONFIDENTIAL)
    try:
        host, port = split_host(place)
    except BadAddress:
        raise LinkRefused(Refused.NOT_A_LINK, _ORDINARY) from None
    if at:  # a user name here serves only to make one host look like another
        raise LinkRefused(Refused.NOT_A_LINK, _ORDINARY)
    if is_private(host):
        raise LinkRefused(Refused.PRIVATE_HOST)
    return host if port in ("", usual_port) else f"{host}:{port}"


def _from_fragment(host: str, path: str, fragment: str) -> Parts | None:
    """`https://HOST/#ADDRESS?QUERY`: written raw, encoded as a whole, or in base64."""
    link = _SCHEME.sub("", fragment)
    if "?" not in link:
        link = _SCHEME.sub("", decoded(link, "replace"))
    if "@" not in link:
        link = _SCHEME.sub("", _from_base64(link))
    if "@" not in link and "?" not in link:
        return None  # no address; and as servers never see a fragment, none to ask for either
    parts = replace(split_uri("?".join(link.split("?", 2)[:2])), default=Action.ROSTER)
    if (path or "/").startswith(_FRAGMENT_PAGES.get(host, ())):
        return parts
    return _from_stranger(parts)


def _from_stranger(parts: Parts) -> Parts | None:
    """A page of nobody we know: only what clearly is an address, and with a warning."""
    try:
        someone = bare_address(parts.address).local
    except BadAddress:
        return None
    if not someone and parts.query_type not in QUERY_TYPES:
        return None
    return replace(parts, warnings=frozenset({Warn.UNKNOWN_HOST}))


def _from_path(host: str, path: str, query: str) -> Parts | None:
    """`/i/ADDRESS[/TOKEN[/NAME]]` or `/j/ROOM`, the address also as `user/domain`."""
    found = _PATH.fullmatch(path)
    if host not in _PATH_PAGES or found is None:
        return None
    address, *rest = found[2].split("/")
    if "@" not in decoded(address, "replace") and rest:
        address = f"{address}@{rest.pop(0)}"
    if "@" not in decoded(address, "replace") or len(rest) > 2:
        return None
    room = (("join", None),) if found[1].lower() == "j" else ()
    token_and_name = tuple(zip(("preauth", "name"), rest, strict=False))
    return Parts(address, room + split_query(query) + token_and_name, default=Action.ROSTER)


def _from_base64(text: str) -> str:
    """What text says if it is an address in base64, with either alphabet; else itself."""
    found = _BASE64.fullmatch(text)
    if found is None:
        return text
    digits = found[1].replace("-", "+").replace("_", "/")
    try:
        said = binascii.a2b_base64(digits + "=" * (-len(digits) % 4)).decode()
    except ValueError:  # not base64, or not text
        return text
    return said if "@" in said else text
