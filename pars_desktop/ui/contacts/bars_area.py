"""Where the strips stand: they keep their height, and scroll where the window has too little."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from pars_desktop.ui import theme

_LEAST = 72  # less of a strip than this could not be read


class BarsArea(QScrollArea):
    """As high as its strips together, where there is room; hidden while all of them are."""

    height_changed = Signal()  # of all strips together
    focus_freed = Signal()  # what had the focus has gone, or cannot be pressed for a moment

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strips: list[QWidget] = []
        self._whole = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidgetResizable(True)
        strips = QWidget()
        self._column = QVBoxLayout(strips)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.RELATED)
        self.setWidget(strips)
        for ground in (self.viewport(), strips):  # that of the column shows through
            ground.setAutoFillBackground(False)
        strips.installEventFilter(self)
        self.hide()

    def add(self, bar: QWidget) -> None:
        """Place a strip below the others."""
        self._column.addWidget(bar)
        self._strips.append(bar)
        bar.installEventFilter(self)
        for control in bar.findChildren(QWidget):
            if control.focusPolicy() & Qt.FocusPolicy.TabFocus:
                control.installEventFilter(self)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(0, self._whole)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self._whole, _LEAST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        # Left to itself, a scroll bar that has come stays: it is the width it takes that makes the
        # strips too high.
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded
        if self.height() >= self._whole:
            policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._column.invalidate()  # not done for us while the area itself is hidden
            self._fit()
        elif event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        elif event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched, 0, theme.EDGE)
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 (Qt's name)
        """Qt goes on to the next control when that with the focus is hidden or disabled: to
        another strip's, where a second Return would decide about something else."""
        held = self.window().focusWidget()
        if held is not None and self.isAncestorOf(held) and not is_usable(held):
            self.focus_freed.emit()
            return True
        return super().focusNextPrevChild(forward)

    def _fit(self) -> None:
        shown = any(not strip.isHidden() for strip in self._strips)
        whole = self._height_for(self.width()) if shown else 0
        if shown is not self.isHidden() and whole == self._whole:
            return
        self._whole = whole
        self.setVisible(shown)
        self.updateGeometry()
        self.height_changed.emit()

    def _height_for(self, width: int) -> int:
        if self._column.hasHeightForWidth():
            return self._column.totalHeightForWidth(width)
        return self._column.totalSizeHint().height()


def is_usable(control: QWidget) -> bool:
    """It can have the focus now."""
    return control.isVisible() and control.isEnabled()
