"""Our application icon: the pictures are those of the drawing, and read at 16 pixels."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QImageReader

ROOT = Path(__file__).resolve().parents[2]
ICONS = ROOT / "resources" / "icons"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


@pytest.mark.parametrize("size", SIZES)
def test_every_size_is_the_drawing_as_it_is_now(qapp, size):
    reader = QImageReader(str(ICONS / "pars.svg"))
    reader.setScaledSize(QSize(size, size))
    drawn = reader.read().convertToFormat(QImage.Format.Format_ARGB32)
    kept = QImage(str(ICONS / f"pars-{size}.png")).convertToFormat(QImage.Format.Format_ARGB32)

    assert kept.size() == drawn.size() == QSize(size, size)
    apart = [
        abs(a - b)
        for x in range(0, size, max(1, size // 32))
        for y in range(0, size, max(1, size // 32))
        for a, b in zip(
            kept.pixelColor(x, y).getRgb(), drawn.pixelColor(x, y).getRgb(), strict=True
        )
    ]
    assert max(apart) <= 24  # two renderers round differently at the edges


def test_at_16_pixels_the_letter_stands_out(qapp):
    icon = QImage(str(ICONS / "pars-16.png"))

    stem = [icon.pixelColor(4, y) for y in range(5, 13)]

    assert all(min(colour.getRgb()[:3]) > 200 for colour in stem)
    assert icon.pixelColor(13, 13).blue() > 150 > icon.pixelColor(13, 13).red()


@pytest.mark.parametrize("drawing", sorted(ICONS.glob("*.svg")), ids=lambda path: path.stem)
def test_every_drawing_can_be_read(qapp, drawing):
    assert not QImageReader(str(drawing)).read().isNull()


def test_the_pictures_can_be_made_anew(tmp_path):
    copy = tmp_path / "packaging" / "icons.py"
    copy.parent.mkdir()
    copy.write_bytes((ROOT / "packaging" / "icons.py").read_bytes())
    (tmp_path / "resources" / "icons").mkdir(parents=True)
    target = tmp_path / "resources" / "icons"
    (target / "pars.svg").write_bytes((ICONS / "pars.svg").read_bytes())

    subprocess.run([sys.executable, copy], check=True, timeout=50)

    assert sorted(path.name for path in target.glob("*.png")) == sorted(
        f"pars-{size}.png" for size in SIZES
    )
