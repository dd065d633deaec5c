"""Invitations made by the server (XEP-0401), from stanzas of specifications and of real servers."""

import asyncio
from datetime import UTC, datetime

import pytest

from pars_desktop.domain.errors import Offline, ServerRefused
from pars_desktop.domain.invite import ServerInvite
from pars_desktop.domain.jid import JID
from tests.xmpp.wire import JULIET, ROMEO, Wire

COMMANDS = "http://jabber.org/protocol/commands"
COMMAND = f"{{{COMMANDS}}}command"
ITEMS = "{http://jabber.org/protocol/disco#items}query"
VERSION = "{jabber:iq:version}query"
DATA = "{jabber:x:data}"
INVITE, CREATE = "urn:xmpp:invite#invite", "urn:xmpp:invite#create-account"
TOKEN = "zzv3nArVFgY51ydnSPx05e6o"
OURS = f"xmpp:{ROMEO}?roster;preauth={TOKEN};ibr=y"
END = "2026-11-27T08:08:47Z"


@pytest.fixture
async def wire():
    return await Wire().start().settled()


def listed(*nodes, jid="montague.test"):
    items = "".join(f"<item jid='{jid}' node='{node}' name='x'/>" for node in nodes)
    return f"<query xmlns='{ITEMS[1:-6]}' node='{COMMANDS}'>{items}</query>"


def completed(node, *, kind="result", wrap="", **fields):
    inside = "".join(
        f"<field var='{var.replace('_', '-')}' type='text-single'><value>{value}</value></field>"
        for var, value in fields.items()
    )
    inside = f"<{wrap}>{inside}</{wrap}>" if wrap else inside
    return (
        f"<command xmlns='{COMMANDS}' node='{node}' status='completed' sessionid='4e65'>"
        f"<x xmlns='jabber:x:data' type='{kind}'>{inside}</x></command>"
    )


async def friend(wire, result, *, nodes=(INVITE,), jid="montague.test"):
    """Ask for an invitation, of a server that gives this result."""
    work = asyncio.ensure_future(wire.invitations.friend())
    wire.answer(await wire.request(ITEMS), listed(*nodes, jid=jid))
    wire.answer(await wire.request(COMMAND), result)
    await asyncio.sleep(0)
    return work


async def test_r1_the_command_is_found_first_and_sent_to_whom_the_list_names(wire):
    work = asyncio.ensure_future(wire.invitations.friend())
    asked = await wire.request(ITEMS)
    assert (asked.get("to"), asked.find(ITEMS).get("node")) == ("montague.test", COMMANDS)
    wire.answer(asked, listed("other", INVITE, jid="invites.montague.test"))

    command = await wire.request(COMMAND)
    assert (command.get("type"), command.get("to")) == ("set", "invites.montague.test")
    assert command.find(COMMAND).attrib == {"node": INVITE, "action": "execute"}
    wire.answer(command, completed(INVITE, uri=OURS, expire=END))

    end = datetime(2026, 11, 27, 8, 8, 47, tzinfo=UTC)
    assert await work == ServerInvite(ROMEO, TOKEN, end, ibr=True)


@pytest.mark.parametrize("nodes", [(), ("other",), (CREATE,)])
async def test_r1_what_is_not_listed_is_not_executed(wire, nodes):
    work = asyncio.ensure_future(wire.invitations.friend())
    wire.answer(await wire.request(ITEMS), listed(*nodes))

    with pytest.raises(ServerRefused):
        await work
    assert wire.take_sent() == []


@pytest.mark.parametrize(
    "result",
    [
        completed(INVITE, kind="form", landing_url="", uri=OURS, expire=END),
        completed(INVITE, kind="result", uri=OURS, expiry=END),
        completed(INVITE, wrap="item", uri=OURS, expire=END),
        completed(INVITE, FORM_TYPE="urn:xmpp:invite#invitation", expire=END, uri=f" {OURS} "),
    ],
    ids=["prosody", "registry", "item", "specification"],
)
async def test_r2_every_way_in_which_servers_write_a_result_is_read(wire, result):
    made = await (await friend(wire, result))

    assert (made.token, made.ibr, made.page) == (TOKEN, True, None)
    assert made.expires == datetime(2026, 11, 27, 8, 8, 47, tzinfo=UTC)


