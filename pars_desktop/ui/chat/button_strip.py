"""A strip with one button beside its words: what is so, and what can be done about it."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from pars_desktop.ui import theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.sheet import Button


class ButtonStrip(Strip):
    """The words at the left, the button at the right."""

    def __init__(self, icon: str, *, warns: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(icon, warns=warns, parent=parent)
        self.button = theme.quiet(Button(""))
        self.button.hide()
        across = self.layout()
        if isinstance(across, QHBoxLayout):
            across.setStretch(0, 1)
            across.addWidget(self.button)
        self.rows.insertStretch(0)  # in the middle; an alignment would cut what needs more lines
        self.rows.addStretch()

    def offer(self, text: str) -> None:
        """What the button says; without a text there is none."""
        self.button.setText(text)
        self.button.setAccessibleName(text)
        self.button.setVisible(bool(text))
