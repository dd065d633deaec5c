"""A token opens the door once, to the right address, in its time; nobody slips in between."""

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.invite import (
    LIFETIME,
    NEVER,
    InviteState,
    Purpose,
    Refusal,
    Via,
    new_token,
    token_hash,
)
from pars_desktop.domain.jid import JID
from pars_desktop.store import connection as connection_module
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from pars_desktop.store.invites import Claim, ClaimKind, InviteStore
from pars_desktop.store.migrations import APPLICATION_ID, STEPS
from tests.fakes import JULIET, ROMEO, TYBALT

BENVOLIO = JID.trusted("benvolio@montague.lit")
TICK = timedelta(microseconds=1)


@pytest.fixture
def invites(db):
    return InviteStore(db)


@pytest.fixture
def issue(invites, now):
    """Issue an invitation; its hash is that of its label."""

    def add(label="rose", **rest):
        return invites.add(
            JULIET, token_hash(label), f"xmpp:{label}", now, now + LIFETIME, label, **rest
        )

    return add


@pytest.fixture
def claim(invites, now):
    def present(jid, label="rose", at=now):
        return invites.claim(JULIET, token_hash(label), jid, at)

    return present


def test_an_invitation_comes_back_as_it_was_added(invites, issue, now):
    invite = issue(max_uses=3, bound_to=ROMEO)

    assert invites.all(JULIET) == [invite]
    assert invites.get(invite.id) == invite
    assert (invite.link, invite.uses, invite.expires) == ("xmpp:rose", 0, now + LIFETIME)
    assert invites.all(ROMEO) == []


def test_p1_a_valid_token_lets_in_and_burns_the_link(invites, issue, claim, now):
    issued = issue()

    claimed = claim(ROMEO)

    used = replace(issued, uses=1, link=None)
    assert claimed == Claim(ClaimKind.CLAIMED, None, used)
    assert invites.all(JULIET) == [used]
    assert invites.used_by(issued.id) == [(ROMEO, now)]


def test_p2_the_same_address_again_changes_nothing_however_late(invites, issue, claim, now):
    issued = issue()
    claim(ROMEO)

    for at in (now, now + timedelta(days=400), now - timedelta(days=400)):
        again = claim(ROMEO, at=at)
        assert (again.kind, again.refusal) == (ClaimKind.AGAIN, None)
        assert again.invite.id == issued.id

    assert invites.used_by(issued.id) == [(ROMEO, now)]


def test_p3_another_address_is_refused_as_used_and_the_user_is_known(invites, issue, claim, now):
    issued = issue()
    claim(ROMEO)

    refused = claim(TYBALT)

    assert (refused.kind, refused.refusal) == (ClaimKind.REFUSED, Refusal.USED)
    assert invites.used_by(refused.invite.id) == [(ROMEO, now)]
    assert refused.invite.id == issued.id


@pytest.mark.parametrize(
    ("moved", "refusal"),
    [
        (timedelta(0), None),
        (LIFETIME - TICK, None),
        (LIFETIME, Refusal.EXPIRED),
        (LIFETIME + timedelta(seconds=1), Refusal.EXPIRED),
        (timedelta(days=365), Refusal.EXPIRED),
        (-timedelta(minutes=5), None),
        (-timedelta(minutes=5) - TICK, Refusal.CLOCK),
        (-timedelta(days=365), Refusal.CLOCK),
    ],
    ids=str,
)
def test_p5_the_local_clock_decides_from_five_minutes_before_until_the_end(
    invites, issue, claim, now, moved, refusal
):
    issue()

    assert claim(ROMEO, at=now + moved).refusal is refusal

    # No high-water mark: once the clock is right again, the invitation is good again.
    right_again = claim(ROMEO)
    assert right_again.kind is (ClaimKind.CLAIMED if refusal else ClaimKind.AGAIN)


def test_p6_a_bound_token_is_for_one_address(issue, claim):
    issue(bound_to=ROMEO)

    assert claim(TYBALT).refusal is Refusal.BOUND
    assert claim(ROMEO).kind is ClaimKind.CLAIMED


def test_p18_a_revoked_token_lets_nobody_new_in(invites, issue, claim, now):
    issued = issue(max_uses=5)
    claim(ROMEO)

    invites.revoke(issued.id, now)

    refused = claim(TYBALT)
    assert (refused.refusal, refused.invite.state) == (Refusal.REVOKED, InviteState.REVOKED)
    assert refused.invite.link is None
    assert claim(ROMEO).kind is ClaimKind.AGAIN


