"""Invite a friend: a link and its QR code, ready to be given away (XEP-0379 §3.1)."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.invite import Invite
from pars_desktop.domain.jid import JID
from pars_desktop.domain.text import MAX_NAME
from pars_desktop.ui import errors, theme, when
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.bind import bind
from pars_desktop.ui.chooser import Chooser
from pars_desktop.ui.invite.link_field import LinkField
from pars_desktop.ui.invite.qr_code import QrCode
from pars_desktop.ui.plain_text import Label
from pars_desktop.ui.sheet import Button, Sheet, field, line


class InviteDialog(Sheet):
    """Opens with an invitation ready; inviting again within the hour shows the same one."""

    def __init__(
        self,
        accounts: Accounts,
        preselected: JID | None = None,
        parent: QWidget | None = None,
        *,
        typing_pause: timedelta = timedelta(milliseconds=250),
        copied_for: timedelta = timedelta(seconds=4),
    ) -> None:
        super().__init__(self.tr("Invite a friend"), parent)
        self._accounts = accounts
        self._opened = datetime.now(UTC)
        self._invite: Invite | None = None

        self._promise = Label(wraps=True)
        self._strip = Strip("warning", warns=True)
        self._strip.hide()
        self._arrived = Strip("tick")
        self._arrived.hide()
        self._code = QrCode()
        self._link = LinkField()
        self._link.setAccessibleName(self.tr("Invitation link"))
        self._copied = _Copied(self.tr("Copied"), copied_for)
        self._copy = theme.primary(Button(self.tr("Copy link")))
        self._account = Chooser()
        self._your_name = line(hint=self.tr("What friends call you"), longest=MAX_NAME)
        self._again = theme.quiet(Button(self.tr("New invitation")))
        self._again.setToolTip(self.tr("Make another link, for another friend"))
        self._typed = QTimer(self, singleShot=True, interval=typing_pause // _MS)

        self._place()
        self._fill_accounts(preselected)
        self._account.currentIndexChanged.connect(self._on_account)
        self._copy.clicked.connect(self._on_copy)
        self._again.clicked.connect(self._on_new_invitation)
        self._your_name.textEdited.connect(lambda _: self._typed.start())
        self._your_name.editingFinished.connect(self._keep_name)
        self._typed.timeout.connect(self._keep_name)
        self.finished.connect(self._keep_name)
        for account in accounts.all():
            bind(self, account.invites.changed, self._on_invites_changed)
        self._on_account()
        self._copy.setFocus()

    def _place(self) -> None:
        self.column.addWidget(self._promise)
        self.column.addWidget(self._strip)
        self.column.addWidget(self._arrived)
        self._account_row = QWidget()
        row = field(self.tr("Account"), self._account)
        row.setContentsMargins(0, 0, 0, 0)
        self._account_row.setLayout(row)
        self.column.addWidget(self._account_row)
        self.column.addWidget(self._code, alignment=Qt.AlignmentFlag.AlignHCenter)
        giving = QHBoxLayout()
        giving.setSpacing(theme.RELATED)
        giving.addWidget(self._link, stretch=1)
        giving.addWidget(self._copied)
        giving.addWidget(self._copy)
        self.column.addLayout(giving)
        self.column.addLayout(field(self.tr("Your name"), self._your_name))
        self.column.addWidget(self._again, alignment=Qt.AlignmentFlag.AlignLeft)

    def _fill_accounts(self, preselected: JID | None) -> None:
        for account in self._accounts.all():
            self._account.addItem(str(account.jid), account.jid)
            if account.jid == preselected:
                self._account.setCurrentIndex(self._account.count() - 1)
        self._account_row.setVisible(self._account.count() > 1)

    def _chosen(self) -> Account | None:
        return self._accounts.get(self._account.currentData())

    def _on_account(self) -> None:
        account = self._chosen()
        if account is not None:
            self._your_name.setText(account.settings.your_name)
            self._show_invitation()

    def _show_invitation(self, *, new: bool = False) -> None:
        account = self._chosen()
        if account is None:
            return
        try:
            self._invite = account.invites.create() if new else account.invites.current()
        except StorageFailed as trouble:
            self._strip.say(errors.sentence(trouble))
            self._copy.setEnabled(False)
            return
        link = self._invite.link or ""
        self._copy.setEnabled(True)
        self._link.setText(link)
        self._link.setCursorPosition(0)
        self._copied.hide()
        if not self._code.show_text(link):
            self._strip.say(self.tr("This link is too long for a QR code. A shorter name helps."))
        self._promise.setText(
            self.tr(
                "Send this link, or let them scan the code. It works once, until {day}."
            ).format(day=when.weekday(self._invite.expires))
        )
        self._again.setVisible(self._opened - self._invite.created > timedelta(seconds=1))

    def _on_new_invitation(self) -> None:
        self._strip.hide()
        self._arrived.hide()
        self._show_invitation(new=True)
        self._copy.setFocus()

    def _on_copy(self) -> None:
        self._keep_name()
        self._link.copy_link()
        self._copied.announce()

    def _keep_name(self) -> None:
        """The name belongs to the account, and to the link that is shown now."""
        self._typed.stop()
        account, name = self._chosen(), errors.plain(self._your_name.text(), MAX_NAME)
        if account is None or self._invite is None or name == account.settings.your_name:
            return
        self._accounts.rename_me(account.jid, name)
        self._show_invitation()

    def _on_invites_changed(self) -> None:
        """The invitation on the screen may have been used just now: what is shown must work."""
        account = self._chosen()
        guests = account.invites.used_by(self._invite.id) if account and self._invite else []
        if not guests:
            return
        guest, _ = guests[-1]
        self._arrived.say(
            self.tr("{address} came by your invitation. Here is a new one.").format(address=guest)
        )
        self._show_invitation()


_MS = timedelta(milliseconds=1)


class _Copied(Label):
    """Says for a while, beside the button, that something was copied."""

    def __init__(self, text: str, shown_for: timedelta) -> None:
        super().__init__(text, font=theme.font(theme.SMALL))
        self._over = QTimer(self, singleShot=True, interval=shown_for // _MS)
        self._over.timeout.connect(self.hide)
        self._colour()
        self.hide()

    def announce(self) -> None:
        """Show the word, and have screen readers say it."""
        self.show()
        self._over.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.text()))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._colour()
        super().changeEvent(event)

    def _colour(self) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, theme.colours().good)
        self.setPalette(palette)
