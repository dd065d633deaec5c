"""Data forms on the wire (XEP-0004): read without trust, and sent back filled in."""

from collections.abc import Iterator, Mapping
from itertools import islice
from xml.etree.ElementTree import Element, SubElement

from pars_desktop.domain.form import Answer, FieldKind, Form, FormField, Media, Option
from pars_desktop.domain.text import one_line, plain, sendable

FORM = "{jabber:x:data}x"

_DATA = "{jabber:x:data}"
_MEDIA = "{urn:xmpp:media-element}media"
_MEDIA_URI = "{urn:xmpp:media-element}uri"
_KINDS = {each.value: each for each in FieldKind}
_MAX_FIELDS = 100
_MAX_VALUES = 1000  # of a field, and of its options
_MAX_LABEL = 500
_MAX_TEXT = 10_000  # of instructions, descriptions and single values


def read(parent: Element) -> Form | None:
    """The form inside an element (or the element itself), or None if there is none.

    Servers differ in how they send results: whatever the type of the form, its fields are read,
    those of an <item/>, too (R2).
    """
    xml = parent if parent.tag == FORM else parent.find(FORM)
    if xml is None:
        return None
    lines = (each.text or "" for each in xml.iterfind(f"{_DATA}instructions"))
    return Form(
        title=one_line(xml.findtext(f"{_DATA}title") or "", _MAX_LABEL),
        instructions=plain("\n".join(lines), _MAX_TEXT),
        fields=tuple(map(_field, islice(_fields(xml), _MAX_FIELDS))),
    )


def submission(form: Form, answers: Mapping[str, Answer]) -> Element:
    """The form filled in, to be put into the answer to the server."""
    xml = Element(FORM, type="submit")
    for var, values in form.filled_in(answers):
        field = SubElement(xml, f"{_DATA}field", var=var)
        for value in values:
            SubElement(field, f"{_DATA}value").text = sendable(value)
    return xml


def request(form_type: str, values: Mapping[str, str]) -> Element:
    """A form of a known type with values of ours, which nobody has asked for (XEP-0068)."""
    xml = Element(FORM, type="submit")
    hidden = SubElement(xml, f"{_DATA}field", var="FORM_TYPE", type="hidden")
    SubElement(hidden, f"{_DATA}value").text = form_type
    for var, value in values.items():
        SubElement(SubElement(xml, f"{_DATA}field", var=var), f"{_DATA}value").text = value
    return xml


def _fields(xml: Element) -> Iterator[Element]:
    yield from xml.iterfind(f"{_DATA}field")
    yield from xml.iterfind(f"{_DATA}item/{_DATA}field")


def _field(xml: Element) -> FormField:
    values = islice(xml.iterfind(f"{_DATA}value"), _MAX_VALUES)
    media = xml.iterfind(f"{_MEDIA}/{_MEDIA_URI}")
    return FormField(
        var=plain(xml.get("var", ""), _MAX_LABEL),
        kind=_KINDS.get(xml.get("type", ""), FieldKind.TEXT),
        label=one_line(xml.get("label", ""), _MAX_LABEL),
        description=plain(xml.findtext(f"{_DATA}desc") or "", _MAX_TEXT),
        required=xml.find(f"{_DATA}required") is not None,
        values=tuple(plain(each.text or "", _MAX_TEXT) for each in values),
        options=tuple(map(_option, islice(xml.iterfind(f"{_DATA}option"), _MAX_VALUES))),
        media=tuple(
            Media(plain(each.get("type", ""), _MAX_LABEL), plain(each.text or "", _MAX_TEXT))
            for each in islice(media, _MAX_FIELDS)
        ),
    )


def _option(xml: Element) -> Option:
    return Option(
        plain(xml.findtext(f"{_DATA}value") or "", _MAX_TEXT),
        one_line(xml.get("label", ""), _MAX_LABEL),
    )
