"""`xmpp:` links, read and written (RFC 5122, XEP-0147, XEP-0379); vectors and battery U."""

import json
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.explain import fields
from pars_desktop.domain.invite import new_token
from pars_desktop.domain.jid import JID, has_hidden_characters
from pars_desktop.domain.link import Action
from pars_desktop.domain.uri import account_link, invitation_link, parse_link, typed_link

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent / "links.jsonl").read_text("utf-8").splitlines()
]
ROMEO = JID("romeo", "montague.net")


def said(text: str) -> dict[str, object]:
    """What a link says, without the fields that say nothing and without the sentence."""
    told = {key: value for key, value in fields(parse_link(text)).items() if value}
    assert told.pop("explanation")
    return told


def of_romeo(query: str) -> dict[str, object]:
    told = said(f"xmpp:romeo@montague.net{query}")
    assert told.pop("jid") == "romeo@montague.net"
    return told


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_every_vector_is_read_as_expected(vector):
    told = fields(parse_link(vector["link"]))

    assert {key: told[key] for key in vector["expect"]} == vector["expect"]
    assert (told["action"] is None) == (told["refused"] is not None)


# --- battery U ---------------------------------------------------------------------------------


def test_u2_text_that_is_too_long_is_refused():
    longest = "xmpp:romeo@montague.net?message;body=" + "x" * (65536 - 37)

    assert said(longest)["action"] == "message"
    assert said(longest + "x") == {"refused": "too-long"}
    assert said("xmpp:" + "é" * 32766) == {"refused": "too-long"}
    assert said("x" * 1_000_000) == {"refused": "too-long"}


def test_u2_bytes_that_are_not_utf8_are_refused():
    assert said("xmpp:romeo@montague.net?roster;name=\udcff") == {"refused": "not-a-link"}


def test_u3_windows_quoting_does_not_get_beyond_an_unknown_action():
    assert of_romeo('?roster" --x "') == {"action": "chat", "warnings": ["unknown-action"]}


@pytest.mark.parametrize("hidden", ["\n", "%00", "%0a", "%7F", "\u202e", "%E2%80%8B", "\u2028"])
def test_u4_nothing_hidden_gets_through(hidden):
    cleaned = {"action": "roster", "warnings": ["control-characters"]}

    assert said(f"xmpp:ro{hidden}meo@montague.net?roster") == {"refused": "bad-address"}
    assert said(f"xmpp:romeo@montague{hidden}.net?roster") == {"refused": "bad-address"}
    assert said(f"xmpp:romeo@montague.net{hidden}?roster") == {"refused": "bad-address"}
    assert said(f"xmpp:romeo@montague.net/x{hidden}?roster") == {"refused": "bad-address"}
    assert of_romeo(f"?roster;name=Ro{hidden}meo") == cleaned | {"name": "Romeo"}
    assert of_romeo(f"?roster;group=Ro{hidden}meo") == cleaned | {"group": "Romeo"}
    assert of_romeo(f"?message;subject=Ro{hidden}meo") == cleaned | {
        "action": "message",
        "subject": "Romeo",
    }
    assert of_romeo(f"?roster;preauth=to{hidden}ken") == cleaned | {"warnings": ["bad-token"]}


def test_u4_a_body_keeps_its_lines_and_loses_other_controls():
    told = of_romeo("?message;body=a%00b%0D%0Ac%09d%1B%5B31m%EF%BF%BE")

    assert told == {"action": "message", "body": "ab\ncd[31m"}


