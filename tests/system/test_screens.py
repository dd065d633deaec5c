"""The screens are seen by Qt, or through the portal where a desktop wants to be asked."""

import asyncio
import os
import subprocess
import sys

import pytest
from PySide6.QtGui import QImage

from pars_desktop.domain.errors import PictureTooLarge, ScreenNotShown, ScreenRefused
from pars_desktop.system import codes, screens
from pars_desktop.system.codes import read_codes
from pars_desktop.system.screens import grab_screens
from tests.desktop.portal import Portal
from tests.desktop.session import private_session
from tests.system.conftest import ROOT
from tests.system.pictures import LINK, code, file_of, screen


class Screen:
    """What Qt knows of a screen."""

    def __init__(self, picture):
        self._picture = picture

    def grabWindow(self, _window):  # noqa: N802 (Qt's name)
        return self

    def toImage(self):  # noqa: N802 (Qt's name)
        return self._picture


def plug_in(monkeypatch, *pictures):
    class Gui:
        platformName = staticmethod(lambda: "xcb")  # noqa: N815 (Qt's name)
        screens = staticmethod(lambda: [Screen(picture) for picture in pictures])

    monkeypatch.setattr(screens, "QGuiApplication", Gui)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


async def test_every_screen_is_seen_in_its_own_pixels(monkeypatch):
    left, right = screen(width=800, height=600), screen(code(LINK))
    plug_in(monkeypatch, left, right)

    assert await grab_screens() == [left, right]


async def test_a_machine_that_shows_nothing_is_said_to_refuse(monkeypatch):
    plug_in(monkeypatch, QImage())

    with pytest.raises(ScreenRefused):
        await grab_screens()


def test_a_code_on_a_real_x11_screen_is_read_at_every_scale():
    grab = (
        "import asyncio, sys; from PySide6.QtWidgets import QApplication, QLabel;"
        "from PySide6.QtGui import QImage, QPixmap;"
        "from pars_desktop.system.screens import grab_screens;"
        "from pars_desktop.system.codes import read_codes;"
        "app = QApplication(sys.argv[:1]); label = QLabel();"
        "label.setPixmap(QPixmap.fromImage(QImage(sys.argv[1]))); label.show();"
        "[app.processEvents() for _ in range(20)];"
        "seen, = asyncio.run(grab_screens());"
        "print(seen.width(), seen.height(), *asyncio.run(read_codes(seen)))"
    )
    with private_session("1920x1080", window_manager=False) as session:
        picture = session.home / "code.png"
        picture.write_bytes(file_of(code(LINK)))
        for scale in ("1", "1.5", "2"):
            done = subprocess.run(
                [sys.executable, "-c", grab, str(picture)],
                env=session.environment | {"QT_SCALE_FACTOR": scale, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                timeout=30,
                check=True,
            )
            assert done.stdout.split() == ["1920", "1080", LINK]


# --- Wayland -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def session():
    with private_session(window_manager=False) as made:
        yield made


@pytest.fixture
def wayland(session, monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session.environment["DBUS_SESSION_BUS_ADDRESS"])


@pytest.fixture
async def portal(wayland, session):
    made = await Portal.connect(session.environment["DBUS_SESSION_BUS_ADDRESS"])
    yield made
    made.close()


@pytest.fixture
def screenshot(tmp_path):
    path = tmp_path / "Screenshot from today ü.png"
    path.write_bytes(file_of(screen(code(LINK))))
    return path


async def test_under_wayland_the_portal_is_asked_and_its_file_is_not_left_behind(
    portal, screenshot
):
    portal.grants(screenshot)

    (picture,) = await grab_screens()

    assert await read_codes(picture) == [LINK]
    assert not screenshot.exists()
    ((parent, options),) = portal.asked
    assert parent == ""
    assert options.pop("handle_token").startswith("pars_")
    assert options == {"interactive": False}


async def test_every_request_has_a_name_nobody_can_guess(portal, tmp_path):
    for _ in range(2):
        path = tmp_path / "shot.png"
        path.write_bytes(file_of(code(LINK)))
        portal.grants(path)
        await grab_screens()

    one, other = (options["handle_token"] for _, options in portal.asked)
    assert one != other
    assert len(one) > 16


async def test_a_person_who_would_not_is_told_apart_from_a_desktop_that_would_not(portal):
    portal.answer = lambda: (1, {})
    with pytest.raises(ScreenNotShown):
        await grab_screens()

    portal.answer = lambda: (2, {})
    with pytest.raises(ScreenRefused):
        await grab_screens()


@pytest.mark.parametrize("results", [{}, {"uri": ""}, {"uri": "https://example.org/a.png"}])
async def test_an_answer_without_a_file_is_none(portal, results):
    portal.answer = lambda: (0, results)

    with pytest.raises(ScreenRefused):
        await grab_screens()


async def test_a_file_that_cannot_be_read_is_not_left_behind_either(
    portal, screenshot, monkeypatch
):
    monkeypatch.setattr(codes, "MOST_BYTES", 100)
    portal.grants(screenshot)

    with pytest.raises(PictureTooLarge):
        await grab_screens()

    assert not screenshot.exists()


async def test_nobody_answers_and_the_request_is_withdrawn(portal):
    with pytest.raises(ScreenRefused):
        await grab_screens(time_limit=0.3)

    await withdrawn(portal)


async def test_whoever_gives_up_waiting_withdraws_the_request(portal):
    waiting = asyncio.create_task(grab_screens())
    await portal.was_asked.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    await withdrawn(portal)


async def withdrawn(portal):
    async with asyncio.timeout(5):
        await portal.was_closed.wait()
    ((_, options),) = portal.asked
    (closed,) = portal.closed
    assert closed.endswith(options["handle_token"])


async def test_a_desktop_without_a_portal_refuses(wayland):
    with pytest.raises(ScreenRefused):
        await grab_screens()


@pytest.mark.parametrize("address", [None, "unix:path=/nowhere", "tcp:host=localhost", ""])
async def test_a_machine_without_a_session_bus_refuses(monkeypatch, address):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

    with pytest.raises(ScreenRefused):
        await grab_screens()


def test_jeepney_is_imported_only_when_the_portal_is_asked():
    done = subprocess.run(
        [sys.executable, "-c", "import pars_desktop.system.screens, sys; print(*sys.modules)"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert {"jeepney", "zxingcpp"}.isdisjoint(done.stdout.split())
