"""What every test stands on: an offscreen Qt, and no unexpected error in the log."""

import gc
import logging
import os
import sys

import pytest

from tests.server.fixtures import ejabberd as ejabberd
from tests.server.fixtures import own_prosody as own_prosody
from tests.server.fixtures import prosody as prosody

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")


# Collected in a worker thread of a later test, what Qt made would crash: see system/garbage.py.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown():
    if gc.get_count()[0] > 20_000:
        gc.collect()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish():
    gc.collect()  # while there is a QApplication: what Qt made would crash the interpreter's end
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is not None and widgets.QApplication.instance() is not None:
        widgets.QApplication.clipboard().clear()  # so would what was copied, offscreen only


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def errors_logged():
    """Fail a test that logged an error; a test that expects one clears the list it gets here.

    `Signal` and `Tasks` log what went wrong instead of raising, so silence has to be checked.
    """
    handler = _Errors()
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield handler.records
    finally:
        root.removeHandler(handler)
    texts = [logging.Formatter().format(record) for record in handler.records]
    assert not texts, "logged during the test:\n" + "\n".join(texts)
