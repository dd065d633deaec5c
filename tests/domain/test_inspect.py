"""`inspect`: what a link would do, told to careful people and to scripts."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pars_desktop import cli
from pars_desktop.domain.explain import report
from pars_desktop.domain.link import Action
from pars_desktop.domain.uri import parse_link

VECTORS = Path(__file__).parent / "links.jsonl"
KEYS = (
    "action jid token name group ibr account subject body node item jids has_password fingerprints"
    " warnings refused explanation"
)
INVITATION = "xmpp:romeo@montague.net?roster;preauth=T;name=R;omemo-sid-1=ab"


def inspect(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "pars_desktop", "inspect", *words],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=20,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )


def test_json_has_exactly_these_keys_in_this_order(capsys):
    assert cli.inspect(INVITATION, as_json=True, stdin=io.StringIO()) == 0

    told = json.loads(capsys.readouterr().out)
    assert list(told) == KEYS.split()
    assert told == {
        "action": "roster",
        "jid": "romeo@montague.net",
        "token": "T",
        "name": "R",
        "group": None,
        "ibr": False,
        "account": None,
        "subject": None,
        "body": None,
        "node": None,
        "item": None,
        "jids": [],
        "has_password": False,
        "fingerprints": {"1": "ab"},
        "warnings": [],
        "refused": None,
        "explanation": "This is an invitation from romeo@montague.net to become friends.",
    }


def test_a_refused_link_ends_with_status_2_and_says_nothing_else(capsys):
    assert cli.inspect("xmpp://romeo:pa55@montague.net", as_json=True, stdin=io.StringIO()) == 2

    told = json.loads(capsys.readouterr().out)
    assert {key: value for key, value in told.items() if value} == {
        "refused": "secret-in-link",
        "explanation": "This link carries a password, so it is not used.",
    }


def test_every_line_of_the_vectors_is_answered_in_order():
    vectors = [json.loads(line) for line in VECTORS.read_text("utf-8").splitlines()]
    lines = "\n".join(vector["link"] for vector in vectors).encode()

    done = inspect("--json", "-", stdin=lines)

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert done.stderr == b""
    assert len(answers) == len(vectors)
    for vector, answer in zip(vectors, answers, strict=True):
        assert {key: answer[key] for key in vector["expect"]} == vector["expect"], vector["id"]


def test_u2_whatever_comes_on_standard_input_gets_one_line_each():
    lines = [b"", b"\xff\xfe", b"x" * 1_000_000, b"xmpp:a@b\rxmpp:c@d", b"xmpp:a@b\r", b"\0"]

    done = inspect("--json", "-", stdin=b"\n".join(lines))

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert done.stderr == b""
    assert [answer["refused"] for answer in answers] == [
        "not-a-link",
        "not-a-link",
        "too-long",
        "bad-address",
        None,
        "not-a-link",
    ]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--json", INVITATION], 0),
        ([INVITATION], 0),
        (["--json", "--config=/etc/passwd"], 2),
        (["--json", ""], 2),
        (["--json", b"xmpp:a@b?roster;name=\xff"], 2),
        (["--json", "x" * 131_000], 2),
        (["--json"], 2),
        ([], 2),
        (["--json", INVITATION, INVITATION], 2),
    ],
)
def test_u2_the_exit_status_says_whether_it_was_understood(words, status):
    done = inspect(*words)

    assert done.returncode == status
    assert len(done.stdout + done.stderr) < 1000
    assert b"Traceback" not in done.stderr


def test_neither_qt_nor_for_plain_addresses_slixmpp_is_imported():
    code = (
        "import sys; from pars_desktop import cli;"
        f"cli.inspect({INVITATION!r}, True, sys.stdin);"
        "assert 'slixmpp' not in sys.modules; assert 'asyncio' not in sys.modules;"
        "cli.inspect('xmpp:römeo@münchen.example', True, sys.stdin);"
        "assert not [name for name in sys.modules if name.startswith('PySide6')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_the_report_is_one_sentence_and_one_line_per_field():
    told = report(parse_link("xmpp:r@münchen.example?roster;preauth=T;omemo-sid-1=ab;name=%00R"))

    assert told.splitlines() == [
        "This is an invitation from r@münchen.example to become friends.",
        "  action: roster",
        "  jid: r@münchen.example",
        "  token: T",
        "  name: R",
        "  fingerprints: 1=ab",
        "  warnings: control-characters",
        "  in plain letters: r@xn--mnchen-3ya.example",
    ]


def test_an_address_is_not_said_to_open_a_chat_with_a_stranger():
    told = parse_link("xmpp:juliet@capulet.example").explanation

    assert told == (
        "This link leads to juliet@capulet.example: it opens the chat with a friend, and offers to "
        "add anybody else."
    )
    assert "opens a chat" not in parse_link("xmpp:juliet@capulet.example?frob").explanation


def test_what_is_only_so_or_not_is_said_in_words():
    told = report(parse_link("xmpp:r@m.example?roster;preauth=T;ibr=y")).splitlines()

    assert "  an account can be made with it on the server of this address" in told
    assert not any("ibr" in line or "True" in line for line in told)


def test_nothing_in_the_report_is_obeyed_by_a_terminal():
    told = report(parse_link("xmpp:a@b?message;body=a%0Ab%C2%9B31m%E2%80%AEc;subject=S"))

    assert "  body: a\\nb\\x9b31m\\u202ec" in told.splitlines()
    assert all(line.isprintable() for line in told.splitlines())


@pytest.mark.parametrize("action", Action)
def test_every_action_has_its_own_sentence(action):
    link = "https://example.com/x?65HVSJQK" if action is Action.LOOKUP else f"xmpp:a@b.c?{action}"
    link = link.removesuffix("?chat")
    others = [parse_link(f"xmpp:a@b.c?{other}").explanation for other in Action if other != action]

    told = parse_link(link)

    assert told.action is action
    assert told.explanation.endswith(".")
    assert told.explanation not in others


def test_an_invitation_with_an_account_says_so():
    assert "account" in parse_link("xmpp:a@b.c?roster;preauth=T;ibr=y").explanation
    assert "account" not in parse_link("xmpp:a@b.c?roster;preauth=T").explanation
