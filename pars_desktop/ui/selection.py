"""In a list of which one row is chosen: that row, by whatever means it became selected."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex
from PySide6.QtWidgets import QAbstractItemView

_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect


def keep_one_selected(view: QAbstractItemView) -> None:
    """Assistive tools add to the selection, and leave the current row where it is: from now on
    that does what a click does. Call it after `setModel`, and before listening to the selection.
    """
    model = view.selectionModel()

    def on_selection(added: QItemSelection, _removed: QItemSelection) -> None:
        if rows := added.indexes():
            model.setCurrentIndex(rows[0], _SELECT)

    model.selectionChanged.connect(on_selection)


def selected(view: QAbstractItemView) -> QModelIndex:
    """The row that is highlighted, so what an answer is about; an invalid index if none is."""
    return next(iter(view.selectionModel().selectedIndexes()), QModelIndex())