@pytest.mark.parametrize(
    ("link", "refused"),
    [
        ("xmpp:romeo%40evil.test@montague.net?roster", "bad-address"),
        ("xmpp:romeo@montague.net%2Fx?roster", "bad-address"),
        ("xmpp:@?roster", "bad-address"),
        ("xmpp:?roster", "no-address"),
    ],
)
def test_u5_addresses_in_disguise_are_refused(link, refused):
    assert said(link) == {"refused": refused}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?roster&preauth=t", {"action": "roster", "token": "t"}),
        ("?;;;roster;;preauth=t", {"action": "roster", "token": "t"}),
        ("?ROSTER;PREAUTH=t", {"action": "roster", "token": "t"}),
        ("?%72oster;pre%61uth=t", {"action": "roster", "token": "t"}),
        ("?roster=;preauth=t", {"action": "roster", "token": "t"}),
        ("#roster;preauth=t", {"action": "chat"}),
        ("?roster;preauth=t#x;name=Boss", {"action": "roster", "token": "t"}),
        ("?roster;preauth=a;preauth=b", {"action": "roster", "warnings": ["duplicate-token"]}),
        ("?roster;preauth=a;PreAuth=a", {"action": "roster", "warnings": ["duplicate-token"]}),
        ("?roster;preauth=t%3Bname=Boss", {"action": "roster", "warnings": ["bad-token"]}),
        ("?roster%3Bpreauth=t", {"action": "chat"}),
        ("?hire;preauth=t;name=Boss", {"action": "chat", "warnings": ["unknown-action"]}),
        ("?chat", {"action": "chat", "warnings": ["unknown-action"]}),
        ("?lookup", {"action": "chat", "warnings": ["unknown-action"]}),
        ("?message;body=you%26me&them", {"action": "message", "body": "you&me&them"}),
    ],
)
def test_u6_r37_parts_are_split_before_they_are_decoded(query, told):
    assert of_romeo(query) == told


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Romeo+Montague", "Romeo Montague"),
        ("Romeo%20Montague", "Romeo Montague"),
        ("Romeo+M%20Montague", "Romeo+M Montague"),
        ("Romeo%2BJuliet", "Romeo+Juliet"),
        ("%20Romeo%20", "Romeo"),
        ("<img src=x>", "<img src=x>"),
        ("x" * 10_000, "x" * 100),
        ("x" * 99 + "%20y", "x" * 99),
        ("Romeo%20@%20home", "Romeo @ home"),
        ("%FF", "\ufffd"),
    ],
)
def test_u7_r38_names_are_plain_short_text(written, name):
    assert of_romeo(f"?roster;name={written}") == {"action": "roster", "name": name}


@pytest.mark.parametrize(
    "written",
    [
        "your-bank@example.com",
        "%3Cyour-bank%40example.com%3E",
        "xmpp:your-bank@example.com",
        "your-bank%EF%BC%A0example.com",  # a fullwidth @
        "your+bank@example.com",
        "your-bank@no_host!",
        "your-bank@example.com/x",
    ],
)
def test_u7_a_name_that_looks_like_another_address_is_not_used(written):
    told = of_romeo(f"?roster;name={written}")

    assert told == {"action": "roster", "warnings": ["name-is-address"]}


def test_u7_the_address_itself_as_a_name_is_dropped_in_silence():
    assert of_romeo("?roster;name=Romeo@Montague.NET.") == {"action": "roster"}


def test_u7_r40_two_names_are_none():
    told = of_romeo("?roster;name=Romeo;name=Mom;preauth=t")

    assert told == {"action": "roster", "token": "t", "warnings": ["duplicate-name"]}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?command;node=stats;action=execute", {"action": "command", "node": "stats"}),
        ("?remove", {"action": "remove"}),
        ("?unsubscribe", {"action": "unsubscribe"}),
        ("?unregister", {"action": "unregister"}),
        ("?message;body=Hi;subject=S", {"action": "message", "body": "Hi", "subject": "S"}),
        ("?sendfile;sid=1", {"action": "sendfile"}),
        ("?vcard", {"action": "vcard"}),
        ("?join;password=secret", {"action": "join", "has_password": True}),
        ("?join;password=", {"action": "join"}),
        ("?disco;node=n;type=get", {"action": "disco", "node": "n"}),
        ("?pubsub;node=n;item=i", {"action": "pubsub", "node": "n", "item": "i"}),
        ("?register", {"action": "register"}),
        ("?trust-message;encryption=urn:xmpp:omemo:2;trust=AA", {"action": "trust-message"}),
    ],
)
def test_u9_every_action_is_named_and_a_password_never_shown(query, told):
    link = parse_link("xmpp:romeo@montague.net" + query)

    assert of_romeo(query) == told
    assert "secret" not in repr(link)


def test_u11_r43_the_authority_is_only_a_hint_at_one_of_our_accounts():
    link = parse_link("xmpp://alice@good.test/romeo@montague.net?roster")

    assert (link.jid, link.account) == (ROMEO, JID("alice", "good.test"))


