"""What a server wants to know of a newcomer besides name and password, as fields to fill in.

All its words are foreign: they are shown as they are written, and cut where nobody would read on;
so is the form. A field that is left out is sent back as the server proposed it.
"""

from collections.abc import Callable

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from pars_desktop.domain.form import Answer, FieldKind, FormField
from pars_desktop.domain.registration import Questions
from pars_desktop.ui import theme
from pars_desktop.ui.bars import warning
from pars_desktop.ui.chooser import Chooser
from pars_desktop.ui.registration.budget import Budget, cut
from pars_desktop.ui.registration.picture import PictureView, decoded
from pars_desktop.ui.registration.web_page_row import WebPageRow
from pars_desktop.ui.sheet import breakable, field, line, small
from pars_desktop.ui.sign_in.password_field import PasswordField
from pars_desktop.ui.ticked_box import TickedBox

_LONGEST_LABEL = 200
_LONGEST_WORDS = 1000
_LONGEST_OPTION = 60  # in a chooser
_MOST_FIELDS = 40  # nobody would fill in more

_PLAIN = {  # the fields of XEP-0077 §14.1 have names and no words
    "email": QT_TRANSLATE_NOOP("QuestionFields", "E-mail address"),
    "nick": QT_TRANSLATE_NOOP("QuestionFields", "Nickname"),
    "name": QT_TRANSLATE_NOOP("QuestionFields", "Your name"),
    "first": QT_TRANSLATE_NOOP("QuestionFields", "First name"),
    "last": QT_TRANSLATE_NOOP("QuestionFields", "Last name"),
    "address": QT_TRANSLATE_NOOP("QuestionFields", "Street"),
    "city": QT_TRANSLATE_NOOP("QuestionFields", "City"),
    "state": QT_TRANSLATE_NOOP("QuestionFields", "State or region"),
    "zip": QT_TRANSLATE_NOOP("QuestionFields", "Postal code"),
    "phone": QT_TRANSLATE_NOOP("QuestionFields", "Telephone number"),
    "url": QT_TRANSLATE_NOOP("QuestionFields", "Web page of yours"),
    "date": QT_TRANSLATE_NOOP("QuestionFields", "Date"),
    "misc": QT_TRANSLATE_NOOP("QuestionFields", "More about you"),
    "text": QT_TRANSLATE_NOOP("QuestionFields", "Text"),
}


