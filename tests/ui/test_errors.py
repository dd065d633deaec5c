"""Every trouble, warning and refusal has a sentence of its own, and none tells too much."""

from datetime import UTC, datetime, timedelta

import pytest

from pars_desktop.domain import errors as facts
from pars_desktop.domain.invite import Invite, Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action, Refused, Warn
from pars_desktop.ui import errors

ROMEO = JID("romeo", "montague.lit")
TYBALT = JID("tybalt", "capulet.lit")
MADE = datetime(2026, 11, 3, 12, tzinfo=UTC)
INVITE = Invite(1, ROMEO, MADE, MADE + timedelta(days=7), bound_to=None)


def troubles(kind=facts.Trouble):
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == facts.__name__:
            yield from troubles(child)


def made(kind):
    return kind("item-not-found") if kind is facts.ServerRefused else kind()


GROUPS = (facts.Trouble, facts.SignInTrouble)  # never raised themselves where something is known


@pytest.mark.parametrize("kind", sorted(set(troubles()) - set(GROUPS), key=lambda k: k.__name__))
def test_every_trouble_has_a_sentence_of_its_own(kind):
    said = errors.sentence(made(kind), ROMEO)

    others = {errors.sentence(made(other), ROMEO) for other in troubles() if other is not kind}
    assert said not in others
    assert "{" not in said


def test_every_trouble_can_be_said_without_knowing_the_account():
    for kind in troubles():
        assert errors.sentence(made(kind))


def test_t15_a_wrong_password_names_the_address():
    assert errors.sentence(facts.WrongPassword(), ROMEO).startswith(
        "Wrong password for romeo@montague.lit."
    )


def test_t1_an_untrusted_certificate_gives_the_reason_in_plain_words():
    said = errors.sentence(facts.UntrustedCertificate("self-signed\n\u202ecertificate"), ROMEO)

    assert said.endswith("(Its certificate: self-signed certificate)")
    assert "your password was not sent" in said


def test_what_a_server_says_is_cut_and_plain():
    refused = facts.ServerRefused("not-allowed", "<b>no</b>\x00 " + "very " * 200)

    said = errors.sentence(refused, ROMEO)

    assert said.startswith("montague.lit said no: <b>no</b> very very")
    assert len(said) < 250


@pytest.mark.parametrize("code", list(Warn))
def test_every_warning_of_a_link_has_a_sentence_of_its_own(code):
    others = {errors.warning(other) for other in Warn if other is not code}

    assert errors.warning(code) not in others


@pytest.mark.parametrize("code", list(Refused))
def test_every_refusal_of_a_link_has_a_sentence_of_its_own(code):
    others = {errors.link_refusal(other) for other in Refused if other is not code}

    assert errors.link_refusal(code) not in others | {errors.link_refusal(None)}


@pytest.mark.parametrize("action", [a for a in Action if a not in (Action.ROSTER, Action.CHAT)])
def test_u9_whatever_else_a_link_asks_for_is_said_and_not_done(action):
    said = errors.not_done(action)

    assert any(word in said for word in ("never", "cannot", "does not do", "Open it"))


def test_r25_an_invitation_that_ended_is_named_with_both_days():
    said = errors.invitation_used(Refusal.EXPIRED, INVITE)

    assert said == "They used your invitation of 3 November, which ended on 10 November."


def test_p3_an_invitation_that_was_used_names_who_used_it():
    said = errors.invitation_used(Refusal.USED, INVITE, str(TYBALT))

    assert said.endswith("which tybalt@capulet.lit had used before.")


@pytest.mark.parametrize(
    ("refusal", "invite"), [(Refusal.UNKNOWN, None), (None, INVITE), (None, None)]
)
def test_p19_an_unknown_token_is_said_like_none(refusal, invite):
    assert errors.invitation_used(refusal, invite) == ""


def test_every_refusal_of_a_token_of_ours_has_its_own_words():
    ours = [refusal for refusal in Refusal if refusal is not Refusal.UNKNOWN]

    said = {errors.invitation_used(refusal, INVITE) for refusal in ours}

    assert len(said) == len(ours)
    assert "" not in said


def test_damage_found_while_running_names_no_file():
    said = errors.sentence(facts.DatabaseDamaged())

    assert said == "Your data is damaged. Close Pars and start it again: then it is mended."
    assert "/home/romeo/kept" in errors.sentence(facts.DatabaseDamaged("/home/romeo/kept"))
