"""Everything there is to know about one request: the address first and largest (XEP-0379 §6)."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from pars_desktop.core.accounts import Accounts
from pars_desktop.core.requests import Request
from pars_desktop.ui import theme, when
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.invite.address_field import AddressField
from pars_desktop.ui.plain_text import Label, spoken
from pars_desktop.ui.requests import words
from pars_desktop.ui.sheet import breakable, small

_LEAST, _MOST = 8, 22  # lines: what is below seldom moves, and an endless address is scrolled


class RequestDetails(QScrollArea):
    """The chosen request, whole."""

    def __init__(
        self,
        accounts: Accounts,
        parent: QWidget | None = None,
        now: Callable[[], datetime] = when.now,
    ) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._now = now
        self._address = AddressField()
        self._address.setAccessibleName(self.tr("Their address"))
        self._asked = small()
        self._asked.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._doubts = Strip("warning", warns=True)
        self._facts = Label(wraps=True)
        page = QWidget()
        self._column = column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.RELATED)
        for part in (self._address, self._asked, self._doubts, self._facts):
            column.addWidget(part)
        column.addStretch()
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_request(self, request: Request) -> None:
        """Say who this is, when they asked, and what they say."""
        self._address.show_address(request.jid)
        self._doubts.say("\n".join(words.doubts(request, self._accounts)))
        facts = "\n".join(words.facts(request, self._accounts))
        self._facts.setText(breakable(facts))
        self._facts.setAccessibleName(spoken(facts))
        self._facts.setVisible(bool(facts))
        self._asked.setVisible(request.at is not None)
        if request.at is not None:
            day = when.day(request.at, self._now())
            asked = self.tr("Asked to be your friend: {day}, {time}")
            self._asked.setText(asked.format(day=day, time=when.clock(request.at)))
        self.verticalScrollBar().setValue(0)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        """As high as what it says, within bounds."""
        line = self.fontMetrics().lineSpacing()
        needed = self._column.totalHeightForWidth(self.viewport().width())
        self.setFixedHeight(min(max(needed, _LEAST * line), _MOST * line))
