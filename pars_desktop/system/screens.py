"""Pictures of all screens: by Qt, or where Wayland forbids that, through the desktop's portal.

Nothing here looks into the pictures; `codes.read_codes` does.
"""

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication, QImage

from pars_desktop.domain.errors import ScreenNotShown, ScreenRefused
from pars_desktop.system.codes import contents

if TYPE_CHECKING:  # jeepney comes with Linux only
    from jeepney.io.asyncio import DBusRouter

_log = logging.getLogger(__name__)

TIME_LIMIT = 60.0  # seconds for the person to answer the desktop's question

# What jeepney lets out where there is no session bus, or none that takes us
_NO_BUS = (OSError, EOFError, KeyError, RuntimeError, ValueError)
_BUS_NAME = "org.freedesktop.portal.Desktop"
_PORTAL = "/org/freedesktop/portal/desktop"
_SCREENSHOT = "org.freedesktop.portal.Screenshot"
_REQUEST = "org.freedesktop.portal.Request"


async def grab_screens(*, time_limit: float = TIME_LIMIT) -> list[QImage | bytes]:
    """What every screen shows, in its own pixels: pictures, or files of pictures.

    On Wayland the desktop may ask the person first. Raises ScreenNotShown if they would not,
    ScreenRefused if the desktop would not.
    """
    if asks_first():
        return [await _from_portal(time_limit)]
    grabbed = [screen.grabWindow(0).toImage() for screen in QGuiApplication.screens()]
    shown: list[QImage | bytes] = [image for image in grabbed if not image.isNull()]
    if not shown:
        raise ScreenRefused
    return shown


def asks_first() -> bool:
    """Looking goes through the portal, which may ask the person each time.

    Under Wayland Qt sees nothing, and through X11 (XWayland) only some of the windows.
    """
    return QGuiApplication.platformName().startswith("wayland") or "WAYLAND_DISPLAY" in os.environ


async def _from_portal(time_limit: float) -> bytes:
    """The file of a screenshot, made by the desktop; it is not left behind."""
    import asyncio

    from jeepney import DBusErrorResponse
    from jeepney.io.asyncio import open_dbus_router
    from jeepney.io.common import RouterClosed

    try:
        async with asyncio.timeout(time_limit), open_dbus_router() as router:
            path = await _screenshot(router)
    except TimeoutError:
        _log.warning("the portal made no screenshot within %s s", time_limit)
        raise ScreenRefused from None
    except (DBusErrorResponse, RouterClosed, *_NO_BUS) as error:
        _log.warning("no screenshot through the portal: %s", type(error).__name__)
        raise ScreenRefused from None
    try:
        return await asyncio.to_thread(contents, path)
    finally:
        await asyncio.to_thread(_remove, path)


async def _screenshot(router: "DBusRouter") -> Path:
    """Ask for one; the answer is a signal, so we listen before we ask."""
    import asyncio

    from jeepney import DBusAddress, MatchRule, new_method_call
    from jeepney.bus_messages import message_bus
    from jeepney.io.asyncio import Proxy
    from jeepney.wrappers import unwrap_msg

    token = f"pars_{os.urandom(8).hex()}"  # nobody else can answer in the portal's place
    sender = router.unique_name.removeprefix(":").replace(".", "_")
    request = f"{_PORTAL}/request/{sender}/{token}"
    answer = MatchRule(type="signal", interface=_REQUEST, member="Response", path=request)
    await Proxy(message_bus, router).AddMatch(answer)
    options = {"handle_token": ("s", token), "interactive": ("b", False)}
    portal = DBusAddress(_PORTAL, bus_name=_BUS_NAME, interface=_SCREENSHOT)
    call = new_method_call(portal, "Screenshot", "sa{sv}", ("", options))
    with router.filter(answer) as answers:
        try:
            unwrap_msg(await router.send_and_get_reply(call))
            status, results = (await answers.get()).body
        except asyncio.CancelledError:  # too late, or the person has given up
            handle = DBusAddress(request, bus_name=_BUS_NAME, interface=_REQUEST)
            await router.send(new_method_call(handle, "Close"))
            raise
    if status == 1:
        raise ScreenNotShown
    url = QUrl(results["uri"][1] if "uri" in results else "")
    if status != 0 or not url.isLocalFile():
        raise ScreenRefused
    return Path(url.toLocalFile())


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        _log.warning("the screenshot stays on disk: %s", type(error).__name__)
