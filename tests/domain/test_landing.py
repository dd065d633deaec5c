"""Addresses of invitation pages (R44): what they stand for, and which are left alone."""

import pytest

from pars_desktop.domain.explain import fields
from pars_desktop.domain.uri import parse_link

ROMEO = {"jid": "romeo@montague.net"}
ROSTER = {"action": "roster"} | ROMEO
LOOKUP = {"action": "lookup"}
TOKEN_PAGE = "/invite/65HVSJQKz"
STRANGER = {"warnings": ["unknown-host"]}


def said(text: str) -> dict[str, object]:
    told = {key: value for key, value in fields(parse_link(text)).items() if value}
    del told["explanation"]
    return told


@pytest.mark.parametrize(
    ("fragment", "told"),
    [
        ("romeo@montague.net", ROSTER),
        ("xmpp:romeo@montague.net?join", ROMEO | {"action": "join"}),
        ("xmpp%3Aromeo%40montague.net%3Fjoin", ROMEO | {"action": "join"}),
        ("romeo@montague.net?join?join", ROMEO | {"action": "join"}),
        ("romeo@montague.net?;preauth=T", ROSTER | {"token": "T"}),
        ("romeo@montague.net?preauth=T&name=R", ROSTER | {"token": "T", "name": "R"}),
        ("romeo@montague.net%3Froster%3Bname%3DA%2520B", ROSTER | {"name": "A B"}),
        ("romeo@montague.net?roster;name=A%20B", ROSTER | {"name": "A B"}),
        ("romeo%40montague.net?roster", ROSTER),
        ("caf%25C3%25A9@montague.net%3Froster", ROSTER | {"jid": "café@montague.net"}),
        ("cm9tZW9AbW9udGFndWUubmV0", ROSTER),
        ("cm9tZW9AbW9udGFndWUubmV0P2pvaW4", ROMEO | {"action": "join"}),  # no padding
        ("cm9tZW9AbW9udGFndWUubmV0P2pvaW4%3D", ROMEO | {"action": "join"}),
        ("eG1wcDpyb21lb0Btb250YWd1ZS5uZXQ_am9pbg", ROMEO | {"action": "join"}),  # url alphabet
        (
            "montague.net?register;preauth=T",
            {"action": "register", "jid": "montague.net", "token": "T"},
        ),
        ("romeo@montague.net?hire", ROMEO | {"action": "chat", "warnings": ["unknown-action"]}),
        ("romeo@", {"refused": "bad-address"}),
        ("?join", {"refused": "no-address"}),
        ("xmpp://romeo:p@montague.net", {"refused": "secret-in-link"}),
        ("romeo@montague.net?login;password=p", {"refused": "secret-in-link"}),
        ("", {"refused": "not-a-link"}),
        ("TOKEN", {"refused": "not-a-link"}),
        ("/w==", {"refused": "not-a-link"}),
    ],
)
def test_a_fragment_is_read_raw_encoded_or_in_base64(fragment, told):
    assert said("https://xmpp.link/#" + fragment) == told


@pytest.mark.parametrize(
    ("page", "warnings"),
    [
        ("https://xmpp.link/", ()),
        ("https://xmpp.link", ()),
        ("HTTPS://XMPP.Link.:443/", ()),
        ("https://invite.joinjabber.org/", ()),
        ("https://i.kaidan.im/", ()),
        ("https://invite.monal-im.org/", ()),
        ("https://join.jabber.network/", ()),
        ("https://yax.im/i/", ()),
        ("https://yax.im/j/", ()),
        ("https://yax.im/about/", ("unknown-host",)),
        ("https://xmpp.link:8443/", ("unknown-host",)),
        ("https://xmpp.link.evil.example/", ("unknown-host",)),
        ("https://xmpp.lіnk/", ("unknown-host",)),  # a Ukrainian letter
        ("https://8.8.8.8/", ("unknown-host",)),
        ("http://xmpp.link/", ("insecure-http",)),
        ("http://xmpp.link:80/", ("insecure-http",)),
        ("http://evil.example/", ("insecure-http", "unknown-host")),
    ],
)
def test_only_known_pages_pass_without_a_warning(page, warnings):
    link = parse_link(f"{page}#romeo@montague.net?roster")

    assert str(link.jid) == "romeo@montague.net"
    assert link.warnings == warnings


