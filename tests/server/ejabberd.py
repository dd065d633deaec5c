"""A private ejabberd on loopback, beside Prosody: a server that knows nothing of invitations.

Everything of it lives in one temporary folder. It runs without Erlang's distribution, so there is
no epmd and no port but its own two; accounts are made over its HTTP interface, at an address that
only we know.
"""

import contextlib
import itertools
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.jid import JID
from tests.server.owner import may_enter_everything
from tests.server.prosody import Person
from tests.xmpp.certificates import make_ca

HOST = "mantua.test"

_TEMPLATE = Path(__file__).with_name("ejabberd.yml")
_PATH = f"{os.environ['PATH']}:/usr/sbin"  # where Debian has ejabberdctl


class EjabberdMissing(Exception):
    """ejabberd is not installed."""

    def __str__(self) -> str:
        return (
            "These tests need ejabberd, an XMPP server; it is not installed. "
            "On Debian and Ubuntu: apt-get install --no-install-recommends ejabberd"
        )


class EjabberdFailed(Exception):
    """ejabberd did not start."""


class Ejabberd:
    """One running server. Use `Ejabberd.started()`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca_file = folder / "certs" / "ca.pem"
        self.log_file = folder / "log" / "ejabberd.log"
        self.port = self.http_port = 0
        self._secret = secrets.token_hex(16)
        self._owner = may_enter_everything()
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    @classmethod
    @contextlib.contextmanager
    def started(cls) -> "Iterator[Ejabberd]":
        """Run a server of one's own until the end of the block, whatever happens in it."""
        if shutil.which("ejabberdctl", path=_PATH) is None or shutil.which("erl") is None:
            raise EjabberdMissing
        folder = Path(tempfile.mkdtemp(prefix="pars-ejabberd-"))
        server = cls(folder)
        try:
            server._prepare()
            server._start()
            yield server
        finally:
            server.kill()
            shutil.rmtree(folder, ignore_errors=True)

    def account(self, name: str = "romeo", *, unique: bool = True, **settings: object) -> Person:
        """Make an account, as `Prosody.account` does."""
        local = f"{name}{next(self._numbers)}" if unique else name
        person = Person(
            AccountSettings(
                JID(local, HOST), host="127.0.0.1", port=self.port, ca_file=str(self.ca_file)
            ),
            password=secrets.token_urlsafe(12),
        )
        self._call("register", user=local, host=HOST, password=person.password)
        return replace(person, settings=replace(person.settings, **settings))

    def roster(self, jid: JID) -> dict[JID, Contact]:
        """The contact list of an account as ejabberd itself has it."""
        found: dict[JID, Contact] = {}
        for item in self._call("get_roster", user=jid.local, server=jid.domain):
            peer = JID.trusted(item["jid"])
            before = found.get(peer, Contact(peer))  # it lists an item once for each of its groups
            found[peer] = Contact(
                peer,
                name=item["nick"],
                subscription=Subscription(item["subscription"]),
                ask=item["ask"] in ("out", "both", "subscribe"),
                groups=before.groups | frozenset(filter(None, [item["group"]])),
            )
        return found

    def are_friends(self, one: JID, other: JID) -> bool:
        """Both directions stand, on both sides."""
        return all(
            (item := self.roster(mine).get(theirs)) is not None and item.is_friend
            for mine, theirs in ((one, other), (other, one))
        )

    @property
    def pid(self) -> int:
        """The process of the server; 0 if it does not run."""
        return self._process.pid if self._process else 0

    @property
    def log(self) -> str:
        """Everything ejabberd has logged."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def kill(self) -> None:
        """End it and what it started; it has nothing that is worth a goodbye."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    # --- how it is set up ---------------------------------------------------------------------

    def _prepare(self) -> None:
        with (
            socket.create_server(("127.0.0.1", 0)) as one,
            socket.create_server(("127.0.0.1", 0)) as other,
        ):
            self.port, self.http_port = (each.getsockname()[1] for each in (one, other))
        issued = make_ca(self.ca_file.parent).issue(HOST)
        both = issued.certificate.read_text() + issued.key.read_text()
        self.ca_file.with_name("server.pem").write_text(both)
        (self.folder / "data").mkdir()
        self.log_file.parent.mkdir()
        values = {
            "HOST": HOST,
            "FOLDER": self.folder,
            "STARTTLS": self.port,
            "HTTP": self.http_port,
            "SECRET": self._secret,
        }
        text = re.sub(r"@([A-Z]+)@", lambda name: str(values[name[1]]), _TEMPLATE.read_text())
        (self.folder / "ejabberd.yml").write_text(text)
        for path in (self.folder, *self.folder.rglob("*")):
            self._owner.give(path)

    def _start(self) -> None:
        """What ejabberdctl does, without a name for the node: so there is no distribution."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "EJABBERD_CONFIG_PATH": str(self.folder / "ejabberd.yml"),
            "EJABBERD_LOG_PATH": str(self.log_file),
            "ERL_CRASH_DUMP": str(self.folder / "log" / "crash.dump"),
            "ERL_LIBS": str(_libraries()),
        }
        database = ["-mnesia", "dir", f'"{self.folder / "data"}"']
        with (self.folder / "output.txt").open("ab") as output:
            self._process = subprocess.Popen(
                [*self._owner.prefix, "erl", "-noinput", *database, "-s", "ejabberd"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                env=environment,
                start_new_session=True,
            )
        self._wait_until_it_listens()

    def _wait_until_it_listens(self, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                for port in (self.port, self.http_port):
                    socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        output = (self.folder / "output.txt").read_text(errors="replace")
        self.kill()
        raise EjabberdFailed(f"ejabberd did not start.\n{output[-4000:]}\n{self.log[-4000:]}")

    def _call(self, command: str, **arguments: str) -> list:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http_port}/{self._secret}/{command}",
            data=json.dumps(arguments).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return json.load(answer)


def _libraries() -> Path:
    """Where Debian has Erlang's libraries: a folder that depends on the processor."""
    found = next(Path("/usr/lib").glob("*/ejabberd-*/ebin"), None)
    return found.parent.parent if found else Path("/usr/lib")
