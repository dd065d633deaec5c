"""The invitations of all accounts, newest first, put into words when they are looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.invite import Invite
from pars_desktop.ui import when
from pars_desktop.ui.bind import bind
from pars_desktop.ui.gather import Gather
from pars_desktop.ui.invitations import words
from pars_desktop.ui.plain_text import one_line, spoken

LINE = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Line:
    """One invitation in words, and what it is. Never its token (battery P-17)."""

    invite: Invite
    waits: bool  # it could still be used
    title: str
    made: str
    ends: str  # empty if it is over
    state: str
    limits: str  # empty if the title says it
    account: str  # whose it is, where there are several accounts

    @property
    def spoken(self) -> str:
        """Everything that is seen, for assistive tools."""
        said = (self.title, self.state, self.limits, self.ends, self.made, self.account)
        return spoken(", ".join(part for part in said if part))


class InvitationModel(QAbstractListModel):
    """Follows the core. `tick` lets the time go on."""

    def __init__(
        self,
        accounts: Accounts,
        parent: QObject | None = None,
        *,
        now: Callable[[], datetime] = when.now,
    ) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._now = now
        self._rows: list[tuple[Account, Invite]] = []
        self._lines: dict[int, Line] = {}
        self._changes: Gather[None] = Gather(self, lambda _: self.reload())
        for account in accounts.all():
            self._follow(account)
        bind(self, accounts.added, self._on_added)
        bind(self, accounts.removed, lambda _jid: self.reload())
        self.reload()

    def reload(self) -> None:
        """Read everything again; rows that stay are the same rows."""
        rows = [(one, invite) for one in self._accounts.all() for invite in one.invites.all()]
        rows.sort(key=lambda row: (row[1].created, row[1].id), reverse=True)
        ids = [invite.id for _, invite in rows]
        if ids == [invite.id for _, invite in self._rows]:
            self._rows = rows
            self.tick()
            return
        self.beginResetModel()
        self._rows = rows
        self._lines.clear()
        self.endResetModel()

    def tick(self) -> None:
        """The words may be others now."""
        self._lines.clear()
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def account_of(self, index: _Index) -> Account:
        """Who made the invitation of a row."""
        return self._rows[index.row()][0]

    def index_of(self, invite_id: int) -> QModelIndex:
        """Where an invitation is; an invalid index if it is not there (any more)."""
        for row, (_, invite) in enumerate(self._rows):
            if invite.id == invite_id:
                return self.index(row)
        return QModelIndex()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == LINE:
            return self._line(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._line(index.row()).spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._line(index.row()).spoken
        return None

    def _line(self, row: int) -> Line:
        account, invite = self._rows[row]
        if invite.id not in self._lines:
            self._lines[invite.id] = self._put(account, invite)
        return self._lines[invite.id]

    def _put(self, account: Account, invite: Invite) -> Line:
        now = self._now()
        guests = [jid for jid, _ in account.invites.used_by(invite.id)] if invite.uses else []
        waits = invite.link is not None and invite.is_open(now)
        several = len(self._accounts.all()) > 1
        return Line(
            invite,
            waits,
            one_line(words.title(invite)),
            words.made(invite.created, now, exactly=not invite.label),
            words.remaining(invite.ends, now) if waits else "",
            words.state(invite, guests, now),
            words.limits(invite),
            self.tr("as {address}").format(address=account.jid) if several else "",
        )

    def _follow(self, account: Account) -> None:
        bind(self, account.invites.changed, self._on_changed)

    def _on_added(self, account: Account) -> None:
        self._follow(account)
        self.reload()

    def _on_changed(self) -> None:
        self._changes.add(None)
