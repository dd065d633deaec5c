"""A whole message is pasted where a link or an address is wanted: the one in it is found."""

import time

import pytest

from pars_desktop.domain import typed as module
from pars_desktop.domain.typed import found_in

PAGE = "https://xmpp.link/#juliet%40capulet.lit%3Froster%3Bpreauth%3DT0KEN"
LINK = "xmpp:juliet@capulet.lit?roster;preauth=T0KEN"
JULIET = "xmpp:juliet@capulet.lit"
ASKED = "https://capulet.lit/invite/?T0KEN-of-twenty"


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        (f"Hi! {PAGE} see you", PAGE),
        (f"here is my link: {LINK}", LINK),
        (f"here is my link:{LINK}.", LINK),
        (f"{LINK} see you!", LINK),
        (f"{PAGE}. See you", PAGE),
        (f"Juliet\n({LINK})\n", LINK),
        (f"[join]({PAGE})!", PAGE),
        (f"«{LINK}»", LINK),
        ("Paris <paris@x>", "xmpp:paris@x"),
        ('"paris@x"', "xmpp:paris@x"),
        ("“paris@x”", "xmpp:paris@x"),
        ("mailto:paris@x", "xmpp:paris@x"),
        ("mailto:paris@x?subject=hello", "xmpp:paris@x"),
        ("I am paris@verona.lit.", "xmpp:paris@verona.lit"),
        ("my address:paris@verona.lit/phone, write!", "xmpp:paris@verona.lit"),
        (PAGE.removeprefix("https://"), PAGE),
        (f"go to {PAGE.removeprefix('https://')}, please", PAGE),
        ("yax.im/i/juliet@capulet.lit/T0KEN", "https://yax.im/i/juliet@capulet.lit/T0KEN"),
        (f"{ASKED} is my page", ASKED),
        (f"Get https://gajim.org/download first, then open {LINK}", LINK),
    ],
)
def test_the_one_invitation_or_address_in_a_text_is_found(typed, link):
    assert found_in(typed) == [link]


@pytest.mark.parametrize(
    "typed", [LINK, PAGE, ASKED, "montague.net", "hello", "", "https://gajim.org/", "a@ b", "@"]
)
def test_what_is_a_link_or_holds_none_stays_as_it_is(typed):
    assert found_in(typed) == [typed]


def test_an_address_alone_becomes_a_link():
    assert found_in(" Paris@verona.lit ") == ["xmpp:paris@verona.lit"]


@pytest.mark.parametrize(
    "link",
    [
        "xmpp:juliet@capulet.lit?message;body=hello my love",
        "xmpp:juliet@capulet.lit?roster;name=Juliet Capulet;preauth=T0KEN",
    ],
)
def test_a_link_with_spaces_in_it_is_not_cut(link):
    assert found_in(link) == [link]


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        (f"{PAGE} or {LINK}", PAGE),
        (f"I am juliet@capulet.lit: {LINK}", LINK),
        (f"{LINK} (juliet@capulet.lit)", LINK),
        (f"{JULIET} {JULIET}", JULIET),
        (f"{ASKED} or xmpp:juliet@capulet.lit?roster;preauth=T0KEN-of-twenty", None),
    ],
)
def test_several_that_lead_to_one_person_are_one_and_the_invitation_counts(typed, link):
    expected = link or "xmpp:juliet@capulet.lit?roster;preauth=T0KEN-of-twenty"

    assert found_in(typed) == [expected]


@pytest.mark.parametrize(
    ("typed", "links"),
    [
        ("paris@x, romeo@x", ["xmpp:paris@x", "xmpp:romeo@x"]),
        (f"{LINK} and romeo@montague.net", [LINK, "xmpp:romeo@montague.net"]),
        (f"{PAGE} xmpp:romeo@montague.net", [PAGE, "xmpp:romeo@montague.net"]),
    ],
)
def test_several_different_ones_are_all_told(typed, links):
    assert found_in(typed) == links


def test_u8_nothing_is_picked_out_of_a_text_with_a_password():
    secret = 'xmpp:juliet@capulet.lit?roster;password=hush see "paris@x"'

    assert found_in(secret) == [secret]


@pytest.mark.parametrize("text", ["a" * 65000, "a." * 32000, "a@" * 30000, "xmpp:" * 13000])
def test_u2_a_long_text_is_searched_in_no_time(text):
    start = time.monotonic()

    found_in(text)

    assert time.monotonic() - start < 1


@pytest.fixture
def read(monkeypatch):
    """Everything that is read as a link."""
    texts = []
    parse = module.parse_link
    monkeypatch.setattr(module, "parse_link", lambda text: (texts.append(text), parse(text))[1])
    return texts


@pytest.mark.parametrize("text", ["a@b " * 12_000, "a@b," * 12_000, "a@b/c?" * 8_000])
def test_u2_of_what_is_said_many_times_little_is_read(read, text):
    assert found_in(text) == ["xmpp:a@b"]
    assert len(read) < 10


@pytest.mark.parametrize("between", [" ", ","])
def test_u2_of_very_many_addresses_two_are_enough(read, between):
    found = found_in(between.join(f"a{number}@b" for number in range(6_000)))

    assert found == ["xmpp:a0@b", "xmpp:a1@b"]
    assert len(read) < 10


@pytest.mark.parametrize("text", ["\u00e9@b/{} ", "a{}@-b ", "xmpp:\u00e9{}@-b "])
def test_u2_a_hostile_text_is_not_read_to_its_end(read, text):
    found_in("".join(map(text.format, range(4_000))))

    assert len(read) < 1_100


def test_an_invitation_after_many_other_links_is_found():
    others = " ".join(f"https://news.example/{number}" for number in range(300))

    assert found_in(f"{others} {LINK}") == [LINK]
