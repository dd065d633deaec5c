"""The QR code: a reader reads it back from the screen, at every scale and in every theme."""

import subprocess
import sys

import pytest
import zxingcpp
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from pars_desktop.domain.landing import web_link
from pars_desktop.domain.uri import invitation_link
from pars_desktop.ui.invitations import qr_code
from pars_desktop.ui.invitations.qr_code import QrCode
from tests.fakes import ROMEO
from tests.screenshots.inviting import TOKEN

LINK = "xmpp:romeo@montague.lit?roster;preauth=1tMFqYDdKhfe2pwpXq9Za001;name=Romeo"
LONGEST_LIKELY = (
    f"xmpp:{'%C3%A4' * 64}@{'a' * 63}.example?roster;preauth={'x' * 24};name={'%F0%9F' * 80}"
)


def read(image):
    """What a reader makes of a picture: the texts of the codes in it."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    found = zxingcpp.read_barcodes(
        grey, formats=zxingcpp.BarcodeFormat.QRCode, try_invert=False, try_downscale=False
    )
    return [code.text for code in found]


@pytest.mark.parametrize("kind", ["web", "xmpp"])
@pytest.mark.parametrize("scale", [100, 150, 200])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_painted_window_reads_back_exactly_the_link(tmp_path, theme, scale, kind):
    scene = {"web": "invite", "xmpp": "invite-plain"}[kind]
    where = ["--to", str(tmp_path), "--only", scene, "--theme", theme, "--scale", str(scale)]
    subprocess.run([sys.executable, "-m", "tests.screenshots", *where], check=True, timeout=50)

    picture = QImage(str(tmp_path / f"{scene}-{theme}-{scale}.png"))
    link = invitation_link(ROMEO, TOKEN, "Romeo Montague")

    assert picture.width() == 420 * scale // 100
    assert read(picture) == [web_link(link) if kind == "web" else link]


@pytest.mark.parametrize("text", [LINK, web_link(LINK), LONGEST_LIKELY])
def test_the_files_of_a_code_are_read_back(text):
    svg = QImage.fromData(qr_code.svg(text), "svg")
    ground = QImage(svg.size(), QImage.Format.Format_RGB32)
    ground.fill(QColor("#1b1d21"))
    painter = QPainter(ground)
    painter.drawImage(0, 0, svg)
    painter.end()

    assert read(qr_code.picture(text)) == [text]
    assert read(ground) == [text]  # with its own white around it
    assert qr_code.picture(text).width() >= 300


def test_what_is_too_long_for_a_code_makes_no_file():
    assert qr_code.picture("x" * 4000).isNull()
    assert qr_code.svg("x" * 4000) == b""


@pytest.mark.parametrize("place", [(0, 0), (7, 3), (11, 5)])
@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 1.75, 2.0])
def test_modules_are_whole_device_pixels_wherever_it_stands(qtbot, scale, place):
    window = QWidget()
    qtbot.addWidget(window)
    code = QrCode(window)
    code.show_text(LINK)
    code.move(*place)
    window.resize(300, 300)
    picture = QPixmap(round(300 * scale), round(300 * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(QColor("white"))
    code.render(picture, code.pos())

    image = picture.toImage()
    inside = code.geometry().adjusted(10, 10, -10, -10)  # the card's own edge may be smooth
    colours = {
        image.pixelColor(x, y).name()
        for x in range(round(inside.left() * scale), round(inside.right() * scale))
        for y in range(round(inside.top() * scale), round(inside.bottom() * scale))
    }

    assert colours == {"#ffffff", "#101418"}  # no grey: nothing was smoothed
    assert read(image) == [LINK]


def test_there_are_four_modules_of_white_around_it_on_a_dark_window(qtbot):
    code = QrCode()
    qtbot.addWidget(code)
    code.show_text(LINK)
    picture = QImage(code.size(), QImage.Format.Format_RGB32)
    picture.fill(QColor("#1b1d21"))
    code.render(picture)

    dark = [
        (x, y)
        for x in range(10, picture.width() - 10)
        for y in range(10, picture.height() - 10)
        if picture.pixelColor(x, y).name() == "#101418"
    ]
    left = min(x for x, _ in dark)
    modules = code.pixmap().width()
    pixels = picture.width() // modules

    assert left >= 4 * pixels
    assert min(y for _, y in dark) >= 4 * pixels
    assert read(picture) == [LINK]


def test_a_long_link_gets_a_larger_code_that_is_still_read(qtbot):
    code = QrCode()
    qtbot.addWidget(code)

    assert code.show_text(LONGEST_LIKELY)

    assert 240 < code.width() <= 360
    assert read(code.grab().toImage()) == [LONGEST_LIKELY]


def test_what_is_too_long_for_a_code_is_said_and_shows_none(qtbot):
    code = QrCode()
    qtbot.addWidget(code)

    assert not code.show_text("x" * 4000)

    assert code.pixmap().isNull()
    assert read(code.grab().toImage()) == []


def test_assistive_tools_are_told_of_an_image_called_qr_code(qtbot):
    code = QrCode()
    qtbot.addWidget(code)
    code.show_text(LINK)

    seen = QAccessible.queryAccessibleInterface(code)

    assert seen.role() == QAccessible.Role.Graphic
    assert seen.text(QAccessible.Text.Name) == "QR code"
    assert code.alignment() == Qt.AlignmentFlag.AlignCenter
