"""What the main window is asked for, before and after the bars are there."""

import pytest
from PySide6.QtWidgets import QPushButton

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.links import Links
from pars_desktop.store.settings import SettingsStore
from pars_desktop.ui.contacts.requests_bar import RequestsBar
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.windows import Windows
from tests.ui.looking import named


class NoHandler:
    def is_default(self):
        return True

    def register(self):
        return True


@pytest.fixture
def window(stage, qtbot):
    made = MainWindow(stage.accounts, stage.conversations)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def windows(stage, window, tmp_path):
    settings = SettingsStore(tmp_path / "settings.json")
    links = Links(stage.accounts, settings)
    return Windows(
        window, stage.accounts, stage.conversations, links, Tasks(), settings, NoHandler()
    )


def test_a_wish_in_the_first_moments_is_not_lost(window, windows):
    named(window, QPushButton, "Add a friend").click()

    (dialog,) = window.findChildren(AddFriendDialog)
    assert dialog.isVisible()


def test_the_bars_are_there_once_however_often_they_are_asked_for(window, windows):
    windows.furnish()
    named(window, QPushButton, "Add a friend").click()
    windows.furnish()

    assert len(window.findChildren(RequestsBar)) == 1
    assert len(window.findChildren(AddFriendDialog)) == 1
