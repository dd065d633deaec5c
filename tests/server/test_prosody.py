"""The private Prosody: what the other tests take for granted."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.jid import JID
from tests.server import lua
from tests.server.prosody import INVITES_HOST, Prosody, ProsodyMissing

ROOT = Path(__file__).parents[2]


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone_within(pid, seconds=5.0):
    deadline = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_alive(pid)


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def listening_sockets(pid):
    """Where a process listens: of the kernel's tables, the lines of its own sockets."""
    own = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # a file it has just closed
            own.add(link.readlink().name)
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A" and f"socket:[{inode}]" in own:
                address, port = local.split(":")
                found.add((address, int(port, 16)))
    return found


def test_it_listens_on_loopback_alone_and_is_nobody_of_importance(prosody):
    ports = (prosody.port, prosody.direct_tls_port, prosody.http_port)

    assert listening_sockets(prosody.pid) == {("0100007F", port) for port in ports}
    assert Path(f"/proc/{prosody.pid}").stat().st_uid != 0
    assert stat.S_IMODE(prosody.folder.stat().st_mode) == 0o700


def test_it_reaches_its_files_below_a_folder_that_only_we_may_enter(tmp_path, monkeypatch):
    own = tmp_path / "own"
    own.mkdir(mode=0o700)
    monkeypatch.setattr("tempfile.tempdir", str(own))

    with Prosody.started() as server:
        assert server.folder.parent == own
        assert listens(server.port)


def test_every_module_that_is_asked_for_was_found():
    with Prosody.started() as server:  # one of its own: others are made to fail later on
        log = server.log
    assert "error" not in {line.split("\t")[1] for line in log.splitlines() if "\t" in line}
    assert "not found" not in log.lower().replace("file not found", "")


def test_every_account_is_another_one(prosody):
    first, second = prosody.account(), prosody.account("juliet", INVITES_HOST, your_name="Juliet")

    assert first.jid != second.jid
    assert (second.jid.domain, second.settings.your_name) == (INVITES_HOST, "Juliet")
    assert Path(first.settings.ca_file).read_text().startswith("-----BEGIN CERTIFICATE")
    assert prosody.roster(first.jid) == {}


def test_it_stops_and_starts_on_the_same_ports(own_prosody):
    port, pid = own_prosody.port, own_prosody.pid
    own_prosody.stop()
    assert not listens(port)

    own_prosody.start()
    assert listens(port)
    assert own_prosody.pid != pid

    own_prosody.kill()
    assert not listens(port)


def test_while_frozen_it_takes_connections_and_says_nothing(own_prosody):
    with own_prosody.frozen(), socket.create_connection(("127.0.0.1", own_prosody.port), 1) as link:
        link.sendall(b"<?xml version='1.0'?>")
        link.settimeout(0.1)
        with pytest.raises(TimeoutError):
            link.recv(1)


def test_whatever_happens_in_the_block_nothing_stays_behind():
    left = []

    def fail():
        with Prosody.started() as server:
            left.extend((server.pid, server.folder))
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        fail()

    pid, folder = left
    assert gone_within(pid)
    assert not folder.exists()


def test_it_dies_with_whoever_started_it():
    code = (
        "import time\n"
        "from tests.server.prosody import Prosody\n"
        "with Prosody.started() as server:\n"
        "    print(server.pid, server.folder, flush=True)\n"
        "    time.sleep(60)\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with starter:
        pid, folder = starter.stdout.readline().split()
        os.kill(starter.pid, signal.SIGKILL)
    try:
        assert gone_within(int(pid))
    finally:
        subprocess.run(["rm", "-r", folder], check=True)


def test_without_prosody_there_is_a_sentence_about_it(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")

    sentence = "apt-get install --no-install-recommends prosody"
    with pytest.raises(ProsodyMissing, match=sentence), Prosody.started():
        pass


def test_its_roster_files_are_read(tmp_path):
    server = Prosody(tmp_path)
    romeo = JID("romeo-1", "montague.test")
    folder = tmp_path / "data" / "montague%2etest" / "roster"
    folder.mkdir(parents=True)
    (folder / "romeo%2d1.dat").write_text(
        """return {
	[false] = {
		["pending"] = { ["tybalt@capulet.test"] = true; };
		["version"] = 3;
	};
	["juliet@capulet.test"] = {
		["name"] = "J\\195\\188 \\"x\\"";
		["ask"] = "subscribe";
		["subscription"] = "from";
		["groups"] = { ["Friends"] = true; };
	};
};
"""
    )
    juliet = JID("juliet", "capulet.test")

    assert server.roster(romeo) == {
        juliet: Contact(juliet, 'Jü "x"', Subscription.FROM, True, frozenset({"Friends"}))
    }
    assert server.pending(romeo) == {JID("tybalt", "capulet.test")}


def test_lua_constants_and_lists_are_read():
    source = b'return { 1, -2.5, "a\\nb", true, nil, x = 7, { }, ["k"] = false };'

    assert lua.read(source) == {
        1: 1, 2: -2.5, 3: "a\nb", 4: True, 5: None, "x": 7, 6: {}, "k": False,
    }  # fmt: skip
    assert lua.literal('"\n') == '"\\034\\010"'
