"""Trust the address, not the name: what about a stranger could be taken for somebody we know."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice

from pars_desktop.core.account import Account
from pars_desktop.core.likeness import Likeness, Named
from pars_desktop.domain.jid import JID
from pars_desktop.domain.lookalike import look_alike


class Doubt(Enum):
    """Why a person should look twice. None of them keeps anybody from going on."""

    BLOCKED = "blocked"  # our person blocked this address
    SERVER_BLOCKED = "server blocked"  # or everybody from its server
    ADDRESS_LIKE_CONTACT = "address like contact"
    ADDRESS_LIKE_OURS = "address like ours"
    NAME_IN_USE = "name in use"
    NAME_LIKE_CONTACT = "name like contact"  # other letters that look the same


@dataclass(frozen=True, slots=True)
class Concern:
    """A doubt, and about whom: a contact, or an address of our own."""

    doubt: Doubt
    jid: JID
    name: str = ""  # what we call them


def blocked(accounts: Iterable[Account], jid: JID) -> tuple[Concern, ...]:
    """Our person did not want to hear of them, or of their whole server (P-10)."""
    keeps_away = [each.blocking for each in accounts if each.blocking.is_blocked(jid)]
    if not keeps_away:
        return ()
    server = JID("", jid.domain)
    whole = any(blocking.is_blocked(server) for blocking in keeps_away)
    return (Concern(Doubt.SERVER_BLOCKED, server) if whole else Concern(Doubt.BLOCKED, jid.bare),)


def concerns(accounts: Iterable[Account], jid: JID, name: str) -> tuple[Concern, ...]:
    """What speaks for a second look at an address and the name it comes with.

    Compared with the contacts of all our accounts; one of each doubt is enough. Where there may be
    many contacts, it is better asked once `is_ready`.
    """
    found: dict[Doubt, Concern] = {}
    for account in accounts:
        if look_alike(jid, account.jid):
            found[Doubt.ADDRESS_LIKE_OURS] = Concern(Doubt.ADDRESS_LIKE_OURS, account.jid)
        for doubt, people in _doubts(account.likeness, jid, name):
            for known, known_as in islice(people, 1):
                found.setdefault(doubt, Concern(doubt, known, known_as))
    return tuple(found[doubt] for doubt in Doubt if doubt in found)


def is_ready(accounts: Iterable[Account]) -> bool:
    """False: it takes a while to read all contacts. Part of it is done now; ask again."""
    return all(account.likeness.read_on() for account in accounts)


def _doubts(known: Likeness, jid: JID, name: str) -> Iterator[tuple[Doubt, Iterator[Named]]]:
    yield Doubt.ADDRESS_LIKE_CONTACT, known.with_address_like(jid)
    if name:
        yield Doubt.NAME_IN_USE, known.with_name(jid, name)
        yield Doubt.NAME_LIKE_CONTACT, known.with_name_like(jid, name)
