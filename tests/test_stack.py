"""What must hold of the libraries we stand on, on every Python we promise."""

import subprocess
import sys


def test_qt_calls_do_not_lose_references_to_none():
    """PySide6 6.12.0 on Python 3.11 loses one per call that returns nothing, and aborts soon."""
    code = """
import sys
from PySide6.QtCore import QCoreApplication, QObject

app = QCoreApplication([])
timer = QObject()
before = sys.getrefcount(None)
for _ in range(500):
    timer.killTimer(timer.startTimer(1000))
assert sys.getrefcount(None) > before - 100
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_slixmpp_still_needs_our_own_preauth_plugin():
    """When slixmpp brings XEP-0379 itself, ours should go."""
    import slixmpp.plugins

    assert "xep_0379" not in slixmpp.plugins.PLUGINS
