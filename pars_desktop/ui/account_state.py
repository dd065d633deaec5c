"""How an account is doing, in the words of the header and of the strip above the composer."""

from collections.abc import Iterable
from datetime import datetime
from math import ceil

from PySide6.QtCore import QCoreApplication

from pars_desktop.core.account import Account, AccountStatus, State
from pars_desktop.domain.errors import ServerSilent
from pars_desktop.domain.jid import JID

translate = QCoreApplication.translate


def in_a_word(status: AccountStatus, now: datetime | None = None) -> str:
    """For the header: as short as possible; where it is `now`, with the seconds that are left."""
    seconds = seconds_left(status, now) if now is not None else 0
    if seconds:
        return translate("AccountState", "Offline, next try in {seconds} s").format(seconds=seconds)
    return {
        State.ONLINE: translate("AccountState", "Online"),
        State.CONNECTING: translate("AccountState", "Connecting"),
        State.WAITING: translate("AccountState", "Offline, trying again"),
        State.OFFLINE: translate("AccountState", "Offline"),
        State.NEEDS_PASSWORD: translate("AccountState", "Password needed"),
        State.FAILED: translate("AccountState", "Not signed in"),
    }[status.state]


def sentence(status: AccountStatus, now: datetime) -> str:
    """For the chat: what it means for the next message; empty while all is well."""
    if status.state is State.ONLINE:
        return ""
    if status.state is State.CONNECTING:
        return translate("AccountState", "Connecting. Messages will be sent in a moment.")
    if needs_person(status):
        return translate("AccountState", "Not signed in. Messages will be sent once you are.")
    seconds = seconds_left(status, now)
    if isinstance(status.trouble, ServerSilent) and seconds:
        return translate(
            "AccountState", "The server does not answer. Trying again in {seconds} s."
        ).format(seconds=seconds)
    return translate("AccountState", "Offline. Messages will be sent when the connection is back.")


def seconds_left(status: AccountStatus, now: datetime) -> int:
    """Whole seconds until the next attempt; 0 if none is planned."""
    if status.state is not State.WAITING or status.retry_at is None:
        return 0
    return max(0, ceil((status.retry_at - now).total_seconds()))


def needs_person(status: AccountStatus) -> bool:
    """Only the person can help: by a password, or by changing the account."""
    return status.state in (State.NEEDS_PASSWORD, State.FAILED)


def worst(states: list[tuple[JID, AccountStatus]]) -> tuple[JID, AccountStatus] | None:
    """The account that deserves attention first; None if there is no account."""
    order = [
        State.FAILED,
        State.NEEDS_PASSWORD,
        State.OFFLINE,
        State.WAITING,
        State.CONNECTING,
        State.ONLINE,
    ]
    return min(states, key=lambda pair: order.index(pair[1].state), default=None)


def short(jid: JID, among: Iterable[JID]) -> str:
    """One of our addresses where there is little room: what is before the @, if that is enough."""
    alone = all(other == jid or other.local != jid.local for other in among)
    return jid.local if alone else str(jid)


def is_refused(account: Account, jid: JID) -> bool:
    """Nothing is asked for any more, and it was not our person who ended it: they would not be in
    the list, or be blocked, or the request would still stand in the roster at this moment."""
    contact = account.friends.contact(jid)
    if contact is None or contact.ask or contact.is_seen or account.blocking.is_blocked(jid):
        return False
    return not account.friends.waiting(jid)
