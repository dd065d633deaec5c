"""Another account beside the one there is: signed in to, or created."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from pars_desktop.ui.registration.account_flow import AccountFlow
from pars_desktop.ui.sheet import WIDTH, Sheet

_SHARE = 0.75  # of the height of the screen: a server may ask for a lot


class AccountDialog(Sheet):
    """The way to an account in a dialog, closed when there is one."""

    def __init__(self, flow: AccountFlow, parent: QWidget | None = None) -> None:
        super().__init__(flow.title, parent)
        self.flow = flow
        self.add_page(_Room(flow, flow.last))
        self.add_page(flow.last)
        flow.turned.connect(self.call)
        flow.done.connect(self.accept)
        flow.cancelled.connect(self.reject)
        self.finished.connect(flow.leave)
        flow.setFocus()


class _Room(QScrollArea):
    """As high as what is in it, as long as the screen is; then it scrolls, and what stands below
    it stays in sight."""

    def __init__(self, inside: QWidget, below: QWidget) -> None:
        super().__init__()
        self._below = below
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._inside = inside
        self.setWidget(inside)
        inside.installEventFilter(self)

    def heightForWidth(self, width: int) -> int:
        wanted = self._inside.heightForWidth(width)
        if wanted < 0:
            wanted = self._inside.sizeHint().height()
        most = round(self.screen().availableGeometry().height() * _SHARE)
        return min(wanted, most - self._below.sizeHint().height())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        width = self._inside.minimumSizeHint().width()
        return QSize(width, self.heightForWidth(max(width, self.width(), WIDTH // 2)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
