"""Passwords: in the desktop's keyring, or in a file of mode 0600 if the person said so.

Fits core.ports.Passwords. The keyring library is never asked which backend to use: it would obey
the environment and `keyringrc.cfg`, which can name a plaintext store and even load code. We build
one of the few backends we trust ourselves.
"""

import contextlib
import importlib
import json
import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from pars_desktop.base import files
from pars_desktop.domain.account import KeepPassword
from pars_desktop.domain.errors import NoKeyring, StorageFailed
from pars_desktop.domain.jid import JID
from pars_desktop.system.paths import APP_ID

if TYPE_CHECKING:  # the library is imported in the thread, when it is needed
    import asyncio  # see base/tasks.py

    from keyring.backend import KeyringBackend

_log = logging.getLogger(__name__)
T = TypeVar("T")

TIME_LIMIT = 30.0  # seconds for the desktop's prompt to be answered

_TRUSTED = {
    "linux": (("SecretService", "Keyring"), ("libsecret", "Keyring"), ("kwallet", "DBusKeyring")),
    "darwin": (("macOS", "Keyring"),),
    "win32": (("Windows", "WinVaultKeyring"),),
}


def trusted_backend() -> "KeyringBackend":
    """The first keyring of this machine that works, of those we trust. Raises NoKeyring."""
    for module, name in _TRUSTED.get(sys.platform, ()):
        backend = getattr(importlib.import_module(f"keyring.backends.{module}"), name)
        if backend.viable:
            return cast("KeyringBackend", backend())
    raise NoKeyring


class Keyring:
    """Where passwords are kept. Prompts of the desktop never hold up the event loop."""

    def __init__(
        self,
        folder: Path,
        *,
        time_limit: float = TIME_LIMIT,
        backend: "Callable[[], KeyringBackend]" = trusted_backend,
    ) -> None:
        self._file = _PasswordFile(folder / "passwords.json")
        self._time_limit = time_limit
        self._backend = backend
        self._one_prompt: asyncio.Lock | None = None  # made when the loop runs

    async def get(self, jid: JID, keep: KeepPassword) -> str | None:
        """The password, or None if none is kept. Raises NoKeyring."""
        if keep is KeepPassword.FILE:
            return self._file.get(jid)
        if keep is KeepPassword.ASK:
            return None
        return await self._ask(lambda backend: _get(backend, jid))

    async def put(self, jid: JID, password: str, keep: KeepPassword) -> None:
        """Keep it there alone, and read it back. KeepPassword.ASK keeps nothing.

        Raises NoKeyring, and StorageFailed for the file. What was in the keyring and cannot be
        deleted today is left there until `forget`: whoever chooses otherwise may have to.
        """
        if keep is KeepPassword.KEYRING:
            given_up = threading.Event()
            try:
                kept = await self._ask(lambda backend: _put(backend, jid, password, given_up))
            finally:
                given_up.set()  # a prompt that is answered later must not keep it after all
            if not kept:
                raise NoKeyring  # one that forgets at once, as the library's null backend does
            self._file.move_to_keyring(jid)
        else:
            if keep is KeepPassword.FILE:
                self._file.put(jid, password)
            else:
                self._file.remove(jid)
            with contextlib.suppress(NoKeyring):
                await self._empty_keyring(jid)

    async def forget(self, jid: JID) -> None:
        """Delete it wherever it is kept. Raises StorageFailed, and NoKeyring if it may still be
        in the keyring."""
        self._file.remove(jid)
        await self._empty_keyring(jid)

    async def _empty_keyring(self, jid: JID) -> None:
        if self._file.is_in_keyring(jid):
            await self._ask(lambda backend: _forget(backend, jid))
            self._file.left_keyring(jid)

    async def _ask(self, work: "Callable[[KeyringBackend], T]") -> T:
        """Do blocking work for which nobody waits beyond the time limit, one prompt at a time."""
        import asyncio

        from pars_desktop.system.threads import in_daemon

        def run() -> T:
            try:
                return work(self._backend())
            except BaseException as error:  # noqa: BLE001 (what D-Bus or the system raises)
                _log.warning("the keyring failed: %s", type(error).__name__)
                raise NoKeyring from None

        self._one_prompt = self._one_prompt or asyncio.Lock()
        async with self._one_prompt:
            try:
                return await in_daemon(run, name="keyring", limit=self._time_limit)
            except TimeoutError:
                _log.warning("the keyring did not answer within %s s", self._time_limit)
                raise NoKeyring from None


class _PasswordFile:
    """One JSON object: address to password, and name of an entry in the keyring to null.

    The nulls tell whether a keyring that is gone today may still hold something.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, jid: JID) -> str | None:
        return self._read().get(str(jid.bare)) or None

    def put(self, jid: JID, password: str) -> None:
        self._write(self._read() | {str(jid.bare): password})

    def remove(self, jid: JID) -> None:
        self._drop(str(jid.bare))

    def is_in_keyring(self, jid: JID) -> bool:
        return _service(jid) in self._read()

    def move_to_keyring(self, jid: JID) -> None:
        kept = self._read() | {_service(jid): None}
        kept.pop(str(jid.bare), None)
        self._write(kept)

    def left_keyring(self, jid: JID) -> None:
        self._drop(_service(jid))

    def _drop(self, name: str) -> None:
        kept = self._read()
        if name in kept:
            del kept[name]
            self._write(kept)

    def _read(self) -> dict[str, str | None]:
        try:
            kept = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):  # not there, or damaged: the person is asked again
            return {}
        if not isinstance(kept, dict):
            return {}
        found = {key: value for key, value in kept.items() if value is None or type(value) is str}
        for key in [key for key, value in found.items() if value is None and "@" in key]:
            if not key.startswith(APP_ID):  # as versions before wrote it
                found[f"{APP_ID} {key}"] = found.pop(key)
        return found

    def _write(self, kept: dict[str, str | None]) -> None:
        try:
            files.replace(self._path, json.dumps(kept, indent=1).encode())
        except OSError:
            raise StorageFailed from None


def _service(jid: JID) -> str:
    """One service per address: Windows keeps only one user per service in a plain way."""
    return f"{APP_ID} {jid.bare}"


def _get(backend: "KeyringBackend", jid: JID) -> str | None:
    try:
        return backend.get_password(_service(jid), str(jid.bare)) or None
    except UnicodeDecodeError:  # somebody else wrote it: as good as none
        return None


def _put(backend: "KeyringBackend", jid: JID, password: str, given_up: threading.Event) -> bool:
    _get(backend, jid)  # here the desktop asks to unlock it, for as long as that takes
    if given_up.is_set():
        return False
    backend.set_password(_service(jid), str(jid.bare), password)
    return _get(backend, jid) == password


def _forget(backend: "KeyringBackend", jid: JID) -> None:
    from keyring.errors import PasswordDeleteError

    with contextlib.suppress(PasswordDeleteError):  # there is none
        backend.delete_password(_service(jid), str(jid.bare))
