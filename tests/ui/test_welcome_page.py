"""The first window: three ways in, and a link that waits goes along on each of them."""

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QLabel, QListView

from pars_desktop.domain.errors import InvitationGone
from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors
from pars_desktop.ui.registration.registration_page import RegistrationPage
from tests.fakes import ROMEO, settle
from tests.ui.looking import interface, named, words
from tests.ui.office import BENVOLIO, INVITATION, PLAIN, Office

THREE_WAYS = ["I have an invitation", "I have an account", "Create an account"]
PAGE = "https://verona.example/invite/a-token-of-twenty-letters"
WAITS = "An invitation from benvolio@verona.test waits until you are signed in."


class Pages:
    """What stands behind the addresses of invitations."""

    def __init__(self):
        self.asked, self.link = [], INVITATION

    async def link_of(self, page):
        self.asked.append(page)
        if isinstance(self.link, Exception):
            raise self.link
        return self.link


@pytest.fixture
def pages():
    return Pages()


@pytest.fixture
async def office(qtbot, tmp_path, pages):
    office = Office(qtbot, tmp_path, pages=pages)
    yield office.enter()
    await office.close()


def ways(office):
    return [
        button.accessibleName()
        for button in office.window.findChildren(QAbstractButton)
        if button.isVisible() and button.accessibleName()
    ]


async def test_there_are_three_ways_in(office):
    assert ways(office) == THREE_WAYS
    assert office.focused() == "I have an invitation"


async def test_an_invitation_that_is_pasted_says_what_can_be_done_with_it(office):
    await office.press("I have an invitation")
    await office.type("Address or link", INVITATION)

    await office.press("Next")

    assert office.field("Address in the link").text() == "benvolio@verona.test"
    assert "You are invited" in words(office.window)
    assert ways(office) == [
        "Create an account at verona.test",
        "I have an account",
        "Create an account on another server",
        "I have another invitation",
        "Forget this link",
    ]
    assert office.server.servers == []
    assert office.settings.load().waiting_link == INVITATION


async def test_r35_a_plain_invitation_offers_an_account_of_any_kind(office):
    office.links.open(PLAIN)

    assert ways(office) == [
        "I have an account",
        "Create an account",
        "I have another invitation",
        "Forget this link",
    ]
    assert office.field("Address in the link").text() == "benvolio@verona.test"


async def test_a_link_nobody_wants_is_forgotten(office):
    office.links.open(INVITATION)
    await office.press("Forget this link")

    assert ways(office) == THREE_WAYS
    assert (office.links.waiting, office.settings.load().waiting_link) == (None, "")
    assert "Welcome" in words(office.window)


async def test_behind_a_link_that_is_forgotten_the_next_one_comes(office):
    office.links.open(INVITATION)
    office.links.receive(PLAIN)
    await office.press("Forget this link")

    assert office.links.waiting.token == "T456"
    assert "Create an account at verona.test" not in ways(office)
    assert office.field("Address in the link").text() == "benvolio@verona.test"


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("join", "This link leads to a group."),
        ("command;node=x", "This link asks to run a command there."),
        ("unregister", "This link asks to delete an account."),
        ("remove", "This link asks to end a friendship"),
        ("join;password=x", "This link leads to a group."),
    ],
)
async def test_r45_what_is_never_done_is_answered_without_an_account(office, query, answer):
    office.links.open(f"xmpp:{BENVOLIO}?{query}")

    assert answer in words(office.window)
    assert "waits until you are signed in" not in words(office.window)
    assert ways(office) == [*THREE_WAYS, "Forget this link"]
    assert office.settings.load().waiting_link == ""


async def test_r33_a_link_for_one_account_is_no_invitation_to_ones_own(office):
    office.links.open("xmpp:emma@verona.test?register;preauth=T123")

    assert "You are invited" not in words(office.window)
    assert "or sets a new password" in words(office.window)
    await office.press("Go on with emma@verona.test")
    assert office.field("User name").text() == "emma"
    assert office.server.servers == []


async def test_titles_stand_over_what_they_are_about(office):
    (title,) = (each for each in office.window.findChildren(QLabel) if each.text() == "Welcome")
    assert title.alignment() & Qt.AlignmentFlag.AlignHCenter

    await office.press("I have an account")

    assert title.text() == "Sign in"
    assert not title.alignment() & Qt.AlignmentFlag.AlignHCenter


