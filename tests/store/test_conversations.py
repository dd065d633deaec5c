"""The chat list: contacts and chats together, over all accounts."""

from datetime import timedelta

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery, Direction, Message
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.contacts import ContactStore
from pars_desktop.store.conversations import ConversationStore
from pars_desktop.store.messages import MessageStore
from tests.fakes import JULIET, ROMEO, TYBALT

CHAT = ChatKey(JULIET, ROMEO)


def test_a_contact_without_a_word_is_a_row(db):
    ContactStore(db).put(JULIET, Contact(ROMEO, "Romeo", Subscription.BOTH))

    assert ConversationStore(db).rows() == [
        Conversation(CHAT, name="Romeo", in_roster=True, subscription=Subscription.BOTH)
    ]


def test_a_stranger_who_wrote_is_a_row(db, now):
    MessageStore(db).add(JULIET, Message(ROMEO, Direction.IN, "hello", now))

    assert ConversationStore(db).rows() == [
        Conversation(
            CHAT,
            last_text="hello",
            last_at=now,
            last_direction=Direction.IN,
            last_delivery=Delivery.SENT,
            unread=1,
        )
    ]


def test_one_row_and_all_rows_say_the_same(db, now):
    contacts, conversations = ContactStore(db), ConversationStore(db)
    contacts.put(JULIET, Contact(ROMEO, "Romeo", ask=True))
    contacts.mark_newcomer(JULIET, ROMEO)
    MessageStore(db).add(JULIET, Message(ROMEO, Direction.IN, "hello", now))
    MessageStore(db).add(JULIET, Message(TYBALT, Direction.IN, "ho", now + timedelta(seconds=1)))

    rows = conversations.rows()

    assert [row.key.peer for row in rows] == [TYBALT, ROMEO]
    assert [conversations.row(row.key) for row in rows] == rows
    assert (rows[1].is_waiting, rows[1].is_newcomer, rows[1].is_friend) == (True, True, False)
    assert conversations.row(ChatKey(ROMEO, JULIET)) is None


def test_one_list_shows_the_chats_of_all_accounts_apart(db, now):
    AccountStore(db).put(AccountSettings(TYBALT))
    messages, conversations = MessageStore(db), ConversationStore(db)

    messages.add(JULIET, Message(ROMEO, Direction.IN, "my love", now))
    messages.add(TYBALT, Message(ROMEO, Direction.IN, "thou villain", now))

    assert {row.key: row.last_text for row in conversations.rows()} == {
        CHAT: "my love",
        ChatKey(TYBALT, ROMEO): "thou villain",
    }


def test_the_latest_message_comes_first_then_names(db, now):
    contacts = ContactStore(db)
    contacts.put(JULIET, Contact(JID.trusted("a@montague.lit"), "Benvolio"))
    contacts.put(JULIET, Contact(JID.trusted("b@montague.lit"), "Abram"))
    MessageStore(db).add(JULIET, Message(ROMEO, Direction.IN, "old", now - timedelta(days=9)))

    assert [row.title for row in ConversationStore(db).rows()] == [str(ROMEO), "Abram", "Benvolio"]


def test_reading_clears_the_count_of_that_chat_alone(db, now):
    messages, conversations = MessageStore(db), ConversationStore(db)
    for peer in (ROMEO, ROMEO, TYBALT):
        messages.add(JULIET, Message(peer, Direction.IN, "hello", now))

    conversations.mark_read(CHAT)

    assert {row.key.peer: row.unread for row in conversations.rows()} == {ROMEO: 0, TYBALT: 1}


def test_a_draft_stays_until_it_is_emptied(db):
    conversations = ConversationStore(db)

    conversations.set_draft(CHAT, "But soft")
    assert conversations.rows()[0].draft == "But soft"
    conversations.set_draft(CHAT, "")
    assert conversations.rows()[0].draft == ""


def test_an_opened_chat_is_in_the_list(db):
    conversations = ConversationStore(db)

    conversations.open(CHAT)
    conversations.open(CHAT)

    assert conversations.rows() == [Conversation(CHAT)]


def test_half_an_emoji_in_a_draft_does_no_harm(db):
    conversations = ConversationStore(db)

    conversations.set_draft(CHAT, "love \ud83d")

    assert conversations.rows()[0].draft == "love ?"
