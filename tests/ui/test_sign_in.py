"""Signing in: every failure is a sentence, a wait can be cancelled, and no file by surprise."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from pars_desktop.base.tasks import Tasks
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import (
    NoEncryption,
    NoNetwork,
    NoSuchServer,
    ServerSilent,
    UntrustedCertificate,
    WeakerLogin,
    WrongPassword,
)
from pars_desktop.ui import errors
from pars_desktop.ui.sign_in.sign_in_dialog import SignInDialog
from tests.fakes import ROMEO
from tests.ui.looking import named, words
from tests.ui.porch import PASSWORD, CastDoor, Porch


@pytest.fixture
def porch(qtbot):
    return Porch(qtbot)


async def test_address_and_password_are_enough(porch):
    assert not porch.button("Sign in").isEnabled()
    porch.fill(" Romeo@Montague.LIT ")

    await porch.press()

    assert porch.door.added == [(AccountSettings(ROMEO), PASSWORD)]
    assert porch.done == [True]
    assert porch.field("Password").text() == ""


async def test_enter_in_a_field_signs_in(qtbot, porch):
    porch.fill()

    qtbot.keyClick(porch.field("Password"), Qt.Key.Key_Return)
    await porch.settle()

    assert porch.done == [True]


@pytest.mark.parametrize("name", ["Server", "Port", "Certificate file"])
async def test_enter_in_an_advanced_field_signs_in_too(qtbot, porch, name):
    porch.fill()
    porch.button("Advanced").click()

    qtbot.keyClick(porch.field(name), Qt.Key.Key_Return)
    await porch.settle()

    assert porch.done == [True]


@pytest.mark.parametrize("port", ["0", "65536", "99999"])
async def test_a_port_that_cannot_be_is_said_before_anything_is_tried(qtbot, porch, port):
    porch.fill()
    porch.button("Advanced").click()
    porch.field("Port").clear()
    qtbot.keyClicks(porch.field("Port"), port)

    await porch.press()

    assert porch.door.added == []
    assert "A port is a number from 1 to 65535." in words(porch.page)
    assert porch.page.focusWidget() is porch.field("Port")
    porch.field("Port").setText("5223")
    await porch.press()
    assert [settings.port for settings, _ in porch.door.added] == [5223]


async def test_the_password_is_hidden_while_it_is_typed(porch):
    assert porch.field("Password").echoMode() == QLineEdit.EchoMode.Password


@pytest.mark.parametrize("address", ["romeo", "montague.lit", "ro meo@montague.lit", "@", "a@b@c"])
async def test_what_is_no_address_is_said_before_anything_is_tried(porch, address):
    porch.fill(address)

    await porch.press()

    assert porch.door.added == []
    assert "An address looks like name@example.org." in words(porch.page)


@pytest.mark.parametrize(
    "trouble",
    [
        NoSuchServer(),
        NoEncryption(),
        UntrustedCertificate("self-signed certificate"),
        WrongPassword(),
        NoNetwork(),
        ServerSilent(),
        WeakerLogin(),
    ],
    ids=lambda trouble: type(trouble).__name__,
)
async def test_every_failure_is_a_sentence_and_can_be_tried_again(porch, trouble):
    porch.door.answers = [trouble]
    porch.fill()

    await porch.press()

    assert errors.sentence(trouble, ROMEO) in words(porch.page)
    assert porch.done == []
    await porch.press()
    assert porch.done == [True]
    assert errors.sentence(trouble, ROMEO) not in words(porch.page)


async def test_t15_a_wrong_password_is_tried_once_and_then_asked_for(porch):
    porch.door.answers = [WrongPassword()]
    porch.fill()

    await porch.press()

    assert len(porch.door.added) == 1
    assert porch.page.focusWidget() is porch.field("Password")
    assert porch.field("Password").selectedText() != ""


async def test_a_long_wait_is_said_and_can_be_cancelled(qtbot, porch):
    porch.door.open.clear()
    porch.fill()
    porch.button("Sign in").click()
    await asyncio.sleep(0)
    assert not porch.field("Address").isEnabled()
    qtbot.waitUntil(lambda: "Signing in…" in words(porch.page))

    await porch.press("Cancel")

    assert porch.field("Address").isEnabled()
    assert porch.button("Sign in").isEnabled()
    assert porch.button("Cancel") is None
    assert porch.done == porch.left == []


async def test_it_is_not_sent_twice_while_it_is_tried(qtbot, porch):
    porch.door.open.clear()
    porch.fill()
    porch.button("Sign in").click()
    await asyncio.sleep(0)

    porch.page._submit()

    porch.door.open.set()
    await porch.settle()
    assert len(porch.door.added) == 1


async def test_server_port_and_certificates_are_folded_away(porch):
    porch.fill()
    assert porch.field("Server") is None

    porch.button("Advanced").click()
    porch.field("Server").setText("127.0.0.1")
    porch.field("Port").setText("5223")
    porch.field("Certificate file").setText("/tmp/ca.pem")
    await porch.press()

    settings, _ = porch.door.added[0]
    assert (settings.host, settings.port, settings.ca_file) == ("127.0.0.1", 5223, "/tmp/ca.pem")


async def test_a_port_alone_is_one_of_the_server_in_the_address(porch):
    porch.fill()
    porch.button("Advanced").click()
    porch.field("Port").setText("5223")

    await porch.press()

    assert porch.door.added[0][0].host == "montague.lit"


async def test_asked_again_only_the_password_is_needed(qtbot):
    settings = AccountSettings(ROMEO, host="127.0.0.1", keep_password=KeepPassword.FILE)
    porch = Porch(qtbot, settings)
    assert porch.field("Address").isReadOnly()
    assert porch.page.focusProxy() is porch.field("Password")

    porch.field("Password").setText(PASSWORD)
    await porch.press()

    assert porch.door.given == [(ROMEO, PASSWORD, KeepPassword.FILE)]
    assert porch.door.added == []


async def test_asked_again_another_server_is_a_new_sign_in(qtbot):
    settings = AccountSettings(ROMEO, host="127.0.0.1", best_mechanism="SCRAM-SHA-256")
    porch = Porch(qtbot, settings)
    porch.field("Password").setText(PASSWORD)
    porch.field("Server").setText("127.0.0.2")

    await porch.press()

    assert porch.door.added == [(replace(settings, host="127.0.0.2"), PASSWORD)]


async def test_a_page_closed_while_it_tries_is_no_trouble(qtbot, porch):
    porch.door.open.clear()
    porch.fill()
    porch.button("Sign in").click()
    await asyncio.sleep(0)
    porch.page.deleteLater()
    qtbot.wait(10)

    porch.door.open.set()
    await porch.settle()

    assert porch.done == []


async def test_the_dialog_says_why_it_asks_and_closes_when_it_worked(qtbot):
    dialog = SignInDialog(CastDoor(), Tasks(), AccountSettings(ROMEO), WrongPassword())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.windowTitle() == "Sign in"
    assert "Wrong password for romeo@montague.lit." in words(dialog)

    named(dialog, QLineEdit, "Password").setText(PASSWORD)
    named(dialog, QPushButton, "Sign in").click()
    await asyncio.gather(*dialog.page._tasks._running)

    assert dialog.result() == SignInDialog.DialogCode.Accepted


def refused(qtbot, reason):
    """The dialog after a certificate was not trusted."""
    trouble = UntrustedCertificate(reason)
    dialog = SignInDialog(CastDoor(), Tasks(), AccountSettings(ROMEO), trouble)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_t4_no_button_leads_around_a_certificate_that_is_not_trusted(qtbot):
    dialog = refused(qtbot, "self-signed certificate")

    ways = {button.text() for button in dialog.findChildren(QPushButton) if button.isVisible()}
    assert {way for way in ways if way} <= {"Sign in", "Cancel", "Advanced", "Choose…"}


@pytest.mark.parametrize("field", ["<b>montague.lit</b>", "a<br>b", "&lt;i&gt;", "<img src=x>"])
def test_t5_what_a_certificate_says_is_shown_as_it_is_written(qtbot, field):
    dialog = refused(qtbot, f"hostname mismatch: {field}")

    assert field in words(dialog)
    shown = [label for label in dialog.findChildren(QLabel) if "mismatch" in label.accessibleName()]
    assert shown
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in shown)
