"""Add a friend: the address is seen before anything is sent, and nothing is confirmed by chance."""

import re
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton

from pars_desktop.core.account import State
from pars_desktop.core.links import Proposal, ProposalKind
from pars_desktop.domain.contact import Contact, Progress, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import ServerRefused
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action, Link
from pars_desktop.ui import theme
from pars_desktop.ui.avatar import Avatar
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from pars_desktop.ui.invite.note_page import NotePage
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.cast import CastAccounts
from tests.ui.looking import interface, named, press, words

AT_ONCE = timedelta(0)
SOON = timedelta(milliseconds=80)
NEVER = timedelta(hours=1)
DONE = {  # or asked about, which other tests show
    Action.ROSTER,
    Action.SUBSCRIBE,
    Action.CHAT,
    Action.MESSAGE,
    Action.REMOVE,
    Action.UNSUBSCRIBE,
    Action.LOOKUP,
}
LINK = Link(action=Action.ROSTER, jid=JULIET, token="T", name="Juliet")
BARE = Link(action=Action.CHAT, jid=JULIET)


@pytest.fixture(autouse=True)
def empty_clipboard(qapp):
    """Offscreen it outlives Python, and must not hold what is Python's."""
    yield
    qapp.clipboard().clear()


class Heard:
    """What a dialog said."""

    def __init__(self, dialog):
        self.entered, self.confirmed, self.chats, self.composed = [], [], [], []
        dialog.entered.connect(self.entered.append)
        dialog.confirmed.connect(lambda *what: self.confirmed.append(what))
        dialog.open_chat.connect(self.chats.append)
        dialog.compose.connect(lambda *what: self.composed.append(what))


def opened(qtbot, accounts=None, hold=AT_ONCE, **arguments):
    dialog = AddFriendDialog(accounts or CastAccounts(ROMEO), hold=hold, **arguments)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog, Heard(dialog)


def proposed(qtbot, link=LINK, kind=ProposalKind.ADD_FRIEND, accounts=None, **arguments):
    accounts = accounts or CastAccounts(ROMEO)
    dialog, heard = opened(qtbot, accounts, **arguments)
    mine = tuple(account.jid for account in accounts.all())
    preselected = mine[0] if len(mine) == 1 else None
    dialog.propose(Proposal(kind, link, mine, preselected))
    return dialog, heard


def add_button(dialog):
    return named(dialog, QPushButton, "Add friend")


def ready(qtbot, dialog):
    qtbot.waitUntil(add_button(dialog).isEnabled)
    return add_button(dialog)


# --- asking ------------------------------------------------------------------------------------


def test_it_asks_for_an_address_or_a_link(qtbot):
    dialog, heard = opened(qtbot)
    field = named(dialog, QLineEdit, "Address or link")

    qtbot.keyClicks(field, " juliet@capulet.lit ")
    qtbot.keyClick(field, Qt.Key.Key_Return)

    assert dialog.windowTitle() == "Add a friend"
    assert field.placeholderText() == "Paste a link or type an address"
    assert heard.entered == ["xmpp:juliet@capulet.lit"]
    assert heard.confirmed == []


def test_nothing_is_entered_while_nothing_is_typed(qtbot):
    dialog, heard = opened(qtbot)
    field = named(dialog, QLineEdit, "Address or link")

    qtbot.keyClicks(field, "  ")
    qtbot.keyClick(field, Qt.Key.Key_Return)

    assert heard.entered == []
    assert not named(dialog, QPushButton, "Next").isEnabled()


def test_the_one_link_in_a_message_is_found(qtbot):
    dialog, heard = opened(qtbot)
    link = "https://xmpp.link/#juliet@capulet.lit?roster;preauth=T0KEN"
    named(dialog, QLineEdit, "Address or link").setText(f"Hi! {link} see you")

    press(named(dialog, QPushButton, "Next"))

    assert heard.entered == [link]


def test_two_different_ones_in_a_message_are_said_and_neither_is_taken(qtbot):
    dialog, heard = opened(qtbot)
    named(dialog, QLineEdit, "Address or link").setText("juliet@capulet.lit, paris@x")

    press(named(dialog, QPushButton, "Next"))

    assert heard.entered == []
    assert "There are several links or addresses in this." in words(dialog)


