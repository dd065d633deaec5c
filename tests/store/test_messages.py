"""Each message is kept once, in order, and only ever comes further."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery, Direction, Message
from pars_desktop.store.conversations import ConversationStore
from pars_desktop.store.messages import MessageStore
from tests.fakes import JULIET, ROMEO, TYBALT

CHAT = ChatKey(JULIET, ROMEO)


@pytest.fixture
def messages(db):
    return MessageStore(db)


@pytest.fixture
def heard(now):
    return Message(
        ROMEO,
        Direction.IN,
        "my ears have not yet drunk",
        now,
        origin_id="o1",
        archive_id="a1",
        sender=JID.trusted("romeo@montague.lit/orchard"),
        wants_receipt=True,
    )


@pytest.fixture
def said(now):
    return Message(ROMEO, Direction.OUT, "wherefore", now, origin_id="s1", delivery=Delivery.QUEUED)


def bodies(messages, chat=CHAT):
    return [message.body for message in messages.page(chat)]


def unread(db):
    return ConversationStore(db).row(CHAT).unread


def test_a_message_comes_back_as_it_was_added(messages, heard):
    kept = messages.add(JULIET, heard)

    assert kept == replace(heard, id=kept.id)
    assert kept.id > 0
    assert messages.page(CHAT) == [kept]


@pytest.mark.parametrize(
    "copy",
    [
        {},
        {"origin_id": ""},  # the same archive id is enough
        {"archive_id": ""},  # a live copy without one
        {"archive_id": "a2"},  # sent again after a failed resumption, archived twice
        {"sender": None, "wants_receipt": False, "at": timedelta(hours=-1)},
    ],
    ids=str,
)
def test_a_copy_is_not_kept_again_and_counts_nothing(db, messages, heard, copy):
    messages.add(JULIET, heard)
    if "at" in copy:
        copy = copy | {"at": heard.at + copy["at"]}

    assert messages.add(JULIET, replace(heard, **copy)) is None

    assert bodies(messages) == [heard.body]
    assert unread(db) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"body": "something else"},  # C-11: an id used again
        {"peer": TYBALT},
        {"direction": Direction.OUT},
        {"at": timedelta(days=2)},  # a program that counts from 1 in every session
        {"origin_id": "o2"},
        {"origin_id": ""},
    ],
    ids=str,
)
def test_c11_a_new_message_is_kept_although_an_id_was_used_before(messages, heard, other):
    messages.add(JULIET, heard)
    if "at" in other:
        other = other | {"at": heard.at + other["at"]}

    assert messages.add(JULIET, replace(heard, **{"archive_id": "a2"} | other)) is not None


def test_a_copy_from_the_archive_teaches_the_archive_id(messages, heard):
    live = messages.add(JULIET, replace(heard, archive_id=""))

    assert messages.add(JULIET, heard) is None

    assert messages.page(CHAT) == [replace(live, archive_id="a1")]
    assert messages.add(JULIET, replace(heard, origin_id="", body="changed")) is None


def test_what_the_archive_has_is_no_longer_queued(messages, said):
    messages.add(JULIET, said)

    copy = replace(said, archive_id="a9", delivery=Delivery.SENT, at=said.at + timedelta(days=5))
    assert messages.add(JULIET, copy) is None

    assert messages.queued(JULIET) == []
    assert messages.page(CHAT)[0].delivery is Delivery.SENT


def test_what_the_friend_has_is_not_taken_back_to_sent_by_the_archive(messages, said):
    messages.add(JULIET, replace(said, delivery=Delivery.DELIVERED))

    messages.add(JULIET, replace(said, archive_id="a9", delivery=Delivery.SENT))

    assert messages.page(CHAT)[0].delivery is Delivery.DELIVERED


def test_messages_without_any_id_are_all_kept(messages, heard):
    bare = replace(heard, origin_id="", archive_id="")

    messages.add(JULIET, bare)
    messages.add(JULIET, bare)

    assert len(messages.page(CHAT)) == 2


def test_incoming_messages_are_counted_unless_they_are_history(db, messages, heard):
    messages.add(JULIET, heard)
    messages.add(JULIET, replace(heard, origin_id="o2", archive_id="a2"), unread=False)

    assert unread(db) == 1


def test_whoever_answers_has_read(db, messages, heard, said):
    messages.add(JULIET, heard)
    early = replace(said, at=heard.at - timedelta(hours=1), origin_id="s0")

    messages.add(JULIET, early)
    assert unread(db) == 1
    messages.add(JULIET, said)
    assert unread(db) == 0


def test_the_last_line_is_the_newest_message_not_the_latest_added(db, messages, heard, now):
    messages.add(JULIET, heard)
    old = replace(heard, body="long ago", at=now - timedelta(days=30), origin_id="o0")

    messages.add(JULIET, replace(old, archive_id="a0"))

    row = ConversationStore(db).row(CHAT)
    assert (row.last_text, row.last_at) == (heard.body, heard.at)
    assert bodies(messages) == ["long ago", heard.body]


def test_the_last_line_carries_the_state_of_that_message(db, messages, said, now):
    conversations = ConversationStore(db)
    messages.add(JULIET, replace(said, origin_id="s0"))
    messages.add(JULIET, replace(said, at=now + timedelta(seconds=1)))

    messages.advance(JULIET, ROMEO, "s0", Delivery.FAILED, "gone")
    assert conversations.row(CHAT).last_delivery is Delivery.QUEUED
    messages.advance(JULIET, ROMEO, "s1", Delivery.DELIVERED)
    assert conversations.row(CHAT).last_delivery is Delivery.DELIVERED


def test_the_last_line_of_a_very_long_message_is_short(db, messages, heard):
    messages.add(JULIET, replace(heard, body="o" * 1_000_000))

    assert len(ConversationStore(db).row(CHAT).last_text) == 200
    assert len(messages.page(CHAT)[0].body) == 1_000_000


MOVES = {
    (Delivery.QUEUED, Delivery.SENT),
    (Delivery.QUEUED, Delivery.DELIVERED),
    (Delivery.QUEUED, Delivery.FAILED),
    (Delivery.SENT, Delivery.DELIVERED),
    (Delivery.SENT, Delivery.FAILED),
    (Delivery.FAILED, Delivery.QUEUED),
    (Delivery.FAILED, Delivery.DELIVERED),
}


@pytest.mark.parametrize("before", Delivery)
@pytest.mark.parametrize("after", Delivery)
def test_a_message_of_ours_only_comes_further(messages, said, before, after):
    kept = messages.add(JULIET, replace(said, delivery=before))

    moved = messages.advance(JULIET, ROMEO, "s1", after, "gone" if after == "failed" else "")

    expected = replace(kept, delivery=after) if (before, after) in MOVES else None
    assert moved == expected
    assert messages.page(CHAT) == [expected or kept]


def test_an_error_is_kept_with_the_failure_and_forgotten_with_the_next_try(messages, said):
    messages.add(JULIET, said)

    assert messages.advance(JULIET, ROMEO, "s1", Delivery.FAILED, "gone").error == "gone"
    assert messages.page(CHAT)[0].error == "gone"
    assert messages.advance(JULIET, ROMEO, "s1", Delivery.QUEUED).error == ""
    assert messages.page(CHAT)[0].error == ""


def test_c17_only_the_recipient_can_say_that_a_message_arrived(messages, said):
    messages.add(JULIET, said)

    assert messages.advance(JULIET, TYBALT, "s1", Delivery.DELIVERED) is None
    assert messages.advance(TYBALT, ROMEO, "s1", Delivery.DELIVERED) is None
    assert messages.advance(JULIET, ROMEO, "", Delivery.DELIVERED) is None
    assert messages.page(CHAT)[0].delivery is Delivery.QUEUED


def test_nobody_can_move_what_they_sent_themselves(messages, heard):
    messages.add(JULIET, replace(heard, delivery=Delivery.QUEUED))

    assert messages.advance(JULIET, ROMEO, "o1", Delivery.SENT) is None


def test_an_acknowledgement_without_a_peer_finds_the_message_by_its_id(messages, said):
    messages.add(JULIET, said)

    assert messages.advance(JULIET, None, "s1", Delivery.SENT).delivery is Delivery.SENT


def test_the_outbox_keeps_the_order_of_writing_whatever_the_clock_does(messages, said, now):
    for number, (peer, at) in enumerate(
        [(ROMEO, now), (TYBALT, now - timedelta(days=365)), (ROMEO, now - timedelta(days=1))]
    ):
        messages.add(JULIET, replace(said, peer=peer, at=at, origin_id=f"s{number}"))

    assert [message.origin_id for message in messages.queued(JULIET)] == ["s0", "s1", "s2"]
    assert messages.queued(ROMEO) == []


def test_pages_cover_a_chat_without_gap_or_double_even_within_one_second(messages, heard):
    added = [
        messages.add(
            JULIET,
            replace(
                heard,
                body=f"{number}",
                at=heard.at + timedelta(seconds=number // 7),
                origin_id=f"o{number}",
                archive_id="",
            ),
        )
        for number in range(100)
    ]

    read, before = [], None
    while page := messages.page(CHAT, before, limit=9):
        read = page + read
        before = page[0]

    assert read == added


def test_times_at_the_ends_of_the_calendar_come_back(messages, heard):
    for number, year in enumerate((1, 1969, 9999)):
        at = heard.at.replace(year=year)
        messages.add(JULIET, replace(heard, at=at, origin_id=f"{number}", archive_id=""))

    assert [message.at.year for message in messages.page(CHAT)] == [1, 1969, 9999]
