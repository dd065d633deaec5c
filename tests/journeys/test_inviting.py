"""The windows of inviting on a real server: made by it or by us, shown, listed, revoked, undone."""

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QDialog, QLineEdit, QListView

from pars_desktop.domain.contact import Subscription
from pars_desktop.domain.invite import Via
from pars_desktop.domain.link import Action
from pars_desktop.domain.uri import parse_link
from tests.journeys.ground import device, token_of, until
from tests.server.prosody import DEFAULT_INVITES_HOST, INVITES_HOST, PLAIN_HOST
from tests.ui.looking import named, words
from tests.xmpp.wire import heard

pytestmark = pytest.mark.prosody


class Table:
    """One copy's windows of inviting, each by its title."""

    def __init__(self, copy, story):
        self._copy, self._story = copy, story

    async def window(self, title):
        def found():
            dialogs = self._copy.window.findChildren(QDialog)
            return [one for one in dialogs if one.isVisible() and one.windowTitle() == title]

        await until(found)
        return found()[0]

    async def press(self, title, name):
        window = await self.window(title)

        def button():
            found = named(window, QAbstractButton, name)
            return found if found is not None and found.isEnabled() else None

        await until(button)
        button().click()

    async def link(self, title="Invite a friend"):
        """What is to be given away; its token is a secret."""
        window = await self.window(title)
        await until(lambda: named(window, QLineEdit, "Invitation link"))
        link = named(window, QLineEdit, "Invitation link").text()
        self._story.secret(token_of(link))
        return link

    async def create(self, *, lasts=None, **texts):
        """Fill in the options, and create the invitation."""
        window = await self.window("Invite a friend")
        before = await self.link()
        await self.press("Invite a friend", "Options")
        for name, text in texts.items():
            named(window, QLineEdit, name.replace("_", " ")).setText(text)
        if lasts:
            choosers = window.findChildren(QComboBox)  # (on Linux their name is a relation)
            next(one for one in choosers if one.accessibleName() == "Lasts").setCurrentText(lasts)
        await self.press("Invite a friend", "Create")
        await until(
            lambda: (now := named(window, QLineEdit, "Invitation link")) and now.text() != before
        )
        return await self.link()

    async def lines(self):
        """The list "Invitations", as it is read out."""
        view = named(await self.window("Invitations"), QListView, "Invitations")
        model, role = view.model(), Qt.ItemDataRole.AccessibleTextRole
        return [model.index(row, 0).data(role) for row in range(model.rowCount())]

    async def told(self, beginning):
        """A line begins so, once the list has heard of it."""
        await until(lambda: any(line.startswith(beginning) for line in self._now()))

    def _now(self):
        for view in self._copy.window.findChildren(QListView):
            if view.accessibleName() == "Invitations":
                model = view.model()
                return [model.index(row, 0).data() for row in range(model.rowCount())]
        return []

    async def select(self, beginning):
        await self.told(beginning)
        view = named(await self.window("Invitations"), QListView, "Invitations")
        row = next(at for at, line in enumerate(self._now()) if line.startswith(beginning))
        how = QItemSelectionModel.SelectionFlag.ClearAndSelect
        view.selectionModel().setCurrentIndex(view.model().index(row, 0), how)

    async def says(self, title, sentence):
        window = await self.window(title)
        await until(lambda: sentence in words(window))


@pytest.fixture
def table(story):
    return lambda copy: Table(copy, story)


@pytest.mark.parametrize(
    ("host", "via", "ibr"),
    [
        (INVITES_HOST, Via.SERVER, True),  # Prosody makes it, and accounts with it
        (DEFAULT_INVITES_HOST, Via.CLIENT, False),  # R6: its own would lose the request
        (PLAIN_HOST, Via.CLIENT, False),  # R5: it knows nothing of invitations
    ],
)
async def test_r1_r5_r6_a_labelled_invitation_is_made_as_the_server_allows_and_announced(
    story, table, host, via, ibr
):
    romeo, juliet = story.person("romeo", host), story.person("juliet", PLAIN_HOST)
    his, hers = await story.copy(romeo), await story.copy(juliet)
    at_his = table(his)
    await his.press("Invite a friend")
    link = await at_his.create(For_whom="the choir", Your_name="Romeo")
    assert link.startswith("https://xmpp.link/#")
    (made, _) = his.account(romeo).invites.all()
    assert (made.via, made.ibr, made.label) == (via, ibr, "the choir")
    by_server = "Your server made it" in words(await at_his.window("Invite a friend"))
    assert by_server is (via is Via.SERVER)
    await at_his.press("Invite a friend", "Invitations")
    await at_his.told("For the choir, waiting, ends in 7 days")
    his.close_dialog("Invite a friend")
    his.close_dialog("Invitations")

    await hers.follow(link, "Romeo")
    await until(lambda: hers.sees("You and Romeo are now friends"))

    await until(lambda: his.sees(f"{juliet.jid} accepted your invitation for the choir"))
    await until(lambda: story.are_friends(romeo, juliet))
    his.window.invitations_requested.emit()
    await at_his.told(f"For the choir, used by {juliet.jid}")
    his.close_dialog("Invitations")
    await his.press("Rename")
    await his.type("New name", "Juliet")
    await his.type("Group", "Singers")
    await his.press("Save")
    await until(lambda: story.prosody.roster(romeo.jid)[juliet.jid].name == "Juliet")
    assert story.prosody.roster(romeo.jid)[juliet.jid].groups == {"Singers"}
    assert not his.shows(QAbstractButton, "Undo")