class QuestionFields(QWidget):
    """`show_questions` keeps what was answered before, but for what a picture asked."""

    entered = Signal()  # Enter in a field of one line

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._inside: QWidget | None = None
        self._questions = Questions()
        self._budget = Budget()
        self._read: dict[str, Callable[[], Answer]] = {}
        self._controls: dict[str, QWidget] = {}
        self.hide()

    def show_questions(self, questions: Questions) -> None:
        """Ask this instead of what was asked before."""
        before, asked_before = self.answers(), self._questions.form
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
        self._questions, self._read, self._controls = questions, {}, {}
        self._budget = Budget()
        self._inside = QWidget()
        rows = QVBoxLayout(self._inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GROUP)
        fields = questions.to_show[:_MOST_FIELDS]
        if fields:
            for text in (questions.form.title, questions.form.instructions):
                self._add_words(rows, text)
        for each in fields:
            old = asked_before.get(each.var)
            same = old is not None and old.kind is each.kind and not each.media
            self._add(rows, each, before.get(each.var) if same else None)
        if questions.web_page:
            page = WebPageRow()
            page.show_page(questions.web_page)
            rows.addWidget(page)
        self._column.addWidget(self._inside)
        self._inside.show()  # at once, or nothing in it could take the focus yet
        self.setVisible(bool(fields or questions.web_page))

    def answers(self) -> dict[str, Answer]:
        """What was filled in."""
        return {var: read() for var, read in self._read.items()}

    def first_missing(self) -> QWidget | None:
        """Where something has to be answered that is not."""
        missing = self._questions.missing(self.answers())
        return next(
            (self._controls[each.var] for each in missing if each.var in self._controls), None
        )

    def to_read(self) -> QWidget | None:
        """Where to write what a picture shows."""
        asked = (each.var for each in self._questions.to_show if each.media)
        return next((self._controls[var] for var in asked if var in self._controls), None)

    def _add(self, rows: QVBoxLayout, asked: FormField, before: Answer | None) -> None:
        if asked.kind is FieldKind.FIXED:
            for text in asked.values[:_MOST_FIELDS]:
                self._add_words(rows, text)
            return
        if not self._budget.whole(*asked.values) or not self._budget.field(asked.kind):
            return
        name = self._budget.name(_name(asked, self._questions), _LONGEST_LABEL)
        self._add_picture(rows, asked)
        control = self._control(asked, name, before)
        self._controls[asked.var] = control
        if isinstance(control, QCheckBox):
            rows.addWidget(control)
        else:
            rows.addLayout(field(name, control))
        self._add_words(rows, asked.description)

    def _add_words(self, rows: QVBoxLayout, text: str) -> None:
        if text and self._budget.row() and (words := self._budget.words(text, _LONGEST_WORDS)):
            rows.addWidget(small(breakable(words)))

    def _add_picture(self, rows: QVBoxLayout, asked: FormField) -> None:
        picture = self._questions.picture(asked)
        if picture is None:
            return
        image = decoded(picture) if self._budget.picture() else None
        if image is None:
            rows.addWidget(warning(self.tr("The picture that belongs here cannot be shown.")))
            return
        view = PictureView(image, self.tr("A picture with something to read, for people only"))
        rows.addWidget(view, alignment=Qt.AlignmentFlag.AlignLeft)

    def _control(self, asked: FormField, name: str, before: Answer | None) -> QWidget:
        """What fits the kind of the field, with what was answered before or is proposed."""
        values = asked.values if before is None else _values(before)
        if asked.kind is FieldKind.BOOLEAN:
            return self._check(
                asked, name, ticked=asked.is_true if before is None else bool(before)
            )
        if asked.kind is FieldKind.CHOICE:
            return self._chooser(asked, values)
        if asked.kind is FieldKind.CHOICES:
            return self._several(asked, values)
        if asked.kind in (FieldKind.LINES, FieldKind.JIDS):
            return self._lines(asked, values)
        return self._line(asked, values)

    def _line(self, asked: FormField, values: tuple[str, ...]) -> QWidget:
        made = PasswordField() if asked.kind is FieldKind.PRIVATE else line()
        if not asked.required:
            made.setPlaceholderText(self.tr("May be left empty"))
        made.setText(values[0] if values else "")
        made.returnPressed.connect(self.entered)
        self._read[asked.var] = made.text
        return made

    def _lines(self, asked: FormField, values: tuple[str, ...]) -> QWidget:
        made = QPlainTextEdit("\n".join(values))
        made.setTabChangesFocus(True)
        made.setFixedHeight(round(made.fontMetrics().height() * 4.5))
        several = asked.kind is FieldKind.JIDS
        self._read[asked.var] = lambda: (
            made.toPlainText().split() if several else made.toPlainText()
        )
        return made

    def _check(self, asked: FormField, name: str, *, ticked: bool) -> QWidget:
        made = TickedBox(name)
        made.setChecked(ticked)
        self._read[asked.var] = made.isChecked
        return made

    def _chooser(self, asked: FormField, values: tuple[str, ...]) -> QWidget:
        made = Chooser(self.tr("Choose"))
        for option in asked.options[: self._budget.options(len(asked.options))]:
            made.addItem(cut(option.label or option.value, _LONGEST_OPTION), option.value)
        made.setCurrentIndex(made.findData(values[0]) if values else -1)
        self._read[asked.var] = lambda: made.currentData() or ""
        return made

    def _several(self, asked: FormField, values: tuple[str, ...]) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(*[theme.UNIT] * 4)
        column.setSpacing(0)
        boxes: list[tuple[TickedBox, str]] = []
        for option in asked.options:
            if not self._budget.row():
                break
            box = TickedBox(self._budget.name(option.label or option.value, _LONGEST_LABEL))
            box.setChecked(option.value in values)
            column.addWidget(box)
            boxes.append((box, option.value))
        if boxes:
            made.setFocusProxy(boxes[0][0])
        self._read[asked.var] = lambda: [value for box, value in boxes if box.isChecked()]
        return made


def _name(asked: FormField, questions: Questions) -> str:
    if asked.label:
        return asked.label
    plain = _PLAIN.get(asked.var) if questions.is_plain else None
    return QCoreApplication.translate("QuestionFields", str(plain)) if plain else asked.var


def _values(answer: Answer) -> tuple[str, ...]:
    if isinstance(answer, bool):
        return ()
    return (answer,) if isinstance(answer, str) else tuple(answer)
