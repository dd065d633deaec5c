"""Arguments in, exit code out; a link for a running copy leaves before anything is imported."""

import os
import sys
import time

if not __package__:  # run by its path, as the desktop entry of a checkout does
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from pars_desktop.system import arguments, handover

TYPE_CHECKING = False  # typing itself takes 5 ms to import
if TYPE_CHECKING:
    from pars_desktop.system.paths import Paths
    from pars_desktop.system.single_instance import Instance

_STARTING_LIMIT = 15.0  # seconds to wait for a copy that has the lock but does not listen yet


def main() -> int:
    """The program. 0: done; 1: it did not work; 2: misused; 3: no place for the password."""
    os.umask(0o077)  # whatever we write is for this user alone
    try:
        asked = arguments.parse(sys.argv[1:], os.environ)
        if asked.command is not None:
            from pars_desktop import cli

            return cli.run(asked.command, asked.rest, asked.profile)
        return _open(asked.profile, asked.link)
    except arguments.Misused as error:
        return _complain(str(error), 2)
    except handover.NoAnswer as error:
        return _complain(str(error), 1)
    except OSError as error:  # no home, no space, no permission
        return _complain(f"{error.filename} cannot be used: {error.strerror}.", 1)


def _open(profile: str | None, link: str | None) -> int:
    """Let the running copy have the link, or become it."""
    folder = handover.data_folder(profile, os.environ)
    until = time.monotonic() + _STARTING_LIMIT
    while not handover.send(folder, "link" if link else "raise", link or "", os.environ):
        from pars_desktop.system.paths import Paths
        from pars_desktop.system.single_instance import Instance

        paths = Paths.of(profile)
        paths.create()
        instance = Instance.acquire(paths)
        if instance is not None:
            return _run(paths, instance, link)
        if time.monotonic() > until:
            raise handover.NoAnswer("Pars is running, but it does not answer.")
        time.sleep(0.05)
    return 0


def _run(paths: "Paths", instance: "Instance", link: str | None) -> int:
    if not _has_screen():
        instance.close()
        return _complain("There is no screen to open a window on.", 1)
    import gc

    from pars_desktop.system import crash, pyside

    gc.disable()  # from the beginning: see system/garbage.py
    crash.install(paths.logs)
    pyside.load()
    from pars_desktop import app

    try:
        return app.run(paths, instance, link)
    finally:
        instance.close()


def _has_screen() -> bool:
    """Whether Qt can begin at all. Without a screen it would not say so, but abort."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in named)


def _complain(sentence: str, status: int) -> int:
    if sys.stderr is not None:  # a gui-script may have none
        sys.stderr.write(f"pars-desktop: {sentence}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
