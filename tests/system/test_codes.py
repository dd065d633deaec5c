"""Codes are read from pictures of every usual kind, and no picture can do us harm (U-15)."""

import io
import os
import struct
import sys
import zlib
from pathlib import Path

import pytest
import zxingcpp
from PySide6 import QtGui
from PySide6.QtGui import QImage, QPainter, QTransform

from pars_desktop.domain.errors import PictureTooLarge, PictureUnusable, Trouble
from pars_desktop.system import code_reader
from pars_desktop.system.codes import MOST_BYTES, contents, read_codes
from tests.system.pictures import LINK, code, file_of, screen

OTHER = "xmpp:juliet@capulet.lit?roster;preauth=2tMFqYDdKhfe2pwpXq9Za002"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9"/></svg>'


def png_header(width, height):
    """A PNG file that says it is so large, and holds next to nothing."""

    def chunk(kind, data):
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels)


# --- what is read --------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
async def test_a_code_on_a_screen_is_read(width, height):
    assert await read_codes(screen(code(LINK), width=width, height=height)) == [LINK]


@pytest.mark.parametrize("kind", ["PNG", "JPG", "BMP", "WEBP"])
async def test_files_of_every_usual_kind_are_read(kind):
    assert await read_codes(file_of(screen(code(LINK)), kind)) == [LINK]


async def test_a_gif_is_read():
    # Qt writes none: the smallest there can be, without compression, two colours
    image = code(LINK, module=2).convertToFormat(QImage.Format.Format_RGB32)
    assert await read_codes(gif(image)) == [LINK]


def gif(image):
    """A GIF whose every pixel is a code word of three bits, with a reset after every second."""
    width, height = image.width(), image.height()
    bits, count, out = 0, 0, bytearray()

    def put(word):
        nonlocal bits, count
        bits |= word << count
        count += 3
        while count >= 8:
            out.append(bits & 0xFF)
            bits >>= 8
            count -= 8

    clear, end = 4, 5
    for number in range(width * height):
        if number % 2 == 0:
            put(clear)
        put(0 if image.pixelColor(number % width, number // width).lightness() < 128 else 1)
    put(end)
    out.append(bits & 0xFF)
    colours = b"\0\0\0" + b"\xff\xff\xff" * 3
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0b10000001, 0, 0) + colours
    blocks = b"".join(
        bytes([len(out[at : at + 255])]) + out[at : at + 255] for at in range(0, len(out), 255)
    )
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02" + blocks + b"\0"
    return head + frame + b";"


async def test_the_name_of_a_file_is_enough(tmp_path):
    path = tmp_path / "no ending"
    path.write_bytes(file_of(code(LINK)))

    assert await read_codes(path) == [LINK]


@pytest.mark.parametrize(
    ("dark", "light"), [("white", "black"), ("#333", "#ccc"), ("#123", "transparent")]
)
async def test_colours_do_not_matter_and_transparent_is_paper(dark, light):
    assert await read_codes(code(LINK, dark=dark, light=light)) == [LINK]


@pytest.mark.parametrize("degrees", [10, 90, 180])
async def test_a_code_may_be_turned(degrees):
    turned = screen(code(LINK, module=6)).transformed(QTransform().rotate(degrees))

    assert await read_codes(turned) == [LINK]


async def test_u15_two_codes_are_two_texts_and_the_same_one_twice_is_one():
    assert sorted(await read_codes(screen(code(LINK), code(OTHER), code(LINK)))) == sorted(
        [LINK, OTHER]
    )


async def test_a_picture_without_a_code_has_none():
    assert await read_codes(screen()) == []


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "xmpp:romeo@montague.lit?roster;name=\x07Ro\x1bmeo\u202e",
        "Grüße aus 京都 🌹",
        "<b>x</b>",
    ],
)
async def test_u15_a_text_comes_exactly_as_it_was_written(text):
    assert await read_codes(code(text)) == [text]


async def test_other_kinds_of_codes_are_none_of_ours():
    drawn = zxingcpp.create_barcode("4006381333931", zxingcpp.BarcodeFormat.EAN13)
    pixels = memoryview(drawn.to_image(scale=4))
    height, width = pixels.shape
    bars = QImage(pixels.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)

    assert await read_codes(bars) == []


