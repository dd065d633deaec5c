"""Invitations in words: what one promises, and until when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QLocale

from pars_desktop.domain.invite import NEVER, Invite, InviteState, Purpose
from pars_desktop.domain.jid import JID
from pars_desktop.ui.invitations import words
from pars_desktop.ui.plain_text import spoken
from tests.fakes import JULIET, ROMEO

ONLY_IT_KNOWS = " The server does not say whether that has happened."
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday
WEEK = timedelta(weeks=1)
ONCE = Invite(1, ROMEO, NOON, NOON + WEEK, link="xmpp:x")
MANY = replace(ONCE, max_uses=50)
ACCOUNT = replace(ONCE, purpose=Purpose.ACCOUNT)


@pytest.fixture(autouse=True)
def _british():
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("invite", "said"),
    [
        (ONCE, "It works once, until Friday 27 November."),
        (replace(ONCE, expires=NEVER), "It works once, and does not expire."),
        (
            MANY,
            "Anybody who gets this link can become your friend, up to 50 people, "
            "until Friday 27 November.",
        ),
        (
            replace(MANY, uses=20),
            "Anybody who gets this link can become your friend, up to 30 more people, "
            "until Friday 27 November.",
        ),
        (
            replace(MANY, uses=49),
            "One more person who gets it can become your friend, until Friday 27 November.",
        ),
        (
            replace(ONCE, bound_to=JULIET),
            "Only juliet@capulet.lit can use it, until Friday 27 November.",
        ),
        (
            replace(ONCE, bound_to=JULIET, expires=NEVER),
            "Only juliet@capulet.lit can use it, and it does not expire.",
        ),
        (
            ACCOUNT,
            "It creates one account on montague.lit, until Friday 27 November." + ONLY_IT_KNOWS,
        ),
        (
            replace(ACCOUNT, expires=NEVER),
            "It creates one account on montague.lit, and does not expire." + ONLY_IT_KNOWS,
        ),
        (
            replace(ACCOUNT, bound_to=JID("paris", "montague.lit"), expires=NEVER),
            "It creates the account paris@montague.lit, and does not expire." + ONLY_IT_KNOWS,
        ),
    ],
)
def test_what_an_invitation_promises(invite, said):
    assert spoken(words.promise(invite, NOON)) == said


@pytest.mark.parametrize(
    ("invite", "said"),
    [
        (ONCE, "It works once, until Friday 27 November 2026."),
        (MANY, "It works for up to 50 people, until Friday 27 November 2026."),
        (
            replace(ONCE, bound_to=JULIET),
            "It works for juliet@capulet.lit, until Friday 27 November 2026.",
        ),
        (replace(ONCE, expires=NEVER), "It works once, and does not expire."),
        (ACCOUNT, "It creates one account on montague.lit, until Friday 27 November 2026."),
    ],
)
def test_what_the_guest_is_told(invite, said):
    assert spoken(words.for_guest(invite)) == said


@pytest.mark.parametrize(
    ("lasts", "said"),
    [
        (timedelta(hours=1), "13:00"),
        (timedelta(hours=23), "11:00 tomorrow"),
        (timedelta(days=1), "Saturday 21 November"),
        (timedelta(days=31), "Monday 21 December"),
        (timedelta(days=60), "Tuesday 19 January 2027"),
    ],
)
def test_until_when(lasts, said):
    assert words.until(NOON + lasts, NOON) == said


@pytest.mark.parametrize(
    ("lasts", "said"),
    [
        (timedelta(seconds=1), "ends in a minute"),
        (timedelta(minutes=1, seconds=1), "ends in 2 minutes"),
        (timedelta(minutes=119), "ends in 119 minutes"),
        (timedelta(hours=2), "ends in 2 hours"),
        (timedelta(hours=47), "ends in 47 hours"),
        (timedelta(hours=167, minutes=59), "ends in 7 days"),
    ],
)
def test_how_long_it_lasts_still(lasts, said):
    assert words.remaining(NOON + lasts, NOON) == said


@pytest.mark.parametrize(
    ("invite", "said"),
    [
        (replace(ONCE, uses=1), "This invitation has been used."),
        (replace(ONCE, expires=NOON), "This invitation has expired."),
        (replace(ONCE, state=InviteState.REVOKED), "This invitation was revoked."),
        (None, "This invitation was revoked."),
    ],
)
def test_why_it_is_not_there_any_more(invite, said):
    assert words.over(invite, NOON) == said


def test_what_somebody_else_may_have_written_cannot_turn_a_sentence_around():
    wild = replace(ONCE, label="\u202eevil")

    assert words.title(wild) == "For \u2068evil\u2069"
