"""The figures as a table: ours, the floor beside it, the ratio, and what we aim at."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One figure: what it is called, in what it is printed, and what it is held against."""

    text: str
    name: str
    unit: str  # of the values: "s" is printed in milliseconds
    floor: str = ""
    most: float | None = None  # an aim: at most so many times the floor,
    limit: float | None = None  # or at most this


LINES = (
    Line("Python, started and ended", "python", "s"),
    Line("import of slixmpp, with Python", "slixmpp", "s"),
    Line("empty PySide6 window: painted", "empty: painted", "s"),
    Line("empty PySide6 window: memory", "empty: memory", "MiB"),
    Line("PySide6 window with a plain list: painted", "list: painted", "s", "empty: painted"),
    Line("PySide6 window with a plain list: memory", "list: memory", "MiB", "empty: memory"),
    Line("least window with qasync and slixmpp: painted", "least: painted", "s"),
    Line("first window painted, with chats", "painted", "s", "empty: painted", most=1.4),
    Line("online", "online", "s", "least: online", most=1.15),
    Line("memory at rest (PSS)", "memory", "MiB", "least: memory", most=1.2),
    Line("wake-ups at rest", "wake-ups", "/s", "least: wake-ups"),
    Line("processor at rest", "CPU", "ms/s", "least: CPU"),
    Line("link taken by the running copy", "link: taken", "s", "python", limit=0.05),
    Line("link clicked to dialog painted", "link: dialog", "s", "python"),
    Line("invitation of our own to its code painted", "invitation: own", "s"),
    Line("  another one", "invitation: own, again", "s"),
    Line("invitation by the server to its code painted", "invitation: server", "s"),
    Line("  another one", "invitation: server, again", "s"),
    Line('"Add friend" clicked to both friends', "friends", "s", limit=0.5),
    Line('"Create account" pressed to both friends', "newcomers", "s"),
    Line("code on a screen of 1920x1080 to dialog", "code: 1920x1080", "s"),
    Line("code on a screen of 3840x2160 to dialog", "code: 3840x2160", "s"),
    Line("chat of 100,000 messages painted", "big chat: opened", "s", limit=0.1),
    Line("  memory after it", "big chat: memory", "MiB", "memory"),
    Line("  memory after scrolling 200 notches", "big chat: memory after scrolling", "MiB"),
    Line("  processor per notch of the wheel", "big chat: notch", "s"),
    Line("catch-up of 10,000 messages", "catch-up: took", "s"),
    Line("  a click waits then, 99 of 100 below", "catch-up: p99", "s", limit=0.05),
    Line("  a click waits then, at most", "catch-up: max", "s", limit=0.25),
)


def medians(found: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """One value per figure."""
    return {name: statistics.median(values) for name, values in found.items()}


def print_table(found: Mapping[str, Sequence[float]]) -> None:
    """Everything that was measured."""
    values = medians(found)
    print(f"{'':45}{'median':>10}{'floor':>10}{'ratio':>8}{'aim':>10}   least to most")
    for line in LINES:
        if line.name not in values:
            continue
        value, floor = values[line.name], values.get(line.floor)
        ratio = f"{value / floor:.2f}" if floor else ""
        least, most = (_shown(end(found[line.name]), line.unit) for end in (min, max))
        print(
            f"{line.text:45}{_shown(value, line.unit):>10}"
            f"{_shown(floor, line.unit) if floor is not None else '':>10}{ratio:>8}"
            f"{_aim(line, value, floor):>10}   {least} to {most}"
        )


def _aim(line: Line, value: float, floor: float | None) -> str:
    if line.limit is not None:
        return ("" if value <= line.limit else "! ") + _shown(line.limit, line.unit)
    if line.most is not None and floor is not None:
        return ("" if value <= line.most * floor else "! ") + f"{line.most:g} x"
    return ""


def _shown(value: float, unit: str) -> str:
    if unit == "s":
        return f"{value * 1000:.1f} ms" if value < 10 else f"{value:.1f} s"
    return f"{value:.1f} {unit}"
