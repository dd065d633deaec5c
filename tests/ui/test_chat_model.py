"""The chats in their order, searched, and as a screen reader hears them."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from pars_desktop.domain.contact import Availability, Contact, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery
from pars_desktop.ui import when
from pars_desktop.ui.contacts.chat_model import ACCOUNT, SECOND_LINE, ChatListModel, last_line
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.stage import MERCUTIO, NOW, Stage, person

MINUTE = timedelta(minutes=1)


def names(model):
    return [model.index(row).data() for row in range(model.rowCount())]


def spoken(model, row=0):
    return model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)


@pytest.fixture
def model(stage, qtmodeltester):
    def build(on=stage):
        built = ChatListModel(on.conversations, now=lambda: NOW)
        qtmodeltester.check(built)
        build.models.append(built)
        return built

    build.models = []
    return build


def test_the_latest_message_is_first_and_names_decide_between_the_silent(stage, model):
    stage.befriend(person(1), "Zoe")
    stage.befriend(person(2), "adam")
    stage.befriend(person(3), "Mercutio")
    stage.befriend(person(4), "Nurse")
    stage.remember(person(3), "old", ago=MINUTE * 9)
    stage.remember(person(4), "new", ago=MINUTE)

    assert names(model()) == ["Nurse", "Mercutio", "adam", "Zoe"]


def test_a_message_brings_its_chat_to_the_top(stage, model, qtbot):
    for number in range(5):
        stage.befriend(person(number), f"Person {number}")
    chats = model()
    moved = []
    chats.rowsMoved.connect(lambda *_: moved.append(1))

    stage.receive(person(3), "hello")
    stage.receive(person(1), "hello")

    qtbot.waitUntil(lambda: names(chats)[:2] == ["Person 1", "Person 3"])
    assert len(moved) == 2


def test_a_new_friend_appears_and_one_who_is_gone_disappears(stage, model, qtbot):
    chats = model()
    assert not chats.has_chats

    key = stage.befriend(JULIET, "Juliet")
    qtbot.waitUntil(lambda: names(chats) == ["Juliet"])
    stage.contacts.remove(stage.account.jid, JULIET)
    stage.conversations.removed.emit(key)

    assert names(chats) == []
    assert not chats.has_chats


def test_a_flood_of_changes_is_one_change(stage, model, qtbot):
    for number in range(300):
        stage.befriend(person(number), f"Person {number}")
    chats = model()
    changes = []
    chats.modelReset.connect(lambda: changes.append("reset"))
    chats.dataChanged.connect(lambda *_: changes.append("row"))

    for number in range(300):
        stage.appear(person(number))

    qtbot.waitUntil(lambda: "reset" in changes)
    assert len(changes) < 5
    assert all("online" in spoken(chats, row) for row in range(300))


def test_search_looks_at_names_and_addresses_and_every_word_counts(stage, model):
    stage.befriend(JULIET, "Juliet Capulet")
    stage.befriend(TYBALT, "Prince of Cats")
    chats = model()

    chats.search("CAPULET")
    assert set(names(chats)) == {"Juliet Capulet", "Prince of Cats"}
    chats.search("cats tyb")
    assert names(chats) == ["Prince of Cats"]
    chats.search("nobody")
    assert names(chats) == []
    assert chats.has_chats
    chats.search("  ")
    assert len(names(chats)) == 2


def test_a_change_obeys_the_search(stage, model, qtbot):
    stage.befriend(JULIET, "Juliet")
    chats = model()
    chats.search("tybalt")

    stage.befriend(TYBALT, "")
    qtbot.waitUntil(lambda: names(chats) == ["tybalt@capulet.lit"])
    stage.befriend(TYBALT, "Prince of Cats")
    qtbot.wait(50)
    assert names(chats) == ["Prince of Cats"]
    chats.search("juliet")
    stage.befriend(TYBALT, "Prince")
    qtbot.wait(50)
    assert names(chats) == ["Juliet"]


def test_a_screen_reader_hears_the_name_first_and_then_everything_a_row_shows(stage, model):
    stage.befriend(JULIET, "Juliet")
    stage.remember(JULIET, "Good night,\ngood night!", ago=MINUTE, unread=True)
    stage.remember(JULIET, "Parting is such sweet sorrow", ago=MINUTE / 2, unread=True)
    stage.appear(JULIET, Availability.AWAY)

    time = when.moment(NOW - MINUTE / 2, NOW)
    assert spoken(model()) == (f"Juliet, away, 2 unread, {time}: Parting is such sweet sorrow")


def test_waiting_is_said_in_words(stage, model):
    stage.befriend(JULIET, "Juliet", waiting=True)

    chats = model()

    assert spoken(chats) == "Juliet: Waiting for their answer"


def test_a_newcomer_is_named_by_address_and_how_they_came(stage, model):
    stage.befriend(JULIET, "", newcomer=True)

    assert spoken(model()) == "juliet@capulet.lit: Came by invitation"


def test_the_last_line_says_who_wrote_it_and_whether_it_failed(stage, model):
    stage.befriend(JULIET, "Juliet")
    stage.remember(JULIET, "Adieu", ours=True, delivery=Delivery.FAILED)

    chats = model()

    assert "not sent" in spoken(chats)
    assert spoken(chats).endswith(": You: Adieu")


def test_a_draft_is_what_the_row_shows(stage, model):
    key = stage.befriend(JULIET, "Juliet")
    stage.remember(JULIET, "hello")
    stage.conversations.set_draft(key, "Dear\nJuliet")

    assert last_line(stage.conversations.row(key)) == "Draft: Dear Juliet"


def test_m8_names_and_lines_are_one_line_however_they_were_written(stage, model):
    stage.befriend(JULIET, "Juliet\n\nCapulet" + "x" * 5000)
    stage.remember(JULIET, "a\n" * 100_000)

    chats = model()

    assert "\n" not in names(chats)[0] + spoken(chats)
    assert len(spoken(chats)) < 1000


def test_unread_messages_are_counted_over_all_chats(stage, model):
    for peer in (JULIET, TYBALT):
        stage.remember(peer, "one", unread=True)
        stage.remember(peer, "two", unread=True)

    assert model().unread == 4


def test_after_midnight_the_words_for_days_are_others(stage, qtbot):
    stage.befriend(JULIET, "Juliet")
    stage.remember(JULIET, "hello")
    now = [NOW]
    chats = ChatListModel(stage.conversations, now=lambda: now[0])
    now[0] = NOW + timedelta(days=1)

    with qtbot.waitSignal(chats.dataChanged):
        chats._midnight.timeout.emit()

    assert "Yesterday" in spoken(chats)


def test_it_stops_listening_when_it_is_gone(stage, qtbot):
    chats = ChatListModel(stage.conversations)
    heard = len(stage.conversations.changed._listeners)

    chats.deleteLater()

    qtbot.waitUntil(lambda: len(stage.conversations.changed._listeners) == heard - 1)


def test_with_several_accounts_each_chat_says_as_whom_one_speaks_there(two_accounts, model):
    two_accounts.befriend(JULIET, "Juliet")

    chats = model(two_accounts)

    assert spoken(chats) == "Juliet (as romeo@montague.lit)"
    tooltip = chats.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert tooltip == "juliet@capulet.lit\nas romeo@montague.lit"
    assert chats.index(0).data(SECOND_LINE) == "as romeo@montague.lit"


def test_with_several_accounts_the_message_comes_first_and_the_account_in_short(
    two_accounts, model
):
    two_accounts.befriend(JULIET, "Juliet")
    two_accounts.remember(JULIET, "Ay me")

    chats = model(two_accounts)

    assert chats.index(0).data(SECOND_LINE) == "Ay me"
    assert chats.index(0).data(ACCOUNT) == "romeo"
    assert spoken(chats).endswith(": Ay me (as romeo@montague.lit)")


def test_two_accounts_of_one_name_are_told_apart_by_the_whole_address(model):
    stage = Stage(ROMEO, JID("romeo", "verona.lit"))
    stage.remember(JULIET, "Ay me")

    assert model(stage).index(0).data(ACCOUNT) == "romeo@montague.lit"
    stage.close()


def test_the_same_person_in_two_accounts_is_told_apart(two_accounts, model, qtbot):
    two_accounts.befriend(JULIET, "Juliet")
    chats = model(two_accounts)

    two_accounts.contacts.put(MERCUTIO, Contact(JULIET, "Juliet", Subscription.BOTH))
    two_accounts.conversations.changed.emit(ChatKey(MERCUTIO, JULIET))
    qtbot.waitUntil(lambda: chats.rowCount() == 2)
    two_accounts.remember(JULIET, "Ay me")
    two_accounts.conversations.changed.emit(ChatKey(ROMEO, JULIET))

    def shown():
        rows = (chats.index(row) for row in range(2))
        return [(row.data(SECOND_LINE), row.data(ACCOUNT)) for row in rows]

    qtbot.waitUntil(lambda: shown() == [("Ay me", "romeo"), ("as mercutio@verona.lit", "")])


def test_with_one_account_nothing_is_said_of_it(stage, model):
    stage.befriend(JULIET, "Juliet")

    chats = model()

    assert spoken(chats) == "Juliet"
    assert chats.index(0).data(Qt.ItemDataRole.ToolTipRole) == "juliet@capulet.lit"
    assert chats.index(0).data(SECOND_LINE) == chats.index(0).data(ACCOUNT) == ""


def test_somebody_who_is_no_friend_any_more_is_named_so(stage, model):
    stage.estrange(JULIET, "Juliet")
    chats = model()
    assert spoken(chats) == "Juliet: Not friends now"

    stage.remember(JULIET, "Farewell", ago=MINUTE)
    chats.reload()

    assert chats.index(0).data(SECOND_LINE) == "Not friends now · Farewell"
