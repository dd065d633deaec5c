"""A stage for every test of a window: Romeo's program over a database in memory."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication

from pars_desktop.ui import theme
from tests.fakes import ROMEO
from tests.ui.stage import MERCUTIO, Stage


@pytest.fixture
def stage(qapp):
    stage = Stage()
    stage.status()
    yield stage
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # closed windows
    stage.close()


@pytest.fixture
def two_accounts(qapp):
    """Romeo's program, where Mercutio is signed in too."""
    stage = Stage(ROMEO, MERCUTIO)
    stage.status()
    yield stage
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    stage.close()


@pytest.fixture(params=["light", "dark"])
def scheme(request, qapp):
    """The test runs in both themes."""
    dark = request.param == "dark"
    theme.wear(qapp, Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
    yield theme.DARK if dark else theme.LIGHT
    undress(qapp)


@pytest.fixture
def dressed(qapp):
    """The application wears the light theme."""
    theme.wear(qapp, Qt.ColorScheme.Light)
    yield
    undress(qapp)


def undress(app: QApplication) -> None:
    app.setStyleSheet("")
    app.setPalette(app.style().standardPalette())
