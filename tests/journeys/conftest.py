"""Journeys run on the one loop that the program has: Qt's."""

import asyncio
import gc

import pytest
import qasync

from pars_desktop.ui import theme
from tests.journeys.ground import private_home, qt_loop
from tests.journeys.story import Story


def pytest_asyncio_loop_factories(config, item):
    return {"qt": _loop}


def pytest_itemcollected(item):
    """A signal cannot end what Qt's loop does not; half a run that hangs is worse than none."""
    item.add_marker(pytest.mark.timeout(120, method="thread"))


def _loop():
    loop = qt_loop()
    loop._timer = _Timer(loop)
    return loop


class _Timer(qasync._SimpleTimer):
    """Between a test and its fixtures pytest-qt lets Qt turn: this loop is the running one then."""

    def __init__(self, loop):
        super().__init__()
        self._loop = loop

    def timerEvent(self, event):
        between = asyncio._get_running_loop() is None
        if between:
            asyncio._set_running_loop(self._loop)
        try:
            super().timerEvent(event)
        finally:
            if between:
                asyncio._set_running_loop(None)


@pytest.fixture(scope="module", autouse=True)
def dressed(qapp):
    """The one QApplication exists before any loop, and wears what the program wears."""
    theme.wear(qapp)
    yield
    qapp.setStyleSheet("")
    qapp.setPalette(qapp.style().standardPalette())


@pytest.fixture(autouse=True)
def swept():
    """The Qt objects of an earlier test's loop are not left for a thread of this one to find."""
    gc.collect()


@pytest.fixture
def home(tmp_path):
    """A HOME of its own."""
    with private_home(tmp_path / "home") as folder:
        yield folder


@pytest.fixture
async def story(home, prosody):
    """People with their copies of the program, under the universal oracle."""
    async with Story.told(home, prosody) as story:
        yield story
