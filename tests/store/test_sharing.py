"""What the other devices were told, and attempts that outlive the process."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pars_desktop.domain.errors import DatabaseDamaged
from pars_desktop.domain.invite import LIFETIME, Refusal, Via, token_hash
from pars_desktop.domain.shared import Attempt, Terms, Use
from pars_desktop.store.database import Database
from pars_desktop.store.invites import Claim, ClaimKind, InviteStore
from pars_desktop.store.sharing import AttemptState, SharingStore
from tests.fakes import JULIET, ROMEO, TYBALT

ROSE, THORN = token_hash("rose"), token_hash("thorn")


@pytest.fixture
def sharing(db):
    return SharingStore(db, JULIET)


@pytest.fixture
def invites(db):
    return InviteStore(db)


@pytest.fixture
def issue(invites, now):
    def add(**rest):
        return invites.add(JULIET, ROSE, "xmpp:rose", now, now + LIFETIME, **rest)

    return add


@pytest.fixture
def theirs(now):
    """An invitation that another device made, and an attempt at it."""
    terms = Terms(THORN, now, now + LIFETIME, None, 2)
    return terms, Attempt(Use(THORN, 1, terms.expires), "0" * 16, ROMEO)


def test_an_invitation_is_shared_only_with_as_many_uses_as_are_left(sharing, invites, issue, now):
    invite = issue(max_uses=2)
    assert [key for key, _ in sharing.unshared(now)] == [ROSE]
    sharing.begin_sharing(ROSE, 2)
    assert [key for key, _ in sharing.unshared(now)] == [ROSE]  # until it is done
    assert sharing.shared(ROSE) is None

    invites.claim(JULIET, ROSE, TYBALT, now)
    assert not sharing.share(ROSE, 2)
    sharing.begin_sharing(ROSE, 1)
    assert sharing.share(ROSE, 1)

    assert sharing.shared(ROSE).id == invite.id
    assert sharing.unshared(now) == []
    assert SharingStore(sharing._db, ROMEO).shared(ROSE) is None


def test_one_that_was_revoked_meanwhile_is_not_shared(sharing, invites, issue, now):
    invite = issue()
    sharing.begin_sharing(ROSE, 1)
    invites.revoke(invite.id, now)

    assert not sharing.share(ROSE, 1)
    assert sharing.over(now) == [ROSE]


def test_whatever_the_others_do_not_know_yet_is_outdated(sharing, invites, issue, now):
    invite = issue()
    sharing.begin_sharing(ROSE, 1)
    assert sharing.outdated(now) == []
    sharing.share(ROSE, 1)
    assert [key for key, _ in sharing.outdated(now)] == [ROSE]
    assert not sharing.is_told(ROSE)

    sharing.told(ROSE, invite.expires)
    assert (sharing.outdated(now), sharing.is_told(ROSE)) == ([], True)

    invites.extend(invite.id, invite.expires + timedelta(days=1), now)
    assert [key for key, _ in sharing.outdated(now)] == [ROSE]


@pytest.mark.parametrize("how", ["used", "ended", "revoked", "deleted"])
def test_the_others_forget_what_is_over(sharing, invites, issue, now, how):
    invite = issue()
    sharing.begin_sharing(ROSE, 1)
    sharing.share(ROSE, 1)
    assert sharing.over(now) == []
    if how == "used":
        sharing.learn(ROSE, TYBALT, now)
    elif how == "ended":
        now = invite.expires
    elif how == "revoked":
        invites.revoke(invite.id, now)
    else:
        invites.delete(invite.id)

    assert sharing.over(now) == [ROSE]
    sharing.forget(ROSE)
    assert (sharing.over(now), sharing.unshared(now)) == ([], [])


def test_what_the_server_has_lost_is_decided_here_for_good(sharing, issue, now):
    issue()
    sharing.begin_sharing(ROSE, 1)
    sharing.share(ROSE, 1)

    sharing.unshare(ROSE)

    assert sharing.shared(ROSE) is None
    assert (sharing.unshared(now), sharing.outdated(now)) == ([], [])


def test_who_came_elsewhere_is_learned_once_and_needs_no_welcome_here(sharing, invites, issue, now):
    invite = issue()

    assert sharing.learn(ROSE, TYBALT, now)
    assert not sharing.learn(ROSE, TYBALT, now)
    assert not sharing.learn(THORN, TYBALT, now)

    assert [jid for jid, _ in invites.used_by(invite.id)] == [TYBALT]
    assert invites.unfinished(JULIET) == []
    assert invites.get(invite.id).link is None


def test_an_attempt_is_kept_before_the_server_is_asked(path, filed, theirs):
    terms, attempt = theirs
    SharingStore(filed, JULIET).begin(terms, attempt)
    filed.close()

    again = Database.open(path)
    (kept,) = SharingStore(again, JULIET).attempts()
    again.close()

    assert (kept.attempt, kept.state) == (attempt, AttemptState.TRYING)


def test_a_win_uses_it_up_and_asks_for_a_welcome_in_one_commit(sharing, invites, theirs, now):
    terms, attempt = theirs
    sharing.begin(terms, attempt)
    assert invites.unfinished(JULIET) == []

    sharing.win(attempt, now)

    assert invites.unfinished(JULIET) == [ROMEO]
    assert invites.invitation_of(JULIET, ROMEO).via is Via.SHARED
    (kept,) = sharing.attempts()
    assert (kept.attempt, kept.state) == (replace(attempt, won=True), AttemptState.WON)
    sharing.settle(attempt)
    assert sharing.attempts() == []
    assert invites.unfinished(JULIET) == [ROMEO]


def test_an_attempt_that_failed_leaves_nothing(sharing, invites, theirs, db):
    terms, attempt = theirs
    sharing.begin(terms, attempt)
    sharing.lose(attempt)
    assert [kept.state for kept in sharing.attempts()] == [AttemptState.LOST]

    sharing.settle(attempt)

    assert sharing.attempts() == []
    assert db.select("SELECT * FROM invite") == []


def test_an_invitation_of_another_device_is_not_listed_and_its_token_is_like_an_unknown_one(
    sharing, invites, theirs, now
):
    terms, attempt = theirs
    sharing.begin(terms, attempt)
    sharing.win(attempt, now)

    assert invites.all(JULIET) == []
    assert invites.claim(JULIET, THORN, TYBALT, now) == Claim(ClaimKind.REFUSED, Refusal.UNKNOWN)
    assert invites.claim(JULIET, THORN, ROMEO, now).kind is ClaimKind.AGAIN


def test_an_attempt_at_an_invitation_that_is_deleted_goes_with_it(sharing, invites, issue, now):
    invite = issue()
    attempt = Attempt(Use(ROSE, 1, invite.expires), "1" * 16, ROMEO)
    sharing.begin(Terms.of(ROSE, invite), attempt)
    invites.delete(invite.id)

    sharing.win(attempt, now)

    assert (sharing.attempts(), invites.unfinished(JULIET)) == ([], [])


def test_the_backup_remembers_what_was_shared_and_tried(path, filed, theirs, now):
    sharing = SharingStore(filed, JULIET)
    filed.backup()
    InviteStore(filed).add(JULIET, ROSE, "xmpp:rose", now, now + LIFETIME)
    sharing.begin_sharing(ROSE, 1)
    sharing.share(ROSE, 1)
    sharing.begin(*theirs)
    filed.backup()
    filed.close()
    path.unlink()

    path.write_bytes(b"")  # what an unlucky crash may leave
    restored = _reopened(path)

    sharing = SharingStore(restored, JULIET)
    assert sharing.shared(ROSE) is not None
    assert [kept.attempt for kept in sharing.attempts()] == [theirs[1]]
    restored.close()


def _reopened(path):
    try:
        return Database.open(path)
    except DatabaseDamaged:
        return Database.open(path)


@pytest.mark.parametrize("end", ["revoke", "delete", "time"])
def test_p18_a_use_that_is_won_too_late_is_gone_and_lets_nobody_in(
    sharing, invites, issue, now, end
):
    invite = issue()
    attempt = Attempt(Use(ROSE, 1, now + LIFETIME), "0" * 16, ROMEO)
    sharing.begin(Terms(ROSE, now, now + LIFETIME, None, 1), attempt)
    if end == "revoke":
        invites.revoke(invite.id, now)
    elif end == "delete":
        invites.delete(invite.id)

    assert not sharing.win(attempt, now + LIFETIME if end == "time" else now)

    assert invites.unfinished(JULIET) == []
    assert invites.claim(JULIET, ROSE, ROMEO, now).kind is ClaimKind.REFUSED
    used = [] if end == "delete" else [ROMEO]
    assert [jid for jid, _ in invites.used_by(invite.id)] == used


def test_a_use_that_is_won_in_time_lets_in(sharing, invites, issue, now):
    issue()
    attempt = Attempt(Use(ROSE, 1, now + LIFETIME), "0" * 16, ROMEO)
    sharing.begin(Terms(ROSE, now, now + LIFETIME, None, 1), attempt)

    assert sharing.win(attempt, now)
    assert invites.unfinished(JULIET) == [ROMEO]