def test_p19_a_token_that_is_not_ours_is_unknown(invites, issue, claim, now):
    issue()

    assert claim(ROMEO, "thorn") == Claim(ClaimKind.REFUSED, Refusal.UNKNOWN, None)
    other_account = invites.claim(ROMEO, token_hash("rose"), TYBALT, now)
    assert other_account == Claim(ClaimKind.REFUSED, Refusal.UNKNOWN, None)


def test_p20_whoever_was_sent_away_does_not_come_back_by_the_same_token(invites, issue, claim):
    issue()
    claim(ROMEO)

    invites.undo(JULIET, ROMEO)

    assert claim(ROMEO).refusal is Refusal.USED
    assert claim(TYBALT).refusal is Refusal.USED
    assert invites.unfinished(JULIET) == []


def test_p13_a_welcome_is_unfinished_until_it_is_finished(invites, issue, claim):
    issue(max_uses=2)
    claim(ROMEO)
    claim(TYBALT)

    assert sorted(invites.unfinished(JULIET)) == [ROMEO, TYBALT]
    invites.finish(JULIET, ROMEO)
    assert invites.unfinished(JULIET) == [TYBALT]
    assert invites.unfinished(ROMEO) == []


def test_an_invitation_for_several_ends_with_the_last_of_them(issue, claim):
    issue(max_uses=2)

    assert claim(ROMEO).invite.link == "xmpp:rose"
    assert claim(TYBALT).invite.link is None
    assert claim(BENVOLIO).refusal is Refusal.USED


def test_links_of_ended_invitations_are_forgotten(invites, issue, now):
    issue()

    invites.expire(now + LIFETIME - TICK)
    assert invites.all(JULIET)[0].link == "xmpp:rose"
    invites.expire(now + LIFETIME)
    assert invites.all(JULIET)[0].link is None


def test_the_newest_unused_invitation_is_shown_again(invites, issue, claim, now):
    hour_ago = now - timedelta(hours=1)
    assert invites.reusable(JULIET, hour_ago, now) is None
    issue("a")
    newest = issue("b")

    assert invites.reusable(JULIET, hour_ago, now) == newest
    assert invites.reusable(JULIET, now + TICK, now) is None
    assert invites.reusable(JULIET, hour_ago, now + LIFETIME) is None
    assert invites.reusable(ROMEO, hour_ago, now) is None


def test_an_invitation_with_a_purpose_of_its_own_is_not_shown_again(invites, issue, claim, now):
    issue("used")
    claim(ROMEO, "used")
    invites.revoke(issue("revoked").id, now)
    issue("several", max_uses=2)
    issue("bound", bound_to=ROMEO)

    assert invites.reusable(JULIET, now - timedelta(hours=1), now) is None


def test_r7_a_token_is_in_no_file_once_it_is_used_revoked_or_expired(filed, path, now, bytes_in):
    invites = InviteStore(filed)
    tokens = [new_token() for _ in range(3)]
    used, revoked, expired = (
        invites.add(JULIET, token_hash(token), f"xmpp:x?preauth={token}", now, now + life)
        for token, life in zip(tokens, (LIFETIME, LIFETIME, timedelta(hours=1)), strict=True)
    )
    filed.backup()
    assert all(token.encode() in bytes_in(path.parent) for token in tokens)

    invites.claim(JULIET, token_hash(tokens[0]), ROMEO, now)
    invites.revoke(revoked.id, now)
    invites.expire(now + timedelta(hours=2))

    assert not any(token.encode() in bytes_in(path.parent) for token in tokens)
    assert [invite.link for invite in invites.all(JULIET)] == [None, None, None]
    assert {used.id, expired.id} < {invite.id for invite in invites.all(JULIET)}


