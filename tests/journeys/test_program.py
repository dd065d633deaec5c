"""The real program as processes on a private desktop, used through the accessibility tree."""

import random
import signal
import time
from dataclasses import replace

import pytest

from tests import oracle
from tests.demo.driver import delivered, main_window, received, send
from tests.desktop.a11y import Desktop
from tests.desktop.program import Program
from tests.desktop.session import private_session
from tests.journeys import kills
from tests.journeys.ground import device, token_of, until
from tests.server.prosody import INVITES_HOST, PLAIN_HOST
from tests.xmpp.fault_proxy import faulty

pytestmark = pytest.mark.prosody


@pytest.fixture(scope="module")
def stage():
    with private_session(window_manager=False) as session:
        yield session


@pytest.fixture
async def desktop(stage):
    joined = await Desktop.connect(stage.environment["DBUS_SESSION_BUS_ADDRESS"])
    yield joined
    joined.close()


@pytest.fixture
def scene(stage, desktop, prosody):
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    return kills.Scene(stage, desktop, prosody, random.Random(seed))


@pytest.fixture
def programs():
    started = []
    yield started
    for program in started:
        program.end()


async def test_p17_after_a_full_journey_no_secret_is_in_any_log_and_the_token_nowhere(
    stage, desktop, prosody, programs
):
    romeo, juliet = prosody.account("romeo", PLAIN_HOST), prosody.account("juliet", INVITES_HOST)
    for person in (romeo, juliet):
        programs.append(program := Program(person, stage, person.jid.local))
        program.prepare()
        program.start()
    his, hers = [await main_window(desktop, program.pid) for program in programs]
    await (await his.find("push button", "Invite a friend")).press()
    link = await (await his.find("text", "Invitation link")).text()

    handed_over = time.monotonic()
    programs[1].command("--", link)  # a second copy: it hands the link over and leaves
    assert time.monotonic() - handed_over < 3
    address = await hers.find("text", "Friend's address")
    assert await address.text() == str(romeo.jid)
    await (await hers.find("text", "Name")).type("Romeo Montague")
    button = await hers.find("push button", "Add friend")
    await kills.until_enabled(button)
    await button.press()
    await until(lambda: prosody.are_friends(romeo.jid, juliet.jid))
    await his.find("push button", "Undo")
    await hers.gone("dialog", "Add a friend")
    await send(hers, "Romeo Montague", "a line that no log may hold")
    await received(his, str(juliet.jid), "a line that no log may hold")
    await delivered(hers, "a line that no log may hold")
    for program in programs:
        asked = time.monotonic()
        program.command("quit")
        assert program.process.wait(3) == 0
        assert time.monotonic() - asked < 3

    logs = [
        path.read_text() for program in programs for path in (program.profile / "logs").iterdir()
    ]
    assert len(logs) >= 2
    secrets = [romeo.password, juliet.password, "a line that no log may hold", token_of(link)]
    oracle.assert_silent("\n".join(logs), secrets, "the logs")
    for program in programs:
        for path in program.profile.rglob("*"):
            if path.is_file():
                assert token_of(link).encode() not in path.read_bytes(), path
    profiles = [program.profile for program in programs]
    assert oracle.files_outside(stage.home, profiles) == []


async def test_l1_killed_while_it_sends_nothing_is_lost_or_doubled(scene):
    await kills.while_sending(scene, rounds=3)


async def test_p13_killed_while_it_lets_somebody_in(scene):
    await kills.while_letting_in(scene, rounds=2)


async def test_p13_killed_while_it_befriends_somebody(scene):
    await kills.while_befriending(scene, rounds=2)


async def test_n9_the_end_of_the_session_while_it_sends_keeps_the_outbox(
    stage, desktop, prosody, programs
):
    romeo, juliet = prosody.account("romeo", PLAIN_HOST), prosody.account("juliet", INVITES_HOST)
    async with device(romeo) as his:
        await his.roster.set(juliet.jid, "Juliet")
    async with faulty(prosody.port) as line:
        programs.append(program := Program(romeo, stage, romeo.jid.local))
        program.prepare(port=line.port)
        program.start()
        window = await main_window(desktop, program.pid)
        await (await window.find("list", "Chats")).select_item("Juliet")
        line.freeze()
        await send(window, "Juliet", "still here")
        await window.find("list item", lambda name: name.endswith(": still here (waiting)"))

        program.process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        await until(lambda: program.process.poll() is not None)
        assert program.process.returncode == 0
        assert time.monotonic() - asked < 3
    assert [row[-1] for row in oracle.messages_kept(program.database).values()] == ["still here"]


async def test_n9_a_screen_that_goes_away_ends_it_and_nothing_is_lost(prosody, programs, tmp_path):
    romeo, juliet = prosody.account("romeo", PLAIN_HOST), prosody.account("juliet", INVITES_HOST)
    async with device(romeo) as his:
        await his.roster.set(juliet.jid, "Juliet")
    with private_session(window_manager=False) as screen:
        stage = replace(screen, home=tmp_path)  # the profile outlives the screen
        desktop = await Desktop.connect(stage.environment["DBUS_SESSION_BUS_ADDRESS"])
        programs.append(program := Program(romeo, stage, romeo.jid.local))
        program.prepare()
        program.start()
        window = await main_window(desktop, program.pid)
        await send(window, "Juliet", "before the screen went dark")
        await window.find("list item", lambda name: "before the screen went dark (sent)" in name)
        desktop.close()
        kept = oracle.messages_kept(program.database)
    asked = time.monotonic()
    await until(lambda: program.process.poll() is not None)
    assert time.monotonic() - asked < 3
    assert [row[-1] for row in kept.values()] == ["before the screen went dark"]
    assert oracle.messages_kept(program.database) == kept