def test_u15_codes_that_are_no_links_are_refused():
    for text in ("javascript:alert(1)", "file:///etc/passwd", "", "WIFI:S:home;;", '{"a": 1}'):
        assert said(text) == {"refused": "not-a-link"}


# --- rules R37 to R45 --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "told"),
    [
        (" xmpp:romeo@montague.net \n", {"action": "chat", "jid": "romeo@montague.net"}),
        ("<xmpp:romeo@montague.net?roster>, he said", {"action": "roster"}),
        ("XMPP:xmpp:Xmpp:romeo@montague.net", {"action": "chat"}),
        ("xmpp://romeo@montague.net/?roster", {"action": "roster"}),
        ("xmpp:///romeo@montague.net?roster", {"action": "roster"}),
        ("xmpp:romeo@montague.net/?roster", {"action": "roster"}),
        ("xmpp:romeo@montague.net/a%2Fb?remove", {"action": "remove"}),
        ("xmpp:romeo%40montague.net?roster", {"action": "roster"}),
        ("imto://xmpp/romeo%40montague.net", {"action": "chat"}),
    ],
)
def test_r41_what_surrounds_the_address_is_stripped(link, told):
    assert said(link) == {"jid": "romeo@montague.net"} | told


@pytest.mark.parametrize(
    ("link", "jid"),
    [
        ("xmpp:a#b@x.example?roster", "a#b@x.example"),
        ("xmpp:a%b@x.example?roster", "a%b@x.example"),
        ("xmpp:100%25@x.example?roster", "100%@x.example"),
        ("xmpp:a+b@x.example?roster", "a+b@x.example"),
        ("xmpp:a%2Bb@x.example?roster", "a+b@x.example"),
        ("xmpp:%61%2541@x.example?roster", "a%41@x.example"),  # decoded once
        ("xmpp:romeo@127.0.0.1?roster", "romeo@127.0.0.1"),
        ("xmpp:romeo@%5B::1%5D?roster", "romeo@[::1]"),
        ("xmpp:romeo@montague.net.?roster", "romeo@montague.net"),
        ("xmpp:montague.net?roster", "montague.net"),
    ],
)
def test_r42_addresses_are_read_as_the_known_writers_write_them(link, jid):
    assert said(link) == {"action": "roster", "jid": jid}


@pytest.mark.parametrize(
    ("query", "action"),
    [
        ("", Action.CHAT),
        ("?", Action.CHAT),
        ("?preauth=t", Action.ROSTER),
        ("?;preauth", Action.ROSTER),
        ("?name=R", Action.ROSTER),
        ("?group=R", Action.ROSTER),
        ("?node=n", Action.PUBSUB),
        ("?;item=n", Action.PUBSUB),
        ("?omemo-sid-1=ab", Action.CHAT),
        ("?subscribe;preauth=t", Action.ROSTER),
        ("?subscribe", Action.SUBSCRIBE),
        ("?name=R;remove", Action.REMOVE),
        ("?join;roster", Action.JOIN),
    ],
)
def test_r39_the_action_is_found_or_follows_from_the_keys(query, action):
    assert parse_link("xmpp:romeo@montague.net" + query).action is action


@pytest.mark.parametrize(
    "link",
    [
        "xmpp:romeo@montague.net?login;password=p",
        "xmpp:romeo@montague.net?register;password=p",
        "xmpp:romeo@montague.net?roster&PASSWORD=p",
        "xmpp:romeo@montague.net?password=p",
        "xmpp:?login;password=p",
        "xmpp://romeo:p@montague.net",
        "xmpp://romeo%3Ap@montague.net",
        "xmpp://romeo:p@montague.net/juliet@capulet.net?roster",
        "<xmpp:xmpp://romeo:p@montague.net>",
        '{"jid": "romeo@montague.net", "password": "p"}',
        "[{'Password' : 'p'}",
    ],
)
def test_r45_whatever_carries_a_password_is_refused(link):
    assert said(link) == {"refused": "secret-in-link"}
    assert parse_link(link).jid is None


