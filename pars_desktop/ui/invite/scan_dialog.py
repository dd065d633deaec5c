"""Which of several codes was meant: says what each is, and the person chooses."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from pars_desktop.domain.link import Action, Refused
from pars_desktop.domain.uri import parse_link
from pars_desktop.ui import theme
from pars_desktop.ui.errors import plain
from pars_desktop.ui.plain_text import address, isolated
from pars_desktop.ui.selection import keep_one_selected, selected
from pars_desktop.ui.sheet import Button, Sheet, buttons, small

_MOST_ROWS = 6
_ROW = 2.2  # heights of a letter
_LONGEST = 60  # characters of a foreign text: enough to know which one it is
_INVITATIONS = frozenset({Action.ROSTER, Action.SUBSCRIBE})


class CodesDialog(Sheet):
    """What is no link can be read here, below the others, but not chosen."""

    chosen = Signal(str)

    def __init__(self, texts: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Which code?"), parent)
        self._codes = QListWidget()
        self._codes.setAccessibleName(self.tr("Codes"))
        self._codes.setFrameShape(QFrame.Shape.NoFrame)
        self._codes.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._codes.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        height = round(self._codes.fontMetrics().height() * _ROW)
        for text in sorted(texts, key=lambda text: not is_link(text)):
            item = QListWidgetItem(self._meaning(text), self._codes)
            if not is_link(text):
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setData(Qt.ItemDataRole.UserRole, text)
            item.setSizeHint(QSize(0, height))
        self._codes.setFixedHeight(min(len(texts), _MOST_ROWS) * height + 2 * theme.RING)
        self._open = theme.primary(Button(self.tr("Open")))
        self._open.setEnabled(False)
        cancel = Button(self.tr("Cancel"))
        self.column.addWidget(small(self.tr("Several were found. Nothing is opened by itself.")))
        self.column.addWidget(self._codes)
        self.column.addLayout(buttons(cancel, self._open))
        keep_one_selected(self._codes)
        self._codes.itemSelectionChanged.connect(self._on_selection)
        self._codes.itemActivated.connect(self._choose)
        self._open.clicked.connect(self._choose)
        cancel.clicked.connect(self.reject)
        self._codes.setFocus()

    def _meaning(self, text: str) -> str:
        """What a code is, in a few words."""
        link = parse_link(text)
        if link.refused is Refused.NOT_A_LINK:
            if host := _web_host(text):
                return self.tr("No invitation: page of {server}").format(server=isolated(host))
            return self.tr("No invitation: {text}").format(text=isolated(plain(text, _LONGEST)))
        if link.refused is not None:
            return self.tr("A link that Pars does not use")
        if link.action is Action.LOOKUP:
            return self.tr("Invitation page of {server}").format(server=isolated(_web_host(text)))
        if link.jid is None:
            return self.tr("A link to nobody in particular")
        who = address(link.jid)
        if link.action in _INVITATIONS:
            return self.tr("Invitation from {address}").format(address=who)
        if link.action is Action.REGISTER:
            return self.tr("Invitation to an account: {address}").format(address=who)
        if link.action is Action.CHAT:
            return self.tr("Address: {address}").format(address=who)
        return self.tr("Link about {address}").format(address=who)

    def _selected(self) -> str:
        return selected(self._codes).data(Qt.ItemDataRole.UserRole) or ""

    def _on_selection(self) -> None:
        self._open.setEnabled(is_link(self._selected()))

    def _choose(self) -> None:
        text = self._selected()
        if is_link(text):
            self.accept()
            self.chosen.emit(text)


def is_link(text: str) -> bool:
    """It is ours to open, if only to say why it is refused."""
    return parse_link(text).refused is not Refused.NOT_A_LINK


def _web_host(text: str) -> str:
    """Whose page it is; empty if it is none."""
    if not text.lower().startswith(("https://", "http://")):
        return ""
    try:
        return plain(urlsplit(text).hostname or "", _LONGEST)
    except ValueError:
        return ""
