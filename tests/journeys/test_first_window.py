"""From nothing to a friend, through the windows, on a real Prosody (R28 to R35, P-16)."""

import asyncio

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from pars_desktop.core.account import State
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.jid import JID
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.settings import SettingsStore
from pars_desktop.system.handover import send
from tests.journeys.ground import device, until
from tests.journeys.test_registration import invitation, invitation_of_the_server
from tests.journeys.test_sign_in import fill_in, keep_in_a_file
from tests.server.prosody import INVITES_HOST, PLAIN_HOST
from tests.ui.looking import named

pytestmark = pytest.mark.prosody


class Newcomer:
    """Somebody without an account, at the first window."""

    def __init__(self, story, copy, name):
        self.story, self.copy = story, copy
        self.jid = JID(name, INVITES_HOST)
        copy.may_break = True

    async def is_at_the_form(self):
        await self.copy.find(QAbstractButton, "Create account")

    async def reach_the_server(self):
        """It is on this machine, with a certificate of its own."""
        prosody = self.story.prosody
        await self.copy.press("Advanced")
        await self.copy.type("Server", "127.0.0.1")
        await self.copy.type("Port", str(prosody.port))
        await self.copy.type("Certificate file", str(prosody.ca_file))

    async def register(self, name=None):
        """Fill in the form, and keep the password that it suggests."""
        if name is not None:
            await self.copy.type("User name", name)
        password = (await self.copy.find(QLineEdit, "Password")).text()
        self.story.secret(password)
        await self.copy.press("Create account")
        return password

    async def choose_a_file(self):
        """There is no keyring here: nothing is created before the person has said so."""
        assert self.jid not in [account.jid for account in self.copy.accounts]
        await self.copy.press("Keep it in a file that only you can read")
        await self.copy.press("Continue")

    async def keep_in_a_file(self):
        await self.choose_a_file()
        await self.is_told()

    async def is_told(self):
        await until(lambda: self.copy.sees(f"Your account {self.jid} is ready."))

    @property
    def waiting(self):
        return SettingsStore(self.copy.paths.settings).load().waiting_link


@pytest.fixture
def romeo(story):
    return story.person("romeo", INVITES_HOST)


@pytest.fixture
def name(prosody):
    """A user name that nobody has at capulet.test."""
    taken = prosody.account("newcomer", INVITES_HOST)
    prosody.remove_account(taken.jid)
    return taken.jid.local


async def arrives(story, name, link=None, *people):
    return Newcomer(story, await story.copy(*people, link=link, online=bool(people)), name)


async def link_of(story, romeo):
    """An invitation that Romeo's server makes for him."""
    async with device(romeo) as inviter:
        return story.secret(await invitation(inviter))


async def test_r31_p16_an_invitation_becomes_an_account_and_a_friend(story, romeo, name):
    newcomer = await arrives(story, name, await link_of(story, romeo))
    copy = newcomer.copy
    assert (await copy.find(QLineEdit, "Address in the link")).text() == str(romeo.jid)
    await copy.press(f"Create an account at {INVITES_HOST}")
    await newcomer.is_at_the_form()
    await newcomer.reach_the_server()
    await copy.type("Your friend's name", "My Romeo")
    await newcomer.register(name)
    await newcomer.keep_in_a_file()
    await until(lambda: copy.sees("You and My Romeo are now friends"))
    assert story.prosody.are_friends(romeo.jid, newcomer.jid)

    assert [account.jid for account in copy.accounts] == [newcomer.jid]
    assert set(story.prosody.roster(newcomer.jid)) == {romeo.jid}
    assert set(story.prosody.roster(romeo.jid)) == {newcomer.jid}
    assert copy.presences("subscribe") == []  # no second "add"
    assert not copy.shows(QAbstractButton, "Add friend")
    await copy.open_chat("My Romeo")
    await until(lambda: not newcomer.waiting)
    await copy.press("Not now")
    await copy.restart()
    await copy.online()  # by the password that was kept
    assert not copy.shows(QAbstractButton, "Add friend")


async def test_r29_p16_a_wrong_invitation_is_told_apart_before_anything_is_created(story, name):
    wrong = f"xmpp:{INVITES_HOST}?register;preauth={story.secret('NoSuchToken1')}"
    newcomer = await arrives(story, name, wrong)
    copy = newcomer.copy
    await copy.press(f"Create an account at {INVITES_HOST}")
    await newcomer.is_at_the_form()
    await newcomer.reach_the_server()
    await newcomer.register(name)
    await until(lambda: copy.sees("does not know this invitation"))
    await copy.press("Create without the invitation")
    await until(lambda: not copy.sees("does not know this invitation"))
    await newcomer.register()
    await newcomer.choose_a_file()
    await until(lambda: copy.sees(f"{INVITES_HOST} lets nobody create an account without"))

    assert copy.accounts == ()
    assert newcomer.waiting == wrong
    await copy.press("Back")
    assert copy.shows(QAbstractButton, "I have an account")


async def test_r29_p16_a_taken_name_can_be_changed_on_the_same_line(story, romeo, name):
    newcomer = await arrives(story, name, await link_of(story, romeo))
    copy = newcomer.copy
    await copy.press(f"Create an account at {INVITES_HOST}")
    await newcomer.is_at_the_form()
    await newcomer.reach_the_server()
    await newcomer.register(romeo.jid.local)
    await newcomer.choose_a_file()
    await until(lambda: copy.sees(f"Somebody at {INVITES_HOST} has this user name already."))
    lines = len(copy.clients)
    await newcomer.register(name)
    await newcomer.is_told()
    await until(lambda: story.prosody.are_friends(romeo.jid, newcomer.jid))

    assert len(copy.clients) == lines  # the very stream is the session now (R30)
    assert [settings.jid for settings in AccountStore(copy.database).all()] == [newcomer.jid]


