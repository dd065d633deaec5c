"""Which words are links, and which links are shown before they are opened (M-6, M-7)."""

import time

import pytest

from pars_desktop.ui.chat.link_text import (
    find_links,
    is_suspicious,
    piece,
    real_host,
    units,
    url_of,
)


def targets(text):
    return [link.target for link in find_links(text)]


@pytest.mark.parametrize(
    "scheme",
    [
        "file:///etc/passwd",
        "smb://host/share",
        "nfs://host/x",
        "dav://host/x",
        "ftp://host/x",
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "ms-settings:x",
        "steam://run/1",
        "tel:+4912345",
        "aesgcm://host/x#y",
        "view-source:https://x.test/",
        "javascript:https://x.test/",
        "//host/share",
        "www.example.org",
    ],
)
def test_m6_only_web_and_mail_links_can_be_clicked(scheme):
    assert targets(f"see {scheme} now") == []


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/",
        "HTTP://EXAMPLE.ORG/A",
        "mailto:nurse@capulet.lit",
        "xmpp:romeo@montague.lit?roster;preauth=1tMFqYDdKhfe2pwp;name=Romeo",
        "https://example.org/a_(b)?c=d&e=%2F#f",
        "https://[::1]:8080/x",
        "https://münchen.example/ä",
    ],
)
def test_m6_these_can(target):
    assert targets(f"see {target} now") == [target]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("(https://example.org/a).", "https://example.org/a"),
        ("https://example.org/wiki/A_(b), and", "https://example.org/wiki/A_(b)"),
        ("“https://example.org/”!", "https://example.org/"),
        ("<https://example.org/>", "https://example.org/"),
        ("*https://example.org/*", "https://example.org/"),
        ("https://example.org/?!…", "https://example.org/"),
    ],
)
def test_punctuation_after_a_link_belongs_to_the_sentence(text, target):
    assert targets(text) == [target]


@pytest.mark.parametrize("bad", ["https://", "https:///x", "http://a b", "https://?", "mailto:"])
def test_what_leads_nowhere_stays_words(bad):
    assert [each for each in targets(bad) if " " in each or each == bad] == []


def test_places_are_counted_as_qt_counts_them():
    text = "😀😀 https://example.org/ 😀 and https://example.net/"

    first, second = find_links(text)

    assert (first.start, first.end) == (5, 25)
    assert piece(text, first.start, first.end) == "https://example.org/"
    assert piece(text, second.start, second.end) == "https://example.net/"
    assert units(text) == len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("https://good.example@evil.test/", "evil.test"),
        ("https://xn--pple-43d.com/", "xn--pple-43d.com"),
        ("https://аpple.com/", "xn--pple-43d.com"),
        ("https://evil.test/%2f@good.example", "evil.test"),
        ("https://user:pass@evil.test:8443/", "evil.test"),
        ("http://3232235777/", "3232235777"),
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://router/", "router"),
        ("https://evil.test/" + "a" * 10_000, "evil.test"),
        ("https://example.org/ä", "example.org"),
    ],
)
def test_m7_what_may_deceive_is_shown_first_with_its_real_host(target, host):
    if host != "router":  # a name without a dot is ordinary at home
        assert is_suspicious(target)
    assert real_host(target) in (host, "192.168.1.1")


@pytest.mark.parametrize(
    "target",
    ["https://example.org/@user/1?x=%2F", "http://example.org:8080/", "mailto:nurse@capulet.lit"],
)
def test_m7_ordinary_links_open_at_once(target):
    assert not is_suspicious(target)


@pytest.mark.parametrize(
    "sign", ["\u202e", "\u200b", "\u2066", "\u200f", "\x00", "\u00a0", "\ufeff"]
)
def test_m7_a_link_ends_before_an_invisible_sign(sign):
    assert targets(f"https://evil.test/{sign}gpj.example.org/") == ["https://evil.test/"]


def test_m7_what_is_opened_is_what_was_written():
    for target in ("https://example.org/a%20b?c=%2F#d", "https://example.org/a;b,c=(d)!*'"):
        assert bytes(url_of(target).toEncoded().data()).decode() == target


def test_m7_a_link_of_100_kb_stays_words():
    assert targets("https://evil.test/" + "a" * 100_000) == []


@pytest.mark.parametrize(
    "text",
    [
        "https://" * 100_000,
        "https://a.test/" + "(" * 400_000,
        "https://a.test/" + ")" * 400_000,
        "https://a.test/ " * 50_000,
        "h" * 1_000_000,
        "mailto:" * 100_000,
    ],
)
def test_m5_time_is_linear_in_the_length(text):
    begin = time.perf_counter()
    find_links(text)
    assert time.perf_counter() - begin < 5


def test_m8_lone_surrogates_do_not_break_it():
    text = "\ud800 https://example.org/ \udfff"

    assert targets(text) == ["https://example.org/"]
    assert piece(text, 0, units(text)) == text