@pytest.mark.parametrize(
    ("token", "good"),
    [
        ("A" * 4096, True),
        ("A" * 4097, False),
        ("a-._~:+/=!$*,@Z9", True),
        ("%2B%3D", True),
        ("", False),
        ("%20", False),
        ("%FF", False),
        ("caf%C3%A9", False),
        ("a%26b", False),
    ],
)
def test_r26_a_token_is_made_of_known_letters_or_dropped(token, good):
    link = parse_link("xmpp:romeo@montague.net?roster;preauth=" + token)

    assert bool(link.token) is good
    assert link.warnings == (() if good else ("bad-token",))


@pytest.mark.parametrize(("value", "ibr"), [("y", True), (" Y ", True), ("n", False), ("", False)])
def test_an_account_is_offered_only_by_a_plain_yes(value, ibr):
    assert parse_link(f"xmpp:montague.net?roster;preauth=t;ibr={value};ibr=y").ibr is ibr


def test_all_invited_people_are_read_once_and_every_address_has_to_be_good():
    room = "xmpp:coven@chat.example?invite;jid=a@x.example;jid=A@X.example/r"

    assert said(room)["jids"] == ["a@x.example"]
    assert said(room + ";jid=@") == {"refused": "bad-address"}
    assert "jids" not in said("xmpp:romeo@montague.net?roster;jid=@")


def test_fingerprints_stay_as_written_and_only_hexadecimal_ones():
    told = of_romeo("?omemo-sid-1=AbC;OMEMO-SID-2=00;omemo-sid-1=ff;omemo-sid-x=aa;omemo-sid-3=zz")

    assert told == {"action": "chat", "fingerprints": {"1": "AbC", "2": "00"}}


@pytest.mark.parametrize(
    ("address", "mixed"),
    [
        ("rоmeo@montague.net", True),
        ("romeo@mоntague.net", True),
        ("romeo@xn--mntague-9ig.net", True),
        ("роман@montague.net", False),
        ("роман@пример.example", False),
    ],
)
def test_mixed_scripts_are_looked_for_in_each_part(address, mixed):
    warnings = parse_link(f"xmpp:{address}?roster").warnings

    assert warnings == (("mixed-script",) if mixed else ())


def test_warnings_come_sorted_and_once():
    told = of_romeo("?roster;preauth=%00;name=a%00b;group=a%00b")

    assert told["warnings"] == ["bad-token", "control-characters"]


def test_a_message_without_a_recipient_leaves_the_choice_to_the_person():
    assert said("xmpp:?message;body=Hi") == {"action": "message", "body": "Hi"}
    assert "you choose to whom" in parse_link("xmpp:?message;body=Hi").explanation


# --- writing -----------------------------------------------------------------------------------


def _addresses() -> st.SearchStrategy[JID]:
    def valid(text: str) -> JID | None:
        try:
            return JID.parse(text)
        except BadAddress:
            return None

    local = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("#%?;=&+é"))
    domain = st.sampled_from(["montague.net", "münchen.example", "пример.example", "[::1]"])
    return st.builds("{}@{}".format, local, domain).map(valid).filter(bool)


_NAMES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=100)


@given(
    jid=_addresses(),
    token=st.builds(new_token),
    name=_NAMES | st.text("a +&;=?#%/", max_size=9),
    ibr=st.booleans(),
)
def test_whatever_we_write_we_read_back(jid, token, name, ibr):
    assume("@" not in unicodedata.normalize("NFKC", name) and not has_hidden_characters(name))

    link = parse_link(invitation_link(jid, token, name, ibr=ibr))
    assert link.ibr is ibr

    assert (link.action, link.jid, link.token, link.refused) == (
        Action.ROSTER,
        jid.bare,
        token,
        None,
    )
    assert link.name == (name.strip() or None)
    assert set(link.warnings) <= {"mixed-script"}


@given(place=_addresses() | st.sampled_from([JID("", "montague.net")]), token=st.builds(new_token))
def test_r9_an_invitation_to_a_server_is_read_back(place, token):
    link = parse_link(account_link(place, token))

    assert (link.action, link.jid, link.token) == (Action.REGISTER, place.bare, token)


