"""Addresses: one spelling each, and nothing hidden in them."""

import string
import subprocess
import sys

import pytest
import slixmpp.jid
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.jid import JID


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("romeo@montague.net", "romeo@montague.net"),
        ("Romeo@Montague.NET", "romeo@montague.net"),
        ("Romeo@Montague.NET/Orchard", "romeo@montague.net/Orchard"),
        ("montague.net", "montague.net"),
        ("romeo@montague.net.", "romeo@montague.net"),
        ("romeo@MÜNCHEN.example", "romeo@münchen.example"),
        ("romeo@xn--mnchen-3ya.example", "romeo@münchen.example"),
        ("romeo@XN--MNCHEN-3YA.example.", "romeo@münchen.example"),
        ("romeo@münchen。example", "romeo@münchen.example"),  # an ideographic full stop
        ("romeo@montague．net", "romeo@montague.net"),  # a fullwidth one
        ("cafe\u0301@example.org", "café@example.org"),
        ("ＲＯＭＥＯ@montague.net", "romeo@montague.net"),
        ("romeo@127.0.0.1", "romeo@127.0.0.1"),
        ("romeo@[::1]", "romeo@[::1]"),
        ("romeo@[0:0:0:0:0:0:0:1]", "romeo@[::1]"),
        ("romeo@montague.net/a resource/with@signs", "romeo@montague.net/a resource/with@signs"),
        ("romeo@xn--strae-oqa.example", "romeo@xn--strae-oqa.example"),  # strasse is another one
        ("romeo@xn--e28h.example", "romeo@xn--e28h.example"),  # an emoji, unknown to nameprep
    ],
)
def test_spellings_of_one_address_are_one_value(text, spelled):
    jid = JID.parse(text)

    assert str(jid) == spelled
    assert JID.parse(str(jid)) == jid


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "romeo@",
        "@montague.net",
        "romeo@/orchard",
        "romeo@montague.net/",
        "romeo@montague.net..",
        "romeo@.net",
        "romeo@montague․",  # a one dot leader
        "romeo@evil.test@montague.net",
        "ro meo@montague.net",
        " romeo@montague.net",
        "romeo@montague.net\n",
        "ro\nmeo@montague.net",
        "ro\0meo@montague.net",
        "ro\u200bmeo@montague.net",  # a zero-width space
        "ro\u202emeo@montague.net",  # a bidi override
        "romeo@mont\u00adague.net",  # a soft hyphen
        "ro\u3164meo@montague.net",  # a filler
        "romeo＠montague.net@capulet.net",
        "\U0001f110@montague.net",  # becomes "(A)", which is no spelling of an address either
        "romeo@montague.net:5222",
        "romeo@mont?ague.net",
        "romeo@-montague.net",
        "romeo@[::1",
        "romeo@[montague]",
        "ro&meo@montague.net",
        "ro'meo@montague.net",
        "ro<meo@montague.net",
        "\ud800@montague.net",
        "romeo@montague.net/\ud800",
        "romeo@montague.net/a\nb",
        "r" * 1024 + "@montague.net",
        "romeo@" + "m" * 64 + ".net",
        "romeo@montague.net/" + "r" * 1024,
        "romeo@montague.net/" + "r" * 100_000,
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(BadAddress):
        JID.parse(text)


@given(st.text(max_size=40) | st.text(alphabet="aé@./\u3002\uff0exn-0:[]\u200b", max_size=20))
@example("a@b\u2024")
def test_parsing_gives_an_address_that_stays_itself_or_bad_address(text):
    try:
        jid = JID.parse(text)
    except BadAddress:
        return
    assert JID.parse(str(jid)) == jid
    assert JID.trusted(str(jid)) == jid
    assert jid.domain
    assert jid.bare.is_bare


@given(
    st.text(alphabet=string.printable, max_size=30), st.text("ab-._19A", min_size=1, max_size=12)
)
def test_the_short_way_for_plain_letters_agrees_with_slixmpp(local, domain):
    assume(not domain.endswith("."))  # slixmpp keeps it
    text = f"{local}@{domain}"
    try:
        prepared = slixmpp.jid.JID(text)
        theirs = (prepared.local, prepared.domain, prepared.resource)
    except slixmpp.jid.InvalidJID:
        theirs = None
    try:
        jid = JID.parse(text)
        ours = (jid.local, jid.domain, jid.resource)
    except BadAddress:
        ours = None
    assert ours == theirs


def test_the_bare_address_has_no_resource():
    jid = JID.parse("romeo@montague.net/orchard")

    assert not jid.is_bare
    assert jid.bare == JID("romeo", "montague.net")
    assert jid.bare.is_bare
    assert jid.bare.bare == jid.bare


def test_addresses_are_values():
    assert JID.parse("Romeo@montague.net") == JID("romeo", "montague.net")
    assert len({JID.parse("ROMEO@montague.net"), JID.parse("romeo@montague.net.")}) == 1
    assert sorted([JID("b", "x"), JID("a", "y")]) == [JID("a", "y"), JID("b", "x")]


def test_the_plain_form_shows_what_a_domain_is_made_of():
    assert JID.parse("romeo@münchen.example").ascii == "romeo@xn--mnchen-3ya.example"
    assert JID.parse("romeo@montague.net").ascii == "romeo@montague.net"
    assert JID.parse("romeo@mоntague.net").ascii.startswith("romeo@xn--")
    assert JID.trusted("romeo@" + "ü" * 80).ascii == "romeo@" + "ü" * 80


def test_our_own_store_is_read_without_slixmpp():
    code = (
        "import sys; from pars_desktop.domain.jid import JID;"
        "jid = JID.trusted('römeo@münchen.example/x');"
        "assert (jid.local, jid.domain, jid.resource) == ('römeo', 'münchen.example', 'x');"
        "JID.parse('Romeo@montague.net');"
        "assert 'slixmpp' not in sys.modules and 'PySide6' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
