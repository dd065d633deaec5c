"""PySide6 does not read the text of whatever is imported after it (system/pyside.py)."""

import subprocess
import sys

LOADED = """
import builtins, linecache
{first}
import PySide6.QtWidgets, fractions, statistics
print(builtins.__import__ is own, len(linecache.cache))
"""
BY_THE_PROGRAM = """
import sys, types
own = builtins.__import__
from pars_desktop import __main__ as program
paths = types.SimpleNamespace(logs=__import__("pathlib").Path(sys.argv[1]))
app = types.SimpleNamespace(run=lambda *_: 0)
sys.modules["pars_desktop.app"] = app
program._has_screen = lambda: True
program._run(paths, types.SimpleNamespace(close=lambda: None), None)
"""
BARE = "own = builtins.__import__; import PySide6.QtCore"


def loaded(first, folder):
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(first=first), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_program_imports_it_without_its_hook(tmp_path):
    assert loaded(BY_THE_PROGRAM, tmp_path) == ["True", "0"]


def test_without_us_the_hook_is_there_so_this_is_still_needed(tmp_path):
    is_own, texts = loaded(BARE, tmp_path)
    assert is_own == "False"
    assert int(texts) > 2
