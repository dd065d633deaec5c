"""A form that a server wants filled in, or a result in the shape of one (XEP-0004)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum


class FieldKind(Enum):
    """How a field is to be shown and answered (XEP-0004 section 3.3)."""

    BOOLEAN = "boolean"
    FIXED = "fixed"  # a text between the fields: nothing to answer
    HIDDEN = "hidden"  # sent back as it came
    JID = "jid-single"
    JIDS = "jid-multi"
    CHOICE = "list-single"
    CHOICES = "list-multi"
    LINES = "text-multi"
    PRIVATE = "text-private"  # a password: not to be shown
    TEXT = "text-single"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values a field offers."""

    value: str
    label: str = ""  # how to show it; empty: show the value


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or sound that belongs to a field, such as a CAPTCHA (XEP-0221)."""

    kind: str  # its media type, as the form says
    uri: str  # cid: is a piece of data that came with the form (XEP-0231)


@dataclass(frozen=True, slots=True)
class FormField:
    """One field. Its texts are foreign: to be shown as they are written, never as markup."""

    var: str  # its name; empty only for fixed text
    kind: FieldKind = FieldKind.TEXT
    label: str = ""
    description: str = ""
    required: bool = False
    values: tuple[str, ...] = field(default=(), repr=False)  # may be a password or an invitation
    options: tuple[Option, ...] = ()
    media: tuple[Media, ...] = ()

    @property
    def value(self) -> str:
        """Its value, of several the first; empty if there is none."""
        return self.values[0] if self.values else ""

    @property
    def is_true(self) -> bool:
        """A boolean field is ticked."""
        return self.value in ("1", "true")


Answer = str | bool | Sequence[str]


@dataclass(frozen=True, slots=True)
class Form:
    """A form, with its fields in their order. Of two fields with one name the first counts."""

    title: str = ""
    instructions: str = ""  # may be several lines
    fields: tuple[FormField, ...] = ()

    def get(self, var: str) -> FormField | None:
        """The field of this name."""
        return next((each for each in self.fields if each.var == var), None)

    def value(self, *names: str) -> str:
        """The value of the first of these fields that has one, or empty."""
        found = (each.value for name in names if (each := self.get(name)))
        return next(filter(None, found), "")

    def filled_in(self, answers: Mapping[str, Answer]) -> list[tuple[str, tuple[str, ...]]]:
        """Names and values to send back: the answers, and for the rest what the form proposed.

        Answers to fields that the form does not have are left out, and so is fixed text. Hidden
        fields stay as they came. A text with line ends becomes several values where the field
        takes several lines.
        """
        return [
            (each.var, _values(each, answers.get(each.var)))
            for each in self.fields
            if each.var and each.kind is not FieldKind.FIXED
        ]

    def missing(self, answers: Mapping[str, Answer]) -> list[FormField]:
        """The required fields that would be sent back empty."""
        sent = dict(self.filled_in(answers))
        return [each for each in self.fields if each.required and not any(sent.get(each.var, ()))]


def _values(asked: FormField, answer: Answer | None) -> tuple[str, ...]:
    if answer is None or asked.kind is FieldKind.HIDDEN:
        return asked.values
    if isinstance(answer, bool):
        return ("1" if answer else "0",)
    if not isinstance(answer, str):
        return tuple(answer)
    return tuple(answer.split("\n")) if asked.kind is FieldKind.LINES else (answer,)
