"""Ad-hoc commands: what a server does for us when asked, in one or more steps (XEP-0050)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from pars_desktop.domain.errors import Offline, ServerRefused, ServerSilent
from pars_desktop.domain.form import Answer, Form
from pars_desktop.domain.jid import JID
from pars_desktop.domain.text import plain
from pars_desktop.xmpp import forms
from pars_desktop.xmpp.discovery import Discovery
from pars_desktop.xmpp.session import Session

_log = logging.getLogger(__name__)

_NODE = "http://jabber.org/protocol/commands"
_NS = f"{{{_NODE}}}"
_COMMAND = f"{_NS}command"
_MAX_NOTE = 500
_MAX_ID = 1024


@dataclass(frozen=True, slots=True)
class Step:
    """What the server answered; `form` is what it wants to know, or the result."""

    jid: JID  # who carries the command out
    node: str
    is_complete: bool
    session_id: str = ""
    can_complete: bool = False  # the next step may be the last one
    form: Form = field(default_factory=Form)


class Commands:
    """Runs commands. Every method raises Offline, ServerRefused and ServerSilent.

    A command that the server ends with nothing but a note about an error was refused, too (R2).
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._discovery = Discovery(session)

    async def offered(self, jid: JID) -> dict[str, JID]:
        """The commands an entity lists for us, each with whom to send it to (R1)."""
        items = await self._discovery.items(jid, _NODE)
        return {item.node: item.jid for item in items if item.node}

    async def execute(self, jid: JID, node: str) -> Step:
        """Begin a command."""
        return await self._send(jid, node, "execute")

    async def complete(self, step: Step, answers: Mapping[str, Answer]) -> Step:
        """Fill in the form of a step, and let the server finish (XEP-0050 section 3.4)."""
        action = "complete" if step.can_complete else ""
        form = forms.submission(step.form, answers)
        return await self._send(step.jid, step.node, action, step.session_id, form)

    async def cancel(self, step: Step) -> None:
        """We do not go on; whether the server hears it does not matter."""
        try:
            await self._send(step.jid, step.node, "cancel", step.session_id)
        except (Offline, ServerRefused, ServerSilent) as trouble:
            _log.debug("a command was not cancelled: %s", type(trouble).__name__)

    async def _send(
        self, jid: JID, node: str, action: str, session_id: str = "", form: Element | None = None
    ) -> Step:
        request = self._discovery.request("set", jid)
        command = SubElement(request.xml, _COMMAND, node=node)
        if action:
            command.set("action", action)
        if session_id:
            command.set("sessionid", session_id)
        if form is not None:
            command.append(form)
        answer = (await self._session.ask(request)).xml.find(_COMMAND)
        if answer is None:
            raise ServerRefused("undefined-condition", "the answer holds no command")
        return _step(jid, node, answer)


def _step(jid: JID, node: str, xml: Element) -> Step:
    status, form = xml.get("status", ""), forms.read(xml)
    errors = [each for each in xml.iterfind(f"{_NS}note") if each.get("type") == "error"]
    if status == "completed" and form is None and errors:
        raise ServerRefused("undefined-condition", plain(errors[0].text or "", _MAX_NOTE))
    actions = xml.find(f"{_NS}actions")
    return Step(
        jid,
        node,
        is_complete=status == "completed",
        session_id=xml.get("sessionid", "")[:_MAX_ID],
        can_complete=actions is not None and actions.find(f"{_NS}complete") is not None,
        form=form or Form(),
    )
