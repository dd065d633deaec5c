"""We take somebody's invitation, and what a real server makes of it (R12 to R20, R44, R45)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from pars_desktop.domain.contact import Contact, Progress, Subscription
from pars_desktop.domain.invite import new_token
from pars_desktop.domain.jid import JID
from pars_desktop.domain.uri import invitation_link
from pars_desktop.store.columns import ticks
from pars_desktop.xmpp.roster import Roster
from tests.journeys import copies
from tests.journeys.ground import device, token_of, until
from tests.server.prosody import DEFAULT_INVITES_HOST, INVITES_HOST, ROOMS
from tests.system.pages import HOST, PageServer, good, lookup_on
from tests.xmpp.certificates import make_ca
from tests.xmpp.wire import heard

pytestmark = pytest.mark.prosody

PREAUTH = "{urn:xmpp:pars:0}preauth"


def tokens(copy):
    """What every request we sent carried, in order; None for a plain one."""
    return [
        None if (found := stanza.find(PREAUTH)) is None else found.get("token")
        for stanza in copy.sent
        if stanza.tag.endswith("}presence") and stanza.get("type") == "subscribe"
    ]


def roster_of(copy, person):
    """The connection's side of somebody's contact list."""
    return copy.account(person).friends._contacts.roster


async def paste(copy, link):
    """Go with a link as far as the question, which is not answered."""
    await copy.press("Add a friend")
    await copy.type("Address or link", link)
    await copy.press("Next")


async def test_r12_r14_nothing_leaves_before_the_yes_and_then_all_in_order(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his, hers = await story.copy(romeo), await story.copy(juliet)
    link = await story.invitation(his)
    before = len(hers.sent)
    await paste(hers, link)
    assert (await hers.find(QLineEdit, "Friend's address")).text() == str(romeo.jid)
    assert hers.sent[before:] == []

    await hers.type("Name", "My Romeo")
    await hers.press("Add friend")
    await until(lambda: story.are_friends(romeo, juliet))

    about_romeo = [
        stanza.get("type")
        for stanza in hers.sent[before:]
        if stanza.get("to") == str(romeo.jid)
        or stanza.find(".//{jabber:iq:roster}item") is not None
    ]
    assert about_romeo == ["set", "subscribed", "subscribe"]
    assert hers.presences("subscribe") == [str(romeo.jid)]  # the bare address
    assert tokens(hers) == [token_of(link)]


async def test_r13_a_friends_link_and_our_own_send_nothing(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his, hers = await story.copy(romeo), await story.copy(juliet)
    link = await story.befriend(his, hers, "Romeo")
    await until(lambda: story.are_friends(romeo, juliet))
    hers.window.leave_chat()
    before = len(his.sent), len(hers.sent)

    await paste(hers, link)
    await until(lambda: hers.window.open_key == hers.key(romeo))
    await paste(his, link)
    await until(lambda: his.sees("This is your own invitation."))

    assert (len(his.sent), len(hers.sent)) == before


async def test_r15_an_older_request_is_withdrawn_first_and_the_token_arrives(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his, hers = await story.copy(romeo), await story.copy(juliet)
    await hers.follow(str(romeo.jid), "Romeo")
    await until(lambda: his.sees(f"{juliet.jid} wants to be your friend"))
    hers.close_dialog("Add a friend")
    link = await story.invitation(his)
    pushed = heard(roster_of(hers, juliet).changed)

    await hers.follow(link, "Romeo")
    await until(lambda: his.sees(f"{juliet.jid} came by your invitation"))

    assert tokens(hers) == [None, token_of(link)]
    assert hers.presences("unsubscribe") == [str(romeo.jid)]
    asked = [contact.ask for contact in pushed]
    assert asked.index(False) < len(asked) - 1 - asked[::-1].index(True)  # withdrawn, then asked


async def test_r16_after_a_fresh_login_the_token_is_sent_again(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his, hers = await story.copy(romeo), await story.copy(juliet)
    link = await story.invitation(his)
    await his.quit()
    await hers.follow(link, "Romeo")
    await until(lambda: hers.chats() == ["Romeo: Waiting for their answer"])
    await hers.restart()
    await hers.online()
    await until(lambda: len(tokens(hers)) == 2)

    await his.start()
    await until(lambda: his.sees(f"{juliet.jid} came by your invitation"))
    await until(lambda: story.are_friends(romeo, juliet))
    assert tokens(hers) == [token_of(link)] * 2


@pytest.mark.parametrize("preapproves", [True, False])
async def test_r17_who_asks_back_is_let_in_once(story, monkeypatch, preapproves):
    """With an approval beforehand Prosody lets them in itself; without, our own list does."""
    if not preapproves:
        monkeypatch.setattr(Roster, "can_preapprove", False)
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his, hers = await story.copy(romeo), await story.copy(juliet)
    asked = heard(roster_of(hers, juliet).requested)
    await story.befriend(his, hers, "Romeo")
    await until(lambda: story.are_friends(romeo, juliet))

    assert [request.jid for request in asked] == ([] if preapproves else [romeo.jid])
    assert hers.presences("subscribed") == [str(romeo.jid)]
    assert not hers.shows(QAbstractButton, "Accept")


async def test_r18_a_wrong_token_gives_no_error_and_can_be_left_out(story):
    """All that is heard is that their server has it; after a day that is said (R18)."""
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his, hers = await story.copy(romeo), await story.copy(juliet)
    friends = hers.account(juliet).friends
    acknowledged = heard(roster_of(hers, juliet).acknowledged)
    await hers.follow(invitation_link(romeo.jid, story.secret(new_token())), "Romeo")
    await until(lambda: acknowledged == [romeo.jid])
    assert friends.progress(romeo.jid) is Progress.WAITING
    await hers.press("Close")
    await hers.open_chat("Romeo")
    await until(lambda: his.sees(f"{juliet.jid} wants to be your friend"))

    yesterday = ticks(datetime.now(UTC) - timedelta(days=1))
    hers.database.run("UPDATE intent SET created = ?", (yesterday,))
    friends.progressed.emit(romeo.jid)
    await until(lambda: hers.sees("the invitation has probably ended"))
    await hers.press("Ask again without the invitation")
    await until(lambda: tokens(hers)[1:] == [None])
    await until(lambda: not hers.sees("the invitation has probably ended"))

    await until(lambda: his.sees(f"{juliet.jid} wants to be your friend"))
    await his.press("Accept")
    await until(lambda: story.are_friends(romeo, juliet))
    assert hers.presences("unsubscribe") == [str(romeo.jid)]


async def test_r19_what_their_server_has_is_not_asked_a_second_time(story, monkeypatch):
    monkeypatch.setattr(copies, "WAITS", replace(copies.WAITS, plain_after=0.3))
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    hers = await story.copy(juliet)
    acknowledged = heard(roster_of(hers, juliet).acknowledged)
    await hers.follow(invitation_link(romeo.jid, story.secret(new_token())), "Romeo")
    await until(lambda: acknowledged)
    watch = hers.account(juliet).friends._befriending._no_sign_yet

    assert watch == {}
    assert len(tokens(hers)) == 1


async def test_r19_a_request_that_prosody_loses_arrives_without_its_token(story, monkeypatch):
    """Up to 0.12.4 it crashes on tokens of its own that create no accounts (R6); later it lets
    the friend in by itself, and nobody is asked."""
    monkeypatch.setattr(copies, "WAITS", replace(copies.WAITS, plain_after=0.5))
    romeo, juliet = story.person("romeo", DEFAULT_INVITES_HOST), story.person("juliet")
    his, hers = await story.copy(romeo), await story.copy(juliet)
    async with device(romeo) as phone:
        token = story.secret(await servers_own_token(phone))

    await hers.follow(invitation_link(romeo.jid, token), "Romeo")
    await until(lambda: his.shows(QAbstractButton, "Accept") or story.are_friends(romeo, juliet))
    if not story.are_friends(romeo, juliet):
        assert tokens(hers) == [token, None]
        await his.press("Accept")
    await until(lambda: story.are_friends(romeo, juliet))


async def servers_own_token(phone):
    """An invitation made by the server of a device's account (XEP-0401)."""
    session = phone.roster._session
    request = session.client.make_iq_set(ito=session.own.domain)
    command = "{http://jabber.org/protocol/commands}command"
    request.xml.append(Element(command, node="urn:xmpp:invite#invite", action="execute"))
    answer = await session.ask(request)
    uri = next(
        field.findtext("{jabber:x:data}value")
        for field in answer.xml.iter("{jabber:x:data}field")
        if field.get("var") == "uri"
    )
    return token_of(uri)