def test_what_is_no_link_is_said_beside_the_question(qtbot):
    dialog, _ = opened(qtbot)

    kept = dialog.propose(Proposal(ProposalKind.REFUSED, Link(refused="not-a-link")))

    assert kept is False
    assert named(dialog, QLineEdit, "Address or link") is not None
    assert "This is no address and no invitation." in words(dialog)
    assert "name@server.example" in words(dialog)
    assert "browser" not in words(dialog)


def test_a_web_page_is_said_to_belong_into_a_browser(qtbot):
    dialog, _ = opened(qtbot)
    named(dialog, QLineEdit, "Address or link").setText("https://montague.example/news")

    dialog.propose(Proposal(ProposalKind.REFUSED, Link(refused="not-a-link")))

    assert "Open web pages in a browser." in words(dialog)


def test_p10_our_own_address_is_said_beside_the_question_and_can_be_corrected(qtbot):
    dialog, _ = opened(qtbot)
    field = named(dialog, QLineEdit, "Address or link")
    qtbot.keyClicks(field, "romeo@montague.lit")
    named(dialog, QPushButton, "Next").setFocus()

    own = Link(action=Action.CHAT, jid=ROMEO)
    kept = dialog.propose(Proposal(ProposalKind.OWN_ADDRESS, own, (ROMEO,), ROMEO))

    assert kept is False
    assert dialog.windowTitle() == "Add a friend"
    assert "This is your own address." in words(dialog)
    assert dialog.focusWidget() is field
    assert field.selectedText() == "romeo@montague.lit"
    qtbot.keyClicks(field, "j")
    assert "your own address" not in words(dialog)


@pytest.mark.parametrize("way", ["screen_wanted", "file_wanted"])
def test_what_was_said_of_the_last_code_goes_when_another_is_looked_for(qtbot, way):
    dialog, _ = opened(qtbot)
    dialog.say("There is a code, but no invitation in it.")
    assert "There is a code" in words(dialog)

    getattr(dialog._page.scan, way).emit()

    assert "There is a code" not in words(dialog)


OWN = Link(action=Action.ROSTER, jid=ROMEO, token="T", name="Romeo")
SENT = "This is your own invitation. Send it to a friend: it is for them to open."


def test_p10_our_own_invitation_from_elsewhere_is_explained(qtbot):
    dialog, _ = opened(qtbot)

    assert dialog.propose(Proposal(ProposalKind.OWN_ADDRESS, OWN, (ROMEO,), ROMEO)) is True

    assert SENT in words(dialog)
    assert named(dialog, QLineEdit, "Address or link") is None
    assert named(dialog, QPushButton, "Close").isVisible()


def test_p10_our_own_invitation_entered_by_hand_is_not_called_a_mistyped_address(qtbot):
    dialog, _ = opened(qtbot)
    named(dialog, QLineEdit, "Address or link").setText("xmpp:romeo@montague.lit?roster;preauth=T")

    assert dialog.propose(Proposal(ProposalKind.OWN_ADDRESS, OWN, (ROMEO,), ROMEO)) is False

    assert SENT in words(dialog)


# --- the proposal ------------------------------------------------------------------------------


def test_the_address_is_a_read_only_text_and_larger_than_the_name(qtbot):
    dialog, _ = proposed(qtbot)
    address = named(dialog, QLineEdit, "Friend's address")

    seen = interface(address)

    assert seen.role() == QAccessible.Role.EditableText
    assert seen.state().readOnly
    assert seen.textInterface().text(0, 1000) == "juliet@capulet.lit"
    assert address._set(address.width())[0].pointSizeF() == theme.font(theme.DISPLAY).pointSizeF()
    assert address.y() < named(dialog, QLineEdit, "Name").y()


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (LINK, "You are friends at once, if the invitation still holds."),
        (BARE, "juliet@capulet.lit is asked first."),
        (Link(action=Action.ROSTER, jid=JULIET), "juliet@capulet.lit is asked first."),
    ],
)
def test_it_says_whether_they_are_asked_first(qtbot, link, said):
    dialog, _ = proposed(qtbot, link)

    assert said in words(dialog)
    named(dialog, QLineEdit, "Name").setText("My Juliet")
    assert f"{said} My Juliet will see when you are online." in words(dialog)


