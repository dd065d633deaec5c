"""A private Prosody on loopback, for tests, for the demonstration and for the figures.

Everything of it lives in one temporary folder: configuration, data, log, certificates. It needs
no pytest: `with Prosody.started() as server:` is all there is to it.
"""

import contextlib
import hashlib
import hmac
import itertools
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.jid import JID
from tests.server import lua
from tests.server.owner import unprivileged
from tests.xmpp.certificates import make_ca

PLAIN_HOST = "montague.test"  # knows nothing of invitations
INVITES_HOST = "capulet.test"  # hands out invitations of its own to users
DEFAULT_INVITES_HOST = "verona.test"  # mod_invites as it comes
ROOMS = "rooms.verona.test"
FILES = "files.verona.test"
HOSTS = (PLAIN_HOST, INVITES_HOST, DEFAULT_INVITES_HOST)

_TEMPLATE = Path(__file__).with_name("prosody.cfg.lua")
_ITERATIONS = 10000  # of SCRAM, as Prosody has it by default


class ProsodyMissing(Exception):
    """Prosody is not installed."""

    def __str__(self) -> str:
        return (
            "These tests need Prosody, an XMPP server; it is not installed. "
            "On Debian and Ubuntu: apt-get install --no-install-recommends prosody"
        )


class ProsodyFailed(Exception):
    """Prosody did not start, or ended."""


@dataclass(frozen=True)
class Person:
    """An account on the private server, with everything that signing in takes."""

    settings: AccountSettings
    password: str

    @property
    def jid(self) -> JID:
        return self.settings.jid


