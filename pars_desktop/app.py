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
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QWidget

from pars_desktop import __version__
from pars_desktop.base.resources import resource
from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.domain.errors import DatabaseDamaged, StorageFailed, Trouble
from pars_desktop.store.database import Database
from pars_desktop.store.settings import SettingsStore
from pars_desktop.system.clock import SystemClock
from pars_desktop.system.keyring import Keyring
from pars_desktop.system.paths import APP_ID, Paths
from pars_desktop.system.single_instance import Instance
from pars_desktop.ui import theme
from pars_desktop.ui.main_window import MainWindow

if TYPE_CHECKING:
    import asyncio

    from pars_desktop.core.invite_commands import InviteCommands
    from pars_desktop.core.ports import Network, Registration
    from pars_desktop.core.registration import Connect
    from pars_desktop.core.waits import Waits
    from pars_desktop.domain.account import AccountSettings
    from pars_desktop.ui.invite.scan import Eyes

_log = logging.getLogger(__name__)

GOODBYE = 2.0  # seconds in which the servers may answer our goodbye
FIRST_PICTURE = 500  # milliseconds to wait for it: a window on another desktop has none
THREADS = 4  # for what blocks: look-ups of names, imports, backups
SIGN_IN = 0.25  # seconds that signing in usually takes
BACKUP_CHECK = 60.0  # seconds between looks at whether the backup is out of date
_MOST_DAMAGED = 3  # the database and its two backups

NetworkFactory: TypeAlias = "Callable[[AccountSettings], Network]"


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

    from pars_desktop.system import crash, logs

    logs.start(paths.logs)

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

    `import_network` runs in a thread; `connect` reaches servers to create accounts on. They and
    `waits` are what tests make quicker.
    """

    def __init__(
        self,
        paths: Paths,
        instance: Instance,
        database: Database,
        *,
        import_network: Callable[[], NetworkFactory] | None = None,
        connect: "Connect | None" = None,
        waits: "Waits | None" = None,
    ) -> None:
        self.begun: Signal[()] = Signal()  # everything is there; the accounts may still sign in
        self._import_network = import_network or _imported_network
        self._connect = connect or _registration
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
        self.window.fit_screen()
        self.window.quit_requested.connect(self.quit)

    def quit(self) -> None:
        """End `live`, also if it has yet to begin."""
        self._has_quit = True
        if self._quit is not None:
            self._quit.set()

    async def live(self, link: str | None, damage: Trouble | None) -> None:
        """Everything after the first picture, until somebody wants to quit."""
        import asyncio

        from pars_desktop.core.links import Links
        from pars_desktop.core.registration import Registrar
        from pars_desktop.system import providers
        from pars_desktop.system.lookup import PageLookup

        self._links = Links(self.accounts, self._settings, PageLookup())
        self._registrar = Registrar(self.accounts, self._links, self._tasks, providers.load)
        if link is not None:
            self._links.expect(link)
        if self._has_quit:
            self._links.leave()
            return
        self._quit = asyncio.Event()
        self._furnish()
        self.window.show()
        self._tasks.spawn(self._begin(damage, hurry=link is not None), name="begin")
        await self._quit.wait()
        self.window.keep_draft()
        self.window.hide()
        with suppress(Trouble):
            self._settings.save(self.window.settings(self._settings.load()))
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await asyncio.gather(self.accounts.close(), self._registrar.close())
        await self._tasks.close()
        self._links.leave()
        await self._back_up()

    def _furnish(self) -> None:
        """Make what is around the window: the other windows, which follow wishes."""
        from pars_desktop.system.link_handler import LinkHandler
        from pars_desktop.ui.windows import Windows

        self._conversations.follow()
        self._windows = Windows(
            self.window,
            self.accounts,
            self._conversations,
            self._links,
            self._tasks,
            self._settings,
            LinkHandler(self._paths),
            _eyes,
            self._registrar,
        )

    async def _begin(self, damage: Trouble | None, *, hurry: bool) -> None:
        import asyncio

        if hurry or not self.accounts.all():
            self._open_doors(damage)  # somebody waits for it
            await self._go_online()
        else:
            await self._go_online()
            await self._see_them_in()
            self._open_doors(damage)
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
        self._registrar.set_network(self._connect)
        self._tasks.spawn(self.accounts.start(), name="sign in")

    async def _see_them_in(self) -> None:
        """Wait a moment for the servers: what comes next would keep us from answering them."""
        import asyncio

        from pars_desktop.core.account import State

        settled = asyncio.Event()
        accounts = self.accounts.all()

        def look(_: object = None) -> None:
            under_way = (State.OFFLINE, State.CONNECTING)
            if all(account.status.state not in under_way for account in accounts):
                settled.set()

        look()
        for account in accounts:
            account.status_changed.connect(look)
        with suppress(TimeoutError):
            async with asyncio.timeout(SIGN_IN):
                await settled.wait()
        for account in accounts:
            account.status_changed.disconnect(look)

    def _open_doors(self, damage: Trouble | None) -> None:
        """Everything else there is to see, and whatever comes from outside."""
        self._windows.furnish()
        self._instance.link_received.connect(self._on_link)
        self._instance.raise_requested.connect(self._windows.to_front)
        self._instance.quit_requested.connect(self.quit)
        self._instance.answer_with(self._commands().answer)
        try:
            self._instance.serve(self._tasks)
        except OSError as error:  # links cannot reach us; everything else goes on
            _log.warning("later copies are not heard: %s", error.strerror)
        if damage is not None:
            self._windows.tell(damage)
        self._registrar.resume()
        self._links.start()
        self._windows.ask_about_links()

    def _commands(self) -> "InviteCommands":
        """What the command line may ask of this copy."""
        from pars_desktop.core.invite_commands import InviteCommands

        return InviteCommands(
            lambda: {account.jid: account.invites for account in self.accounts.all()},
            SystemClock(),
        )

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
        self._links.receive(link)


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


def _eyes() -> "Eyes":
    """What sees codes on screens and in pictures."""
    from pars_desktop.system.codes import read_codes
    from pars_desktop.system.screens import asks_first, grab_screens
    from pars_desktop.ui.invite.scan import Eyes

    return Eyes(grab_screens, read_codes, asks_first)


def _paint(window: QWidget) -> None:
    """Show the window, and let the desktop ask for its first picture before anything else."""
    window.show()
    patience = QTimer(singleShot=True, interval=FIRST_PICTURE)
    patience.start()
    while patience.isActive() and not window.windowHandle().isExposed():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def _registration(server: "AccountSettings") -> "Registration":
    """A way to create accounts on a server. Seldom wanted, so imported when it is."""
    from pars_desktop.xmpp.registration import Registration

    return Registration(server)


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
