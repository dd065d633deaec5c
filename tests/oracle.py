"""What must hold in every case, whatever came in: the battery's universal oracle.

The process lives and its loop never stalls; nothing is sent to a stranger; nothing that was kept
is changed or lost; no file appears elsewhere; no secret is in the log. That the link stays up is
asserted by the cases themselves, since some must cut it.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from xml.etree.ElementTree import Element

LONGEST_STALL = 0.25  # seconds


class _Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += logging.Formatter().format(record) + "\n"


@asynccontextmanager
async def watched(secrets: Collection[str]) -> AsyncIterator[None]:
    """Run a case under the oracle; raises AssertionError at its end.

    The secrets are read at the end, so a case may add those that it comes to know.
    """
    log, root = _Log(), logging.getLogger()
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    stalls: list[float] = []
    probe = asyncio.create_task(_probe(stalls))
    try:
        yield
    finally:
        probe.cancel()
        root.removeHandler(log)
        root.setLevel(level)
    assert not stalls, f"the loop stood still for {max(stalls):.2f} s"
    assert_silent(log.text, secrets, "the log")


async def _probe(stalls: list[float]) -> None:
    """A turn that is late because this thread was busy; a machine that was busy does not count."""
    while True:
        began, worked = time.monotonic(), time.thread_time()
        await asyncio.sleep(0.02)
        late = time.monotonic() - began - 0.02
        if late > LONGEST_STALL and time.thread_time() - worked > LONGEST_STALL * 0.8:
            stalls.append(late)


def assert_silent(text: str, secrets: Collection[str], where: str) -> None:
    """No password, token or text of a message is in it; the failure does not repeat them either."""
    found = sum(secret in text for secret in secrets)
    assert not found, f"{found} of {len(secrets)} secrets are in {where}"


def to_strangers(elements: Iterable[Element], known: Collection[str]) -> list[Element]:
    """What went to anybody but those known (bare addresses), besides the one allowed answer."""
    return [
        element
        for element in elements
        if element.get("to")
        and element.get("to", "").partition("/")[0] not in known
        and not _is_refusal(element)
    ]


def _is_refusal(element: Element) -> bool:
    """service-unavailable and not a word more (RFC 6120 §8.3.3.19)."""
    error = [child for child in element if child.tag.endswith("}error")]
    return (
        element.tag.endswith("}iq")
        and element.get("type") == "error"
        and len(list(element)) == len(error) == 1
        and [condition.tag.rpartition("}")[2] for condition in error[0]] == ["service-unavailable"]
    )


Kept = dict[int, tuple[str, ...]]


def messages_kept(database: Path) -> Kept:
    """Every message on disk, with what must never change of it."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        rows = db.execute(
            "SELECT message.id, account, peer, direction, origin_id, body"
            " FROM message JOIN chat ON chat.id = chat ORDER BY message.id"
        ).fetchall()
    return {row[0]: tuple(row[1:]) for row in rows}


def assert_nothing_lost(before: Kept, after: Kept) -> None:
    """All that was kept is still there, as it was, and nothing is there twice."""
    changed = [name for name, row in before.items() if after.get(name) != row]
    assert not changed, f"{len(changed)} messages were changed or lost"
    assert len(set(after.values())) == len(after), "a message is kept twice"


def files_outside(home: Path, profiles: Collection[Path]) -> list[Path]:
    """Files below a HOME that belong to none of the profiles."""
    return [
        path
        for path in home.rglob("*")
        if not path.is_dir() and not any(path.is_relative_to(profile) for profile in profiles)
    ]