class Prosody:
    """One running server. Use `Prosody.started()`."""

    def __init__(self, folder: Path, *, hibernation: int = 300) -> None:
        self.folder = folder
        self.ca_file = folder / "certs" / "ca.pem"
        self.log_file = folder / "prosody.log"
        self.hibernation = hibernation  # seconds a lost session can be resumed
        self.port = self.direct_tls_port = self.http_port = 0
        self._owner = unprivileged()
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    @classmethod
    @contextlib.contextmanager
    def started(cls, *, hibernation: int = 300) -> "Iterator[Prosody]":
        """Run a server of one's own until the end of the block, whatever happens in it."""
        if shutil.which("prosody") is None:
            raise ProsodyMissing
        folder = Path(tempfile.mkdtemp(prefix="pars-prosody-"))
        server = cls(folder, hibernation=hibernation)
        try:
            server._prepare()
            server.start()
            yield server
        finally:
            server.kill()
            shutil.rmtree(folder, ignore_errors=True)

    # --- accounts ---------------------------------------------------------------------------

    def account(
        self,
        name: str = "romeo",
        host: str = PLAIN_HOST,
        *,
        unique: bool = True,
        **settings: object,
    ) -> Person:
        """Make an account; its local part is `name` and a number unless `unique` is false.

        Other fields of its AccountSettings, such as your_name, may be given by keyword.
        """
        local = f"{name}{next(self._numbers)}" if unique else name
        person = Person(
            AccountSettings(
                JID(local, host), host="127.0.0.1", port=self.port, ca_file=str(self.ca_file)
            ),
            password=secrets.token_urlsafe(12),
        )
        self.set_password(person.jid, person.password)
        return replace(person, settings=replace(person.settings, **settings))

    def set_password(self, jid: JID, password: str) -> None:
        """Create the account, or change its password, as `prosodyctl passwd` would."""
        salt = secrets.token_hex(16)
        salted = hashlib.pbkdf2_hmac("sha1", password.encode(), salt.encode(), _ITERATIONS)
        stored = hashlib.sha1(hmac.digest(salted, b"Client Key", "sha1")).hexdigest()
        fields: dict[str, str | int] = {
            "stored_key": stored,
            "server_key": hmac.digest(salted, b"Server Key", "sha1").hex(),
            "salt": salt,
            "iteration_count": _ITERATIONS,
        }
        lines = "".join(f'\t["{key}"] = {lua.literal(value)};\n' for key, value in fields.items())
        self._write(self._data(jid, "accounts"), f"return {{\n{lines}}};\n")

    def remove_account(self, jid: JID) -> None:
        """Delete the account, so that nobody can sign in to it any more."""
        self._data(jid, "accounts").unlink()

    def roster(self, jid: JID) -> dict[JID, Contact]:
        """The contact list of an account as Prosody itself has it on disk."""
        return {
            JID.trusted(peer): Contact(
                JID.trusted(peer),
                name=item.get("name", ""),
                subscription=Subscription(item.get("subscription", "none")),
                ask=item.get("ask") == "subscribe",
                groups=frozenset(item.get("groups", {})),
            )
            for peer, item in self._table(jid, "roster").items()
            if isinstance(peer, str)
        }

    def set_roster(self, jid: JID, contacts: Iterable[Contact]) -> None:
        """Give an account that is offline this contact list instead of its own."""
        items = "".join(
            f'\t[{lua.literal(str(contact.jid))}] = {{ ["name"] = {lua.literal(contact.name)};'
            f' ["subscription"] = "{contact.subscription.value}"; ["groups"] = {{}}; }};\n'
            for contact in contacts
        )
        head = '\t[false] = { ["version"] = 1; ["pending"] = {}; };\n'
        self._write(self._data(jid, "roster"), f"return {{\n{head}{items}}};\n")

    def are_friends(self, one: JID, other: JID) -> bool:
        """Both directions stand, on both sides."""
        return all(
            (item := self.roster(mine).get(theirs)) is not None and item.is_friend
            for mine, theirs in ((one, other), (other, one))
        )

    def pending(self, jid: JID) -> set[JID]:
        """Whose subscription requests wait for an answer of this account."""
        waiting = self._table(jid, "roster").get(False, {}).get("pending", {})
        return {JID.trusted(peer) for peer in waiting}

    # --- the process --------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        """The process of the server; 0 if it does not run."""
        return self._process.pid if self._process else 0

    @property
    def log(self) -> str:
        """Everything Prosody has logged."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def start(self) -> None:
        """Start it, on the same ports and data as before, and wait until it listens."""
        if not self.port:
            self._choose_ports()
        output = (self.folder / "output.txt").open("ab")
        with output:
            self._process = subprocess.Popen(
                [*self._owner.prefix, "prosody", "--config", str(self._config), "-F"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
                start_new_session=True,
            )
        self._wait_until_it_listens()

    def stop(self) -> None:
        """End it cleanly: clients are told that the server shuts down."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def kill(self) -> None:
        """kill -9: no goodbye, and its sockets are gone."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Stop and start: sessions that could have been resumed are forgotten."""
        self.stop()
        self.start()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """It neither reads nor answers, but every connection stays up (SIGSTOP)."""
        assert self._process, "it does not run"
        os.killpg(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGCONT)

    # --- how it is set up ---------------------------------------------------------------------

    @property
    def _config(self) -> Path:
        return self.folder / "prosody.cfg.lua"

    def _prepare(self) -> None:
        ca = make_ca(self.ca_file.parent)
        for host in (*HOSTS, ROOMS, FILES):  # Prosody finds them by these names
            issued = ca.issue(host)
            issued.certificate.rename(self.ca_file.with_name(f"{host}.crt"))
            issued.key.rename(self.ca_file.with_name(f"{host}.key"))
        (self.folder / "data").mkdir()
        for path in (self.folder, *self.folder.rglob("*")):
            self._owner.give(path)

    def _choose_ports(self) -> None:
        with contextlib.ExitStack() as held:
            sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
            self.port, self.direct_tls_port, self.http_port = (
                each.getsockname()[1] for each in sockets
            )
        values = {
            "FOLDER": self.folder,
            "STARTTLS": self.port,
            "DIRECT_TLS": self.direct_tls_port,
            "HTTP": self.http_port,
            "HIBERNATION": self.hibernation,
        }
        text = re.sub(r"@([A-Z_]+)@", lambda name: str(values[name[1]]), _TEMPLATE.read_text())
        self._write(self._config, text)

    def _wait_until_it_listens(self, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                for port in (self.port, self.direct_tls_port, self.http_port):
                    socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.01)
            else:
                return
        output = (self.folder / "output.txt").read_text(errors="replace")
        self.kill()
        raise ProsodyFailed(f"Prosody did not start.\n{output}\n{self.log[-4000:]}")

    def _data(self, jid: JID, store: str) -> Path:
        """Prosody's file for one account; it escapes all but letters and digits."""
        host, user = (
            "".join(chr(b) if chr(b).isalnum() and b < 128 else f"%{b:02x}" for b in part.encode())
            for part in (jid.domain, jid.local)
        )
        return self.folder / "data" / host / store / f"{user}.dat"

    def _table(self, jid: JID, store: str) -> dict:
        try:
            return lua.read(self._data(jid, store).read_bytes())
        except FileNotFoundError:
            return {}

    def _write(self, path: Path, text: str) -> None:
        """Write a file that Prosody reads, in one step, since it may be reading it just now."""
        for folder in (path.parent.parent, path.parent):
            if not folder.exists():
                folder.mkdir()
                self._owner.give(folder)
        draft = path.with_name(f"{path.name}.draft")
        draft.write_text(text)
        self._owner.give(draft)
        draft.replace(path)