@pytest.mark.parametrize(
    ("fragment", "told"),
    [
        ("romeo@montague.net", ROSTER | STRANGER),
        ("room.example?disco", {"action": "disco", "jid": "room.example"} | STRANGER),
        ("section", {"refused": "not-a-link"}),
        ("section?x=1", {"refused": "not-a-link"}),
        ("/@romeo:matrix.example", {"refused": "not-a-link"}),
        ("/route?mail=romeo@montague.net", {"refused": "not-a-link"}),
        ("romeo@", {"refused": "not-a-link"}),
    ],
)
def test_u12_a_page_of_nobody_we_know_counts_only_if_it_names_somebody(fragment, told):
    assert said("https://evil.example/i/#" + fragment) == told


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("i/romeo@montague.net", ROSTER),
        ("i/romeo%40montague.net/", ROSTER),
        ("i/romeo/montague.net", ROSTER),
        ("i/romeo@montague.net/T0K", ROSTER | {"token": "T0K"}),
        ("i/romeo/montague.net/T0K/", ROSTER | {"token": "T0K"}),
        ("i/romeo/montague.net/T0K/R+M", ROSTER | {"token": "T0K", "name": "R M"}),
        ("j/romeo@montague.net", ROMEO | {"action": "join"}),
        ("j/romeo/montague.net", ROMEO | {"action": "join"}),
        ("j/romeo@montague.net?roster", ROMEO | {"action": "join"}),
        ("i/romeo@montague.net?join", ROMEO | {"action": "join"}),
        ("i/romeo@montague.net?omemo-sid-1=aB", ROSTER | {"fingerprints": {"1": "aB"}}),
        (
            "i/romeo@montague.net/T0K?omemo-sid-1=aa&omemo-sid-2=bb",
            ROSTER | {"token": "T0K", "fingerprints": {"1": "aa", "2": "bb"}},
        ),
        ("i/romeo@montague.net/T0K?preauth=OTHER", ROSTER | {"warnings": ["duplicate-token"]}),
        ("i/romeo@mont%2Fague.net", {"refused": "bad-address"}),
        ("i/romeo", {"refused": "not-a-link"}),
        ("i/romeo@montague.net/a/b/c", {"refused": "not-a-link"}),
        ("i/", {"refused": "not-a-link"}),
        ("blog/romeo@montague.net", {"refused": "not-a-link"}),
    ],
)
@pytest.mark.parametrize("host", ["yax.im", "conversations.im"])
def test_a_path_holds_address_token_and_name(host, path, told):
    assert said(f"https://{host}/{path}") == told


def test_a_path_means_nothing_on_other_hosts():
    assert said("https://example.com/i/romeo@montague.net") == {"refused": "not-a-link"}
    assert said("https://yax.im:8443/i/romeo@montague.net") == {"refused": "not-a-link"}


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("https://example.com/page?65HVSJQK", LOOKUP),
        ("https://example.com?65HVSJ-_", LOOKUP),
        ("https://example.com/invite/65HVSJQKz", LOOKUP),
        ("https://example.com/invite/65HVSJQKz/", LOOKUP),
        ("https://example.com/x/invite/65HVSJQKz?lang=en", LOOKUP),
        ("https://example.com:5281/invite/65HVSJQKz#top", LOOKUP),
        ("https://[2a00:1450:4001::8]/invite/65HVSJQKz", LOOKUP),
        ("http://example.com/page?65HVSJQK", LOOKUP | {"warnings": ["insecure-http"]}),
        ("https://example.com/page?65HVSJQ", {"refused": "not-a-link"}),
        ("https://example.com/page?65HVSJQK=1", {"refused": "not-a-link"}),
        ("https://example.com/page?65HVSJQK&x", {"refused": "not-a-link"}),
        ("https://example.com/page?65HVSJQ%4B", {"refused": "not-a-link"}),
        ("https://example.com/invite/65HVSJQKz/x", {"refused": "not-a-link"}),
        ("https://example.com/invites/65HVSJQKz", {"refused": "not-a-link"}),
        ("https://example.com/", {"refused": "not-a-link"}),
        ("https://", {"refused": "not-a-link"}),
        ("https:///invite/65HVSJQKz", {"refused": "not-a-link"}),
        ("https:/example.com/invite/65HVSJQKz", {"refused": "not-a-link"}),
        ("https://exa mple.com/invite/65HVSJQKz", {"refused": "not-a-link"}),
        ("https://example.com:port/invite/65HVSJQKz", {"refused": "not-a-link"}),
        ("https://example%2Ecom/invite/65HVSJQKz", {"refused": "not-a-link"}),
    ],
)
def test_a_page_with_a_bare_token_has_to_be_asked(page, told):
    assert said(page) == told