async def test_r6_options_make_our_own_token_where_the_server_could_make_one(story, table):
    romeo, juliet = story.person("romeo", INVITES_HOST), story.person("juliet")
    his = await story.copy(romeo)
    await his.press("Invite a friend")
    await table(his).create(lasts="1 hour")
    link = await table(his).link()

    (made, first) = his.account(romeo).invites.all()
    assert (made.via, first.via) == (Via.CLIENT, Via.SERVER)
    await table(his).says("Invite a friend", "A friend who has no account yet needs one elsewhere.")
    async with device(juliet) as hers:
        hers.roster.approve(romeo.jid)
        hers.roster.subscribe(romeo.jid, token_of(link))
        await until(lambda: his.sees(f"{juliet.jid} came by your invitation"))


async def test_p18_revoked_in_the_list_while_the_request_waits_on_the_server(story, table):
    romeo, juliet = story.person("romeo"), story.person("juliet")
    his = await story.copy(romeo)
    await his.press("Invite a friend")
    link = await table(his).create(For_whom="Juliet")
    his.close_dialog("Invite a friend")
    await his.account(romeo).sign_out()
    async with device(juliet) as hers:
        hers.roster.subscribe(romeo.jid, token_of(link))
        await until(lambda: story.prosody.pending(romeo.jid))

        his.window.invitations_requested.emit()
        await table(his).select("For Juliet, waiting")
        await table(his).press("Invitations", "Revoke")
        await table(his).told("For Juliet, revoked")
        his.close_dialog("Invitations")
        await his.program.accounts.start()

        await until(lambda: his.sees(f"{juliet.jid} wants to be your friend"))
    assert his.sees("which you withdrew")
    assert his.presences("subscribed") == []
    assert juliet.jid not in story.prosody.roster(romeo.jid)


@pytest.mark.parametrize("host", [PLAIN_HOST, INVITES_HOST])
async def test_p20_undo_cancels_both_directions_and_the_token_stays_used(story, table, host):
    romeo, juliet = story.person("romeo", host), story.person("juliet")
    his = await story.copy(romeo)
    await his.press("Invite a friend")
    link = await table(his).create(For_whom="Juliet")
    his.close_dialog("Invite a friend")
    async with device(juliet) as hers:
        hers.roster.requested.connect(lambda request: hers.roster.approve(request.jid))
        pushed = heard(hers.roster.changed)
        hers.roster.subscribe(romeo.jid, token_of(link))
        await until(lambda: story.are_friends(romeo, juliet))
        await until(lambda: his.sees(f"{juliet.jid} accepted your invitation for Juliet"))

        await his.press("Undo")

        await until(lambda: story.prosody.roster(romeo.jid) == {})
        await until(lambda: pushed[-1].subscription is Subscription.NONE)
        his.window.invitations_requested.emit()
        await table(his).told(f"For Juliet, used by {juliet.jid}")
        his.close_dialog("Invitations")
        hers.roster.subscribe(romeo.jid, token_of(link))
        await until(lambda: his.sees(f"{juliet.jid} wants to be your friend"))


async def test_shown_again_it_is_the_same_link_after_a_restart(story, table):
    romeo = story.person("romeo")
    his = await story.copy(romeo)
    await his.press("Invite a friend")
    link = await table(his).create(For_whom="Juliet", Your_name="Romeo")
    await his.restart()
    await his.online()
    his.window.invitations_requested.emit()
    await table(his).select("For Juliet, waiting")

    await table(his).press("Invitations", "Show again")

    assert await table(his).link() == link
    await table(his).press("Invite a friend", "Web link")
    (made, _) = his.account(romeo).invites.all()
    assert await table(his).link() == made.link


async def test_r9_an_administrator_invites_somebody_to_prosody_through_the_windows(story, table):
    escalus = story.prosody.account("escalus", INVITES_HOST, unique=False)
    story.secrets.add(escalus.password)
    his = await story.copy(escalus)
    await his.press("Invite a friend")
    await table(his).link()

    await table(his).press("Invite a friend", "Invite someone to this server")
    asking = await table(his).window("Invite someone to this server")
    named(asking, QLineEdit, "For whom").setText("Paris")
    assert named(asking, QCheckBox, "They become your friend").isChecked()
    await table(his).press("Invite someone to this server", "Create")
    await until(lambda: len(his.account(escalus).invites.all()) == 2)

    link = parse_link(await table(his).link("Invite someone to this server"))
    assert (link.action, str(link.jid)) == (Action.REGISTER, INVITES_HOST)


async def test_r9_nobody_else_is_offered_that(story, table):
    his = await story.copy(story.person("romeo", INVITES_HOST))
    await his.press("Invite a friend")
    await table(his).link()
    assert not await his.accounts[0].invites.offers_accounts()

    window = await table(his).window("Invite a friend")
    assert named(window, QAbstractButton, "Invite someone to this server") is None


async def test_the_landing_page_of_the_preferences_is_in_the_next_invitation(story, table):
    his = await story.copy(story.person("romeo"))
    his.window.preferences_requested.emit()
    window = await table(his).window("Preferences")
    named(window, QLineEdit, "Page for web links").setText("https://montague.example/i/#")
    await table(his).press("Preferences", "Save")

    await his.press("Invite a friend")

    assert (await table(his).link()).startswith("https://montague.example/i/#romeo")
