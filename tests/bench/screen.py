"""An X screen seen from outside: what is painted, where one clicks, how soon a window answers.

Through libX11 and libXtst by ctypes, so that whoever measures shares no page of memory with Qt.
"""

import ctypes
import time
from ctypes import POINTER, Structure, c_char_p, c_int, c_ubyte, c_uint, c_ulong, c_void_p
from ctypes.util import find_library
from types import TracebackType
from typing import Self, TypeAlias

_ALL_PLANES = c_ulong(~0).value
_Z_PIXMAP = 2
_WHEEL_UP, _WHEEL_DOWN = 4, 5
LEFT = 1


Area: TypeAlias = tuple[int, int, int, int]  # x, y, width, height in pixels


class TooSlow(AssertionError):
    """What was waited for did not happen in time."""


class _Image(Structure):
    """The beginning of XImage (Xlib.h)."""

    _fields_ = (
        ("width", c_int),
        ("height", c_int),
        ("xoffset", c_int),
        ("format", c_int),
        ("data", c_void_p),
        ("byte_order", c_int),
        ("bitmap_unit", c_int),
        ("bitmap_bit_order", c_int),
        ("bitmap_pad", c_int),
        ("depth", c_int),
        ("bytes_per_line", c_int),
        ("bits_per_pixel", c_int),
    )


class Screen:
    """The one screen of an X server."""

    def __init__(self, display: str) -> None:
        self._x = _library("X11")
        self._test = _library("Xtst")
        self._display = self._x.XOpenDisplay(display.encode())
        if not self._display:
            raise OSError(f"the screen {display} cannot be opened")
        self._root = self._x.XDefaultRootWindow(self._display)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._x.XCloseDisplay(self._display)

    def picture(self, area: Area) -> bytes:
        """What an area shows, four bytes a pixel."""
        x, y, width, height = area
        image = self._x.XGetImage(
            self._display, self._root, x, y, width, height, _ALL_PLANES, _Z_PIXMAP
        )
        contents = image.contents
        data = ctypes.string_at(contents.data, contents.bytes_per_line * height)
        self._x.XDestroyImage(image)
        return data

    def changed(self, area: Area, before: bytes, limit: float = 20) -> float:
        """When an area no longer shows what it showed (time.monotonic)."""
        deadline = time.monotonic() + limit
        while self.picture(area) == before:
            if time.monotonic() > deadline:
                raise TooSlow(f"nothing new on the screen within {limit:g} s")
            time.sleep(0.001)
        return time.monotonic()

    def click(self, x: int, y: int, button: int = LEFT) -> None:
        """Press and release a button of the mouse there."""
        self._move(x, y)
        for is_press in (1, 0):
            self._test.XTestFakeButtonEvent(self._display, button, is_press, 0)
        self._x.XSync(self._display, 0)

    def press(self, key: str) -> None:
        """Press and release a key, by its name in X."""
        code = self._x.XKeysymToKeycode(self._display, self._x.XStringToKeysym(key.encode()))
        for is_press in (1, 0):
            self._test.XTestFakeKeyEvent(self._display, code, is_press, 0)
        self._x.XSync(self._display, 0)

    def scroll(self, x: int, y: int, *, up: bool) -> None:
        """Turn the wheel by one notch."""
        self.click(x, y, _WHEEL_UP if up else _WHEEL_DOWN)

    def answered(self, x: int, y: int, area: Area, limit: float = 10) -> float:
        """Move the pointer there; seconds until the program shows in an area that it noticed."""
        before, moved = self.picture(area), time.monotonic()
        self._move(x, y)
        while self.picture(area) == before:
            if time.monotonic() > moved + limit:
                raise TooSlow(f"the window did not answer within {limit:g} s")
            time.sleep(0.0002)
        return time.monotonic() - moved

    def _move(self, x: int, y: int) -> None:
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        self._x.XSync(self._display, 0)


def _library(name: str) -> ctypes.CDLL:
    path = find_library(name)
    if path is None:
        raise OSError(f"lib{name} is not installed")
    library = ctypes.CDLL(path)
    if name == "X11":
        library.XOpenDisplay.restype = c_void_p
        library.XOpenDisplay.argtypes = [c_char_p]
        library.XDefaultRootWindow.restype = c_ulong
        library.XGetImage.restype = POINTER(_Image)
        library.XStringToKeysym.restype = c_ulong
        library.XKeysymToKeycode.restype = c_ubyte
        _takes(library, "XStringToKeysym", c_char_p)
        _takes(library, "XKeysymToKeycode", c_void_p, c_ulong)
        _takes(library, "XDefaultRootWindow", c_void_p)
        _takes(library, "XCloseDisplay", c_void_p)
        _takes(
            library, "XGetImage", c_void_p, c_ulong, c_int, c_int, c_uint, c_uint, c_ulong, c_int
        )
        _takes(library, "XSync", c_void_p, c_int)
        _takes(library, "XDestroyImage", c_void_p)
    else:
        _takes(library, "XTestFakeMotionEvent", c_void_p, c_int, c_int, c_int, c_ulong)
        _takes(library, "XTestFakeKeyEvent", c_void_p, c_uint, c_int, c_ulong)
        _takes(library, "XTestFakeButtonEvent", c_void_p, c_uint, c_int, c_ulong)
    return library


def _takes(library: ctypes.CDLL, function: str, *types: type) -> None:
    getattr(library, function).argtypes = list(types)
