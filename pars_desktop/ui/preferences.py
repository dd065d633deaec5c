"""Preferences: what one decides once, and seldom again."""

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from pars_desktop.core.ports import SettingsFile
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.landing import LANDING_PAGE, is_landing_page
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.sheet import Button, Sheet, buttons, field, line, small


class Preferences(Sheet):
    """Where web links of invitations lead. What was given away already stays as it is."""

    def __init__(self, settings: SettingsFile, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Preferences"), parent)
        self._settings = settings
        self._page = line(self._kept() or LANDING_PAGE, hint=LANDING_PAGE)
        self._strip = Strip("warning", warns=True)
        self._strip.hide()
        usual = theme.link(Button(self.tr("Use the usual page")))
        save = theme.primary(Button(self.tr("Save")))
        cancel = Button(self.tr("Cancel"))
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
        usual.clicked.connect(lambda: self._page.setText(LANDING_PAGE))
        self._page.textChanged.connect(self._strip.hide)
        self._page.returnPressed.connect(self._on_save)
        save.clicked.connect(self._on_save)
        cancel.clicked.connect(self.reject)

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
