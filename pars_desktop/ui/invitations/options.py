"""What a new invitation can be like: for whom, how long, how often, for one address, our name."""

from datetime import timedelta

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.invite import LIFETIME, LONGEST_LIFETIME, MOST_USES, InviteOptions
from pars_desktop.domain.jid import JID
from pars_desktop.domain.text import MAX_NAME
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.chooser import Chooser
from pars_desktop.ui.sheet import Button, buttons, field, line, rows, small

_USES = (1, 2, 3, 5, 10, 20, MOST_USES)


class Options(QWidget):
    """Says what the next invitation will be like; what is shown already stays as it is."""

    wanted = Signal()  # an invitation with these options

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts_elsewhere = False
        self._uses_wished = 0  # which entry was chosen, while it is for one friend alone
        self._label = line(hint=self.tr("Only you see this"), longest=MAX_NAME)
        self._name = line(hint=self.tr("What friends call you"), longest=MAX_NAME)
        self._lasts = Chooser()
        for text, lifetime in (
            (self.tr("1 hour"), timedelta(hours=1)),
            (self.tr("1 day"), timedelta(days=1)),
            (self.tr("3 days"), timedelta(days=3)),
            (self.tr("1 week"), LIFETIME),
            (self.tr("2 weeks"), timedelta(weeks=2)),
            (self.tr("1 month"), LONGEST_LIFETIME),
        ):
            self._lasts.addItem(text, lifetime)
        self._uses = Chooser()
        for uses in _USES:
            text = self.tr("Once") if uses == 1 else self.tr("For up to %n people", "", uses)
            self._uses.addItem(text, uses)
        self._address = line(hint=self.tr("Address of the one friend who can use it"))
        self._meaning = small()
        self._mistake = Strip("warning", warns=True)
        self._mistake.hide()
        self._create = theme.primary(Button(self.tr("Create")))
        self._place()
        self.reset()
        for chooser in (self._lasts, self._uses):
            chooser.currentIndexChanged.connect(self._on_changed)
        self._address.textChanged.connect(self._on_changed)
        self._create.clicked.connect(self.wanted)

    def _place(self) -> None:
        column = rows(self)
        column.setSpacing(theme.RELATED)
        column.addWidget(
            small(self.tr("For a new invitation. The one that is shown stays as it is."))
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.RELATED)
        grid.setVerticalSpacing(theme.RELATED)
        grid.addLayout(field(self.tr("For whom"), self._label), 0, 0)
        grid.addLayout(field(self.tr("Your name"), self._name), 0, 1)
        grid.addLayout(field(self.tr("Lasts"), self._lasts), 1, 0)
        grid.addLayout(field(self.tr("Works"), self._uses), 1, 1)
        for half in (0, 1):
            grid.setColumnStretch(half, 1)
        column.addLayout(grid)
        column.addLayout(field(self.tr("Only for"), self._address))
        column.addWidget(self._mistake)
        column.addWidget(self._meaning)
        column.addLayout(buttons(self._create))

    @property
    def your_name(self) -> str:
        """What friends will be asked to save us under."""
        return errors.plain(self._name.text(), MAX_NAME)

    def options(self) -> InviteOptions | None:
        """What was chosen; None if there is a mistake in it, which is said then."""
        try:
            friend = self._friend()
        except BadAddress:
            self._mistake.say(self.tr("An address looks like name@server.example."))
            self._address.setFocus()
            return None
        return InviteOptions(
            label=errors.plain(self._label.text(), MAX_NAME),
            lifetime=self._lasts.currentData(),
            uses=self._uses.currentData(),
            bound_to=friend,
            name=self.your_name,
        )

    def name_me(self, name: str) -> None:
        """This is what friends call us so far."""
        self._name.setText(name)

    def server_makes_accounts(self, makes: bool) -> None:
        """Whether the usual invitation lets friends create an account: others never do."""
        self._accounts_elsewhere = makes
        self._on_changed()

    def reset(self) -> None:
        """Back to the usual invitation."""
        self._label.clear()
        self._address.clear()
        self._lasts.setCurrentIndex(self._lasts.findData(LIFETIME))
        self._uses.setCurrentIndex(0)
        self._on_changed()

    def _friend(self) -> JID | None:
        """For whom alone it is. Raises BadAddress."""
        text = self._address.text().strip().removeprefix("xmpp:")
        if not text:
            return None
        friend = JID.parse(text).bare
        if not friend.local:
            raise BadAddress("not of a person")
        return friend

    def _on_changed(self) -> None:
        """Say what the choice means, before anything comes of it."""
        bound = bool(self._address.text().strip())
        self._show_uses(bound)
        self._mistake.hide()
        uses, said = self._uses.currentData(), []
        if uses > 1 and not bound:
            said.append(
                self.tr(
                    "Anybody who gets this link can become your friend, up to %n people.", "", uses
                )
            )
        is_own = bound or uses > 1 or self._lasts.currentData() != LIFETIME
        if is_own and not bound and self._accounts_elsewhere:
            said.append(self.tr("A friend who has no account yet needs one elsewhere."))
        self._meaning.setText(" ".join(said))
        self._meaning.setVisible(bool(said))

    def _show_uses(self, bound: bool) -> None:
        """What is for one friend alone works once, and says so as long as it is that."""
        if bound == self._uses.isEnabled():
            if bound:
                self._uses_wished = self._uses.currentIndex()
            with QSignalBlocker(self._uses):
                self._uses.setCurrentIndex(0 if bound else self._uses_wished)
            self._uses.setEnabled(not bound)
