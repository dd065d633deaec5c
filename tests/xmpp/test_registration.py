"""Creating an account, step by step, on a scripted server (interop R28 to R30, P-16).

There is no control with a bare slixmpp: it knows neither XEP-0445 nor a login after registration.
"""

import asyncio

import pytest

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import (
    ForbiddenData,
    InvitationNeeded,
    InvitationRejected,
    InvitationsNotTaken,
    NoEncryption,
    NotAccepted,
    QuestionsChanged,
    RegistrationNotOffered,
    ServerRefused,
    ServerSilent,
    UntrustedCertificate,
    UserNameTaken,
)
from pars_desktop.domain.jid import JID
from tests.xmpp.hostile import (
    DOMAIN,
    PASSWORD,
    STARTTLS_OFFER,
    serving,
)
from tests.xmpp.office import (
    BEFORE,
    IBR,
    JULIET,
    LOGINS,
    TODAY,
    TOKEN,
    Office,
    answers,
    captcha,
    error,
)
from tests.xmpp.victims import until

# --- R28: over TLS only, and both names of the feature -------------------------------------------


async def without_tls(peer):
    await peer.opens(IBR, TODAY, BEFORE, LOGINS)
    await peer.listen()


async def test_r28_p16_without_tls_no_token_and_no_question_leaves(certificate, register):
    async with serving(without_tls, certificate) as server:
        with pytest.raises(NoEncryption):
            await register(server).ask(TOKEN)
    assert TOKEN.encode() not in server.heard
    assert server.elements == []


async def with_another_certificate(peer):
    await peer.to_tls()
    await peer.opens(IBR, TODAY)
    await peer.listen()


async def test_r28_t2_a_certificate_for_somebody_else_gets_no_token(ca, register):
    async with serving(with_another_certificate, ca.issue("b.test")) as server:
        with pytest.raises(UntrustedCertificate):
            await register(server).ask(TOKEN)
    assert TOKEN.encode() not in server.heard


async def test_r28_a_question_that_was_cut_off_before_tls_is_not_continued_in_clear(
    certificate, register
):
    slow = True

    async def slow_at_first(peer):
        if slow:
            await peer.opens(STARTTLS_OFFER, IBR, TODAY)
            await peer.listen()  # and never goes on with TLS
        await Office()(peer)

    async with serving(slow_at_first, certificate) as server:
        registration = register(server)
        asking = asyncio.ensure_future(registration.ask(TOKEN))
        assert await until(lambda: b"starttls" in server.heard)
        asking.cancel()
        slow = False
        await registration.ask(TOKEN)
    assert TOKEN.encode() not in server.heard_in_clear
    assert len(server.peers) == 2


async def offering_in_clear(peer):
    """STARTTLS is offered beside registration, and what comes in clear is answered."""
    await peer.opens(STARTTLS_OFFER, IBR, TODAY, LOGINS)
    await peer.element("starttls")
    peer.say("<iq type='result' id='1'><query xmlns='jabber:iq:register'/></iq>")
    await peer.listen()


async def test_r28_t10_answers_before_tls_are_refused(certificate, register):
    async with serving(offering_in_clear, certificate) as server:
        with pytest.raises(ForbiddenData):
            await register(server).ask(TOKEN)
    assert TOKEN.encode() not in server.heard


@pytest.mark.parametrize("offers", [(IBR, TODAY), (IBR, BEFORE), (TODAY, BEFORE), (TODAY,)])
async def test_r28_either_namespace_lets_the_token_be_shown(certificate, register, offers):
    office = Office(offers=offers)
    async with serving(office, certificate) as server:
        asked = await register(server).ask(TOKEN)
    assert office.seen == ["token", "questions"]
    assert asked.to_show == ()
    assert TOKEN.encode() not in server.heard_in_clear


async def test_r28_direct_tls_is_as_good(certificate, register):
    async def office(peer):
        await peer.opens(IBR, TODAY)
        while True:
            Office()._step(peer, await peer.element("iq"))

    async with serving(office, certificate, direct_tls=True) as server:
        asked = await register(server, direct_tls=True).ask(TOKEN)
    assert asked.form.instructions == "Choose."


async def test_p16_a_server_that_takes_no_tokens_is_not_shown_ours(certificate, register):
    office = Office(offers=(IBR, LOGINS))
    async with serving(office, certificate) as server:
        registration = register(server, deadline=0.3)
        with pytest.raises(InvitationsNotTaken):
            await registration.ask(TOKEN)
        assert office.seen == []

        await asyncio.sleep(0.5)
        await registration.ask(None)  # the person thought about it, and agreed
    assert (office.seen, office.links) == (["questions"], 1)
    assert TOKEN.encode() not in server.heard


