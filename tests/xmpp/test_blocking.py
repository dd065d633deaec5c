"""The block list of our server: read, changed, and pushed by nobody else (XEP-0191, XEP-0377)."""

import asyncio

import pytest

from pars_desktop.domain.errors import ServerRefused
from pars_desktop.domain.jid import JID
from tests.server.prosody import INVITES_HOST, PLAIN_HOST
from tests.xmpp.test_network import signed_in, until
from tests.xmpp.wire import JULIET, ROMEO, Wire, heard

NAMESPACE = "urn:xmpp:blocking"
BLOCKING = f"{{{NAMESPACE}}}"
REPORT = "{urn:xmpp:reporting:1}report"
TYBALT = JID("tybalt", "capulet.test")


@pytest.fixture
async def wire():
    return await Wire().start().settled()


def push(what, *jids, sender=""):
    sender = f"from='{sender}'" if sender else ""
    items = "".join(f"<item jid='{jid}'/>" for jid in jids)
    return f"<iq type='set' id='b1' {sender}><{what} xmlns='{NAMESPACE}'>{items}</{what}></iq>"


async def test_the_list_is_read_without_what_is_no_address(wire):
    work = asyncio.ensure_future(wire.blocking.fetch())
    request = await wire.request(f"{BLOCKING}blocklist")
    items = f"<item jid='{TYBALT}/sword'/><item jid='capulet.test'/><item jid='@'/><item/>"
    wire.answer(request, f"<blocklist xmlns='{NAMESPACE}'>{items}</blocklist>")
    assert await work == {TYBALT, JID("", "capulet.test")}


async def test_a_server_without_the_list_says_so(wire):
    work = asyncio.ensure_future(wire.blocking.fetch())
    wire.refuse(await wire.request(f"{BLOCKING}blocklist"), "service-unavailable")
    with pytest.raises(ServerRefused):
        await work


@pytest.mark.parametrize("report", [False, True])
async def test_blocking_names_the_bare_address_and_reports_only_if_told(wire, report):
    work = asyncio.ensure_future(wire.blocking.block(JID.parse(f"{TYBALT}/sword"), report=report))
    request = await wire.request(f"{BLOCKING}block")
    wire.answer(request)
    await work

    item = request.find(f"{BLOCKING}block/{BLOCKING}item")
    reported = [each.get("reason") for each in item.iter(REPORT)]
    assert item.get("jid") == str(TYBALT)
    assert reported == (["urn:xmpp:reporting:spam"] if report else [])


@pytest.mark.parametrize("sender", ["", str(ROMEO)])
async def test_a_push_of_our_own_account_is_heard_and_answered(wire, sender):
    blocked, unblocked = heard(wire.blocking.blocked), heard(wire.blocking.unblocked)
    wire.receive(push("block", TYBALT, JULIET, sender=sender))
    wire.receive(push("unblock", TYBALT, sender=sender))
    wire.receive(push("unblock", sender=sender))

    assert blocked == [frozenset({TYBALT, JULIET})]
    assert unblocked == [frozenset({TYBALT}), frozenset()]
    assert [iq.get("type") for iq in wire.take_sent("iq")] == ["result"] * 3


@pytest.mark.parametrize("sender", [str(TYBALT), "montague.test", f"{ROMEO}/other"])
async def test_r2_a_push_of_anybody_else_changes_nothing(wire, sender):
    blocked, unblocked = heard(wire.blocking.blocked), heard(wire.blocking.unblocked)
    wire.receive(push("block", JULIET, sender=sender))
    wire.receive(push("unblock", sender=sender))
    assert (blocked, unblocked) == ([], [])


@pytest.mark.prosody
async def test_prosody_keeps_a_blocked_person_away_and_tells_our_other_device(prosody):
    romeo = prosody.account("romeo", PLAIN_HOST)
    tybalt = prosody.account("tybalt", INVITES_HOST)
    async with signed_in(romeo) as here, signed_in(romeo) as other, signed_in(tybalt) as stranger:
        await other.blocking.fetch()  # who has read the list is told of changes
        asked, told = heard(here.roster.requested), heard(other.blocking.blocked)
        await here.blocking.block(tybalt.jid, report=True)
        await until(lambda: told == [frozenset({tybalt.jid})])
        assert await here.blocking.fetch() == {tybalt.jid}

        stranger.roster.subscribe(romeo.jid)
        await stranger.roster.fetch()
        await here.roster.fetch()
        assert asked == []

        await here.blocking.unblock(tybalt.jid)
        assert await here.blocking.fetch() == frozenset()
