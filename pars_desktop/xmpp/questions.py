"""What a server asks of a newcomer, on the wire: plain fields, forms, CAPTCHA pictures.

XEP-0077 §3 (plain fields), §4 and XEP-0004 (forms), §5 and XEP-0066 (a page instead), XEP-0158
(CAPTCHA) with XEP-0231 (its picture). Nothing is fetched: what did not come along is an address
for the person's own browser.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement

from pars_desktop.domain.errors import NeedsWebPage, RegistrationNotOffered
from pars_desktop.domain.form import Answer, FieldKind, Form, FormField
from pars_desktop.domain.jid import has_hidden_characters
from pars_desktop.domain.registration import FALLBACK_PAGE, Picture, Questions
from pars_desktop.domain.text import sendable
from pars_desktop.xmpp import forms

REGISTER = "{jabber:iq:register}"

_OTHERWISE = "{jabber:x:oob}x"
_PAGE = "{jabber:x:oob}url"
_BITS = "{urn:xmpp:bob}data"
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})  # what is unpacked with limits
_MAX_PICTURES = 5
_MAX_PICTURE = 256 * 1024  # bytes
_MAX_PAGE = 2000  # characters of an address
_PLAIN = (  # the fields of XEP-0077 §14.1 that a person can answer
    *("username", "password", "nick", "name", "first", "last", "email", "address", "city"),
    *("state", "zip", "phone", "url", "date", "misc", "text"),
)


def read(answer: Element) -> Questions:
    """The questions in the answer to a request for them.

    Raises NeedsWebPage if they cannot be answered here, RegistrationNotOffered if they are none.
    """
    budget = forms.Budget()
    parts = budget.parts(answer)
    if not (queries := parts[f"{REGISTER}query"]):
        raise RegistrationNotOffered
    asked = budget.parts(queries[0])
    pages = (each for x in asked[_OTHERWISE][:1] for each in budget.parts(x)[_PAGE])
    page = next((_web_address(each.text or "") for each in pages), "")
    form = forms.read(asked[forms.FORM][0], budget) if asked[forms.FORM] else None
    is_plain = form is None or form.get("username") is None
    if form is None or is_plain:
        form = _plain_form(asked, budget)
    if form.get("username") is None or form.get("password") is None:
        raise NeedsWebPage(page)
    pictures = dict(_pictures([*parts[_BITS], *asked[_BITS]][:_MAX_PICTURES]))
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


def _plain_form(query: Mapping[str, list[Element]], budget: forms.Budget) -> Form:
    """The plain fields as a form; all of them are required (XEP-0077 §3.1)."""
    asked = [
        FormField(
            var,
            FieldKind.PRIVATE if var == "password" else FieldKind.TEXT,
            required=True,
        )
        for var in _PLAIN
        if query[f"{REGISTER}{var}"]
    ]
    if key := query[f"{REGISTER}key"][:1]:  # XEP-0077 §14.1: obsolete, sent back as it came
        asked.append(FormField("key", FieldKind.HIDDEN, values=(budget.lines(key),)))
    instructions = budget.lines(query[f"{REGISTER}instructions"][:1])
    return Form(instructions=instructions, fields=tuple(asked))


def _is_unseen(asked: FormField, pictures: Mapping[str, Picture]) -> bool:
    """It is about a picture or a sound, and there is no picture of it."""
    return bool(asked.media) and not any(media.uri in pictures for media in asked.media)


def _pictures(found: list[Element]) -> Iterator[tuple[str, Picture]]:
    for bits in found:
        kind = bits.get("type", "").partition(";")[0].strip().lower()
        text = bits.text or ""
        if kind not in _PICTURES or len(text) > _MAX_PICTURE * 3 // 2:  # lines, indented
            continue
        try:
            data = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            continue
        if data:
            yield f"cid:{bits.get('cid', '')}", Picture(kind, data)


def _web_address(text: str) -> str:
    """The address if it is one that a browser may be shown, else empty."""
    text = text[: _MAX_PAGE * 2].strip()
    try:
        parts = urlsplit(text)
        is_page = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    hidden = has_hidden_characters(text) or " " in text
    return text if is_page and not hidden and len(text) <= _MAX_PAGE else ""
