"""What there is to fill in for a new account, and how it is going: shows and reports."""

from itertools import pairwise

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pars_desktop.domain.account import KeepPassword
from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.registration import Plan, Questions
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
_BY_TAB = Qt.FocusPolicy.TabFocus
_NOT_IN_NAMES = "\"&'/:<>@"


class RegistrationForm(QWidget):
    """All of `RegistrationPage` that can be seen."""

    submitted = Signal()
    confirmed = Signal()  # it may be asked for an account whose password it may reset
    uninvited = Signal()  # go on without the invitation
    keep_chosen = Signal(KeepPassword)
    invitation_wanted = Signal()  # to go on with one instead
    server_wanted = Signal()  # another one
    cancelled = Signal()

    def __init__(self, plan: Plan, *, can_cancel: bool, was_there: bool = False) -> None:
        """`was_there`: it is one of our accounts, whose password is to be replaced."""
        super().__init__()
        self._was_there = was_there
        self._plan = plan
        self._can_cancel = can_cancel
        self._is_asking = False  # where to keep the password, before anything is created
        self._kept: KeepPassword = KeepPassword.KEYRING
        self._name = line(hint=self.tr("How your address begins"), longest=_LONGEST_NAME)
        self._name.setReadOnly(bool(plan.user_name))
        self._address = small()
        self._friend = line(
            errors.plain(plan.inviter_name, MAX_NAME), self.tr("What you call them"), MAX_NAME
        )
        self._agrees = TickedBox(self.tr("Go on, even if this sets a new password"))
        if was_there:
            self._agrees.setText(self.tr("Replace the password"))
            self._agrees.setAccessibleName(self._agrees.text())
        self.password = PasswordPart()
        self.questions = QuestionFields()
        self.server = ServerFields()
        self.page = WebPageRow()
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        self._uninvited = Button(self.tr("Create without the invitation"))
        self._uninvited.hide()
        self._without = small(self.tr("You go on without the invitation."))
        self._without.hide()
        self._said_friend = Label(wraps=True)
        self._invitation = Button(self.tr("I have an invitation"))
        self._other_server = Button(self.tr("Choose another server"))
        self._keep = KeepChoice()
        self._progress = small()
        does = self.tr("Set password") if was_there else self.tr("Create account")
        self._create = theme.primary(Button(does))
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
    def to_read(self) -> list[QWidget]:
        """What is asked or said, apart from the fields, from the bottom up."""
        return [each for each in (self._keep, self._trouble) if not each.isHidden()]

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

    def show_questions(self, questions: Questions) -> None:
        """Ask what the server wants to know besides."""
        self.questions.show_questions(questions)
        self._order()

    def say(self, text: str) -> None:
        """Say what is wrong."""
        self._trouble.say(text)

    def forget_trouble(self) -> None:
        """What was wrong may be right now."""
        self._trouble.hide()
        self.page.hide()
        for way in (self._uninvited, self._invitation, self._other_server):
            way.hide()

    def offer(
        self, *, uninvited: bool = False, invitation: bool = False, server: bool = False
    ) -> None:
        """What can be tried instead: without the invitation, with one, or elsewhere."""
        self._uninvited.setVisible(uninvited)
        self._invitation.setVisible(invitation)
        self._other_server.setVisible(server)

    def go_on_uninvited(self) -> None:
        """Say that it is so now: what was said of the friend does not hold any more."""
        self._without.show()
        if self._plan.inviter is not None:
            self._say_friend(self.tr("Pars will ask {address} to become your friend."))

    def ask_where_to_keep(self, why: str) -> None:
        """The place where its password was to go is not there, so nothing was created yet."""
        self._is_asking = True
        self.say(why)

    def keep_in(self, keep: KeepPassword) -> None:
        """The person has said where the password goes."""
        self._is_asking, self._kept = False, keep

    def show_progress(self, text: str) -> None:
        """What is being waited for."""
        self._progress.setText(breakable(text))
        self._progress.setAccessibleName(text)
        self._progress.show()

    def show_state(self, *, working: bool, creating: bool) -> None:
        """What can be done while something is under way."""
        asking = self._is_asking
        for part in (self._name, self._friend, self._agrees, self.questions, self.server):
            part.setDisabled(creating)
        self.password.field.setDisabled(creating)
        self.password.say_where(None if asking else self._kept)
        self._create.setHidden(asking)
        for answer in (self._keep, self._try_again, self.go_on):
            answer.setVisible(asking)
            answer.setDisabled(working)
        if not working:
            self._progress.hide()
        self._cancel.setVisible(working or self._can_cancel)
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
        first.addWidget(self._without)
        first.addWidget(self._trouble)
        for way in (self._uninvited, self._invitation, self._other_server):
            way.hide()
            first.addWidget(way)
        first.addWidget(self.page)
        column.addLayout(first)
        column.addWidget(self._keep)  # these two have air of their own inside
        column.addWidget(self.server)
        self.foot = QWidget()  # is placed by whoever shows the form
        last = QHBoxLayout(self.foot)
        last.setContentsMargins(*[theme.UNIT] * 4)
        last.setSpacing(theme.RELATED)
        last.addWidget(self._progress, stretch=1)
        last.addStretch()
        for button in (self._cancel, self._try_again, self._create, self.go_on):
            last.addWidget(button)

    def _order(self) -> None:
        """Tab goes from the top to the bottom, also to what was put in between later."""
        ways = (self._uninvited, self._invitation, self._other_server, self.page)
        parts = (self.password, self._friend, self.questions, *ways, self._keep, self.server)
        controls: list[QWidget] = [self._name]
        for part in (*parts, self.foot):
            inside = part.findChildren(QWidget)
            controls += [each for each in (part, *inside) if each.focusPolicy() & _BY_TAB]
        together = [each for each in controls if each.window() is self.window()]
        for one, next_one in pairwise(together):
            QWidget.setTabOrder(one, next_one)

    def _may_reset(self) -> str:
        text = self.tr(
            "This link is for {address}. If that account exists, its password is replaced by the "
            "one below. Go on only if it is yours."
        )
        if self._was_there:
            text = self.tr(
                "The password of {address} is replaced by the one below. Your other devices will "
                "ask for it."
            )
        return text.format(address=address(self._plan.jid(self._plan.user_name)))

    def _about_friend(self) -> QVBoxLayout:
        """Who will be a friend: the address before the name, which can lie (XEP-0379 §6)."""
        self._say_friend(
            self.tr("{address} invited you. You will be friends without another step.")
        )
        made = QVBoxLayout()
        made.setSpacing(theme.RELATED)
        made.addWidget(self._said_friend)
        made.addLayout(field(self.tr("Your friend's name"), self._friend))
        return made

    def _say_friend(self, text: str) -> None:
        text = text.format(address=address(self._plan.inviter))
        self._said_friend.setText(breakable(text))
        self._said_friend.setAccessibleName(spoken(text))

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
        self._invitation.clicked.connect(self.invitation_wanted)
        self._other_server.clicked.connect(self.server_wanted)
        self._create.clicked.connect(self._submit)
        self.go_on.clicked.connect(lambda: self.keep_chosen.emit(self._keep.choice()))
        self._try_again.clicked.connect(lambda: self.keep_chosen.emit(KeepPassword.KEYRING))
        self._cancel.clicked.connect(self.cancelled)
        self.show_state(working=False, creating=False)

    def _submit(self) -> None:
        if self._create.isEnabled() and not self._create.isHidden():
            self.submitted.emit()

    def _on_edited(self) -> None:
        """What was wrong is being corrected; what another way is offered for is not."""
        ways = (self._uninvited, self._invitation, self._other_server, self.page)
        if all(way.isHidden() for way in ways) and not self._is_asking:
            self._trouble.hide()

    def _on_agreed(self, agreed: bool) -> None:
        self._on_text()
        if agreed:
            self.confirmed.emit()

    def _on_text(self) -> None:
        filled = bool(self.user_name and self.password.password)
        self._create.setEnabled(filled and self.is_confirmed and not self._is_creating)
        text = self.tr("Your address will be {address}")
        if self._was_there:
            text = self.tr("Your address is {address}")
        try:
            text = text.format(address=address(self._plan.jid(self.user_name)))
        except BadAddress:
            text = no_user_name(self.user_name) if self.user_name else ""
        self._address.setText(breakable(text))
        self._address.setAccessibleName(spoken(text))
        self._address.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._name.setAccessibleDescription(text)


def no_user_name(entered: str) -> str:
    """Why what was entered cannot be one (RFC 7622 §3.3.1)."""
    text = QCoreApplication.translate(
        "RegistrationForm", "This cannot be a user name. Use letters, digits and dots."
    )
    wrong = " ".join(dict.fromkeys(sign for sign in entered if sign in _NOT_IN_NAMES))
    if any(sign.isspace() for sign in entered):
        text = QCoreApplication.translate(
            "RegistrationForm", "This cannot be a user name. It must not hold spaces."
        )
    elif wrong:
        text = QCoreApplication.translate(
            "RegistrationForm", "This cannot be a user name. It must not hold {signs}"
        ).format(signs=wrong)
    return text