# --- R29: what is wrong is told apart, and tried again on the same stream -------------------------


async def test_r29_p16_any_error_about_the_token_means_that_it_is_bad(certificate, register):
    office = Office()
    async with serving(office, certificate) as server:
        registration = register(server)
        with pytest.raises(InvitationRejected):
            await registration.ask("another")
        assert office.seen == ["token"]

        await registration.ask(None)
    assert (office.seen, office.links) == (["token", "questions"], 1)


async def test_r29_after_a_conflict_another_name_is_tried_on_the_same_stream(certificate, register):
    office = Office()
    office.taken = {"juliet"}
    async with serving(office, certificate) as server:
        registration = register(server)
        await registration.ask(TOKEN)
        with pytest.raises(UserNameTaken):
            await registration.create(JULIET, PASSWORD, {})
        await registration.create(JID("julia", DOMAIN), PASSWORD, {})
    assert office.seen == ["token", "questions", "account", "account"]
    assert office.links == 1
    assert [answers(query) for query in office.submitted] == [
        {"username": "juliet", "password": PASSWORD},
        {"username": "julia", "password": PASSWORD},
    ]


@pytest.mark.parametrize("condition", ["not-acceptable", "jid-malformed", "bad-request"])
async def test_r29_what_the_server_does_not_like_is_said_in_its_words(
    certificate, register, condition
):
    office = Office()
    office.refusals = [("modify", condition, "The password\nis too <weak>")]
    async with serving(office, certificate) as server:
        registration = register(server)
        await registration.ask(TOKEN)
        with pytest.raises(NotAccepted) as refused:
            await registration.create(JULIET, "1234", {})
        await registration.create(JULIET, PASSWORD, {})
    assert refused.value.reason == "The password is too <weak>"
    assert office.links == 1


async def test_r29_not_now_is_no_fault_of_the_answers(certificate, register):
    office = Office()
    office.refusals = [("wait", "not-acceptable", "Too many accounts today")]
    async with serving(office, certificate) as server:
        registration = register(server)
        await registration.ask(TOKEN)
        with pytest.raises(ServerRefused) as refused:
            await registration.create(JULIET, PASSWORD, {})
    assert refused.value.text == "Too many accounts today"


async def refusing(peer):
    await peer.to_tls()
    await peer.opens(LOGINS)
    peer.say(error(await peer.element("iq"), "cancel", "service-unavailable"))
    await peer.listen()


async def test_p16_a_server_without_registration_says_so(certificate, register):
    async with serving(refusing, certificate) as server:
        with pytest.raises(RegistrationNotOffered):
            await register(server).ask(None)


# --- R30: the login on the same stream -----------------------------------------------------------


async def test_r30_the_login_happens_on_the_same_stream(certificate, register):
    office = Office()
    async with serving(office, certificate) as server:
        registration = register(server)
        await registration.ask(TOKEN)
        await registration.create(JULIET, PASSWORD, {})
        settings = AccountSettings(JULIET, host="127.0.0.1", port=server.port)
        network = registration.network(settings)
        used = []
        network.connection.mechanism_used.connect(used.append)
        network.connection.start(settings, PASSWORD)
        assert await until(lambda: network.connection.is_online)
        await registration.close()  # the stream is the network's by now

        assert network.connection.is_online
        assert network.connection.client.boundjid.bare == str(JULIET)
        await network.connection.close()
    assert office.seen == ["token", "questions", "account", "login"]
    assert office.links == 1
    assert used == ["SCRAM-SHA-256"]
    assert b"<body" not in server.heard


async def test_r30_if_the_stream_is_lost_the_account_signs_in_on_a_new_one(
    ca, certificate, register
):
    office = Office()
    office.hangs_up_after = "account"
    async with serving(office, certificate) as server:
        registration = register(server)
        await registration.ask(TOKEN)
        await registration.create(JULIET, PASSWORD, {})
        assert await until(lambda: registration._client.transport is None)
        settings = AccountSettings(
            JULIET, host="127.0.0.1", port=server.port, ca_file=str(ca.certificate)
        )
        network = registration.network(settings)
        network.connection.start(settings, PASSWORD)
        assert await until(lambda: network.connection.is_online)
        await network.connection.close()
    assert office.links == 2
    assert office.seen[-1] == "login"


async def test_a_network_that_is_never_started_closes_the_stream(certificate, register):
    office = Office()
    async with serving(office, certificate) as server:
        registration = register(server)
        await registration.ask(TOKEN)
        client = registration._client
        await registration.network(AccountSettings(JULIET)).connection.close()
        assert client.transport is None


