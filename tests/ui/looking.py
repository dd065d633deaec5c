"""Looking at a window as assistive tools do: by kind and accessible name."""

from PySide6.QtGui import QAccessible, QAccessibleActionInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from shiboken6 import isValid


def named(window, kind, name):
    """The first visible control of a kind with this accessible name, or None."""
    return next(
        (
            control
            for control in window.findChildren(kind)
            if control.isVisible() and interface(control).text(QAccessible.Text.Name) == name
        ),
        None,
    )


def interface(control):
    """What assistive tools see of a control."""
    return QAccessible.queryAccessibleInterface(control)


def press(control):
    """Press it as a screen reader does; Qt lets it go again after a tenth of a second."""
    interface(control).actionInterface().doAction(QAccessibleActionInterface.pressAction())
    while isValid(control) and control.isDown():
        QTest.qWait(10)


def words(window):
    """Everything the visible labels say, as a screen reader reads it."""
    return " ".join(
        label.accessibleName() or label.text()
        for label in window.findChildren(QLabel)
        if label.isVisible()
    )
