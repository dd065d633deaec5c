"""A window over a chat of any length."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.message import Delivery, Direction, Message
from pars_desktop.ui import when
from pars_desktop.ui.chat.message_model import MOST, PAGE, MessageModel
from tests.fakes import JULIET, ROMEO
from tests.ui.stage import NOW

KEY = ChatKey(ROMEO, JULIET)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def model(stage, qtmodeltester):
    built = MessageModel(stage.conversations, now=lambda: NOW)
    qtmodeltester.check(built)
    return built


def bodies(model):
    return [model.message(row).body for row in range(model.rowCount())]


def spoken(model, row):
    return model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)


def test_it_opens_at_the_end_with_one_page(stage, model):
    stage.remember_many(JULIET, 120)

    model.open(KEY, "Juliet")

    assert model.rowCount() == PAGE
    assert bodies(model)[-1].startswith("line 119 ")
    assert model.has_older
    assert not model.has_newer


def test_older_pages_come_above_until_there_are_none(stage, model):
    stage.remember_many(JULIET, 120)
    model.open(KEY, "Juliet")

    came = [model.fetch_older(), model.fetch_older(), model.fetch_older()]

    assert came == [50, 20, 0]
    assert not model.has_older
    assert [body.split()[1] for body in bodies(model)] == [str(number) for number in range(120)]


def test_a_chat_of_exactly_one_page_has_nothing_above(stage, model):
    stage.remember_many(JULIET, PAGE)
    model.open(KEY, "Juliet")

    assert model.fetch_older() == 0
    assert not model.has_older


def test_there_are_never_many_rows_and_the_way_back_has_no_gap(stage, model):
    stage.remember_many(JULIET, 1000)
    model.open(KEY, "Juliet")

    while model.fetch_older():
        assert model.rowCount() <= MOST
    assert bodies(model)[0].startswith("line 0 ")
    assert model.has_newer
    seen = [bodies(model)]
    while model.fetch_newer():
        assert model.rowCount() <= MOST
        seen.append(bodies(model)[-PAGE:])

    assert not model.has_newer
    numbers = [int(body.split()[1]) for page in seen for body in page]
    assert numbers == list(range(1000))


def test_what_comes_while_the_end_is_not_loaded_is_found_on_the_way_back(stage, model):
    stage.remember_many(JULIET, 300)
    model.open(KEY, "Juliet")
    while model.fetch_older():
        pass

    for number in range(130):
        stage.receive(JULIET, f"line {300 + number}")
    model._arriving.flush()
    numbers = [int(body.split()[1]) for body in bodies(model)]
    while model.fetch_newer():
        numbers += [
            int(body.split()[1]) for body in bodies(model) if int(body.split()[1]) > numbers[-1]
        ]

    assert numbers == list(range(430))


def test_the_end_can_be_reached_at_once(stage, model):
    stage.remember_many(JULIET, 500)
    model.open(KEY, "Juliet")
    while model.fetch_older():
        pass

    model.show_end()

    assert bodies(model)[-1].startswith("line 499 ")
    assert not model.has_newer


def test_a_message_that_comes_is_the_last_row(stage, model):
    model.open(KEY, "Juliet")
    came = []
    model.came.connect(came.append)

    stage.receive(JULIET, "hello", at=NOW - MINUTE)
    stage.conversations.send(KEY, "hello yourself")

    assert bodies(model) == ["hello", "hello yourself"]
    assert [[each.body for each in batch] for batch in came] == [["hello"], []]


def test_a_message_of_another_chat_is_no_row_here(stage, model, qtbot):
    model.open(KEY, "Juliet")

    stage.receive(ROMEO, "from elsewhere")
    qtbot.wait(50)

    assert bodies(model) == []


def test_m9_a_burst_is_a_few_changes_and_memory_stays(stage, model, qtbot):
    model.open(KEY, "Juliet")
    changes = []
    model.rowsInserted.connect(lambda *_: changes.append(1))
    model.modelReset.connect(lambda: changes.append(1))

    with stage.db.transaction():
        for number in range(5000):
            stage.receive(JULIET, f"line {number}")
    qtbot.waitUntil(lambda: bodies(model)[-1] == "line 4999")

    assert len(changes) < 20
    assert model.rowCount() <= MOST


def test_while_somebody_reads_above_a_burst_takes_nothing_away_there(stage, model):
    stage.remember_many(JULIET, MOST)
    model.open(KEY, "Juliet", unread=MOST)
    first = bodies(model)[0]
    model.follows = False

    for number in range(120):
        stage.receive(JULIET, f"new {number}")
    model._arriving.flush()

    assert bodies(model)[0] == first
    assert model.rowCount() <= MOST
    assert model.has_newer
    while model.fetch_newer():
        pass
    assert bodies(model)[-120:] == [f"new {number}" for number in range(120)]


def test_one_that_comes_late_takes_its_place(stage, model, qtbot):
    stage.remember(JULIET, "first", ago=MINUTE * 5)
    stage.remember(JULIET, "third", ago=MINUTE)
    model.open(KEY, "Juliet")

    # Written on another device of ours: what a friend writes is never older than what they wrote.
    stage.account.inbox.accept(
        Message(JULIET, Direction.OUT, "second", NOW - MINUTE * 3, origin_id="phone")
    )

    qtbot.waitUntil(lambda: bodies(model) == ["first", "second", "third"])


def test_history_that_arrives_is_read(stage, model):
    stage.remember(JULIET, "last", ago=MINUTE)
    model.open(KEY, "Juliet")
    stage.remember(JULIET, "before", ago=MINUTE * 5)

    stage.conversations.history_added.emit(KEY)

    assert bodies(model) == ["before", "last"]


def test_history_does_not_move_what_somebody_reads_above(stage, model):
    stage.remember_many(JULIET, 400)
    model.open(KEY, "Juliet")
    while model.fetch_older():
        pass
    before = bodies(model)
    stage.remember(JULIET, "line 400")

    stage.conversations.history_added.emit(KEY)
    assert bodies(model) == before
    model.fetch_newer()

    assert bodies(model)[-1] == "line 400"


def test_ticks_change_in_place(stage, model):
    model.open(KEY, "Juliet")
    message = stage.conversations.send(KEY, "hello")
    assert spoken(model, 0).endswith(": hello (waiting)")

    stage.network.messenger.acked.emit(message.origin_id)
    assert spoken(model, 0).endswith(": hello (sent)")
    stage.network.messenger.receipt.emit(JULIET, message.origin_id)
    assert spoken(model, 0).endswith(": hello (delivered)")


def test_items_read_sender_time_and_text_and_our_own_their_state(stage, model):
    stage.remember(JULIET, "Hello <b>Romeo</b>", ago=MINUTE)
    stage.remember(JULIET, "Hello", ours=True)
    stage.remember(JULIET, "Alas", ours=True, delivery=Delivery.FAILED)
    model.open(KEY, "Juliet")
    time, now = when.clock(NOW - MINUTE), when.clock(NOW)

    assert spoken(model, 0) == f"Juliet, {time}: Hello <b>Romeo</b>"
    assert spoken(model, 1) == f"You, {now}: Hello (delivered)"
    assert spoken(model, 2) == f"You, {now}: Alas (not sent)"
    model.rename("My love")
    assert spoken(model, 0) == f"My love, {time}: Hello <b>Romeo</b>"


def test_messages_close_together_share_one_time(stage, model):
    for minutes in (20, 16, 12, 5):
        stage.remember(JULIET, f"{minutes} ago", ago=MINUTE * minutes)
    stage.remember(JULIET, "ours", ours=True, ago=MINUTE * 4)
    model.open(KEY, "Juliet")

    entries = [model.entry(row) for row in range(5)]

    assert [entry.joins_above for entry in entries] == [False, True, True, False, False]
    assert [entry.ends_group for entry in entries] == [False, False, True, True, True]


def test_a_message_in_another_state_shows_it_itself(stage, model):
    stage.remember(JULIET, "one", ours=True, ago=MINUTE)
    stage.remember(JULIET, "two", ours=True, delivery=Delivery.QUEUED)
    model.open(KEY, "Juliet")

    assert model.entry(0).ends_group


def test_a_line_stands_between_two_days(stage, model):
    stage.remember(JULIET, "one", ago=timedelta(days=1))
    stage.remember(JULIET, "two", ago=timedelta(days=1) - timedelta(seconds=1))
    stage.remember(JULIET, "three")
    model.open(KEY, "Juliet")

    assert [model.entry(row).day for row in range(3)] == ["Yesterday", "", "Today"]


def test_the_first_unread_message_is_known_even_far_above(stage, model):
    with stage.db.transaction():
        for number in range(90):
            stage.remember(JULIET, f"{number}", ago=MINUTE * (200 - number), unread=number >= 10)
    model.open(KEY, "Juliet", unread=80)

    row = model.first_new_row

    assert model.message(row).body == "10"
    assert model.entry(row).is_first_new
    assert not model.entry(row).joins_above
    assert model.entry(row - 1).ends_group


def test_what_was_new_is_not_new_once_the_person_has_answered(stage, model):
    stage.remember(JULIET, "one", unread=True)
    model.open(KEY, "Juliet", unread=1)
    assert model.entry(0).is_first_new

    model.seen_new()

    assert model.first_new_row is None
    assert not model.entry(0).is_first_new


def test_an_entry_stays_the_same_object_until_a_neighbour_changes(stage, model):
    stage.remember(JULIET, "one", ago=MINUTE)
    stage.remember(JULIET, "two")
    model.open(KEY, "Juliet")
    one, two = model.entry(0), model.entry(1)
    assert model.entry(0) is one

    stage.conversations.send(KEY, "three")

    assert model.entry(0) is one
    assert model.entry(1) is not two


def test_m10_words_cannot_pretend_to_be_a_line_of_ours(stage, model):
    """Lines of ours are no messages: nothing in a text makes one."""
    for text in ("Yesterday", "New messages", "/me has left the room", "✓ verified"):
        stage.remember(JULIET, text)
    model.open(KEY, "Juliet")

    assert model.rowCount() == 4
    assert [bool(model.entry(row).day) for row in range(4)] == [True, False, False, False]


def test_closing_the_chat_leaves_nothing(stage, model):
    stage.remember_many(JULIET, 10)
    model.open(KEY, "Juliet")

    model.open(None)

    assert model.rowCount() == 0
    assert not model.fetch_older()