async def test_r35_what_a_crash_leaves_undone_is_done_at_the_next_start(story, romeo, name):
    """The account is there, and the server has yet to say that they are friends."""
    link = await link_of(story, romeo)
    newcomer = await arrives(story, name, link)
    copy = newcomer.copy
    await copy.press(f"Create an account at {INVITES_HOST}")
    await newcomer.is_at_the_form()
    await newcomer.reach_the_server()
    await newcomer.register(name)
    await copy.press("Keep it in a file that only you can read")
    copy.program.accounts.added.connect(lambda _account: copy.cut())
    await copy.press("Continue")
    await until(lambda: copy.is_cut)
    assert newcomer.waiting == link
    await copy.quit()

    await copy.start()
    await copy.online()
    await until(lambda: copy.sees(f"You and {romeo.jid} are now friends"))
    await until(lambda: not newcomer.waiting)

    assert story.prosody.are_friends(romeo.jid, newcomer.jid)
    assert not copy.shows(QLineEdit, "Friend's address")  # nobody is asked once more
    assert [account.jid for account in copy.accounts] == [newcomer.jid]


async def test_r35_a_plain_invitation_waits_for_an_account_made_elsewhere(story, romeo, name):
    his = await story.copy(story.person("mercutio"))
    link = await story.invitation(his)
    token = invitation_of_the_server(story.prosody).partition("preauth=")[2]
    story.secret(token)
    newcomer = await arrives(story, name, link)
    copy = newcomer.copy
    await copy.press("I have another invitation")
    await copy.type("Address or link", f"xmpp:{INVITES_HOST}?register;preauth={token}")
    await copy.press("Back")
    assert newcomer.waiting == link
    await copy.press("Create an account")
    await copy.type("Server", PLAIN_HOST)
    await copy.press("Next")
    await newcomer.is_at_the_form()
    assert copy.sees("An invitation from")
    await newcomer.reach_the_server()
    await newcomer.register(name)
    await until(lambda: copy.sees(f"{PLAIN_HOST} does not let anybody create an account"))
    await copy.press("Back")
    await copy.press("Back")
    await copy.restart()
    juliet = story.person("juliet")
    await fill_in(copy, juliet)
    await keep_in_a_file(copy)
    assert (await copy.find(QLineEdit, "Friend's address")).text() == str(his.accounts[0].jid)
    await copy.press("Add friend")

    await until(lambda: story.prosody.are_friends(his.accounts[0].jid, juliet.jid))


async def test_u10_what_a_web_page_opens_does_not_replace_the_invitation(story, romeo, name):
    link = await link_of(story, romeo)
    newcomer = await arrives(story, name, link)
    copy = newcomer.copy
    await copy.find(QLineEdit, "Address in the link")
    raised = []
    copy.program._windows.to_front = raised.append
    for number in range(20):
        other = f"xmpp:bank{number}@evil.test?roster"
        assert await asyncio.to_thread(send, str(copy.paths.data), "link", other, {})

    assert (await copy.find(QLineEdit, "Address in the link")).text() == str(romeo.jid)
    assert newcomer.waiting == link
    assert raised == []


async def test_r32_p16_whoever_has_an_account_may_have_a_new_one_instead(story, romeo, name):
    mercutio = story.person("mercutio")
    newcomer = await arrives(story, name, None, mercutio)
    copy = newcomer.copy
    await copy.press("Add a friend")
    await copy.type("Address or link", await link_of(story, romeo))
    await copy.press("Next")
    await copy.press(f"With a new account at {INVITES_HOST} instead")
    await newcomer.is_at_the_form()
    await newcomer.reach_the_server()
    await newcomer.register(name)
    await newcomer.keep_in_a_file()
    await until(lambda: story.prosody.are_friends(romeo.jid, newcomer.jid))
    await copy.online()

    assert [account.jid for account in copy.accounts] == [mercutio.jid, newcomer.jid]
    assert romeo.jid not in story.prosody.roster(mercutio.jid)
    assert copy.accounts[1].status.state is State.ONLINE
    await until(lambda: not newcomer.waiting)
    copy.window.open_chat(ChatKey(newcomer.jid, romeo.jid))


async def test_r33_a_link_that_may_reset_a_password_is_confirmed_first(story, romeo):
    link = invitation_of_the_server(story.prosody, "--reset", romeo.jid.local)
    newcomer = await arrives(story, romeo.jid.local, story.secret(link))
    copy = newcomer.copy
    await copy.press(f"Go on with {romeo.jid}")
    await newcomer.is_at_the_form()
    assert copy.sees("its password is replaced")
    assert copy.clients == []
    assert (await copy.find(QLineEdit, "User name")).text() == romeo.jid.local
    assert not named(copy.window, QAbstractButton, "Create account").isEnabled()
    await newcomer.reach_the_server()
    await copy.press("Go on, even if this sets a new password")
    await newcomer.register()
    await newcomer.keep_in_a_file()
    await copy.online()

    assert [account.jid for account in copy.accounts] == [romeo.jid]
