"""The contact list: pushes are the truth, and nobody but our server may push."""

import asyncio

import pytest

from pars_desktop.domain.contact import Availability, Contact, Presence, Subscription
from pars_desktop.domain.errors import Offline, ServerRefused, ServerSilent
from pars_desktop.domain.jid import JID
from tests.oracle import watched
from tests.xmpp.wire import CLIENT, HERE, JULIET, ROMEO, Wire, heard

ROSTER = "{jabber:iq:roster}"
QUERY = f"{ROSTER}query"
ITEM = f"{ROSTER}item"
TYBALT = JID("tybalt", "capulet.test")


@pytest.fixture
async def wire():
    return await Wire().start().settled()


def push(items, sender=""):
    sender = f"from='{sender}'" if sender else ""
    return f"<iq type='set' id='p1' {sender}><query xmlns='jabber:iq:roster'>{items}</query></iq>"


async def fetched(wire, items):
    """Let the server answer a request for the roster with these items."""
    work = asyncio.ensure_future(wire.roster.fetch())
    request = await wire.request(QUERY)
    wire.answer(request, f"<query xmlns='jabber:iq:roster'>{items}</query>")
    return await work


# --- pushes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", ["", str(ROMEO)])
async def test_r2_a_push_from_our_own_bare_address_or_from_nobody_is_applied(wire, sender):
    changed = heard(wire.roster.changed)

    wire.receive(
        push(
            "<item jid='juliet@capulet.test' name='Juliet' subscription='from' ask='subscribe'>"
            "<group>Friends</group></item>",
            sender,
        )
    )

    assert changed == [
        Contact(JULIET, "Juliet", Subscription.FROM, ask=True, groups=frozenset({"Friends"}))
    ]
    (answer,) = wire.take_sent("iq")
    assert (answer.get("type"), answer.get("id")) == ("result", "p1")


@pytest.mark.parametrize(
    "sender",
    [
        "mallory@evil.test",
        "montague.test",
        HERE,
        f"{ROMEO}/other",
        "romeo@evil.test",
        "evil.test/romeo@montague.test",
        "not an address@@",
    ],
)
async def test_r1_a_push_from_anybody_else_is_ignored(wire, sender):
    changed, removed = heard(wire.roster.changed), heard(wire.roster.removed)

    wire.receive(push("<item jid='bank@evil.test' name='Your Bank' subscription='both'/>", sender))
    wire.receive(push("<item jid='juliet@capulet.test' subscription='remove'/>", sender))

    assert (changed, removed) == ([], [])
    assert [answer.get("type") for answer in wire.take_sent()] in ([], ["error"] * 2)


async def test_r1_a_forged_push_is_answered_as_any_unknown_request(wire):
    def answers(payload):
        wire.receive(f"<iq type='set' id='x' from='mallory@evil.test/x'>{payload}</iq>")
        return [
            [
                (child.tag, sorted(each.tag for each in child))
                for child in answer.iter(f"{CLIENT}error")
            ]
            for answer in wire.take_sent()
        ]

    forged = answers("<query xmlns='jabber:iq:roster'><item jid='a@evil.test'/></query>")

    assert forged == answers("<query xmlns='urn:example:unheard-of'/>")


async def test_an_item_that_is_removed_is_announced_by_its_address(wire):
    changed, removed = heard(wire.roster.changed), heard(wire.roster.removed)

    wire.receive(push("<item jid='juliet@capulet.test' subscription='remove'/>"))

    assert (changed, removed) == ([], [JULIET])


async def test_r3_what_is_wrong_in_a_push_is_left_out_and_the_rest_applied(wire):
    changed = heard(wire.roster.changed)

    wire.receive(
        push(
            "<item jid='' subscription='both'/><item subscription='both'/>"
            "<item jid='a b@@capulet.test' subscription='both'/>"
            "<item jid='tybalt@capulet.test' subscription='sideways'/>"
            "<other xmlns='jabber:iq:roster' jid='x@capulet.test'/>"
            "<item jid='juliet@capulet.test/balcony' subscription='to'/>"
            "<item jid='juliet@capulet.test' subscription='both'/>"
        )
    )

    assert changed == [
        Contact(JULIET, subscription=Subscription.TO),
        Contact(JULIET, subscription=Subscription.BOTH),
    ]


