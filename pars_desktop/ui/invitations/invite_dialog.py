"""Invite a friend: a link and its QR code, ready to be given away (XEP-0379 §3.1, XEP-0401)."""

from contextlib import suppress
from datetime import timedelta

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.ports import SettingsFile
from pars_desktop.domain.errors import StorageFailed, Trouble
from pars_desktop.domain.invite import Invite, InviteOptions, Purpose
from pars_desktop.domain.jid import JID
from pars_desktop.domain.uri import invitation_link, parse_link
from pars_desktop.ui import errors, theme, when
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.bind import bind
from pars_desktop.ui.chooser import Chooser
from pars_desktop.ui.invitations import words
from pars_desktop.ui.invitations.giving import Giving
from pars_desktop.ui.invitations.options import Options
from pars_desktop.ui.plain_text import Label, address, isolated
from pars_desktop.ui.sheet import Button, Sheet, field, rows, small

_MS = timedelta(milliseconds=1)
_LONGEST_WAIT = timedelta(days=1)  # timers count in milliseconds, of which an int holds 24 days


class InviteDialog(Sheet):
    """Opens with an invitation ready; inviting again within the hour shows the same one.

    Whoever opens it answers `wanted` with `show_invite` or `fail`. Until then nothing can be
    copied, and what is shown once never changes: other options mean another invitation.
    """

    wanted = Signal(object, object)  # an invitation of this account (JID), with InviteOptions
    list_wanted = Signal()
    server_wanted = Signal(object)  # to invite somebody to the server of this account (JID)
    account_chosen = Signal(object)  # JID

    def __init__(
        self,
        accounts: Accounts,
        settings: SettingsFile,
        preselected: JID | None = None,
        parent: QWidget | None = None,
        *,
        quiet: timedelta = timedelta(milliseconds=300),
        copied_for: timedelta = timedelta(seconds=4),
    ) -> None:
        super().__init__(self.tr("Invite a friend"), parent)
        self._accounts = accounts
        self._invite: Invite | None = None
        self._wished_name = ""  # of an account, which the server may ignore
        self._guests = 0  # who used it when it was shown
        self._can_follow = False  # when it is used up, another one like it takes its place

        self._promise = Label(wraps=True)
        self._remark = small()
        self._strip = Strip("warning", warns=True)
        self._arrived = Strip("tick")
        self._account = Chooser()
        self._giving = Giving(settings, copied_for)
        self._options = Options()
        self._again = theme.link(Button(self.tr("New invitation")))
        self._list = theme.link(Button(self.tr("Invitations")))
        self._unfold = theme.link(Button(self.tr("Options")))
        self._to_server = theme.link(Button(self.tr("Invite someone to this server")))
        self._quiet = QTimer(self, singleShot=True, interval=quiet // _MS)
        self._end = QTimer(self, singleShot=True)

        self._place()
        self._fill_accounts(preselected)
        self._account.currentIndexChanged.connect(self._on_account)
        self._giving.said.connect(self._strip.say)
        self._again.clicked.connect(self._on_new)
        self._options.wanted.connect(self._on_new)
        self._list.clicked.connect(self.list_wanted)
        self._unfold.clicked.connect(lambda: self._fold(not self._options.isHidden()))
        self._to_server.clicked.connect(
            lambda: self.server_wanted.emit(self._account.currentData())
        )
        self._quiet.timeout.connect(lambda: self._promise.setText(self.tr("Preparing…")))
        self._end.timeout.connect(self._on_invites_changed)
        self.finished.connect(self._keep_name)
        for account in accounts.all():
            bind(self, account.invites.changed, self._on_invites_changed)

    def _place(self) -> None:
        self._account_row = QWidget()
        row = field(self.tr("Account"), self._account)
        row.setContentsMargins(0, 0, 0, 0)
        self._account_row.setLayout(row)
        for part in (
            self._promise,
            self._remark,
            self._strip,
            self._arrived,
            self._account_row,
        ):
            self.column.addWidget(part)
        self.add_page(self._giving)
        more = QHBoxLayout()
        more.setSpacing(theme.GROUP)
        more.addWidget(self._again)
        more.addWidget(self._list)
        more.addStretch()
        more.addWidget(self._unfold)
        self._add_row(more)
        self.add_page(self._options)
        last = QHBoxLayout()
        last.addWidget(self._to_server)
        last.addStretch()
        self._last = self._add_row(last)
        for hidden in (self._remark, self._strip, self._arrived, self._options, self._last):
            hidden.hide()

    def _add_row(self, row: QHBoxLayout) -> QWidget:
        page = QWidget()
        rows(page).addLayout(row)
        self.add_page(page)
        return page

    def _fill_accounts(self, preselected: JID | None) -> None:
        for account in self._accounts.all():
            self._account.addItem(str(account.jid), account.jid)
            if account.jid == preselected:
                self._account.setCurrentIndex(self._account.count() - 1)
        self._account_row.setVisible(self._account.count() > 1)
        self._show_name()

    # --- what it is told -------------------------------------------------------------------------

    def begin(self) -> None:
        """Show the invitation of the last hour, or want one."""
        self._on_account()

    def show_invite(
        self, invite: Invite, *, can_follow: bool = True, wished_name: str = ""
    ) -> None:
        """Give this one away. `can_follow`: another like it may be made when it is used up.
        `wished_name`: the server was asked to fix this user name."""
        self._quiet.stop()
        self._leave()
        self._choose(invite.account)
        account = self._chosen()
        self._invite, self._can_follow = invite, can_follow and invite.bound_to is None
        self._wished_name = wished_name
        self._strip.hide()
        self._giving.show_invite(invite)
        self._giving.show()
        self._again.setEnabled(True)
        self._fold(True)
        if account is not None:
            self._guests = len(account.invites.used_by(invite.id))
            self._set_aside(invite, False)
            self._options.server_makes_accounts(_server_makes_accounts(account))
        self._giving.copy.setFocus()

    def fail(self, trouble: Trouble) -> None:
        """None could be made."""
        self._quiet.stop()
        self._promise.clear()
        self._again.setEnabled(True)
        self._strip.say(errors.sentence(trouble, self._account.currentData()))

    def offer_server(self, account: JID) -> None:
        """The server of this account lets it invite people to create an account there (R9)."""
        self._last.setVisible(account == self._account.currentData())

    # --- what the person does --------------------------------------------------------------------

    def _chosen(self) -> Account | None:
        return self._accounts.get(self._account.currentData())

    def _choose(self, account: JID) -> None:
        """Turn to an account without wanting anything of it."""
        if account != self._account.currentData():
            self._account.blockSignals(True)
            self._account.setCurrentIndex(self._account.findData(account))
            self._account.blockSignals(False)
            self._greet()

    def _greet(self) -> None:
        self._show_name()
        self._last.hide()
        self.account_chosen.emit(self._account.currentData())

    def _show_name(self) -> None:
        account = self._chosen()
        if account is not None:
            self._options.name_me(account.settings.your_name)

    def _on_account(self) -> None:
        account = self._chosen()
        if account is None:
            return
        self._arrived.hide()
        self._greet()
        try:
            recent = account.invites.recent()
        except StorageFailed as trouble:
            self._close_off("")
            self.fail(trouble)
            return
        if recent is not None and _is_named(recent, account.settings.your_name):
            self.show_invite(recent)
        else:
            self._want(self._options.options())

    def _on_new(self) -> None:
        self._arrived.hide()
        self._keep_name()
        options = self._options.options()
        if options is None:
            self._fold(False)
        else:
            self._want(options)

    def _want(self, options: InviteOptions | None) -> None:
        """Nothing can be copied until the answer is there."""
        account = self._chosen()
        if account is None or options is None:
            return
        self._close_off("", keeps_room=True)
        self._again.setEnabled(False)
        self._quiet.start()
        self.wanted.emit(account.jid, options)

    def _keep_name(self) -> None:
        """The name belongs to the account, and to the invitations that are made from now on."""
        account, name = self._chosen(), self._options.your_name
        if account is not None and name != account.settings.your_name:
            self._accounts.rename_me(account.jid, name)

    def _fold(self, folded: bool) -> None:
        """Open options take the place of the code, or the window would be too high."""
        self._options.setVisible(not folded)
        self._again.setVisible(folded)
        self._giving.show_code(folded)
        kind = theme.primary if folded else theme.plain
        copy = kind(self._giving.copy)
        copy.style().polish(copy)
        if self._invite is not None:
            self._describe(self._invite)

    # --- what is shown ---------------------------------------------------------------------------

    def _describe(self, invite: Invite) -> None:
        now = when.now()
        if invite.purpose is Purpose.ACCOUNT:
            self.call(self.tr("Invite someone to this server"))
        else:
            self.call(self.tr("Invite a friend"))
        if self._options.isHidden():
            sentence = self.tr("Send this link, or let them scan the code. {promise}")
        else:
            sentence = self.tr("Send this link. {promise}")
        self._promise.setText(sentence.format(promise=words.promise(invite, now)))
        remarks = []
        if self._wished_name and invite.bound_to is None:
            remarks.append(
                self.tr("The server did not take the user name; they choose it themselves.")
            )
        if not invite.befriends:
            remarks.append(
                self.tr(
                    "The server made it without you as their friend: send them an invitation of "
                    "your own afterwards."
                )
            )
        if invite.label:
            remarks.append(self.tr("For {label}.").format(label=isolated(invite.label)))
        if not invite.is_ours:
            remarks.append(self.tr("Your server made it, so it cannot be revoked from here."))
        elif self._needs_account(invite):
            remarks.append(self.tr("A friend who has no account yet needs one elsewhere."))
        self._remark.setText(" ".join(remarks))
        self._remark.setVisible(bool(remarks))
        if invite.ends is not None:
            self._end.start(min(max(invite.ends - now, _MS), _LONGEST_WAIT) // _MS)

    def _needs_account(self, invite: Invite) -> bool:
        """Our server would have let a friend create an account, but not with this invitation."""
        account = self._accounts.get(invite.account)
        anybody = not invite.ibr and invite.bound_to is None
        return anybody and account is not None and _server_makes_accounts(account)

    def _close_off(self, why: str, *, keeps_room: bool = False) -> None:
        """Nothing is there to be given away."""
        self._leave()
        self._end.stop()
        room = self._giving.sizePolicy()
        room.setRetainSizeWhenHidden(keeps_room)
        self._giving.setSizePolicy(room)
        self._giving.hide()
        self._giving.forget()
        self._remark.hide()
        self._promise.setText(why)

    def _leave(self) -> None:
        """Another takes the place of what is on the screen, whether or not that was given away."""
        if self._invite is not None and not self._giving.was_given:
            self._set_aside(self._invite, True)
        self._invite = None

    def _set_aside(self, invite: Invite, aside: bool) -> None:
        account = self._accounts.get(invite.account)
        if account is not None:
            with suppress(StorageFailed):  # it only makes guessing easier
                account.invites.set_aside(invite, aside)

    def _on_invites_changed(self) -> None:
        """The invitation on the screen may have been used just now: what is shown must work."""
        account, shown = self._chosen(), self._invite
        if account is None or shown is None:
            return
        invite = account.invites.get(shown.id)
        guests = account.invites.used_by(shown.id)
        came = address(guests[-1][0]) if len(guests) > self._guests else ""
        self._guests = len(guests)
        if invite is not None and invite.link is not None:
            if came:
                self._arrived.say(
                    self.tr("{address} came by your invitation.").format(address=came)
                )
            self._invite = invite
            self._giving.renew(invite)
            self._describe(invite)
        elif came and self._can_follow and (options := self._options.options()) is not None:
            said = self.tr("{address} came by your invitation. Here is a new one.")
            self._arrived.say(said.format(address=came))
            self._want(options)
        else:
            self._close_off(words.over(invite, when.now()))


def _is_named(invite: Invite, name: str) -> bool:
    """The friend is asked to save us under this name, as far as a link can say it."""
    like_it = invitation_link(invite.account, "T", name)
    return parse_link(invite.link or "").name == parse_link(like_it).name


def _server_makes_accounts(account: Account) -> bool:
    """Its server's own invitations let friends create an account, as the last one shows."""
    theirs = (one for one in account.invites.all() if not one.is_ours)
    return any(one.ibr and one.purpose is Purpose.FRIEND for one in theirs)
