"""How much of a server's form is shown: laying out more would stop the window, and nobody reads on.

One budget is for a whole form, whatever it is made of.
"""

from pars_desktop.domain.form import FieldKind
from pars_desktop.ui import errors
from pars_desktop.ui.plain_text import calm

_ROWS = 60  # texts, fields and boxes to tick
_LETTERS = 5000
_OPTIONS = 400  # in choosers, which lay out what is in sight; the countries are 250
_OPTIONS_OF_ONE = 300
_PICTURES = 2
_ROWS_OF = {  # as measured; one for all others
    FieldKind.CHOICE: 4,
    FieldKind.LINES: 2,
    FieldKind.JIDS: 2,
    FieldKind.PRIVATE: 2,
}
_LEAST = 40  # letters that a name has when all others are spent


class Budget:
    """What is left of it."""

    def __init__(self) -> None:
        self._rows, self._letters = _ROWS, _LETTERS
        self._options, self._pictures = _OPTIONS, _PICTURES

    def row(self) -> bool:
        """Take one row; False: there are none left."""
        self._rows -= 1
        return self._rows >= 0

    def field(self, kind: FieldKind) -> bool:
        """Take what a field of this kind costs; False: there is too little left."""
        self._rows -= _ROWS_OF.get(kind, 1)
        return self._rows >= 0

    def picture(self) -> bool:
        """Take one picture; False: there are none left."""
        self._pictures -= 1
        return self._pictures >= 0

    def options(self, wanted: int) -> int:
        """Take options of one chooser: how many it gets."""
        given = min(wanted, _OPTIONS_OF_ONE, self._options)
        self._options -= given
        return given

    def words(self, text: str, longest: int) -> str:
        """Take a text to read: as much of it as there are letters for, on one line."""
        given = cut(text, min(longest, self._letters))
        self._letters -= len(given)
        return given

    def name(self, text: str, longest: int) -> str:
        """Take a text without which nobody knows what a field is about."""
        given = cut(text, min(longest, max(self._letters, _LEAST)))
        self._letters = max(self._letters - len(given), 0)
        return given

    def whole(self, *texts: str) -> bool:
        """Take texts that are not to be cut, since they would be sent back; False: too many."""
        letters = sum(map(len, texts)) + len(texts)
        if letters > self._letters or any(calm(text) != text for text in texts):
            return False
        self._letters -= letters
        return True


def cut(text: str, longest: int) -> str:
    """Foreign words on one line. What is far behind the end is not even looked at."""
    return errors.plain(calm(text[: longest * 2]), longest) if longest else ""
