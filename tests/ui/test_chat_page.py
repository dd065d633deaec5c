"""One chat: writing, drafts, what is read, the strip that says what is wrong, links."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from pars_desktop.core.account import State
from pars_desktop.domain.contact import Availability, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import NoNetwork, ServerSilent, StorageFailed
from pars_desktop.domain.message import Delivery
from pars_desktop.ui.chat.chat_page import ChatPage
from pars_desktop.ui.chat.link_dialog import LinkDialog
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.looking import interface, named, words

MINUTE = timedelta(minutes=1)


@pytest.fixture
def shown(qtbot, dressed):
    def build(stage):
        made = ChatPage(stage.accounts, stage.conversations)
        made.notice._patience.setInterval(1)
        qtbot.addWidget(made)
        made.resize(600, 500)
        made.show()
        made.activateWindow()
        qtbot.waitUntil(made.isActiveWindow)
        return made

    return build


@pytest.fixture
def page(stage, shown):
    return shown(stage)


def write(page, qtbot, text):
    page.composer.set_text(text)
    qtbot.keyClick(page.composer.field, Qt.Key.Key_Return)


def last_name(page):
    tree = interface(page.messages)
    return tree.child(tree.childCount() - 1).text(QAccessible.Text.Name)


def test_what_is_written_is_in_the_list_at_once_and_the_field_is_empty(stage, page, qtbot):
    key = stage.befriend(JULIET, "Juliet")
    page.show_chat(key)

    write(page, qtbot, "But soft!")

    assert last_name(page).endswith(": But soft! (waiting)")
    assert page.composer.text() == ""
    assert stage.last(JULIET).body == "But soft!"


def test_the_header_says_who_it_is_and_whether_they_are_around(stage, page):
    key = stage.befriend(JULIET, "Juliet")
    page.show_chat(key)
    assert "Juliet" in words(page)
    assert "Offline · \u2068juliet@capulet.lit\u2069" in words(page)

    stage.appear(JULIET, Availability.DND)

    assert "Do not disturb · " in words(page)


def test_the_header_says_that_somebody_has_not_answered_yet(stage, page):
    page.show_chat(stage.befriend(JULIET, "Juliet", waiting=True))

    assert "Waiting for \u2068juliet@capulet.lit\u2069, who may be offline" in words(page)


def test_the_header_says_that_somebody_is_no_contact(stage, page):
    stage.remember(TYBALT, "Boy!")
    page.show_chat(stage.conversations.rows()[0].key)

    assert "\u2068tybalt@capulet.lit\u2069, not in your list" in words(page)


def test_with_several_accounts_the_header_says_as_whom_one_speaks(two_accounts, shown):
    page = shown(two_accounts)
    page.show_chat(two_accounts.befriend(JULIET, "Juliet"))

    assert "\u2068juliet@capulet.lit\u2069 · as \u2068romeo@montague.lit\u2069" in words(page)


def test_with_one_account_the_header_says_nothing_of_it(stage, page):
    page.show_chat(stage.befriend(JULIET, "Juliet"))

    assert "romeo@montague.lit" not in words(page)


@pytest.mark.parametrize(
    ("subscription", "said", "can_ask"),
    [
        (Subscription.NONE, "neither of you sees when the other is online", True),
        (Subscription.FROM, "you do not see when they are", True),
        (Subscription.TO, "they do not see when you are online", False),
    ],
)
def test_the_chat_of_somebody_who_is_no_friend_any_more_says_so_plainly(
    stage, page, subscription, said, can_ask
):
    page.show_chat(stage.befriend(JULIET, "Juliet"))
    assert not page.friendship.isVisible()

    stage.estrange(JULIET, "Juliet", subscription)

    assert "\u2068juliet@capulet.lit\u2069, not friends now" in words(page)
    assert "You and Juliet are not friends now: " in words(page)
    assert said in words(page)
    assert (named(page, QAbstractButton, "Ask again") is not None) is can_ask
    assert page.composer.field.isEnabled()
    stage.befriend(JULIET, "Juliet")
    assert not page.friendship.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_asking_again_is_a_wish_for_others_to_carry_out(stage, page, qtbot, key):
    chat = stage.estrange()
    page.show_chat(chat)

    with qtbot.waitSignal(page.ask_again_requested) as asked:
        qtbot.keyClick(named(page, QAbstractButton, "Ask again"), key)

    assert asked.args == [chat]
    assert stage.network.roster.sent == []


def test_a_draft_is_kept_when_the_chat_is_left_and_there_when_it_is_opened_again(stage, page):
    juliet, tybalt = stage.befriend(JULIET), stage.befriend(TYBALT)
    page.show_chat(juliet)
    page.composer.set_text("Dear Juliet,\n")

    page.show_chat(tybalt)
    assert page.composer.text() == ""
    assert stage.conversations.row(juliet).draft == "Dear Juliet,\n"
    page.show_chat(juliet)

    assert page.composer.text() == "Dear Juliet,\n"


def test_a_draft_is_kept_by_itself_after_a_while(stage, page, qtbot):
    key = stage.befriend(JULIET)
    page.show_chat(key)
    page._save_soon.setInterval(1)

    qtbot.keyClicks(page.composer.field, "Dear")

    qtbot.waitUntil(lambda: stage.conversations.row(key).draft == "Dear")


def test_sending_takes_the_draft_away(stage, page, qtbot):
    key = stage.befriend(JULIET)
    page.show_chat(key)
    page.composer.set_text("Dear")
    page.keep_draft()

    write(page, qtbot, "Dear Juliet")

    assert stage.conversations.row(key).draft == ""


def test_a_full_disk_keeps_the_text_and_says_so(stage, page, qtbot, monkeypatch):
    def full(*_):
        raise StorageFailed

    page.show_chat(stage.befriend(JULIET))
    monkeypatch.setattr(stage.conversations, "send", full)

    write(page, qtbot, "kept")

    assert page.composer.text() == "kept"
    assert "Nothing can be written to disk" in words(page)


@pytest.mark.parametrize("what", ["open", "mark_read"])
def test_a_chat_opens_on_a_full_disk_and_says_so(stage, page, qtbot, monkeypatch, what):
    def full(*_):
        raise StorageFailed

    chat = ChatKey(ROMEO, JULIET)
    if what == "mark_read":
        stage.befriend(JULIET, "Juliet")
        stage.remember(JULIET, "Hist!", unread=True)
    monkeypatch.setattr(stage.conversations, what, full)

    page.show_chat(chat)

    assert "Nothing can be written to disk" in words(page)
    assert page.messages.messages.rowCount() == (what == "mark_read")
    page.start_writing("kept")
    assert page.composer.text() == "kept"


def test_a_failed_message_is_not_sent_again_on_a_full_disk_and_it_says_so(stage, page, monkeypatch):
    def full(*_):
        raise StorageFailed

    page.show_chat(stage.befriend(JULIET))
    stage.remember(JULIET, "again", ours=True, delivery=Delivery.FAILED)
    monkeypatch.setattr(stage.conversations, "retry", full)

    page.messages.send_again.emit(stage.last(JULIET))

    assert "Nothing can be written to disk" in words(page)


@pytest.fixture
def announced(monkeypatch):
    said = []

    def hear(event):
        if isinstance(event, QAccessibleAnnouncementEvent):
            assert event.politeness() is QAccessible.AnnouncementPoliteness.Polite
            said.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    return said


def test_a_message_that_comes_is_read_out_with_its_sender(stage, page, qtbot, announced):
    page.show_chat(stage.befriend(JULIET, "Juliet"))

    stage.receive(JULIET, "Good night,\ngood night!")
    qtbot.waitUntil(lambda: bool(announced))
    write(page, qtbot, "not mine")
    stage.receive(TYBALT, "nor of another chat")
    qtbot.wait(80)

    assert announced == ["Juliet: Good night, good night!"]


def test_a_flood_is_not_read_out_but_counted(stage, page, qtbot, announced):
    page.show_chat(stage.befriend(JULIET, "Juliet"))

    for number in range(9):
        stage.receive(JULIET, f"line {number}")

    qtbot.waitUntil(lambda: len(announced) == 2)
    assert announced == ["Juliet: line 0", "8 new messages"]


def test_nothing_is_read_out_while_the_person_is_elsewhere(stage, page, qtbot, announced):
    page.show_chat(stage.befriend(JULIET, "Juliet"))
    page.hide()

    stage.receive(JULIET, "unheard")
    qtbot.wait(80)

    assert announced == []


def test_what_could_be_seen_is_read_and_nothing_else(stage, page, qtbot):
    key = stage.befriend(JULIET)
    with stage.db.transaction():
        for number in range(80):
            stage.remember(JULIET, f"line {number}", ago=MINUTE * (90 - number), unread=True)
    page.show_chat(key)
    assert stage.conversations.row(key).unread == 80

    page.messages.jump_to_end()
    assert stage.conversations.row(key).unread == 0
    page.hide()
    stage.receive(JULIET, "not seen")
    qtbot.wait(50)

    assert stage.conversations.row(key).unread == 1


def test_a_message_that_comes_into_sight_is_read(stage, page, qtbot):
    key = stage.befriend(JULIET)
    page.show_chat(key)

    stage.receive(JULIET, "seen")

    qtbot.waitUntil(lambda: stage.conversations.row(key).unread == 0)


def test_a_failed_message_is_sent_again(stage, page, qtbot):
    key = stage.befriend(JULIET)
    stage.remember(JULIET, "again", ours=True, delivery=Delivery.FAILED)
    page.show_chat(key)

    page.messages.send_again.emit(stage.last(JULIET))

    assert stage.last(JULIET).delivery is Delivery.QUEUED
    assert last_name(page).endswith(": again (waiting)")


# --- the strip -----------------------------------------------------------------------------------


def test_offline_is_said_quietly_and_writing_works(stage, page, qtbot):
    page.show_chat(stage.befriend(JULIET))
    assert not page.notice.isVisible()

    stage.status(State.WAITING, NoNetwork(), 30)
    qtbot.waitUntil(page.notice.isVisible)
    assert "Offline. Messages will be sent when the connection is back." in words(page)
    write(page, qtbot, "anyway")
    stage.status(State.CONNECTING)
    stage.status(State.ONLINE)

    assert stage.last(JULIET).body == "anyway"
    assert not page.notice.isVisible()


def test_a_silent_server_is_counted_down_and_can_be_tried_at_once(stage, page, qtbot):
    page.show_chat(stage.befriend(JULIET))
    stage.status(State.WAITING, ServerSilent(), 12)
    qtbot.waitUntil(page.notice.isVisible)
    assert "The server does not answer. Trying again in 12 s." in words(page)
    assert page.notice._tick.isActive()

    named(page, QAbstractButton, "Try now").click()

    assert stage.network.connection.retries == 1


def test_a_short_break_is_not_mentioned(stage, page, qtbot):
    page.show_chat(stage.befriend(JULIET))
    page.notice._patience.setInterval(10_000)

    stage.status(State.WAITING, NoNetwork(), 1)
    stage.status(State.ONLINE)

    assert not page.notice.isVisible()
    assert not page.notice._patience.isActive()


def test_a_missing_password_can_be_given_from_the_strip(stage, page, qtbot):
    page.show_chat(stage.befriend(JULIET))
    stage.status(State.NEEDS_PASSWORD)

    with qtbot.waitSignal(page.sign_in_requested) as asked:
        named(page, QAbstractButton, "Sign in").click()

    assert asked.args == [ROMEO]


def test_why_a_message_waits_is_said_below_it(stage, page, qtbot):
    page.show_chat(stage.befriend(JULIET))
    assert page.messages.delegate.why_waiting == "Waiting for the server."

    stage.status(State.WAITING, NoNetwork(), 1)

    assert page.messages.delegate.why_waiting == "Waiting for the connection."


def test_a_paste_that_was_cut_is_said_to_be(stage, page):
    page.show_chat(stage.befriend(JULIET))

    page.composer.shortened.emit()

    assert "Its end was left out." in words(page)


def test_the_button_of_a_strip_that_goes_hands_the_focus_to_the_field(stage, page, qtbot):
    """Not to a button of another strip, where a second Return would do something else."""
    page.show_chat(stage.befriend(JULIET, "Juliet", waiting=True))
    stage.status(State.NEEDS_PASSWORD)
    named(page, QAbstractButton, "Cancel request").setFocus()

    stage.befriend(JULIET, "Juliet")

    assert page.composer.field.hasFocus()


# --- links ---------------------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch):
    urls = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: urls.append(bytes(url.toEncoded().data()).decode())
    )
    return urls


def test_m7_an_ordinary_link_opens_at_once(page, opened):
    page.messages.link_activated.emit("https://example.org/a?b=c")

    assert opened == ["https://example.org/a?b=c"]


@pytest.mark.parametrize(
    ("target", "host", "whole"),
    [
        ("https://good.example@evil.test/", "evil.test", "https://good.example@evil.test/"),
        ("https://аpple.com/", "xn--pple-43d.com", "https://xn--pple-43d.com/"),
    ],
)
def test_m7_a_suspicious_link_is_shown_with_its_real_host_first(
    page, opened, qtbot, target, host, whole
):
    page.messages.link_activated.emit(target)
    dialog = page.findChild(LinkDialog)
    assert opened == []
    assert host in words(dialog)
    assert named(dialog, QLineEdit, "Link").text() == whole

    named(dialog, QAbstractButton, "Open link").click()

    assert opened == [whole]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_button_with_the_focus_is_the_one_that_a_key_presses(page, opened, qtbot, key):
    page.messages.link_activated.emit("https://good.example@evil.test/")
    dialog = page.findChild(LinkDialog)

    qtbot.keyClick(named(dialog, QAbstractButton, "Copy link"), key)
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: not named(dialog, QAbstractButton, "Copy link").isDown())
    assert opened == []
    qtbot.keyClick(named(dialog, QAbstractButton, "Cancel"), key)

    assert not dialog.isVisible()
    assert opened == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_the_button_of_the_strip_is_pressed_by_keys_too(stage, page, qtbot, key):
    page.show_chat(stage.befriend(JULIET))
    stage.status(State.NEEDS_PASSWORD)

    with qtbot.waitSignal(page.sign_in_requested):
        qtbot.keyClick(named(page, QAbstractButton, "Sign in"), key)


def test_m7_cancelling_opens_nothing(page, opened):
    page.messages.link_activated.emit("https://good.example@evil.test/")
    dialog = page.findChild(LinkDialog)

    named(dialog, QAbstractButton, "Cancel").click()

    assert opened == []
    assert not dialog.isVisible()


def test_an_invitation_in_a_message_stays_inside_the_program(page, opened, qtbot):
    with qtbot.waitSignal(page.invitation_clicked) as clicked:
        page.messages.link_activated.emit("xmpp:romeo@montague.lit?roster;preauth=x")

    assert clicked.args == ["xmpp:romeo@montague.lit?roster;preauth=x"]
    assert opened == []


@pytest.mark.parametrize(
    "target",
    [
        "https://xmpp.link/#romeo%40montague.lit%3Froster%3Bpreauth%3DT",
        "https://xmpp.link/#romeo@montague.lit?roster;preauth=T",
        "HTTPS://XMPP.LINK/#romeo@montague.lit",
        "https://yax.im/i/#romeo@montague.lit?preauth=T",
        "https://verona.example/friends/#romeo@montague.lit?roster;preauth=T",
        "https://verona.example/i#montague.lit?register;preauth=T",
    ],
)
def test_the_page_of_an_invitation_is_never_left_to_the_browser(page, opened, qtbot, target):
    with qtbot.waitSignal(page.invitation_clicked) as clicked:
        page.messages.link_activated.emit(target)

    assert clicked.args == [target]
    assert opened == []


@pytest.mark.parametrize(
    "target",
    [
        "https://verona.example/orchard#over-the-wall",
        "https://verona.example/people#romeo@montague.lit",  # a place in a page, as it seems
        "https://verona.example/?12345678",  # perhaps an invitation: only the page knows
        "https://verona.example/invite/65HVSJQKz",
        "https://xmpp.link/",
        "https://xmpp.link/#coven@chat.shakespeare.lit?join",
        "mailto:romeo@montague.lit",
    ],
)
def test_every_other_page_is_opened_by_the_browser(page, opened, qtbot, target):
    with qtbot.assertNotEmitted(page.invitation_clicked):
        page.messages.link_activated.emit(target)

    assert opened == [target]


# --- keys ----------------------------------------------------------------------------------------


def test_escape_leads_to_the_end_and_then_out(stage, page, qtbot):
    stage.remember_many(JULIET, 100)
    page.show_chat(stage.befriend(JULIET))
    page.messages.verticalScrollBar().setValue(0)

    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.messages.at_end
    with qtbot.waitSignal(page.back_requested):
        qtbot.keyClick(page, Qt.Key.Key_Escape)


def test_letters_typed_among_the_messages_arrive_in_the_field(stage, page, qtbot):
    stage.remember(JULIET, "hello")
    page.show_chat(stage.befriend(JULIET))
    page.messages.setFocus()

    qtbot.keyClick(page.messages, Qt.Key.Key_H)
    qtbot.keyClick(page.composer.field, Qt.Key.Key_I)

    assert page.composer.text() == "hi"
    assert page.composer.field.hasFocus()


def test_a_text_that_is_offered_is_not_sent(stage, page):
    page.show_chat(stage.befriend(JULIET))

    page.start_writing("offered")

    assert page.composer.text() == "offered"
    assert page.messages.messages.rowCount() == 0


def test_u9_a_text_that_is_offered_destroys_nothing_that_was_written(stage, page):
    page.show_chat(stage.befriend(JULIET))
    page.composer.set_text("Dear Juliet,")

    page.start_writing("offered")

    assert page.composer.text() == "Dear Juliet,\noffered"


def test_u10_in_the_middle_of_a_message_is_in_the_field_with_a_text(stage, page, qtbot):
    page.show_chat(stage.befriend(JULIET))
    page.start_writing()
    assert not page.is_writing

    qtbot.keyClicks(page.composer.field, "My password is")
    assert page.is_writing

    page.messages.setFocus()
    assert not page.is_writing