def test_what_is_typed_takes_the_place_of_the_suggested_name(qtbot):
    dialog, _ = proposed(qtbot)
    name = named(dialog, QLineEdit, "Name")
    assert dialog.focusWidget() is name
    qtbot.waitUntil(lambda: name.selectedText() == "Juliet")
    qtbot.keyClicks(dialog.focusWidget(), "Jule")

    assert name.text() == "Jule"


def test_u7_the_suggested_name_can_be_changed_and_focus_starts_there(qtbot):
    dialog, heard = proposed(qtbot)
    name = named(dialog, QLineEdit, "Name")
    assert name.text() == "Juliet"
    assert dialog.focusWidget() is name

    name.clear()
    qtbot.keyClicks(name, "Jule")
    press(ready(qtbot, dialog))

    assert heard.confirmed == [(ROMEO, JULIET, "Jule")]


def test_one_sentence_says_what_will_happen(qtbot):
    dialog, _ = proposed(qtbot)

    assert "Juliet will see when you are online." in words(dialog).translate(
        {0x2068: "", 0x2069: ""}
    )


def test_u7_a_name_with_markup_is_shown_as_it_is_written(qtbot):
    dialog, _ = proposed(qtbot, Link(action=Action.ROSTER, jid=JULIET, name="<b>bold</b>"))

    assert named(dialog, QLineEdit, "Name").text() == "<b>bold</b>"
    assert "<b>bold</b>" in words(dialog)


@pytest.mark.parametrize("how", ["click", "enter", "press", "space"])
def test_for_a_moment_after_it_appears_nothing_confirms(qtbot, how):
    dialog, heard = proposed(qtbot, hold=SOON)
    button = add_button(dialog)
    button.setFocus()

    def confirm():
        if how == "click":
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        elif how == "press":
            press(button)
        else:
            key = Qt.Key.Key_Return if how == "enter" else Qt.Key.Key_Space
            qtbot.keyClick(dialog.focusWidget() or dialog, key)

    confirm()
    assert heard.confirmed == []
    ready(qtbot, dialog)
    button.setFocus()
    confirm()

    assert heard.confirmed == [(ROMEO, JULIET, "Juliet")]


def test_coming_to_the_front_again_starts_the_moment_anew(qtbot):
    dialog, _ = proposed(qtbot, hold=SOON)
    ready(qtbot, dialog)

    QApplication.sendEvent(dialog._page, QEvent(QEvent.Type.WindowActivate))

    assert not add_button(dialog).isEnabled()
    ready(qtbot, dialog)


def test_enter_confirms_only_on_the_button(qtbot):
    dialog, heard = proposed(qtbot)
    ready(qtbot, dialog)

    for control in (named(dialog, QLineEdit, "Name"), named(dialog, QLineEdit, "Friend's address")):
        control.setFocus()
        qtbot.keyClick(control, Qt.Key.Key_Return)
        qtbot.keyClick(control, Qt.Key.Key_Enter)

    assert heard.confirmed == []
    assert dialog.isVisible()
    assert not any(
        button.isDefault() or button.autoDefault() for button in dialog.findChildren(QPushButton)
    )


def test_a_key_held_down_does_not_confirm(qtbot):
    dialog, heard = proposed(qtbot)
    button = ready(qtbot, dialog)
    button.setFocus()
    held = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True
    )

    QApplication.sendEvent(button, held)

    assert heard.confirmed == []


@pytest.mark.parametrize("how", ["escape", "cancel"])
def test_escape_and_cancel_leave_without_a_word(qtbot, how):
    dialog, heard = proposed(qtbot)
    ready(qtbot, dialog)

    if how == "escape":
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    else:
        press(named(dialog, QPushButton, "Cancel"))

    assert not dialog.isVisible()
    assert heard.confirmed == []


def test_it_is_confirmed_once(qtbot):
    dialog, heard = proposed(qtbot)
    button = ready(qtbot, dialog)

    press(button)
    press(button)

    assert len(heard.confirmed) == 1


def test_u11_with_several_accounts_the_person_chooses(qtbot):
    dialog, heard = proposed(qtbot, accounts=CastAccounts(ROMEO, TYBALT))
    account = named(dialog, QComboBox, "Your account")
    qtbot.wait(20)
    assert not add_button(dialog).isEnabled()

    account.setCurrentIndex(1)
    press(ready(qtbot, dialog))

    assert heard.confirmed == [(TYBALT, JULIET, "Juliet")]