async def test_no_more_codes_are_told_than_a_person_would_look_at():
    everybody = screen(width=1400, height=1000, paper="white")
    painter = QPainter(everybody)
    for number in range(24):
        one = code(f"xmpp:friend{number}@montague.lit", module=4)
        painter.drawImage(200 * (number % 6) + 50, 200 * (number // 6) + 50, one)
    painter.end()

    assert len(await read_codes(everybody)) == 20


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        SVG,
        b"\xef\xbb\xbf" + SVG,
        b"hello",
        b"<html>",
        b"II*\0" + b"\0" * 100,
        b"RIFF\0\0\0\0AVI ",
        b"BM",
        b"GIF89a",
    ],
)
async def test_u15_what_is_no_picture_is_refused(data, tmp_path):
    path = tmp_path / "code.png"
    path.write_bytes(data)

    with pytest.raises(PictureUnusable):
        await read_codes(data)
    with pytest.raises(PictureUnusable):
        await read_codes(path)


async def test_u15_an_svg_is_never_given_to_a_decoder_whatever_it_says_it_is(monkeypatch):
    asked = []
    monkeypatch.setattr(QtGui, "QImageReader", lambda *what: asked.append(what))

    with pytest.raises(PictureUnusable):
        await read_codes(SVG)
    with pytest.raises(code_reader.Refused):
        code_reader.main(io.BytesIO(b"0 0\n" + SVG))

    assert asked == []


@pytest.mark.parametrize("size", [(20_000, 20_000), (2**31 - 1, 1), (50_000_001, 1)])
async def test_u15_a_picture_that_is_too_large_is_refused_before_it_is_unpacked(size):
    with pytest.raises((PictureTooLarge, PictureUnusable)):
        await read_codes(png_header(*size))


async def test_u15_twenty_thousand_pixels_square_are_said_to_be_too_many():
    with pytest.raises(PictureTooLarge):
        await read_codes(png_header(20_000, 20_000))


async def test_u15_a_picture_in_memory_has_the_same_limit(monkeypatch):
    monkeypatch.setattr(code_reader, "MOST_PIXELS", 1920 * 1080 - 1)

    with pytest.raises(PictureTooLarge):
        await read_codes(screen(code(LINK)))


@pytest.mark.qt_log_ignore("libpng", "QImageReader")
async def test_a_damaged_file_is_refused():
    with pytest.raises(PictureUnusable):
        await read_codes(png_header(300, 300)[:-20])


async def test_nothing_at_all_is_refused():
    with pytest.raises(PictureUnusable):
        await read_codes(QImage())


@pytest.mark.parametrize("kind", ["PNG", "JPG"])
def test_a_large_photograph_is_scaled_down_and_read(monkeypatch, kind):
    monkeypatch.setattr(code_reader, "ENOUGH_PIXELS", 1_000_000)
    photograph = screen(code(LINK, module=12), width=3000, height=2000)

    for given in (code_reader.packed(file_of(photograph, kind)), code_reader.plain(photograph)):
        assert code_reader.main(io.BytesIO(given)) == [LINK]


# --- files that are none -------------------------------------------------------------------------


def test_a_file_that_is_too_long_is_not_read_whole(tmp_path):
    path = tmp_path / "endless"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)

    with pytest.raises(PictureTooLarge):
        contents(path)


@pytest.mark.parametrize("name", ["missing", ".", "pipe", "odd\0name"])
def test_what_is_no_file_is_refused_at_once(tmp_path, name):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(PictureUnusable):
        contents(tmp_path / name)


def test_a_device_is_refused():
    with pytest.raises(PictureUnusable):
        contents(Path("/dev/zero"))


async def test_a_mistake_of_ours_is_not_taken_for_a_bad_picture(monkeypatch, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("1 / 0")
    monkeypatch.setattr(code_reader, "__file__", str(broken))

    with pytest.raises(Trouble) as raised:
        await read_codes(code(LINK))
    assert type(raised.value) is Trouble


async def test_without_another_process_nothing_is_read(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with pytest.raises(Trouble) as raised:
        await read_codes(code(LINK))
    assert type(raised.value) is Trouble


async def test_u8_what_lies_in_the_folder_we_were_started_in_is_not_imported(tmp_path, monkeypatch):
    (tmp_path / "zxingcpp.py").write_text("1 / 0")
    monkeypatch.chdir(tmp_path)

    assert await read_codes(code(LINK)) == [LINK]