async def test_what_is_no_link_is_said_where_it_was_entered(office):
    await office.press("I have an invitation")
    await office.type("Address or link", "https://example.org/")

    await office.press("Next")

    assert "This is neither an invitation nor an address." in words(office.window)
    assert office.links.waiting is None


async def test_rubbish_is_answered_as_where_friends_are_added(office):
    await office.press("I have an invitation")
    await office.type("Address or link", "some rubbish")

    await office.press("Next")

    said = "This is no address and no invitation. An address looks like name@server.example."
    assert said in words(office.window)
    assert office.links.waiting is None


async def test_the_invitation_in_a_message_that_is_pasted_is_found(office):
    await office.press("I have an invitation")
    await office.type("Address or link", f"Hi! {INVITATION} see you")

    await office.press("Next")

    assert office.links.waiting.token == "T123"


async def test_a_page_of_an_invitation_is_asked_only_if_the_person_agrees(office, pages):
    office.links.open(PAGE)
    await office.press("Ask verona.example")
    assert "it learns your internet address" in words(office.window)
    assert pages.asked == []

    await office.press("Ask verona.example")

    assert pages.asked == [PAGE]
    assert "Create an account at verona.test" in ways(office)
    assert office.settings.load().waiting_link == INVITATION


async def test_a_page_without_an_invitation_is_said_and_left(office, pages):
    pages.link = InvitationGone()
    office.links.open(PAGE)
    await office.press("Ask verona.example")
    await office.press("Ask verona.example")
    assert errors.sentence(InvitationGone(), JID("", "verona.example")) in words(office.window)

    await office.press("Cancel")

    assert "I have an account" in ways(office)
    assert office.settings.load().waiting_link == PAGE


async def test_nothing_typed_is_lost_by_going_back_and_forth(office):
    await office.press("I have an account")
    await office.type("Address", "romeo@montague.lit")
    await office.press("Back")
    await office.press("Create an account")
    await office.type("Server", "chat.example")
    await office.press("Next")
    await office.type("User name", "romeo")
    password = office.field("Password").text()
    await office.press("Back")
    assert office.field("Server").text() == "chat.example"
    await office.press("Next")
    assert (office.field("User name").text(), office.field("Password").text()) == (
        "romeo",
        password,
    )
    await office.press("Back")
    await office.press("Back")
    await office.press("I have an account")

    assert office.field("Address").text() == "romeo@montague.lit"


async def test_back_is_a_key_too(qtbot, office):
    await office.press("I have an account")

    qtbot.keyClick(office.window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)

    assert "I have an invitation" in ways(office)


async def test_going_back_hangs_up_and_going_on_asks_again(office):
    office.links.open(INVITATION)
    await office.press("Create an account at verona.test")
    assert office.server.asked == ["T123"]
    await office.press("Back")
    assert office.server.closed == 1
    assert office.settings.load().waiting_link == INVITATION

    await office.press("Create an account at verona.test")

    assert office.server.asked == ["T123", "T123"]


async def test_signing_in_instead_leaves_the_invitation_to_be_answered(office):
    proposed = []
    office.links.proposed.connect(proposed.append)
    office.links.open(INVITATION)
    await office.press("Create an account at verona.test")
    await office.press("Back")
    await office.press("I have an account")
    assert WAITS in words(office.window)
    await office.type("Address", str(ROMEO))
    await office.type("Password", "secret")
    await office.press("Sign in")
    office.networks[ROMEO].connection.come_up()
    await settle()

    assert [proposal.link.token for proposal in proposed] == ["T123"]


async def test_r35_an_account_made_elsewhere_leaves_the_invitation_to_be_answered(office):
    proposed = []
    office.links.proposed.connect(proposed.append)
    office.links.open(PLAIN)
    await office.press("Create an account")
    await office.type("Server", "chat.example")
    await office.press("Next")
    assert WAITS in words(office.window)
    await office.type("User name", "romeo")
    await office.press("Create account")

    assert office.server.asked == [None]
    assert [proposal.link.token for proposal in proposed] == ["T456"]


