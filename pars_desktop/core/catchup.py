"""After a gap: ask our archive on the server for what we missed (XEP-0313)."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from pars_desktop.core.inbox import Inbox
from pars_desktop.core.ports import Archive, ArchiveGone, ArchivePage
from pars_desktop.domain.errors import Offline, Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Message
from pars_desktop.store.archive import ArchiveStore

_log = logging.getLogger(__name__)

FIRST_HISTORY = 1000  # messages that a copy of the program begins with
_PAGE = 50  # Prosody gives no more at once
# An archive may hold any number of things that are no messages, and nothing leaves before it is
# read: of what a copy begins with, this much may be such.
_NO_MESSAGES = 4
_BEGINNING = datetime.fromtimestamp(0, UTC)


class Catchup:
    """Reads on from where the archive was read to, page by page.

    A page and the new position are one transaction, so stopping anywhere loses and doubles
    nothing. The first time, a copy takes the newest history over, as already read.
    """

    def __init__(self, account: JID, store: ArchiveStore, inbox: Inbox) -> None:
        self._account = account
        self._store = store
        self._inbox = inbox
        self._archive: Archive | None = None

    def attach(self, archive: Archive) -> None:
        """Ask this archive from now on."""
        self._archive = archive

    async def run(self) -> None:
        """Read what is new. A server without an archive, or one that errs, is no trouble.

        Raises Offline: then the rest is read in the next session.
        """
        if self._archive is None:
            raise Offline
        began = self._inbox.now()
        position, at = self._store.position(self._account)
        try:
            if at is None:
                await self._take_history_over(self._archive)
            else:
                self._inbox.is_read_until(at)
                await self._read_on(self._archive, position, at)
        except Offline:
            raise
        except Trouble as trouble:
            _log.info("the archive was not read to its end: %s", type(trouble).__name__)
            return
        self._inbox.is_read_until(began)

    async def _take_history_over(self, archive: Archive) -> None:
        """Read backwards from the newest page, then keep it all at once, as already read."""
        pages: list[ArchivePage] = []
        before: str | None = None
        seen: set[str] = set()
        most = -(-_NO_MESSAGES * FIRST_HISTORY // _PAGE)
        while len(pages) < most and sum(len(page.messages) for page in pages) < FIRST_HISTORY:
            page = await archive.latest(_PAGE, before)
            if page.first is None or page.first in seen:
                break
            pages.append(page)
            if page.complete:
                break
            before = page.first
            seen.add(before)
        newest = pages[0].last if pages else None
        messages = [message for page in reversed(pages) for message in page.messages]
        # Of an empty archive we have read everything: whatever is ever in it will be new.
        at = messages[-1].at if messages else _BEGINNING
        self._inbox.accept_all(
            messages, lambda: self._store.advance(self._account, newest or "", at), unread=False
        )

    async def _read_on(self, archive: Archive, position: str | None, at: datetime) -> None:
        """Forwards from the position; by time if the archive does not know it any more."""
        seen: set[str] = set()
        by_time = not position
        while True:
            try:
                page = await archive.page(
                    after=None if by_time else position,
                    start=at if by_time else None,
                    limit=_PAGE,
                )
            except ArchiveGone:
                if by_time:
                    raise
                by_time = True
                continue
            if page.last is None or page.last in seen:
                return  # nothing there, or no progress (C-16)
            seen.add(page.last)
            position, by_time = page.last, False
            at = max([at, *(message.at for message in page.messages)])
            self._keep(page.messages, position, at)
            if page.complete:
                return

    def _keep(self, messages: Sequence[Message], position: str, at: datetime) -> None:
        self._inbox.accept_all(messages, lambda: self._store.advance(self._account, position, at))