# --- what a person takes their time for ----------------------------------------------------------


@pytest.mark.parametrize(
    ("offers", "condition", "text", "trouble"),
    [
        (
            (IBR, TODAY),
            "not-acceptable",
            "Registration is through invitation only",
            InvitationNeeded,
        ),
        ((IBR, TODAY), "not-allowed", "", InvitationNeeded),
        ((IBR, TODAY), "not-acceptable", "Too weak", NotAccepted),
        ((IBR,), "not-allowed", "", ServerRefused),
    ],
)
async def test_a_server_by_invitation_only_is_told_apart(
    certificate, register, offers, condition, text, trouble
):
    office = Office(offers=(*offers, LOGINS))
    office.refusals = [("cancel", condition, text)]
    async with serving(office, certificate) as server:
        registration = register(server)
        await registration.ask(None)
        with pytest.raises(trouble):
            await registration.create(JULIET, PASSWORD, {})


async def test_whoever_was_invited_is_not_told_to_get_an_invitation(certificate, register):
    office = Office()
    office.refusals = [("cancel", "not-acceptable", "No such invitation policy")]
    async with serving(office, certificate) as server:
        registration = register(server)
        await registration.ask(TOKEN)
        with pytest.raises(NotAccepted):
            await registration.create(JULIET, PASSWORD, {})


async def test_a_server_that_ends_the_stream_lets_nobody_register(certificate, register):
    """As ejabberd does without mod_register."""

    async def closed(peer):
        await peer.to_tls()
        await peer.opens(LOGINS)
        await peer.element("iq")
        peer.say(
            "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
            "</stream:error>"
        )

    async with serving(closed, certificate) as server:
        with pytest.raises(RegistrationNotOffered):
            await register(server).ask(None)


async def test_thinking_takes_no_time(certificate, register):
    office = Office()
    async with serving(office, certificate) as server:
        registration = register(server, deadline=0.3)
        await registration.ask(TOKEN)
        await asyncio.sleep(0.5)
        await registration.create(JULIET, PASSWORD, {})
    assert office.links == 1


class FallsSilent(Office):
    """A server that says no more from one step on."""

    def __init__(self, at):
        super().__init__()
        self._at = at

    def _step(self, peer, iq):
        if self._at != "account" or iq.get("type") == "get" or "preauth" in iq[0].tag:
            return super()._step(peer, iq)
        return "silence"

    async def _log_in(self, peer, auth):
        await peer.listen()


@pytest.mark.parametrize("step", ["account", "login"])
async def test_s20_the_time_stands_still_while_a_person_answers_and_then_runs_again(
    certificate, register, step
):
    """No control: slixmpp has no time limit."""
    async with serving(FallsSilent(step), certificate) as server, asyncio.timeout(5.0):
        registration = register(server, deadline=0.3)
        await registration.ask(TOKEN)
        await asyncio.sleep(0.5)
        if step == "account":
            with pytest.raises(ServerSilent):
                await registration.create(JULIET, PASSWORD, {})
            return
        await registration.create(JULIET, PASSWORD, {})
        await asyncio.sleep(0.5)  # a keyring asks, say
        settings = AccountSettings(JULIET, host="127.0.0.1", port=server.port)
        connection, troubles = registration.network(settings).connection, []
        connection.offline.connect(lambda trouble, _pause: troubles.append(type(trouble)))
        connection.start(settings, PASSWORD)
        assert await until(lambda: troubles)
        await connection.close()
    assert troubles[0] is ServerSilent


async def test_if_the_server_hangs_up_meanwhile_everything_is_said_again(certificate, register):
    office = Office()
    office.hangs_up_after = "questions"
    async with serving(office, certificate) as server:
        registration = register(server)
        await registration.ask(TOKEN)
        assert await until(lambda: registration._client.transport is None)
        await registration.create(JULIET, PASSWORD, {})
    assert office.seen == ["token", "questions", "token", "questions", "account"]
    assert office.links == 2


async def test_other_questions_than_before_are_not_answered_with_the_old_answers(
    certificate, register
):
    office = Office(questions=captcha())
    office.hangs_up_after = "questions"
    async with serving(office, certificate) as server:
        registration = register(server)
        await registration.ask(TOKEN)
        assert await until(lambda: registration._client.transport is None)
        with pytest.raises(QuestionsChanged):
            await registration.create(JULIET, PASSWORD, {"ocr": "old"})
    assert "account" not in office.seen
    assert PASSWORD.encode() not in server.heard
