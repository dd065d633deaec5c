"""The menu "Share": what is shared is what the window shows."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage, QPdfWriter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit, QMenu

from pars_desktop.domain.invite import Invite
from pars_desktop.domain.landing import web_link
from pars_desktop.domain.uri import invitation_link
from pars_desktop.ui.invitations import card
from pars_desktop.ui.invitations.giving import Giving
from pars_desktop.ui.plain_text import spoken
from pars_desktop.ui.when import weekday_and_year
from tests.fakes import ROMEO
from tests.ui.cast import CastSettings
from tests.ui.looking import named

NOW = datetime.now(UTC)
LINK = invitation_link(ROMEO, "1tMFqYDdKhfe2pwpXq9Za001", "Romeo & Montague")
INVITE = Invite(1, ROMEO, NOW, NOW + timedelta(weeks=1), link=LINK)


@pytest.fixture
def giving(qtbot, qapp):
    made = Giving(CastSettings(), timedelta(seconds=4))
    qtbot.addWidget(made)
    made.show_invite(INVITE)
    made.show()
    made.troubles = []
    made.said.connect(made.troubles.append)
    yield made
    qapp.clipboard().clear()


def choose(giving, text):
    named(giving, QAbstractButton, "Share").click()
    (menu,) = giving.findChildren(QMenu)
    assert menu.isVisible()
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()


def read(image):
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    return [code.text for code in zxingcpp.read_barcodes(grey)]


class Mail(QObject):
    def __init__(self):
        super().__init__()
        self.urls = []

    @Slot(QUrl)
    def write(self, url):
        self.urls.append(url.toEncoded().data().decode())


NO_MAIL = "There is no e-mail program here. “Copy as a text” is in the same menu."


@pytest.fixture
def knows(request, tmp_path, monkeypatch):
    """The desktop names this e-mail program; None: nobody can be asked."""
    named = getattr(request, "param", "thunderbird.desktop")
    if named is not None:
        tool = tmp_path / "xdg-mime"
        tool.write_text(f"#!/bin/sh\necho '{named}'\n")
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def mail():
    made = Mail()
    QDesktopServices.setUrlHandler("mailto", made, "write")
    yield made
    QDesktopServices.unsetUrlHandler("mailto")


@pytest.mark.parametrize("web", [True, False])
def test_an_e_mail_holds_the_link_that_is_shown_and_until_when_it_works(
    giving, mail, knows, qtbot, web
):
    if not web:
        named(giving, QAbstractButton, "Web link").click()

    choose(giving, "E-mail")
    qtbot.waitUntil(lambda: len(mail.urls) == 1)

    (url,) = mail.urls
    written = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert written["subject"] == ["An invitation to chat"]
    (body,) = written["body"]
    assert (web_link(LINK) if web else LINK) in body.split("\r\n")
    assert f"It works once, until {weekday_and_year(INVITE.expires)}." in body
    assert giving.troubles == ([] if web else [""])


def test_where_no_e_mail_program_opens_it_says_so(giving, knows, qtbot, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)

    choose(giving, "E-mail")

    qtbot.waitUntil(lambda: giving.troubles == [NO_MAIL])


@pytest.mark.parametrize("knows", [""], indirect=True)
def test_where_the_desktop_knows_no_e_mail_program_the_text_can_be_copied(
    giving, mail, knows, qtbot
):
    choose(giving, "E-mail")
    qtbot.waitUntil(lambda: giving.troubles == [NO_MAIL])
    assert mail.urls == []

    choose(giving, "Copy as a text")

    copied = QGuiApplication.clipboard().mimeData()
    assert web_link(LINK) in copied.text().splitlines()
    assert f"It works once, until {weekday_and_year(INVITE.expires)}." in copied.text()
    assert copied.data("x-kde-passwordManagerHint") == b"secret"


@pytest.mark.parametrize("knows", [None], indirect=True)
def test_where_nobody_says_which_e_mail_program_there_is_it_is_tried(giving, mail, knows, qtbot):
    choose(giving, "E-mail")

    qtbot.waitUntil(lambda: len(mail.urls) == 1)


def test_p17_the_code_is_copied_as_a_picture_that_histories_forget(giving):
    choose(giving, "Copy code as a picture")

    data = QGuiApplication.clipboard().mimeData()
    assert read(data.imageData()) == [web_link(LINK)]
    assert data.data("x-kde-passwordManagerHint") == b"secret"


@pytest.mark.parametrize(("kind", "there"), [("png", True), ("svg", False)])
def test_the_code_is_saved_where_the_person_says(giving, tmp_path, monkeypatch, kind, there):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if there:
        (tmp_path / "Pictures").mkdir()
    choose(giving, f"Save code as {kind.upper()}")
    (dialog,) = giving.window().findChildren(QFileDialog)
    assert dialog.isVisible()
    assert dialog.directory().path() == str(tmp_path / "Pictures" if there else tmp_path)

    dialog.fileSelected.emit(str(tmp_path / f"code.{kind}"))

    assert read(QImage(str(tmp_path / f"code.{kind}"))) == [web_link(LINK)]
    assert giving.troubles == []
    dialog.close()


def test_a_file_that_cannot_be_written_is_said(giving, tmp_path):
    choose(giving, "Save code as PNG")
    (dialog,) = giving.window().findChildren(QFileDialog)
    (tmp_path / "file").touch()

    dialog.fileSelected.emit(str(tmp_path / "file" / "code.png"))

    assert giving.troubles == ["The file cannot be written there. Choose another place."]
    dialog.close()


def test_a_card_asks_for_the_printer_without_stopping_the_program(giving, monkeypatch):
    drawn = []
    monkeypatch.setattr(card, "draw", lambda what, paper: drawn.append((what, paper)))

    choose(giving, "Print a card")
    (dialog,) = giving.window().findChildren(QPrintDialog)
    assert dialog.isVisible()
    dialog.done(QPrintDialog.DialogCode.Accepted)

    ((what, paper),) = drawn
    assert what.link == web_link(LINK)
    assert isinstance(paper, QPrinter)


def test_a_card_names_who_invites_and_the_end_with_its_year():
    said = card.Card(INVITE, LINK)

    assert spoken(said.heading) == "Romeo & Montague invites you"
    assert f"It works once, until {weekday_and_year(INVITE.expires)}." in said.lines
    assert LINK not in repr(said)


def test_a_drawn_card_can_be_scanned_and_fits_on_a_page(qapp):
    paper = QImage(1240, 1754, QImage.Format.Format_RGB32)  # A4 at 150 dots per inch
    paper.setDotsPerMeterX(5906)
    paper.setDotsPerMeterY(5906)
    paper.fill(0xFFFFFFFF)

    card.draw(card.Card(INVITE, web_link(LINK)), paper)

    assert read(paper) == [web_link(LINK)]
    lowest = max(
        y for y in range(paper.height()) if paper.pixel(paper.width() // 2, y) != 0xFFFFFFFF
    )
    assert 700 < lowest < 1100


def test_a_card_is_drawn_on_paper_too(qapp, tmp_path):
    writer = QPdfWriter(str(tmp_path / "card.pdf"))

    card.draw(card.Card(INVITE, web_link(LINK)), writer)
    del writer

    assert (tmp_path / "card.pdf").read_bytes().startswith(b"%PDF")


def test_what_is_too_long_for_a_code_can_still_be_sent(giving):
    named(giving, QAbstractButton, "Web link").click()
    long = f"xmpp:{'x' * 4000}"
    giving.show_invite(Invite(2, ROMEO, NOW, NOW + timedelta(weeks=1), link=long))

    (menu,) = giving.findChildren(QMenu)

    assert "too long for a QR code" in giving.troubles[-1]
    assert [one.text() for one in menu.actions() if one.isEnabled() and one.text()] == [
        "E-mail",
        "Copy as a text",
    ]
    assert named(giving, QLineEdit, "Invitation link").text() == long
