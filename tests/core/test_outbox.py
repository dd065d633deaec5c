"""The one way out: in order, exactly once (journey (d); battery N-3, C-17)."""

import random

import pytest

from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.message import Delivery, Direction
from tests.fakes import JULIET, ROMEO, TYBALT, settle


def bodies(copy) -> list[str]:
    return [message.body for message in copy.messenger.arrived]


def states(copy, peer=JULIET) -> list[Delivery]:
    page = copy.conversations.page(ChatKey(ROMEO, peer), limit=1000)
    return [message.delivery for message in page if message.direction is Direction.OUT]


async def test_a_message_is_a_row_before_it_is_a_stanza(copy):
    rows = []
    copy.messenger.send = lambda message: rows.append(
        copy.conversations.page(ChatKey(ROMEO, JULIET))
    )

    message = copy.account.outbox.send(JULIET, "hello")

    assert rows == [[message]]
    assert (message.delivery, message.direction) == (Delivery.QUEUED, Direction.OUT)
    assert message.origin_id


async def test_our_servers_acknowledgement_makes_it_sent(copy, heard):
    changed = heard(copy.account.outbox.changed)
    copy.account.outbox.send(JULIET, "hello")
    await settle()

    assert [message.delivery for message in changed] == [Delivery.SENT]


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
async def test_nothing_is_sent_to_nobody_without_words(copy, text):
    with pytest.raises(ValueError, match="empty"):
        copy.account.outbox.send(JULIET, text)

    assert states(copy) == []


async def test_without_a_session_it_only_waits(offline):
    offline.account.outbox.send(JULIET, "hello")
    await settle()

    assert states(offline) == [Delivery.QUEUED]
    assert bodies(offline) == []


async def test_what_waited_leaves_in_order_when_a_session_begins(offline):
    for number in range(20):
        offline.account.outbox.send(JULIET if number % 2 else TYBALT, str(number))
    await offline.log_in()

    assert bodies(offline) == [str(number) for number in range(20)]
    assert set(states(offline)) == {Delivery.SENT}


async def test_what_is_written_while_a_session_begins_does_not_overtake(offline):
    offline.account.outbox.send(JULIET, "first")
    offline.account.sign_in("secret")
    offline.connection.come_up()
    offline.account.outbox.send(JULIET, "second")
    await settle()

    assert bodies(offline) == ["first", "second"]


async def test_n3_a_resumed_stream_is_not_given_the_same_again(copy):
    copy.messenger.deaf = True
    for number in range(20):
        copy.account.outbox.send(JULIET, str(number))
    copy.connection.drop()
    copy.account.outbox.send(JULIET, "written meanwhile")
    copy.messenger.deaf = False
    copy.connection.come_up(resumed=True)
    await settle()

    assert bodies(copy) == [*(str(number) for number in range(20)), "written meanwhile"]
    assert set(states(copy)) == {Delivery.SENT}


async def test_n3_what_was_lost_leaves_again_in_a_fresh_session(copy):
    copy.messenger.lossy = True
    sent = [copy.account.outbox.send(JULIET, str(number)) for number in range(20)]
    await copy.lose_session()
    copy.messenger.lossy = False
    await copy.log_in()

    assert bodies(copy) == [str(number) for number in range(20)]
    assert [each.origin_id for each in copy.messenger.arrived] == [each.origin_id for each in sent]


async def test_n3_what_had_arrived_is_not_sent_again_in_a_fresh_session(copy, heard):
    copy.messenger.deaf = True
    copy.account.outbox.send(JULIET, "arrived")
    copy.messenger.lossy = True
    copy.account.outbox.send(JULIET, "lost")
    await copy.lose_session()
    changed = heard(copy.conversations.message_changed)
    copy.messenger.lossy = copy.messenger.deaf = False
    await copy.log_in()

    assert bodies(copy) == ["arrived", "lost"]
    assert states(copy) == [Delivery.SENT, Delivery.SENT]
    assert [message.body for _, message in changed] == ["arrived", "lost"]


async def test_n3_a_killed_copy_sends_what_was_left_exactly_once(copy):
    copy.messenger.deaf = True
    copy.account.outbox.send(JULIET, "arrived")
    copy.messenger.lossy = True
    copy.account.outbox.send(JULIET, "lost")
    await copy.restart()
    await copy.restart()

    assert bodies(copy) == ["arrived", "lost"]


@pytest.mark.parametrize("seed", range(10))
async def test_n3_any_weather_once_and_in_order(copy, seed):
    """Acknowledgements and stanzas get lost, streams resume or not, processes are killed."""
    weather, written = random.Random(seed), []
    for number in range(100):
        copy.account.outbox.send(JULIET, str(number))
        written.append(str(number))
        await settle(weather.randrange(3))
        match weather.randrange(12):
            case 0:
                copy.messenger.deaf = True
            case 1:
                # A broken link loses everything from here on: later stanzas do not pass.
                copy.messenger.lossy = True
            case 2 if copy.connection.is_online:
                copy.connection.drop()
            case 3:
                copy.messenger.lossy = copy.messenger.deaf = False
                if copy.connection.is_online:
                    copy.connection.drop()
                copy.connection.come_up(resumed=weather.random() < 0.5)
            case 4:
                await copy.kill()
                copy.start()
                copy.account.sign_in("secret")
                copy.connection.come_up()
    await copy.lose_session()
    copy.messenger.lossy = copy.messenger.deaf = False
    await copy.log_in()

    assert bodies(copy) == written
    assert set(states(copy)) == {Delivery.SENT}


async def test_a_receipt_from_the_peer_makes_it_delivered(copy):
    message = copy.account.outbox.send(JULIET, "hello")
    await settle()
    copy.messenger.receipt.emit(JULIET, message.origin_id)

    assert states(copy) == [Delivery.DELIVERED]


async def test_c17_a_receipt_from_somebody_else_counts_for_nothing(copy, heard):
    message = copy.account.outbox.send(JULIET, "hello")
    await settle()
    changed = heard(copy.account.outbox.changed)
    copy.messenger.receipt.emit(TYBALT, message.origin_id)
    copy.messenger.receipt.emit(JULIET, "another-id")

    assert (changed, states(copy)) == ([], [Delivery.SENT])


async def test_an_error_makes_it_failed_and_the_person_may_try_again(copy):
    message = copy.account.outbox.send(JULIET, "hello")
    await settle()
    copy.messenger.refused.emit(TYBALT, message.origin_id, "forbidden")
    assert states(copy) == [Delivery.SENT]

    copy.messenger.refused.emit(JULIET, message.origin_id, "service-unavailable")
    (failed,) = copy.conversations.page(ChatKey(ROMEO, JULIET))
    assert (failed.delivery, failed.error) == (Delivery.FAILED, "service-unavailable")

    copy.conversations.retry(ChatKey(ROMEO, JULIET), failed)
    await settle()
    assert states(copy) == [Delivery.SENT]
    assert [each.origin_id for each in copy.messenger.arrived] == [message.origin_id] * 2


async def test_only_a_failed_message_is_sent_again(copy):
    message = copy.account.outbox.send(JULIET, "hello")
    await settle()
    copy.account.outbox.retry(message)
    await settle()

    assert bodies(copy) == ["hello"]
