"""What a server asks of a newcomer, on the wire: plain fields, forms, CAPTCHA pictures.

XEP-0077 §3 (plain fields), §4 and XEP-0004 (forms), §5 and XEP-0066 (a page instead), XEP-0158
(CAPTCHA) with XEP-0231 (its picture). Nothing is fetched: what did not come along is an address
for the person's own browser.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from itertools import islice
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement

from pars_desktop.domain.errors import NeedsWebPage, RegistrationNotOffered
from pars_desktop.domain.form import Answer, FieldKind, Form, FormField
from pars_desktop.domain.jid import has_hidden_characters
from pars_desktop.domain.registration import FALLBACK_PAGE, Picture, Questions
from pars_desktop.domain.text import plain, sendable
from pars_desktop.xmpp import forms

REGISTER = "{jabber:iq:register}"

_PAGE = "{jabber:x:oob}x/{jabber:x:oob}url"
_BITS = "{urn:xmpp:bob}data"
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
_MAX_PICTURES = 5
_MAX_PICTURE = 512 * 1024  # bytes
_MAX_PAGE = 2000  # characters of an address
_MAX_TEXT = 10_000
_PLAIN = (  # the fields of XEP-0077 §14.1 that a person can answer
    *("username", "password", "nick", "name", "first", "last", "email", "address", "city"),
    *("state", "zip", "phone", "url", "date", "misc", "text"),
)


def read(answer: Element) -> Questions:
    """The questions in the answer to a request for them.

    Raises NeedsWebPage if they cannot be answered here, RegistrationNotOffered if they are none.
    """
    query = answer.find(f"{REGISTER}query")
    if query is None:
        raise RegistrationNotOffered
    page = _web_address(query.findtext(_PAGE) or "")
    form = forms.read(query)
    is_plain = form is None or form.get("username") is None
    if form is None or is_plain:
        form = _plain_form(query)
    if form.get("username") is None or form.get("password") is None:
        raise NeedsWebPage(page)
    pictures = dict(islice(_pictures(answer), _MAX_PICTURES))
    unseen = [each for each in form.fields if _is_unseen(each, pictures)]
    if not unseen:
        return Questions(form, pictures, is_plain=is_plain)
    addresses = [media.uri for each in unseen for media in each.media]
    candidates = (*addresses, form.value(FALLBACK_PAGE))
    page = next(filter(None, map(_web_address, candidates)), page)
    if not page and any(each.required for each in unseen):
        raise NeedsWebPage
    return Questions(form, pictures, page)


def answered(questions: Questions, answers: Mapping[str, Answer]) -> Element:
    """The query that answers them, in the shape in which they were asked."""
    query = Element(f"{REGISTER}query")
    if not questions.is_plain:
        query.append(forms.submission(questions.form, answers))
        return query
    for var, values in questions.form.filled_in(answers):
        SubElement(query, f"{REGISTER}{var}").text = sendable(values[0] if values else "")
    return query


def _plain_form(query: Element) -> Form:
    """The plain fields as a form; all of them are required (XEP-0077 §3.1)."""
    asked = [
        FormField(
            var,
            FieldKind.PRIVATE if var == "password" else FieldKind.TEXT,
            required=True,
        )
        for var in _PLAIN
        if query.find(f"{REGISTER}{var}") is not None
    ]
    key = query.findtext(f"{REGISTER}key")
    if key is not None:  # XEP-0077 §14.1: obsolete, sent back as it came
        asked.append(FormField("key", FieldKind.HIDDEN, values=(plain(key, _MAX_TEXT),)))
    instructions = plain(query.findtext(f"{REGISTER}instructions") or "", _MAX_TEXT)
    return Form(instructions=instructions, fields=tuple(asked))


def _is_unseen(asked: FormField, pictures: Mapping[str, Picture]) -> bool:
    """It is about a picture or a sound, and there is no picture of it."""
    return bool(asked.media) and not any(media.uri in pictures for media in asked.media)


def _pictures(answer: Element) -> Iterator[tuple[str, Picture]]:
    for bits in answer.iter(_BITS):
        kind = bits.get("type", "").partition(";")[0].strip().lower()
        text = "".join((bits.text or "").split())
        if kind not in _PICTURES or len(text) > _MAX_PICTURE * 4 // 3 + 4:
            continue
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            continue
        if data:
            yield f"cid:{bits.get('cid', '')}", Picture(kind, data)


def _web_address(text: str) -> str:
    """The address if it is one that a browser may be shown, else empty."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        is_page = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    hidden = has_hidden_characters(text) or " " in text
    return text if is_page and not hidden and len(text) <= _MAX_PAGE else ""
