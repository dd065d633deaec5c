"""The list of invitations: what became of each, and what can be done with the selected one."""

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QWidget

from pars_desktop.core.account import AccountStatus, State
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.invites import Invites
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.invite import LIFETIME, LONGEST_LIFETIME, Invite
from pars_desktop.ui import errors, theme, when
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.bind import bind
from pars_desktop.ui.invitations.invitation_model import LINE, InvitationModel, Line
from pars_desktop.ui.invitations.invitation_row import InvitationRowDelegate, row_height
from pars_desktop.ui.selection import keep_one_selected, selected
from pars_desktop.ui.sheet import Button, Sheet, buttons, small

_ROWS = 6  # seen at once
_MINUTE_MS = 60_000
_HARDLY = timedelta(hours=1)  # longer: nothing that a person would press a button for


class InvitationsDialog(Sheet):
    """All invitations of all accounts. Times count down while somebody can see them."""

    show_again = Signal(Invite)

    def __init__(
        self,
        accounts: Accounts,
        parent: QWidget | None = None,
        *,
        now: Callable[[], datetime] = when.now,
    ) -> None:
        super().__init__(self.tr("Invitations"), parent)
        self._now = now
        self._chosen: int | None = None  # the number of the selected invitation
        self._model = InvitationModel(accounts, self, now=now)
        self._list = QListView()
        self._list.setAccessibleName(self.tr("Invitations"))
        self._list.setItemDelegate(InvitationRowDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setModel(self._model)
        self._nothing = small(self.tr("No invitations yet."))
        self._remark = small()
        self._strip = Strip("warning", warns=True)
        self._strip.hide()
        self._again = Button(self.tr("Show again"))
        self._extend = Button(self.tr("Extend"))
        self._extend.setToolTip(self.tr("Let it last a week longer"))
        self._revoke = Button(self.tr("Revoke"))
        self._revoke.setToolTip(self.tr("Nobody new is let in with it from now on"))
        self._delete = Button(self.tr("Delete"))
        self._delete.setToolTip(self.tr("Take it off this list"))
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.timeout.connect(self._model.reload)
        self._place()
        keep_one_selected(self._list)
        self._list.selectionModel().selectionChanged.connect(self._on_selected)
        self._list.activated.connect(self._on_show_again)
        self._model.modelReset.connect(self._on_reset)
        self._model.dataChanged.connect(self._refresh)
        self._again.clicked.connect(self._on_show_again)
        self._extend.clicked.connect(self._on_extend)
        self._revoke.clicked.connect(lambda: self._do(Invites.revoke))
        self._delete.clicked.connect(self._on_delete)
        for account in accounts.all():
            bind(self, account.status_changed, self._on_status)
        self._on_reset()
        self._list.setFocus()

    def _place(self) -> None:
        self._list.setFixedHeight(_ROWS * row_height(self._list.font()))
        self.column.addWidget(self._nothing)
        self.column.addWidget(self._list)
        self.column.addWidget(self._strip)
        self.column.addWidget(self._remark)
        deeds = QHBoxLayout()
        deeds.setSpacing(theme.RELATED)
        for button in (self._again, self._extend, self._revoke, self._delete):
            deeds.addWidget(button)
        deeds.addStretch()
        close = Button(self.tr("Close"))
        close.clicked.connect(self.accept)
        self.column.addLayout(deeds)
        self.column.addLayout(buttons(close))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._model.reload()
        self._minute.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._minute.stop()

    # --- which one -------------------------------------------------------------------------------

    def _index(self) -> QModelIndex:
        return QModelIndex() if self._chosen is None else self._model.index_of(self._chosen)

    def _line(self) -> Line | None:
        line = self._index().data(LINE)
        return line if isinstance(line, Line) else None

    def _on_selected(self) -> None:
        index = selected(self._list)
        if not index.isValid():
            return
        self._chosen = index.data(LINE).invite.id
        self._strip.hide()
        self._refresh()

    def _on_reset(self) -> None:
        """The same one stays selected; at first, it is the newest."""
        index = self._index()
        self._list.setCurrentIndex(index if index.isValid() else self._model.index(0))
        self._nothing.setVisible(self._model.rowCount() == 0)
        self._list.setVisible(self._model.rowCount() > 0)
        self._refresh()

    def _on_status(self, _: AccountStatus) -> None:
        self._refresh()

    def _refresh(self) -> None:
        line = self._line()
        invite = line.invite if line else None
        waits = line is not None and line.waits
        ours = invite is not None and invite.is_ours
        self._again.setEnabled(waits)
        self._revoke.setEnabled(waits and ours)
        self._extend.setEnabled(waits and ours and self._longer(invite) is not None)
        self._delete.setEnabled(invite is not None and not (waits and ours))
        remark = self._remark_on(ours=ours) if waits else ""
        self._remark.setVisible(bool(remark))
        self._remark.setText(remark)

    def _remark_on(self, *, ours: bool) -> str:
        """What to know before the selected one is revoked (at once, unasked) or deleted."""
        if not ours:
            return self.tr(
                "Your server made this one, so it cannot be revoked from here. "
                "Deleted, it goes on to work."
            )
        if self._model.account_of(self._index()).status.state is State.ONLINE:
            return ""
        return self.tr(
            "Revoked, it still works on your other devices until this one is online again."
        )

    def _longer(self, invite: Invite | None) -> datetime | None:
        """When it would end if it were extended; None if it lasts as long as can be."""
        if invite is None or invite.ends is None:
            return None
        until = min(invite.ends + LIFETIME, self._now() + LONGEST_LIFETIME)
        return until if until > invite.ends + _HARDLY else None

    # --- what is done with it --------------------------------------------------------------------

    def _on_show_again(self) -> None:
        line = self._line()
        if line is not None and line.waits:
            self.show_again.emit(line.invite)

    def _on_extend(self) -> None:
        line = self._line()
        until = self._longer(line.invite) if line else None
        if until is not None:
            self._do(lambda invites, number: invites.extend(number, until))

    def _on_delete(self) -> None:
        row, deleted = self._index().row(), self._chosen
        below = self._model.index(row + 1 if row + 1 < self._model.rowCount() else row - 1)
        following = below.data(LINE)

        def delete(invites: Invites, number: int) -> None:
            # First: the list hears of it at once, and would choose another row by itself.
            self._chosen = following.invite.id if isinstance(following, Line) else None
            invites.delete(number)

        if self._do(delete):
            self._model.reload()
        else:
            self._chosen = deleted

    def _do(self, deed: Callable[[Invites, int], object]) -> bool:
        """Do it; whether it could be written to disk."""
        index = self._index()
        if not index.isValid() or self._chosen is None:
            return False
        try:
            deed(self._model.account_of(index).invites, self._chosen)
        except StorageFailed as trouble:
            self._strip.say(errors.sentence(trouble))
            return False
        self._strip.hide()
        return True