def test_u11_a_link_for_an_account_we_do_not_have_says_so(qtbot):
    link = Link(action=Action.ROSTER, jid=JULIET, account=TYBALT)
    dialog, _ = proposed(qtbot, link)

    assert "meant for tybalt@capulet.lit, which is not signed in here" in words(dialog)


def test_p14_a_foreign_domain_is_shown_in_plain_letters_beside_it_with_a_warning(qtbot):
    jid = JID("romeo", "mоntague.lit")
    dialog, _ = proposed(qtbot, Link(action=Action.ROSTER, jid=jid, warnings=("mixed-script",)))

    assert "romeo@xn--mntague-9ig.lit" in words(dialog)
    assert "mixes letters of different alphabets" in words(dialog)


def test_p10_the_address_of_a_server_is_named_as_such(qtbot):
    dialog, _ = proposed(qtbot, Link(action=Action.ROSTER, jid=JID("", "montague.lit")))

    assert "the address of a server, not of a person" in words(dialog)


def test_what_did_not_work_is_said_and_can_be_tried_again(qtbot):
    dialog, heard = proposed(qtbot)
    press(ready(qtbot, dialog))

    dialog.fail(ServerRefused("not-allowed"))

    assert "montague.lit said no: not-allowed" in words(dialog)
    press(ready(qtbot, dialog))
    assert len(heard.confirmed) == 2


# --- what becomes of it ------------------------------------------------------------------------


def test_until_they_answer_it_says_whom_it_waits_for(qtbot):
    dialog, _ = proposed(qtbot)
    press(ready(qtbot, dialog))

    dialog.wait()

    assert "Waiting for juliet@capulet.lit, who may be offline." in words(dialog)
    assert dialog.focusWidget() is named(dialog, QPushButton, "Close")
    assert dialog.findChild(NotePage).findChild(Avatar)._name == "Juliet"
    press(named(dialog, QPushButton, "Close"))
    assert not dialog.isVisible()


def test_while_we_are_offline_it_says_that_nothing_was_sent_yet(qtbot):
    accounts = CastAccounts(ROMEO)
    mine = accounts.get(ROMEO)
    mine.become(State.WAITING)
    dialog, _ = proposed(qtbot, accounts=accounts)
    press(ready(qtbot, dialog))
    dialog.wait()

    said = "You are offline. The request goes out when the connection is back."
    assert said in words(dialog)
    assert "Waiting for" not in words(dialog)
    mine.become(State.ONLINE)
    assert said not in words(dialog)
    assert "Waiting for juliet@capulet.lit, who may be offline." in words(dialog)


def waits(qtbot, link=BARE):
    """Juliet was asked, and the dialog waits for her."""
    accounts = CastAccounts(ROMEO)
    dialog, _ = proposed(qtbot, link, accounts=accounts)
    press(ready(qtbot, dialog))
    dialog.wait()
    return dialog, accounts.get(ROMEO).friends


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (
            Progress.UNREACHABLE,
            "capulet.lit cannot be reached. Perhaps there is no such server.",
        ),
        (
            Progress.TURNED_AWAY,
            "The request to juliet@capulet.lit came back. Perhaps nobody has this address.",
        ),
    ],
)
def test_a_request_that_came_back_is_said_and_waited_for_no_longer(qtbot, progress, said):
    dialog, friends = waits(qtbot)
    friends.come_to(TYBALT, progress)
    assert "Waiting for" in words(dialog)
    assert named(dialog, QPushButton, "Cancel request") is None

    friends.come_to(JULIET, progress)

    assert said in words(dialog)
    assert "Waiting for" not in words(dialog)
    assert named(dialog, QPushButton, "Correct the address") is not None
    assert named(dialog, QPushButton, "Cancel request") is not None
    assert dialog.focusWidget() is named(dialog, QPushButton, "Close")


def test_it_waits_again_once_their_server_is_heard_of(qtbot):
    dialog, friends = waits(qtbot)
    friends.come_to(JULIET, Progress.UNREACHABLE)
    friends.come_to(JULIET, Progress.WAITING)

    assert "Waiting for juliet@capulet.lit, who may be offline." in words(dialog)
    assert "cannot be reached" not in words(dialog)
    assert named(dialog, QPushButton, "Cancel request") is None


