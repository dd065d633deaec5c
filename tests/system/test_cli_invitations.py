"""`invite` and `invitations`, as scripts use them: without a running copy, and through one."""

import asyncio
import contextlib
import itertools
import json
import os
import pty
import re
import subprocess
import sys
import time

import pytest
import zxingcpp

from pars_desktop.core.invite_commands import InviteCommands
from pars_desktop.core.invites import Invites
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.invite import LIFETIME, Purpose, Via
from pars_desktop.domain.jid import JID
from pars_desktop.domain.settings import Settings
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from pars_desktop.store.invites import ClaimKind, InviteStore
from pars_desktop.store.settings import SettingsStore
from pars_desktop.system.clock import SystemClock
from pars_desktop.system.single_instance import Lock
from tests.system.conftest import ROOT, pars

ROMEO, JULIET = JID("romeo", "montague.example"), JID("juliet", "capulet.example")


@contextlib.contextmanager
def opened(paths):
    db = Database.open(paths.database)
    try:
        yield db
    finally:
        db.close()


@pytest.fixture
def profile(paths, monkeypatch):
    """A profile with two accounts; no copy runs."""
    monkeypatch.setenv("PARS_DESKTOP_PROFILE", str(paths.profile))
    monkeypatch.setenv("PYTHONUTF8", "1")
    paths.create()
    with opened(paths) as db:
        AccountStore(db).put(AccountSettings(ROMEO, your_name="Romeo M"))
        AccountStore(db).put(AccountSettings(JULIET))
    return paths


def invitations(paths, account=ROMEO):
    with opened(paths) as db:
        return InviteStore(db).all(account)


def redeem(paths, link, jid, account=ROMEO):
    with opened(paths) as db:
        invites = Invites(account, InviteStore(db), SystemClock(), str)
        return invites.redeem(parse_link(link).token, jid).kind


def test_a_link_is_printed_and_nothing_else(profile):
    done = pars("invite")

    assert done.returncode == 0
    assert re.fullmatch("pars-desktop: A friend without an account .*[.]\n", done.stderr)
    link = parse_link(done.stdout)
    assert done.stdout.count("\n") == 1
    assert (link.jid, link.name) == (ROMEO, "Romeo M")
    assert redeem(profile, done.stdout, JULIET) is ClaimKind.CLAIMED


def test_the_link_of_a_web_page_leads_to_the_same_invitation(profile):
    done = pars("invite", "--web")

    assert done.stdout.startswith("https://xmpp.link/#")
    assert redeem(profile, done.stdout, JULIET) is ClaimKind.CLAIMED


def test_the_page_is_the_one_in_the_preferences(profile):
    SettingsStore(profile.settings).save(Settings(landing_page="https://montague.example/i/#"))

    told = json.loads(pars("invite", "--web", "--json").stdout)

    assert told["link"].startswith("https://montague.example/i/#")
    assert redeem(profile, told["link"], JULIET) is ClaimKind.CLAIMED


def test_that_an_account_is_needed_is_said_of_what_no_server_ever_makes_too(profile):
    said = "pars-desktop: A friend without an account needs one elsewhere.\n"
    assert pars("invite", "--uses=3").stderr == said
    assert pars("invite", "--expires=1d").stderr == said


def test_whoever_has_an_address_needs_no_account(profile):
    assert pars("invite", f"--to={JULIET}").stderr == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--frob"], "There is no option --frob."),
        (["--uses=2", "--frob=3"], "There is no option --frob."),
        (["--uses"], "--uses needs a value."),
        (["--json=yes"], "--json takes no value."),
        (["--xmpp:a@b?roster;preauth=T0KEN"], "There is no such option."),
        (["--" + "x" * 500], "There is no such option."),
    ],
)
def test_a_mistake_is_named_and_no_link_is_repeated(profile, words, said):
    done = pars("invite", *words)

    assert done.returncode == 2
    assert done.stderr.startswith(f"pars-desktop: {said}")
    assert "T0KEN" not in done.stderr
    assert invitations(profile) == []


def test_an_invitation_to_the_server_is_listed_as_such(profile):
    made = {"bound_to": JID("paris", "montague.example"), "purpose": Purpose.ACCOUNT}
    with opened(profile) as db:
        now = SystemClock().now()
        InviteStore(db).add(
            ROMEO, b"hash", "xmpp:", now, now + LIFETIME, "Paris", via=Via.SERVER, **made
        )

    assert "new account  for Paris  as paris@montague.example" in pars("invitations").stdout


