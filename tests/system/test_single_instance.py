"""One running copy per profile; later ones hand over what they were given, and leave."""

import asyncio
import contextlib
import gc
import os
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import qasync

from pars_desktop.base.tasks import Tasks
from pars_desktop.system import handover
from pars_desktop.system.paths import Paths
from pars_desktop.system.single_instance import MOST_AT_ONCE, Instance, Lock
from tests.system.conftest import ROOT, Heard, pars

LINK = "xmpp:romeo@montague.example?roster;preauth=tüken"

# The running copy as a process of its own; prints what it hears.
COPY = """
import asyncio, sys
from pars_desktop.base.tasks import Tasks
from pars_desktop.system.paths import Paths
from pars_desktop.system.single_instance import Instance

async def main():
    instance = Instance.acquire(Paths.of(sys.argv[1]))
    if instance is None:
        sys.exit("taken")
    tasks, over = Tasks(), asyncio.Event()
    instance.link_received.connect(lambda link, token: print(link, token, flush=True))
    instance.quit_requested.connect(over.set)
    instance.serve(tasks)
    print("ready", flush=True)
    await over.wait()
    await tasks.close()
    instance.close()

asyncio.run(main())
"""


@contextlib.contextmanager
def another_copy(paths):
    process = subprocess.Popen(
        [sys.executable, "-c", COPY, str(paths.profile)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def send(paths, verb="link", link=LINK, **environ):
    return handover.send(str(paths.data), verb, link, environ)


def place_of(paths):
    return paths.lock.read_text()


def push(paths, pieces, *, pause=0.0, finish=True):
    """Say something to the running copy, as anybody could; what it answered before it closed."""
    with handover.reachable(place_of(paths)) as name, socket.socket(socket.AF_UNIX) as line:
        line.settimeout(10)
        line.connect(name)
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                line.sendall(piece)
                time.sleep(pause)
            if finish:
                line.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            return line.recv(100)
        return b""


async def until(true, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


async def test_a_link_reaches_the_running_copy_with_the_token_that_lets_it_come_forward(
    running, paths
):
    token = {"XDG_ACTIVATION_TOKEN": "wayland", "DESKTOP_STARTUP_ID": "x11_TIME1"}
    assert await asyncio.to_thread(send, paths, **token)
    assert await asyncio.to_thread(send, paths, DESKTOP_STARTUP_ID="x11_TIME1")
    assert await asyncio.to_thread(send, paths, "raise", "")
    await until(lambda: len(running) == 3)
    assert running == [("link", LINK, "wayland"), ("link", LINK, "x11_TIME1"), ("raise", "")]


async def test_the_program_hands_over_without_importing_anything_heavy(running, paths):
    code = (
        "import sys; sys.argv[1:] = ['--', sys.argv[1]]\n"
        "from pars_desktop.__main__ import main\n"
        "status = main(); print(status, *sorted(sys.modules))"
    )
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", code, LINK],
        env=os.environ
        | {"PARS_DESKTOP_PROFILE": str(paths.profile), "XDG_ACTIVATION_TOKEN": "wayland"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    status, *modules = done.stdout.split()
    assert status == "0"
    heavy = {"PySide6", "qasync", "slixmpp", "sqlite3", "asyncio", "logging", "argparse", "json"}
    heavy |= {
        "pathlib",
        "typing",
        "dataclasses",
        "hashlib",
        "pars_desktop.base",
        "pars_desktop.cli",
    }
    assert heavy.isdisjoint(modules)
    assert running == [("link", LINK, "wayland")]


def test_it_works_on_the_loop_of_qt(paths, qapp):
    async def conversation():
        instance, tasks = Instance.acquire(paths), Tasks()
        heard = Heard(instance, tasks)
        instance.serve(tasks)
        process = await asyncio.to_thread(pars, "--", LINK, PARS_DESKTOP_PROFILE=str(paths.profile))
        assert process.returncode == 0
        assert heard == [("link", LINK, "")]
        await tasks.close()
        instance.close()

    with qasync.QEventLoop(qapp) as loop:
        loop.run_until_complete(conversation())
    del loop
    gc.collect()  # its timers must go in the thread they were made in


async def test_l5_there_is_one_copy_per_profile_and_others_do_not_disturb_it(running, paths, home):
    assert Instance.acquire(paths) is None
    assert Lock.take(paths) is None
    other = Instance.acquire(Paths.of(str(home / "other")))
    assert other is not None
    other.close()
    assert await asyncio.to_thread(send, paths)
    await until(lambda: running)


def test_l5_a_second_copy_hands_its_link_over_and_exits(paths):
    with another_copy(paths) as first:
        assert first.stdout.readline() == "ready\n"
        started = time.monotonic()
        done = pars("--profile", str(paths.profile), LINK)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert time.monotonic() - started < 5
        assert first.stdout.readline() == f"{LINK} \n"


def test_l5_two_that_start_at_once_are_one_copy(paths):
    with another_copy(paths) as one, another_copy(paths) as other:
        assert {one.stdout.readline(), other.stdout.readline()} == {"ready\n", ""}


@pytest.mark.parametrize("with_session_folder", [True, False])
async def test_u13_a_socket_left_over_by_kill_9_is_recovered(
    paths, home, monkeypatch, with_session_folder
):
    if with_session_folder:
        (home / "run").mkdir(mode=0o700)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    with another_copy(paths) as first:
        assert first.stdout.readline() == "ready\n"
        place = Path(place_of(paths))
        assert place.is_relative_to(home / "run" if with_session_folder else paths.data)
        first.kill()
    assert stat.S_ISSOCK(place.stat().st_mode)
    assert send(paths) is False
    instance = Instance.acquire(paths)
    assert instance is not None
    tasks = Tasks()
    heard = Heard(instance, tasks)
    instance.serve(tasks)
    assert await asyncio.to_thread(send, paths)
    await until(lambda: heard)
    await tasks.close()
    instance.close()
    assert not place.exists()
    assert send(paths) is False


async def test_l5_a_lock_file_that_names_a_foreign_socket_path_is_no_running_copy(paths, home):
    paths.create()
    paths.lock.write_text(str(home / "nothing.socket"))
    assert send(paths) is False
    instance = Instance.acquire(paths)
    assert instance is not None
    instance.close()


async def test_u13_a_hundred_megabytes_are_cut_at_64_kb(running, paths):
    pieces = iter([b"x" * 1_000_000] * 100)
    await asyncio.to_thread(push, paths, pieces)
    assert len(list(pieces)) >= 98  # what the kernel had room for went, no more
    assert await asyncio.to_thread(send, paths)
    assert running == [("link", LINK, "")]


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\0" * 5,
        os.urandom(4096),
        b"pars1\0link\0xmpp:a@b\0",  # half of one
        b"pars1\0link\0xmpp:a@b\0\0\0en",
        b"pars1\0link\0\0\0\0end",
        b"pars1\0quit\0xmpp:a@b\0\0\0end",
        b"pars1\0shell\0xmpp:a@b\0\0\0end",
        b"pars2\0link\0xmpp:a@b\0\0\0end",
        b"pars1\0link\0xmpp:\xff\0\0\0end",
        b"pars1\0link\0xmpp:a@b\0\0\0end\0end",
        b"pars1\0link\0xmpp:" + b"a" * 65_536 + b"\0\0\0end",
    ],
)
async def test_u2_u13_garbage_is_refused_and_the_copy_listens_on(running, paths, frame):
    assert await asyncio.to_thread(push, paths, [frame]) == handover.REFUSED
    assert running == []
    assert await asyncio.to_thread(send, paths)
    await until(lambda: running)


async def test_u2_a_megabyte_in_a_frame_does_nothing(running, paths):
    frame = b"pars1\0link\0xmpp:" + b"a" * 1_000_000 + b"\0\0\0end"
    assert await asyncio.to_thread(push, paths, [frame]) in (handover.REFUSED, b"")
    assert running == []


async def test_u13_those_who_say_nothing_are_cut_off_and_hold_up_nobody_for_long(running, paths):
    started = time.monotonic()
    silent = [
        asyncio.create_task(asyncio.to_thread(push, paths, [], finish=False))
        for _ in range(MOST_AT_ONCE + 8)
    ]
    await asyncio.sleep(0.05)
    assert await asyncio.to_thread(send, paths)
    await until(lambda: running)
    assert set(await asyncio.gather(*silent)) == {b""}
    assert time.monotonic() - started < 5  # a few turns of 0.3 s, not forever


async def test_u13_a_frame_that_trickles_in_is_cut_off_at_the_read_limit(running, paths):
    started = time.monotonic()
    pieces = [b"p"] * 200
    assert await asyncio.to_thread(push, paths, pieces, pause=0.02) == b""
    assert 0.2 < time.monotonic() - started < 2
    assert running == []


async def test_u13_the_running_copy_does_not_listen_to_another_user(running, paths, monkeypatch):
    monkeypatch.setattr(handover.os, "getuid", lambda: 4_000_000)
    assert await asyncio.to_thread(push, paths, [b"pars1\0quit\0\0\0\0end"]) == b""
    assert running == []


async def test_u13_a_link_is_not_given_to_another_users_socket(paths, monkeypatch):
    paths.create()
    with socket.socket(socket.AF_UNIX) as thief:
        with handover.reachable(str(paths.data / "thief")) as name:
            thief.bind(name)
        thief.listen()
        paths.lock.write_bytes(os.fsencode(paths.data / "thief"))
        monkeypatch.setattr(handover.os, "getuid", lambda: 4_000_000)
        assert send(paths) is False
        line, _ = thief.accept()
        assert line.recv(100) == b""
        line.close()


async def test_u13_folder_and_socket_are_private_whatever_the_umask(home, monkeypatch):
    (home / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    before = os.umask(0)
    try:
        paths = Paths.of(None)
        instance = Instance.acquire(paths)
        instance.listen()
    finally:
        os.umask(before)
    place = Path(place_of(paths))
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.lock.stat().st_mode) == 0o600
    instance.close()


async def test_u13_a_session_folder_of_another_user_is_not_used(paths, home, monkeypatch):
    (home / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    monkeypatch.setattr("pars_desktop.system.single_instance.os.getuid", lambda: 4_000_000)
    instance = Instance.acquire(paths)
    instance.listen()
    assert Path(place_of(paths)).parent == paths.data
    instance.close()


@pytest.mark.parametrize("length", [240, 1000])
async def test_l11_a_profile_path_of_any_length_works(home, length):
    deep = home
    while len(str(deep)) < length:
        deep /= "ü🜂 ~%'\"".ljust(min(60, length - len(str(deep))), "x")
    paths = Paths.of(str(deep))
    instance, tasks = Instance.acquire(paths), Tasks()
    heard = Heard(instance, tasks)
    instance.serve(tasks)
    done = await asyncio.to_thread(pars, LINK, PARS_DESKTOP_PROFILE=str(deep))
    assert (done.returncode, done.stderr) == (0, "")
    assert heard == [("link", LINK, "")]
    await tasks.close()
    instance.close()


async def test_u10_five_hundred_links_at_once_arrive_each_once(running, paths):
    links = [f"xmpp:flood{number}@evil.example?roster" for number in range(500)]
    longest, last = 0.0, time.monotonic()

    async def watch_the_loop():
        nonlocal longest, last
        while True:
            await asyncio.sleep(0.005)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()

    running.tasks.spawn(watch_the_loop(), name="stall probe")
    taken = await asyncio.gather(*(asyncio.to_thread(send, paths, link=link) for link in links))
    await until(lambda: len(running) == 500)
    assert all(taken)
    assert sorted(link for _, link, _ in running) == sorted(links)
    assert longest < 0.25


async def test_a_copy_that_does_not_answer_is_named_as_such(paths, monkeypatch):
    monkeypatch.setattr(handover, "ANSWER_LIMIT", 1.0)
    instance = Instance.acquire(paths)
    assert await asyncio.to_thread(send, paths) is False  # it is just starting: try again
    instance.listen()  # and it never serves
    with pytest.raises(handover.NoAnswer):
        await asyncio.to_thread(send, paths)
    instance.close()


def test_n9_quit_waits_for_a_copy_that_is_just_starting(paths):
    lock = Lock.take(paths)
    asked = subprocess.Popen(
        [sys.executable, "-m", "pars_desktop", "--profile", str(paths.profile), "quit"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        asked.wait(0.7)
    lock.release()
    assert asked.communicate(timeout=5) == ("Pars is not running.\n", None)
    assert asked.returncode == 0


def test_n9_quit_ends_the_running_copy_and_waits_for_its_end(paths):
    with another_copy(paths) as first:
        assert first.stdout.readline() == "ready\n"
        started = time.monotonic()
        done = pars("--profile", str(paths.profile), "quit")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert time.monotonic() - started < 3
        assert first.wait(1) == 0
    again = pars("--profile", str(paths.profile), "quit")
    assert (again.returncode, again.stdout) == (0, "Pars is not running.\n")


# --- questions -----------------------------------------------------------------------------------


def question(paths, text="how many?"):
    return handover.ask(str(paths.data), text)


async def test_a_question_is_answered_by_the_running_copy_alone(running, paths):
    async def answer(text):
        await asyncio.sleep(0.5)  # longer than it listens to anybody
        return f"{text} 42 ünd \0"

    running.instance.answer_with(answer)

    assert await asyncio.to_thread(question, paths) == "how many? 42 ünd \0"
    assert running == []  # nothing else happened


async def test_an_answer_may_be_longer_than_a_question(running, paths):
    async def answer(text):
        return "x" * 1_000_000

    running.instance.answer_with(answer)

    assert await asyncio.to_thread(question, paths) == "x" * 1_000_000


async def test_where_nobody_answers_questions_that_is_said(running, paths):
    with pytest.raises(handover.NoAnswer, match="another version"):
        await asyncio.to_thread(question, paths)
    assert await asyncio.to_thread(send, paths)  # it listens on


def test_without_a_running_copy_there_is_no_answer(paths):
    assert question(paths) is None


async def test_u13_a_question_of_another_user_is_not_heard(running, paths, monkeypatch):
    asked = []

    async def answer(text):
        asked.append(text)
        return "1"

    running.instance.answer_with(answer)
    monkeypatch.setattr(handover, "is_same_user", lambda line: False)
    frame = b"pars1\0ask\0how many?\0\0\0end"

    assert await asyncio.to_thread(push, paths, [frame]) == b""
    assert asked == []


async def test_u13_a_question_over_64_kb_is_not_heard(running, paths):
    asked = []

    async def answer(text):
        asked.append(text)
        return "1"

    running.instance.answer_with(answer)

    with contextlib.suppress(handover.NoAnswer):
        await asyncio.to_thread(question, paths, "x" * 70_000)
    assert await asyncio.to_thread(question, paths, "y" * handover.LONGEST_QUESTION) == "1"
    assert asked == ["y" * handover.LONGEST_QUESTION]