async def test_r3_names_and_groups_are_cleaned_and_cut(wire):
    changed = heard(wire.roster.changed)
    groups = "".join(f"<group>g{n}</group>" for n in range(1000))

    wire.receive(
        push(
            f"<item jid='juliet@capulet.test' name='{'J' * 100_000}' subscription='to'>{groups}"
            "</item>"
            "<item jid='tybalt@capulet.test' name='&lt;b&gt;&#x202e;Ty  bal\u200bt&#x9;'/>"
        )
    )

    assert changed[0].name == "J" * 100
    assert len(changed[0].groups) == 50
    assert changed[1].name == "<b>Ty balt"


async def test_r3_ten_thousand_items_do_not_hold_up_the_loop(wire):
    loop = asyncio.get_running_loop()
    changed = heard(wire.roster.changed)
    items = "".join(f"<item jid='u{n}@capulet.test' subscription='to'/>" for n in range(10_000))

    wire.receive(push(items))
    assert len(changed) < 10_000  # others have a turn in between
    longest = 0.0
    while len(changed) < 10_000:
        before = loop.time()
        await asyncio.sleep(0)
        longest = max(longest, loop.time() - before)

    assert [contact.jid.local for contact in changed] == [f"u{n}" for n in range(10_000)]
    assert longest < 0.25


# --- fetching ------------------------------------------------------------------------------------


async def test_fetch_gives_the_whole_roster_and_then_shows_us_as_present(wire):
    contacts = await fetched(
        wire,
        "<item jid='juliet@capulet.test' name='Juliet' subscription='both'/>"
        "<item jid='tybalt@capulet.test' ask='subscribe'/>"
        "<item jid='@' subscription='both'/>",
    )

    assert contacts == [
        Contact(JULIET, "Juliet", Subscription.BOTH),
        Contact(TYBALT, ask=True),
    ]
    (initial,) = wire.take_sent("presence")
    assert initial.get("type") is None
    assert initial.get("to") is None

    await fetched(wire, "")
    assert wire.take_sent("presence") == []


async def test_fetch_asks_for_everything_and_not_for_what_is_new(wire):
    work = asyncio.ensure_future(wire.roster.fetch())
    request = await wire.request(QUERY)

    assert "ver" not in request.find(QUERY).attrib
    wire.answer(request, "<query xmlns='jabber:iq:roster'/>")
    assert await work == []  # an account without friends


async def test_r4_an_error_is_not_an_empty_roster(wire):
    work = asyncio.ensure_future(wire.roster.fetch())
    wire.refuse(await wire.request(QUERY), "internal-server-error")

    with pytest.raises(ServerRefused):
        await work
    assert len(wire.take_sent("presence")) == 1  # we are there all the same


async def test_r4_an_answer_without_a_roster_is_not_an_empty_one(wire):
    work = asyncio.ensure_future(wire.roster.fetch())
    wire.answer(await wire.request(QUERY))

    with pytest.raises(ServerRefused):
        await work


async def test_r4_silence_is_not_an_empty_roster(wire):
    with pytest.raises(ServerSilent):
        await wire.roster.fetch()


async def test_r4_an_answer_lost_with_its_session_is_not_an_empty_roster(wire):
    work = asyncio.ensure_future(wire.roster.fetch())
    await wire.request(QUERY)
    wire.lose()
    wire.start()

    with pytest.raises(Offline):
        await work


async def test_the_answer_may_come_in_the_resumed_stream(wire):
    work = asyncio.ensure_future(wire.roster.fetch())
    request = await wire.request(QUERY)
    wire.lose()
    wire.start(resumed=True)
    wire.answer(
        request, "<query xmlns='jabber:iq:roster'><item jid='juliet@capulet.test'/></query>"
    )

    assert await work == [Contact(JULIET)]


async def test_nothing_is_sent_while_there_is_no_session(wire):
    wire.lose()

    for send in (wire.roster.approve, wire.roster.refuse, wire.roster.subscribe):
        with pytest.raises(Offline):
            send(JULIET)
    for work in (wire.roster.fetch(), wire.roster.set(JULIET, "J"), wire.roster.remove(JULIET)):
        with pytest.raises(Offline):
            await work
    assert wire.take_sent() == []


