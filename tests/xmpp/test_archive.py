"""Reading our archive page by page, and what does not belong to it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from pars_desktop.core.ports import ArchiveGone
from pars_desktop.domain.errors import Offline, ServerRefused, ServerSilent
from pars_desktop.domain.message import Direction
from tests.xmpp.wire import HERE, JULIET, ROMEO, Wire, heard

MAM = "urn:xmpp:mam:2"
QUERY = f"{{{MAM}}}query"
RSM = "{http://jabber.org/protocol/rsm}"
BALCONY = f"{JULIET}/balcony"
STAMP = "2026-02-03T04:05:06Z"
TIME = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
async def wire():
    return await Wire().start().settled()


def result(query, name, body="", *, outer=f"from='{ROMEO}'", stamp=STAMP, queryid=None, **inner):
    sender, to = inner.get("sender", BALCONY), inner.get("to", str(ROMEO))
    children = inner.get("children", f"<body>{body or name}</body>")
    kind = inner.get("kind", "chat")
    return (
        f"<message {outer} to='{HERE}'><result xmlns='{MAM}' id='{name}'"
        f" queryid='{query.find(QUERY).get('queryid') if queryid is None else queryid}'>"
        f"<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='{stamp}'/>"
        f"<message xmlns='jabber:client' from='{sender}' to='{to}' type='{kind}' id='o-{name}'>"
        f"{children}</message></forwarded></result></message>"
    )


def fin(last="", *, complete=False):
    rsm = f"<set xmlns='http://jabber.org/protocol/rsm'><last>{last}</last></set>" if last else ""
    return f"<fin xmlns='{MAM}' complete='{str(complete).lower()}'>{rsm}</fin>"


async def asked(wire, **window):
    """A page that is being asked for, and the request that went out."""
    work = asyncio.ensure_future(wire.archive.page(**window))
    return work, await wire.request(QUERY)


def handlers(wire):
    return {handler.name for handler in wire.client._XMLStream__handlers}


def fields(request):
    data = "{jabber:x:data}"
    return {
        field.get("var"): field.findtext(f"{data}value") for field in request.iter(f"{data}field")
    }


async def test_a_page_is_what_came_between_question_and_answer(wire):
    work, request = await asked(wire, after="a0", limit=2)
    wire.receive(result(request, "a1", "Hello"))
    wire.receive(result(request, "a2", "Hi", sender=f"{ROMEO}/phone", to=BALCONY))
    wire.answer(request, fin("a2"))
    page = await work

    assert [(m.peer, m.direction, m.body, m.archive_id, m.origin_id) for m in page.messages] == [
        (JULIET, Direction.IN, "Hello", "a1", "o-a1"),
        (JULIET, Direction.OUT, "Hi", "a2", "o-a2"),
    ]
    assert {message.at for message in page.messages} == {TIME}
    assert (page.last, page.complete) == ("a2", False)


async def test_the_question_asks_for_one_page_after_an_id(wire):
    work, request = await asked(wire, after="a0", limit=7)
    wire.answer(request, fin(complete=True))
    await work

    assert request.get("to") is None
    assert fields(request) == {"FORM_TYPE": MAM}
    paging = request.find(f"{QUERY}/{RSM}set")
    assert [(child.tag, child.text) for child in paging] == [
        (f"{RSM}max", "7"),
        (f"{RSM}after", "a0"),
    ]


async def test_the_question_may_ask_from_a_time_on(wire):
    start = datetime(2026, 2, 3, 6, 5, 6, 789000, tzinfo=UTC).astimezone()
    work, request = await asked(wire, start=start)
    wire.answer(request, fin(complete=True))
    page = await work

    assert fields(request)["start"] == "2026-02-03T06:05:06.789000Z"
    assert (page.messages, page.last, page.complete) == ([], None, True)


async def test_the_newest_page_is_asked_for_from_the_end(wire):
    work = asyncio.ensure_future(wire.archive.latest(2))
    request = await wire.request(QUERY)
    before = request.find(f"{QUERY}/{RSM}set/{RSM}before")
    assert before is not None
    assert not before.text
    wire.receive(result(request, "a8"))
    wire.receive(result(request, "a9"))
    wire.answer(request, fin("a9"))
    page = await work

    assert [message.archive_id for message in page.messages] == ["a8", "a9"]
    assert (page.first, page.last, page.complete) == ("a8", "a9", False)


async def test_the_archive_is_read_backwards_until_nothing_is_before(wire):
    work = asyncio.ensure_future(wire.archive.latest(2, before="a8"))
    request = await wire.request(QUERY)
    assert request.findtext(f"{QUERY}/{RSM}set/{RSM}before") == "a8"
    wire.receive(result(request, "a7"))
    wire.answer(request, fin("a7", complete=True))
    page = await work
    assert (page.first, page.last, page.complete) == ("a7", "a7", True)

    work = asyncio.ensure_future(wire.archive.latest(2, before="a7"))
    request = await wire.request(QUERY)
    wire.receive(result(request, "a7"))  # the same again: no progress
    wire.answer(request, fin("a7"))
    assert (await work).complete


async def test_c16_of_more_than_was_asked_for_backwards_the_newest_are_kept(wire):
    work = asyncio.ensure_future(wire.archive.latest(2))
    request = await wire.request(QUERY)
    for n in range(100):
        wire.receive(result(request, f"a{n}"))
    wire.answer(request, fin("a99", complete=True))
    page = await work

    assert [message.archive_id for message in page.messages] == ["a98", "a99"]
    assert (page.first, page.complete) == ("a98", False)


@pytest.mark.parametrize(
    "outer",
    [
        "from='mallory@evil.test'",
        "from='montague.test'",
        f"from='{HERE}'",
        f"from='{ROMEO}/phone'",
        "from='romeo@evil.test'",
    ],
)
async def test_c6_a_result_from_anybody_but_our_archive_is_ignored(wire, outer):
    work, request = await asked(wire)
    wire.receive(result(request, "a1", outer=outer))
    wire.answer(request, fin(complete=True))

    assert (await work).messages == []


async def test_c6_a_result_without_sender_comes_from_our_own_server(wire):
    work, request = await asked(wire)
    wire.receive(result(request, "a1", outer=""))
    wire.answer(request, fin(complete=True))

    assert len((await work).messages) == 1


async def test_c6_results_of_another_question_or_of_none_are_ignored(wire):
    received = heard(wire.messenger.received)
    work, request = await asked(wire)
    wire.receive(result(request, "a1", queryid="other"))
    wire.receive(result(request, "a1", queryid=""))
    wire.answer(request, fin(complete=True))
    page = await work
    wire.receive(result(request, "a2"))  # after the end
    wire.receive(result(request, "a3", queryid="other"))  # nothing is asked

    assert (page.messages, received) == ([], [])


async def test_c6_an_archived_message_must_be_from_us_or_to_us(wire):
    work, request = await asked(wire)
    wire.receive(result(request, "a1", sender="bank@evil.test", to="tybalt@capulet.test"))
    wire.receive(result(request, "a2", sender="@@", to=str(ROMEO)))
    wire.receive(result(request, "a3", kind="groupchat"))
    wire.receive(result(request, "a4", kind="error"))
    wire.receive(result(request, "a5", children="<x xmlns='urn:example:x'/>"))
    wire.answer(request, fin("a5"))
    page = await work

    assert page.messages == []
    assert (page.last, page.complete) == ("a5", False)  # read on behind them


async def test_c3_what_an_archived_message_wraps_is_nobodys_message(wire):
    work, request = await asked(wire)
    wrapped = (
        "<body>outer</body><received xmlns='urn:xmpp:carbons:2'>"
        "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' "
        f"from='bank@evil.test' to='{ROMEO}'><body>inner</body></message></forwarded></received>"
    )
    wire.receive(result(request, "a1", children=wrapped))
    wire.answer(request, fin(complete=True))

    assert (await work).messages == []


@pytest.mark.parametrize("stamp", ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "yesterday", ""])
async def test_c6_an_impossible_time_is_ignored_and_order_stays_sane(wire, stamp):
    work, request = await asked(wire)
    wire.receive(result(request, "a1"))
    wire.receive(result(request, "a2", stamp=stamp))
    wire.answer(request, fin(complete=True))

    assert [message.at for message in (await work).messages] == [TIME, TIME]


async def test_c6_an_impossible_time_at_the_beginning_is_the_time_we_asked_from(wire):
    start = datetime.now(UTC) - timedelta(days=3)
    work, request = await asked(wire, start=start)
    wire.receive(result(request, "a1", stamp="1970-01-01T00:00:00Z"))
    wire.answer(request, fin(complete=True))

    assert [message.at for message in (await work).messages] == [start]


async def test_an_id_the_archive_does_not_know_is_said_so(wire):
    work, request = await asked(wire, after="gone")
    wire.refuse(request, "item-not-found")

    with pytest.raises(ArchiveGone):
        await work


async def test_a_server_without_archive_is_not_an_empty_archive(wire):
    work, request = await asked(wire)
    wire.refuse(request, "service-unavailable")
    with pytest.raises(ServerRefused, match="service-unavailable"):
        await work

    work, request = await asked(wire)
    wire.answer(request)
    with pytest.raises(ServerRefused):
        await work


async def test_silence_and_a_lost_session_are_not_the_end_of_the_archive(wire):
    with pytest.raises(ServerSilent):
        await wire.archive.page()
    wire.sent.clear()

    work, request = await asked(wire)
    wire.receive(result(request, "a1"))
    wire.lose()
    wire.start()
    with pytest.raises(Offline):
        await work


async def test_no_question_leaves_anything_behind(wire):
    before = handlers(wire)
    work, request = await asked(wire)
    wire.answer(request, fin(complete=True))
    await work
    work, request = await asked(wire)
    wire.refuse(request, "item-not-found")
    await asyncio.gather(work, return_exceptions=True)
    await asyncio.gather(wire.archive.page(), return_exceptions=True)
    wire.sent.clear()
    work, _ = await asked(wire)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)

    assert handlers(wire) <= before


async def test_c16_a_server_that_gives_the_same_page_again_has_nothing_new(wire):
    work, request = await asked(wire, after="a1")
    wire.receive(result(request, "a1"))
    wire.answer(request, fin("a1"))

    assert (await work).complete


async def test_c16_more_than_was_asked_for_comes_again_with_the_next_page(wire):
    work, request = await asked(wire, limit=10)
    for n in range(1000):
        wire.receive(result(request, f"a{n}"))
    wire.answer(request, fin("a999"))
    page = await work

    assert len(page.messages) == 10
    assert page.last == "a9"
    assert not page.complete