async def test_r20_being_in_the_list_is_no_consent(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    hers = await story.copy(juliet)
    hers.met.add(str(romeo.jid))
    await hers.account(juliet).friends.rename(romeo.jid, "Romeo")
    await until(lambda: len(hers.chats()) == 1)
    async with device(romeo) as his:
        his.roster.subscribe(juliet.jid)
        await until(lambda: hers.sees("wants to be your friend"))

    assert hers.presences("subscribed") == []
    assert story.prosody.roster(juliet.jid)[romeo.jid] == Contact(romeo.jid, "Romeo")


async def test_p10_the_address_of_a_room_is_said_to_be_one_and_nothing_is_left(story):
    juliet, romeo = story.person("juliet"), story.person("romeo")
    hers = await story.copy(juliet)
    room = JID("coven", ROOMS)
    hers.met.add(str(room))
    async with device(romeo) as his:
        client = his.roster._session.client
        join = client.make_presence(pto=f"{room}/witch")
        join.xml.append(Element("{http://jabber.org/protocol/muc}x"))
        join.send()
        await his.roster.is_room(room)
        await hers.follow(str(room), "Coven")
        await until(lambda: hers.sees("This is the address of a group, not of a person."))

    assert hers.presences("subscribe") == []
    assert hers.chats() == []
    assert story.prosody.roster(juliet.jid) == {}


async def test_r44_a_page_is_asked_after_a_yes_and_leads_to_a_friendship(story, tmp_path):
    ca = make_ca(tmp_path / "pages")
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his, hers = await story.copy(romeo), await story.copy(juliet)
    link = invitation_link(romeo.jid, token_of(await story.invitation(his)))
    async with PageServer.serving(ca.issue(HOST)) as server:
        hers.program._links._pages = lookup_on(ca.certificate)
        server.says("/invite/65HVSJQKz", good(b"", f"Link: <{link}>"))
        before = len(hers.sent)
        await paste(hers, server.page("/invite/65HVSJQKz"))
        host = f"{HOST}:{server.port}"
        await until(lambda: hers.sees(f"Only {host} knows"))
        assert server.connections == 0

        await hers.press(f"Ask {host}")
        assert (await hers.find(QLineEdit, "Friend's address")).text() == str(romeo.jid)
        assert hers.sent[before:] == []
        await hers.press("Add friend")
        await until(lambda: story.are_friends(romeo, juliet))

    assert server.targets == ["HEAD /invite/65HVSJQKz"]
    assert tokens(hers) == [token_of(link)]


async def test_r45_a_link_that_ends_a_friendship_does_so_after_a_yes(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his, hers = await story.copy(romeo), await story.copy(juliet)
    await story.befriend(his, hers, "Romeo")
    await until(lambda: story.are_friends(romeo, juliet))

    await paste(hers, f"xmpp:{romeo.jid}?unsubscribe")
    await until(lambda: hers.sees("Stop seeing when Romeo is online?"))
    assert hers.presences("unsubscribe") == []
    await hers.press("Stop seeing")
    await until(
        lambda: story.prosody.roster(juliet.jid)[romeo.jid].subscription is Subscription.FROM
    )
    await hers.press("Close")

    await paste(hers, f"xmpp:{romeo.jid}?remove")
    await until(lambda: hers.sees("Remove Romeo from your friends?"))
    assert romeo.jid in story.prosody.roster(juliet.jid)
    await hers.press("Remove")
    await until(lambda: story.prosody.roster(juliet.jid) == {})
    his_side = story.prosody.roster(romeo.jid)[juliet.jid]
    assert his_side.subscription is Subscription.NONE
