"""Render resources/icons/pars.svg into the PNG sizes that desktops ask for."""

import os
import sys
from pathlib import Path

ICONS = Path(__file__).resolve().parent.parent / "resources" / "icons"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def main() -> int:
    """Write `pars-SIZE.png` beside the drawing, for every size."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    app = QGuiApplication(sys.argv[:1])
    drawing = QSvgRenderer(str(ICONS / "pars.svg"))
    for size in SIZES:
        picture = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        drawing.render(painter)
        painter.end()
        if not picture.save(str(ICONS / f"pars-{size}.png")):
            return 1
    app.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