async def test_set_and_remove_send_what_rfc_6121_says(wire):
    work = asyncio.ensure_future(wire.roster.set(JULIET, "Juliet\n", frozenset({"b", "a"})))
    request = await wire.request(QUERY)
    wire.answer(request)
    await work
    (item,) = request.iter(ITEM)
    assert item.attrib == {"jid": str(JULIET), "name": "Juliet"}
    assert [group.text for group in item] == ["a", "b"]

    work = asyncio.ensure_future(wire.roster.remove(JULIET))
    request = await wire.request(QUERY)
    wire.refuse(request, "item-not-found")
    with pytest.raises(ServerRefused, match="item-not-found"):
        await work
    assert next(request.iter(ITEM)).attrib == {"jid": str(JULIET), "subscription": "remove"}


# --- subscriptions -------------------------------------------------------------------------------


async def test_what_we_say_about_subscriptions_goes_to_the_bare_address(wire):
    balcony = JID("juliet", "capulet.test", "balcony")
    wire.roster.approve(balcony)
    wire.roster.refuse(balcony)
    wire.roster.unsubscribe(balcony)
    wire.roster.subscribe(balcony)

    sent = wire.take_sent("presence")
    assert {each.get("to") for each in sent} == {str(JULIET)}
    assert [each.get("type") for each in sent] == [
        "subscribed",
        "unsubscribed",
        "unsubscribe",
        "subscribe",
    ]
    assert [len(each) for each in sent] == [0] * 4


async def test_a_subscription_carries_the_token_and_our_nick(wire):
    wire.roster.subscribe(JULIET, "1tMFqYDdKhfe2pwp", "Romeo")

    (request,) = wire.take_sent("presence")
    assert request.find("{urn:xmpp:pars:0}preauth").get("token") == "1tMFqYDdKhfe2pwp"
    assert request.findtext("{http://jabber.org/protocol/nick}nick") == "Romeo"


def subscribe(children="", sender="juliet@capulet.test/balcony", kind="subscribe"):
    return f"<presence from='{sender}' type='{kind}'>{children}</presence>"


async def test_a_request_is_announced_and_nothing_is_answered(wire):
    requested = heard(wire.roster.requested)

    wire.receive(
        subscribe(
            "<preauth xmlns='urn:xmpp:pars:0' token='1tMFqYDdKhfe2pwp'/>"
            "<nick xmlns='http://jabber.org/protocol/nick'> Juliet </nick>"
            "<status>It is I.</status>"
        )
    )

    (request,) = requested
    assert request.jid == JULIET
    assert (request.token, request.nick, request.message) == (
        "1tMFqYDdKhfe2pwp",
        "Juliet",
        "It is I.",
    )
    assert wire.take_sent() == []


@pytest.mark.parametrize(
    "children",
    [
        "<preauth xmlns='urn:xmpp:pars:0' token=''/>",
        "<preauth xmlns='urn:xmpp:pars:0'/>",
        f"<preauth xmlns='urn:xmpp:pars:0' token='{'x' * 129}'/>",
        f"<preauth xmlns='urn:xmpp:pars:0' token='{'x' * 1_000_000}'/>",
        "<preauth xmlns='urn:xmpp:pars:0' token='t\u00f6ken'/>",
        "<preauth xmlns='urn:xmpp:pars:0' token='a b'/>",
        "<preauth xmlns='urn:xmpp:pars:0' token='a'/><preauth xmlns='urn:xmpp:pars:0' token='b'/>",
        "<preauth xmlns='urn:xmpp:pars:1' token='a'/>",
        "<preauth token='a'/>",
    ],
)
async def test_p7_a_malformed_token_makes_an_ordinary_request(wire, children):
    requested = heard(wire.roster.requested)

    wire.receive(subscribe(children))

    assert [(request.jid, request.token) for request in requested] == [(JULIET, None)]


@pytest.mark.parametrize("kind", ["subscribed", "unsubscribe", "unsubscribed", "probe"])
async def test_p7_a_token_on_anything_but_a_request_means_nothing(wire, kind):
    requested, changed = heard(wire.roster.requested), heard(wire.roster.changed)

    wire.receive(subscribe("<preauth xmlns='urn:xmpp:pars:0' token='a'/>", kind=kind))
    token = "<preauth xmlns='urn:xmpp:pars:0' token='a'/>"
    wire.receive(f"<message from='juliet@capulet.test/x'>{token}</message>")

    assert (requested, changed, wire.take_sent()) == ([], [], [])


async def test_a_long_token_within_the_limit_is_passed_on(wire):
    requested = heard(wire.roster.requested)
    token = "aZ0-._~:+/=!$*,@" * 8

    wire.receive(subscribe(f"<preauth xmlns='urn:xmpp:pars:0' token='{token}'/>"))

    assert [request.token for request in requested] == [token]


