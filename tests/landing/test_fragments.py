"""Every form of invitation is read by the page as by the program (R37 to R45)."""

import base64
import json
import random
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from pars_desktop.domain.landing import LANDING_PAGE, web_link
from pars_desktop.domain.uri import parse_link

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "domain" / "links.jsonl").read_text().splitlines()
]
HOSTILE = [  # U-5, U-6, U-7, and what else an address, a name or a token may not be
    "romeo%40evil.test@montague.net?roster",
    "@?roster",
    "romeo@montague.net?;;;roster;;preauth=t",
    "romeo@montague.net?roster;preauth=t%3Bname=Boss",
    "romeo@montague.net#roster;preauth=t",
    "romeo@montague.net?roster;name=R;name=S",
    "romeo@montague.net?roster;name=xmpp%3Aromeo%40montague.net",
    "romeo@montague.net?roster;name=%EF%BC%9Cromeo%EF%BC%A0capulet.net%EF%BC%9E",
    "romeo@montague.net?roster;name=" + "x" * 10_000,
    "romeo@montague.net?roster;name=" + "%F0%9F%8C%B9" * 150,
    "romeo@montague.net?roster;name=A%20B+C",
    "romeo@montague.net?roster;name=%FF%FE",
    "romeo@montague.net?roster;ibr=%20Y%20",
    "romeo@montague.net?subscribe;preauth=T",
    "romeo@montague.net?node=n",
    "romeo@montague.net?login;password=p",
    "romeo@montague.net?hire;preauth=T",
    "//juliet@capulet.net/romeo@montague.net?roster;preauth=T",
    "//bad@@/romeo@montague.net?roster",
    "%D7%90a@montague.net?roster",
    "%D7%901@montague.net?roster",
    "%D7%90%D7%91@montague.net?roster",
    "romeo@%D7%90a.net?roster",
    "romeo@stra%C3%9Fe.example?roster",
    "romeo@m%C3%BCnchen.example?roster",
    "romeo@xn--a.example?roster",
    "romeo@ab--cd.example?roster",
    "romeo@x.%D1%80%D1%84?roster",
    "romeo@m%D0%BEntague.net?roster",
    "%EF%BC%A1%EF%BC%A2@b.example?roster",
    "%E5%B1%B1%E3%81%AE@b.example?roster",
    "romeo@b..example?roster",
    "romeo@b.example.?roster",
    "romeo@b%E3%80%82example?roster",
    "romeo@-b.example?roster",
    "romeo@b_c.example?roster",
    "romeo@b.example:5222?roster",
    "romeo@[2001:DB8::0:1]?roster",
    "romeo@[nonsense]?roster",
    "%F0%9F%98%80@b.example?roster",
    "ro%E2%80%8Bmeo@b.example?roster",
    "ro%00meo@b.example?roster",
    "romeo@montague.net?message;body=a%00b%0Ac",
]


def forms():
    """Each link of the vectors as fragments, raw, encoded and in base64, with and without xmpp:."""
    for vector in VECTORS:
        kind, link = vector["id"], vector["link"]
        if link.lower().startswith("xmpp:"):
            plain = link[5:]
            yield f"{kind}-raw", plain
            yield f"{kind}-raw-xmpp", link
            yield f"{kind}-encoded", quote(plain, safe="")
            yield f"{kind}-encoded-xmpp", quote(link, safe="")
            yield f"{kind}-base64", base64.b64encode(link.encode()).decode()
            yield f"{kind}-base64url", base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")
        elif "#" in link:
            yield kind, link.partition("#")[2]
    for fragment in HOSTILE:
        yield fragment[:60], fragment
        yield "encoded " + fragment[:50], quote(fragment, safe="")


def read(browser, fragments):
    """What the page understands, with each fragment as this browser would hand it over."""
    return browser.run(
        "return arguments[0].map((one) =>"
        " invitation.read(new URL('#' + one, location.href).hash.slice(1)))",
        list(fragments),
    )


def by_program(text):
    """What the program understands, in the words of the page."""
    link = parse_link(text)
    if link.refused:
        return {"refused": str(link.refused)}
    if link.jid is None:
        return {"refused": "no-address"}
    return {
        "action": str(link.action),
        "jid": str(link.jid),
        "ascii": link.jid.ascii,
        "token": link.token,
        "name": link.name,
        "ibr": link.ibr,
        "warnings": [str(warning) for warning in link.warnings],
    }


