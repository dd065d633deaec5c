"""A picture that takes for ever to read keeps nobody waiting, and leaves nothing at work (U-15)."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QBrush, QColor, QImage, QPainter

from pars_desktop.domain.errors import PictureTooLarge
from pars_desktop.system import code_reader
from pars_desktop.system.codes import read_codes
from tests.system.pictures import file_of


def crowded():
    """Where everything looks like the corner of a code, looking takes long."""
    corner = QImage(9, 9, QImage.Format.Format_RGB32)
    corner.fill(QColor("white"))
    painter = QPainter(corner)
    for inset, colour in ((0, "black"), (1, "white"), (2, "black")):
        painter.fillRect(inset, inset, 7 - 2 * inset, 7 - 2 * inset, QColor(colour))
    painter.end()
    made = QImage(1920, 1080, QImage.Format.Format_RGB32)
    painter = QPainter(made)
    painter.fillRect(made.rect(), QBrush(corner))
    painter.end()
    return made


def working():
    """The processes that read pictures for us, and the threads that wait for them."""
    tasks = Path("/proc/self/task").iterdir()
    ours = [child for task in tasks for child in (task / "children").read_text().split()]
    commands = [Path(f"/proc/{each}/cmdline") for each in ours]
    reading = [each for each in commands if each.exists() and b"reader" in each.read_bytes()]
    return [*reading, *(each for each in threading.enumerate() if each.name == "read codes")]


async def ends_soon():
    """Nothing of it is at work any more, long before it would have been done."""
    for _ in range(150):
        if not working():
            break
        await asyncio.sleep(0.02)
    return not working()


async def test_u15_a_crowded_picture_is_given_up_in_time_and_nothing_stands_still_meanwhile():
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    with pytest.raises(PictureTooLarge):
        await read_codes(crowded(), time_limit=0.4)
    ticking.cancel()

    assert ticks > 3
    assert await ends_soon()


async def test_u15_ten_crowded_files_leave_nothing_at_work(tmp_path):
    path = tmp_path / "crowded.png"
    path.write_bytes(file_of(crowded()))
    assert path.stat().st_size < 100_000
    for _ in range(10):
        with pytest.raises(PictureTooLarge):
            await read_codes(path, time_limit=0.4)

    assert await ends_soon()


async def test_who_does_not_wait_any_longer_ends_the_work():
    looking = asyncio.create_task(read_codes(crowded()))
    for _ in range(500):
        if any(isinstance(each, Path) for each in working()):
            break
        await asyncio.sleep(0.02)
    looking.cancel()

    assert await ends_soon()


def test_u15_a_reader_whose_program_has_died_ends_by_itself():
    command = [sys.executable, "-P", code_reader.__file__, "1"]
    done = subprocess.run(
        command, input=code_reader.plain(crowded()), capture_output=True, timeout=60, check=False
    )

    assert done.returncode < 0
