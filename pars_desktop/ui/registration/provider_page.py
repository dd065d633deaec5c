"""On which server: one of a list that can be searched, or any other one by its name."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QWidget

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.provider import Provider
from pars_desktop.domain.registration import Plan
from pars_desktop.ui import theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.registration.provider_model import SEARCHED, ProviderModel
from pars_desktop.ui.registration.provider_row import ProviderRowDelegate
from pars_desktop.ui.selection import keep_one_selected, selected
from pars_desktop.ui.sheet import Button, buttons, field, rows, small

_ROWS_SHOWN = 5
_LONGEST = 1023  # of a server's name (RFC 7622)


class ProviderPage(QWidget):
    """What is typed narrows the list, and counts by itself if nothing in the list is chosen."""

    chosen = Signal(object)  # a Plan

    def __init__(self, providers: Sequence[Provider], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = _Search()
        self._text.setMaxLength(_LONGEST)
        self._text.setPlaceholderText(self.tr("Search, or type the name of any server"))
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(ProviderModel(providers, self))
        self._found.setFilterRole(SEARCHED)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._list = QListView()
        self._list.setAccessibleName(self.tr("Servers"))
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setItemDelegate(ProviderRowDelegate(self._list))
        self._list.setModel(self._found)
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        self._hint = small()
        self._next = theme.primary(Button(self.tr("Next")))
        self._place()
        self._fit()
        self.setFocusProxy(self._text)
        self._text.textChanged.connect(self._on_text)
        self._text.returnPressed.connect(self._choose)
        self._text.list_wanted.connect(self._go_to_list)
        keep_one_selected(self._list)
        self._list.selectionModel().selectionChanged.connect(self._on_selected)
        self._list.activated.connect(self._choose)
        self._next.clicked.connect(self._choose)
        self._on_text("")

    def _place(self) -> None:
        column = rows(self)
        words = self.tr("People on all servers can talk with each other. Choose one you trust.")
        column.addWidget(small(words))
        column.addLayout(field(self.tr("Server"), self._text))
        column.addWidget(self._list)
        column.addWidget(self._hint)
        column.addWidget(self._trouble)
        self.foot = QWidget()  # is placed by whoever shows the page
        last = buttons(self._next)
        last.setContentsMargins(*[theme.UNIT] * 4)
        self.foot.setLayout(last)

    def _fit(self) -> None:
        """As high as a few rows."""
        height = self._list.sizeHintForRow(0)
        self._list.setVisible(height > 0)
        self._list.setFixedHeight(max(height, 1) * _ROWS_SHOWN + theme.UNIT)

    def _on_text(self, text: str) -> None:
        self._trouble.hide()
        self._found.setFilterFixedString(text.strip())
        self._list.setCurrentIndex(QModelIndex())
        self._on_selected()

    def _on_selected(self) -> None:
        wanted = self._wanted()
        self._next.setEnabled(bool(wanted))
        text = ""
        if self._text.text().strip() and not wanted:
            text = self.tr("Type the whole name of a server, such as example.org.")
            if self._found.rowCount():
                text = self.tr("Choose a server of the list.")
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

    def _wanted(self) -> str:
        """The server that is chosen, or else what was typed if it can be the name of one."""
        chosen = selected(self._list)
        if chosen.isValid():
            return str(chosen.data())
        text = self._text.text().strip()
        return text if "." in text else ""

    def _go_to_list(self) -> None:
        if self._found.rowCount():
            self._list.setFocus(Qt.FocusReason.TabFocusReason)
            self._list.setCurrentIndex(self._found.index(0, 0))

    def _choose(self) -> None:
        if not (wanted := self._wanted()):
            return
        try:
            plan = Plan.at_server(wanted)
        except BadAddress:
            self._trouble.say(
                self.tr("This is not the name of a server. A name looks like example.org.")
            )
            self._text.selectAll()
            self._text.setFocus()
        else:
            self.chosen.emit(plan)


class _Search(QLineEdit):
    """Arrow down leads into the list, as where one searches for chats."""

    list_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.list_wanted.emit()
        else:
            super().keyPressEvent(event)
