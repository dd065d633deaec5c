"""The commands that need no window, as scripts use them."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys

import pytest

import pars_desktop
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import NoKeyring
from pars_desktop.domain.jid import JID
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from pars_desktop.system.keyring import Keyring
from tests.system.conftest import ROOT, pars

ROMEO = JID("romeo", "montague.example")


@pytest.fixture
def profile(paths, monkeypatch):
    monkeypatch.setenv("PARS_DESKTOP_PROFILE", str(paths.profile))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={paths.profile}/nobody")
    return paths


def accounts(paths):
    db = Database.open(paths.database)
    try:
        return AccountStore(db).all()
    finally:
        db.close()


def password(paths):
    return asyncio.run(Keyring(paths.data).get(ROMEO, KeepPassword.FILE))


def test_version_and_help_are_told():
    assert pars("--version").stdout == f"Pars {pars_desktop.__version__}\n"
    told = pars("--help")
    assert told.returncode == 0
    assert "add-account JID" in told.stdout


def test_an_account_is_stored_with_its_password_and_nothing_is_connected(profile, tmp_path):
    (tmp_path / "ca.pem").write_text("a certificate")
    words = ["add-account", "Romeo@Montague.example", "--server", "127.0.0.1:5222"]
    words += ["--ca", "ca.pem", "--keep-password", "file"]
    done = pars(*words, given="s3cr ët \nsecond line\n", cwd=tmp_path, PYTHONUTF8="1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (stored,) = accounts(profile)
    assert stored == AccountSettings(
        jid=ROMEO,
        host="127.0.0.1",
        port=5222,
        ca_file=str(tmp_path / "ca.pem"),
        keep_password=KeepPassword.FILE,
    )
    assert password(profile) == "s3cr ët "


def test_an_account_that_is_there_is_changed(profile):
    for given, server in (("one", "a.example:5222"), ("two", "[::1]:5223")):
        words = ("add-account", str(ROMEO), "--keep-password=file", f"--server={server}")
        assert pars(*words, given=given).returncode == 0
    (stored,) = accounts(profile)
    assert (stored.host, stored.port) == ("::1", 5223)
    assert password(profile) == "two"


def test_k1_without_a_keyring_the_status_is_3_and_nothing_is_stored(profile):
    done = pars("add-account", str(ROMEO), given="s3cret\n")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "--keep-password file" in done.stderr
    assert accounts(profile) == []


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("romeo",),
        ("montague.example",),
        ("romeo@montague.example/orchard",),
        ("romeo@",),
        ("romeo@montague.example", "juliet@capulet.example"),
        ("romeo@montague.example", "--server"),
        ("romeo@montague.example", "--server", "host:port"),
        ("romeo@montague.example", "--server", ":5222"),
        ("romeo@montague.example", "--server", "host:70000"),
        ("romeo@montague.example", "--ca", "/no/such/file"),
        ("romeo@montague.example", "--keep-password", "ask"),
        ("romeo@montague.example", "--keep-password", "paper"),
        ("romeo@montague.example", "--password", "s3cret"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_one_sentence_and_status_2(profile, words):
    done = pars("add-account", *words, given="s3cret\n")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr
    assert not profile.database.exists()


@pytest.mark.parametrize("given", ["", "\n", "x" * 1_000_000])
def test_u2_without_a_usable_password_nothing_is_stored(profile, given):
    done = pars("add-account", str(ROMEO), "--keep-password", "file", given=given)
    assert done.returncode == 2
    assert not profile.database.exists()


@pytest.mark.parametrize("command", ["quit", "unregister-handler", "register-handler"])
def test_commands_without_words_take_none(profile, command):
    done = pars(command, "--force")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


async def test_an_account_is_not_added_behind_the_back_of_a_running_copy(running, profile):
    words = ("add-account", str(ROMEO), "--keep-password", "file")
    done = await asyncio.to_thread(pars, *words, given="s3cret\n")
    assert done.returncode == 1
    assert "pars-desktop quit" in done.stderr
    assert not profile.database.exists()


def test_l8_everything_that_is_written_is_private_even_with_umask_000(profile):
    before = os.umask(0)
    try:
        words = ("add-account", str(ROMEO), "--keep-password", "file")
        assert pars(*words, given="s3cret\n").returncode == 0
    finally:
        os.umask(before)
    written = [profile.profile, *profile.profile.rglob("*")]
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in written}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    db = sqlite3.connect(profile.database)
    assert "s3cret" not in "\n".join(db.iterdump())
    db.close()


@pytest.mark.parametrize("in_the_way", ["file", "loop"])
def test_l4_l11_a_profile_that_cannot_be_is_a_sentence_and_not_a_traceback(home, in_the_way):
    place = home / "profile"
    if in_the_way == "file":
        place.write_text("")
    else:
        place.symlink_to(place)
    for words in (["add-account", str(ROMEO), "--keep-password", "file"], [], ["quit"]):
        done = pars("--profile", str(place), *words, given="s3cret\n")
        assert "Traceback" not in done.stderr
        assert done.stderr.count("\n") <= 1
        assert done.returncode == (0 if words == ["quit"] and not done.stderr else 1)


def test_l4_without_a_home_that_is_said(home):
    code = (
        "import os, sys; from pars_desktop.__main__ import main\n"
        "os.path.expanduser = lambda path: path  # nobody knows this user\n"
        "sys.exit(main())"
    )
    for words in ([], ["quit"], ["register-handler"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert done.stderr == "pars-desktop: HOME cannot be used: there is no home folder.\n"


async def test_k1_a_keyring_that_is_missing_has_its_own_error(profile):
    with pytest.raises(NoKeyring):
        await Keyring(profile.data).put(ROMEO, "s3cret", KeepPassword.KEYRING)
