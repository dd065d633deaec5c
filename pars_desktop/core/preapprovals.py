"""Approvals given to our server beforehand, and how they are taken back (RFC 6121 §3.4)."""

import logging
from collections.abc import Callable

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.contacts import Contacts
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.errors import Offline, Trouble
from pars_desktop.domain.jid import JID

_log = logging.getLogger(__name__)


class Preapprovals:
    """Sees to it that an approval lets somebody in once, and not after it has become void (P-12).

    Servers keep one for as long as the entry is in the list, over the end of a friendship too.
    `unsubscribed` takes it back, but for Prosody up to 0.12, which forgets it whenever the entry is
    changed, if only into itself.
    """

    def __init__(
        self, contacts: Contacts, tasks: Tasks, asks_us: Callable[[JID], bool], *, pause: float
    ) -> None:
        """`pause`: seconds in which an entry that changes may turn out to be about to go."""
        self._contacts = contacts
        self._tasks = tasks
        self._asks_us = asks_us
        self._pause = pause
        contacts.parted.connect(self._on_parted)

    def withdraw(self, contact: Contact) -> None:
        """Whoever does not see us now has to ask our person."""
        if contact.sees_us or self._asks_us(contact.jid):
            return
        try:
            roster = self._contacts.roster
            if roster.can_preapprove:
                roster.refuse(contact.jid)
                self._tasks.spawn(self._touch(contact.jid, self._pause), name="end an approval")
        except Offline:
            return

    def is_used(self, contact: Contact) -> None:
        """Our server has let them in because of it: that was the once."""
        try:
            if self._contacts.roster.can_preapprove:
                self._tasks.spawn(self._touch(contact.jid, 0.0), name="end an approval")
        except Offline:
            return

    def _on_parted(self, contact: Contact) -> None:
        """They may be about to ask anew (R15), and must not hear a No to that."""
        self._tasks.spawn(self._withdraw_later(contact.jid), name="end an approval")

    async def _withdraw_later(self, jid: JID) -> None:
        import asyncio

        await asyncio.sleep(self._pause)
        if contact := self._contacts.get(jid):
            self.withdraw(contact)

    async def _touch(self, jid: JID, pause: float) -> None:
        """Change the entry into itself, if it is still there: it must not come back."""
        import asyncio

        await asyncio.sleep(pause)
        contact = self._contacts.get(jid)
        if contact is None or (pause and contact.sees_us):
            return
        try:
            await self._contacts.roster.set(jid, contact.name, contact.groups)
        except Trouble as trouble:
            _log.info("an approval may stay with the server: %s", type(trouble).__name__)
