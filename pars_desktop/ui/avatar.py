"""A circle for a person: their initials on the colour of their address (XEP-0392)."""

from functools import lru_cache
from math import cos, radians, sin

from PySide6.QtCore import QCryptographicHash, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pars_desktop.ui import theme

_LIGHTNESS = {False: 45.0, True: 68.0}  # of the circle in the light and the dark theme
_SATURATION = 85.0


class Avatar(QWidget):
    """The avatar of one address. A picture beside the name: it says nothing by itself."""

    def __init__(self, size: int = theme.AVATAR, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._address = self._name = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_person(self, address: str, name: str = "") -> None:
        """Whose avatar this is."""
        self._address, self._name = address, name
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._address:
            paint(QPainter(self), QRectF(self.rect()), self._address, self._name)


def paint(painter: QPainter, circle: QRectF, address: str, name: str = "") -> None:
    """Draw the avatar of an address into a square."""
    dark = theme.is_dark()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(address, dark=dark))
    painter.drawEllipse(circle)
    font = QFont(painter.font())
    font.setPixelSize(max(8, round(circle.height() * 0.4)))
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    painter.setPen(theme.DARK.on_accent if dark else theme.LIGHT.on_accent)
    painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, initials(name or address))
    painter.restore()


def initials(title: str) -> str:
    """One or two letters for a name; of an address, the first of the part before the @."""
    words = [
        word for word in title.partition("@")[0].replace(".", " ").split() if word[0].isalnum()
    ]
    if not words:
        return "?"
    chosen = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return chosen.upper()[:2]


@lru_cache(maxsize=4096)
def colour(address: str, *, dark: bool) -> QColor:
    """The colour of an address, as light as the theme needs it."""
    return _hsluv(hue(address), _SATURATION, _LIGHTNESS[dark])


def hue(text: str) -> float:
    """XEP-0392 §5.1: the first two bytes of SHA-1, least significant first, as an angle."""
    data, algorithm = text.encode("utf-8", "surrogatepass"), QCryptographicHash.Algorithm.Sha1
    digest = QCryptographicHash.hash(data, algorithm).data()  # hashlib takes longer to import
    return int.from_bytes(digest[:2], "little") / 65536 * 360


def _hsluv(angle: float, saturation: float, lightness: float) -> QColor:
    """A colour of HSLuv (https://www.hsluv.org), which XEP-0392 §5.3 asks for."""
    chroma = _greatest_chroma(lightness, radians(angle)) * saturation / 100
    u, v = chroma * cos(radians(angle)), chroma * sin(radians(angle))
    u = u / (13 * lightness) + _WHITE_U
    v = v / (13 * lightness) + _WHITE_V
    y = _luminance(lightness)
    x = y * 9 * u / (4 * v)
    z = y * (12 - 3 * u - 20 * v) / (4 * v)
    red, green, blue = (_gamma(r * x + g * y + b * z) for r, g, b in _XYZ_TO_RGB)
    return QColor.fromRgbF(red, green, blue)


_XYZ_TO_RGB = (
    (3.240969941904521, -1.537383177570093, -0.498610760293),
    (-0.96924363628087, 1.87596750150772, 0.041555057407175),
    (0.055630079696993, -0.20397695888897, 1.056971514242878),
)
_WHITE_U, _WHITE_V = 0.19783000664283, 0.46831999493879
_KAPPA, _EPSILON = 903.2962962962963, 0.0088564516790356


def _luminance(lightness: float) -> float:
    return ((lightness + 16) / 116) ** 3 if lightness > 8 else lightness / _KAPPA


def _gamma(linear: float) -> float:
    value = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return min(1.0, max(0.0, value))


def _greatest_chroma(lightness: float, angle: float) -> float:
    """How far one can go in this direction and stay a colour a screen can show."""
    cube = (lightness + 16) ** 3 / 1560896
    level = cube if cube > _EPSILON else lightness / _KAPPA
    reach = []
    for m1, m2, m3 in _XYZ_TO_RGB:
        for limit in (0, 1):
            top1 = (284517 * m1 - 94839 * m3) * level
            top2 = (838422 * m3 + 769860 * m2 + 731718 * m1) * lightness * level
            top2 -= 769860 * limit * lightness
            bottom = (632260 * m3 - 126452 * m2) * level + 126452 * limit
            slope, intercept = top1 / bottom, top2 / bottom
            length = intercept / (sin(angle) - slope * cos(angle))
            if length >= 0:
                reach.append(length)
    return min(reach)
