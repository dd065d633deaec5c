"""The plugin for XEP-0379 against the XML that the XEP prints."""

from xml.etree.ElementTree import canonicalize, fromstring, tostring

import pytest
from slixmpp import ClientXMPP
from slixmpp.stanza import Presence

from pars_desktop.xmpp.preauth import XEP_0379

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
TOKEN = "1tMFqYDdKhfe2pwp"

# XEP-0379 example 5, "Subscription Request With Tokens Received by Romeo"
REQUEST = f"""
<presence xmlns='jabber:client' to='romeo@montague.net' from='juliet@capulet.net' type='subscribe'>
  <preauth xmlns='urn:xmpp:pars:0' token='{TOKEN}' />
</presence>
"""


@pytest.fixture
async def client():
    client = ClientXMPP("juliet@capulet.net", "secret")
    client.use_presence_ids = False
    client.register_plugin("xep_0379")
    return client


def same(stanza, expected):
    """Equal but for spaces between elements, the order of attributes, and the stream's language."""
    stanza, expected = (
        canonicalize(xml, strip_text=True, rewrite_prefixes=True, exclude_attrs=[LANGUAGE])
        for xml in (tostring(stanza.xml, encoding="unicode"), expected)
    )
    return stanza == expected


def received(client, xml):
    return Presence(client, fromstring(xml), recv=True)


async def test_a_request_looks_as_the_xep_prints_it(client):
    request = client.plugin["xep_0379"].make_request("romeo@montague.net", TOKEN)

    assert same(
        request,
        f"""<presence xmlns='jabber:client' to='romeo@montague.net' type='subscribe'>
              <preauth xmlns='urn:xmpp:pars:0' token='{TOKEN}' />
            </presence>""",
    )


async def test_a_request_goes_to_the_bare_address_and_may_say_a_nick(client):
    request = client.plugin["xep_0379"].make_request("romeo@montague.net/orchard", TOKEN, "Juliet")

    assert same(
        request,
        f"""<presence xmlns='jabber:client' to='romeo@montague.net' type='subscribe'>
              <nick xmlns='http://jabber.org/protocol/nick'>Juliet</nick>
              <preauth xmlns='urn:xmpp:pars:0' token='{TOKEN}' />
            </presence>""",
    )


async def test_a_request_without_token_is_an_ordinary_one(client):
    request = client.plugin["xep_0379"].make_request("romeo@montague.net")

    assert same(
        request, "<presence xmlns='jabber:client' to='romeo@montague.net' type='subscribe'/>"
    )


async def test_subscribe_sends_the_request(client, monkeypatch):
    sent = []
    monkeypatch.setattr(client, "send", sent.append)

    client.plugin["xep_0379"].subscribe("romeo@montague.net", TOKEN)

    assert [XEP_0379.token_of(request) for request in sent] == [TOKEN]


async def test_the_stanza_reads_the_token(client):
    assert received(client, REQUEST)["preauth"]["token"] == TOKEN


async def test_an_incoming_request_with_a_token_is_an_event(client):
    told = []
    client.add_event_handler("preauth_subscribe", told.append)

    client.recv_stanza(received(client, REQUEST.replace("subscribe", "subscribed")))
    client.recv_stanza(received(client, "<presence xmlns='jabber:client' type='subscribe'/>"))
    assert told == []

    client.auto_authorize = None
    client.auto_subscribe = False
    client.recv_stanza(received(client, REQUEST))
    assert [XEP_0379.token_of(request) for request in told] == [TOKEN]


async def test_a_plugin_that_was_taken_out_says_nothing(client):
    told = []
    client.add_event_handler("preauth_subscribe", told.append)
    client.auto_authorize = None
    client.plugin.disable("xep_0379")

    client.recv_stanza(received(client, REQUEST))

    assert told == []


@pytest.mark.parametrize(
    ("kind", "children"),
    [
        ("subscribe", ""),
        ("subscribe", "<preauth xmlns='urn:xmpp:pars:0'/>"),
        ("subscribe", "<preauth xmlns='urn:xmpp:pars:0' token=''/>"),
        ("subscribe", "<preauth xmlns='urn:xmpp:pars:1' token='t'/>"),
        ("subscribe", "<preauth token='t'/>"),
        (
            "subscribe",
            "<preauth xmlns='urn:xmpp:pars:0' token='t'/>"
            "<preauth xmlns='urn:xmpp:pars:0' token='u'/>",
        ),
        ("subscribe", "<x xmlns='x'><preauth xmlns='urn:xmpp:pars:0' token='t'/></x>"),
        ("subscribed", "<preauth xmlns='urn:xmpp:pars:0' token='t'/>"),
        ("unsubscribe", "<preauth xmlns='urn:xmpp:pars:0' token='t'/>"),
        ("probe", "<preauth xmlns='urn:xmpp:pars:0' token='t'/>"),
    ],
)
async def test_p7_a_malformed_element_is_as_good_as_none(client, kind, children):
    presence = received(
        client,
        f"<presence xmlns='jabber:client' from='a@b.test' type='{kind}'>{children}</presence>",
    )

    assert XEP_0379.token_of(presence) is None