@given(jid=_addresses(), name=st.text(max_size=150))
def test_whatever_name_we_are_given_the_link_raises_no_suspicion(jid, name):
    link = parse_link(invitation_link(jid, "T", name))

    assert set(link.warnings) <= {"mixed-script"}
    assert parse_link(invitation_link(jid, "T", link.name or "")) == link


def test_r8_an_invitation_is_written_as_other_programs_expect_it():
    written = invitation_link(JID("a+b;c'd", "münchen.example", "res"), "TOKEN", "Zoë & Co+")

    assert written == (
        "xmpp:a%2Bb%3Bc'd@m%C3%BCnchen.example?roster;preauth=TOKEN;name=Zo%C3%AB%20%26%20Co%2B"
    )
    assert invitation_link(ROMEO, "T") == "xmpp:romeo@montague.net?roster;preauth=T"
    assert invitation_link(ROMEO, "T", "R", ibr=True) == (
        "xmpp:romeo@montague.net?roster;preauth=T;ibr=y;name=R"
    )
    assert invitation_link(ROMEO, "T", "a@b.example") == invitation_link(ROMEO, "T")


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("Romeo@montague.net", "xmpp:romeo@montague.net"),
        (" romeo@montague.net \n", "xmpp:romeo@montague.net"),
        ("a#b?c@münchen.example/res", "xmpp:a%23b%3Fc@m%C3%BCnchen.example"),
        ("xmpp:romeo@montague.net?roster", "xmpp:romeo@montague.net?roster"),
        ("https://xmpp.link/#romeo@montague.net", "https://xmpp.link/#romeo@montague.net"),
        ("montague.net", "montague.net"),
        ("ro meo@montague.net", "ro meo@montague.net"),
    ],
)
def test_a_typed_address_becomes_a_link(typed, link):
    assert typed_link(typed) == link


def test_only_what_a_person_typed_may_be_an_address_without_a_scheme():
    assert said("romeo@montague.net") == {"refused": "not-a-link"}
    assert said(typed_link("romeo@montague.net")) == {"action": "chat", "jid": "romeo@montague.net"}


def test_a_name_that_is_no_valid_text_is_written_without_what_is_wrong():
    assert invitation_link(ROMEO, "T", "Ro\udcffmeo").endswith(";name=Romeo")


def test_tokens_and_bodies_stay_out_of_the_representation():
    shown = repr(parse_link("xmpp:romeo@montague.net?message;preauth=T0KEN;body=B0DY"))

    assert "T0KEN" not in shown
    assert "B0DY" not in shown


# --- robustness --------------------------------------------------------------------------------

_PIECES = (
    "xmpp: https:// yax.im /i/ # ? roster ; & preauth= name= % %2F %FF @ a.b [::1] // < > { xn-- +"
    ' 0x7f.1 imto://xmpp/ omemo-sid-1= join jid= invite "password": é \0 \u202e \ud800'
)


@given(
    st.text(st.characters(), max_size=60)
    | st.lists(st.sampled_from(_PIECES.split()), max_size=14).map("".join)
)
def test_no_text_makes_reading_fail(text):
    link = parse_link(text)

    assert (link.action is None) == (link.refused is not None)
    assert link.explanation
    json.dumps(fields(link)).encode()


_STARTS = (
    "xmpp: xmpp:// xmpp:a@b? xmpp:a@b?roster;name= xmpp:a@b?invite; xmpp:a@b?message;body= <xmpp: {"
    " https:// https://a.b/ https://yax.im/i/ https://xmpp.link/# https://xmpp.link/#a@b?"
)
_REPEATED = (
    "xmpp: / % %41 @ # ? ; & a= < /i/ a. - \u0327\u0301 /invite/AAAAAAAA a/ %CC%A7 \U0001f600 0x1."
    " name=x; jid=a@b; omemo-sid-1=a; // ' \"pw"
)


@pytest.mark.parametrize("repeated", _REPEATED.split())
@pytest.mark.parametrize("start", ["", *_STARTS.split()])
def test_64_kib_of_anything_take_no_time(start, repeated):
    text = (start + repeated * 65536).encode()[:65536].decode(errors="ignore")
    began = time.process_time()

    parse_link(text)

    assert time.process_time() - began < 1.0  # quadratic time would be minutes
