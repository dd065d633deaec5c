"""One thing at once, a flood in batches."""

from PySide6.QtCore import QObject

from pars_desktop.ui.gather import Gather


def test_a_single_thing_is_done_at_once(qapp):
    owner, done = QObject(), []

    Gather(owner, done.append, pause_ms=1).add("one")

    assert done == [["one"]]


def test_what_comes_soon_after_is_done_together(qtbot):
    owner, done = QObject(), []
    gather = Gather(owner, done.append, pause_ms=5)

    for number in range(100):
        gather.add(number)
    qtbot.waitUntil(lambda: len(done) == 2)

    assert done == [[0], list(range(1, 100))]


def test_it_is_quick_again_after_a_pause(qtbot):
    owner, done = QObject(), []
    gather = Gather(owner, done.append, pause_ms=1)
    gather.add("one")
    qtbot.wait(20)

    gather.add("two")

    assert done == [["one"], ["two"]]


def test_what_was_forgotten_is_not_done(qtbot):
    owner, done = QObject(), []
    gather = Gather(owner, done.append, pause_ms=1)
    gather.add("one")
    gather.add("two")

    gather.forget()
    qtbot.wait(20)

    assert done == [["one"]]
