"""How one message is laid out: bubble, words, time and tick, and the lines above it.

Everything is measured once per message and width, and painted from that. Places in the text are
UTF-16 units.
"""

from dataclasses import dataclass, field
from math import ceil
from typing import cast

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextLine, QTextOption

from pars_desktop.domain.message import Delivery, Direction
from pars_desktop.ui import theme, when
from pars_desktop.ui.chat.entry import Entry
from pars_desktop.ui.chat.link_text import Link, find_links, units
from pars_desktop.ui.plain_text import showable

SIDE = 16.0  # between a bubble and the edge of the list
PADDING_X, PADDING_Y = 12.0, 7.0
WIDEST = 640.0
_SHARE = 0.7
_TICK = 16.0
_FIRST_PART = 3000  # characters shown of a message without "Show more", and
_FIRST_LINES = 40  # lines
_LONG_WORD = 500  # Qt looks for the end of a word at each line: a word of 1 MB takes a minute
_MORE = 8  # times as much with each "Show more"


@dataclass(slots=True)
class Row:
    """A message laid out for a width. Coordinates begin at the row's top left."""

    entry: Entry
    height: float = 0.0
    day_line: QRectF | None = None
    new_line: QRectF | None = None
    bubble: QRectF = field(default_factory=QRectF)
    text: QTextLayout = field(default_factory=QTextLayout)
    text_at: QPointF = field(default_factory=QPointF)
    links: list[Link] = field(default_factory=list)
    more: QRectF | None = None  # "Show more"
    time: QRectF | None = None
    tick: QRectF | None = None
    note: QRectF | None = None  # why it was not sent
    again: QRectF | None = None  # "Send again"

    def place_at(self, point: QPointF, *, nearest: bool = False) -> int | None:
        """Which place in the text is at a point; None beside it, unless the nearest will do."""
        inside = point - self.text_at
        for number in range(self.text.lineCount()):
            line = self.text.lineAt(number)
            area = line.naturalTextRect()
            last = number == self.text.lineCount() - 1
            if area.contains(inside) or (nearest and (inside.y() < area.bottom() or last)):
                return _cursor_at(line, inside.x())
        return None

    def link_at(self, point: QPointF) -> Link | None:
        """The link at a point."""
        place = self.place_at(point)
        if place is None:
            return None
        return next((link for link in self.links if link.start <= place < link.end), None)


@dataclass(frozen=True, slots=True)
class Words:
    """What a row says besides the message itself."""

    note: str = ""
    again: str = ""
    more: str = ""


def lay_out(entry: Entry, width: float, font: QFont, words: Words, steps: int = 0) -> Row:
    """Measure one message. `steps` is how often "Show more" was pressed."""
    row = Row(entry)
    small = QFontMetricsF(theme.font(theme.SMALL, base=font))
    y = _lines_above(row, width, small)
    shown = part(entry.message.body, steps)
    widest = min(WIDEST, max(120.0, width * _SHARE)) - 2 * PADDING_X
    most_lines = _FIRST_LINES * _MORE**steps
    fits = _lay_out_text(row, shown, widest, font, most_lines)
    cut = not fits or len(shown) < len(entry.message.body)

    natural = max((line.naturalTextWidth() for line in _lines(row.text)), default=0.0)
    height = row.text.boundingRect().height()
    inner = natural
    more_height = small.height() + theme.UNIT if cut else 0.0
    footer_width, footer_below = 0.0, False
    if entry.ends_group:
        footer_width = small.horizontalAdvance(when.clock(entry.message.at)) + 2
        if entry.message.direction is Direction.OUT:
            footer_width += _TICK + theme.UNIT
        last = row.text.lineAt(row.text.lineCount() - 1)
        beside = last.naturalTextRect().right() + 10 + footer_width
        footer_below = cut or beside > widest or _is_right_to_left(row.text)
        inner = max(inner, footer_width if footer_below else beside)
    if cut:
        inner = max(inner, small.horizontalAdvance(words.more))
    inner = ceil(inner)
    footer_height = small.height() if entry.ends_group and footer_below else 0.0

    bubble_width = inner + 2 * PADDING_X
    bubble_height = ceil(height + more_height + footer_height + 2 * PADDING_Y)
    ours = entry.message.direction is Direction.OUT
    left = width - SIDE - bubble_width if ours else SIDE
    row.bubble = QRectF(left, y, bubble_width, bubble_height)
    row.text_at = QPointF(left + PADDING_X, y + PADDING_Y)
    if _is_right_to_left(row.text):
        _lay_out_text(
            row, shown, inner, font, most_lines
        )  # aligned to the right edge of the bubble
    if cut:
        row.more = QRectF(
            left + PADDING_X,
            y + PADDING_Y + height + theme.UNIT,
            small.horizontalAdvance(words.more),
            small.height(),
        )
    if entry.ends_group:
        _place_footer(row, footer_width, small.height())
    row.height = row.bubble.bottom()
    if words.note:
        _place_note(row, width, small, words)
    row.height = ceil(row.height + 1)
    return row