async def test_what_a_stranger_writes_into_a_request_is_plain_and_cut(wire):
    requested = heard(wire.roster.requested)

    wire.receive(
        subscribe(
            f"<nick xmlns='http://jabber.org/protocol/nick'>&lt;b&gt;\u202e{'n' * 1000}</nick>"
            f"<status>{'s' * 1_000_000}</status>"
        )
    )

    (request,) = requested
    assert request.nick == "<b>" + "n" * 97
    assert len(request.message) == 500


async def test_a_request_that_is_withdrawn_is_announced(wire):
    requested, withdrawn = heard(wire.roster.requested), heard(wire.roster.withdrawn)

    wire.receive(subscribe(kind="unsubscribe"))

    assert (requested, withdrawn, wire.take_sent()) == ([], [JULIET], [])


async def test_s32_strangers_are_not_remembered(wire):
    for n in range(100):
        wire.receive(subscribe(sender=f"stranger{n}@evil.test"))
        wire.receive(f"<presence from='stranger{n}@evil.test/x'/>")

    assert len(wire.client.client_roster) == 0


# --- presence ------------------------------------------------------------------------------------


@pytest.fixture
async def friends(wire):
    """Juliet is in the roster."""
    await fetched(wire, "<item jid='juliet@capulet.test' subscription='both'/>")
    wire.take_sent()
    return wire


def present(resource="balcony", children="", kind=""):
    kind = f"type='{kind}'" if kind else ""
    sender = f"{JULIET}/{resource}" if resource else str(JULIET)
    return f"<presence from='{sender}' {kind}>{children}</presence>"


async def test_presence_is_that_of_the_best_device(friends):
    told = heard(friends.roster.presence)

    friends.receive(present("phone", "<show>away</show><priority>5</priority>"))
    friends.receive(present("laptop", "<priority>1</priority>"))  # not the best: no news
    friends.receive(present("phone", kind="unavailable"))
    friends.receive(present("laptop", "<show>dnd</show><status>Busy</status>"))
    friends.receive(present("laptop", "<show>dnd</show><status>Very</status>"))  # nobody shows it
    friends.receive(present("laptop", kind="unavailable"))

    assert told == [
        Presence(JULIET, Availability.AWAY),
        Presence(JULIET, Availability.ONLINE),
        Presence(JULIET, Availability.DND),
        Presence(JULIET, Availability.OFFLINE),
    ]


async def test_an_absence_without_resource_is_the_absence_of_all_devices(friends):
    friends.receive(present("phone"))
    friends.receive(present("laptop"))
    told = heard(friends.roster.presence)

    friends.receive(present("", kind="unavailable"))

    assert told == [Presence(JULIET)]


async def test_odd_presences_are_read_as_far_as_they_make_sense(friends):
    told = heard(friends.roster.presence)

    friends.receive(present("a", "<priority>lots</priority><show>sleepy</show>"))
    friends.receive(present("b", "<priority>9999999999999</priority><show>xa</show>"))

    assert told == [
        Presence(JULIET, Availability.ONLINE),
        Presence(JULIET, Availability.XA),
    ]


async def test_the_devices_of_one_contact_are_bounded(friends):
    for n in range(500):
        friends.receive(present(f"r{n}"))
    told = heard(friends.roster.presence)

    for n in range(50):
        friends.receive(present(f"r{n}", kind="unavailable"))

    assert told == [Presence(JULIET)]


async def test_presence_of_strangers_and_of_our_own_devices_is_not_announced(friends):
    told = heard(friends.roster.presence)

    friends.receive("<presence from='stranger@evil.test/x'/>")
    friends.receive(f"<presence from='{ROMEO}/other'/>")
    friends.receive("<presence from='@@'/>")
    friends.receive("<presence/>")

    assert told == []


async def test_s14_presence_is_kept_across_a_resumption_and_forgotten_in_a_new_session(friends):
    friends.receive(present())
    told = heard(friends.roster.presence)

    friends.client.event("disconnected", None)
    friends.lose()
    friends.start(resumed=True)
    assert told == []

    friends.lose()
    friends.start()
    friends.receive(present())
    assert told == [Presence(JULIET, Availability.ONLINE)]
    assert (await fetched(friends, ""), len(friends.take_sent("presence"))) == ([], 1)


