"""Passwords are kept where the person wants them, and a keyring that misbehaves stops nobody."""

import asyncio
import json
import os
import shutil
import stat
import subprocess
import sys
import threading
import time

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from pars_desktop.domain.account import KeepPassword
from pars_desktop.domain.errors import NoKeyring, StorageFailed
from pars_desktop.domain.jid import JID
from pars_desktop.system.keyring import Keyring, trusted_backend
from tests.system.conftest import ROOT

ROMEO = JID("romeo", "montague.example")
JULIET = JID("juliet", "capulet.example")
RING, FILE, ASK = KeepPassword.KEYRING, KeepPassword.FILE, KeepPassword.ASK


class Drawer(KeyringBackend):
    """A keyring that works."""

    priority = 1

    def __init__(self):
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("none")


class Broken(Drawer):
    """A keyring that fails in whatever way it is told to."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def get_password(self, service, username):
        raise self.error

    set_password = delete_password = lambda self, *_words: self.get_password(*_words[:2])


class Prompting(Drawer):
    """A keyring whose prompt nobody answers until the test does."""

    def __init__(self):
        super().__init__()
        self.answered = threading.Event()

    def get_password(self, service, username):
        self.answered.wait(30)
        return super().get_password(service, username)


def passwords(tmp_path, backend, **settings):
    return Keyring(tmp_path / "data", backend=lambda: backend, **settings)


def none_at_all():
    raise NoKeyring


async def test_a_password_is_kept_read_back_and_forgotten(tmp_path):
    drawer = Drawer()
    keyring = passwords(tmp_path, drawer)
    assert await keyring.get(ROMEO, RING) is None
    await keyring.put(ROMEO, "s3crët 🜂", RING)
    await keyring.put(JULIET, "other", RING)
    assert await keyring.get(ROMEO, RING) == "s3crët 🜂"
    await keyring.forget(ROMEO)
    assert await keyring.get(ROMEO, RING) is None
    assert await keyring.get(JULIET, RING) == "other"
    await keyring.forget(ROMEO)


async def test_every_address_has_a_service_of_its_own(tmp_path):
    drawer = Drawer()
    keyring = passwords(tmp_path, drawer)
    await keyring.put(ROMEO, "a", RING)
    await keyring.put(JULIET, "b", RING)
    assert len({service for service, _ in drawer.kept}) == 2


@pytest.mark.parametrize("keep", [RING, FILE])
async def test_resources_make_no_difference(tmp_path, keep):
    keyring = passwords(tmp_path, Drawer())
    await keyring.put(JID("romeo", "montague.example", "orchard"), "a", keep)
    assert await keyring.get(ROMEO, keep) == "a"


async def test_k1_without_a_keyring_that_is_said_at_once(tmp_path):
    for backend in (none_at_all, fail.Keyring):
        keyring = Keyring(tmp_path, backend=backend)
        with pytest.raises(NoKeyring):
            await keyring.get(ROMEO, RING)
        with pytest.raises(NoKeyring):
            await keyring.put(ROMEO, "s3cret", RING)
    assert not list(tmp_path.iterdir())  # and nothing is stored anywhere else instead


async def test_k1_the_file_is_used_only_when_asked_for_and_is_private(tmp_path):
    keyring = Keyring(tmp_path / "data", backend=none_at_all)
    before = os.umask(0)
    try:
        await keyring.put(ROMEO, "s3cret", FILE)
    finally:
        os.umask(before)
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert await keyring.get(ROMEO, FILE) == "s3cret"
    assert await keyring.get(JULIET, FILE) is None
    await keyring.forget(ROMEO)  # nothing of it was ever in a keyring: no complaint
    assert b"s3cret" not in file.read_bytes()
    assert await keyring.get(ROMEO, FILE) is None


async def test_k1_asking_each_time_keeps_nothing_and_removes_what_the_file_had(tmp_path):
    drawer = Drawer()
    keyring = passwords(tmp_path, drawer)
    await keyring.put(ROMEO, "s3cret", FILE)
    await keyring.put(ROMEO, "s3cret", ASK)
    assert await keyring.get(ROMEO, ASK) is None
    assert await keyring.get(ROMEO, FILE) is None
    assert drawer.kept == {}


async def test_moving_into_the_keyring_removes_the_copy_in_the_file(tmp_path):
    keyring = passwords(tmp_path, Drawer())
    await keyring.put(ROMEO, "s3cret", FILE)
    await keyring.put(ROMEO, "s3cret", RING)
    assert await keyring.get(ROMEO, FILE) is None
    assert b"s3cret" not in (tmp_path / "data/passwords.json").read_bytes()


async def test_what_an_older_version_noted_of_the_keyring_counts(tmp_path):
    drawer = Drawer()
    await passwords(tmp_path, drawer).put(ROMEO, "s3cret", RING)
    (tmp_path / "data/passwords.json").write_text(f'{{"{ROMEO}": null}}')

    await passwords(tmp_path, drawer).forget(ROMEO)

    assert drawer.kept == {}


@pytest.mark.parametrize("keep", [FILE, ASK])
async def test_another_choice_removes_the_copy_in_the_keyring(tmp_path, keep):
    drawer = Drawer()
    keyring = passwords(tmp_path, drawer)
    await keyring.put(JULIET, "other", RING)
    await keyring.put(ROMEO, "s3cret", RING)
    await keyring.put(ROMEO, "s3cret", keep)
    assert list(drawer.kept.values()) == ["other"]
    assert await keyring.get(ROMEO, FILE) == ("s3cret" if keep is FILE else None)
    await passwords(tmp_path, Broken(OSError())).forget(ROMEO)  # it is nowhere: no complaint


@pytest.mark.parametrize("keep", [FILE, ASK])
async def test_k6_what_another_choice_had_to_leave_in_the_keyring_is_forgotten(tmp_path, keep):
    drawer = Drawer()
    await passwords(tmp_path, drawer).put(ROMEO, "old", RING)
    broken = passwords(tmp_path, Broken(KeyringLocked("denied")))
    await broken.put(ROMEO, "new", keep)  # the choice counts all the same
    assert await broken.get(ROMEO, FILE) == ("new" if keep is FILE else None)

    with pytest.raises(NoKeyring):
        await broken.forget(ROMEO)
    assert b"new" not in (tmp_path / "data/passwords.json").read_bytes()
    await passwords(tmp_path, drawer).forget(ROMEO)
    assert drawer.kept == {}
    await broken.forget(ROMEO)  # and that is known


async def test_k2_a_prompt_that_nobody_answers_ends_at_the_time_limit(tmp_path):
    prompting = Prompting()
    keyring = passwords(tmp_path, prompting, time_limit=0.2)
    turns, started = 0, time.monotonic()

    async def live_on():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.01)

    living = asyncio.create_task(live_on())
    with pytest.raises(NoKeyring):
        await keyring.get(ROMEO, RING)
    living.cancel()
    assert time.monotonic() - started < 2
    assert turns > 10
    prompting.answered.set()
    assert await keyring.get(ROMEO, RING) is None  # the next question is asked anew


async def test_k2_a_prompt_that_is_answered_too_late_keeps_nothing(tmp_path):
    prompting = Prompting()
    keyring = passwords(tmp_path, prompting, time_limit=0.1)
    with pytest.raises(NoKeyring):
        await keyring.put(ROMEO, "s3cret", RING)

    asked = [thread for thread in threading.enumerate() if thread.name == "keyring"]
    prompting.answered.set()
    for thread in asked:
        thread.join(5)
    assert asked
    assert prompting.kept == {}

    await keyring.put(ROMEO, "s3cret", RING)  # asked again, and unlocked by now
    assert await keyring.get(ROMEO, RING) == "s3cret"


def test_k2_leaving_the_program_does_not_wait_for_the_prompt(tmp_path):
    code = """
