"""What all dialogs share: one column of fixed width that grows and shrinks with what it says."""

import re

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pars_desktop.ui import theme
from pars_desktop.ui.plain_text import Label, calm

WIDTH = 420
_LONGEST_WORD = 20  # characters that fit into the narrowest column in one piece


class Sheet(QDialog):
    """A dialog that is opened, never executed, and deleted once it is closed."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._pages = QVBoxLayout(self)
        self._pages.setContentsMargins(*[theme.EDGE - theme.UNIT] * 4)
        self._pages.setSpacing(theme.GROUP - 2 * theme.UNIT)
        first = QWidget()
        self._heading = heading(title)
        self.column = rows(first)
        self.column.addWidget(self._heading)
        self.add_page(first)

    def add_page(self, page: QWidget) -> None:
        """Something below the column, with `rows` of its own."""
        self._pages.addWidget(page)

    def call(self, title: str) -> None:
        """Give it another name, because it says something else now."""
        self.setWindowTitle(title)
        self._heading.setText(title)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Polish):
            self._fit()
        return done

    def _fit(self) -> None:
        """Labels that wrap need a height for a width, which QDialog does not ask for."""
        width = max(WIDTH, self._pages.totalMinimumSize().width())
        self.setFixedSize(width, self._pages.totalHeightForWidth(width))


class Button(QPushButton):
    """Enter presses it only while it has the focus itself; no button of ours is a default."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAccessibleName(text)
        theme.plain(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()


def rows(page: QWidget) -> QVBoxLayout:
    """The layout of a page: a little air around it, or the focus ring would be cut off."""
    made = QVBoxLayout(page)
    made.setContentsMargins(*[theme.UNIT] * 4)
    made.setSpacing(theme.GROUP)
    return made


def heading(text: str) -> Label:
    """What a sheet or page is for."""
    return Label(text, font=theme.font(theme.TITLE, QFont.Weight.DemiBold), wraps=True)


def small(text: str = "") -> Label:
    """A remark that steps back: small, in the secondary colour."""
    made = Label(text, font=theme.font(theme.SMALL), wraps=True)
    made.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return made


def field(name: str, control: QWidget) -> QVBoxLayout:
    """A control below its name; the name is its accessible name too."""
    label = Label(name, font=theme.font(theme.SMALL))
    label.setBuddy(control)
    control.setAccessibleName(name)
    made = QVBoxLayout()
    made.setSpacing(theme.UNIT)
    made.addWidget(label)
    made.addWidget(control)
    return made


def buttons(*from_left: QPushButton) -> QHBoxLayout:
    """The last row of a sheet: its buttons, at the right."""
    made = QHBoxLayout()
    made.setSpacing(theme.RELATED)
    made.addStretch()
    for button in from_left:
        made.addWidget(button)
    return made


def line(text: str = "", hint: str = "", longest: int = 32767) -> QLineEdit:
    """A field for one line."""
    made = QLineEdit(text)
    made.setPlaceholderText(hint)
    made.setMaxLength(longest)
    return made


def breakable(text: str) -> str:
    """The text with places where a label may break long words, addresses say: before @, before
    the dots of what is long still, and, if there is no other way, anywhere. For labels only: the
    places are characters, and marks that pile up on a letter are left out."""
    return " ".join(
        word if len(word) <= _LONGEST_WORD else _with_places(word) for word in calm(text).split(" ")
    )


def _with_places(word: str) -> str:
    parts = []
    for half in re.findall(r"@?[^@]+|@", word):
        fits = len(half) <= _LONGEST_WORD
        for part in [half] if fits else re.findall(r"[@.]?[^@.]+|[@.]", half):
            parts += [part[at : at + _LONGEST_WORD] for at in range(0, len(part), _LONGEST_WORD)]
    return "\u200b".join(parts)
