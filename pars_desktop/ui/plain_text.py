"""Words of others are shown as they are written: never as markup, never out of their place."""

import unicodedata

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

_MARKS = 6  # on one letter: more than any language writes
_FSI, _PDI = "\u2068", "\u2069"
_BIDI = dict.fromkeys([0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class Label(QLabel):
    """A label that never reads its text as HTML: QLabel guesses by default (AutoText)."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        font: QFont | None = None,
        wraps: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        if font is not None:
            self.setFont(font)
        self.setText(text)


class ElidedLabel(Label):
    """One line that ends in an ellipsis where there is no room; assistive tools read all of it."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        font: QFont | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        self._whole = ""
        self._mode = mode
        super().__init__(text, parent, font=font)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 4)

    def setText(self, text: str) -> None:  # noqa: N802 (Qt's name)
        """Show text, as much of it as fits."""
        self._whole = one_line(text)
        self.setAccessibleName(self._whole)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        super().setText(self.fontMetrics().elidedText(self._whole, self._mode, self.width()))


def one_line(text: str, limit: int = 400) -> str:
    """The text on one line, cut where nobody would read on."""
    return " ".join(text[: limit * 2].split())[:limit]


def calm(text: str) -> str:
    """Without the marks that pile up on one letter: drawing a thousand of them takes seconds, and
    where they stand beside it no line can be broken between them.
    """
    if text.isascii():
        return text
    kept, marks = [], 0
    for sign in text:
        marks = marks + 1 if unicodedata.category(sign)[0] == "M" else 0
        if marks <= _MARKS:
            kept.append(sign)
    return "".join(kept)


def isolated(text: str) -> str:
    """Foreign words to stand inside a sentence of ours: their direction ends where they end."""
    return f"{_FSI}{text.translate(_BIDI)}{_PDI}"


def address(text: object, longest: int = 64) -> str:
    """Somebody's address to stand inside a sentence: both its parts can always be seen.

    Each may have a thousand letters; of a domain the end says whose it is.
    """
    local, at, domain = calm(str(text)).rpartition("@")
    if len(local) > longest:
        local = f"{local[: longest - 21]}…{local[-20:]}"
    if len(domain) > longest:
        domain = f"…{domain[1 - longest :]}"
    return isolated(f"{local}{at}{domain}")


def ending(host: str, longest: int = 22) -> str:
    """A server's name where there is little room, as on a button: its end says whose it is."""
    return host if len(host) <= longest else f"…{host[1 - longest :]}"


def spoken(text: str) -> str:
    """The text as assistive tools get it: without what only steers how it is drawn."""
    return text.translate(_BIDI)


def showable(text: str) -> str:
    """The text with what no font can show replaced, character by character, so places stay.

    Control characters, lone surrogates and non-characters; line ends become Qt's own.
    """
    return text.translate(_SHOWN)


_SHOWN = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)), "\ufffd")
_SHOWN |= {0xFFFE: "\ufffd", 0xFFFF: "\ufffd", 0x0D: "\u200b", 0x85: "\u2028"}
_SHOWN |= {0x0A: "\u2028", 0x2029: "\u2028", 0x09: "\t"}
