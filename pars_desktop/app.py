"""The program: builds everything once, paints first, and closes what it opened.

The order is what makes it start fast: the store, the window painted from it, and only then
asyncio, the dialogs, slixmpp (in a thread) and the network. So what the first picture can do
without is imported in the functions that need it, here and in the modules that this imports.
"""

import gc
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QWidget

from pars_desktop import __version__
from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.core.friends import USUAL, Waits
from pars_desktop.core.ports import Network
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import DatabaseDamaged, StorageFailed, Trouble
from pars_desktop.store.database import Database
from pars_desktop.store.settings import SettingsStore
from pars_desktop.system.clock import SystemClock
from pars_desktop.system.keyring import Keyring
from pars_desktop.system.paths import APP_ID, Paths, resource
from pars_desktop.system.single_instance import Instance
from pars_desktop.ui import theme
from pars_desktop.ui.main_window import MainWindow

if TYPE_CHECKING:
    import asyncio

_log = logging.getLogger(__name__)

GOODBYE = 2.0  # seconds in which the servers may answer our goodbye
FIRST_PICTURE = 500  # milliseconds to wait for it: a window on another desktop has none
THREADS = 4  # for what blocks: look-ups of names, imports, backups
BACKUP_CHECK = 60.0  # seconds between looks at whether the backup is out of date
_MOST_DAMAGED = 3  # the database and its two backups

NetworkFactory = Callable[[AccountSettings], Network]


def run(paths: Paths, instance: Instance, link: str | None) -> int:
    """Be the running copy of a profile until the person quits. The exit status."""
    application = _application()
    try:
        database, damage = _opened(paths)
    except Trouble as trouble:
        return _refuse(application, trouble)
    program = Program(paths, instance, database)
    program.begun.connect(gc.freeze)  # what has come to stay is not looked at again
    if program.accounts.all():  # else the first picture is the page to sign in
        _paint(program.window)
    import signal
    from concurrent.futures import ThreadPoolExecutor

    import qasync

    from pars_desktop.system import crash

    loop = qasync.QEventLoop(application)
    loop.set_default_executor(ThreadPoolExecutor(THREADS))  # qasync's own starts ten at once
    loop.set_exception_handler(crash.loop_handler)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, program.quit)
    with loop:
        try:
            loop.run_until_complete(program.live(link, damage))
        finally:
            database.close()
    return 0


