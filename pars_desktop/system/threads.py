"""Blocking work that nobody waits for beyond a limit, and that never keeps the program alive."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_daemon(work: Callable[[], T], *, name: str, limit: float) -> T:
    """Do it in a thread of its own, which goes on alone after so many seconds.

    Raises TimeoutError then, and whatever the work raises. Not asyncio.to_thread: leaving the
    program would wait for the work.
    """
    import asyncio  # see base/tasks.py
    import concurrent.futures

    outcome: concurrent.futures.Future[T] = concurrent.futures.Future()
    outcome.set_running_or_notify_cancel()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001 (whatever it is, it belongs to the caller)
            outcome.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    async with asyncio.timeout(limit):
        return await asyncio.wrap_future(outcome)
