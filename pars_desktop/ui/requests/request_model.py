"""Everybody who asks to be a friend, as a Qt model: who waits longest comes first."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import groupby

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from pars_desktop.core.accounts import Accounts
from pars_desktop.core.requests import Request
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.ui import when
from pars_desktop.ui.plain_text import address, spoken
from pars_desktop.ui.requests import words

REQUEST = Qt.ItemDataRole.UserRole
SECOND_LINE = REQUEST + 1
DOUBTED = REQUEST + 2  # look twice

_Index = QModelIndex | QPersistentModelIndex
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_ROOT = QModelIndex()


class RequestModel(QAbstractListModel):
    """One row for each person and account asked. New ones come last, so nothing moves."""

    def __init__(
        self,
        accounts: Accounts,
        parent: QObject | None = None,
        now: Callable[[], datetime] = when.now,
    ) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._now = now
        self._rows: list[Request] = []
        self.reload()

    def reload(self) -> None:
        """Read everything again; who was here before stays in place."""
        accounts = self._accounts.all()
        self._become(each for account in accounts for each in account.friends.requests())

    def take(self, news: Iterable[Request | ChatKey]) -> None:
        """People who ask, and keys of people who do not any more, in the order they came."""
        waiting = {key(each): each for each in self._rows}
        for item in news:
            if isinstance(item, Request):
                waiting[key(item)] = item
            else:
                waiting.pop(item, None)
        self._become(waiting.values())

    def row_of(self, wanted: ChatKey | None) -> int | None:
        """Where somebody is in the list."""
        return next((row for row, each in enumerate(self._rows) if key(each) == wanted), None)

    def count_from(self, request: Request) -> int:
        """How many from the same server ask the same account."""
        return sum(
            each.account == request.account and each.jid.domain == request.jid.domain
            for each in self._rows
        )

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        request = self._rows[index.row()]
        if role == REQUEST:
            return request
        if role == Qt.ItemDataRole.DisplayRole:
            return address(request.jid)
        if role == SECOND_LINE:
            return " ".join(self._said(request))
        if role == DOUBTED:
            return bool(words.doubts(request, self._accounts))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(request)
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(request.jid)
        return None

    def _said(self, request: Request) -> list[str]:
        return words.doubts(request, self._accounts) + words.facts(request, self._accounts)

    def _spoken(self, request: Request) -> str:
        """The address first, then everything that is shown about them."""
        begin = str(request.jid)
        if request.at is not None:
            begin += f", {when.moment(request.at, self._now())}"
        said = " ".join(self._said(request))
        return spoken(f"{begin}: {said}" if said else begin)

    def _become(self, requests: Iterable[Request]) -> None:
        """Take rows out and put rows in, so that whoever stays keeps place and selection."""
        new = sorted(requests, key=_place)
        keys = {key(each) for each in new}
        gone = [row for row, each in enumerate(self._rows) if key(each) not in keys]
        for first, last in reversed(list(_runs(gone))):
            self.beginRemoveRows(_ROOT, first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
        here = {key(each) for each in self._rows}
        come = [row for row, each in enumerate(new) if key(each) not in here]
        for first, last in _runs(come):
            self.beginInsertRows(_ROOT, first, last)
            self._rows[first:first] = new[first : last + 1]
            self.endInsertRows()
        changed = [row for row, each in enumerate(new) if each != self._rows[row]]
        self._rows = new
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first), self.index(last))


def key(request: Request) -> ChatKey:
    """Who asks whom."""
    return ChatKey(request.account, request.jid)


def _place(request: Request) -> tuple[datetime, str, str]:
    return (request.at or _LONG_AGO, str(request.jid), str(request.account))


def _runs(rows: list[int]) -> Iterable[tuple[int, int]]:
    """Rows that follow on one another, as first and last."""
    for _, run in groupby(enumerate(rows), key=lambda place: place[1] - place[0]):
        together = [row for _, row in run]
        yield together[0], together[-1]
