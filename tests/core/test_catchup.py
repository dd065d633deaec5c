"""After a gap the archive tells what we missed (journey (e); battery C-16)."""

import asyncio
from datetime import timedelta

import pytest

from pars_desktop.core.catchup import FIRST_HISTORY, Catchup
from pars_desktop.core.ports import ArchiveGone, ArchivePage
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import Offline, ServerRefused, ServerSilent
from pars_desktop.domain.message import Direction, Message
from pars_desktop.store.archive import ArchiveStore
from tests.fakes import JULIET, ROMEO, settle

CHAT = ChatKey(ROMEO, JULIET)


def write(copy, count: int, begin: int = 0) -> None:
    """Juliet writes, and the archive keeps it."""
    for number in range(begin, begin + count):
        copy.clock.advance(timedelta(seconds=1))
        message = Message(
            JULIET, Direction.IN, str(number), copy.clock.now(), origin_id=f"juliet-{number}"
        )
        copy.archive.keep(message)


def texts(copy) -> list[str]:
    return [message.body for message in copy.conversations.page(CHAT, limit=10_000)]


def numbers(begin: int, end: int) -> list[str]:
    return [str(number) for number in range(begin, end)]


def position(copy):
    return ArchiveStore(copy.db).position(ROMEO)[0]


async def test_a_first_login_takes_the_newest_history_over_as_read(offline, heard):
    history = heard(offline.conversations.history_added)
    write(offline, 120)
    await offline.log_in()

    assert texts(offline) == numbers(0, 120)
    assert offline.conversations.row(CHAT).unread == 0
    assert history == [CHAT]
    assert position(offline) == "archive-120"


async def test_a_first_login_does_not_read_an_archive_without_end(offline):
    write(offline, FIRST_HISTORY + 70)
    await offline.log_in()

    assert texts(offline) == numbers(70, FIRST_HISTORY + 70)


async def test_later_logins_read_on_from_the_position(copy, heard):
    history = heard(copy.conversations.history_added)
    await copy.lose_session()
    write(copy, 120)
    await copy.log_in()

    assert texts(copy) == numbers(0, 120)
    assert copy.conversations.row(CHAT).unread == 120
    assert history == [CHAT] * 3  # once a page

    await copy.lose_session()
    asked = copy.archive.asked
    write(copy, 3, begin=120)
    await copy.log_in()
    assert texts(copy) == numbers(0, 123)
    assert copy.archive.asked == asked + 1


async def test_what_comes_to_an_archive_that_was_empty_is_new(offline):
    await offline.log_in()
    await offline.lose_session()
    write(offline, 2)
    await offline.log_in()

    assert offline.conversations.row(CHAT).unread == 2


async def test_a_page_and_its_position_are_one_step(copy):
    await copy.lose_session()
    write(copy, 120)
    page = copy.archive.page

    async def break_after_one(**what):
        copy.archive.page = break_again
        return await page(**what)

    async def break_again(**what):
        raise Offline

    copy.archive.page = break_after_one
    await copy.log_in()
    assert (texts(copy), position(copy)) == (numbers(0, 50), "archive-50")

    await copy.restart()
    assert texts(copy) == numbers(0, 120)
    assert copy.conversations.row(CHAT).unread == 120


async def test_an_interrupted_first_login_begins_again(offline):
    write(offline, 120)
    latest = offline.archive.latest

    async def break_after_one(limit=50, before=None):
        if before is not None:
            raise Offline
        return await latest(limit, before)

    offline.archive.latest = break_after_one
    await offline.log_in()
    assert (texts(offline), position(offline)) == ([], None)

    await offline.restart()
    assert texts(offline) == numbers(0, 120)


async def test_a_stream_that_resumes_before_the_start_was_complete_completes_it(copy):
    await copy.lose_session()
    write(copy, 120)
    copy.connection.come_up()
    await settle(2)
    copy.connection.drop()
    copy.connection.come_up(resumed=True)
    await settle()

    assert texts(copy) == numbers(0, 120)


async def test_c16_an_archive_that_lost_our_position_is_read_by_time(copy):
    await copy.lose_session()
    write(copy, 10)
    await copy.log_in()
    await copy.lose_session()
    write(copy, 60, begin=10)
    del copy.archive.messages[:10]  # the server forgot the old ones
    await copy.log_in()

    assert texts(copy) == numbers(0, 70)


async def test_c16_an_archive_that_loses_every_position_is_left_alone(copy):
    async def gone(**what):
        copy.archive.asked += 1
        raise ArchiveGone

    await copy.lose_session()
    write(copy, 1)
    await copy.log_in()
    await copy.lose_session()
    copy.archive.page = gone
    asked = copy.archive.asked
    await copy.log_in()

    assert copy.archive.asked - asked == 2


async def test_c16_the_same_page_for_ever_ends(copy):
    await copy.lose_session()
    write(copy, 60)
    copy.archive.stuck = True
    asked = copy.archive.asked
    await copy.log_in()

    assert copy.archive.asked - asked == 2
    assert texts(copy) == numbers(0, 50)


async def test_c16_the_same_newest_page_for_ever_ends(offline):
    write(offline, 60)
    offline.archive.stuck = True
    await offline.log_in()

    assert offline.archive.asked == 2
    assert texts(offline) == numbers(10, 60)


@pytest.mark.parametrize("trouble", [ServerRefused("service-unavailable"), ServerSilent()])
async def test_a_server_without_an_archive_is_fine(offline, trouble):
    offline.archive.trouble = trouble
    offline.account.outbox.send(JULIET, "hello")
    await offline.log_in()

    assert [message.body for message in offline.messenger.arrived] == ["hello"]


async def test_c16_what_was_read_before_an_error_is_kept(copy):
    await copy.lose_session()
    write(copy, 120)
    page = copy.archive.page

    async def err_later(**what):
        if copy.archive.asked > 1:
            raise ServerRefused("internal-server-error")
        return await page(**what)

    copy.archive.page = err_later
    await copy.log_in()

    assert texts(copy) == numbers(0, 50)
    await copy.restart()
    assert texts(copy) == numbers(0, 120)


async def test_c16_an_endless_archive_without_messages_does_not_hold_the_outbox(offline):
    """Anybody may have things stored there that are no messages (XEP-0334 store)."""

    class Endless:
        asked = 0

        async def latest(self, limit=50, before=None):
            self.asked += 1
            await asyncio.sleep(0)
            return ArchivePage([], f"last-{self.asked}", False, f"first-{self.asked}")

    archive = Endless()
    catchup = Catchup(ROMEO, ArchiveStore(offline.db), offline.account.inbox)
    catchup.attach(archive)

    async with asyncio.timeout(5):
        await catchup.run()

    assert archive.asked == 80
