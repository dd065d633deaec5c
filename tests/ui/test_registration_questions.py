"""What a server asks of a newcomer: every kind of field, and pictures that may be meant ill."""

import struct
import zlib

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage, QImageReader, QImageWriter
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit

from pars_desktop.domain.form import FieldKind, Form, FormField, Media, Option
from pars_desktop.domain.registration import Picture, Questions
from pars_desktop.ui.registration import picture as unpacking
from pars_desktop.ui.registration.picture import decoded
from pars_desktop.ui.registration.question_fields import QuestionFields
from tests.ui.looking import named, words

OPTIONS = (Option("a", "A rose"), Option("b"))
CAPTCHA = FormField(
    "ocr", label="Enter the text", required=True, media=(Media("image/png", "cid:1"),)
)


def packed(kind, width=120, height=40):
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(kind))
    writer.setProgressiveScanWrite(True)  # a JPEG that appears step by step
    assert writer.write(image)
    return bytes(buffer.data().data())


def png(width=120, height=40):
    return packed(b"png", width, height)


def asked(*fields, pictures=None, web_page="", is_plain=False, **form):
    name = (FormField("username"), FormField("password", FieldKind.PRIVATE))
    whole = Form(fields=(*name, *fields), **form)
    return Questions(whole, pictures or {}, web_page, is_plain)


@pytest.fixture
def fields(qtbot):
    made = QuestionFields()
    qtbot.addWidget(made)
    made.show()
    return made


def test_name_and_password_are_not_asked_twice(fields):
    fields.show_questions(asked())

    assert not fields.isVisible()
    assert fields.answers() == {}


def test_every_kind_of_field_can_be_answered(fields):
    fields.show_questions(
        asked(
            FormField("text", label="A text"),
            FormField("secret", FieldKind.PRIVATE, "A secret"),
            FormField("yes", FieldKind.BOOLEAN, "Yes or no"),
            FormField("one", FieldKind.CHOICE, "One of them", options=OPTIONS),
            FormField("some", FieldKind.CHOICES, "Some of them", options=OPTIONS),
            FormField("lines", FieldKind.LINES, "Lines"),
            FormField("friends", FieldKind.JIDS, "Friends"),
        )
    )
    named(fields, QLineEdit, "A text").setText("words")
    named(fields, QLineEdit, "A secret").setText("hidden")
    named(fields, QCheckBox, "Yes or no").setChecked(True)
    fields.findChild(QComboBox).setCurrentIndex(0)
    named(fields, QCheckBox, "b").setChecked(True)
    named(fields, QPlainTextEdit, "Lines").setPlainText("one\ntwo")
    named(fields, QPlainTextEdit, "Friends").setPlainText("a@b.test\nc@d.test")

    assert fields.answers() == {
        "text": "words",
        "secret": "hidden",
        "yes": True,
        "one": "a",
        "some": ["b"],
        "lines": "one\ntwo",
        "friends": ["a@b.test", "c@d.test"],
    }
    assert named(fields, QLineEdit, "A secret").echoMode() is QLineEdit.EchoMode.Password


def test_what_the_server_proposes_stands_there_first(fields):
    fields.show_questions(
        asked(
            FormField("text", label="A text", values=("proposed",)),
            FormField("one", FieldKind.CHOICE, "One", options=OPTIONS, values=("b",)),
            FormField("yes", FieldKind.BOOLEAN, "Yes", values=("1",)),
        )
    )

    assert fields.answers() == {"text": "proposed", "one": "b", "yes": True}


def test_plain_fields_have_words_of_ours(fields):
    fields.show_questions(asked(FormField("email", required=True), is_plain=True))

    assert named(fields, QLineEdit, "E-mail address") is not None


def test_foreign_words_are_shown_as_they_are_written_and_cut(fields):
    field = FormField("x", label="<b>Label</b>\u202e", description="d" * 5000)
    fields.show_questions(asked(field, title="<img src=x>", instructions="Read\nthis"))

    said = words(fields)
    assert "<b>Label</b>" in said
    assert "<img src=x>" in said
    assert len(said) < 3000


def test_a_thousand_fields_are_not_all_shown(fields):
    fields.show_questions(asked(*(FormField(f"f{n}") for n in range(1000))))

    assert len(fields.answers()) == 40


HEAPED = "a" + "\u0301" * 900
MANY = tuple(Option(f"v{n}", HEAPED) for n in range(1000))