async def test_r2_a_note_about_an_error_is_a_refusal_although_the_command_is_completed(wire):
    note = "This command is only available to users of verona.test"
    work = await friend(
        wire,
        f"<command xmlns='{COMMANDS}' node='{INVITE}' status='completed'>"
        f"<note type='error'>{note}</note></command>",
    )

    with pytest.raises(ServerRefused) as refused:
        await work
    assert refused.value.text == note


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "not a link",
        f"xmpp:{JULIET}?roster;preauth={TOKEN};ibr=y",  # somebody else
        f"xmpp:romeo@capulet.test?roster;preauth={TOKEN};ibr=y",  # of another domain
        f"xmpp:montague.test?roster;preauth={TOKEN};ibr=y",
        f"xmpp:{ROMEO}?remove;preauth={TOKEN};ibr=y",
        f"xmpp:{ROMEO}?register;preauth={TOKEN}",
        f"xmpp:{ROMEO}?roster;ibr=y",
        f"xmpp:{ROMEO}?roster;preauth={'a' * 129};ibr=y",
        f"xmpp:{ROMEO}?login;password=x",
    ],
)
async def test_r3_p15_an_invitation_that_does_not_lead_to_us_is_refused(wire, uri):
    work = await friend(wire, completed(INVITE, uri=uri.replace("&", "&amp;"), expire=END))

    with pytest.raises(ServerRefused):
        await work


async def test_r3_only_address_and_token_of_the_servers_link_are_used(wire):
    uri = f"xmpp:{ROMEO}?roster;preauth={TOKEN};ibr=y;name=Your%20Bank;group=evil;body=x"
    made = await (await friend(wire, completed(INVITE, uri=uri, expire=END)))

    assert made == ServerInvite(
        ROMEO, TOKEN, datetime(2026, 11, 27, 8, 8, 47, tzinfo=UTC), ibr=True
    )


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("https://montague.test/invite/#TOKEN", True),
        ("https://montague.test:8443/i?t=a~b", True),
        ("http://montague.test/invite/#TOKEN", False),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("data:text/html,x", False),
        ("https://montague.test/ onclick", False),
        ("https://montague.test/&lt;script>", False),
        ("https://", False),
        (f"https://montague.test/{'a' * 5000}", False),
    ],
)
async def test_p15_a_landing_page_counts_only_over_https(wire, page, kept):
    made = await (await friend(wire, completed(INVITE, uri=OURS, landing_url=page, expire=END)))

    assert made.page == (page if kept else None)


async def test_p15_without_an_end_it_does_not_end(wire):
    made = await (await friend(wire, completed(INVITE, uri=OURS)))

    assert made.expires is None


@pytest.mark.parametrize("end", ["soon", "2026-11-27T08:08:47", "0000-00-00T00:00:00Z", "1"])
async def test_p15_an_end_that_is_no_time_is_an_error(wire, end):
    work = await friend(wire, completed(INVITE, uri=OURS, expire=end))

    with pytest.raises(ServerRefused):
        await work


@pytest.mark.parametrize("condition", ["service-unavailable", "forbidden", "item-not-found"])
async def test_r5_p15_an_error_is_passed_on(wire, condition):
    work = asyncio.ensure_future(wire.invitations.friend())
    wire.answer(await wire.request(ITEMS), listed(INVITE))
    wire.refuse(await wire.request(COMMAND), condition)

    with pytest.raises(ServerRefused) as refused:
        await work
    assert refused.value.condition == condition


async def test_p15_a_server_that_asks_before_it_invites_is_told_that_we_do_not_go_on(wire):
    work = await friend(
        wire,
        f"<command xmlns='{COMMANDS}' node='{INVITE}' status='executing' sessionid='s7'>"
        "<actions execute='next'><next/></actions>"
        "<x xmlns='jabber:x:data' type='form'><field var='reason'/></x></command>",
    )
    cancelled = await wire.request(COMMAND)

    assert cancelled.find(COMMAND).attrib == {
        "node": INVITE, "action": "cancel", "sessionid": "s7",
    }  # fmt: skip
    wire.refuse(cancelled, "bad-request")
    with pytest.raises(ServerRefused):
        await work


async def test_without_a_session_it_is_offline():
    with pytest.raises(Offline):
        await Wire().invitations.friend()


# --- R6 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "version", "is_used"),
    [
        ("Prosody", "0.12.3", False),
        ("Prosody", "0.12.4", False),
        ("Prosody", "0.11.13", False),
        ("Prosody", "0.12.5", True),
        ("Prosody", "13.0.1", True),
        ("prosody", "0.12.0", False),
        ("Prosody", "trunk nightly build 1800", False),  # who can say?
        ("Prosody", "", False),
        ("", "", False),
        ("ejabberd", "26.1", True),
    ],
)
async def test_r6_a_token_for_contacts_alone_is_used_only_where_requests_do_not_get_lost(
    wire, name, version, is_used
):
    uri = f"xmpp:{ROMEO}?roster;preauth={TOKEN}"
    work = await friend(wire, completed(INVITE, uri=uri, expire=END))
    asked = await wire.request(VERSION)
    assert asked.get("to") == "montague.test"
    wire.answer(
        asked,
        f"<query xmlns='jabber:iq:version'><name>{name}</name><version>{version}</version></query>",
    )

    if is_used:
        assert (await work).ibr is False
    else:
        with pytest.raises(ServerRefused):
            await work


