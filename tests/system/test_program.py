"""The whole program as a process: it starts once, comes to the front, and ends in time."""

import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.jid import JID
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from pars_desktop.system.single_instance import Instance
from tests.system.conftest import ROOT, pars

LINK = "xmpp:romeo@montague.example?roster;preauth=SECRET"
NO_SCREEN = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}


@pytest.fixture
def program(home, paths, monkeypatch):
    """The program on a fresh profile, with umask 000."""
    monkeypatch.setenv("PARS_DESKTOP_PROFILE", str(paths.profile))
    before = os.umask(0)
    process = subprocess.Popen(
        [sys.executable, "-m", "pars_desktop"],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.umask(before)
    deadline = time.monotonic() + 10
    while not (paths.lock.exists() and paths.lock.read_text()):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    yield process
    process.kill()
    process.communicate()


def test_n9_a_link_is_taken_while_the_first_copy_still_starts_and_quit_ends_it(
    program, paths, home
):
    done = pars("--", LINK)  # the first copy answers as soon as its loop runs
    assert (done.returncode, done.stderr) == (0, "")
    started = time.monotonic()
    assert pars("quit").returncode == 0
    assert program.wait(1) == 0
    assert time.monotonic() - started < 3
    files = [path for path in paths.profile.rglob("*") if path.is_file()]
    assert paths.database in files
    assert b"SECRET" not in (paths.logs / "pars.log").read_bytes()
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    folders = [paths.profile, *(path for path in paths.profile.rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    assert [path.name for path in home.iterdir()] == ["profile"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_n9_the_end_of_the_session_ends_it_cleanly(program, paths, number):
    assert pars().returncode == 0  # it lives: it came to the front
    started = time.monotonic()
    program.send_signal(number)
    assert program.wait(4) == 0
    assert time.monotonic() - started < 3
    assert not (paths.data / "instance.socket").exists()


def test_without_a_screen_it_says_so_and_leaves_the_profile_free(paths, monkeypatch):
    monkeypatch.setenv("PARS_DESKTOP_PROFILE", str(paths.profile))
    done = pars(PYTHONPROFILEIMPORTTIME="1", **NO_SCREEN)

    assert done.returncode == 1
    *imported, last = done.stderr.splitlines()
    assert last == "pars-desktop: There is no screen to open a window on."
    assert imported
    assert "PySide6" not in done.stderr
    instance = Instance.acquire(paths)
    assert instance is not None
    instance.close()


def test_a_link_for_the_running_copy_needs_no_screen(program):
    done = pars("--", LINK, **NO_SCREEN)

    assert (done.returncode, done.stderr) == (0, "")
    assert program.poll() is None


@pytest.fixture
def an_account(paths):
    """Somebody uses the profile."""
    paths.create()
    db = Database.open(paths.database)
    AccountStore(db).put(AccountSettings(JID("romeo", "montague.example")))
    db.close()


def test_commands_about_invitations_are_answered_by_the_program_that_runs(
    an_account, program, paths
):
    made = pars("invite", "--for", "the choir")
    assert (made.returncode, made.stderr) == (0, "")
    assert parse_link(made.stdout).jid == JID("romeo", "montague.example")
    assert pars("invitations", "revoke", "1").stdout == "1 is revoked.\n"
    assert pars("invitations").stdout.split()[:2] == ["1", "revoked"]

    assert program.poll() is None
    assert pars("quit").returncode == 0
    assert program.wait(5) == 0
    token = parse_link(made.stdout).token.encode()
    files = [path for path in paths.profile.rglob("*") if path.is_file()]
    assert not any(token in path.read_bytes() for path in files)  # nor in a log (P-17)
