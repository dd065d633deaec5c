"""The list "Requests": chosen by mouse or keyboard, answered by Return and Delete."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from pars_desktop.core.requests import Request
from pars_desktop.ui.requests.request_model import REQUEST, RequestModel
from pars_desktop.ui.requests.request_row import RequestDelegate
from pars_desktop.ui.selection import keep_one_selected, selected

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RequestList(QListView):
    """Whoever is highlighted is the one who is answered."""

    turned = Signal()  # another row is chosen, or none
    accepted = Signal()
    declined = Signal()

    def __init__(self, model: RequestModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Requests"))
        self.setItemDelegate(RequestDelegate(self))
        self.setUniformItemSizes(True)  # a thousand rows are measured by one
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setModel(model)
        keep_one_selected(self)
        self.selectionModel().selectionChanged.connect(self.turned)

    @property
    def chosen(self) -> Request | None:
        """Whom the answer is about."""
        index = selected(self)
        return index.data(REQUEST) if index.isValid() else None

    def choose(self, row: int) -> None:
        """Choose this row, or the last if there are fewer; nothing in an empty list."""
        count = self.model().rowCount()
        self.setCurrentIndex(self.model().index(min(row, count - 1), 0) if count else QModelIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (*_ENTER, Qt.Key.Key_Delete):
            super().keyPressEvent(event)
        elif event.isAutoRepeat():
            return  # a key that rests on the keyboard answers one, not all
        elif event.key() == Qt.Key.Key_Delete:
            self.declined.emit()
        else:
            self.accepted.emit()
