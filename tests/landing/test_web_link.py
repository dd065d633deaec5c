"""Links that begin with a page for people without a chat program: written, and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pars_desktop.domain.jid import JID
from pars_desktop.domain.landing import LANDING_PAGE, is_landing_page, web_link
from pars_desktop.domain.link import Warn
from pars_desktop.domain.uri import invitation_link, parse_link

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
locals_ = st.text(LETTERS + ".-_+!#$%(){}~\\é山", min_size=1, max_size=20)
domains = st.sampled_from(
    ["montague.net", "x.example", "münchen.example", "a.b.c.d", "[2001:db8::1]"]
)
tokens = st.text(LETTERS + "ABC-._~:+/=!$*,", min_size=1, max_size=60)
names = st.text(max_size=40)
pages = st.sampled_from([LANDING_PAGE, "https://i.kaidan.im/#", "https://pars.example/i/#"])


@st.composite
def links(draw):
    jid = JID.parse(f"{draw(locals_)}@{draw(domains)}")
    link = invitation_link(jid, draw(tokens), draw(names))
    return link + draw(st.sampled_from(["", ";ibr=y", ";omemo-sid-12=ab"]))


@given(links(), pages)
def test_r4_a_web_link_says_what_the_link_in_it_says(link, page):
    said, meant = parse_link(web_link(link, page)), parse_link(link)
    for field in ("action", "jid", "token", "name", "ibr", "fingerprints", "refused"):
        assert getattr(said, field) == getattr(meant, field)
    unknown = {Warn.UNKNOWN_HOST} if page.startswith("https://pars.") else set()
    assert set(said.warnings) == set(meant.warnings) | unknown
    assert meant.token


@given(links())
def test_r4_nothing_of_the_link_means_anything_to_what_carries_it(link):
    after = web_link(link).removeprefix(LANDING_PAGE)
    assert set(after) <= set(LETTERS + LETTERS.upper() + "-._~%")


def test_r4_the_form_is_that_of_the_page_everybody_knows():
    link = "xmpp:test@conference.example.com?join"
    assert web_link(link) == "https://xmpp.link/#test%40conference.example.com%3Fjoin"
    assert web_link(link.replace("xmpp", "XMPP")) == web_link(link)
    assert web_link(link, "https://a.example/#") == "https://a.example/" + web_link(link)[18:]


@pytest.mark.parametrize(
    "page",
    [
        LANDING_PAGE,
        "https://a.example#",
        "https://a.example:8443/invitations/i/#",
        "https://münchen.example/#",
        "https://8.8.8.8/#",
    ],
)
def test_pages_that_links_may_begin_with(page):
    assert is_landing_page(page)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "https://",
        "https://#",
        "http://a.example/#",
        "https://a.example/",
        "https://a.example/#x#",
        "https://a.example/##",
        "https://a.example/?#",
        "https://a.example/?x#",
        "https://me@a.example/#",
        "https://me:secret@a.example/#",
        "https://localhost/#",
        "https://127.1/#",
        "https://192.168.0.1/#",
        "https://[::1]/#",
        "https://router.local/#",
        "https://a.example/ i/#",
        "https://a.example/\n#",
        "https://a.example/\u202ei/#",
        " https://a.example/#",
        "https://a..example/#",
        "https://a.example:x/#",
        "javascript:alert(1)#",
        "xmpp:romeo@montague.net#",
    ],
)
def test_pages_that_links_may_not_begin_with(page):
    assert not is_landing_page(page)