def test_everything_can_be_chosen(profile):
    words = ["--for", "the choir", "--uses=3", "--expires", "3d", "--to", str(ROMEO)]
    done = pars("invite", *words, "--account", str(JULIET), "--json")

    told = json.loads(done.stdout)
    (kept,) = invitations(profile, JULIET)
    assert (told["for"], told["uses"], told["to"]) == ("the choir", 3, str(ROMEO))
    assert (told["account"], told["made_by"], told["state"]) == (str(JULIET), "client", "waiting")
    assert (kept.id, kept.label, kept.max_uses) == (told["id"], "the choir", 3)
    assert (kept.link, kept.bound_to) == (told["link"], ROMEO)
    assert (kept.expires - kept.created).days == 3


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_code_in_the_terminal_is_the_link(profile, encoding):
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        process = print_code(encoding, stdout=theirs)
        os.close(theirs)
        shown = everything(terminal).decode(encoding).replace("\r\n", "\n")
        assert process.wait(30) == 0

    link, *lines = shown.splitlines()
    (found,) = zxingcpp.read_barcodes(seen(lines), try_invert=False)
    assert found.text == link


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_code_in_a_file_is_the_link_without_codes_for_colours(profile, encoding):
    shown = print_code(encoding, stdout=subprocess.PIPE).communicate(timeout=30)[0].decode(encoding)

    assert "\033" not in shown
    link, *lines = shown.splitlines()
    (found,) = zxingcpp.read_barcodes(on_paper(lines), try_invert=False)
    assert found.text == link


