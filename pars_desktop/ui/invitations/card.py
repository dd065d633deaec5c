"""An invitation on paper: who invites, the code, the link, and until when it works."""

from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPagedPaintDevice, QPainter, QPen
from PySide6.QtWidgets import QWidget

from pars_desktop.domain.invite import Invite
from pars_desktop.domain.uri import parse_link
from pars_desktop.ui import theme
from pars_desktop.ui.invitations import qr_code, words
from pars_desktop.ui.plain_text import isolated
from pars_desktop.ui.sheet import breakable

_WIDTH, _CODE, _EDGE, _GAP, _CORNER = 100, 60, 8, 5, 4  # millimetres
_MM_PER_INCH = 25.4
_WORDS = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
_LETTERS = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWrapAnywhere


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says."""

    invite: Invite
    link: str = field(repr=False)  # as the window shows it

    @property
    def heading(self) -> str:
        """Who invites."""
        name = parse_link(self.invite.link or "").name
        who = isolated(name or str(self.invite.account))
        return _tr("{name} invites you").format(name=who)

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands below the code."""
        return (
            _tr("Scan this code with your phone, or open the link."),
            words.for_guest(self.invite),
        )


def print_card(card: Card, parent: QWidget) -> None:
    """Ask for the printer, and print."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle(_tr("Print a card"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.accepted.connect(lambda: draw(card, printer))
    dialog.show()  # its `open` wants a slot by name


def draw(card: Card, paper: QPagedPaintDevice) -> None:
    """Draw the card at the top of a page."""
    painter = QPainter(paper)
    _Drawing(painter, card).draw()
    painter.end()


class _Drawing:
    """One drawing of one card: from the top downwards, in millimetres of the paper."""

    def __init__(self, painter: QPainter, card: Card) -> None:
        self._painter = painter
        self._card = card
        self._mm = painter.device().logicalDpiX() / _MM_PER_INCH
        self._left = (painter.viewport().width() - _WIDTH * self._mm) / 2
        self._y = _EDGE * self._mm

    def draw(self) -> None:
        painter = self._painter
        painter.setPen(QPen(QColor("black")))
        self._write(breakable(self._card.heading), 16, QFont.Weight.DemiBold)
        self._write(breakable(str(self._card.invite.account)), 10)
        self._code()
        for text in self._card.lines:
            self._write(breakable(text), 10)
        self._write(self._card.link, 8, flags=_LETTERS)  # copied from a PDF, it is still itself
        frame = QRectF(self._left, 0, _WIDTH * self._mm, self._y + (_EDGE - _GAP) * self._mm)
        painter.setPen(QPen(QColor("#999999"), self._mm / 5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, _CORNER * self._mm, _CORNER * self._mm)

    def _write(
        self,
        text: str,
        points: int,
        weight: QFont.Weight = QFont.Weight.Normal,
        flags: Qt.AlignmentFlag | Qt.TextFlag = _WORDS,
    ) -> None:
        font = theme.font(weight=weight)
        font.setPointSize(points)
        self._painter.setFont(font)
        width = (_WIDTH - 2 * _EDGE) * self._mm
        room = QRectF(self._left + _EDGE * self._mm, self._y, width, 1000 * self._mm)
        used = self._painter.drawText(room, int(flags), text)
        self._y += used.height() + _GAP * self._mm

    def _code(self) -> None:
        side = _CODE * self._mm
        place = QRectF(self._left + (_WIDTH * self._mm - side) / 2, self._y, side, side)
        picture = qr_code.picture(self._card.link)
        self._painter.drawImage(place, picture)
        self._y += side + _GAP * self._mm


def _tr(text: str) -> str:
    return QCoreApplication.translate("invitations", text)