import asyncio, sys, threading
from pathlib import Path
from pars_desktop.domain.account import KeepPassword
from pars_desktop.domain.errors import NoKeyring
from pars_desktop.domain.jid import JID
from pars_desktop.system.keyring import Keyring

def hang():
    threading.Event().wait()

async def main():
    try:
        await Keyring(Path(sys.argv[1]), backend=hang, time_limit=0.1).get(
            JID("a", "b.example"), KeepPassword.KEYRING)
    except NoKeyring:
        print("asked")

asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=10,
        check=True,
    )
    assert done.stdout == "asked\n"


@pytest.mark.parametrize(
    "error",
    [KeyringLocked("denied"), OSError("the bus is gone"), RuntimeError("s3cret"), KeyError()],
)
async def test_k2_k3_a_denied_prompt_and_any_other_failure_are_no_keyring(tmp_path, error, caplog):
    keyring = passwords(tmp_path, Broken(error))
    for attempt in (keyring.get(ROMEO, RING), keyring.put(ROMEO, "s3cret", RING)):
        with pytest.raises(NoKeyring) as caught:
            await attempt
        assert "s3cret" not in repr(caught.value)
        assert caught.value.__cause__ is None
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("error", [OSError("the bus is gone"), KeyringLocked("denied")])
async def test_k6_what_may_still_be_in_the_keyring_is_not_called_forgotten(tmp_path, error):
    await passwords(tmp_path, Drawer()).put(ROMEO, "s3cret", RING)
    keyring = passwords(tmp_path, Broken(error))
    with pytest.raises(NoKeyring):
        await keyring.forget(ROMEO)
    working = passwords(tmp_path, Drawer())
    await working.forget(ROMEO)


