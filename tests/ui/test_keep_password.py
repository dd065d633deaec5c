"""Where the password goes: the keyring, a file if the person says so, or nowhere."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QCheckBox, QRadioButton

from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import NoKeyring, ServerSilent
from pars_desktop.ui import errors, theme
from tests.fakes import ROMEO
from tests.ui.looking import named, words
from tests.ui.porch import PASSWORD, Porch

ASKED = AccountSettings(ROMEO, keep_password=KeepPassword.ASK)


@pytest.fixture
def porch(qtbot):
    return Porch(qtbot)


def keyring_check(porch):
    return named(porch.page, QCheckBox, "Keep the password in the keyring")


async def test_k1_without_a_keyring_it_asks_each_time_unless_told_otherwise(porch):
    porch.door.answers = [NoKeyring()]
    porch.fill()
    await porch.press()
    assert porch.done == []
    assert named(porch.page, QRadioButton, "Ask for the password at each start").isChecked()

    await porch.press("Continue")

    asked = AccountSettings(ROMEO, keep_password=KeepPassword.ASK)
    assert porch.door.added[1:] == [(asked, PASSWORD)]
    assert porch.done == [True]


async def test_k1_a_file_only_if_the_person_says_so(porch):
    porch.door.answers = [NoKeyring()]
    porch.fill()
    await porch.press()

    named(porch.page, QRadioButton, "Keep it in a file that only you can read").click()
    await porch.press("Continue")

    in_a_file = AccountSettings(ROMEO, keep_password=KeepPassword.FILE)
    assert porch.door.added[1:] == [(in_a_file, PASSWORD)]


async def test_k2_asked_again_while_the_keyring_is_locked(qtbot):
    porch = Porch(qtbot, AccountSettings(ROMEO))
    porch.door.answers = [NoKeyring()]
    porch.field("Password").setText(PASSWORD)
    await porch.press()

    await porch.press("Continue")

    assert porch.door.given[1:] == [(ROMEO, PASSWORD, KeepPassword.ASK)]


async def test_what_fails_after_the_choice_leads_back_to_the_form(porch):
    porch.door.answers = [NoKeyring(), ServerSilent()]
    porch.fill()
    await porch.press()

    await porch.press("Continue")

    assert porch.button("Continue") is None
    assert porch.button("Sign in").isEnabled()
    assert porch.field("Address").isEnabled()


async def test_k1_while_there_is_a_keyring_nothing_is_asked(porch):
    assert porch.page.findChildren(QRadioButton)
    assert not any(choice.isVisible() for choice in porch.page.findChildren(QRadioButton))
    assert porch.button("Continue") is None


async def test_k2_a_prompt_that_took_too_long_can_be_asked_again(porch):
    porch.door.answers = [NoKeyring()]
    porch.fill()
    await porch.press()

    await porch.press("Try again")

    assert porch.door.added[1:] == [(AccountSettings(ROMEO), PASSWORD)]
    assert porch.door.added[1][0].keep_password is KeepPassword.KEYRING
    assert porch.done == [True]


async def test_k2_in_the_dialog_it_can_be_asked_again_too(qtbot):
    porch = Porch(qtbot, AccountSettings(ROMEO), can_cancel=True)
    porch.door.answers = [NoKeyring(), NoKeyring()]
    porch.field("Password").setText(PASSWORD)
    await porch.press()

    await porch.press("Try again")

    assert porch.door.given[1:] == [(ROMEO, PASSWORD, KeepPassword.KEYRING)]
    assert porch.done == []
    await porch.press("Cancel")
    assert porch.left == [True]


async def test_the_first_person_can_go_back_to_the_form(porch):
    porch.door.answers = [NoKeyring()]
    porch.fill()
    await porch.press()
    assert porch.button("Sign in") is None

    await porch.press("Cancel")

    assert porch.left == []
    assert porch.button("Try again") is porch.button("Continue") is porch.button("Cancel") is None
    assert errors.sentence(NoKeyring()) not in words(porch.page)
    assert porch.field("Address").isEnabled()
    assert porch.focused() == "Password"
    await porch.press()
    assert len(porch.door.added) == 2


async def test_a_second_prompt_that_was_given_up_leads_back_to_the_question(porch):
    porch.door.answers = [NoKeyring()]
    porch.fill()
    await porch.press()
    porch.door.open.clear()
    porch.button("Try again").click()
    await asyncio.sleep(0)
    assert not porch.button("Try again").isEnabled()
    assert errors.sentence(NoKeyring()) not in words(porch.page)

    await porch.press("Cancel")

    assert errors.sentence(NoKeyring()) in words(porch.page)
    assert porch.button("Try again").isEnabled()
    assert not porch.field("Address").isEnabled()


async def test_whoever_is_asked_at_each_start_may_change_their_mind(qtbot):
    porch = Porch(qtbot, ASKED)
    porch.field("Password").setText(PASSWORD)
    assert not keyring_check(porch).isChecked()

    keyring_check(porch).click()
    await porch.press()

    assert porch.door.given == [(ROMEO, PASSWORD, KeepPassword.KEYRING)]


async def test_whoever_does_not_is_asked_again_next_time(qtbot):
    porch = Porch(qtbot, ASKED)
    porch.field("Password").setText(PASSWORD)

    await porch.press()

    assert porch.door.given == [(ROMEO, PASSWORD, KeepPassword.ASK)]


async def test_a_change_of_mind_counts_for_another_server_too(qtbot):
    porch = Porch(qtbot, replace(ASKED, host="127.0.0.1"))
    porch.field("Password").setText(PASSWORD)
    porch.field("Server").setText("127.0.0.2")
    keyring_check(porch).click()

    await porch.press()

    ((settings, _),) = porch.door.added
    assert settings.keep_password is KeepPassword.KEYRING


@pytest.mark.parametrize("keep", [KeepPassword.KEYRING, KeepPassword.FILE, None])
async def test_nobody_else_is_asked_about_the_keyring(qtbot, keep):
    porch = Porch(qtbot, keep and AccountSettings(ROMEO, keep_password=keep))

    assert keyring_check(porch) is None


async def test_while_the_keyring_is_the_question_it_is_asked_once(qtbot):
    porch = Porch(qtbot, ASKED)
    porch.door.answers = [NoKeyring()]
    porch.field("Password").setText(PASSWORD)
    keyring_check(porch).click()

    await porch.press()

    assert keyring_check(porch) is None
    await porch.press("Continue")
    assert porch.door.given[1:] == [(ROMEO, PASSWORD, KeepPassword.ASK)]


async def test_a_tick_says_that_it_will_be_kept(qtbot, scheme):
    check = keyring_check(Porch(qtbot, ASKED))
    check.setChecked(True)
    picture = check.grab().toImage()
    box = {picture.pixelColor(x, y).name() for x in range(24) for y in range(picture.height())}

    assert {theme.colours().accent.name(), theme.colours().on_accent.name()} <= box
