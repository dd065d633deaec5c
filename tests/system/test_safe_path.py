"""U-8: a link opened in a folder full of traps loads nothing from there."""

import asyncio
import os
import shlex
import subprocess
import sys

import pytest

from pars_desktop.system import desktop_entry
from pars_desktop.system.link_handler import LinkHandler
from pars_desktop.system.paths import APP_ID
from tests.system.conftest import ROOT

LINK = "xmpp:romeo@montague.example"
NAMES = ["socket", "struct", "json", "logging", "asyncio", "pathlib", "sitecustomize", "typing"]
NAMES += ["usercustomize", "slixmpp", "qasync", "keyring", "PySide6", "pars_desktop"]


@pytest.fixture
def trap(home, monkeypatch):
    """A folder in which everything we might load leaves a mark; the mark's path."""
    folder, mark = home / "trap", home / "mark"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.py").write_text(f"open({str(mark)!r}, 'a').write('{name} ')\n")
    for program in ("xdg-open", "xdg-mime", "update-desktop-database", "python3", "pars-desktop"):
        (folder / program).write_text(f"#!/bin/sh\necho {program} >> {shlex.quote(str(mark))}\n")
        (folder / program).chmod(0o755)
    (folder / "qt.conf").write_text("[Paths]\nPrefix = /nowhere\nPlugins = /nowhere\n")
    monkeypatch.chdir(folder)
    return mark


def test_the_trap_works(trap, home):
    subprocess.run([sys.executable, "-m", "pars_desktop"], cwd=home / "trap", check=False)
    assert "pars_desktop" in trap.read_text()


async def test_u8_the_registered_command_loads_nothing_from_the_current_folder(
    running, paths, home, trap
):
    handler = LinkHandler(paths)
    assert handler.register()
    entry = home / ".local/share/applications" / f"{APP_ID}.desktop"
    command = shlex.split(desktop_entry.value_of(entry, "Exec").replace("%u", shlex.quote(LINK)))
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert running == [("link", LINK, "")]
    unregister = [*command[: command.index("--")], "unregister-handler"]
    done = await asyncio.to_thread(subprocess.run, unregister, capture_output=True, check=False)
    assert done.returncode == 0
    assert not trap.exists()


def test_u8_qt_and_the_libraries_load_nothing_from_the_current_folder(trap):
    code = (
        "import sys\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from PySide6.QtCore import QLibraryInfo\n"
        "import qasync, slixmpp, keyring\n"
        "import pars_desktop.system.single_instance\n"
        "app = QApplication(sys.argv[:1])\n"
        "print(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "/nowhere" not in done.stdout
    assert not trap.exists()
