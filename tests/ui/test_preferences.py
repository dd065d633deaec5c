"""Preferences: which accounts are here, and where the web links of invitations lead."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.domain.errors import NoKeyring, StorageFailed
from pars_desktop.domain.settings import Settings
from pars_desktop.ui.preferences import Preferences
from pars_desktop.ui.remove_account import RemoveAccount
from tests.fakes import ROMEO, settle
from tests.ui.cast import CastSettings
from tests.ui.looking import named, words
from tests.ui.stage import MERCUTIO, Stage

USUAL = "https://xmpp.link/#"
OURS = "https://montague.example/invite/#"


@pytest.fixture
def stage():
    """Romeo and Mercutio share this computer."""
    stage = Stage(ROMEO, MERCUTIO)
    yield stage
    stage.close()


@pytest.fixture
def opened(qtbot, stage):
    def build(settings=None):
        dialog = Preferences(settings or CastSettings(), stage.accounts, Tasks())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return build


def page(dialog):
    return named(dialog, QLineEdit, "Page for web links")


def press(dialog, name):
    named(dialog, QAbstractButton, name).click()


def test_at_first_it_is_the_page_of_others_and_it_says_whose(opened):
    dialog = opened(CastSettings())

    assert page(dialog).text() == USUAL
    assert f"{USUAL} belongs to others" in words(dialog)


def test_another_page_is_remembered(opened):
    settings = CastSettings(web_link=False)
    dialog = opened(settings)
    page(dialog).setText(f" {OURS} ")

    press(dialog, "Save")

    assert settings.kept == Settings(web_link=False, landing_page=OURS)
    assert not dialog.isVisible()
    assert page(opened(settings)).text() == OURS


@pytest.mark.parametrize("typed", [USUAL, ""])
def test_the_usual_page_is_kept_as_none_of_our_own(opened, typed):
    settings = CastSettings(landing_page=OURS)
    dialog = opened(settings)
    press(dialog, "Use the usual page")
    page(dialog).setText(typed)

    press(dialog, "Save")

    assert settings.kept == Settings()


@pytest.mark.parametrize(
    "typed", ["http://xmpp.link/#", "https://xmpp.link/", "https://127.0.0.1/#", "xmpp:a@b", "x"]
)
def test_what_no_link_may_begin_with_is_said_and_not_kept(opened, typed):
    settings = CastSettings()
    dialog = opened(settings)
    page(dialog).setText(typed)

    press(dialog, "Save")

    assert dialog.isVisible()
    assert "The address of this page begins with https:// and ends with #." in words(dialog)
    assert settings.kept == Settings()


def test_cancel_changes_nothing(opened):
    settings = CastSettings()
    dialog = opened(settings)
    page(dialog).setText(OURS)

    press(dialog, "Cancel")

    assert settings.kept == Settings()


def test_a_full_disk_is_said(opened):
    settings = CastSettings()
    settings.trouble = StorageFailed()
    dialog = opened(settings)

    press(dialog, "Save")

    assert "Nothing can be written to disk." in words(dialog)


def question(dialog):
    """The one that is shown, or None."""
    return next((each for each in dialog.findChildren(RemoveAccount) if each.isVisible()), None)


def asked(dialog, jid=ROMEO):
    """Press Remove beside an account."""
    press(dialog, f"Remove {jid}")
    return question(dialog)


def addresses(stage):
    return [account.jid for account in stage.accounts.all()]


def test_each_account_has_a_button_that_removes_it(opened):
    dialog = opened()

    for jid in (ROMEO, MERCUTIO):
        assert str(jid) in words(dialog)
        assert named(dialog, QAbstractButton, f"Remove {jid}") is not None
    assert question(dialog) is None


def test_before_an_account_is_removed_it_is_said_what_goes_and_what_stays(opened, stage):
    asks = asked(opened())

    assert (
        f"Remove {ROMEO} from this computer? Its messages here and its password are deleted. "
        "The account itself stays with its server, and you can sign in again."
    ) in words(asks)
    assert asks.isModal()
    assert addresses(stage) == [ROMEO, MERCUTIO]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
async def test_enter_and_escape_remove_nothing(opened, qtbot, stage, key):
    dialog = opened()
    asks = asked(dialog)

    assert asks.focusWidget().accessibleName() == "Cancel"
    qtbot.keyClick(asks.focusWidget(), key)
    await settle()

    assert question(dialog) is None
    assert dialog.isVisible()
    assert addresses(stage) == [ROMEO, MERCUTIO]


async def test_an_account_is_removed_after_a_yes(opened, stage):
    dialog = opened()

    press(asked(dialog), "Remove")
    await settle()

    assert addresses(stage) == [MERCUTIO]
    assert question(dialog) is None
    assert dialog.isVisible()
    assert str(ROMEO) not in words(dialog)
    assert named(dialog, QAbstractButton, f"Remove {ROMEO}") is None
    assert dialog.focusWidget().isVisible()


async def test_with_the_last_account_the_preferences_close(opened, stage):
    dialog = opened()
    for jid in (ROMEO, MERCUTIO):
        press(asked(dialog, jid), "Remove")
        await settle()

    assert addresses(stage) == []
    assert not dialog.isVisible()


async def test_what_is_typed_meanwhile_stays(opened):
    settings = CastSettings()
    dialog = opened(settings)
    page(dialog).setText(OURS)
    press(asked(dialog), "Remove")
    await settle()

    assert page(dialog).text() == OURS
    press(dialog, "Save")
    assert settings.kept == Settings(landing_page=OURS)


async def test_an_account_that_cannot_be_removed_is_said_and_can_be_tried_again(opened, stage):
    remove = stage.accounts.remove

    async def full(_jid):
        raise StorageFailed

    stage.accounts.remove = full
    asks = asked(opened())
    press(asks, "Remove")
    await settle()
    assert "Nothing can be written to disk." in words(asks)

    stage.accounts.remove = remove
    press(asks, "Remove")
    await settle()
    assert addresses(stage) == [MERCUTIO]


async def test_k6_a_password_that_may_be_left_is_said(opened, stage):
    async def locked(_jid):
        raise NoKeyring

    stage.accounts._passwords.forget = locked
    asks = asked(opened())
    press(asks, "Remove")
    await settle()

    assert addresses(stage) == [MERCUTIO]
    assert "The account was removed, but its password may still be kept." in words(asks)
    assert named(asks, QAbstractButton, "Remove") is None
    press(asks, "Close")
    assert not (isValid(asks) and asks.isVisible())


async def test_while_it_is_removed_it_says_so_and_cannot_be_left(opened, qtbot, stage):
    """A keyring may ask for its password, and a server take two seconds to say goodbye."""
    done = asyncio.Event()
    stage.accounts._passwords.forget = lambda _jid: done.wait()
    asks = asked(opened())
    press(asks, "Remove")
    await settle()

    asks.reject()
    assert asks.isVisible()
    assert not named(asks, QAbstractButton, "Cancel").isEnabled()
    assert "Removing…" not in words(asks)
    qtbot.waitUntil(lambda: "Removing…" in words(asks))
    done.set()
    await settle()
    assert not (isValid(asks) and asks.isVisible())
