"""Requests that end: with an answer from whoever was asked, or as soon as the link is gone.

slixmpp compares little but the ids, and lets what was asked before a broken link wait for its time
limit of two minutes.
"""

from collections.abc import Callable
from typing import Any

from slixmpp import ClientXMPP
from slixmpp.stanza import Iq
from slixmpp.xmlstream import StanzaBase
from slixmpp.xmlstream.handler.base import BaseHandler
from slixmpp.xmlstream.matcher.base import MatcherBase

_TIMER = "IqTimeout_"  # what slixmpp calls the timer of a request, before its id
_HANDLER = "IqCallback_"  # and what waits for the answer


class Requests(ClientXMPP):
    """slixmpp's client with requests that are kept an eye on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._unanswered: dict[str, Callable[[], None]] = {}  # what the timers would do
        super().__init__(*args, **kwargs)

    def schedule(
        self,
        name: str,
        seconds: int,
        callback: Callable[..., None],
        args: tuple[Any, ...] = (),
        kwargs: dict[Any, Any] | None = None,
        repeat: bool = False,
    ) -> None:
        """Note the timers of requests, so that a lost link ends them all at once."""

        def run() -> None:
            self._unanswered.pop(name, None)
            callback(*args, **(kwargs or {}))

        if name.startswith(_TIMER):
            self._unanswered[name] = run
        super().schedule(name, seconds, run, repeat=repeat)

    def cancel_schedule(self, name: str) -> None:
        self._unanswered.pop(name, None)
        super().cancel_schedule(name)

    def end_request(self, name: str) -> None:
        """The request of this id gets no answer any more (IqTimeout); nothing if it has one."""
        run = self._unanswered.get(_TIMER + name)
        if run is not None:
            self.cancel_schedule(_TIMER + name)
            run()

    def end_requests(self) -> None:
        """No request gets an answer any more."""
        for name in tuple(self._unanswered):
            self.end_request(name.removeprefix(_TIMER))

    def register_handler(
        self,
        handler: BaseHandler,
        before: BaseHandler | None = None,
        after: BaseHandler | None = None,
    ) -> None:
        """Let a request be answered by nothing but an answer."""
        if handler.name.startswith(_HANDLER):
            handler._matcher = AnswerMatcher(handler._matcher)
        super().register_handler(handler, before, after)


class AnswerMatcher(MatcherBase):
    """An IQ of type result or error from whom we asked, not a message that carries its id."""

    def __init__(self, asked: MatcherBase) -> None:
        super().__init__(None)
        self._asked = asked

    def match(self, xml: StanzaBase) -> bool:
        return (
            isinstance(xml, Iq)
            and xml.xml.get("type") in ("result", "error")
            and self._asked.match(xml)
        )
