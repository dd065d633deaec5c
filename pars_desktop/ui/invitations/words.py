"""Invitations in words: what one promises, how long it lasts still, what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from pars_desktop.domain.invite import Invite, Purpose, Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.ui import when
from pars_desktop.ui.plain_text import address, isolated

_MOST_NAMED = 3  # guests; the others are counted
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _tr(text: str, number: int = -1) -> str:
    return QCoreApplication.translate("invitations", text, "", number)


def until(ends: datetime, today: datetime) -> str:
    """What follows the word "until": 15:30, 15:30 tomorrow, Friday 27 November."""
    if when.same_day(ends, today):
        return when.clock(ends)
    if ends - today < _DAY:
        return _tr("{time} tomorrow").format(time=when.clock(ends))
    same_year = ends.astimezone().year == today.astimezone().year
    return when.weekday(ends) if same_year else when.weekday_and_year(ends)


def promise(invite: Invite, today: datetime) -> str:
    """Who can use it, how often and until when: one sentence for our person."""
    day = until(invite.ends, today) if invite.ends else ""
    said = _filled(_how_often(invite, end=invite.ends is not None), invite, day)
    if invite.purpose is Purpose.ACCOUNT:
        said += " " + _tr("The server does not say whether that has happened.")
    return said


def for_guest(invite: Invite) -> str:
    """The same for whoever gets it, perhaps on paper, so with the year."""
    end = invite.ends is not None
    if invite.max_uses > 1:
        text = _tr("It works for up to %n people, until {day}.", invite.max_uses)
    elif invite.bound_to is not None and invite.purpose is Purpose.FRIEND:
        text = (
            _tr("It works for {address}, until {day}.")
            if end
            else _tr("It works for {address}, and does not expire.")
        )
    else:
        text = _how_often(invite, end=end)
    return _filled(text, invite, when.weekday_and_year(invite.ends) if invite.ends else "")


def _filled(text: str, invite: Invite, day: str) -> str:
    return text.format(
        day=day,
        address=address(invite.bound_to or ""),
        server=isolated(invite.account.domain),
    )


def _how_often(invite: Invite, *, end: bool) -> str:
    if invite.purpose is Purpose.ACCOUNT:
        return _for_account(invite, end=end)
    if invite.bound_to is not None:
        return (
            _tr("Only {address} can use it, until {day}.")
            if end
            else _tr("Only {address} can use it, and it does not expire.")
        )
    left = invite.max_uses - invite.uses
    if invite.max_uses == 1:
        return (
            _tr("It works once, until {day}.")
            if end
            else _tr("It works once, and does not expire.")
        )
    if left == 1:
        return _tr("One more person who gets it can become your friend, until {day}.")
    if invite.uses:
        return _tr(
            "Anybody who gets this link can become your friend, up to %n more people, until {day}.",
            left,
        )
    return _tr(
        "Anybody who gets this link can become your friend, up to %n people, until {day}.", left
    )


def _for_account(invite: Invite, *, end: bool) -> str:
    if invite.bound_to is not None:
        return (
            _tr("It creates the account {address}, until {day}.")
            if end
            else _tr("It creates the account {address}, and does not expire.")
        )
    return (
        _tr("It creates one account on {server}, until {day}.")
        if end
        else _tr("It creates one account on {server}, and does not expire.")
    )


def title(invite: Invite) -> str:
    """What to call it: for whom it is, as far as that is known."""
    if invite.label:
        return _tr("For {label}").format(label=isolated(invite.label))
    if invite.purpose is Purpose.ACCOUNT:
        return _tr("For a new account")
    if invite.bound_to is not None:
        return _tr("Only for {address}").format(address=address(invite.bound_to))
    return (
        _tr("For a friend") if invite.max_uses == 1 else _tr("For up to %n people", invite.max_uses)
    )


def limits(invite: Invite) -> str:
    """How many can use it and did, or who alone, as far as the title does not say so."""
    said = []
    if invite.label and invite.bound_to is not None and invite.purpose is Purpose.FRIEND:
        said.append(_tr("only for {address}").format(address=address(invite.bound_to)))
    if invite.label and invite.max_uses > 1:
        said.append(_tr("for up to %n people", invite.max_uses))
    if invite.uses and invite.max_uses > 1:
        said.append(_tr("%n used", invite.uses))
    return ", ".join(said)


def remaining(ends: datetime | None, now: datetime) -> str:
    """How long it lasts still."""
    if ends is None:
        return _tr("does not expire: delete when done")
    left = ends - now
    if left >= 2 * _DAY:
        return _tr("ends in %n days", round(left / _DAY))
    if left >= 2 * _HOUR:
        return _tr("ends in %n hours", round(left / _HOUR))
    minutes = -(-left // _MINUTE)
    return _tr("ends in %n minutes", minutes) if minutes > 1 else _tr("ends in a minute")


def state(invite: Invite, guests: Sequence[JID], now: datetime) -> str:
    """What became of it: waiting, used by whom, revoked, expired."""
    refusal = invite.refusal(now)
    if refusal is Refusal.USED:
        return _tr("used by {people}").format(people=_people(guests))
    if refusal is Refusal.REVOKED:
        said = _tr("revoked")
    elif refusal is Refusal.EXPIRED:
        said = _tr("expired")
    elif refusal is Refusal.CLOCK:
        said = _tr("not valid yet by this computer's clock")
    elif invite.purpose is Purpose.ACCOUNT:
        said = _tr("given out")  # the server does not say whether an account was made with it
    else:
        said = _tr("waiting")
    if not guests:
        return said
    return _tr("{state}, used by {people}").format(state=said, people=_people(guests))


def over(invite: Invite | None, now: datetime) -> str:
    """Why an invitation that was on the screen is not there any more: one sentence."""
    refusal = invite.refusal(now) if invite is not None else None
    if refusal is Refusal.EXPIRED:
        return _tr("This invitation has expired.")
    if refusal is Refusal.USED:
        return _tr("This invitation has been used.")
    return _tr("This invitation was revoked.")


def made(at: datetime, now: datetime, *, exactly: bool = False) -> str:
    """When it was made; exactly where nothing else tells it from others."""
    if when.same_day(at, now):
        return _tr("made at {time}").format(time=when.clock(at))
    if exactly:
        day, time = when.short_date(at, now), when.clock(at)
        return _tr("made on {day} at {time}").format(day=day, time=time)
    return _tr("made on {day}").format(day=when.short_date(at, now))


def _people(guests: Sequence[JID]) -> str:
    named = ", ".join(address(jid) for jid in guests[:_MOST_NAMED])
    more = len(guests) - _MOST_NAMED
    return named if more <= 0 else _tr("{people} and %n more", more).format(people=named)