def part(body: str, steps: int) -> str:
    """As much of a message as is shown: one that fills the screen is nobody's wish."""
    most = _FIRST_PART * _MORE**steps
    return body if len(body) < most + _FIRST_PART // 10 else body[:most]


def _lines_above(row: Row, width: float, small: QFontMetricsF) -> float:
    y = 2.0 if row.entry.joins_above else 8.0
    if row.entry.day:
        row.day_line = QRectF(0, y + 8, width, small.height() + 4)
        y = row.day_line.bottom() + 12
    if row.entry.is_first_new:
        row.new_line = QRectF(SIDE, y + 4, width - 2 * SIDE, small.height() + 4)
        y = row.new_line.bottom() + 8
    return y


def _lay_out_text(row: Row, text: str, width: float, font: QFont, most_lines: int) -> bool:
    """Break a text into lines; False if there would be more of them than are shown."""
    shown = showable(text)
    option = QTextOption()
    long = max(map(len, shown.split()), default=0) > _LONG_WORD
    wrap = QTextOption.WrapMode
    option.setWrapMode(wrap.WrapAnywhere if long else wrap.WrapAtWordBoundaryOrAnywhere)
    row.text = QTextLayout(shown, font)
    row.text.setTextOption(option)
    row.text.setCacheEnabled(True)
    row.text.beginLayout()
    y, end = 0.0, 0
    for _ in range(most_lines):
        line = row.text.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        line.setPosition(QPointF(0, y))
        y += line.height()
        end = line.textStart() + line.textLength()
    row.text.endLayout()
    row.links = find_links(shown)
    return end == units(shown)


def _place_footer(row: Row, width: float, height: float) -> None:
    right = row.bubble.right() - PADDING_X + 2
    top = row.bubble.bottom() - height - 4
    if row.entry.message.direction is Direction.OUT:
        row.tick = QRectF(right - _TICK, top + (height - _TICK) / 2, _TICK, _TICK)
    row.time = QRectF(right - width, top, width, height)


def _place_note(row: Row, width: float, small: QFontMetricsF, words: Words) -> None:
    failed = row.entry.message.delivery is Delivery.FAILED
    again = small.horizontalAdvance(words.again) + 2 if failed else 0.0
    room = width - 2 * SIDE
    area = QRectF(0, 0, room, 10_000)
    wanted = small.boundingRect(area, Qt.TextFlag.TextWordWrap, words.note)
    one_line = wanted.width() + again + 8 <= room
    top = row.bubble.bottom() + 3
    right = width - SIDE
    if one_line:
        row.note = QRectF(right - again - (8 if again else 0) - wanted.width() - 1, top, 0, 0)
        row.note.setSize(wanted.size())
        row.note.setWidth(wanted.width() + 1)
    else:
        row.note = QRectF(SIDE, top, room, wanted.height())
    row.height = row.note.bottom()
    if failed:
        again_top = top if one_line else row.note.bottom() + 2
        row.again = QRectF(right - again, again_top, again, small.height())
        row.height = row.again.bottom()


def _lines(text: QTextLayout) -> list[QTextLine]:
    return [text.lineAt(number) for number in range(text.lineCount())]


def _is_right_to_left(text: QTextLayout) -> bool:
    """The first line begins at the right, because its first strong letter does."""
    return text.lineCount() > 0 and _x_of_start(text.lineAt(0)) > 1.0


def _x_of_start(line: QTextLine) -> float:
    x, _place = cast("tuple[float, int]", line.cursorToX(0))  # PySide's stub says object
    return x


def _cursor_at(line: QTextLine, x: float) -> int:
    return line.xToCursor(x, QTextLine.CursorPosition.CursorOnCharacter)


def length(row: Row) -> int:
    """How many places the shown text has."""
    return units(row.text.text())
