"""Listening to the core for exactly as long as a widget lives."""

import gc
import weakref

from PySide6.QtWidgets import QWidget

from pars_desktop.base.signal import Signal
from pars_desktop.ui.bind import bind


class Ear(QWidget):
    def __init__(self, parent=None):
        super().__init__(parent)
        self.heard = []

    def hear(self, word):
        self.heard.append(word)


def test_a_widget_hears_until_it_is_destroyed(qtbot):
    signal = Signal()
    parent = QWidget()
    qtbot.addWidget(parent)
    ear = Ear(parent)
    heard = ear.heard
    bind(ear, signal, ear.hear)

    signal.emit("yes")
    ear.deleteLater()
    qtbot.waitUntil(lambda: not signal._listeners)
    signal.emit("no")

    assert heard == ["yes"]


def test_listening_keeps_no_widget_alive(qapp):
    signal = Signal()
    ear = Ear()
    bind(ear, signal, ear.hear)
    gone = weakref.ref(ear)

    del ear
    gc.collect()

    assert gone() is None
    assert not signal._listeners


def test_a_function_is_heard_as_long_as_its_owner_lives(qtbot):
    signal, heard = Signal(), []
    owner = QWidget()
    qtbot.addWidget(owner)
    bind(owner, signal, heard.append)
    gc.collect()

    signal.emit("still there")

    assert heard == ["still there"]


def test_a_failing_slot_is_named_in_the_log(qtbot, errors_logged):
    class Broken(QWidget):
        def slot(self):
            raise ValueError("broken")

    broken, signal = Broken(), Signal()
    qtbot.addWidget(broken)
    bind(broken, signal, broken.slot)

    signal.emit()

    assert "Broken.slot" in repr(errors_logged[0].args)
    errors_logged.clear()
