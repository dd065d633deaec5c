"""Where the next message is written."""

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QSizePolicy, QWidget

from pars_desktop.ui import theme
from pars_desktop.ui.icons import IconButton

LONGEST_PASTE = 100_000  # characters; nobody reads more in one message
_MOST_LINES = 6
_MARGIN = 8  # above and below the words


class Composer(QWidget):
    """A field that grows with what is written, and the button "Send"."""

    submitted = Signal(str)
    changed = Signal()
    shortened = Signal()  # what was pasted was too long

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = ComposerField()
        self.field.submitted.connect(self._submit)
        self.field.textChanged.connect(self._on_changed)
        self.field.shortened.connect(self.shortened)
        self._send = IconButton("send", self.tr("Send"), shortcut=self.tr("Enter"), role="accent")
        self._send.clicked.connect(self._submit)
        self._send.setEnabled(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GROUP, theme.RELATED, theme.RELATED, theme.GROUP - 4)
        row.setSpacing(theme.RELATED)
        row.addWidget(self.field, 1)
        row.addWidget(self._send, 0, Qt.AlignmentFlag.AlignBottom)

    def text(self) -> str:
        """What is written."""
        return self.field.toPlainText()

    def set_text(self, text: str) -> None:
        """Replace what is written; the cursor goes to its end."""
        self.field.setPlainText(text)
        self.field.moveCursor(self.field.textCursor().MoveOperation.End)

    def type(self, text: str) -> None:
        """As if the person had typed it here."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.insertPlainText(text)

    def _on_changed(self) -> None:
        self._send.setEnabled(bool(self.text().strip()))
        self.changed.emit()

    def _submit(self) -> None:
        if self.text().strip():
            self.submitted.emit(self.text())


class ComposerField(QPlainTextEdit):
    """Enter sends, Shift+Enter begins a line; only plain text comes in."""

    submitted = Signal()
    shortened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Message"))
        self.setPlaceholderText(self.tr("Write a message"))
        self.setToolTip(self.tr("Enter sends, Shift+Enter begins a new line"))
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # Around the viewport and not inside the document, where it would scroll away.
        self.document().setDocumentMargin(0)
        self.setViewportMargins(theme.RELATED, _MARGIN, theme.RELATED, _MARGIN)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(200, self._wanted_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._wanted_height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        breaks = event.modifiers() & (
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier
        )
        if enter and not breaks:
            self.submitted.emit()
        else:
            super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() and not _is_files(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if not self.canInsertFromMimeData(source):
            return
        text = source.text()
        self.insertPlainText(text[:LONGEST_PASTE])
        self.ensureCursorVisible()
        if len(text) > LONGEST_PASTE:
            self.shortened.emit()

    def _wanted_height(self) -> int:
        """QPlainTextEdit measures its document in lines."""
        lines = min(max(1, round(self.document().size().height())), _MOST_LINES)
        around = 2 * _MARGIN + 2 * self.frameWidth()
        return lines * self.fontMetrics().lineSpacing() + around + 2

    def _fit(self) -> None:
        more = self.document().size().height() > _MOST_LINES
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if more else policy.ScrollBarAlwaysOff
        )
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.verticalScrollBar().setValue(0)  # or lines scrolled away while it was lower stay so
        self.ensureCursorVisible()


def _is_files(source: QMimeData) -> bool:
    return source.hasUrls() and all(url.isLocalFile() for url in source.urls())
