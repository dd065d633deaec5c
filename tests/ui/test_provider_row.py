"""A row of the list of servers is painted as the other rows are: cleaned, and from its own side."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QStyleOptionViewItem

from pars_desktop.ui.registration.provider_model import FACTS
from pars_desktop.ui.registration.provider_row import ProviderRowDelegate

WIDTH, HEIGHT = 300, 60


def painted(name, direction=Qt.LayoutDirection.LeftToRight):
    """The row as a picture."""
    model = QStandardItemModel()
    item = QStandardItem(name)
    item.setData(name, FACTS)
    model.appendRow(item)
    option = QStyleOptionViewItem()
    option.rect, option.direction = QRect(0, 0, WIDTH, HEIGHT), direction
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    ProviderRowDelegate().paint(painter, option, model.index(0, 0))
    painter.end()
    return image


def inked(image):
    """The columns that are not empty, from the first to the last."""
    columns = [
        x for x in range(WIDTH) if any(image.pixel(x, y) != 0xFFFFFFFF for y in range(HEIGHT))
    ]
    return columns[0], columns[-1]


@pytest.mark.usefixtures("qapp")
def test_from_right_to_left_it_begins_at_the_right_with_the_same_margin():
    first, _ = inked(painted("verona.test"))
    _, last = inked(painted("verona.test", Qt.LayoutDirection.RightToLeft))

    assert first < 20
    assert abs((WIDTH - 1 - last) - first) <= 2


@pytest.mark.usefixtures("qapp")
def test_what_no_font_can_show_is_replaced():
    assert painted("a\x07b") == painted("a\ufffdb")
    assert painted("a\nb") != painted("ab")