@pytest.mark.parametrize(
    "field",
    [
        {"kind": FieldKind.CHOICES, "options": MANY},
        {"kind": FieldKind.CHOICE, "options": MANY},
        {"kind": FieldKind.FIXED, "values": ("w " * 400,) * 40},
        {"kind": FieldKind.FIXED, "values": (HEAPED,) * 40},
        {"kind": FieldKind.TEXT, "label": HEAPED, "description": HEAPED},
        {"kind": FieldKind.TEXT, "description": "w " * 5000},
    ],
)
def test_however_a_form_is_made_there_is_an_end_to_what_is_laid_out(fields, field):
    fields.show_questions(asked(*(FormField(f"f{n}", **field) for n in range(40))))

    labels = [each.text() for each in fields.findChildren(QLabel)]
    boxes = [each.text() for each in fields.findChildren(QCheckBox)]
    choosers = fields.findChildren(QComboBox)
    options = [each.itemText(n) for each in choosers for n in range(each.count())]
    assert 0 < len(labels) + len(boxes) + len(choosers) <= 110
    assert sum(map(len, (*labels, *boxes))) < 10_000
    assert len(options) <= 400
    assert not any("\u0301" * 7 in text for text in (*labels, *boxes, *options))


def test_what_a_server_proposes_is_never_cut_and_sent_back(fields):
    proposed = {"long": "x" * 6000, "heaped": HEAPED, "short": "Verona"}
    form = asked(*(FormField(var, values=(value,)) for var, value in proposed.items()))
    fields.show_questions(form)

    assert fields.answers() == {"short": "Verona"}
    sent = dict(form.form.filled_in(fields.answers()))
    assert [sent[var] for var in proposed] == [(value,) for value in proposed.values()]


def test_every_country_can_be_chosen(fields):
    countries = tuple(Option(f"{n}", f"Country {n}") for n in range(250))
    fields.show_questions(asked(FormField("country", FieldKind.CHOICE, options=countries)))

    assert fields.findChild(QComboBox).count() == 250


def test_a_picture_that_belongs_to_every_field_is_not_unpacked_for_each(fields):
    media = (Media("image/png", "cid:1"),)
    same = [FormField(f"f{n}", media=media) for n in range(40)]
    fields.show_questions(asked(*same, pictures={"cid:1": Picture("image/png", png())}))

    shown = [each for each in fields.findChildren(QLabel) if not each.pixmap().isNull()]
    assert len(shown) == 2


def test_a_picture_is_shown_with_words_for_those_who_cannot_see_it(fields):
    fields.show_questions(asked(CAPTCHA, pictures={"cid:1": Picture("image/png", png())}))

    (view,) = (label for label in fields.findChildren(QLabel) if not label.pixmap().isNull())
    assert view.accessibleName() == "A picture with something to read, for people only"
    assert fields.to_read() is named(fields, QLineEdit, "Enter the text")
    assert fields.first_missing() is fields.to_read()


def test_after_a_refusal_answers_stay_but_for_what_the_picture_asked(fields):
    email = FormField("email", label="E-mail")
    first = asked(email, CAPTCHA, pictures={"cid:1": Picture("image/png", png())})
    fields.show_questions(first)
    named(fields, QLineEdit, "E-mail").setText("m@verona.test")
    named(fields, QLineEdit, "Enter the text").setText("misread")

    fields.show_questions(asked(email, CAPTCHA, pictures={"cid:1": Picture("image/png", png())}))

    assert fields.answers() == {"email": "m@verona.test", "ocr": ""}


def test_a_page_to_look_at_is_shown_and_not_opened(fields):
    fields.show_questions(asked(CAPTCHA, web_page="https://verona.test/captcha/1"))

    assert named(fields, QLineEdit, "Web page").text() == "https://verona.test/captcha/1"


@pytest.mark.parametrize(
    "picture",
    [
        Picture("image/png", b"no picture"),
        Picture("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        Picture("image/png", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"),
        Picture("image/gif", png()),
        Picture("image/png", png(1100, 1100)),
    ],
    ids=["garbage", "svg", "svg called png", "another kind", "too many pixels"],
)
def test_u15_a_picture_that_is_not_what_it_says_or_too_large_is_not_shown(fields, picture):
    assert decoded(picture) is None

    fields.show_questions(asked(CAPTCHA, pictures={"cid:1": picture}))

    assert "The picture that belongs here cannot be shown." in words(fields)


