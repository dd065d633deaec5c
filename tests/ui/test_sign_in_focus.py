"""Signing in without a mouse: where the cursor is after a failure, and what Tab reaches."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton

from pars_desktop.base.tasks import Tasks
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import (
    AccountDisabled,
    CertificateFileUnusable,
    CredentialsExpired,
    NoEncryption,
    NoNetwork,
    NoSuchHost,
    NoSuchServer,
    ServerSilent,
    UntrustedCertificate,
)
from pars_desktop.ui.sign_in.sign_in_dialog import SignInDialog
from tests.fakes import ROMEO
from tests.ui.looking import named
from tests.ui.porch import CastDoor, Porch


@pytest.fixture
def porch(qtbot):
    return Porch(qtbot)


@pytest.mark.parametrize(
    ("trouble", "host", "place"),
    [
        (NoSuchServer(), "", "Address"),
        (NoSuchServer(), "127.0.0.1", "Server"),
        (UntrustedCertificate("expired"), "", "Address"),
        (UntrustedCertificate("expired"), "127.0.0.1", "Server"),
        (NoEncryption(), "", "Address"),
        (NoEncryption(), "127.0.0.1", "Server"),
        (NoSuchHost(), "nowhere.lit", "Server"),
        (CertificateFileUnusable(), "127.0.0.1", "Certificate file"),
        (CredentialsExpired(), "", "Password"),
        (NoNetwork(), "127.0.0.1", "Sign in"),
        (ServerSilent(), "", "Sign in"),
        (AccountDisabled(), "", "Sign in"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
async def test_the_cursor_is_where_what_failed_can_be_put_right(porch, trouble, host, place):
    porch.door.answers = [trouble]
    porch.fill()
    porch.button("Advanced").click()
    porch.field("Server").setText(host)
    porch.button("Advanced").click()

    await porch.press()

    assert porch.focused() == place
    assert (porch.field("Server") is not None) == (place in ("Server", "Certificate file"))


@pytest.mark.parametrize(
    ("trouble", "host", "place"),
    [
        (NoSuchServer(), "", "Password"),  # the address cannot be changed, and nothing is typed
        (NoSuchServer(), "nowhere.lit", "Server"),
        (NoNetwork(), "", "Password"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_the_dialog_too_begins_where_it_can_be_put_right(qtbot, trouble, host, place):
    settings = AccountSettings(ROMEO, host=host)
    dialog = SignInDialog(CastDoor(), Tasks(), settings, trouble)
    qtbot.addWidget(dialog)
    dialog.show()

    assert dialog.focusWidget().accessibleName() == place


async def test_everything_is_reached_by_tab(qtbot, porch):
    porch.fill()
    porch.field("Address").setFocus()
    reached = []
    while "Sign in" not in reached:
        reached.append(porch.focused())
        qtbot.keyClick(porch.page.focusWidget(), Qt.Key.Key_Tab)

    assert reached == ["Address", "Password", "Show password", "Advanced", "Sign in"]


async def test_the_password_is_shown_to_whoever_presses_space_there(qtbot, porch):
    porch.fill()
    look = named(porch.page, QToolButton, "Show password")

    qtbot.keyClick(look, Qt.Key.Key_Space)
    assert porch.field("Password").echoMode() == QLineEdit.EchoMode.Normal
    assert look.isChecked()
    qtbot.keyClick(look, Qt.Key.Key_Space)
    assert porch.field("Password").echoMode() == QLineEdit.EchoMode.Password


async def test_one_ring_is_enough(qtbot, dressed, porch):
    fold = porch.button("Advanced")
    unfocused = fold.grab().toImage()

    named(porch.page, QToolButton, "Show password").setFocus()
    qtbot.keyClick(porch.page.focusWidget(), Qt.Key.Key_Tab)

    assert QApplication.focusWidget() is fold
    assert fold.grab().toImage() == unfocused  # the ring of the theme is around it, not in it
