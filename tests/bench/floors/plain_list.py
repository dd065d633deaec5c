"""What any window with a list costs: forty plain lines, two words and a button, from nowhere."""

import sys

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

application = QApplication(sys.argv[:1])
application.setStyle("fusion")
window = QWidget()
window.resize(980, 680)
names = QListWidget()
names.addItems([f"Friend {number}" for number in range(40)])
column = QVBoxLayout()
for widget in (QLabel("romeo@montague.example"), QLineEdit(), QPushButton("Invite"), names):
    column.addWidget(widget)
row = QHBoxLayout(window)
row.addLayout(column, 1)
row.addWidget(QLabel("Choose a chat", alignment=Qt.AlignmentFlag.AlignCenter), 2)
window.show()
sys.exit(application.exec())
