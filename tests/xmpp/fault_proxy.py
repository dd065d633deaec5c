"""A line that can go bad: it stands between a client and a server, and freezes or is cut.

async with faulty(server.port) as line:
    ...connect to 127.0.0.1, line.port...
    line.freeze()           # nothing goes either way, and nobody is told
    line.thaw()
    line.cut()              # every connection breaks now
    line.cut_after(1234)    # the newest connection breaks at this byte, both ways counted
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class FaultProxy:
    """Relays bytes between connections to its own port and a server on another."""

    def __init__(self, server_port: int, server_host: str = "127.0.0.1") -> None:
        self.port = 0
        self.connections = 0
        self.relayed = 0  # bytes, of the newest connection, both ways
        self._server = (server_host, server_port)
        self._flows = asyncio.Event()
        self._flows.set()
        self._limit: int | None = None
        self._is_down = False
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def freeze(self) -> None:
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    def cut(self) -> None:
        for writer in tuple(self._open):
            writer.transport.abort()

    def go_down(self) -> None:
        self._is_down = True
        self.cut()

    def come_up(self) -> None:
        self._is_down = False

    def cut_after(self, count: int) -> None:
        """Counted from the beginning of a connection; it holds for one cut."""
        self._limit = count

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(task := asyncio.current_task())
        self.connections += 1
        self.relayed = 0
        if self._is_down:
            writer.transport.abort()
            self._tasks.discard(task)
            return
        try:
            there, back = await asyncio.open_connection(*self._server)
            both = {writer, back}
            self._open |= both
            try:
                await asyncio.gather(self._relay(reader, back), self._relay(there, writer))
            finally:
                self._open -= both
                for each in both:
                    each.transport.abort()
        except (OSError, EOFError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._tasks.discard(task)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._flows.wait()
            if self._limit is not None and self.relayed + len(data) >= self._limit:
                data = data[: max(0, self._limit - self.relayed)]
                self._limit = None
                writer.write(data)
                with suppress(OSError):
                    await writer.drain()
                raise EOFError
            self.relayed += len(data)
            writer.write(data)
            await writer.drain()
        raise EOFError

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def faulty(server_port: int, server_host: str = "127.0.0.1") -> AsyncIterator[FaultProxy]:
    """A line to this server for as long as the block lasts."""
    proxy = FaultProxy(server_port, server_host)
    listener = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.port = listener.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listener.close()
        await proxy.close()