def test_the_address_in_an_invitation_was_not_mistyped(qtbot):
    dialog, friends = waits(qtbot, LINK)
    friends.come_to(JULIET, Progress.UNREACHABLE)

    assert named(dialog, QPushButton, "Correct the address") is None
    assert named(dialog, QPushButton, "Cancel request") is not None


def test_success_is_said_and_opens_the_chat_by_itself(qtbot):
    accounts = CastAccounts(ROMEO)
    dialog, heard = proposed(qtbot, accounts=accounts, success_shown=SOON)
    press(ready(qtbot, dialog))
    dialog.wait()

    accounts.get(ROMEO).friends.befriended.emit(Contact(JULIET, "Juliet", Subscription.BOTH))

    assert "You and Juliet are now friends" in words(dialog)
    qtbot.waitUntil(lambda: heard.chats == [ChatKey(ROMEO, JULIET)])
    assert not dialog.isVisible()


def test_a_friendship_that_stands_before_the_request_was_answered_is_a_success_too(qtbot):
    accounts = CastAccounts(ROMEO)
    dialog, heard = proposed(qtbot, accounts=accounts, success_shown=NEVER)
    press(ready(qtbot, dialog))

    accounts.get(ROMEO).friends.befriended.emit(Contact(JULIET, "Juliet", Subscription.BOTH))
    dialog.wait()
    press(named(dialog, QPushButton, "Open chat"))

    assert heard.chats == [ChatKey(ROMEO, JULIET)]


def test_another_friendship_meanwhile_changes_nothing(qtbot):
    accounts = CastAccounts(ROMEO)
    dialog, _ = proposed(qtbot, accounts=accounts)
    press(ready(qtbot, dialog))
    dialog.wait()

    accounts.get(ROMEO).friends.befriended.emit(Contact(TYBALT, "", Subscription.BOTH))

    assert "Waiting for" in words(dialog)


def test_a_friendship_in_another_account_of_ours_is_not_the_one_it_waits_for(qtbot):
    accounts = CastAccounts(ROMEO, TYBALT)
    dialog, _ = proposed(qtbot, accounts=accounts)
    named(dialog, QComboBox, "Your account").setCurrentIndex(0)
    press(ready(qtbot, dialog))
    dialog.wait()

    accounts.get(TYBALT).friends.befriended.emit(Contact(JULIET, "", Subscription.BOTH))

    assert "Waiting for" in words(dialog)


# --- links about something else ----------------------------------------------------------------


def test_p10_a_friend_already_opens_the_chat(qtbot):
    dialog, heard = proposed(qtbot, kind=ProposalKind.OPEN_CHAT)

    assert heard.chats == [ChatKey(ROMEO, JULIET)]
    assert not dialog.isVisible()


def test_p10_our_own_address_is_named_as_such(qtbot):
    link = Link(action=Action.ROSTER, jid=ROMEO)
    dialog, _ = proposed(qtbot, link, ProposalKind.OWN_ADDRESS)

    assert "This is your own address." in words(dialog)
    assert add_button(dialog) is None


def test_u9_a_message_goes_into_the_composer_and_no_further(qtbot):
    link = Link(action=Action.MESSAGE, jid=JULIET, body="But soft")
    dialog, heard = proposed(qtbot, link, ProposalKind.COMPOSE)
    assert "But soft" in words(dialog)

    press(named(dialog, QPushButton, "Open chat"))

    assert heard.composed == [(ChatKey(ROMEO, JULIET), "But soft")]


def test_u11_with_several_accounts_the_person_chooses_who_writes_the_message(qtbot):
    link = Link(action=Action.MESSAGE, jid=JULIET, body="But soft")
    accounts = CastAccounts(ROMEO, TYBALT)
    dialog, heard = proposed(qtbot, link, ProposalKind.COMPOSE, accounts, hold=SOON)
    account = named(dialog, QComboBox, "Your account")
    open_chat = named(dialog, QPushButton, "Open chat")
    assert account.currentIndex() == -1
    assert dialog.focusWidget() is named(dialog, QPushButton, "Cancel")
    assert dialog.focusWidget().isEnabled()
    qtbot.wait(120)
    assert not open_chat.isEnabled()

    account.setCurrentIndex(1)
    qtbot.waitUntil(open_chat.isEnabled)
    press(open_chat)

    assert heard.composed == [(ChatKey(TYBALT, JULIET), "But soft")]


