"""One theme at one scale: shows every scene offscreen and saves what was painted."""

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pars_desktop.ui import theme
from tests.screenshots.scenes import SCENES

SETTLED = 50  # milliseconds after which layouts rest


def main(worn: str, scale: str, to: Path, only: str) -> int:
    """Save the scenes, all or the one that was asked for."""
    qInstallMessageHandler(_say)
    app = QApplication(sys.argv[:1])
    theme.wear(app, Qt.ColorScheme.Dark if worn == "dark" else Qt.ColorScheme.Light)
    chosen = [scene for scene in SCENES if only in ("", scene.name)]
    for scene in chosen:
        window = scene.build()
        window.show()
        QTest.qWait(SETTLED)
        picture = window.grab()
        if not picture.save(str(to / f"{scene.name}-{worn}-{scale}.png")):
            return 1
        window.close()
        window.deleteLater()
        del window
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    app.clipboard().clear()  # offscreen it outlives Python, and must not hold what is Python's
    qInstallMessageHandler(None)
    return 0 if chosen else 2


def _say(kind: QtMsgType, _context: object, text: str) -> None:
    """Qt's warnings, but for the one that the offscreen platform always has."""
    if kind is not QtMsgType.QtDebugMsg and not text.startswith("This plugin does not support"):
        sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4]))
