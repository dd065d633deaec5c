"""What TCP would keep us waiting for."""

import asyncio
import socket
from contextlib import suppress

_QUICK_ACK: int | None = getattr(socket, "TCP_QUICKACK", None)  # only Linux has it


def hasten_rest(transport: asyncio.Transport) -> None:
    """Say at once that the beginning of something came, so that the rest follows.

    A server may hold the rest back until then (Nagle's algorithm), and left to itself Linux waits
    40 ms before it says so: that long for each page of the archive.
    """
    link = transport.get_extra_info("socket")
    if link is not None and _QUICK_ACK is not None:
        with suppress(OSError):
            link.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)