def test_p4_of_two_connections_in_the_same_instant_one_wins(filed, path, now):
    labels = [f"rose {number}" for number in range(25)]
    for label in labels:
        InviteStore(filed).add(JULIET, token_hash(label), label, now, now + LIFETIME)
    barrier, results = threading.Barrier(2), {ROMEO: [], TYBALT: []}

    def redeem(jid):
        own = Database.open(path)
        for label in labels:
            barrier.wait(10)
            results[jid].append(InviteStore(own).claim(JULIET, token_hash(label), jid, now))
        own.close()

    threads = [threading.Thread(target=redeem, args=(jid,)) for jid in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    for one, other in zip(*results.values(), strict=True):
        assert {one.kind, other.kind} == {ClaimKind.CLAIMED, ClaimKind.REFUSED}
        assert {one.refusal, other.refusal} == {None, Refusal.USED}


REDEEMER = """
import sys
from datetime import datetime
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.invite import token_hash
from pars_desktop.domain.jid import JID
from pars_desktop.store.database import Database
from pars_desktop.store.invites import InviteStore

path, account, jid, now, count = sys.argv[1:]
invites = InviteStore(Database.open(path))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(count)):
    while True:
        try:
            claim = invites.claim(JID.trusted(account), token_hash(f"rose {number}"),
                                  JID.trusted(jid), datetime.fromisoformat(now))
            break
        except StorageFailed:  # the other one is writing
            pass
    print(claim.kind.value)
"""


def test_p4_of_two_processes_in_the_same_instant_one_wins(filed, path, now):
    count = 40
    for number in range(count):
        InviteStore(filed).add(JULIET, token_hash(f"rose {number}"), "x", now, now + LIFETIME)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", REDEEMER, path, str(JULIET), str(jid), str(now), str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for jid in (ROMEO, TYBALT)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=30)[0].split() for process in processes]

    assert [len(output) for output in outputs] == [count, count]
    for kinds in zip(*outputs, strict=True):
        assert sorted(kinds) == ["claimed", "refused"]


minutes = st.integers(-12, 12).map(lambda n: timedelta(minutes=n))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    life=minutes,
    moved=minutes,
    max_uses=st.integers(0, 2),
    earlier=st.integers(0, 2),
    bound_to=st.sampled_from([None, ROMEO, TYBALT]),
    revoked=st.booleans(),
)
def test_the_statement_that_decides_agrees_with_the_rule_of_the_domain(
    now, life, moved, max_uses, earlier, bound_to, revoked
):
    db = Database.open(":memory:")
    AccountStore(db).put(AccountSettings(JULIET))
    invites = InviteStore(db)
    hashed = token_hash("rose")
    made = invites.add(JULIET, hashed, "xmpp:rose", now, now + life, "", max_uses, bound_to)
    for number in range(earlier):
        invites.claim(JULIET, hashed, JID.trusted(f"guest{number}@capulet.lit"), now)
    if revoked:
        invites.revoke(made.id, now)
    expected = invites.get(made.id).refusal(now + moved, ROMEO)

    claim = invites.claim(JULIET, hashed, ROMEO, now + moved)

    assert claim.refusal is expected
    assert (claim.kind is ClaimKind.CLAIMED) == (expected is None)
    assert (claim.invite.link is not None) <= claim.invite.is_open(now + moved) or moved < life
    db.close()


# --- made by our server --------------------------------------------------------------------------


def test_r7_everything_is_kept_and_a_page_goes_with_the_link(invites, issue, now):
    issued = issue(
        via=Via.SERVER, purpose=Purpose.ACCOUNT, page="https://a.lit/#rose", ibr=True, max_uses=1
    )
    assert invites.get(issued.id) == issued
    assert (issued.page, issued.ibr, issued.is_ours) == ("https://a.lit/#rose", True, False)

    invites.let_in(issued.id, ROMEO, now)

    assert invites.get(issued.id) == replace(issued, uses=1, link=None, page=None)
    assert invites.used_by(issued.id) == [(ROMEO, now)]
    assert invites.unfinished(JULIET) == [ROMEO]


def test_r10_a_token_of_the_servers_lets_nobody_in_through_us(invites, issue, claim):
    issued = issue(via=Via.SERVER)

    assert claim(ROMEO) == Claim(ClaimKind.REFUSED, Refusal.USED, issued)
    assert invites.used_by(issued.id) == []


def test_outstanding_are_the_servers_that_nobody_used(invites, issue, now):
    issue("own")
    used = issue("used", via=Via.SERVER)
    waiting = issue("waiting", via=Via.SERVER)
    issue("alone", via=Via.SERVER, befriends=False)
    invites.let_in(used.id, ROMEO, now)

    assert invites.outstanding(JULIET, now) == [waiting]
    assert invites.outstanding(ROMEO, now) == []
    assert invites.outstanding(JULIET, now + LIFETIME + timedelta(weeks=3)) == [waiting]
    assert invites.outstanding(JULIET, now + LIFETIME + timedelta(weeks=5)) == []


def test_r11_what_was_set_aside_is_outstanding_only_if_nothing_else_is(invites, issue, now):
    aside = issue("rose", via=Via.SERVER)
    given = issue("lily", via=Via.SERVER)
    invites.set_aside(aside.id, True)
    assert invites.outstanding(JULIET, now) == [given]

    invites.let_in(given.id, ROMEO, now)
    assert [one.id for one in invites.outstanding(JULIET, now)] == [aside.id]
    invites.set_aside(aside.id, False)
    issue("iris", via=Via.SERVER)

    assert len(invites.outstanding(JULIET, now)) == 2


def test_one_without_an_end_is_outstanding_for_ever(invites, now):
    issued = invites.add(JULIET, b"1", "xmpp:1", now, NEVER, via=Via.SERVER)

    assert invites.outstanding(JULIET, now + timedelta(days=100_000)) == [issued]
    assert invites.get(issued.id).ends is None