def test_u11_choosing_an_account_does_not_shorten_the_moment_in_which_nothing_confirms(qtbot):
    link = Link(action=Action.MESSAGE, jid=JULIET, body="But soft")
    accounts = CastAccounts(ROMEO, TYBALT)
    dialog, _ = proposed(qtbot, link, ProposalKind.COMPOSE, accounts, hold=NEVER)

    named(dialog, QComboBox, "Your account").setCurrentIndex(1)

    assert not named(dialog, QPushButton, "Open chat").isEnabled()


def test_u11_the_account_that_a_link_names_is_chosen_already(qtbot):
    link = Link(action=Action.MESSAGE, jid=JULIET, body="But soft", account=TYBALT)
    dialog, heard = opened(qtbot, CastAccounts(ROMEO, TYBALT))
    dialog.propose(Proposal(ProposalKind.COMPOSE, link, (ROMEO, TYBALT), TYBALT))
    open_chat = named(dialog, QPushButton, "Open chat")

    qtbot.waitUntil(open_chat.isEnabled)
    press(open_chat)

    assert heard.composed == [(ChatKey(TYBALT, JULIET), "But soft")]


@pytest.mark.parametrize("kind", [ProposalKind.COMPOSE, ProposalKind.ADD_FRIEND])
def test_u11_a_link_for_an_account_we_do_not_have_can_be_used_with_the_only_one(qtbot, kind):
    link = Link(action=Action.MESSAGE, jid=JULIET, body="But soft", account=TYBALT)
    dialog, heard = opened(qtbot)
    dialog.propose(Proposal(kind, link, (ROMEO,), None))
    button = named(dialog, QPushButton, "Open chat") or add_button(dialog)

    qtbot.waitUntil(button.isEnabled)
    press(button)

    if kind is ProposalKind.COMPOSE:
        assert heard.composed == [(ChatKey(ROMEO, JULIET), "But soft")]
    else:
        assert heard.confirmed == [(ROMEO, JULIET, "")]


def test_u9_a_message_for_nobody_can_be_copied(qtbot):
    link = Link(action=Action.MESSAGE, body="But soft")
    dialog, heard = proposed(qtbot, link, ProposalKind.COMPOSE)

    press(named(dialog, QPushButton, "Copy message"))

    assert QGuiApplication.clipboard().text() == "But soft"
    assert heard.composed == []


@pytest.mark.parametrize("action", [Action.JOIN, Action.INVITE])
def test_r45_of_a_room_the_chat_is_not_what_is_offered_first(qtbot, action):
    dialog, _ = proposed(qtbot, Link(action=action, jid=JULIET), ProposalKind.OTHER)

    assert named(dialog, QPushButton, "Copy address").property("kind") == "primary"
    assert named(dialog, QPushButton, "Open chat").property("kind") != "primary"
    assert named(dialog, QLineEdit, "Friend's address") is None
    assert named(dialog, QLineEdit, "Address in the link") is not None


def test_r33_a_link_to_an_account_says_so_in_one_friendly_sentence(qtbot):
    link = Link(action=Action.REGISTER, jid=JID("", "verona.lit"), token="T")
    dialog, _ = proposed(qtbot, link, ProposalKind.OTHER)

    said = words(dialog).translate({0x2068: "", 0x2069: ""})
    assert "With this link you can create an account at verona.lit." in said
    assert "address of a server" not in said
    assert "never" not in said


@pytest.mark.parametrize("action", sorted(set(Action) - DONE - {Action.REGISTER}))
def test_r45_whatever_else_a_link_asks_for_is_said_and_the_address_can_be_used(qtbot, action):
    dialog, heard = proposed(qtbot, Link(action=action, jid=JULIET), ProposalKind.OTHER)
    assert re.search(r"Pars (never does|cannot|does not do) ", words(dialog))

    press(named(dialog, QPushButton, "Copy address"))
    press(named(dialog, QPushButton, "Open chat"))

    assert QGuiApplication.clipboard().text() == "juliet@capulet.lit"
    assert heard.chats == [ChatKey(ROMEO, JULIET)]


def test_a_refused_link_from_outside_is_explained_when_another_was_shown(qtbot):
    dialog, _ = proposed(qtbot)

    kept = dialog.propose(Proposal(ProposalKind.REFUSED, Link(refused="secret-in-link")))

    assert kept is True
    assert "This link holds a password" in words(dialog)
    assert add_button(dialog) is None
