"""Libraries without what they import for themselves alone, which takes time and memory."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# slixmpp looks names up with the one and colours stanzas in logs with the other. We look names up
# ourselves, and never log a stanza.
SPARE_FOR_SLIXMPP = ("aiodns", "pygments")


@contextmanager
def kept_out(*names: str) -> Iterator[None]:
    """Until the end of the block, importing these modules fails as if they were not installed.

    What was imported before stays.
    """
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # so that `import` finds nothing
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
