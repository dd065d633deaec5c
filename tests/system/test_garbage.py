"""Garbage: collected on the loop alone."""

import asyncio
import contextlib
import gc
import threading

import pytest

from pars_desktop.system.garbage import collect_here

ENDED = []  # the threads in which knots ended


class Knot:
    """A cycle, as only the collector can end it; says in which thread it ended."""

    def __init__(self):
        self.self = self

    def __del__(self):
        ENDED.append(threading.get_ident())


@pytest.fixture
async def collecting():
    gc.collect()
    ENDED.clear()
    was_enabled = gc.isenabled()
    task = asyncio.create_task(collect_here(0.01))
    await asyncio.sleep(0)
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    if was_enabled:
        gc.enable()


def make_knots(count):
    for _ in range(count):
        Knot()


async def test_a_thread_that_makes_much_garbage_collects_none(collecting):
    worker = threading.Thread(target=make_knots, args=(5000,))
    worker.start()
    worker.join()

    assert ENDED == []


async def test_the_loop_collects_what_threads_leave_behind(collecting):
    await asyncio.to_thread(make_knots, 5000)
    for _ in range(500):
        await asyncio.sleep(0.01)
        if len(ENDED) == 5000:
            break

    assert len(ENDED) == 5000
    assert set(ENDED) == {threading.get_ident()}