async def test_r6_a_server_that_does_not_say_what_it_is_is_not_relied_on(wire):
    work = await friend(wire, completed(INVITE, uri=f"xmpp:{ROMEO}?roster;preauth={TOKEN}"))
    wire.refuse(await wire.request(VERSION), "service-unavailable")

    with pytest.raises(ServerRefused):
        await work


# --- R9 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("nodes", "offers"), [((INVITE, CREATE), True), ((INVITE,), False)])
async def test_r9_accounts_are_offered_if_the_command_is_listed(wire, nodes, offers):
    work = asyncio.ensure_future(wire.invitations.offers_accounts())
    wire.answer(await wire.request(ITEMS), listed(*nodes))

    assert await work is offers


async def account(wire, result, user_name=""):
    work = asyncio.ensure_future(wire.invitations.account(user_name, befriend=True))
    wire.answer(await wire.request(ITEMS), listed(CREATE))
    wire.answer(await wire.request(COMMAND), result)
    await asyncio.sleep(0)
    return work


async def test_r9_in_one_step_as_prosody_does(wire):
    uri = f"xmpp:montague.test?register;preauth={TOKEN}"
    made = await (
        await account(wire, completed(CREATE, kind="form", uri=uri, expire=END), "tybalt")
    )

    assert (made.jid, made.token, made.befriends) == (JID("", "montague.test"), TOKEN, False)


# XEP-0401, "Service returns form for account creation": ejabberd 26 answers the same.
ASKING = f"""
<command xmlns='{COMMANDS}' sessionid='config:20020923T213616Z-700' node='{CREATE}'
    status='executing'>
  <actions execute='complete'><complete/></actions>
  <x xmlns='jabber:x:data' type='form'>
    <field var='username' label='Username' type='text-single'/>
    <field var='roster-subscription' label='Roster subscription' type='boolean'/>
  </x>
</command>
"""


@pytest.mark.parametrize("user_name", ["juliet", ""])
async def test_r9_in_two_steps_on_a_scripted_server_with_the_stanzas_of_xep_0401(wire, user_name):
    work = await account(wire, ASKING, user_name)

    request = await wire.request(COMMAND)
    answered = request.find(COMMAND)
    assert answered.attrib == {
        "node": CREATE,
        "action": "complete",
        "sessionid": "config:20020923T213616Z-700",
    }
    fields = {
        field.get("var"): field.findtext(f"{DATA}value")
        for field in answered.iterfind(f"{DATA}x/{DATA}field")
    }
    assert answered.find(f"{DATA}x").get("type") == "submit"
    assert {var: value or "" for var, value in fields.items()} == {
        "username": user_name, "roster-subscription": "1",
    }  # fmt: skip
    place = JID(user_name, "montague.test")
    wire.answer(
        request,
        completed(
            CREATE,
            FORM_TYPE="urn:xmpp:invite#invitation",
            uri=f"xmpp:{place}?register;preauth={TOKEN}",
            landing_url="https://montague.test/invite/#TOKEN",
            expire="2017-11-06T02:56:15Z",
        ),
    )

    assert await work == ServerInvite(
        place,
        TOKEN,
        datetime(2017, 11, 6, 2, 56, 15, tzinfo=UTC),
        page="https://montague.test/invite/#TOKEN",
        befriends=True,
    )


async def test_r9_a_server_that_insists_on_a_name_is_not_sent_an_empty_one(wire):
    asking = ASKING.replace("type='text-single'/>", "type='text-single'><required/></field>")
    work = await account(wire, asking)

    assert (await wire.request(COMMAND)).find(COMMAND).get("action") == "cancel"
    work.cancel()


@pytest.mark.parametrize(
    "uri",
    [
        f"xmpp:evil.test?register;preauth={TOKEN}",
        f"xmpp:juliet@evil.test?register;preauth={TOKEN}",
        f"xmpp:{ROMEO}?roster;preauth={TOKEN};ibr=y",
        "xmpp:montague.test?register",
    ],
)
async def test_r9_p15_an_account_elsewhere_is_refused(wire, uri):
    work = await account(wire, completed(CREATE, uri=uri, expire=END))

    with pytest.raises(ServerRefused):
        await work