def test_u15_a_picture_that_claims_to_be_huge_is_not_unpacked():
    data = bytearray(png())
    data[16:24] = (60_000).to_bytes(4, "big") * 2

    assert decoded(Picture("image/png", bytes(data))) is None


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def made_png(*chunks, width=8, height=8, depth=8, colours=0, interlaced=0, pixels=None):
    """A PNG with these chunks before its pixels."""
    head = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, interlaced)
    pixels = zlib.compress(bytes(9 * 8)) if pixels is None else pixels
    rest = (*chunks, chunk(b"IDAT", pixels), chunk(b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(rest)


@pytest.fixture
def given(monkeypatch):
    """What a decoder of Qt's has to do with."""
    seen = []

    class Reader(QImageReader):
        def __init__(self, buffer, kind):
            seen.append(bytes(buffer.data().data()))
            super().__init__(buffer, kind)

    monkeypatch.setattr(unpacking, "QImageReader", Reader)
    return seen


ENDLESS = zlib.compress(bytes(4_000_000), 9)
JPEG_SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00"  # one that says nothing new
GIF_FRAME = b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"


def with_scans(count):
    jpeg = packed(b"jpeg")
    return jpeg[:-2] + JPEG_SCAN * count + jpeg[-2:]


def with_segments(kind):
    jpeg = packed(b"jpeg")
    return jpeg[:2] + bytes((0xFF, kind, 0, 2)) * 100_000 + jpeg[2:]


def gif(height, frames):
    screen = struct.pack("<HHBBB", 8, height, 0x80, 0, 0) + bytes(3) + b"\xff" * 3
    return b"GIF89a" + screen + GIF_FRAME * frames + b";"


MORE = ("comments", "profiles", "part of a large one", "bmp", "webp")


@pytest.mark.parametrize(
    "picture",
    [
        Picture("image/jpeg", with_scans(40_000)),
        Picture("image/png", made_png(pixels=ENDLESS)),
        Picture("image/png", made_png(*[chunk(b"IDAT")] * 30_000)),
        Picture("image/png", made_png(*[chunk(b"tRNS", bytes(2))] * 30_000)),
        Picture("image/png", png(20_000, 1)),
        Picture("image/jpeg", packed(b"jpeg", 1, 20_000)),
        Picture("image/png", png(800, 800)),
        Picture("image/jpeg", with_segments(0xFE)),
        Picture("image/jpeg", with_segments(0xE2)),
        Picture("image/gif", gif(60_000, 1)),
        Picture("image/bmp", packed(b"bmp")),
        Picture("image/webp", packed(b"webp")),
    ],
    ids=["scans", "pixels", "chunks", "more", "flat", "thin", "large", *MORE],
)
def test_u15_a_picture_whose_unpacking_would_stop_the_window_is_not_unpacked(picture):
    assert decoded(picture) is None


@pytest.mark.parametrize(
    "more",
    [
        [chunk(b"zTXt", b"a\0\0" + ENDLESS)] * 60,
        [chunk(b"iTXt", b"a\0\1\0\0\0" + ENDLESS)] * 60,
        [chunk(b"iCCP", b"a\0\0" + ENDLESS)],
        [chunk(b"tRNS", bytes(2))] * 900,
        [chunk(b"fdAT", bytes(9999))] * 9,  # APNG
    ],
    ids=["text", "international text", "colours", "again and again", "moving"],
)
def test_u15_of_a_png_a_decoder_gets_only_what_is_shown(given, more):
    assert decoded(Picture("image/png", made_png(*more))).width() == 8

    assert len(given[0]) < 200


@pytest.mark.parametrize(
    "picture",
    [
        Picture("image/jpeg", packed(b"jpeg", 500, 500)),
        Picture("image/png", png(500, 500)),
        Picture("image/png", made_png(interlaced=1, pixels=zlib.compress(bytes(79)))),
        Picture("image/png", made_png(*[chunk(b"IDAT")] * 300)),
        Picture("image/gif", gif(8, 3)),
    ],
    ids=["step by step", "large", "interlaced", "in parts", "moving"],
)
def test_pictures_as_servers_make_them_are_shown(picture):
    assert not decoded(picture).isNull()


def test_a_png_keeps_its_colours_and_what_is_transparent():
    palette = chunk(b"PLTE", b"\x10\x20\x30\x40\x50\x60") + chunk(b"tRNS", b"\xff\x00")
    pixels = zlib.compress(b"\0\x40")
    data = made_png(palette, width=2, height=1, depth=1, colours=3, pixels=pixels)
    image = decoded(Picture("image/png", data))

    assert image.pixelColor(0, 0).name() == "#102030"
    assert image.pixelColor(1, 0).alpha() == 0


@pytest.mark.parametrize("length", range(0, 105, 7))
def test_u15_half_a_picture_is_no_trouble(length):
    assert decoded(Picture("image/png", png()[:length])) is None
