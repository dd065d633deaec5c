"""The first minutes: signing in, a wrong password, and a link that came before the account."""

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from pars_desktop.core.account import State
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.settings import SettingsStore
from tests.journeys.ground import until
from tests.ui.looking import named

pytestmark = pytest.mark.prosody


async def fill_in(copy, person, password=None):
    """Everything that the form asks for, the server and its certificate included."""
    if named(copy.window, QLineEdit, "Address") is None:
        await copy.press("I have an account")
    if named(copy.window, QLineEdit, "Server") is None:
        await copy.press("Advanced")
    await copy.type("Address", str(person.jid))
    await copy.type("Password", password or person.password)
    await copy.type("Server", person.settings.host)
    await copy.type("Port", str(person.settings.port))
    await copy.type("Certificate file", person.settings.ca_file)
    await copy.press("Sign in")


async def keep_in_a_file(copy):
    """There is no keyring here: the person says where the password goes."""
    await copy.press("Keep it in a file that only you can read")
    await copy.press("Continue")
    await until(lambda: copy.accounts)


async def test_the_first_sign_in_after_a_wrong_password(story):
    romeo = story.person("romeo")
    copy = await story.copy(online=False)
    await until(lambda: copy.shows(QAbstractButton, "I have an account"))
    assert not copy.shows(QAbstractButton, "Invite a friend")

    await fill_in(copy, romeo, story.secret("not-his-password"))
    await until(lambda: copy.sees(f"Wrong password for {romeo.jid}. Type it again."))
    assert copy.accounts == ()
    copy.may_break = True
    await fill_in(copy, romeo)
    await until(lambda: copy.sees("The place where this computer keeps passwords is missing"))
    await keep_in_a_file(copy)

    await until(lambda: copy.shows(QAbstractButton, "Invite your first friend"))
    await until(lambda: copy.sees("Open invitation links with Pars?"))
    await copy.press("Not now")
    await copy.restart()
    await copy.online()  # by the password that was kept
    assert copy.accounts[0].settings.best_mechanism.startswith("SCRAM")
    assert not copy.sees("Open invitation links with Pars?")


async def test_a_link_that_comes_before_the_account_waits_for_it(story):
    romeo, juliet = story.person("romeo"), story.person("juliet")
    his = await story.copy(romeo)
    link = await story.invitation(his)
    hers = await story.copy(link=link, online=False)
    await until(lambda: SettingsStore(hers.paths.settings).load().waiting_link)
    await hers.restart()  # the link survives it
    assert (await hers.find(QLineEdit, "Address in the link")).text() == str(romeo.jid)
    assert not hers.shows(QLineEdit, "Friend's address")

    hers.may_break = True
    await fill_in(hers, juliet)
    await keep_in_a_file(hers)
    assert (await hers.find(QLineEdit, "Friend's address")).text() == str(romeo.jid)
    await hers.type("Name", "Romeo")
    await hers.press("Add friend")

    await until(lambda: story.are_friends(romeo, juliet))
    await hers.press("Open chat")


async def test_a_link_is_not_lost_if_the_window_is_closed_before_it_is_answered(story):
    romeo, juliet = story.person("romeo"), story.person("juliet")
    his = await story.copy(romeo)
    link = await story.invitation(his)
    hers = await story.copy(juliet, link=link, online=False)
    await hers.quit()  # before anything of it was shown

    await hers.start()
    assert (await hers.find(QLineEdit, "Friend's address")).text() == str(romeo.jid)
    await hers.restart()  # while it is shown
    assert (await hers.find(QLineEdit, "Friend's address")).text() == str(romeo.jid)
    await hers.press("Cancel")
    await hers.restart()
    await hers.online()
    assert not hers.shows(QLineEdit, "Friend's address")
    assert not SettingsStore(hers.paths.settings).load().waiting_link


async def test_t15_a_password_that_was_changed_elsewhere_is_asked_for_once(story):
    romeo = story.person("romeo")
    copy = await story.copy(romeo)
    copy.may_break = True
    changed = story.secret("changed-elsewhere")
    await copy.quit()
    story.prosody.set_password(romeo.jid, changed)
    before = len(copy.clients)

    await copy.start()
    await until(lambda: copy.sees(f"Wrong password for {romeo.jid}. Type it again."))
    assert copy.broken == ["WrongPassword"]
    assert len(copy.clients) == before + 1
    assert copy.accounts[0].status.state is State.NEEDS_PASSWORD
    await copy.type("Password", changed)
    await copy.press("Sign in")
    await copy.online()
    await copy.restart()
    await copy.online()


async def test_another_account_is_added_beside_the_first(story):
    romeo, montague = story.person("romeo"), story.person("montague")
    copy = await story.copy(romeo)
    copy.may_break = True
    next(each for each in copy.window.menu.actions() if each.text() == "Add account").trigger()
    await fill_in(copy, montague)
    await copy.press("Keep it in a file that only you can read")
    await copy.press("Continue")

    await until(lambda: len(copy.accounts) == 2)
    await copy.online()
    assert [settings.jid for settings in AccountStore(copy.database).all()] == [
        romeo.jid,
        montague.jid,
    ]


async def test_an_account_that_was_removed_is_gone_here_and_can_sign_in_again(story):
    romeo = story.person("romeo")
    copy = await story.copy(romeo)
    copy.may_break = True
    next(each for each in copy.window.menu.actions() if each.text() == "Preferences").trigger()
    await copy.press(f"Remove {romeo.jid}")
    await until(lambda: copy.sees(f"Remove {romeo.jid} from this computer?"))
    await copy.press("Remove")

    await until(lambda: copy.shows(QAbstractButton, "I have an account"))
    assert AccountStore(copy.database).all() == []
    await copy.restart()
    assert copy.accounts == ()

    await fill_in(copy, romeo)
    await keep_in_a_file(copy)
    await copy.online()
