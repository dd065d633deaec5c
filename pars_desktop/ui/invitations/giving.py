"""What is given away: the code, the link, and the ways to share them."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pars_desktop.core.ports import SettingsFile
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.invite import Invite
from pars_desktop.domain.landing import LANDING_PAGE, is_landing_page, web_link
from pars_desktop.domain.settings import Settings
from pars_desktop.ui import theme
from pars_desktop.ui.invitations.link_field import LinkField
from pars_desktop.ui.invitations.qr_code import QrCode
from pars_desktop.ui.invitations.share import Share
from pars_desktop.ui.plain_text import Label
from pars_desktop.ui.sheet import Button, rows
from pars_desktop.ui.ticked_box import TickedBox

_MS = timedelta(milliseconds=1)


class Giving(QWidget):
    """Shows one invitation. The person decides whether as a web link or as an xmpp: link."""

    said = Signal(str)  # why something did not work, or that it does again (empty)

    def __init__(
        self, settings: SettingsFile, copied_for: timedelta, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._invite: Invite | None = None
        self.was_given = False  # copied or shared, since it is shown
        self._page = LANDING_PAGE
        self._code = QrCode()
        self._link = LinkField()
        self._link.setAccessibleName(self.tr("Invitation link"))
        self._copied = _Copied(self.tr("Copied"), copied_for)
        self.copy = theme.primary(Button(self.tr("Copy link")))
        self._web = TickedBox(self.tr("Web link"))
        self._web.setToolTip(
            self.tr("Works in any browser, also for friends who have no chat program yet")
        )
        self._share = Button(self.tr("Share"))
        self._sharing = Share(self._share)
        self._sharing.copied.connect(self._copied.announce)
        self._sharing.failed.connect(self.said)
        self._sharing.shared.connect(self._on_given)
        self._link.copied.connect(self._on_given)
        self._place()
        self._web.setChecked(self._loaded().web_link)
        self._web.toggled.connect(self._on_web)
        self.copy.clicked.connect(self._on_copy)

    def _place(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.RELATED)
        row.addWidget(self._link, stretch=1)
        row.addWidget(self._copied)
        row.addWidget(self.copy)
        ways = QHBoxLayout()
        ways.addWidget(self._web)
        ways.addStretch()
        ways.addWidget(self._share)
        column = rows(self)
        column.setSpacing(theme.GROUP - theme.UNIT)
        column.addWidget(self._code, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(row)
        column.addLayout(ways)

    def show_invite(self, invite: Invite) -> None:
        """Give this one away: from here on its link stays as it is, whatever is preferred later."""
        self._invite, self.was_given = invite, False
        page = self._loaded().landing_page
        self._page = page if is_landing_page(page) else LANDING_PAGE
        self._copied.hide()
        self._show_link()

    def renew(self, invite: Invite) -> None:
        """The same invitation, of which something else has changed."""
        self._invite = invite
        self._sharing.offer(invite, self._link.text())

    def forget(self) -> None:
        """Nothing is to be given away."""
        self._invite = None
        self._link.clear()
        self._code.show_text("")

    def show_code(self, shown: bool) -> None:
        """Make room, or show the code again."""
        self._code.setVisible(shown)

    def _show_link(self) -> None:
        if self._invite is None:
            return
        text = self._shared(self._invite)
        self._link.setText(text)
        self._link.setCursorPosition(0)
        fits = self._code.show_text(text)
        self._sharing.offer(self._invite, text)
        self.said.emit(
            "" if fits else self.tr("This link is too long for a QR code. A shorter name helps.")
        )

    def _shared(self, invite: Invite) -> str:
        """The link as the person wants it (R4)."""
        link = invite.link or ""
        if not self._web.isChecked():
            return link
        return invite.page or web_link(link, self._page)

    def _on_web(self, web: bool) -> None:
        with suppress(StorageFailed):  # then it is on again the next time
            self._settings.save(replace(self._settings.load(), web_link=web))
        self._copied.hide()
        self._show_link()

    def _on_given(self) -> None:
        self.was_given = True

    def _on_copy(self) -> None:
        self._link.copy_link()
        self._copied.announce()

    def _loaded(self) -> Settings:
        try:
            return self._settings.load()
        except StorageFailed:
            return Settings()


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
