"""Our own archive on the server, page by page (XEP-0313)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement

from slixmpp.stanza import Iq
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.stanzabase import StanzaBase

from pars_desktop.core.ports import ArchiveGone, ArchivePage
from pars_desktop.domain.errors import ServerRefused
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Message
from pars_desktop.xmpp import forms, names, reading
from pars_desktop.xmpp.session import Matching, Session

_RSM = "{http://jabber.org/protocol/rsm}"


class Archive:
    """Fits `core.ports.Archive`.

    slixmpp's own pager takes every error for the end of the archive, ignores `complete`, does not
    look who sent a result, and leaves a handler behind for each page that failed.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def page(
        self, *, after: str | None = None, start: datetime | None = None, limit: int = 50
    ) -> ArchivePage:
        """The page after an id, or from a time on.

        Raises ArchiveGone, Offline, ServerRefused, ServerSilent. A server that gives the same
        page again and again has nothing new: such a page is the last one.
        """
        results, answer = await self._query(limit, start=start, after=after)
        page = results[:limit]
        last = page[-1].id if page else None
        is_whole = _is_complete(answer) and len(results) <= limit
        is_last = is_whole or last is None or last == after
        return ArchivePage(self._messages(page, start), last, is_last, page[0].id if page else None)

    async def latest(self, limit: int = 50, before: str | None = None) -> ArchivePage:
        """The newest page, or the newest before an id, oldest message first. Raises as `page`.

        A server that gives the same page again has nothing older.
        """
        results, answer = await self._query(limit, before=before or "")
        page = results[-limit:]
        first = page[0].id if page else None
        is_whole = _is_complete(answer) and len(results) <= limit
        is_all = is_whole or first is None or first == before
        return ArchivePage(self._messages(page), page[-1].id if page else None, is_all, first)

    async def _query(
        self, limit: int, *, start: datetime | None = None, **window: str | None
    ) -> tuple[list["_Result"], Iq]:
        """Ask, and gather what comes in until the answer does."""
        client = self._session.client
        name = client.new_id()
        request = _request(client.make_iq_set(), name, limit, start, window)
        gathered = _Gathered(self._session.own, name, limit, backwards="before" in window)
        client.register_handler(Callback(name, Matching(gathered.wants), gathered.take))
        try:
            answer = await self._session.ask(request)
        except ServerRefused as error:
            if error.condition == "item-not-found":
                raise ArchiveGone from error
            raise
        finally:
            client.remove_handler(name)
        return gathered.results, answer

    def _messages(
        self, results: Sequence["_Result"], start: datetime | None = None
    ) -> list[Message]:
        """What is a chat message; an impossible time becomes that of the message before it."""
        messages = []
        now = datetime.now(UTC)
        at = start or now
        for result in results:
            if (inner := reading.forwarded(result.xml, now)) is not None:
                at = inner[1] or at
                if message := reading.message(inner[0], self._session.own, at, result.id):
                    messages.append(message)
        return messages


@dataclass(frozen=True, slots=True)
class _Result:
    id: str
    xml: Element


@dataclass(slots=True)
class _Gathered:
    """The results of one query, and nobody else's."""

    own: JID
    name: str
    limit: int
    backwards: bool  # of too many the last ones count
    results: list[_Result] = field(default_factory=list)

    def wants(self, stanza: StanzaBase) -> bool:
        """Only our archive answers us: our own bare address, or nobody, under our query's id."""
        xml = stanza.xml
        if xml.tag != names.MESSAGE or (result := xml.find(reading.ARCHIVE_RESULT)) is None:
            return False
        is_ours = "from" not in xml.attrib or reading.address(xml.get("from")) == self.own
        return is_ours and result.get("queryid") == self.name

    def take(self, stanza: StanzaBase) -> None:
        """Keep one result. One more than asked for is enough to see that the server gives more."""
        result = stanza.xml.find(reading.ARCHIVE_RESULT)
        if result is None or not (name := result.get("id")):
            return
        if len(self.results) > self.limit:
            if not self.backwards:
                return
            del self.results[0]
        self.results.append(_Result(name, result))


def _is_complete(answer: Iq) -> bool:
    """The query's last page (XEP-0313 section 4.1.3). Raises ServerRefused if it has no end."""
    fin = answer.xml.find(f"{{{names.ARCHIVE}}}fin")
    if fin is None:
        raise ServerRefused("undefined-condition", "the archive's answer has no end")
    return fin.get("complete") in ("true", "1")


def _request(
    request: Iq, name: str, limit: int, start: datetime | None, window: dict[str, str | None]
) -> Iq:
    query = SubElement(request.xml, f"{{{names.ARCHIVE}}}query", queryid=name)
    since = None if start is None else start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    query.append(forms.request(names.ARCHIVE, {} if since is None else {"start": since}))
    paging = SubElement(query, f"{_RSM}set")
    SubElement(paging, f"{_RSM}max").text = str(limit)
    for side, value in window.items():
        if value is not None:
            SubElement(paging, f"{_RSM}{side}").text = value
    return request
