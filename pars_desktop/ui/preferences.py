"""Preferences: what one decides once, and seldom again."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.ports import SettingsFile
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.jid import JID
from pars_desktop.domain.landing import LANDING_PAGE, is_landing_page
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.bind import bind
from pars_desktop.ui.plain_text import ElidedLabel
from pars_desktop.ui.remove_account import RemoveAccount
from pars_desktop.ui.sheet import Button, Sheet, buttons, field, line, small


class Preferences(Sheet):
    """Which accounts are here, and where web links of invitations lead.

    Removing an account counts at once; the page when it is saved, and what was given away already
    stays as it is.
    """

    def __init__(
        self,
        settings: SettingsFile,
        accounts: Accounts,
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(self.tr("Preferences"), parent)
        self._settings = settings
        self._accounts = accounts
        self._tasks = tasks
        mine = AccountList(accounts)
        self._page = line(self._kept() or LANDING_PAGE, hint=LANDING_PAGE)
        self._strip = Strip("warning", warns=True)
        self._strip.hide()
        usual = theme.link(Button(self.tr("Use the usual page")))
        save = theme.primary(Button(self.tr("Save")))
        cancel = Button(self.tr("Cancel"))
        self.column.addLayout(field(self.tr("Accounts"), mine))
        self.column.addLayout(field(self.tr("Page for web links"), self._page))
        self.column.addWidget(
            small(
                self.tr(
                    "Web links of your invitations lead to this page, which shows your friends how "
                    "to begin. {page} belongs to others, who let everybody use it."
                ).format(page=LANDING_PAGE)
            )
        )
        self.column.addWidget(self._strip)
        last = buttons(cancel, save)
        last.insertWidget(0, usual)
        self.column.addLayout(last)
        mine.remove_wanted.connect(self._on_remove)
        usual.clicked.connect(lambda: self._page.setText(LANDING_PAGE))
        self._page.textChanged.connect(self._strip.hide)
        self._page.returnPressed.connect(self._on_save)
        save.clicked.connect(self._on_save)
        cancel.clicked.connect(self.reject)
        self._page.setFocus()

    def _on_remove(self, jid: JID) -> None:
        question = RemoveAccount(jid, self._accounts, self._tasks, self)
        question.finished.connect(self._on_answered)
        question.open()

    def _on_answered(self) -> None:
        """Without an account the first window is there again, which has no preferences."""
        if not self._accounts.all():
            self.reject()

    def _kept(self) -> str:
        try:
            return self._settings.load().landing_page
        except StorageFailed:
            return ""

    def _on_save(self) -> None:
        page = self._page.text().strip() or LANDING_PAGE
        if not is_landing_page(page):
            self._strip.say(
                self.tr("The address of this page begins with https:// and ends with #.")
            )
            self._page.setFocus()
            return
        kept = "" if page == LANDING_PAGE else page
        try:
            self._settings.save(replace(self._settings.load(), landing_page=kept))
        except StorageFailed as trouble:
            self._strip.say(errors.sentence(trouble))
        else:
            self.accept()


class AccountList(QWidget):
    """Each account with a button that removes it."""

    remove_wanted = Signal(JID)

    def __init__(self, accounts: Accounts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(theme.UNIT)
        self._shown: dict[JID, QWidget] = {}
        bind(self, accounts.added, lambda account: self._show(account.jid))
        bind(self, accounts.removed, self._take_away)
        for account in accounts.all():
            self._show(account.jid)

    def _show(self, jid: JID) -> None:
        name = ElidedLabel(str(jid), mode=Qt.TextElideMode.ElideMiddle)
        name.setToolTip(str(jid))
        remove = theme.quiet(Button(self.tr("Remove")))
        remove.setAccessibleName(self.tr("Remove {address}").format(address=jid))
        remove.clicked.connect(lambda: self.remove_wanted.emit(jid))
        self._shown[jid] = row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(theme.RELATED)
        across.addWidget(name, 1)
        across.addWidget(remove)
        self._rows.addWidget(row)

    def _take_away(self, jid: JID) -> None:
        row = self._shown.pop(jid)
        self._rows.removeWidget(row)
        row.hide()  # at once: what is deleted later is still seen until then
        row.deleteLater()
