"""Creating an account: what is asked, what is said, and that nothing is sent too early."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from pars_desktop.core.account import State
from pars_desktop.domain.account import KeepPassword
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.errors import (
    BadAddress,
    ConnectionLost,
    InvitationNeeded,
    InvitationRejected,
    InvitationsNotTaken,
    NeedsWebPage,
    NoEncryption,
    NoNetwork,
    NoSuchServer,
    NotAccepted,
    QuestionsChanged,
    RegistrationNotOffered,
    ServerRefused,
    UserNameTaken,
)
from pars_desktop.domain.form import Form, FormField
from pars_desktop.domain.jid import JID
from pars_desktop.domain.registration import Plan, Questions
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.accounts import AccountStore
from pars_desktop.ui import errors
from pars_desktop.ui.chat.link_dialog import LinkDialog
from pars_desktop.ui.registration.ready_bar import Ready
from tests.fakes import settle
from tests.ui.looking import words
from tests.ui.office import BENVOLIO, INVITATION, VERONA, Office

INVITED = Plan.of_link(parse_link(INVITATION))
RESET = Plan(VERONA, "mercutio", "T123")
MERCUTIO = JID("mercutio", "verona.test")


@pytest.fixture
async def office(qtbot, tmp_path):
    office = Office(qtbot, tmp_path)
    office.links.open(INVITATION)
    yield office
    await office.close()


async def arrived(office, plan=INVITED):
    """Somebody at the page, and the server has answered."""
    office.enter(plan)
    await settle()
    return office


async def create(office, name="mercutio"):
    await office.type("User name", name)
    await office.press("Create account")


async def test_p16_the_server_is_asked_at_once_and_the_account_created(office):
    await arrived(office)
    assert "verona.test" in words(office.window)
    assert office.server.asked == ["T123"]
    password = office.field("Password").text()

    await create(office)

    assert office.server.created == [(MERCUTIO, password, {})]
    assert [account.jid for account in office.accounts.all()] == [MERCUTIO]
    assert office.passwords.kept == {MERCUTIO: password}
    assert office.done == [True]


async def test_r31_the_friend_is_named_as_the_person_says(office):
    await arrived(office)
    assert "benvolio@verona.test invited you." in words(office.window)
    assert office.field("Your friend's name").text() == "Ben"
    await office.type("Your friend's name", "Cousin")

    await create(office)
    roster = office.server.network_of_stream.roster
    roster.items = {BENVOLIO: Contact(BENVOLIO, subscription=Subscription.BOTH)}
    office.server.network_of_stream.connection.come_up()
    await settle()

    account = office.accounts.get(MERCUTIO)
    assert account.status.state is State.ONLINE
    assert account.friends.contact(BENVOLIO).name == "Cousin"
    assert roster.of_kind("subscribe") == []


async def test_a_strong_password_is_suggested_and_shown(office):
    await arrived(office)
    field = office.field("Password")

    assert field.echoMode() is QLineEdit.EchoMode.Normal
    assert len(field.text()) == 27
    assert "It is saved in the keyring of this computer." in words(office.window)


async def test_the_password_is_copied_on_request_and_marked_as_a_secret(office):
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("something else")
    await arrived(office)
    assert clipboard.text() == "something else"

    button = office.button("Copy password")
    await office.press("Copy password")

    assert button.text() == "Copied"
    assert clipboard.text() == office.field("Password").text()
    assert clipboard.mimeData().data("x-kde-passwordManagerHint") == b"secret"
    clipboard.clear()


async def test_the_person_may_choose_another_password(office):
    await arrived(office)
    await office.type("Password", "my own secret")

    await create(office)

    assert office.server.created[0][1] == "my own secret"


async def test_the_address_to_be_is_shown_as_it_is_typed(office):
    await arrived(office)
    await office.type("User name", "mercutio")

    assert "Your address will be mercutio@verona.test" in words(office.window)


async def test_r33_a_user_name_that_is_fixed_cannot_be_changed(office):
    await arrived(office, Plan(VERONA, "mercutio"))

    assert office.field("User name").text() == "mercutio"
    assert office.field("User name").isReadOnly()


async def test_r33_a_link_that_may_reset_a_password_sends_nothing_before_it_is_confirmed(office):
    await arrived(office, RESET)
    assert "This link is for mercutio@verona.test." in words(office.window)
    assert "its password is replaced" in words(office.window)
    assert office.server.servers == []
    assert not office.button("Create account").isEnabled()
    office.field("Password").setFocus()
    office.field("Password").returnPressed.emit()
    await settle()
    assert office.server.servers == []

    await office.press("Go on, even if this sets a new password")
    assert office.server.asked == ["T123"]
    await office.press("Create account")

    assert [jid for jid, _, _ in office.server.created] == [MERCUTIO]


@pytest.mark.parametrize("trouble", [InvitationRejected(), InvitationsNotTaken()])
async def test_r29_p16_without_the_invitation_only_if_the_person_agrees(office, trouble):
    office.server.answers = [trouble]
    await arrived(office)
    assert errors.sentence(trouble, VERONA) in words(office.window)
    assert office.server.asked == ["T123"]

    await office.press("Create without the invitation")
    assert office.server.asked == ["T123", None]
    assert office.button("Create without the invitation") is None
    assert "You go on without the invitation." in words(office.window)
    assert "Pars will ask benvolio@verona.test to become your friend." in words(office.window)
    assert "without another step" not in words(office.window)
    await create(office)

    assert [jid for jid, _, _ in office.server.created] == [MERCUTIO]


async def test_r29_p16_a_taken_name_is_put_right_and_tried_on_the_same_line(office):
    await arrived(office)
    office.server.answers = [UserNameTaken()]

    await create(office)
    assert "Somebody at verona.test has this user name already." in words(office.window)
    assert office.focused() == "User name"
    await create(office, "merc")

    assert [jid.local for jid, _, _ in office.server.created] == ["mercutio", "merc"]
    assert len(office.server.servers) == 1
    assert office.server.asked == ["T123"]
    assert office.done == [True]


@pytest.mark.parametrize(
    "trouble",
    [
        NoEncryption(),
        NoNetwork(),
        RegistrationNotOffered(),
        ServerRefused("internal-server-error"),
    ],
    ids=lambda trouble: type(trouble).__name__,
)
async def test_p16_every_failure_is_a_sentence_and_can_be_tried_again(office, trouble):
    office.server.answers = [trouble]
    await arrived(office, Plan(JID("", "elsewhere.test")))
    assert errors.sentence(trouble, JID("", "elsewhere.test")) in words(office.window)

    await create(office)

    assert office.done == [True]
    assert errors.sentence(trouble, JID("", "elsewhere.test")) not in words(office.window)


async def test_a_server_that_is_not_there_is_said_without_a_word_about_addresses(office):
    office.server.answers = [NoSuchServer()]
    await arrived(office)

    said = "There is no chat server at verona.test. Ask whoever invited you for a new link."
    assert said in words(office.window)


async def test_a_server_that_the_person_wrote_is_to_be_looked_at_again(office):
    office.server.answers = [NoSuchServer()]
    await arrived(office, Plan(JID("", "elsewhere.test")))

    said = "There is no chat server at elsewhere.test. Check how its name is written."
    assert said in words(office.window)


async def test_a_server_of_the_list_that_is_not_there_is_no_mistake_of_the_person(office):
    office.server.answers = [NoSuchServer()]
    await arrived(office, Plan(JID("", "chat.example")))

    assert "chat.example cannot be found at the moment." in words(office.window)
    await office.press("Choose another server")
    assert office.field("Server") is not None


async def from_the_list(office, server):
    """Somebody has chosen this server on the first page of all."""
    office.links.forget()
    office.enter()
    await office.press("Create an account")
    await office.type("Server", server)
    await office.press("Next")


async def test_where_an_invitation_is_needed_the_ways_on_are_offered(office):
    await from_the_list(office, "chat.example")
    office.server.answers = [InvitationNeeded()]
    await create(office)
    assert "chat.example lets nobody create an account without an invitation." in words(
        office.window
    )

    await office.press("Choose another server")
    assert office.field("Server").text() == "chat.example"
    await office.press("Next")
    office.server.answers = [InvitationNeeded()]
    await create(office)
    await office.press("I have an invitation")

    assert office.field("Address or link") is not None
    await office.press("Back")
    assert office.button("I have an account") is not None


async def test_at_the_end_there_is_what_to_say_of_the_account(office):
    await arrived(office)
    await office.type("Your friend's name", "Cousin")
    password = office.field("Password").text()
    await create(office)

    assert office.done == [True]
    assert office.ready == [Ready(MERCUTIO, KeepPassword.KEYRING, password, "Cousin")]


async def test_a_password_of_ones_own_is_not_offered_to_be_copied_at_the_end(office):
    await arrived(office)
    await office.type("Password", "my own secret")
    await create(office)

    assert [ready.suggested for ready in office.ready] == [""]


@pytest.mark.parametrize("field", ["User name", "Password", "Port"])
async def test_what_was_wrong_is_not_said_while_it_is_being_corrected(qtbot, office, field):
    office.server.answers = [NoSuchServer()]
    await arrived(office)
    assert "There is no chat server" in words(office.window)
    if field == "Port":
        await office.press("Advanced")

    qtbot.keyClicks(office.field(field), "1")

    assert "There is no chat server" not in words(office.window)


@pytest.mark.parametrize(("name", "what"), [("Mercutio Jr", "spaces"), ("a@b", "@"), ("a/b", "/")])
async def test_what_cannot_be_a_user_name_is_said_while_it_is_typed(qtbot, office, name, what):
    await arrived(office)
    qtbot.keyClicks(office.field("User name"), name)
    assert f"This cannot be a user name. It must not hold {what}" in words(office.window)

    office.field("User name").clear()

    assert "This cannot be a user name." not in words(office.window)


async def test_a_weak_password_is_said_in_the_servers_words(office):
    await arrived(office)
    office.server.answers = [NotAccepted("The password is <b>too</b> weak")]

    await create(office)

    assert "The password is <b>too</b> weak" in words(office.window)
    assert office.done == []


@pytest.mark.parametrize("name", ["a b", "a@b", "me/home"])
async def test_what_cannot_be_a_user_name_is_said_and_not_sent(office, name):
    await arrived(office)

    await create(office, name)

    assert words(office.window).count("This cannot be a user name.") == 1
    assert errors.sentence(BadAddress()) not in words(office.window)
    assert office.focused() == "User name"
    assert office.server.created == []


async def test_a_server_that_wants_a_browser_shows_its_page_and_opens_nothing(office, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "pars_desktop.ui.registration.web_page_row.QDesktopServices.openUrl",
        lambda url: opened.append(url.toString()),
    )
    office.server.answers = [NeedsWebPage("https://verona.test/new?a=b")]
    await arrived(office, Plan(VERONA))

    assert office.field("Web page").text() == "https://verona.test/new?a=b"
    await office.press("Copy address")
    assert QGuiApplication.clipboard().text() == "https://verona.test/new?a=b"
    await office.press("Open in browser")
    assert opened == []
    (question,) = office.window.findChildren(LinkDialog)
    question.confirmed.emit("https://verona.test/new?a=b")
    question.close()
    assert opened == ["https://verona.test/new?a=b"]
    QGuiApplication.clipboard().clear()


@pytest.mark.parametrize("trouble", [NeedsWebPage(), RegistrationNotOffered()])
async def test_a_page_the_server_does_not_name_is_looked_for_in_the_list(office, trouble):
    office.server.answers = [trouble]
    await arrived(office, Plan(VERONA))

    assert office.field("Web page").text() == "https://verona.test/join"
    assert "only in a browser" in words(office.window)


async def test_a_long_wait_is_said_and_can_be_cancelled(qtbot, office):
    office.server.open.clear()
    await arrived(office)
    qtbot.waitUntil(lambda: "Asking verona.test…" in words(office.window))

    await office.press("Cancel")
    assert "Asking" not in words(office.window)
    office.server.open.set()
    await create(office)

    assert office.done == [True]


async def test_whoever_is_quicker_than_the_server_need_not_press_twice(office):
    office.server.open.clear()
    await arrived(office)
    await create(office)
    assert office.server.created == []

    office.server.open.set()
    await settle()

    assert len(office.server.created) == 1
    assert office.done == [True]


async def test_it_is_not_sent_twice_while_it_is_created(office):
    await arrived(office)
    office.server.open.clear()
    await create(office)
    assert not office.field("User name").isEnabled()

    office.field("Password").returnPressed.emit()
    office.flow.page._submit()
    office.server.open.set()
    await settle()

    assert len(office.server.created) == 1


async def test_an_account_whose_creation_was_cancelled_is_recognized(office):
    """It may be there already: a second attempt tries the same name and password."""
    await arrived(office)
    office.server.open.clear()
    await create(office)
    await office.press("Cancel")
    assert "verona.test may have made the account already." in words(office.window)
    office.server.open.set()
    office.server.answers = [UserNameTaken()]

    await office.press("Create account")
    office.networks[MERCUTIO].connection.come_up()
    await settle()

    assert office.done == [True]


async def test_a_broken_line_is_said_and_a_new_one_made(office):
    await arrived(office)
    office.server.answers = [ConnectionLost()]
    await create(office)
    assert errors.sentence(ConnectionLost(), VERONA) in words(office.window)

    await create(office, "merc")

    assert office.done == [True]


async def test_another_way_to_the_server_is_taken(office):
    office.server.answers = [NoSuchServer()]
    await arrived(office)
    await office.press("Advanced")
    await office.type("Server", "127.0.0.1")
    await office.type("Port", "5223")

    await create(office)

    assert [(server.host, server.port) for server in office.server.servers] == [
        ("", 0),
        ("127.0.0.1", 5223),
    ]
    assert office.accounts.all()[0].settings.host == "127.0.0.1"


async def test_a_port_that_cannot_be_is_said_before_anything_is_tried(office):
    await arrived(office)
    await office.press("Advanced")
    await office.type("Port", "99999")

    await create(office)

    assert "A port is a number from 1 to 65535." in words(office.window)
    assert office.server.created == []


@pytest.mark.parametrize(
    ("choice", "keep"),
    [
        (None, KeepPassword.ASK),
        ("Keep it in a file that only you can read", KeepPassword.FILE),
    ],
)
async def test_k1_without_a_keyring_the_person_says_where_the_password_goes(office, choice, keep):
    """Before anything is created: nothing can be lost by going away."""
    office.passwords.locked = True
    await arrived(office)
    await create(office)
    assert "keeps passwords is missing or locked" in words(office.window)
    assert "The account is not created before" in words(office.window)
    assert (office.server.created, office.accounts.all()) == ([], ())
    assert office.button("Copy password").isEnabled()
    assert office.button("Back") is None  # it is the only page here
    assert office.button("Create account") is None

    if choice is not None:
        await office.press(choice)
    await office.press("Continue")

    assert len(office.server.created) == 1
    assert office.accounts.all()[0].settings.keep_password is keep
    assert [ready.keep for ready in office.ready] == [keep]
    assert office.done == [True]


async def test_k2_a_keyring_that_was_locked_can_be_tried_again(office):
    office.passwords.locked = True
    await arrived(office)
    await create(office)
    office.passwords.locked = False

    await office.press("Try again")

    assert office.accounts.all()[0].settings.keep_password is KeepPassword.KEYRING
    assert len(office.server.created) == 1


async def test_k2_while_the_keyring_asks_it_is_said_and_cancel_undoes_it(qtbot, office):
    put, opened = office.passwords.put, asyncio.Event()

    async def prompt(*what):
        await opened.wait()
        await put(*what)

    office.passwords.put = prompt
    await arrived(office)
    await create(office)
    qtbot.waitUntil(lambda: "Waiting for the keyring" in words(office.window))

    await office.press("Cancel")
    assert (office.server.created, office.accounts.all()) == ([], ())
    assert "may have made" not in words(office.window)
    assert office.field("User name").isEnabled()
    opened.set()
    await office.press("Create account")

    assert len(office.server.created) == 1


async def test_where_the_password_goes_is_asked_once_also_if_the_name_is_taken(office):
    office.passwords.locked = True
    await arrived(office)
    await create(office)
    office.server.answers = [UserNameTaken()]
    await office.press("Keep it in a file that only you can read")
    await office.press("Continue")
    assert "It is saved in a file that only you can read." in words(office.window)

    await create(office, "merc")

    assert office.accounts.all()[0].settings.keep_password is KeepPassword.FILE


async def test_leaving_while_the_keyring_is_asked_about_leaves_nothing(office):
    office.passwords.locked = True
    await arrived(office)
    await create(office)

    office.flow.leave()
    await settle()

    assert office.accounts.all() == ()
    assert AccountStore(office.db).all() == []


async def test_what_the_server_asks_besides_has_to_be_answered(office):
    email = FormField("email", label="E-mail", required=True)
    name = (FormField("username"), FormField("password"))
    office.server.questions = Questions(Form(fields=(*name, email)))
    await arrived(office)
    await create(office)
    assert office.server.created == []
    assert office.focused() == "E-mail"

    await office.type("E-mail", "m@verona.test")
    await office.press("Create account")

    assert office.server.created[0][2] == {"email": "m@verona.test"}


async def test_questions_that_changed_are_asked_anew(office):
    name = (FormField("username"), FormField("password"))
    await arrived(office)
    office.server.asks_next = Questions(Form(fields=(*name, FormField("key", label="Key"))))
    office.server.answers = [QuestionsChanged()]

    await create(office)
    assert errors.sentence(QuestionsChanged(), VERONA) in words(office.window)
    await office.type("Key", "of the orchard")
    await office.press("Create account")

    assert office.server.created[-1][2] == {"key": "of the orchard"}


async def test_everything_is_reached_by_tab(qtbot, office):
    await arrived(office)
    await office.type("User name", "mercutio")
    office.field("User name").setFocus()
    reached = []
    while "Create account" not in reached:
        reached.append(office.focused())
        qtbot.keyClick(office.window.window().focusWidget(), Qt.Key.Key_Tab)

    assert reached == [
        "User name",
        "Password",
        "Show password",
        "Copy password",
        "Your friend's name",
        "Advanced",
        "Cancel",
        "Create account",
    ]


async def test_a_page_that_is_closed_while_it_asks_is_no_trouble(office):
    office.server.open.clear()
    await arrived(office)

    office.flow.leave()
    await asyncio.sleep(0)
    office.server.open.set()
    await settle()

    assert office.accounts.all() == ()
    assert office.settings.load().waiting_link == INVITATION
