"""Garbage is collected on the one loop, and in no other thread.

Left to itself, Python collects in whichever thread happens to allocate, and a worker thread would
destroy what Qt made in the main one: Qt then warns ("Timers cannot be stopped from another
thread") or crashes.
"""

import asyncio
import gc

PAUSE = 5.0  # seconds between looks; a look costs microseconds


async def collect_here(pause: float = PAUSE) -> None:
    """Do what Python's own collector would, with its own thresholds, but here. Never returns."""
    gc.disable()
    while True:
        await asyncio.sleep(pause)
        counts, limits = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > limits[generation]:
                gc.collect(generation)
                break