def by_page(found):
    """The same of what the page said."""
    if found["refused"] == "nothing":
        return {"refused": "not-a-link"}
    if "action" not in found:
        return {"refused": found["refused"]}
    who = {"jid": found["jid"]["full"], "ascii": found["jid"]["ascii"]}
    told = ("action", "token", "name", "ibr", "warnings")
    return {key: found[key] for key in told} | who


@pytest.fixture(scope="module")
def answers(chromium, server):
    chromium.visit(server.page)
    fragments = [fragment for _kind, fragment in forms()]
    return dict(zip(fragments, read(chromium, fragments), strict=True))


@pytest.mark.parametrize("fragment", [pytest.param(f, id=kind) for kind, f in forms()])
def test_the_page_reads_a_fragment_as_the_program_reads_the_link(answers, fragment):
    assert by_page(answers[fragment]) == by_program(f"{LANDING_PAGE}{fragment}")


@pytest.mark.parametrize("fragment", [pytest.param(f, id=kind) for kind, f in forms()])
def test_the_link_on_the_page_means_what_the_page_shows(answers, fragment):
    found = answers[fragment]
    offered = found["refused"] is None
    assert ("link" in found) == offered
    if offered:
        told = by_page(found) | {"warnings": [], "action": None}
        opened = by_program(found["link"])
        action = opened["action"] if found["action"] != "chat" else "chat"
        assert opened | {"warnings": [], "action": None} == told
        assert action == found["action"]


def test_every_way_to_be_no_invitation_is_among_the_forms(answers):
    refusals = {found["refused"] for found in answers.values()}
    assert refusals >= {None, "not-a-link", "no-address", "bad-address", "secret-in-link"}
    assert "no-invitation" in refusals


@pytest.mark.parametrize(
    "link",
    [
        "xmpp:romeo@montague.net?roster;preauth=1tMFqYDdKhfe2pwp",
        "xmpp:romeo@montague.net?roster;preauth=T;name=Romeo%20%26%20Sons%2C%20%27x%27",
        "xmpp:romeo@b.test?roster;preauth=0QF-ZE-NMdIO0pRwj5jLOeUm;ibr=y",
        "xmpp:juliet@example.com?register;preauth=TOKEN",
        "xmpp:example.com?register;preauth=TOKEN",
        "xmpp:caf%C3%A9@m%C3%BCnchen.example?roster;preauth=T",
        "xmpp:me@host.example?roster;preauth=T;ibr=y;omemo-sid-123=aa11",
        "xmpp:room@muc.example?join",
    ],
)
def test_a_clean_link_is_opened_letter_for_letter(browser, visit, link):
    visit(web_link(link, ""))
    assert browser.link() == link


def test_u5_a_part_that_was_not_understood_is_not_opened(visit):
    browser = visit("romeo@montague.net/orchard?roster;preauth=%3Cevil%3E;foo=bar;name=a@b.example")
    assert browser.link() == "xmpp:romeo@montague.net?roster"


PIECES = re.findall(
    r"\S+",
    """
    romeo @ @ montague.net ? ? roster ; ; preauth= T a%2Bb name= Romeo %20 + %40 %3F %3B %2540 # /
    // xmpp: & ibr=y ibr=n % %FF %C3%A9 register join message subscribe remove body=x password=
    password=p group=G : juliet@capulet.net %00 %E2%80%AE = . xn--mnchen-3ya.de cm9tZW9A
    """,
)


def test_page_and_program_agree_about_whatever_is_glued_together(browser, visit):
    visit()
    dice = random.Random(379)
    fragments = ["".join(dice.choices(PIECES, k=dice.randint(1, 12))) for _ in range(4000)]
    fragments += ["romeo@montague.net?" + "".join(dice.choices(PIECES, k=6)) for _ in range(4000)]
    found = [by_page(one) for one in read(browser, fragments)]
    disagreed = [
        (fragment, page, program)
        for fragment, page in zip(fragments, found, strict=True)
        if page != (program := by_program(LANDING_PAGE + fragment))
    ]
    assert disagreed == []
    assert sum("action" in page for page in found) > 1000
