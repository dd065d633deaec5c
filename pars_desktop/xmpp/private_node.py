"""A node on our server that only this account's own devices can read (XEP-0060, 0163, 0223)."""

from collections.abc import Mapping
from itertools import islice
from xml.etree.ElementTree import Element, SubElement

from slixmpp.stanza import Iq

from pars_desktop.domain.errors import ServerRefused
from pars_desktop.domain.jid import JID
from pars_desktop.xmpp import forms
from pars_desktop.xmpp.discovery import Discovery
from pars_desktop.xmpp.session import Session

NODE = "urn:pars-desktop:invitations:0"
MOST_NOTES = 256  # as many as Prosody gives a node at most, unless it is told otherwise

_PUBSUB = "http://jabber.org/protocol/pubsub"
_NS = f"{{{_PUBSUB}}}"
_NOTE = f"{{{NODE}}}note"
_OWNER = f"{{{_PUBSUB}#owner}}"
_NEEDED = frozenset(f"{_PUBSUB}#{each}" for each in ("publish", "publish-options"))
_PRIVATE = {"pubsub#persist_items": "true", "pubsub#access_model": "whitelist"}
_SIZE = "pubsub#max_items"
_LONGEST = 4096  # of a fact


class PrivateNode:
    """Fits `core.ports.PrivateNode`. A note is an item: one element with its facts as attributes.

    Every note is published with the condition that the node is private (XEP-0223 §3), which a
    server with `publish-options` enforces; on any other nothing is published at all. Nor is it
    where the node is too small: the server would drop notes by itself.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._discovery = Discovery(session)
        self._is_offered: bool | None = None
        self._is_ready = False
        session.online.connect(self._on_online)

    async def is_offered(self) -> bool:
        """The server keeps private notes, and lets one alone of several take one away.

        Prosody does one thing after the other; ejabberd 23.01 has told two who retracted a note in
        the same moment that they did. Raises Offline, ServerSilent.
        """
        if self._is_offered is None:
            self._is_offered = await self._looks_fit()
        return self._is_offered

    async def _looks_fit(self) -> bool:
        try:
            if not await self._discovery.features(self._session.own) >= _NEEDED:
                return False
            name, _ = await self._discovery.version(JID("", self._session.own.domain))
        except ServerRefused:
            return False
        return name.lower() == "prosody"

    async def fetch(self) -> Mapping[str, Mapping[str, str]]:
        """All notes as they are now, by their ids. Raises Offline, ServerRefused, ServerSilent."""
        request = self._session.client.make_iq_get()
        SubElement(SubElement(request.xml, f"{_NS}pubsub"), f"{_NS}items", node=NODE)
        try:
            answer = await self._session.ask(request)
        except ServerRefused as refused:
            if refused.condition == "item-not-found":  # there is no node yet
                return {}
            raise
        items = islice(answer.xml.iterfind(f"{_NS}pubsub/{_NS}items/{_NS}item"), 2 * MOST_NOTES)
        return {item.get("id", ""): _facts(item) for item in items}

    async def publish(self, note: str, facts: Mapping[str, str]) -> None:
        """Put a note there, or in place of the one with this id. Raises as `fetch`."""
        if not self._is_ready:
            await self._prepare()
        request = self._request("publish", note, facts)
        options = SubElement(request.xml[0], f"{_NS}publish-options")
        options.append(forms.request(f"{_PUBSUB}#publish-options", _PRIVATE))
        await self._session.ask(request)

    async def retract(self, note: str) -> bool:
        """Take a note away; False if there is none.

        Raises as `fetch`; after Offline or ServerSilent it may have happened, or not.
        """
        try:
            await self._session.ask(self._request("retract", note))
        except ServerRefused as refused:
            if refused.condition == "item-not-found":
                return False
            raise
        return True

    async def _prepare(self) -> None:
        """Have a node that is large enough; not every server takes its size with each note."""
        if not await self.is_offered():
            raise ServerRefused("feature-not-implemented", "the node would not be private")
        request = self._session.client.make_iq_set()
        pubsub = SubElement(request.xml, f"{_NS}pubsub")
        SubElement(pubsub, f"{_NS}create", node=NODE)
        wanted = _PRIVATE | {_SIZE: str(MOST_NOTES)}
        form = forms.request(f"{_PUBSUB}#node_config", wanted)
        SubElement(pubsub, f"{_NS}configure").append(form)
        try:
            await self._session.ask(request)
        except ServerRefused as refused:
            if refused.condition != "conflict":
                raise
            await self._check_size()
        self._is_ready = True

    async def _check_size(self) -> None:
        """There was a node before: it has to be as large as ours."""
        request = self._session.client.make_iq_get()
        SubElement(SubElement(request.xml, f"{_OWNER}pubsub"), f"{_OWNER}configure", node=NODE)
        answer = await self._session.ask(request)
        configure = answer.xml.find(f"{_OWNER}pubsub/{_OWNER}configure")
        form = None if configure is None else forms.read(configure)
        size = form.value(_SIZE) if form is not None else ""
        if size != "max" and not (size.isdecimal() and int(size) >= MOST_NOTES):
            raise ServerRefused("not-acceptable", "the node is too small")

    def _request(self, what: str, note: str, facts: Mapping[str, str] | None = None) -> Iq:
        request = self._session.client.make_iq_set()
        action = SubElement(SubElement(request.xml, f"{_NS}pubsub"), f"{_NS}{what}", node=NODE)
        item = SubElement(action, f"{_NS}item", id=note)
        if facts is not None:
            item.append(Element(_NOTE, dict(facts)))
        else:
            action.set("notify", "true")
        return request

    def _on_online(self, resumed: bool) -> None:
        if not resumed:  # perhaps another server, or the same with other modules
            self._is_offered = None
            self._is_ready = False


def _facts(item: Element) -> dict[str, str]:
    note = item.find(_NOTE)
    if note is None:
        return {}
    return {name: value for name, value in note.items() if len(value) <= _LONGEST}
