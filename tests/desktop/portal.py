"""A desktop's Screenshot portal that answers by a script, as Wayland desktops have one.

org.freedesktop.portal.Screenshot and .Request, as xdg-desktop-portal documents them: the call
returns a handle at once, and the answer is a signal of that handle.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from dbus_fast import Message, MessageType, RequestNameReply, Variant
from dbus_fast.aio import MessageBus

_PORTAL = "org.freedesktop.portal"


class Portal:
    """`answer` says what becomes of the next request: a status, and the results beside it.

    None: nobody ever answers. What was asked is in `asked`, what was withdrawn in `closed`.
    """

    def __init__(self, bus: MessageBus) -> None:
        self.answer: Callable[[], tuple[int, dict[str, str]]] | None = None
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.closed: list[str] = []
        self.was_asked = asyncio.Event()
        self.was_closed = asyncio.Event()
        self._bus = bus
        bus.add_message_handler(self._on_message)

    @classmethod
    async def connect(cls, session_bus: str) -> "Portal":
        """Be the portal of this session."""
        bus = await MessageBus(bus_address=session_bus).connect()
        taken = await bus.request_name(f"{_PORTAL}.Desktop")
        assert taken is RequestNameReply.PRIMARY_OWNER
        return cls(bus)

    def close(self) -> None:
        """Leave the session without a portal."""
        self._bus.disconnect()

    def grants(self, picture: Path) -> None:
        """The person agrees, and this file is the screenshot."""
        self.answer = lambda: (0, {"uri": picture.as_uri()})

    def _on_message(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        if message.interface == f"{_PORTAL}.Request" and message.member == "Close":
            self.closed.append(message.path)
            self.was_closed.set()
            return Message.new_method_return(message)
        if message.interface == f"{_PORTAL}.Screenshot" and message.member == "Screenshot":
            return self._screenshot(message)
        return None

    def _screenshot(self, message: Message) -> Message:
        parent, options = message.body
        self.asked.append((parent, {key: value.value for key, value in options.items()}))
        self.was_asked.set()
        sender = message.sender.removeprefix(":").replace(".", "_")
        token = options["handle_token"].value
        handle = f"/org/freedesktop/portal/desktop/request/{sender}/{token}"
        if self.answer is not None:
            status, results = self.answer()
            body = [status, {key: Variant("s", value) for key, value in results.items()}]
            answer = Message.new_signal(handle, f"{_PORTAL}.Request", "Response", "ua{sv}", body)
            answer.destination = message.sender
            # Even before the handle is returned, as the quickest portal may: the documentation
            # says to listen first.
            self._bus.send(answer)
        return Message.new_method_return(message, "o", [handle])