PRIVATE_HOSTS = """
localhost LOCALHOST. a.localhost printer.local box.lan db.internal router.home.arpa intranet
127.0.0.1 127.1 127.0.0.1. 2130706433 0x7f000001 0x7F.1 017700000001 0177.0.0.1 0 0x
10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0
255.255.255.255 224.0.0.1 1.2.3.4.5 256.1.1.1 99999999999 08.8.8.8 example.1
１２７.0.0.1 127。0。0。1 [::1] [::] [fe80::1] [fd00::1] [ff02::1] [::ffff:127.0.0.1]
[::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::]"""


@pytest.mark.parametrize("host", PRIVATE_HOSTS.split())
@pytest.mark.parametrize("rest", [TOKEN_PAGE, ":8443" + TOKEN_PAGE, "/#romeo@montague.net"])
def test_no_link_leads_into_a_private_network(host, rest):
    assert said(f"https://{host}{rest}") == {"refused": "private-host"}


@pytest.mark.parametrize("host", ["8.8.8.8", "134744072", "0x8080808", "localhost.example.com"])
def test_public_hosts_may_be_asked(host):
    assert said(f"https://{host}{TOKEN_PAGE}") == LOOKUP


@pytest.mark.parametrize(
    ("page", "refused"),
    [
        ("https://romeo:p@example.com/invite/65HVSJQKz", "secret-in-link"),
        ("https://romeo%3Ap@example.com/invite/65HVSJQKz", "secret-in-link"),
        ("https://romeo@example.com/invite/65HVSJQKz", "not-a-link"),
        ("https://xmpp.link@evil.example/#romeo@montague.net", "not-a-link"),
        ("https://xmpp.link\\@evil.example/#romeo@montague.net", "not-a-link"),
        ("https://evil.example\\.xmpp.link/#romeo@montague.net", "not-a-link"),
        ("https://xmpp.link%40evil.example/#romeo@montague.net", "not-a-link"),
    ],
)
def test_user_information_in_a_page_address_is_refused(page, refused):
    assert said(page) == {"refused": refused}


def test_a_page_that_is_no_invitation_is_for_the_browser():
    for page in ("https://en.example/wiki?page", "https://example.com/invite/#TOKEN"):
        assert "open this page in your browser" in parse_link(page).explanation
    assert "browser" not in parse_link("mailto:romeo@montague.net").explanation


@pytest.mark.parametrize(
    ("link", "page", "host"),
    [
        ("https://example.com/page?65HVSJQK", "https://example.com/page?65HVSJQK", "example.com"),
        ("HTTPS://Example.COM?65HVSJQK", "https://example.com/?65HVSJQK", "example.com"),
        (f"https://example.com:443{TOKEN_PAGE}", f"https://example.com{TOKEN_PAGE}", "example.com"),
        (
            f"https://example.com:5281{TOKEN_PAGE}#top",
            f"https://example.com:5281{TOKEN_PAGE}",
            "example.com:5281",
        ),
        (f"http://example.com{TOKEN_PAGE}", f"https://example.com{TOKEN_PAGE}", "example.com"),
        (f" <https://example.com{TOKEN_PAGE}> ", f"https://example.com{TOKEN_PAGE}", "example.com"),
        (
            f"https://[2a00:1450:4001::8]{TOKEN_PAGE}",
            f"https://[2a00:1450:4001::8]{TOKEN_PAGE}",
            "[2a00:1450:4001::8]",
        ),
    ],
)
def test_r44_a_page_to_be_asked_is_named_and_always_asked_over_https(link, page, host):
    read = parse_link(link)

    assert (read.page, read.page_host) == (page, host)
    assert f"Only {host} knows" in read.explanation
    assert page not in repr(read)


def test_p14_a_page_whose_host_mixes_alphabets_is_warned_of():
    read = parse_link(f"https://pаypal.example{TOKEN_PAGE}")

    assert read.warnings == ("mixed-script",)


def test_what_needs_no_page_names_none():
    read = parse_link("xmpp:romeo@montague.net?roster")

    assert (read.page, read.page_host) == (None, "")