def print_code(encoding, stdout):
    return subprocess.Popen(
        [sys.executable, "-m", "pars_desktop", "invite", "--qr"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        stdout=stdout,
        stderr=subprocess.DEVNULL,
    )


def everything(terminal):
    """Until the last who writes there is gone, which Linux reports as an error."""
    read = b""
    with contextlib.suppress(OSError):
        while more := terminal.read(4096):
            read += more
    return read


def on_paper(lines):
    """What is dark in print: blocks of half a letter, or number signs."""
    halves = {" ": (255, 255), "▄": (255, 0), "▀": (0, 255), "█": (0, 0)}
    width = max(map(len, lines))
    rows, of_signs = [], any("#" in line for line in lines)
    for line in lines:
        if of_signs:
            padded = line.ljust(width + 8)  # the border at the right, which was cut off
            rows.append([0 if letter == "#" else 255 for letter in padded[::2]])
        else:
            rows += zip(*(halves[letter] for letter in line), strict=True)
    return picture(rows)


def picture(rows):
    large = [[pixel for pixel in row for _ in range(4)] for row in rows for _ in range(4)]
    pixels = bytes(itertools.chain.from_iterable(large))
    return memoryview(pixels).cast("B", (len(large), len(large[0])))


def seen(lines):
    """What a terminal would show: a picture of four pixels to a module, light ones being white."""
    rows = []
    for line in filter(None, lines):
        halves = {" ": (0, 0), "▄": (0, 255), "▀": (255, 0), "█": (255, 255)}
        if "\033[97;40m" in line:  # white on black, two modules to a letter
            letters = re.sub(r"\033\[[0-9;]*m", "", line)
            rows += zip(*(halves[letter] for letter in letters), strict=True)
        else:  # two spaces to a module: 7 stands for light, 49 for dark
            row = []
            for colour, spaces in re.findall(r"\033\[([0-9;]+)m( *)", line):
                row += [255 if colour.startswith("7") else 0] * (len(spaces) // 2)
            rows.append(row)
    return picture(rows)


def test_invitations_are_listed_without_their_links_and_revoked(profile):
    links = [pars("invite", "--for", name).stdout for name in ("Benvolio", "Mercutio")]
    redeem(profile, links[0], JULIET)

    listed = pars("invitations").stdout
    assert [line.split()[:2] for line in listed.splitlines()] == [["2", "waiting"], ["1", "used"]]
    assert "for Benvolio  by juliet@capulet.example" in listed
    assert not any(parse_link(link).token in listed for link in links)

    done = pars("invitations", "revoke", "2")
    assert (done.returncode, done.stdout, done.stderr) == (0, "2 is revoked.\n", "")
    assert [each["state"] for each in json.loads(pars("invitations", "--json").stdout)] == [
        "revoked",
        "used",
    ]
    assert redeem(profile, links[1], JULIET) is ClaimKind.REFUSED


def test_r10_what_cannot_be_revoked_is_named_and_the_rest_is(profile):
    link = pars("invite").stdout

    done = pars("invitations", "revoke", "99", "1")

    assert (done.returncode, done.stdout) == (1, "1 is revoked.\n")
    assert done.stderr == "pars-desktop: There is no invitation 99.\n"
    assert redeem(profile, link, JULIET) is ClaimKind.REFUSED
    assert pars("invitations", "revoke", "7", "--json").stdout == (
        '{"revoked": [], "unknown": [7], "by_server": []}\n'
    )


@pytest.mark.parametrize(
    "words",
    [
        ("invite", "juliet@capulet.example"),
        ("invite", "--uses", "0"),
        ("invite", "--uses", "51"),
        ("invite", "--uses", "two"),
        ("invite", "--uses", "9" * 5000),
        ("invite", "--expires", "59m"),
        ("invite", "--expires", "32d"),
        ("invite", "--expires", "soon"),
        ("invite", "--to", "capulet.example"),
        ("invite", "--to", "juliet@capulet.example/balcony"),
        ("invite", "--to", "@@"),
        ("invite", "--for"),
        ("invite", "--qr=yes"),
        ("invite", "--password", "s3cret"),
        ("invitations", "burn", "1"),
        ("invitations", "revoke"),
        ("invitations", "revoke", "one"),
        ("invitations", "revoke", "-1"),
        ("invitations", "revoke", *["9" * 15] * 5000),
    ],
)
def test_u2_a_command_line_that_makes_no_sense_is_one_sentence_and_status_2(profile, words):
    done = pars(*words)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr
    assert invitations(profile) == []


def test_without_an_account_a_sentence_says_what_to_do_and_no_file_appears(paths, monkeypatch):
    monkeypatch.setenv("PARS_DESKTOP_PROFILE", str(paths.profile))

    done = pars("invite")

    assert (done.returncode, done.stdout) == (1, "")
    assert "add-account" in done.stderr
    assert not paths.database.exists()


def test_another_account_than_ours_is_refused(profile):
    done = pars("invite", "--account", "tybalt@capulet.example")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "pars-desktop: There is no such account here.\n"


def test_p17_the_token_is_in_no_file_but_the_database_and_in_no_log(profile):
    token = parse_link(pars("invite").stdout).token.encode()

    files = [path for path in profile.profile.rglob("*") if path.is_file()]
    assert [path for path in files if token in path.read_bytes()] == [profile.database]


def test_l5_several_commands_at_once_each_make_one(profile):
    commands = [
        subprocess.Popen(
            [sys.executable, "-m", "pars_desktop", "invite"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    links = {command.communicate(timeout=30)[0] for command in commands}

    assert {command.returncode for command in commands} == {0}
    assert links == {f"{invite.link}\n" for invite in invitations(profile)}
    assert len(links) == 6


def test_a_command_waits_while_another_uses_the_profile(profile):
    lock = Lock.take(profile)
    command = subprocess.Popen(
        [sys.executable, "-m", "pars_desktop", "invite"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    time.sleep(0.5)
    assert command.poll() is None

    lock.release()

    assert parse_link(command.communicate(timeout=30)[0]).jid == ROMEO


# --- through the running copy --------------------------------------------------------------------


@pytest.fixture
async def running_copy(profile, running):
    """A copy that holds the lock and the database, and answers."""
    with opened(profile) as db:
        invites = Invites(ROMEO, InviteStore(db), SystemClock(), str)
        running.instance.answer_with(InviteCommands(lambda: {ROMEO: invites}, SystemClock()).answer)
        yield invites


async def test_the_running_copy_makes_the_invitation_and_hears_of_it(running_copy):
    changed = []
    running_copy.changed.connect(lambda: changed.append(True))

    done = await asyncio.to_thread(pars, "invite", "--for", "the choir")

    (kept,) = running_copy.all()
    assert (done.stdout, done.stderr) == (f"{kept.link}\n", "")
    assert kept.label == "the choir"
    assert changed == [True]


async def test_p18_what_the_running_copy_revokes_opens_nothing_from_then_on(running_copy):
    invite = running_copy.create()

    done = await asyncio.to_thread(pars, "invitations", "revoke", str(invite.id))

    assert done.stdout == f"{invite.id} is revoked.\n"
    token = parse_link(invite.link).token
    assert running_copy.redeem(token, JULIET).kind is ClaimKind.REFUSED


async def test_the_running_copy_lists_more_than_fits_into_one_packet(running_copy):
    for _ in range(1000):
        running_copy.create()

    done = await asyncio.to_thread(pars, "invitations")

    assert len(done.stdout.splitlines()) == 1000


async def test_a_copy_of_another_version_is_named_as_such(profile, running):
    done = await asyncio.to_thread(pars, "invite")

    assert (done.returncode, done.stdout) == (1, "")
    assert "another version" in done.stderr
