"""Data forms on the wire (XEP-0004): read without trust, and sent back filled in."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from xml.etree.ElementTree import Element, SubElement

from pars_desktop.domain.form import Answer, FieldKind, Form, FormField, Media, Option
from pars_desktop.domain.text import one_line, plain, sendable

FORM = "{jabber:x:data}x"

_DATA = "{jabber:x:data}"
_FIELD = f"{_DATA}field"
_VALUE = f"{_DATA}value"
_MEDIA = "{urn:xmpp:media-element}media"
_MEDIA_URI = "{urn:xmpp:media-element}uri"
_KINDS = {each.value: each for each in FieldKind}
_MAX_FIELDS = 100
_MAX_LABEL = 500
_MAX_TEXT = 10_000  # of instructions, descriptions and single values
_MAX_PARTS = 4000  # elements; a list of all countries has 500
_MAX_LETTERS = 50_000


class Budget:
    """How much of an answer is still read: a hostile one has a million parts.

    One budget is for all of it, however it is made.
    """

    def __init__(self) -> None:
        self._parts, self._letters = _MAX_PARTS, _MAX_LETTERS

    def parts(self, xml: Element) -> Mapping[str, list[Element]]:
        """The children by their tags; of a tag that is not there, none."""
        taken = xml[: self._parts]
        self._parts -= len(taken)
        found: defaultdict[str, list[Element]] = defaultdict(list)
        for each in taken:
            found[each.tag].append(each)
        return found

    def text(self, text: str | None, longest: int) -> str:
        """The beginning of a text."""
        begin = (text or "")[: min(longest, self._letters)]
        self._letters -= len(begin)
        return begin

    def lines(self, texts: list[Element]) -> str:
        """What some elements say, together."""
        return plain("\n".join(self.text(each.text, _MAX_TEXT) for each in texts), _MAX_TEXT)

    def label(self, text: str | None) -> str:
        """A text on one line."""
        return one_line(self.text(text, _MAX_LABEL), _MAX_LABEL)


def read(parent: Element, budget: Budget | None = None) -> Form | None:
    """The form inside an element (or the element itself), or None if there is none.

    Servers differ in how they send results: whatever the type of the form, its fields are read,
    those of an <item/>, too (R2).
    """
    budget = budget or Budget()
    found = [parent] if parent.tag == FORM else budget.parts(parent)[FORM]
    if not found:
        return None
    parts = budget.parts(found[0])
    return Form(
        title=budget.label(_first(parts[f"{_DATA}title"])),
        instructions=budget.lines(parts[f"{_DATA}instructions"]),
        fields=tuple(_field(each, budget) for each in islice(_fields(parts, budget), _MAX_FIELDS)),
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


def _fields(form: Mapping[str, list[Element]], budget: Budget) -> Iterator[Element]:
    yield from form[_FIELD]
    for item in form[f"{_DATA}item"]:
        yield from budget.parts(item)[_FIELD]


def _field(xml: Element, budget: Budget) -> FormField:
    parts = budget.parts(xml)
    media = (uri for each in parts[_MEDIA] for uri in budget.parts(each)[_MEDIA_URI])
    return FormField(
        var=plain(budget.text(xml.get("var"), _MAX_LABEL)),
        kind=_KINDS.get(xml.get("type", ""), FieldKind.TEXT),
        label=budget.label(xml.get("label")),
        description=budget.lines(parts[f"{_DATA}desc"][:1]),
        required=bool(parts[f"{_DATA}required"]),
        values=tuple(budget.lines([each]) for each in parts[_VALUE]),
        options=tuple(_option(each, budget) for each in parts[f"{_DATA}option"]),
        media=tuple(
            Media(plain(budget.text(each.get("type"), _MAX_LABEL)), budget.lines([each]))
            for each in media
        ),
    )


def _option(xml: Element, budget: Budget) -> Option:
    value = budget.lines(budget.parts(xml)[_VALUE][:1])
    return Option(value, budget.label(xml.get("label")))


def _first(texts: list[Element]) -> str | None:
    return texts[0].text if texts else None