async def test_a_link_that_comes_while_somebody_types_takes_no_field_away(office):
    await office.press("I have an account")
    await office.type("Password", "half of it")

    office.links.open(INVITATION)

    assert office.field("Password").text() == "half of it"
    assert WAITS in words(office.window)
    await office.press("Back")
    assert "Create an account at verona.test" in ways(office)


async def test_u11_a_page_that_comes_by_itself_cannot_be_pressed_for_a_moment(office):
    office.links.open(INVITATION)

    button = office.button("Create an account at verona.test")
    assert not button.isEnabled()
    button.click()
    await settle()
    assert not isinstance(office.flow.page, RegistrationPage)


async def test_what_a_link_warns_of_is_said_before_anything_is_done(office):
    office.links.open("xmpp:rоmeo@verona.test?roster;preauth=T123;ibr=y")  # a Cyrillic o

    assert "mixes letters of different alphabets" in words(office.window)


async def test_servers_are_found_by_what_is_known_of_them(qtbot, office):
    await office.press("Create an account")
    servers = named(office.window, QListView, "Servers")
    assert servers.model().rowCount() == 3

    await office.type("Server", "germ")
    assert servers.model().rowCount() == 1
    role = Qt.ItemDataRole.AccessibleTextRole
    assert servers.model().index(0, 0).data(role) == "chat.example, Germany, free of charge"
    qtbot.keyClick(office.field("Server"), Qt.Key.Key_Down)
    qtbot.keyClick(servers, Qt.Key.Key_Return)
    await settle()

    assert [str(server.jid) for server in office.server.servers] == ["chat.example"]


async def test_the_server_that_an_assistive_tool_selects_is_chosen(office):
    await office.press("Create an account")
    tree = interface(named(office.window, QListView, "Servers"))
    for row in (2, 1):
        assert tree.selectionInterface().select(tree.child(row))
    wanted = tree.child(1).text(QAccessible.Text.Name).split(",")[0]
    await office.press("Next")

    assert [str(server.jid) for server in office.server.servers] == [wanted]


async def test_any_server_can_be_typed(office):
    await office.press("Create an account")
    await office.type("Server", " Some.Where.example ")

    await office.press("Next")

    assert [str(server.jid) for server in office.server.servers] == ["some.where.example"]


@pytest.mark.parametrize("text", ["germany", "two words", "nowhere"])
async def test_a_word_to_search_for_is_no_server(office, text):
    await office.press("Create an account")
    await office.type("Server", text)

    assert not office.button("Next").isEnabled()
    office.field("Server").returnPressed.emit()
    await settle()
    assert office.server.servers == []
    found = text == "germany"
    assert ("Choose a server of the list." in words(office.window)) is found
    assert ("Type the whole name of a server" in words(office.window)) is not found


async def test_a_row_that_is_selected_from_outside_is_chosen(office):
    """As a screen reader does it: the current row stays where it was."""
    await office.press("Create an account")
    servers = named(office.window, QListView, "Servers")
    servers.selectionModel().select(
        servers.model().index(1, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )

    await office.press("Next")

    assert [str(server.jid) for server in office.server.servers] == ["talk.example"]


@pytest.mark.parametrize("text", ["me@somewhere.example", "a.b/c", "two. words"])
async def test_what_is_no_server_is_said(office, text):
    await office.press("Create an account")
    await office.type("Server", text)

    await office.press("Next")

    assert "This is not the name of a server." in words(office.window)
    assert office.server.servers == []


async def test_a_code_on_the_screen_or_in_a_file_is_wished_for(office):
    wishes = []
    office.flow.screen_wanted.connect(lambda: wishes.append("screen"))
    office.flow.file_wanted.connect(lambda: wishes.append("file"))
    await office.press("I have an invitation")

    await office.press("Scan a code on the screen")
    await office.press("From an image file…")

    assert wishes == ["screen", "file"]
    assert office.flow.say("There is no code.")
    assert "There is no code." in words(office.window)


async def test_the_first_window_fits_where_there_is_little_room(qtbot, office):
    page = office.window
    page.resize(360, 640)

    assert office.flow.width() <= 360
    assert not page.horizontalScrollBar().isVisible()
    page.resize(1200, 640)
    qtbot.waitUntil(lambda: office.flow.width() == 380)