class Program:
    """The running copy: the core, the window on it, and how both begin and end.

    `import_network` runs in a thread; it and `waits` are what tests make quicker.
    """

    def __init__(
        self,
        paths: Paths,
        instance: Instance,
        database: Database,
        *,
        import_network: Callable[[], NetworkFactory] | None = None,
        waits: Waits = USUAL,
    ) -> None:
        self.begun: Signal[()] = Signal()  # everything is there; the accounts may still sign in
        self._import_network = import_network or _imported_network
        self._instance = instance
        self._database = database
        self._paths = paths
        self._tasks = Tasks()
        self._settings = SettingsStore(paths.settings)
        self._quit: asyncio.Event | None = None  # made when the loop runs
        self._has_quit = False
        self.accounts = Accounts(
            database,
            Keyring(paths.data),
            SystemClock(),
            self._tasks,
            newcomer_group=QCoreApplication.translate("Program", "Came by invitation"),
            waits=waits,
        )
        self._conversations = Conversations(database, self.accounts)
        self.window = MainWindow(self.accounts, self._conversations, self._settings.load())
        self.window.quit_requested.connect(self.quit)

    def quit(self) -> None:
        """End `live`, also if it has yet to begin."""
        self._has_quit = True
        if self._quit is not None:
            self._quit.set()

    async def live(self, link: str | None, damage: Trouble | None) -> None:
        """Everything after the first picture, until somebody wants to quit."""
        import asyncio

        if self._has_quit:
            return
        self._quit = asyncio.Event()
        self._furnish()
        self.window.show()
        self._tasks.spawn(self._begin(link, damage), name="begin")
        await self._quit.wait()
        self.window.hide()
        with suppress(Trouble):
            self._settings.save(self.window.settings(self._settings.load()))
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self.accounts.close()
        await self._tasks.close()
        await self._back_up()

    def _furnish(self) -> None:
        """Make what is around the window: links, and the windows that follow wishes."""
        from pars_desktop.core.links import Links
        from pars_desktop.system.link_handler import LinkHandler
        from pars_desktop.ui.windows import Windows

        self._links = Links(self.accounts, self._settings)
        self._windows = Windows(
            self.window,
            self.accounts,
            self._conversations,
            self._links,
            self._tasks,
            self._settings,
            LinkHandler(self._paths),
        )

    async def _begin(self, link: str | None, damage: Trouble | None) -> None:
        import asyncio

        if link is not None or not self.accounts.all():
            self._open_doors(link, damage)  # somebody waits for it
            await self._go_online()
        else:
            await self._go_online()
            self._open_doors(link, damage)  # while the servers think
        from pars_desktop.system.garbage import collect_here

        self.begun.emit()
        self._tasks.spawn(collect_here(), name="collect garbage")
        while True:
            await self._back_up()
            await asyncio.sleep(BACKUP_CHECK)

    async def _go_online(self) -> None:
        """Let every account begin to sign in."""
        import asyncio

        self.accounts.set_network(await asyncio.to_thread(self._import_network))
        self._tasks.spawn(self.accounts.start(), name="sign in")
        await asyncio.sleep(0.01)  # until the first packets have left

    def _open_doors(self, link: str | None, damage: Trouble | None) -> None:
        """Everything else there is to see, and whatever comes from outside."""
        self._windows.furnish()
        self._instance.link_received.connect(self._on_link)
        self._instance.raise_requested.connect(self._windows.to_front)
        self._instance.quit_requested.connect(self.quit)
        self._instance.serve(self._tasks)
        if damage is not None:
            self._windows.tell(damage)
        self._links.start()
        if link is not None:
            self._links.open(link)

    async def _back_up(self) -> None:
        """Copy what is dear beside the database, if it changed."""
        import asyncio

        if not self._database.backup_due:
            return
        try:
            await asyncio.to_thread(self._database.backup)
        except DatabaseDamaged as trouble:
            self._windows.tell(trouble)
        except StorageFailed as trouble:
            _log.warning("no backup was made: %s", trouble)

    def _on_link(self, link: str, activation: str) -> None:
        if not self._links.is_busy:
            self._windows.to_front(activation)
        self._links.open(link)


def _opened(paths: Paths) -> tuple[Database, DatabaseDamaged | None]:
    """The database, and what was put aside for it: a backup may be damaged as well."""
    damage: DatabaseDamaged | None = None
    for _ in range(_MOST_DAMAGED):
        try:
            return Database.open(paths.database), damage
        except DatabaseDamaged as trouble:
            damage = damage or trouble
    return Database.open(paths.database), damage


def _imported_network() -> NetworkFactory:
    """The part of the program that takes longest to import (slixmpp)."""
    from pars_desktop.xmpp.network import Network

    return Network


def _paint(window: QWidget) -> None:
    """Show the window, and let the desktop ask for its first picture before anything else."""
    window.show()
    patience = QTimer(singleShot=True, interval=FIRST_PICTURE)
    patience.start()
    while patience.isActive() and not window.windowHandle().isExposed():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def _application() -> QApplication:
    QGuiApplication.setDesktopFileName(APP_ID)
    application = QApplication([sys.argv[0]])  # a link is no option of Qt's
    application.setApplicationName("pars-desktop")
    application.setApplicationVersion(__version__)
    application.setWindowIcon(QIcon(str(resource("icons", "pars-64.png"))))
    application.setQuitOnLastWindowClosed(False)  # it would end the loop before our goodbye
    theme.wear(application)
    return application


def _refuse(application: QApplication, trouble: Trouble) -> int:
    """Say why Pars cannot start. The exit status."""
    from pars_desktop.ui import errors
    from pars_desktop.ui.windows import message_box

    sentence = errors.sentence(trouble)
    if sys.stderr is not None:
        sys.stderr.write(f"pars-desktop: {sentence}\n")
    box = message_box(sentence)
    box.finished.connect(application.quit)
    box.show()
    application.exec()
    return 1
