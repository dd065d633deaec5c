"""Servers that mean harm to somebody who wants an account there.

There is no control with a bare slixmpp: it knows neither XEP-0445 nor a login after registration.
"""

import asyncio

import pytest

from pars_desktop.domain.errors import (
    ConnectionLost,
    ForbiddenData,
    ServerSilent,
)
from tests.xmpp.hostile import (
    PASSWORD,
    serving,
)
from tests.xmpp.office import (
    IBR,
    JULIET,
    TODAY,
    TOKEN,
    Office,
    form,
    result,
)
from tests.xmpp.victims import until


async def test_an_answer_under_another_id_or_of_another_type_is_none(certificate, register):
    async def confused(peer):
        await peer.to_tls()
        await peer.opens(IBR, TODAY)
        iq = await peer.element("iq")
        peer.say(f"<iq type='set' id='{iq.get('id')}'/><iq type='result'/>")
        iq.set("id", "another")
        peer.say(result(iq))
        await peer.listen()

    async with serving(confused, certificate) as server:
        with pytest.raises(ServerSilent):
            await register(server, deadline=0.3).ask(TOKEN)
    assert len(server.elements) == 2  # starttls and the token: nothing was asked without an answer


async def test_the_right_answer_counts_after_a_wrong_one(certificate, register):
    class Confused(Office):
        def _step(self, peer, iq):
            peer.say("<iq type='error' id='another'/><iq type='result'/>")
            return super()._step(peer, iq)

    async with serving(Confused(), certificate) as server:
        registration = register(server)
        await registration.ask(TOKEN)
        await registration.create(JULIET, PASSWORD, {})


@pytest.mark.parametrize(
    "unasked",
    [
        "<message from='mallory@a.test'><body>hi</body></message>",
        "<presence from='mallory@a.test' type='subscribe'/>",
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        "<!DOCTYPE a>",
    ],
)
async def test_what_is_not_due_before_the_login_ends_the_link(certificate, register, unasked):
    class Pushing(Office):
        def _step(self, peer, iq):
            peer.say(unasked)
            return super()._step(peer, iq)

    async with serving(Pushing(), certificate) as server:
        with pytest.raises(ForbiddenData):
            await register(server).ask(TOKEN)


async def test_x9_an_endless_answer_ends_the_link(certificate, register):
    async def endless(peer):
        await peer.to_tls()
        await peer.opens(IBR, TODAY)
        iq = await peer.element("iq")
        peer.say(f"<iq type='result' id='{iq.get('id')}'><query xmlns='jabber:iq:register'>")
        await peer.pour(b"<username/>" * 20_000, 200)

    async with serving(endless, certificate) as server:
        with pytest.raises((ForbiddenData, ConnectionLost)) as ended:
            await register(server, deadline=20.0).ask(None)
    assert ended.type is ForbiddenData


async def test_of_a_very_long_form_only_a_part_is_read(certificate, register):
    fields = "".join(f"<field var='f{number}' label='{'x' * 900}'/>" for number in range(2000))
    async with serving(Office(questions=form(fields)), certificate) as server:
        asked = await register(server).ask(None)
    assert len(asked.form.fields) == 100
    assert max(len(each.label) for each in asked.to_show) <= 500


async def silent(peer):
    await peer.to_tls()
    await peer.opens(IBR, TODAY)
    await peer.listen()


async def test_a_server_that_does_not_answer_is_given_up_in_time(certificate, register):
    async with serving(silent, certificate) as server:
        with pytest.raises(ServerSilent):
            await register(server, deadline=0.2).ask(TOKEN)


async def test_hanging_up_while_the_server_thinks_is_told_to_whoever_waits(certificate, register):
    async with serving(silent, certificate) as server:
        registration = register(server)
        asking = asyncio.ensure_future(registration.ask(TOKEN))
        assert await until(lambda: TOKEN.encode() in server.heard)
        await registration.close()
        with pytest.raises(ConnectionLost):
            await asking
