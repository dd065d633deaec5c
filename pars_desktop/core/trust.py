"""Trust the address, not the name: what about a stranger could be taken for somebody we know."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from pars_desktop.core.account import Account
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.jid import JID
from pars_desktop.domain.lookalike import look_alike, same_name, skeleton


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

    Compared with the contacts of all our accounts; one of each doubt is enough.
    """
    found: dict[Doubt, Concern] = {}
    for account in accounts:
        if look_alike(jid, account.jid):
            found[Doubt.ADDRESS_LIKE_OURS] = Concern(Doubt.ADDRESS_LIKE_OURS, account.jid)
        for contact in account.friends.contacts():
            for doubt in _doubts(jid, name, contact):
                found.setdefault(doubt, Concern(doubt, contact.jid, contact.name))
    return tuple(found[doubt] for doubt in Doubt if doubt in found)


def _doubts(jid: JID, name: str, contact: Contact) -> Iterable[Doubt]:
    if contact.jid == jid.bare:
        return
    if look_alike(jid, contact.jid):
        yield Doubt.ADDRESS_LIKE_CONTACT
    if not name or not contact.name:
        return
    if same_name(name, contact.name):
        yield Doubt.NAME_IN_USE
    elif skeleton(name) == skeleton(contact.name):
        yield Doubt.NAME_LIKE_CONTACT
