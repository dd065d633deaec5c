"""Invite a friend: an invitation is ready, and what is shown works."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget

from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.uri import parse_link
from pars_desktop.ui.invite import invite_dialog
from pars_desktop.ui.invite.invite_dialog import InviteDialog
from pars_desktop.ui.when import weekday
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.cast import CastAccounts
from tests.ui.looking import named, words


@pytest.fixture(autouse=True)
def empty_clipboard(qapp):
    """Offscreen it outlives Python, and must not hold what is Python's."""
    yield
    qapp.clipboard().clear()


def opened(qtbot, accounts, **arguments):
    dialog = InviteDialog(accounts, **arguments)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def link_of(dialog):
    return named(dialog, QLineEdit, "Invitation link").text()


def test_it_opens_with_an_invitation_ready(qtbot):
    accounts = CastAccounts(ROMEO)
    dialog = opened(qtbot, accounts)

    invite = accounts.get(ROMEO).invites.made[0]

    assert dialog.windowTitle() == "Invite a friend"
    assert link_of(dialog) == invite.link
    assert f"It works once, until {weekday(invite.expires)}." in words(dialog)


def test_the_link_is_whole_to_assistive_tools_though_shown_elided(qtbot):
    dialog = opened(qtbot, CastAccounts(ROMEO, your_name="Romeo of the House of Montague"))
    field = named(dialog, QLineEdit, "Invitation link")

    seen = QAccessible.queryAccessibleInterface(field)

    assert seen.role() == QAccessible.Role.EditableText
    assert seen.state().readOnly
    assert seen.textInterface().text(0, 1000) == field.text()
    assert field.fontMetrics().horizontalAdvance(field.text()) > field.width()
    assert "…" in field._elided(field.rect())


def test_the_controls_have_the_names_they_were_promised(qtbot):
    dialog = opened(qtbot, CastAccounts(ROMEO))

    assert named(dialog, QPushButton, "Copy link").isEnabled()
    assert named(dialog, QLineEdit, "Your name").text() == ""
    assert named(dialog, QWidget, "QR code") is not None


def test_p17_copying_marks_the_link_as_a_secret_for_clipboard_histories(qtbot):
    dialog = opened(qtbot, CastAccounts(ROMEO))

    qtbot.mouseClick(named(dialog, QPushButton, "Copy link"), Qt.MouseButton.LeftButton)

    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == link_of(dialog)
    assert data.data("x-kde-passwordManagerHint") == b"secret"


def test_p17_copying_by_keyboard_marks_it_too(qtbot):
    dialog = opened(qtbot, CastAccounts(ROMEO))
    field = named(dialog, QLineEdit, "Invitation link")
    field.setFocus()

    qtbot.keyClick(field, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == field.text()
    assert data.data("x-kde-passwordManagerHint") == b"secret"


def test_copied_appears_beside_the_button_and_is_announced(qtbot, monkeypatch):
    announced = []
    monkeypatch.setattr(invite_dialog.QAccessible, "updateAccessibility", announced.append)
    dialog = opened(qtbot, CastAccounts(ROMEO), copied_for=timedelta(milliseconds=50))
    button = named(dialog, QPushButton, "Copy link")

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert "Copied" in words(dialog)
    assert button.text() == "Copy link"
    assert [event.message() for event in announced] == ["Copied"]
    qtbot.waitUntil(lambda: "Copied" not in words(dialog))


def test_your_name_is_remembered_and_becomes_the_name_in_the_link(qtbot):
    accounts = CastAccounts(ROMEO)
    dialog = opened(qtbot, accounts, typing_pause=timedelta(milliseconds=10))
    before = parse_link(link_of(dialog))

    qtbot.keyClicks(named(dialog, QLineEdit, "Your name"), "Romeo M.")
    qtbot.waitUntil(lambda: parse_link(link_of(dialog)).name == "Romeo M.")

    assert parse_link(link_of(dialog)).token == before.token
    assert accounts.get(ROMEO).settings.your_name == "Romeo M."
    assert named(opened(qtbot, accounts), QLineEdit, "Your name").text() == "Romeo M."


def test_a_name_typed_just_before_copying_is_in_what_is_copied(qtbot):
    dialog = opened(qtbot, CastAccounts(ROMEO), typing_pause=timedelta(hours=1))
    qtbot.keyClicks(named(dialog, QLineEdit, "Your name"), "Romeo")

    qtbot.mouseClick(named(dialog, QPushButton, "Copy link"), Qt.MouseButton.LeftButton)

    assert parse_link(QGuiApplication.clipboard().text()).name == "Romeo"


def test_a_name_typed_just_before_closing_is_kept(qtbot):
    accounts = CastAccounts(ROMEO)
    dialog = opened(qtbot, accounts, typing_pause=timedelta(hours=1))
    qtbot.keyClicks(named(dialog, QLineEdit, "Your name"), "Romeo")

    qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    assert not dialog.isVisible()
    assert accounts.get(ROMEO).settings.your_name == "Romeo"


def test_opening_it_again_shows_the_same_invitation_and_offers_a_new_one(qtbot):
    accounts = CastAccounts(ROMEO)
    first = opened(qtbot, accounts)
    assert named(first, QPushButton, "New invitation") is None
    accounts.get(ROMEO).invites.age(timedelta(minutes=59))

    again = opened(qtbot, accounts)
    assert link_of(again) == link_of(first)
    qtbot.mouseClick(named(again, QPushButton, "New invitation"), Qt.MouseButton.LeftButton)

    assert parse_link(link_of(again)).token != parse_link(link_of(first)).token
    assert named(again, QPushButton, "New invitation") is None
    assert len(accounts.get(ROMEO).invites.made) == 2


def test_an_invitation_used_while_it_is_shown_gives_way_to_one_that_works(qtbot):
    accounts = CastAccounts(ROMEO)
    dialog = opened(qtbot, accounts)
    used = link_of(dialog)

    accounts.get(ROMEO).invites.use(1, JULIET)

    assert link_of(dialog) != used
    assert "juliet@capulet.lit came by your invitation." in words(dialog)


def test_with_several_accounts_one_chooses_who_invites(qtbot):
    accounts = CastAccounts(ROMEO, TYBALT)
    dialog = opened(qtbot, accounts, preselected=TYBALT)
    assert parse_link(link_of(dialog)).jid == TYBALT

    dialog.findChild(QComboBox).setCurrentIndex(0)

    assert parse_link(link_of(dialog)).jid == ROMEO
    assert parse_link(link_of(dialog)).token is not None


def test_with_one_account_nothing_is_chosen(qtbot):
    assert not opened(qtbot, CastAccounts(ROMEO)).findChild(QComboBox).isVisible()


def test_a_full_disk_is_said_and_nothing_can_be_copied(qtbot):
    accounts = CastAccounts(ROMEO)
    accounts.get(ROMEO).invites.trouble = StorageFailed()

    dialog = opened(qtbot, accounts)

    assert "Nothing can be written to disk." in words(dialog)
    assert not named(dialog, QPushButton, "Copy link").isEnabled()
    assert link_of(dialog) == ""


def test_the_day_is_the_last_day_of_the_invitation(qtbot):
    dialog = opened(qtbot, CastAccounts(ROMEO))

    in_a_week = datetime.now(UTC) + timedelta(days=7)

    assert weekday(in_a_week) in words(dialog)
