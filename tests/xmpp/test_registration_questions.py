"""What servers ask of newcomers: plain fields, forms, pictures, pages (XEP-0077, XEP-0158)."""

import pytest

from pars_desktop.domain.errors import (
    NeedsWebPage,
    NotAccepted,
)
from pars_desktop.domain.form import FieldKind
from tests.xmpp.hostile import (
    DOMAIN,
    PASSWORD,
    serving,
)
from tests.xmpp.office import (
    JULIET,
    PICTURE,
    PLAIN_FIELDS,
    TOKEN,
    Office,
    answers,
    bits,
    captcha,
    form,
)


async def test_plain_fields_are_asked_and_sent_back_as_such(certificate, register):
    office = Office(questions=f"{PLAIN_FIELDS}<email/><key>k&lt;1</key><registered/>")
    async with serving(office, certificate) as server:
        registration = register(server)
        asked = await registration.ask(None)
        await registration.create(JULIET, "a<b>&'\"", {"email": "j@b.test", "username": "eve"})
    assert [(each.var, each.required) for each in asked.to_show] == [("email", True)]
    assert asked.is_plain
    assert answers(office.submitted[0]) == {
        "username": "juliet",
        "password": "a<b>&'\"",
        "email": "j@b.test",
        "key": "k<1",
    }


async def test_a_form_goes_before_plain_fields(certificate, register):
    field = "<field type='list-single' var='size' label='Size'><value>m</value></field>"
    office = Office(questions=PLAIN_FIELDS + form(field))
    async with serving(office, certificate) as server:
        registration = register(server)
        asked = await registration.ask(None)
        await registration.create(JULIET, PASSWORD, {"FORM_TYPE": "mine", "more": "x"})
    assert (asked.form.title, asked.form.instructions) == ("New here?", "Welcome!")
    assert [(each.var, each.kind) for each in asked.to_show] == [("size", FieldKind.CHOICE)]
    assert answers(office.submitted[0]) == {
        "FORM_TYPE": "jabber:iq:register",
        "username": "juliet",
        "password": PASSWORD,
        "size": "m",
    }


async def test_a_captcha_comes_with_its_picture(certificate, register):
    office = Office(questions=captcha())
    async with serving(office, certificate) as server:
        registration = register(server)
        asked = await registration.ask(None)
        await registration.create(JULIET, PASSWORD, {"ocr": "7nHL3"})
    (field,) = asked.to_show
    assert (field.label, asked.picture(field).data) == ("What do you see?", PICTURE)
    assert asked.web_page == ""
    assert [each.var for each in asked.missing({})] == ["ocr"]
    assert answers(office.submitted[0])["challenge"] == "8128"
    assert answers(office.submitted[0])["ocr"] == "7nHL3"


async def test_a_captcha_that_was_misread_brings_a_new_picture(certificate, register):
    office = Office(questions=captcha())
    office.refusals = [("auth", "not-allowed", "The CAPTCHA verification has failed")]
    async with serving(office, certificate) as server:
        registration = register(server)
        before = await registration.ask(TOKEN)
        office.questions = captcha(extra=bits(b"another"))
        with pytest.raises(NotAccepted):
            await registration.create(JULIET, PASSWORD, {"ocr": "?"})
        after = registration.questions
    assert before.picture(before.to_show[0]).data == PICTURE
    assert after.picture(after.to_show[0]).data == b"another"
    assert office.seen == ["token", "questions", "account", "questions"]


HTTP = f"http://{DOMAIN}/captcha/8128.png"


@pytest.mark.parametrize(
    ("questions", "page"),
    [
        (captcha(HTTP, "<a/>"), HTTP),
        (captcha(extra="<a/>"), f"https://{DOMAIN}/captcha/8128"),
        (captcha(extra=bits(kind="image/svg+xml")), f"https://{DOMAIN}/captcha/8128"),
        (captcha(extra=bits(kind="image/webp")), f"https://{DOMAIN}/captcha/8128"),
        (captcha(extra=bits(cid="another")), f"https://{DOMAIN}/captcha/8128"),
        (captcha(extra=bits(bytes(600 * 1024))), f"https://{DOMAIN}/captcha/8128"),
        (captcha("javascript:alert(1)", "<a/>"), f"https://{DOMAIN}/captcha/8128"),
        (captcha(extra=bits().replace("=<", "!<")), f"https://{DOMAIN}/captcha/8128"),
    ],
    ids=["http", "no data", "svg", "webp", "other cid", "too large", "javascript", "no base64"],
)
async def test_a_picture_that_did_not_come_along_is_an_address_and_never_fetched(
    certificate, register, questions, page
):
    async with serving(Office(questions=questions), certificate) as server:
        asked = await register(server).ask(None)
    assert asked.web_page == page
    assert asked.picture(asked.to_show[0]) is None


def elsewhere(page):
    return f"<instructions>Go there.</instructions><x xmlns='jabber:x:oob'><url>{page}</url></x>"


@pytest.mark.parametrize(
    ("questions", "page"),
    [
        (elsewhere("https://a.test/join"), "https://a.test/join"),
        (elsewhere("javascript:alert(1)"), ""),
        (elsewhere("https://a.test/&#x202e;gnp"), ""),
        (elsewhere("file:///etc/passwd"), ""),
        (elsewhere("https://[a"), ""),
        ("", ""),
        ("<username/>", ""),
        (
            captcha("ftp://a.test/1", "<a/>").replace("https", "gopher"),
            "",
        ),
    ],
)
async def test_registration_in_a_browser_is_said_with_its_address(
    certificate, register, questions, page
):
    async with serving(Office(questions=questions), certificate) as server:
        with pytest.raises(NeedsWebPage) as needed:
            await register(server).ask(None)
    assert needed.value.address == page
