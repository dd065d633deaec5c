"""What there is to fill in for a new account, and how it is going: shows and reports."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pars_desktop.domain.account import KeepPassword
from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.registration import Plan
from pars_desktop.domain.text import MAX_NAME
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import Strip, warning
from pars_desktop.ui.plain_text import Label, address, spoken
from pars_desktop.ui.registration.password_part import PasswordPart
from pars_desktop.ui.registration.question_fields import QuestionFields
from pars_desktop.ui.registration.web_page_row import WebPageRow
from pars_desktop.ui.sheet import Button, breakable, field, line, small
from pars_desktop.ui.sign_in.password_field import KeepChoice
from pars_desktop.ui.sign_in.server_fields import ServerFields
from pars_desktop.ui.ticked_box import TickedBox

_LONGEST_NAME = 1023  # of a user name (RFC 7622)


class RegistrationForm(QWidget):
    """All of `RegistrationPage` that can be seen."""

    submitted = Signal()
    confirmed = Signal()  # it may be asked for an account whose password it may reset
    uninvited = Signal()  # go on without the invitation
    keep_chosen = Signal(KeepPassword)
    cancelled = Signal()

    def __init__(self, plan: Plan, *, can_cancel: bool) -> None:
        super().__init__()
        self._plan = plan
        self._can_cancel = can_cancel
        self._is_asking = False  # where to keep the password
        self._name = line(hint=self.tr("How your address begins"), longest=_LONGEST_NAME)
        self._name.setReadOnly(bool(plan.user_name))
        self._address = small()
        self._friend = line(
            errors.plain(plan.inviter_name, MAX_NAME), self.tr("What you call them"), MAX_NAME
        )
        self._agrees = TickedBox(self.tr("Go on, even if this sets a new password"))
        self.password = PasswordPart()
        self.questions = QuestionFields()
        self.server = ServerFields()
        self.page = WebPageRow()
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        self._uninvited = Button(self.tr("Create without the invitation"))
        self._uninvited.hide()
        self._keep = KeepChoice()
        self._progress = small()
        self._create = theme.primary(Button(self.tr("Create account")))
        self.go_on = theme.primary(Button(self.tr("Continue")))
        self._try_again = Button(self.tr("Try again"))
        self._cancel = Button(self.tr("Cancel"))
        self._place()
        self._connect()

    @property
    def first_field(self) -> QWidget:
        """Where a person begins: the user name, unless it is fixed."""
        if self._plan.may_reset and not self.is_confirmed:
            return self._agrees
        return self.password.field if self._plan.user_name else self._name

    @property
    def last_button(self) -> QWidget:
        """Where there is nothing to put right, it can be tried again."""
        return self._create if self._create.isEnabled() else self.first_field

    @property
    def user_name(self) -> str:
        """As it was entered."""
        return self._name.text().strip()

    @property
    def friend_name(self) -> str:
        """What the person calls whoever invited them."""
        return errors.plain(self._friend.text(), MAX_NAME)

    @property
    def is_confirmed(self) -> bool:
        """The server may be asked: nothing is lost, or the person has agreed that it is (R33)."""
        return not self._plan.may_reset or self._agrees.isChecked()

    def show_name(self, name: str) -> None:
        """Begin with this user name."""
        self._name.setText(name)
        self._on_text()

    def say(self, text: str) -> None:
        """Say what is wrong."""
        self._trouble.say(text)

    def forget_trouble(self) -> None:
        """What was wrong may be right now."""
        self._trouble.hide()
        self._uninvited.hide()
        self.page.hide()

    def offer_uninvited(self, offers: bool) -> None:
        """Whether it can be tried without the invitation."""
        self._uninvited.setVisible(offers)

    def ask_where_to_keep(self, why: str) -> None:
        """The account is there, but not the place where its password was to go."""
        self._is_asking = True
        self.say(why)

    def show_progress(self, text: str) -> None:
        """What is being waited for."""
        self._progress.setText(breakable(text))
        self._progress.setAccessibleName(text)
        self._progress.show()

    def show_state(self, *, working: bool, creating: bool, made: bool) -> None:
        """What can be done while something is under way, and once the account is made."""
        asking = self._is_asking and made
        for part in (self._name, self._friend, self._agrees, self.questions, self.server):
            part.setDisabled(creating or made)
        self.password.field.setDisabled(creating or made)
        self.password.say_where(in_keyring=not asking)
        self.server.setHidden(asking)
        self._create.setHidden(asking)
        for answer in (self._keep, self._try_again, self.go_on):
            answer.setVisible(asking)
            answer.setDisabled(working)
        if not working:
            self._progress.hide()
        self._cancel.setVisible(working or (self._can_cancel and not made))
        self._is_creating = creating
        self._on_text()

    # --- how it is put together ------------------------------------------------------------------

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.RELATED)
        first = QVBoxLayout()
        first.setContentsMargins(*[theme.UNIT] * 4)  # else focus rings would be cut off
        first.setSpacing(theme.GROUP)
        name = self._plan.domain.domain
        host = Label(breakable(name), font=theme.font(theme.DISPLAY), wraps=True)
        host.setAccessibleName(name)
        first.addWidget(host)
        if self._plan.may_reset:
            first.addWidget(warning(self._may_reset()))
            first.addWidget(self._agrees)
        user_name = field(self.tr("User name"), self._name)
        user_name.addWidget(self._address)
        first.addLayout(user_name)
        first.addWidget(self.password)
        if self._plan.inviter is not None:
            first.addLayout(self._about_friend())
        first.addWidget(self.questions)
        first.addWidget(self._trouble)
        first.addWidget(self._uninvited)
        first.addWidget(self.page)
        column.addLayout(first)
        column.addWidget(self._keep)  # these two have air of their own inside
        column.addWidget(self.server)
        last = QHBoxLayout()
        last.setContentsMargins(*[theme.UNIT] * 4)
        last.setSpacing(theme.RELATED)
        last.addWidget(self._progress, stretch=1)
        last.addStretch()
        for button in (self._cancel, self._try_again, self._create, self.go_on):
            last.addWidget(button)
        column.addLayout(last)

    def _may_reset(self) -> str:
        return self.tr(
            "This link is for {address}. If that account exists, its password is replaced by the "
            "one below. Go on only if it is yours."
        ).format(address=address(self._plan.jid(self._plan.user_name)))

    def _about_friend(self) -> QVBoxLayout:
        """Who will be a friend: the address before the name, which can lie (XEP-0379 §6)."""
        text = self.tr("{address} invited you. You will be friends without another step.")
        text = text.format(address=address(self._plan.inviter))
        said = Label(breakable(text), wraps=True)
        said.setAccessibleName(spoken(text))
        made = QVBoxLayout()
        made.setSpacing(theme.RELATED)
        made.addWidget(said)
        made.addLayout(field(self.tr("Your friend's name"), self._friend))
        return made

    def _connect(self) -> None:
        self._is_creating = False
        self._name.textChanged.connect(self._on_text)
        for edited in (self._name.textEdited, self.password.changed, self.server.changed):
            edited.connect(self._on_edited)
        self._name.returnPressed.connect(self._submit)
        self._friend.returnPressed.connect(self._submit)
        self.password.changed.connect(self._on_text)
        self.password.entered.connect(self._submit)
        self.questions.entered.connect(self._submit)
        self.server.entered.connect(self._submit)
        self._agrees.toggled.connect(self._on_agreed)
        self._uninvited.clicked.connect(self.uninvited)
        self._create.clicked.connect(self._submit)
        self.go_on.clicked.connect(lambda: self.keep_chosen.emit(self._keep.choice()))
        self._try_again.clicked.connect(lambda: self.keep_chosen.emit(KeepPassword.KEYRING))
        self._cancel.clicked.connect(self.cancelled)
        self.show_state(working=False, creating=False, made=False)

    def _submit(self) -> None:
        if self._create.isEnabled() and not self._create.isHidden():
            self.submitted.emit()

    def _on_edited(self) -> None:
        """What was wrong is being corrected; what another way is offered for is not."""
        if self._uninvited.isHidden() and self.page.isHidden() and not self._is_asking:
            self._trouble.hide()

    def _on_agreed(self, agreed: bool) -> None:
        self._on_text()
        if agreed:
            self.confirmed.emit()

    def _on_text(self) -> None:
        filled = bool(self.user_name and self.password.password)
        self._create.setEnabled(filled and self.is_confirmed and not self._is_creating)
        try:
            text = self.tr("Your address will be {address}").format(
                address=address(self._plan.jid(self.user_name))
            )
        except BadAddress:
            text = no_user_name() if self.user_name else ""
        self._address.setText(breakable(text))
        self._address.setAccessibleName(spoken(text))
        self._address.setForegroundRole(QPalette.ColorRole.PlaceholderText)


def no_user_name() -> str:
    """Why what was entered cannot be one."""
    return QCoreApplication.translate(
        "RegistrationForm",
        "This cannot be a user name. Use letters, digits and dots, without spaces.",
    )