async def test_k4_an_empty_entry_is_none_and_so_is_one_that_is_not_text(tmp_path):
    drawer = Drawer()
    keyring = passwords(tmp_path, drawer)
    await keyring.put(ROMEO, "s3cret", RING)
    for key in drawer.kept:
        drawer.kept[key] = ""
    assert await keyring.get(ROMEO, RING) is None
    broken = Broken(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"))
    assert await passwords(tmp_path, broken).get(ROMEO, RING) is None


async def test_k4_an_entry_changed_elsewhere_is_read_anew(tmp_path):
    drawer = Drawer()
    keyring = passwords(tmp_path, drawer)
    await keyring.put(ROMEO, "old", RING)
    for key in drawer.kept:
        drawer.kept[key] = "new"
    assert await keyring.get(ROMEO, RING) == "new"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"romeo@montague.example": 7}',
        b'{"romeo@montague.example": ""}',
    ],
)
async def test_k4_a_damaged_password_file_means_asking_again(tmp_path, content):
    keyring = passwords(tmp_path, Drawer())
    (tmp_path / "data").mkdir()
    (tmp_path / "data/passwords.json").write_bytes(content)
    assert await keyring.get(ROMEO, FILE) is None
    await keyring.put(ROMEO, "s3cret", FILE)
    assert await keyring.get(ROMEO, FILE) == "s3cret"


async def test_a_password_file_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StorageFailed):
        await passwords(tmp_path, Drawer()).put(ROMEO, "s3cret", FILE)


async def test_a_keyring_that_forgets_at_once_is_none(tmp_path):
    keyring = passwords(tmp_path, null.Keyring())
    with pytest.raises(NoKeyring):
        await keyring.put(ROMEO, "s3cret", RING)


def test_k5_backends_named_in_the_environment_or_a_file_are_not_even_loaded(home):
    """The evil store is offered in both ways the library knows, and it would be used."""
    evil = home / "evil"
    evil.mkdir()
    (evil / "plaintext.py").write_text(
        "import os; open(os.environ['MARK'], 'w').close()\n"
        "from keyring.backends.null import Keyring as Null\n"
        "class Keyring(Null):\n    priority = 100\n"
    )
    config = home / ".config/python_keyring"
    config.mkdir(parents=True)
    (config / "keyringrc.cfg").write_text(
        f"[backend]\ndefault-keyring=plaintext.Keyring\nkeyring-path={evil}\n"
    )
    environment = os.environ | {
        "PYTHON_KEYRING_BACKEND": "plaintext.Keyring",
        "MARK": str(home / "mark"),
    }
    ours = (
        "from pars_desktop.system.keyring import trusted_backend\n"
        "from pars_desktop.domain.errors import NoKeyring\n"
        "try: print(type(trusted_backend()).__module__)\n"
        "except NoKeyring: print('none')\n"
    )
    control = "import sys, keyring; keyring.get_keyring()\n"

    def python(code, path=""):
        return subprocess.run(
            [sys.executable, "-c", code],
            env=environment | {"PYTHONPATH": f"{ROOT}:{path}"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert python(ours, evil) == "none\n"
    assert not (home / "mark").exists()
    python(control, evil)
    assert (home / "mark").exists()  # the library itself does run it


REAL = """
import asyncio, json, sys
from pathlib import Path
from pars_desktop.domain.account import KeepPassword
from pars_desktop.domain.errors import NoKeyring
from pars_desktop.domain.jid import JID
from pars_desktop.system.keyring import Keyring, trusted_backend

async def main():
    jid, keep = JID("romeo", "montague.example"), KeepPassword.KEYRING
    keyring = Keyring(Path(sys.argv[1]), time_limit=float(sys.argv[2]))
    found = [type(trusted_backend()).__module__]
    try:
        found.append(await keyring.get(jid, keep))
        await keyring.put(jid, "s3crët 🜂", keep)
        found.append(await keyring.get(jid, keep))
        await keyring.forget(jid)
        found.append(await keyring.get(jid, keep))
    except NoKeyring:
        found.append("no keyring")
    print(json.dumps(found))

asyncio.run(main())
"""


def secret_service(home, start, limit):
    """Run REAL on a private bus, with a Secret Service of its own."""
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(program), f"{program} is missing; install dbus and gnome-keyring"
    script = f'{start} >/dev/null 2>&1 && exec "$0" -c "$1" "$2" "$3"'
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script, sys.executable, REAL, str(home), str(limit)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "XDG_RUNTIME_DIR": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_on_a_real_secret_service_a_password_is_kept_and_forgotten(home):
    unlock = "printf 'pw\\n' | gnome-keyring-daemon --unlock --components=secrets"
    assert secret_service(home, unlock, 20) == [
        "keyring.backends.SecretService",
        None,
        "s3crët 🜂",
        None,
    ]


def test_k2_a_real_secret_service_that_stays_locked_is_no_keyring(home):
    locked = "gnome-keyring-daemon --start --components=secrets"
    started = time.monotonic()
    assert secret_service(home, locked, 3)[-1] == "no keyring"
    assert time.monotonic() - started < 20


def test_k1_without_a_bus_there_is_no_backend_to_trust(home, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/nobody")
    with pytest.raises(NoKeyring):
        trusted_backend()