async def test_r9_nothing_about_presence_is_ever_answered(friends):
    for kind in ("", "unavailable", "probe", "subscribe", "subscribed", "unsubscribe", "error"):
        friends.receive(present(kind=kind))
        friends.receive(f"<presence from='stranger@evil.test/x' type='{kind}'/>")

    assert friends.take_sent() == []


async def test_a_very_long_list_does_not_stop_the_loop(wire):
    """slixmpp alone would make an object of each entry, at once."""
    items = "".join(
        f"<item jid='friend{n}@capulet.test' name='Friend {n}'><group>Verona</group></item>"
        for n in range(50_000)
    )
    async with watched(()):
        work = asyncio.ensure_future(wire.roster.fetch())
        request = await wire.request(QUERY)
        answer = f"<iq type='result' id='{request.get('id')}'><query xmlns='jabber:iq:roster'>"
        data = f"{answer}{items}</query></iq>".encode()
        for start in range(0, len(data), 65536):
            wire.client.data_received(data[start : start + 65536])
            await asyncio.sleep(0)
        contacts = await work
    assert len(contacts) == 50_000
    assert contacts[-1].jid == JID("friend49999", "capulet.test")


# --- what servers say ----------------------------------------------------------------------------

DISCO = "http://jabber.org/protocol/disco#info"


async def test_r18_a_server_that_has_our_request_says_only_that_they_are_away(friends):
    acknowledged = heard(friends.roster.acknowledged)

    friends.receive(present(resource="", kind="unavailable"))
    friends.receive(present(kind="unavailable"))  # a device that goes away
    friends.receive(present(resource=""))
    friends.receive("<presence from='mallory@evil.test' type='unavailable'/>")

    assert acknowledged == [JULIET]


@pytest.mark.parametrize(
    ("identities", "is_room"),
    [
        ("<identity category='conference' type='text'/>", True),
        ("<identity category='account' type='registered'/>", False),
        ("<identity category='x'/><identity category='conference'/>", True),
        ("<identity/><feature var='http://jabber.org/protocol/muc'/>", False),
        ("", False),
    ],
)
async def test_p10_a_room_says_that_it_is_one(wire, identities, is_room):
    work = asyncio.ensure_future(wire.roster.is_room(JULIET))
    request = await wire.request(f"{{{DISCO}}}query")
    wire.answer(request, f"<query xmlns='{DISCO}'>{identities}</query>")

    assert request.get("to") == str(JULIET)
    assert await work is is_room


async def test_who_says_nothing_about_rooms_is_none(wire, monkeypatch):
    monkeypatch.setattr("pars_desktop.xmpp.roster._DISCO_PATIENCE", 0.01)

    assert await wire.roster.is_room(JULIET) is False


async def test_whom_we_may_not_ask_is_no_room(wire):
    work = asyncio.ensure_future(wire.roster.is_room(JULIET))
    wire.refuse(await wire.request(f"{{{DISCO}}}query"), "service-unavailable")

    assert await work is False


def came_back(condition, kind="cancel", sender=str(JULIET)):
    stanzas = "urn:ietf:params:xml:ns:xmpp-stanzas"
    return (
        f"<presence from='{sender}' type='error'><error type='{kind}'>"
        f"<{condition} xmlns='{stanzas}'/></error></presence>"
    )


@pytest.mark.parametrize(
    "condition",
    ["remote-server-not-found", "item-not-found", "service-unavailable", "not-allowed"],
)
async def test_a_request_that_came_back_for_good_is_announced(friends, condition):
    refused, acknowledged = heard(friends.roster.refused), heard(friends.roster.acknowledged)
    friends.receive(came_back(condition))

    assert refused == [(JULIET, condition)]
    assert acknowledged == []


async def test_an_error_that_may_pass_ends_no_waiting(friends):
    refused = heard(friends.roster.refused)
    friends.receive(came_back("remote-server-timeout", "wait"))
    friends.receive(came_back("remote-server-timeout", "cancel"))
    friends.receive(came_back("service-unavailable", "wait"))
    friends.receive(f"<presence from='{JULIET}' type='error'/>")

    assert refused == []


@pytest.mark.parametrize(
    "sender", [f"{JULIET}/balcony", "mallory@evil.test", "capulet.test", str(ROMEO)]
)
async def test_the_errors_of_devices_and_strangers_are_about_no_request(friends, sender):
    refused = heard(friends.roster.refused)
    friends.receive(came_back("remote-server-not-found", sender=sender))

    assert refused == []
