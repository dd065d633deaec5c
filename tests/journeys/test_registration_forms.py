"""Creating an account by a form with a picture, on a real ejabberd (XEP-0077, XEP-0158)."""

import pytest

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import NotAccepted, RegistrationNotOffered, UserNameTaken
from pars_desktop.domain.jid import JID
from pars_desktop.xmpp.registration import Registration
from tests.journeys.copies import TIMING
from tests.journeys.ground import until
from tests.oracle import watched
from tests.server.ejabberd import HOST, Ejabberd, EjabberdMissing

PASSWORD = "a-secret-pass"
HEAD = b"\x89PNG\r\n\x1a\n"

# The letters are in the picture as plain text, for those who read bytes.
_PAINTER = """#!/bin/sh
printf '\\211PNG\\r\\n\\032\\n%s' "$1"
"""
_MORE = """
  mod_register:
    captcha_protected: true
registration_timeout: infinity
captcha_cmd: "@FOLDER@/captcha.sh"
captcha_url: "http://127.0.0.1:@HTTP@/captcha"
captcha_limit: infinity
"""


class Gatekeeper(Ejabberd):
    """It lets everybody in who can read a picture."""

    def _prepare(self) -> None:
        super()._prepare()
        painter = self.folder / "captcha.sh"
        painter.write_text(_PAINTER)
        painter.chmod(0o700)
        self._owner.give(painter)
        values = {"@FOLDER@": str(self.folder), "@HTTP@": str(self.http_port)}
        more = _MORE
        for name, value in values.items():
            more = more.replace(name, value)
        with (self.folder / "ejabberd.yml").open("a") as config:
            config.write(more)


@pytest.fixture(scope="module")
def gatekeeper():
    try:
        with Gatekeeper.started() as server:
            yield server
    except EjabberdMissing as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
async def registration(gatekeeper):
    server = AccountSettings(
        JID("", HOST), host="127.0.0.1", port=gatekeeper.port, ca_file=str(gatekeeper.ca_file)
    )
    registration = Registration(server, timing=TIMING)
    async with watched((PASSWORD,)):
        yield registration
        await registration.close()


def letters(questions):
    """What the picture shows."""
    (asked,) = (each for each in questions.to_show if each.var == "ocr")
    picture = questions.picture(asked)
    assert picture.kind == "image/png"
    assert picture.data.startswith(HEAD)
    return picture.data.removeprefix(HEAD).decode()


async def test_whoever_reads_the_picture_gets_an_account_and_a_session(gatekeeper, registration):
    questions = await registration.ask(None)
    assert [each.var for each in questions.to_show] == ["ocr"]
    assert [each.var for each in questions.missing({})] == ["ocr"]
    assert questions.web_page == ""
    jid = JID("juliet", HOST)
    await registration.create(jid, PASSWORD, {"ocr": letters(questions)})
    client = registration._client
    settings = AccountSettings(jid, host="127.0.0.1", port=gatekeeper.port)
    network = registration.network(settings)
    network.connection.start(settings, PASSWORD)
    await until(lambda: network.connection.is_online)

    assert network.connection.client is client  # R30: the login came on the same stream
    assert await network.roster.fetch() == []
    await network.connection.close()


async def test_whoever_misreads_it_gets_another_one_on_the_same_stream(registration):
    first = await registration.ask(None)
    client = registration._client
    with pytest.raises(NotAccepted) as refused:
        await registration.create(JID("mercutio", HOST), PASSWORD, {"ocr": "misread"})
    assert refused.value.reason
    second = registration.questions
    assert letters(second) != letters(first)

    await registration.create(JID("mercutio", HOST), PASSWORD, {"ocr": letters(second)})

    assert registration._client is client


async def test_r29_a_taken_name_is_told_apart_and_brings_another_picture(gatekeeper, registration):
    taken = gatekeeper.account()
    questions = await registration.ask(None)
    with pytest.raises(UserNameTaken):
        await registration.create(taken.jid, PASSWORD, {"ocr": letters(questions)})
    await registration.create(
        JID("benvolio", HOST), PASSWORD, {"ocr": letters(registration.questions)}
    )


async def test_an_ejabberd_without_registration_says_that_it_lets_nobody_register(ejabberd):
    server = AccountSettings(
        JID("", HOST), host="127.0.0.1", port=ejabberd.port, ca_file=str(ejabberd.ca_file)
    )
    registration = Registration(server, timing=TIMING)
    with pytest.raises(RegistrationNotOffered):
        await registration.ask(None)
    await registration.close()
