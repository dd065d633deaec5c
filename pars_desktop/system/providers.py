"""The list of providers we ship: a data file that anybody can replace by a newer one."""

import json
import logging
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from pars_desktop.base.resources import resource
from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.jid import JID
from pars_desktop.domain.provider import Provider

_log = logging.getLogger(__name__)


def load(path: Path | None = None) -> tuple[Provider, ...]:
    """Every provider of the list, those first where no browser is needed; else as in the file.

    What cannot be read is left out: without any, a server can still be typed.
    """
    try:
        listed = json.loads((path or resource("providers.json")).read_bytes())["providers"]
        providers = [found for each in listed if (found := _provider(each)) is not None]
    except (OSError, ValueError, TypeError, KeyError):
        _log.warning("the list of providers cannot be read")
        return ()
    return tuple(sorted(providers, key=lambda each: not each.in_app))


def _provider(entry: Mapping[str, object]) -> Provider | None:
    try:
        domain = JID.parse(str(entry["domain"]))
        since = entry.get("since")
        return Provider(
            domain,
            in_app=entry.get("in_app") is True,
            captcha=entry.get("captcha") is True,
            email=entry.get("email") is True,
            countries=_texts(entry.get("countries")),
            since=date.fromisoformat(str(since)) if since else None,
            free=entry.get("free") is True,
            organization=str(entry.get("organization", "")),
            sign_up_pages=_pages(entry.get("sign_up_pages")),
        )
    except (BadAddress, ValueError, KeyError, AttributeError, TypeError):
        _log.warning("an entry of the list of providers cannot be read")
        return None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _pages(value: object) -> dict[str, str]:
    """Addresses by language; a page that is not https is left out."""
    pages = value if isinstance(value, dict) else {}
    return {str(code): str(page) for code, page in pages.items() if _is_page(str(page))}


def _is_page(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname)
