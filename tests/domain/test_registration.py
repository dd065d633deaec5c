"""Which account a link offers, what is asked for it, and a password for it."""

import math
import re
from dataclasses import replace

import pytest

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.form import FieldKind, Form, FormField, Media
from pars_desktop.domain.jid import JID
from pars_desktop.domain.registration import Picture, Plan, Questions, suggest_password
from pars_desktop.domain.uri import parse_link

VERONA = JID("", "verona.test")


def plan(link):
    return Plan.of_link(parse_link(link))


def test_r28_an_ibr_invitation_offers_an_account_and_a_friend():
    assert plan("xmpp:romeo@verona.test?roster;preauth=T123;ibr=y;name=Romeo") == Plan(
        VERONA, token="T123", inviter=JID("romeo", "verona.test"), inviter_name="Romeo"
    )


def test_r33_a_register_link_with_a_user_name_fixes_it_and_may_reset_its_password():
    offered = plan("xmpp:juliet@verona.test?register;preauth=T123")

    assert offered == Plan(VERONA, "juliet", "T123")
    assert offered.may_reset


def test_r33_a_register_link_without_a_user_name_leaves_the_choice_and_resets_nothing():
    offered = plan("xmpp:verona.test?register;preauth=T123")

    assert offered == Plan(VERONA, token="T123")
    assert not offered.may_reset


def test_r33_without_a_token_nobodys_password_is_reset():
    assert not plan("xmpp:juliet@verona.test?register").may_reset


def test_r34_an_invitation_of_nobody_in_particular_makes_no_friend():
    assert plan("xmpp:verona.test?roster;preauth=T123;ibr=y") == Plan(VERONA, token="T123")


@pytest.mark.parametrize(
    "link",
    [
        "xmpp:romeo@verona.test?roster;preauth=T123",
        "xmpp:romeo@verona.test?roster;preauth=T123;ibr=n",
        "xmpp:romeo@verona.test?roster;ibr=y",
        "xmpp:romeo@verona.test",
        "xmpp:romeo@verona.test?unregister",
        "https://example.com/",
        "no link",
    ],
)
def test_r35_other_links_offer_no_account(link):
    assert plan(link) is None


def test_a_server_is_chosen_by_its_name():
    assert Plan.at_server(" Verona.TEST. ") == Plan(VERONA)


@pytest.mark.parametrize(
    "text", ["", " ", "romeo@verona.test", "verona.test/x", "a b", "ver\u202eona"]
)
def test_what_is_no_server_is_refused(text):
    with pytest.raises(BadAddress):
        Plan.at_server(text)


def test_a_user_name_makes_the_address():
    assert Plan(VERONA).jid(" Juliet ") == JID("juliet", "verona.test")


@pytest.mark.parametrize("name", ["", "  ", "a@b", "a/b", "a b", "juliet\u200b", "a:b", "'"])
def test_an_impossible_user_name_is_refused(name):
    with pytest.raises(BadAddress):
        Plan(VERONA).jid(name)


def test_the_token_is_not_shown():
    assert "T123" not in repr(Plan(VERONA, token="T123"))


def test_a_suggested_password_is_strong_and_can_be_typed():
    suggested = {suggest_password() for _ in range(200)}
    signs = set("".join(suggested)) - {"-"}

    assert len(suggested) == 200
    assert all(re.fullmatch(r"([a-z2-9]{6}-){3}[a-z2-9]{6}", each) for each in suggested)
    assert not signs & set("l1o0")
    assert 24 * math.log2(len(signs)) >= 100


EMAIL = FormField("email", required=True)
SEEN = FormField("ocr", required=True, media=(Media("image/png", "cid:1"),))
FORM = Form(
    fields=(
        FormField("FORM_TYPE", FieldKind.HIDDEN, values=("jabber:iq:register",)),
        FormField("", FieldKind.FIXED, values=("Welcome",)),
        FormField("username", required=True),
        FormField("password", FieldKind.PRIVATE, required=True),
        FormField("captcha-fallback-url", values=("https://a.test/1",)),
        EMAIL,
        SEEN,
    )
)
PICTURE = Picture("image/png", b"png")


def test_what_is_asked_apart_is_not_shown_twice():
    assert [each.var for each in Questions(FORM).to_show] == ["", "email", "ocr"]


def test_what_must_be_answered_is_known_before_anything_is_sent():
    asked = Questions(FORM)

    assert asked.missing({}) == [EMAIL, SEEN]
    assert asked.missing({"email": "j@a.test", "ocr": ""}) == [SEEN]


def test_a_picture_belongs_to_its_field():
    asked = Questions(FORM, {"cid:1": PICTURE})

    assert asked.picture(SEEN) == PICTURE
    assert asked.picture(EMAIL) is None


def test_questions_are_the_same_if_the_same_answers_fit():
    without = Questions(Form(fields=(EMAIL,)))

    assert without.same_as(Questions(Form("A title", fields=(EMAIL,))))
    assert not without.same_as(Questions(Form(fields=(replace(EMAIL, var="phone"),))))


def test_a_picture_is_another_question_each_time():
    asked = Questions(FORM, {"cid:1": PICTURE})

    assert not asked.same_as(asked)
    assert not replace(asked, pictures={}, web_page="https://a.test/1").same_as(asked)
