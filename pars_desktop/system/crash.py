"""Last words: what nobody caught goes to the log, and a crash of the interpreter to a file.

Tracebacks name places, never the values of variables.
"""

import faulthandler
import logging
import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # see base/tasks.py
    import asyncio

_log = logging.getLogger(__name__)
_folder: Path | None = None  # where the log is to be


def install(folder: Path) -> None:
    """Catch what nobody caught: in the main thread and Qt's slots, in threads, in destructors.

    The log itself begins after the first picture; what ends the program earlier begins it.
    """
    global _folder  # noqa: PLW0603 (the hooks are the interpreter's own, one of each)
    _folder = folder
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable
    try:
        handle = os.open(folder / "crash.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        return
    faulthandler.enable(handle, all_threads=True)  # the file stays open as long as the process


def loop_handler(_loop: "asyncio.AbstractEventLoop", context: dict[str, Any]) -> None:
    """For `loop.set_exception_handler`: asyncio's own prints the futures, results included."""
    _log.error("in the event loop: %s", context.get("message"), exc_info=context.get("exception"))


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    if _folder is not None and not logging.getLogger().handlers:
        from pars_desktop.system import logs

        logs.start(_folder)
    _log.critical("nobody caught this", exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    if args.exc_value is not None:
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
