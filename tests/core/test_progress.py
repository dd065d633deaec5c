"""How far a friendship has come, in one word, and asking again without the invitation (R18)."""

from datetime import timedelta

import pytest

from pars_desktop.domain.contact import Availability, Contact, Presence, Progress
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import IsRoom
from pars_desktop.store.approvals import ApprovalStore
from tests.fakes import JULIET, ROMEO, TYBALT, settle, wanted

TOKEN = "1tMFqYDdKhfe2pwp"
DAY = timedelta(days=1)


def intent(copy):
    return ApprovalStore(copy.db).get(ROMEO, JULIET)


async def test_we_wait_for_their_device(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)

    assert copy.friends.progress(JULIET) is Progress.WAITING
    assert copy.friends.progress(TYBALT) is None


async def test_another_device_of_ours_waits_too(copy):
    copy.roster.changed.emit(Contact(JULIET, "Juliet", ask=True))

    assert copy.friends.progress(JULIET) is Progress.WAITING


async def test_they_accepted_and_the_rest_is_under_way(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.roster.they_approve(JULIET)
    assert copy.friends.progress(JULIET) is Progress.ACCEPTED

    copy.roster.they_ask(JULIET)
    assert copy.friends.progress(JULIET) is None
    assert copy.friends.contact(JULIET).is_friend


@pytest.mark.parametrize(
    ("acknowledged", "after", "progress"),
    [
        (True, DAY - timedelta(seconds=1), Progress.WAITING),
        (True, DAY, Progress.EXPIRED),
        (False, DAY, Progress.WAITING),
        (False, timedelta(days=7) - timedelta(seconds=1), Progress.WAITING),
        (False, timedelta(days=7), Progress.EXPIRED),
        (True, timedelta(days=-365), Progress.WAITING),
    ],
)
async def test_r18_without_an_answer_the_invitation_has_probably_ended(
    copy, acknowledged, after, progress
):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    if acknowledged:
        copy.roster.acknowledged.emit(JULIET)
    copy.clock.advance(after)

    assert copy.friends.progress(JULIET) is progress


async def test_without_an_invitation_none_has_ended(copy):
    await copy.friends.add(JULIET, "Juliet")
    copy.roster.acknowledged.emit(JULIET)
    copy.clock.advance(20 * DAY)

    assert copy.friends.progress(JULIET) is Progress.WAITING


async def test_what_never_left_has_not_ended_either(offline):
    await offline.friends.add(JULIET, "Juliet", TOKEN)
    offline.clock.advance(20 * DAY)

    assert offline.friends.progress(JULIET) is Progress.WAITING


async def test_the_row_of_the_chat_says_so_as_soon_as_their_server_has_answered(copy, heard):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    key = ChatKey(ROMEO, JULIET)
    copy.clock.advance(DAY)
    assert copy.conversations.row(key).progress is Progress.WAITING
    changed = heard(copy.conversations.changed)

    copy.roster.acknowledged.emit(JULIET)

    assert changed == [key]
    assert copy.conversations.row(key).progress is Progress.EXPIRED
    assert [row.progress for row in copy.conversations.rows()] == [Progress.EXPIRED]


async def test_strangers_acknowledge_nothing(copy, heard):
    progressed = heard(copy.friends.progressed)
    copy.roster.acknowledged.emit(TYBALT)

    assert progressed == []


async def test_asking_again_withdraws_the_request_and_leaves_the_token_out(copy, heard):
    await copy.friends.add(JULIET, "Juliet", TOKEN, "Verona")
    copy.roster.acknowledged.emit(JULIET)
    copy.clock.advance(8 * DAY)
    copy.roster.sent.clear()
    progressed = heard(copy.friends.progressed)

    await copy.friends.ask_again(JULIET)

    assert copy.roster.sent == [("unsubscribe", JULIET), ("subscribe", JULIET, None, "")]
    assert copy.friends.progress(JULIET) is Progress.WAITING
    assert progressed == [JULIET]
    assert intent(copy).token is None
    assert intent(copy).until - copy.clock.now() == timedelta(weeks=4)


async def test_who_was_asked_again_is_let_in_once_like_anybody_we_asked(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.clock.advance(27 * DAY)
    await copy.friends.ask_again(JULIET)
    copy.clock.advance(2 * DAY)
    copy.roster.they_ask(JULIET)
    copy.roster.they_approve(JULIET)

    assert copy.friends.contact(JULIET).is_friend
    assert copy.friends.requests() == []


async def test_asking_again_needs_no_session(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    await copy.lose_session()
    copy.roster.sent.clear()
    await copy.friends.ask_again(JULIET)
    assert copy.roster.sent == []

    await copy.restart()

    assert copy.roster.of_kind("unsubscribe", "subscribe") == [
        ("unsubscribe", JULIET),
        ("subscribe", JULIET, None, ""),
    ]


async def test_asking_again_survives_a_crash_between_its_two_steps(copy):
    await copy.friends.add(JULIET, "Juliet", TOKEN)
    copy.roster.cut_at = "subscribe"
    await copy.friends.ask_again(JULIET)

    await copy.restart()
    await settle()

    assert copy.roster.of_kind("subscribe") == [("subscribe", JULIET, None, "")]
    assert copy.friends.progress(JULIET) is Progress.WAITING


async def test_who_is_not_waited_for_is_not_asked_again(copy):
    copy.roster.sent.clear()
    await copy.friends.ask_again(TYBALT)

    assert copy.roster.sent == []


async def test_p10_the_address_of_a_room_is_said_after_the_confirmation(copy, heard):
    begun = heard(copy.friends.begun)
    copy.roster.rooms.add(JULIET)
    sent = list(copy.roster.sent)

    with pytest.raises(IsRoom):
        await copy.friends.add(JULIET, "Juliet")

    assert copy.roster.sent == sent
    assert (wanted(copy.db, ROMEO), begun) == ({}, [])


async def test_an_invitation_is_nobodys_room_and_nobody_asks(copy):
    copy.roster.rooms.add(JULIET)
    await copy.friends.add(JULIET, "Juliet", TOKEN)

    assert copy.roster.of_kind("subscribe") == [("subscribe", JULIET, TOKEN, "")]


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize(
    ("condition", "progress"),
    [
        ("remote-server-not-found", Progress.UNREACHABLE),
        ("item-not-found", Progress.TURNED_AWAY),
        ("not-allowed", Progress.TURNED_AWAY),
    ],
)
async def test_a_request_that_came_back_is_not_waited_for(copy, heard, condition, progress, token):
    await copy.friends.add(JULIET, "Juliet", token)
    changed = heard(copy.conversations.changed)
    copy.roster.refused.emit(JULIET, condition)

    assert copy.friends.progress(JULIET) is progress
    assert copy.conversations.row(ChatKey(ROMEO, JULIET)).progress is progress
    assert changed == [ChatKey(ROMEO, JULIET)]
    assert progress.came_back
    assert not Progress.WAITING.came_back


@pytest.mark.parametrize(
    "sign",
    [
        lambda copy: copy.roster.acknowledged.emit(JULIET),
        lambda copy: copy.roster.presence.emit(Presence(JULIET, Availability.ONLINE)),
    ],
)
async def test_a_sign_of_life_after_it_came_back_means_waiting_again(copy, sign):
    await copy.friends.add(JULIET, "Juliet")
    copy.roster.refused.emit(JULIET, "remote-server-not-found")
    sign(copy)

    assert copy.friends.progress(JULIET) is Progress.WAITING


async def test_what_came_back_can_still_be_accepted(copy):
    await copy.friends.add(JULIET, "Juliet")
    copy.roster.refused.emit(JULIET, "remote-server-not-found")
    copy.roster.they_approve(JULIET)
    assert copy.friends.progress(JULIET) is Progress.ACCEPTED

    copy.roster.they_ask(JULIET)
    assert copy.friends.contact(JULIET).is_friend


async def test_what_came_back_and_was_taken_back_leaves_nothing(copy):
    await copy.friends.add(JULIET, "Juliet")
    copy.roster.refused.emit(JULIET, "remote-server-not-found")
    await copy.friends.remove(JULIET)
    assert copy.friends.progress(JULIET) is None

    await copy.friends.add(JULIET, "Juliet")
    assert copy.friends.progress(JULIET) is Progress.WAITING


async def test_an_error_from_somebody_whom_nobody_asked_means_nothing(copy, heard):
    copy.roster.changed.emit(Contact(JULIET, "Juliet", ask=True))  # another device asked
    progressed = heard(copy.friends.progressed)
    for jid in (TYBALT, JULIET):
        copy.roster.refused.emit(jid, "remote-server-not-found")

    assert progressed == []
    assert copy.friends.progress(TYBALT) is None
    assert copy.friends.progress(JULIET) is Progress.WAITING
