"""The real program scans real screens: X11 by itself, Wayland through a portal."""

import pytest

from tests.desktop.portal import Portal
from tests.desktop.scanning import LINK, PLACE, SIZES, scan, scanning_session
from tests.system.pictures import code, file_of, screen

OTHER = "https://verona.example/"


@pytest.mark.parametrize("size", SIZES)
async def test_a_code_in_another_programs_window_is_proposed(size):
    async with scanning_session(size) as scanning:
        window = await scanning.start()
        scanning.put_up(code(LINK), "code")

        await scan(window)
        address = await window.find("text", "Friend's address")

        assert await address.text() == "juliet@capulet.lit"
        assert await window.seek("push button", "Add friend") is not None


async def test_a_code_under_our_own_main_window_is_found():
    async with scanning_session(SIZES[0]) as scanning:
        window = await scanning.start()
        scanning.put_up(code(LINK), "code")
        await (await window.find("push button", "Add a friend")).press()
        button = await window.find("push button", "Scan a code on the screen")
        scanning.move("^Pars", PLACE[0] - 500, PLACE[1] - 300)
        assert await scanning.on_screen() == []

        await button.press()
        address = await window.find("text", "Friend's address")

        assert await address.text() == "juliet@capulet.lit"


async def test_a_code_under_our_own_dialog_is_found():
    async with scanning_session(SIZES[0]) as scanning:
        window = await scanning.start()
        scanning.put_up(code(LINK), "code")
        await (await window.find("push button", "Add a friend")).press()
        button = await window.find("push button", "Scan a code on the screen")
        scanning.move("Add a friend", PLACE[0] - 60, PLACE[1] - 30)
        assert await scanning.on_screen() == []

        await button.press()
        address = await window.find("text", "Friend's address")

        assert await address.text() == "juliet@capulet.lit"


async def test_of_several_codes_the_person_chooses_and_without_one_is_told():
    async with scanning_session(SIZES[0]) as scanning:
        window = await scanning.start()

        await scan(window)
        await window.find("label", lambda name: name.startswith("There is no code"))
        scanning.put_up(screen(code(OTHER), code(LINK), width=600, height=300), "codes")
        await (await window.find("push button", "Scan a code on the screen")).press()
        await (await window.find("list", "Codes")).select_item("Invitation from")
        await (await window.find("push button", "Open")).press()
        address = await window.find("text", "Friend's address")

        assert await address.text() == "juliet@capulet.lit"


async def test_under_wayland_the_program_asks_the_portal_and_says_if_it_was_refused(tmp_path):
    shot = tmp_path / "shot.png"
    shot.write_bytes(file_of(screen(code(LINK))))
    async with scanning_session(SIZES[0]) as scanning:
        portal = await Portal.connect(scanning.session.environment["DBUS_SESSION_BUS_ADDRESS"])
        scanning.end.callback(portal.close)
        window = await scanning.start(WAYLAND_DISPLAY="wayland-none")

        portal.answer = lambda: (1, {})
        await scan(window)
        await window.find("label", lambda name: name.startswith("Pars was not let"))
        portal.grants(shot)
        await (await window.find("push button", "Scan a code on the screen")).press()
        address = await window.find("text", "Friend's address")

        assert await address.text() == "juliet@capulet.lit"
        assert not shot.exists()
        assert len(portal.asked) == 2


async def test_a_picture_dragged_out_of_another_program_is_proposed():
    async with scanning_session(SIZES[0]) as scanning:
        window = await scanning.start()
        scanning.put_up(code(LINK), "code")

        scanning.drag_poster(600, 500)  # somewhere on the main window
        address = await window.find("text", "Friend's address")
        assert await address.text() == "juliet@capulet.lit"

        await (await window.find("push button", "Cancel")).press()
        await (await window.find("push button", "Add a friend")).press()
        field = await window.find("text", "Address or link")
        scanning.drag_poster(*await field.middle())
        address = await window.find("text", "Friend's address")
        assert await address.text() == "juliet@capulet.lit"
