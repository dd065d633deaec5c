"""Background work: kept alive, logged when it fails, ended when asked."""

import asyncio
import gc
import weakref

import pytest

from pars_desktop.base.tasks import Tasks


@pytest.fixture
async def tasks():
    tasks = Tasks()
    yield tasks
    await tasks.close()


async def test_work_runs_and_its_result_can_be_awaited(tasks):
    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    assert await tasks.spawn(work(), name="work") == "done"


async def test_work_nobody_holds_survives_the_garbage_collector(tasks):
    ended = asyncio.Event()

    async def work() -> None:
        # The loop knows this future only weakly: task and future are a cycle for the collector.
        waiting = asyncio.get_running_loop().create_future()
        known = weakref.ref(waiting)
        asyncio.get_running_loop().call_later(0.02, lambda: known().set_result(None))
        await waiting
        ended.set()

    tasks.spawn(work(), name="work")
    await asyncio.sleep(0)
    gc.collect()

    await asyncio.wait_for(ended.wait(), 1)


async def test_failed_work_is_logged_under_its_name(tasks, errors_logged):
    async def work() -> None:
        raise ValueError("spilled")

    task = tasks.spawn(work(), name="greeting juliet")
    await asyncio.wait([task])
    await asyncio.sleep(0)

    [record] = errors_logged
    assert record.getMessage() == "greeting juliet failed"
    assert isinstance(record.exc_info[1], ValueError)
    errors_logged.clear()


async def test_closing_cancels_what_runs_and_waits_for_its_last_words(tasks):
    said: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            said.append("goodbye")

    task = tasks.spawn(work(), name="work")
    await asyncio.sleep(0)

    await tasks.close()

    assert said == ["goodbye"]
    assert task.cancelled()


async def test_cancelled_work_is_no_failure(tasks, errors_logged):
    task = tasks.spawn(asyncio.sleep(60), name="work")
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    await asyncio.sleep(0)

    assert errors_logged == []


async def test_work_may_close_the_tasks_it_is_one_of(tasks):
    other = tasks.spawn(asyncio.sleep(60), name="other")

    async def work() -> str:
        await tasks.close()
        return "still here"

    assert await tasks.spawn(work(), name="closing") == "still here"
    assert other.cancelled()


async def test_closing_twice_or_with_nothing_running_is_fine(tasks):
    await tasks.close()
    await tasks.close()
