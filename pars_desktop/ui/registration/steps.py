"""One page after the other in one place, with a way back; what was left keeps what was typed."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pars_desktop.ui import theme
from pars_desktop.ui.sheet import Button


@dataclass(frozen=True, slots=True)
class _Step:
    page: QWidget
    title: str
    foot: QWidget | None


class Steps(QWidget):
    """Pages belong to it as soon as they were shown. Whoever shows them keeps those to come back
    to; only the first one is replaced."""

    turned = Signal(str)  # to a page with this title
    left = Signal(QWidget)  # this page, by going back

    def __init__(self) -> None:
        super().__init__()
        self._way: list[_Step] = []
        self._back = theme.link(Button(self.tr("Back")))
        self._back.setToolTip(self.tr("Back ({shortcut})").format(shortcut="Alt+Left"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.last = QWidget()  # what may stay in sight while the page above it scrolls
        self._feet = QVBoxLayout(self.last)
        self._feet.setContentsMargins(0, 0, 0, 0)
        self._feet.setSpacing(0)
        across = QHBoxLayout()
        across.setContentsMargins(*[theme.UNIT] * 4)  # else the focus ring would be cut off
        across.addWidget(self._back)
        across.addStretch()
        self._feet.addLayout(across)
        self._column.addWidget(self.last)
        self._back.hide()
        self._back.clicked.connect(self.go_back)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Back), self)
        keys.setContext(Qt.ShortcutContext.WindowShortcut)
        keys.activated.connect(self._on_keys)

    @property
    def page(self) -> QWidget | None:
        """What is shown."""
        return self._way[-1].page if self._way else None

    @property
    def is_at_start(self) -> bool:
        """The first page is shown."""
        return len(self._way) == 1

    @property
    def title(self) -> str:
        """What the shown page is for."""
        return self._way[-1].title if self._way else ""

    def begin_with(self, page: QWidget, title: str) -> None:
        """Make it the first page, in place of another one; all that came after is left."""
        self.leave_all()
        if self._way:
            old = self._way.pop().page
            old.hide()
            old.deleteLater()
        self.go_to(page, title)

    def go_to(self, page: QWidget, title: str, foot: QWidget | None = None) -> None:
        """Show a page; back from it leads to the one before. `foot`: its buttons."""
        if self._way:
            self._hide(self._way[-1])
        if page.parent() is not self:
            self._column.insertWidget(self._pages_end(), page)
        if foot is not None and foot.parent() is not self.last:
            self._feet.insertWidget(self._feet.count() - 1, foot)
        self._way.append(_Step(page, title, foot))
        self._show()

    def _pages_end(self) -> int:
        """Before the last part, unless that was taken elsewhere."""
        at = self._column.indexOf(self.last)
        return at if at >= 0 else self._column.count()

    def _hide(self, step: _Step) -> None:
        step.page.hide()
        if step.foot is not None:
            step.foot.hide()

    def leave_all(self) -> None:
        """Leave all pages but the first one; what is to be shown instead follows."""
        while len(self._way) > 1:
            self._leave()

    def go_back(self) -> None:
        """Show the page before, as it was."""
        if len(self._way) > 1:
            self._leave()
            self._show()

    def _on_keys(self) -> None:
        if self._back.isVisible():
            self.go_back()

    def _leave(self) -> None:
        step = self._way.pop()
        self._hide(step)
        self.left.emit(step.page)

    def _show(self) -> None:
        step = self._way[-1]
        step.page.show()
        if step.foot is not None:
            step.foot.show()
        self._back.setVisible(len(self._way) > 1)
        self.setFocusProxy(step.page)
        self.turned.emit(step.title)
        step.page.setFocus(Qt.FocusReason.OtherFocusReason)
