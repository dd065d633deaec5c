"""Each rule and each case has a test with its number in the name, on a real server if need be.

The rules R1 to R45 are those of the interoperability notes (how invitations and links work between
programs), the cases P-1 to P-20 (tokens) and U-1 to U-15 (links, and whoever opens them) those of
the battery of attacks. Only names are read here: `test_r14_...`, `test_p3_p4_...`.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

# Making an invitation
MAKING = {
    "r1": "our server is asked what it offers, then for an invitation",
    "r2": "its answer is read by the names of the fields, whatever the rest looks like",
    "r3": "an invitation of our server's leads to us, its page is https",
    "r4": "what is shared is a web page, not a bare xmpp: link",
    "r5": "without the server's help, the token is silently our own",
    "r6": "no token of a Prosody that loses requests with it",
    "r7": "128 random bits, kept as a hash, on disk before it is shown",
    "r8": "how the link is written: action, token, then the rest; %20, never +",
    "r9": "administrators invite people to create an account",
    "r10": "what the server made cannot be revoked from here",
    "r11": "whom the server let in is noticed by the roster alone",
}
# Taking one up
TAKING = {
    "r12": "nothing is sent before the person said yes",
    "r13": "who is a friend already is not asked again",
    "r14": "allow-list, roster, pre-approval, request with the token: in this order",
    "r15": "an older request is withdrawn, so that the token arrives",
    "r16": "after an interruption the token is sent again",
    "r17": "the inviter's own request is approved by our allow-list",
    "r18": "a wrong token gives no error: we wait",
    "r19": "after 30 seconds without any sign, one plain request",
    "r20": "being in the roster is no consent",
}
# Somebody comes
COMING = {
    "r21": "the library approves nobody by itself",
    "r22": "a good token: used up first, then answered; a bad one is like none",
    "r23": "what they call themselves is not the name in our list",
    "r24": "the same request to every device, and at each login, is one request",
    "r25": "an invitation that ended is named, with its days",
    "r26": "malformed tokens are like none; wrong ones too often are shown in silence",
    "r27": "our own tokens work on servers that make some, too",
}
# A new account
REGISTERING = {
    "r28": "the token is shown over TLS only, under either name of the feature",
    "r29": "a bad token, a taken name and a refused password are told apart",
    "r30": "the login follows on the same stream",
    "r31": "both are friends by then: nothing more is asked",
    "r32": "one token, one use: an account or a friend",
    "r33": "a link with a user name fixes it, and may reset its password",
    "r34": "ibr is true for y alone",
    "r35": "the invitation waits until there is an account",
}
# What a link says
LINKS = {
    "r37": "split first, then decode each part once",
    "r38": "a plus is a plus, but in some names",
    "r39": "links without an action, or with an unknown one",
    "r40": "keys in any order; a token or name given twice is none",
    "r41": "resources, repeated schemes and brackets are stripped",
    "r42": "links that nobody escaped",
    "r43": "links that name an account of ours; passwords in them",
    "r44": "landing pages of every kind",
    "r45": "what changes something is asked about, passwords are refused",
}
# Tokens under attack
TOKENS = {
    "p1": "a good token: one approval, one request, no name, Undo in sight",
    "p2": "the same token again from the same address changes nothing",
    "p3": "from another address it only asks",
    "p4": "two in the same instant: one wins",
    "p5": "the end of an invitation, and odd clocks",
    "p6": "bound to somebody else",
    "p7": "malformed tokens, and tokens where none belongs",
    "p8": "thousands of guesses",
    "p9": "an older request without a token is in the way",
    "p10": "links to ourselves, friends, the blocked, servers, rooms",
    "p11": "another device of ours knows the token",
    "p12": "whom our allow-list lets in: one address, once, for a time",
    "p13": "a crash between any two steps",
    "p14": "addresses that look like others",
    "p15": "odd invitations made by servers",
    "p16": "creating an account: no TLS, no tokens, taken names",
    "p17": "tokens are in no log, file, title or history",
    "p18": "revoked while the request waits on the server",
    "p19": "tokens that are not ours, or not any more, and long absence",
    "p20": "Undo sends away, the token stays used",
}
# Links under attack
OPENING = {
    "u1": "arguments that are options of Qt or of ours",
    "u2": "too many, too long, broken arguments",
    "u3": "bad quotation on Windows",
    "u4": "control characters",
    "u5": "addresses that are none",
    "u6": "separators and repetitions",
    "u7": "names: long, with markup, written backwards",
    "u8": "nothing is loaded from the current folder",
    "u9": "links that would do something",
    "u10": "hundreds of links at once",
    "u11": "links that name an account of ours",
    "u12": "strange hosts with an invitation in the fragment",
    "u13": "the socket of the running copy",
    "u14": "who opens links on this desktop",
    "u15": "codes in pictures",
}
CENSUS = MAKING | TAKING | COMING | REGISTERING | LINKS | TOKENS | OPENING

# These say what a server does, or what becomes of what we send it.
ON_A_SERVER = (
    {"r1", "r3", "r5", "r6", "r9", "r10", "r11"}
    | (TAKING.keys() - {"r12"})
    | COMING.keys()
    | (REGISTERING.keys() - {"r34"})
    | (TOKENS.keys() - {"p14", "p15"})
)
# Of these Prosody and ejabberd do only what is harmless; `tests/xmpp/test_invitations.py` and
# `test_forms.py` have scripted servers for the rest: r2, p15.

# Here r1 to r12 are the cases of the battery, about the roster.
ABOUT_THE_ROSTER = re.compile(
    r"(core/test_(contacts|blocking|requests|inbox)|store/test_contacts|ui/test_requests_.*"
    r"|xmpp/test_(roster|network|messages|strangers|blocking))\.py"
)
SERVERS = {"prosody", "own_prosody", "ejabberd", "story"}


@dataclass(frozen=True)
class Case:
    """A test as its source shows it."""

    name: str
    module: str
    is_on_a_server: bool

    @property
    def numbers(self) -> set[str]:
        found = set(re.findall(r"(?<![a-z0-9])[rpu][1-9][0-9]?(?![a-z0-9])", self.name))
        if ABOUT_THE_ROSTER.fullmatch(self.module):
            found -= {f"r{number}" for number in range(1, 13)}
        return found


def read(source: str, module: str) -> Iterator[Case]:
    """Every test of a module. A server is a fixture of the test, or a mark of the module."""
    tree = ast.parse(source)
    is_marked = any(
        isinstance(each, ast.Assign) and ast.unparse(each) == "pytestmark = pytest.mark.prosody"
        for each in tree.body
    )
    for each in ast.walk(tree):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name[:5] == "test_":
            fixtures = {argument.arg for argument in each.args.args}
            yield Case(each.name, module, is_marked or bool(fixtures & SERVERS))


@pytest.fixture(scope="module")
def tests() -> list[Case]:
    return [
        test
        for path in sorted(TESTS.rglob("test_*.py"))
        for test in read(path.read_text("utf-8"), path.relative_to(TESTS).as_posix())
    ]


def missing(numbers: set[str], tests: list[Case]) -> dict[str, str]:
    tested = {number for test in tests for number in test.numbers}
    return {number: CENSUS[number] for number in CENSUS if number in numbers - tested}


def test_every_rule_and_every_case_has_a_test(tests):
    assert missing(set(CENSUS), tests) == {}


def test_what_involves_a_server_is_tried_on_a_real_one(tests):
    assert missing(set(ON_A_SERVER), [test for test in tests if test.is_on_a_server]) == {}


def test_the_census_is_complete():
    """R36 is about a login that Pars does not have (SASL2)."""
    expected = [f"r{number}" for number in range(1, 46) if number != 36]
    expected += [f"p{number}" for number in range(1, 21)] + [
        f"u{number}" for number in range(1, 16)
    ]

    assert list(CENSUS) == expected


def test_the_census_would_see_a_gap():
    source = (
        "pytestmark = pytest.mark.prosody\n"
        "def test_r1_r22_one(): pass\nasync def test_two_p3(): pass\ndef helper_u1(): pass\n"
        "def test_r140_three(): pass\ndef test_her4_four(): pass\n"
    )
    here = list(read(source, "journeys/test_x.py"))
    assert set().union(*(test.numbers for test in here)) == {"r1", "r22", "p3"}
    assert all(test.is_on_a_server for test in here)

    there = list(read(source.partition("\n")[2], "xmpp/test_roster.py"))
    assert set().union(*(test.numbers for test in there)) == {"r22", "p3"}
    assert not any(test.is_on_a_server for test in there)
    assert missing({"r1", "r22"}, there) == {"r1": CENSUS["r1"]}
