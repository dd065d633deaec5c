"""No window without a picture."""

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QLabel, QMainWindow, QPushButton

import pars_desktop.ui
from pars_desktop.ui import theme
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.sheet import Sheet
from tests.screenshots.scenes import SCENES

DIALOGS = [scene for scene in SCENES if issubclass(scene.window, QDialog)]
BASES = {Sheet}  # what others are made of; never shown itself


def windows():
    """Every class of ours that is a window of its own."""
    found = {MainWindow}
    for module in pkgutil.walk_packages(pars_desktop.ui.__path__, "pars_desktop.ui."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            ours = kind.__module__.startswith("pars_desktop.")
            if ours and issubclass(kind, QDialog | QMainWindow):
                found.add(kind)
    return found - BASES


def test_every_window_has_a_scene():
    photographed = {scene.window for scene in SCENES}

    assert windows() - photographed == set()


def test_the_search_finds_dialogs_wherever_they_are():
    assert {"InviteDialog", "AddFriendDialog", "SignInDialog"} <= {
        kind.__name__ for kind in windows()
    }


def test_scenes_have_names_of_their_own():
    names = [scene.name for scene in SCENES]

    assert len(names) == len(set(names))


def test_the_tool_writes_every_scene_at_the_scale_that_was_asked_for(tmp_path):
    where = ["--to", str(tmp_path), "--theme", "dark", "--scale", "150"]

    done = subprocess.run(
        [sys.executable, "-m", "tests.screenshots", *where],
        check=True,
        timeout=55,
        capture_output=True,
        text=True,
    )

    assert done.stderr == ""
    pictures = {path.name: QImage(str(path)) for path in tmp_path.glob("*.png")}
    assert set(pictures) == {f"{scene.name}-dark-150.png" for scene in SCENES}
    assert all(picture.width() >= 360 * 1.5 for picture in pictures.values())
    assert all(picture.pixelColor(3, 3).lightness() < 60 for picture in pictures.values())


def test_a_scene_that_does_not_exist_is_an_error(tmp_path):
    where = ["--to", str(tmp_path), "--only", "no-such-scene"]

    done = subprocess.run(
        [sys.executable, "-m", "tests.screenshots", *where], check=False, timeout=50
    )

    assert done.returncode == 2


class LongWords(QTranslator):
    """A language like German: everything is longer by half, and words are not broken."""

    def translate(self, _context, text, _disambiguation=None, _n=-1):
        words = text.split(" ")
        longest = max(range(len(words)), key=lambda at: 0 if "{" in words[at] else len(words[at]))
        words[longest] += "e" * (len(text) // 2)
        return " ".join(words)


@pytest.fixture(params=["English", "long words"])
def language(request, qapp):
    """The program in one language, in the light theme."""
    before = qapp.styleSheet(), qapp.palette()
    translator = LongWords()
    if request.param == "long words":
        qapp.installTranslator(translator)
    worn = theme.LIGHT
    qapp.setPalette(theme.palette(worn))
    qapp.setStyleSheet(theme.style_sheet(worn))
    yield request.param
    qapp.removeTranslator(translator)
    qapp.setStyleSheet(before[0])
    qapp.setPalette(before[1])
    qapp.clipboard().clear()


@pytest.mark.parametrize("scene", DIALOGS, ids=lambda scene: scene.name)
def test_nothing_is_cut_off_in_any_language(qtbot, language, scene):
    dialog = scene.build()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.wait(30)

    for button in dialog.findChildren(QPushButton):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width(), button.text()
    for label in dialog.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
    assert dialog.width() <= (420 if language == "English" else 700)
