"""Preferences: where the web links of invitations lead."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.settings import Settings
from pars_desktop.ui.preferences import Preferences
from tests.ui.cast import CastSettings
from tests.ui.looking import named, words

USUAL = "https://xmpp.link/#"
OURS = "https://montague.example/invite/#"


@pytest.fixture
def opened(qtbot):
    def build(settings):
        dialog = Preferences(settings)
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
