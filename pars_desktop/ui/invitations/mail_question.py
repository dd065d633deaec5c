"""Whether there is a program for e-mail: xdg-open is only started, and never says it found none."""

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

_PATIENCE_MS = 2000


class MailQuestion(QObject):
    """Asks the desktop. Where nobody can be asked, or the answer takes long, there may be one."""

    answered = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked = QProcess(self)
        self._asked.errorOccurred.connect(lambda _: self._answer(True))
        self._asked.finished.connect(lambda: self._answer(self._named_one()))
        self._late = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._late.timeout.connect(lambda: self._answer(True))

    def ask(self) -> None:
        """Once: `answered` follows."""
        self._late.start()
        self._asked.start("xdg-mime", ["query", "default", "x-scheme-handler/mailto"])

    def _named_one(self) -> bool:
        return not self._asked.readAllStandardOutput().trimmed().isEmpty()

    def _answer(self, there: bool) -> None:
        self._late.stop()
        self._asked.blockSignals(True)  # only the first answer counts
        self._asked.kill()
        self.answered.emit(there)
        self.deleteLater()
