"""Another program's windows, seen and used through the accessibility tree (AT-SPI 2).

This is how a person with a screen reader meets the program, and how everything that tries the
program from outside drives it: no pixel positions, and nothing of the program imported.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from dbus_fast import Message
from dbus_fast.aio import MessageBus

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
_STATE_SHOWING = 25  # AtspiStateType
_STATE_ENABLED = 8
_STATE_CHECKED = 4
_STATE_FOCUSED = 12
_OF_THE_SCREEN = 0  # AtspiCoordType
_POLL = 0.02  # seconds


class NotThere(AssertionError):
    """What was looked for did not appear in time."""


class Desktop:
    """The accessibility bus of this session."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus

    @classmethod
    async def connect(cls, session_bus: str | None = None) -> "Desktop":
        """Find the accessibility bus through the session bus (ours unless told), and join it."""
        session = await MessageBus(bus_address=session_bus).connect()
        reply = await session.call(
            Message(
                destination="org.a11y.Bus",
                path="/org/a11y/bus",
                interface="org.a11y.Bus",
                member="GetAddress",
            )
        )
        session.disconnect()
        return cls(await MessageBus(bus_address=reply.body[0]).connect())

    def close(self) -> None:
        """Leave the bus."""
        self._bus.disconnect()

    async def application(self, pid: int, timeout: float = 20) -> "Node":
        """The tree of the program with this process id, once it has joined."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if (node := (await self.applications()).get(pid)) is not None:
                return node
            await asyncio.sleep(_POLL)
        raise NotThere(f"no program with process id {pid} in the accessibility tree")

    async def applications(self) -> "dict[int, Node]":
        """Every program that has joined, by its process id."""
        found = {}
        for node in await Node(self, *_REGISTRY).children():
            with contextlib.suppress(NotThere):  # it has left meanwhile
                found[await self._pid(node.service)] = node
        return found

    async def _pid(self, service: str) -> int:
        (pid,) = await self.call(
            "org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus",
            "GetConnectionUnixProcessID",
            "s",
            service,
        )
        return int(pid)

    async def call(
        self, service: str, path: str, interface: str, member: str, signature: str = "", *args: Any
    ) -> list[Any]:
        """One method call; NotThere if the object has gone away meanwhile."""
        reply = await self._bus.call(
            Message(
                destination=service,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=list(args),
            )
        )
        assert reply is not None
        if reply.error_name:
            raise NotThere(f"{member}: {reply.error_name}")
        return reply.body


@dataclass(frozen=True)
class Node:
    """One object of the tree: a window, a button, a line of a list."""

    desktop: Desktop
    service: str
    path: str

    async def name(self) -> str:
        """The accessible name."""
        return await self._property(_ACCESSIBLE, "Name")

    async def role(self) -> str:
        """The role in words: 'push button', 'text', 'list', 'list item', 'dialog' …"""
        return (await self._call(_ACCESSIBLE, "GetRoleName"))[0]

    async def children(self) -> "list[Node]":
        """The objects right below this one."""
        (found,) = await self._call(_ACCESSIBLE, "GetChildren")
        return [Node(self.desktop, service, path) for service, path in found]

    async def is_showing(self) -> bool:
        """It is on the screen, as far as its window is."""
        return await self._has_state(_STATE_SHOWING)

    async def is_enabled(self) -> bool:
        """It can be used now."""
        return await self._has_state(_STATE_ENABLED)

    async def is_checked(self) -> bool:
        """It has its tick."""
        return await self._has_state(_STATE_CHECKED)

    async def is_focused(self) -> bool:
        """What is typed goes there, if its window has the keyboard."""
        return await self._has_state(_STATE_FOCUSED)

    async def walk(self) -> "AsyncIterator[Node]":
        """This object and everything below it, parents first."""
        yield self
        for child in await self.children():
            async for node in child.walk():
                yield node

    async def seek(
        self, role: str, named: str | Callable[[str], bool], *, showing: bool = True
    ) -> "Node | None":
        """The first object of a role with a name (or a name that fits), or None, right now."""
        fits = named if callable(named) else (lambda name: name == named)
        try:
            async for node in self.walk():
                if await node.role() == role and fits(await node.name()):
                    if showing and not await node.is_showing():
                        continue
                    return node
        except NotThere:  # the tree changed under our feet: look again
            return None
        return None

    async def find(
        self, role: str, named: str | Callable[[str], bool], *, timeout: float = 15
    ) -> "Node":
        """Wait until such an object shows. Raises NotThere after the timeout (seconds)."""
        deadline = time.monotonic() + timeout
        while True:
            found = await self.seek(role, named)
            if found is not None:
                return found
            if time.monotonic() > deadline:
                what = named if isinstance(named, str) else "the one sought"
                raise NotThere(f"no {role} “{what}” within {timeout:g} s")
            await asyncio.sleep(_POLL)

    async def gone(
        self, role: str, named: str | Callable[[str], bool], *, timeout: float = 15
    ) -> None:
        """Wait until no such object shows any more."""
        deadline = time.monotonic() + timeout
        while await self.seek(role, named) is not None:
            if time.monotonic() > deadline:
                raise NotThere(f"the {role} is still there after {timeout:g} s")
            await asyncio.sleep(_POLL)

    async def middle(self) -> tuple[int, int]:
        """Where one would click on it, in pixels of the screen."""
        (place,) = await self._call("org.a11y.atspi.Component", "GetExtents", "u", _OF_THE_SCREEN)
        x, y, width, height = place
        return x + width // 2, y + height // 2

    async def press(self, *, timeout: float = 5) -> None:
        """Do what a press does (its first action), as soon as it can be used."""
        deadline = time.monotonic() + timeout
        while not await self.is_enabled():
            if time.monotonic() > deadline:
                raise NotThere(f"“{await self.name()}” cannot be used after {timeout:g} s")
            await asyncio.sleep(_POLL)
        (done,) = await self._call("org.a11y.atspi.Action", "DoAction", "i", 0)
        assert done, "the object refused to be pressed"

    async def text(self) -> str:
        """The text it holds."""
        length = await self._property("org.a11y.atspi.Text", "CharacterCount")
        return (await self._call("org.a11y.atspi.Text", "GetText", "ii", 0, length))[0]

    async def type(self, text: str) -> None:
        """Put a text in the place of what it holds."""
        (done,) = await self._call("org.a11y.atspi.EditableText", "SetTextContents", "s", text)
        assert done, "the object refused the text"

    async def select(self, index: int) -> None:
        """Select the n-th child of a list."""
        (done,) = await self._call("org.a11y.atspi.Selection", "SelectChild", "i", index)
        assert done, "the list refused the selection"

    async def select_item(self, begins_with: str, *, timeout: float = 15) -> None:
        """Select the list item whose name begins so, once there is one."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for index, child in enumerate(await self.children()):
                if (await child.name()).startswith(begins_with):
                    await self.select(index)
                    return
            await asyncio.sleep(_POLL)
        raise NotThere(f"no line beginning “{begins_with}” within {timeout:g} s")

    async def _has_state(self, number: int) -> bool:
        (words,) = await self._call(_ACCESSIBLE, "GetState")
        return bool(words[number // 32] >> (number % 32) & 1)

    async def _property(self, interface: str, name: str) -> Any:
        (variant,) = await self._call(
            "org.freedesktop.DBus.Properties", "Get", "ss", interface, name
        )
        return variant.value

    async def _call(self, interface: str, member: str, signature: str = "", *args: Any) -> Any:
        return await self.desktop.call(self.service, self.path, interface, member, signature, *args)
