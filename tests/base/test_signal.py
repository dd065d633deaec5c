"""Signals: everybody hears, in order, and nobody can keep the others from hearing."""

from pars_desktop.base.signal import Signal


def test_listeners_hear_the_arguments_in_the_order_they_connected():
    signal: Signal[str, int] = Signal()
    heard: list[object] = []
    signal.connect(lambda name, age: heard.append(("first", name, age)))
    signal.connect(lambda name, age: heard.append(("second", name, age)))

    signal.emit("juliet", 13)

    assert heard == [("first", "juliet", 13), ("second", "juliet", 13)]


def test_nobody_listening_is_fine():
    Signal[int]().emit(1)


def test_a_listener_that_left_hears_no_more_and_may_leave_twice():
    signal: Signal[int] = Signal()
    heard: list[int] = []
    signal.connect(heard.append)
    signal.emit(1)

    signal.disconnect(heard.append)
    signal.disconnect(heard.append)
    signal.emit(2)

    assert heard == [1]


def test_connected_twice_hears_twice_and_leaves_once_at_a_time():
    signal: Signal[int] = Signal()
    heard: list[int] = []
    signal.connect(heard.append)
    signal.connect(heard.append)

    signal.emit(1)
    signal.disconnect(heard.append)
    signal.emit(2)

    assert heard == [1, 1, 2]


def test_a_listener_that_raises_is_logged_and_the_others_still_hear(errors_logged):
    def clumsy(_number: int) -> None:
        raise ValueError("spilled")

    signal: Signal[int] = Signal()
    heard: list[int] = []
    signal.connect(clumsy)
    signal.connect(heard.append)

    signal.emit(1)

    assert heard == [1]
    [record] = errors_logged
    assert "clumsy" in record.getMessage()
    assert record.exc_info is not None
    errors_logged.clear()


def test_the_arguments_stay_out_of_the_log_message(errors_logged):
    def clumsy(_secret: str) -> None:
        raise ValueError("spilled")

    signal: Signal[str] = Signal()
    signal.connect(clumsy)

    signal.emit("the-password")

    assert "the-password" not in errors_logged[0].getMessage()
    errors_logged.clear()


def test_whoever_connects_or_leaves_during_an_emit_counts_from_the_next_one():
    signal: Signal[int] = Signal()
    heard: list[tuple[str, int]] = []

    def late(number: int) -> None:
        heard.append(("late", number))

    def leaver(number: int) -> None:
        heard.append(("leaver", number))
        signal.disconnect(leaver)
        signal.connect(late)

    signal.connect(leaver)
    signal.connect(lambda number: heard.append(("stays", number)))
    signal.emit(1)
    signal.emit(2)

    assert heard == [("leaver", 1), ("stays", 1), ("stays", 2), ("late", 2)]