def test_the_latest_invitation_of_somebody_is_the_one_they_came_by(invites, issue, claim):
    first, second = issue("a"), issue("b")
    assert invites.invitation_of(JULIET, ROMEO) is None

    claim(ROMEO, "a")
    assert invites.invitation_of(JULIET, ROMEO).id == first.id
    claim(ROMEO, "b")
    assert invites.invitation_of(JULIET, ROMEO).id == second.id
    assert invites.invitation_of(JULIET, TYBALT) is None
    assert invites.invitation_of(ROMEO, ROMEO) is None


def test_p18_a_revocation_counts_at_once_also_for_another_connection(tmp_path, now):
    path = tmp_path / "pars.db"
    one = Database.open(path)
    AccountStore(one).put(AccountSettings(JULIET))
    first, second = (
        InviteStore(one).add(JULIET, token_hash(name), f"xmpp:{name}", now, now + LIFETIME, name)
        for name in ("first", "second")
    )
    other = Database.open(path)

    InviteStore(other).revoke(first.id, now)
    refused = InviteStore(one).claim(JULIET, token_hash("first"), ROMEO, now)
    claimed = InviteStore(one).claim(JULIET, token_hash("second"), ROMEO, now)
    InviteStore(other).revoke(second.id, now)
    too_late = InviteStore(one).claim(JULIET, token_hash("second"), TYBALT, now)
    one.close()
    other.close()

    assert (refused.kind, refused.refusal) == (ClaimKind.REFUSED, Refusal.REVOKED)
    assert claimed.kind is ClaimKind.CLAIMED
    assert (too_late.kind, too_late.refusal) == (ClaimKind.REFUSED, Refusal.REVOKED)


def test_a_step_forward_keeps_the_invitations_of_a_released_version(tmp_path, now):
    path = tmp_path / "pars.db"
    old = connection_module.create(path)
    old.executescript(
        f"BEGIN; {STEPS[0]}; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1;"
        "INSERT INTO account VALUES (1, 'juliet@capulet.lit', '', 0, '', '', 'ask', '');"
        "INSERT INTO invite VALUES (1, 'juliet@capulet.lit', x'01', 1, 9000000000000000, 2,"
        " 'rose', NULL, 'open', 'xmpp:rose');"
        "INSERT INTO redemption VALUES (1, 'romeo@montague.lit', 2, 0, 0); COMMIT;"
    )
    old.close()

    db = Database.open(path)
    (kept,) = InviteStore(db).all(JULIET)

    assert (kept.via, kept.purpose, kept.page, kept.ibr) == (
        Via.CLIENT,
        Purpose.FRIEND,
        None,
        False,
    )
    assert (kept.label, kept.link, kept.max_uses, kept.uses) == ("rose", "xmpp:rose", 2, 1)
    assert InviteStore(db).unfinished(JULIET) == [ROMEO]
    db.close()


def test_p17_a_backup_holds_neither_links_nor_pages(tmp_path, now):
    path = tmp_path / "pars.db"
    db = Database.open(path)
    AccountStore(db).put(AccountSettings(JULIET))
    InviteStore(db).add(
        JULIET, b"1", "xmpp:SECRET", now, NEVER, via=Via.SERVER, page="https://a.lit/#SECRET"
    )

    db.backup()
    db.close()

    backups = [file for file in tmp_path.iterdir() if file != path]
    assert len(backups) == 2
    assert not any(b"SECRET" in file.read_bytes() for file in backups)


def test_p4_an_invitation_for_fifty_lets_fifty_in_over_whatever_connections(tmp_path, now):
    path = tmp_path / "pars.db"
    connections = [Database.open(path), Database.open(path)]
    AccountStore(connections[0]).put(AccountSettings(JULIET))
    stores = [InviteStore(db) for db in connections]
    issued = stores[0].add(JULIET, b"1", "xmpp:1", now, now + LIFETIME, max_uses=50)
    guests = [JID.trusted(f"guest{number}@verona.lit") for number in range(60)]

    kinds = [stores[n % 2].claim(JULIET, b"1", guest, now).kind for n, guest in enumerate(guests)]
    again = [stores[n % 2].claim(JULIET, b"1", guest, now).kind for n, guest in enumerate(guests)]
    used = stores[0].get(issued.id)
    for db in connections:
        db.close()

    assert kinds == [ClaimKind.CLAIMED] * 50 + [ClaimKind.REFUSED] * 10
    assert again == [ClaimKind.AGAIN] * 50 + [ClaimKind.REFUSED] * 10
    assert (used.uses, used.link) == (50, None)
