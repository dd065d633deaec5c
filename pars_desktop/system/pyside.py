"""PySide6 without its import hook.

PySide6 puts a function of its own in the place of `__import__`, which makes
`from __feature__ import …` possible. For that it reads the text of every module that is imported
from then on, and linecache keeps all of it: 11 MiB, and a twelfth of the time until an account is
online. We ask for no such feature.
"""

import builtins
import linecache


def load() -> None:
    """Import PySide6 and leave `__import__` as it was. To be called before others import it."""
    own = builtins.__import__
    import PySide6.QtCore  # noqa: F401 - it is about what the import does

    builtins.__import__ = own
    linecache.clearcache()  # it has read some already
