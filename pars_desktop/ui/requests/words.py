"""What there is to say about somebody who asks, in whole sentences: a stranger's words are cut."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from pars_desktop.core import trust
from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.requests import Request
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Warn
from pars_desktop.domain.uri import is_mixed
from pars_desktop.ui import errors
from pars_desktop.ui.invite.doubts import sentence
from pars_desktop.ui.plain_text import address, isolated

translate = QCoreApplication.translate

_LONGEST_NICK = 40
_LONGEST_MESSAGE = 160


def doubts(request: Request, accounts: Accounts) -> list[str]:
    """Why to look twice at an address, and at what they call themselves (P-14)."""
    jid = request.jid
    said = [sentence(each) for each in trust.concerns(accounts.all(), jid, request.nick)]
    if is_mixed(jid):
        said.append(errors.warning(Warn.MIXED_SCRIPT))
    if jid.ascii != str(jid):
        said.append(translate("Requests", "In plain letters: {ascii}").format(ascii=jid.ascii))
    return said


def facts(request: Request, accounts: Accounts) -> list[str]:
    """What they say, how they came, and whom they ask if that is a question."""
    said = []
    if nick := errors.plain(request.nick, _LONGEST_NICK):
        said.append(
            translate("Requests", "They call themselves “{nick}”.").format(nick=isolated(nick))
        )
    if message := errors.plain(request.message, _LONGEST_MESSAGE):
        said.append(
            translate("Requests", "They write: “{message}”").format(message=isolated(message))
        )
    account = accounts.get(request.account)
    if account is not None and request.invite is not None:
        guests = [str(jid) for jid, _ in account.invites.used_by(request.invite.id)]
        guest = guests[-1] if guests else ""
        said.append(errors.invitation_used(request.refusal, request.invite, guest))
    if len(accounts.all()) > 1:
        said.append(
            translate("Requests", "They ask {account}.").format(account=address(request.account))
        )
    return [line for line in said if line]


def waiting(accounts: Iterable[Account]) -> int:
    """How many people wait to be seen and answered."""
    return sum(account.friends.request_count() for account in accounts)


def quietly(accounts: Iterable[Account], *, others: bool) -> str:
    """How many wait in silence (R26); empty if nobody does. `others`: beside those in sight."""
    count = sum(account.friends.silent_request_count() for account in accounts)
    if not count:
        return ""
    if count == 1 and others:
        return translate("Requests", "One more request waits quietly.")
    if count == 1:
        return translate("Requests", "One request waits quietly.")
    if others:
        return translate("Requests", "%n more requests wait quietly.", None, count)
    return translate("Requests", "%n requests wait quietly.", None, count)


def show_quiet(accounts: Iterable[Account]) -> None:
    """The person wants to see those, too."""
    for account in accounts:
        if account.friends.silent_request_count():
            account.friends.show_silent_requests()


def not_blocked(account: JID) -> str:
    """Our server has no way to keep anybody away (XEP-0191 is missing)."""
    return translate(
        "Requests", "{server} cannot block anybody. The request is still here; you can decline it."
    ).format(server=account.domain)
