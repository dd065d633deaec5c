"""The least that a PySide6 program can be: one empty window."""

import sys

from PySide6.QtWidgets import QApplication, QWidget

application = QApplication(sys.argv[:1])
window = QWidget()
window.resize(980, 680)
window.show()
sys.exit(application.exec())
