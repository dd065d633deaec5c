"""Logging in: what is sent, how often, and what a refusal means (battery T-14 to T-16, S6)."""

import base64

import pytest

from pars_desktop.domain.errors import (
    AccountDisabled,
    CredentialsExpired,
    NoLogin,
    TemporaryLoginFailure,
    WeakerLogin,
    WrongPassword,
)
from tests.xmpp.hostile import PASSWORD, SASL, ScramServer, mechanisms, sasl, serving
from tests.xmpp.victims import until

PLAIN = base64.b64encode(f"\0juliet\0{PASSWORD}".encode())


def failure(condition):
    return f"<failure xmlns='{SASL}'><{condition}/><text>&lt;b&gt;</text></failure>"


def attempts(server):
    return [element.get("mechanism") for element in server.elements if "auth" in element.tag]


# --- T-14: weaker and weaker ----------------------------------------------------------------------


async def test_t14_after_a_refused_scram_nothing_weaker_is_tried(victim, certificate):
    """slixmpp goes down the list by itself, to PLAIN and LOGIN: six attempts, and the password."""

    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms("SCRAM-SHA-1", "DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN"))
        while True:
            await peer.element("auth")
            peer.say(failure("not-authorized"))

    async with serving(script, certificate) as server:
        victim.connect(server.port)
        trouble = await victim.trouble()
    assert (PLAIN in server.heard) is victim.is_bare
    assert (len(attempts(server)) > 1) is victim.is_bare
    assert trouble is (None if victim.is_bare else WrongPassword)


@pytest.mark.parametrize("beside", ["SCRAM-SHA-1", "SCRAM-SHA3-512", "SCRAM-SHA-256-PLUS"])
async def test_t14_plain_is_never_used_beside_a_scram(hardened, certificate, beside):
    """No control: slixmpp prefers SCRAM too as long as it knows it, see the case above."""

    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms("PLAIN", beside))
        await peer.element("auth")

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        trouble = await hardened.trouble()
    assert PLAIN not in server.heard
    assert attempts(server) == (["SCRAM-SHA-1"] if beside == "SCRAM-SHA-1" else [])
    if not attempts(server):
        assert trouble is NoLogin


@pytest.mark.parametrize("offered", [("PLAIN",), ("SCRAM-SHA-1", "PLAIN"), ("PLAIN", "LOGIN")])
async def test_t14_less_than_last_time_is_told_and_not_used(hardened, certificate, offered):
    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms(*offered))
        await peer.element("auth")

    async with serving(script, certificate) as server:
        hardened.connect(server.port, best_mechanism="SCRAM-SHA-256")
        assert await hardened.trouble() is WeakerLogin
    assert not attempts(server)
    assert hardened.pauses == [None]


async def test_t14_the_control_slixmpp_keeps_no_pin(bare, certificate):
    """Today SCRAM, tomorrow PLAIN: it does not mind."""

    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms("PLAIN"))
        await peer.element("auth")

    async with serving(script, certificate) as server:
        bare.connect(server.port)
        await until(lambda: PLAIN in server.heard)
    assert PLAIN in server.heard


async def test_t14_the_pin_holds_from_the_first_attempt_on(hardened, certificate):
    """A link that breaks during the login must not be a way to get PLAIN the next time."""
    logins = []

    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms("PLAIN" if logins else "SCRAM-SHA-256"))
        logins.append(peer)
        await peer.element("auth")

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await until(lambda: len(hardened.troubles) > 1)
    assert isinstance(hardened.troubles[-1], WeakerLogin)
    assert attempts(server) == ["SCRAM-SHA-256"]


async def test_the_best_login_is_used_and_announced(hardened, certificate):
    async def script(peer):
        await peer.to_tls()
        await peer.to_login("SCRAM-SHA-1", "X-OAUTH2", "SCRAM-SHA-256", "EXTERNAL", "PLAIN")
        await peer.to_session()
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.has_session()
        assert hardened.mechanisms == ["SCRAM-SHA-256"]
        assert attempts(server) == ["SCRAM-SHA-256"]


async def test_plain_alone_is_used_within_tls(hardened, certificate):
    async def script(peer):
        await peer.to_tls()
        await peer.to_login("PLAIN")
        await peer.to_session()
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.has_session()
        assert hardened.mechanisms == ["PLAIN"]
    assert PLAIN not in server.heard_in_clear


@pytest.mark.parametrize("offered", [("EXTERNAL",), ("ANONYMOUS", "LOGIN"), ("X-OAUTH2",), ()])
async def test_t8_logins_we_do_not_use_are_not_begun_within_tls_either(
    hardened, certificate, offered
):
    """The control is T-8 without TLS: slixmpp takes EXTERNAL, ANONYMOUS and LOGIN anywhere."""

    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms(*offered))
        await peer.element("auth")

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is NoLogin
    assert not attempts(server)


# --- T-15, T-16: refusals -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("not-authorized", WrongPassword),
        ("account-disabled", AccountDisabled),
        ("credentials-expired", CredentialsExpired),
        ("temporary-auth-failure", TemporaryLoginFailure),
        ("aborted", NoLogin),
        ("mechanism-too-weak", NoLogin),
        ("invented-yesterday", NoLogin),
    ],
)
async def test_t15_t16_one_attempt_and_what_its_refusal_means(
    hardened, certificate, condition, expected
):
    """The control is T-14: slixmpp tries every mechanism in turn whatever the condition."""

    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms("SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"))
        await peer.element("auth")
        peer.say(failure(condition))
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is expected
        retries = expected is TemporaryLoginFailure
        assert await until(lambda: len(attempts(server)) > 1, 0.5) is retries
    assert (hardened.pauses[0] is not None) is retries


async def test_t15_after_a_wrong_password_only_another_one_is_tried(hardened, certificate):
    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms("SCRAM-SHA-256"))
        scram = ScramServer(await peer.element("auth"), "the new password")
        peer.say(sasl("challenge", scram.challenge()))
        try:
            final = scram.final(await peer.element("response"))
        except PermissionError:
            peer.say(failure("not-authorized"))
            await peer.listen()
        peer.say(sasl("success", final))
        await peer.to_session()
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is WrongPassword
        hardened.connection.retry_now()
        assert not await until(lambda: len(attempts(server)) > 1, 0.3)
        settings = hardened.connection._settings
        hardened.connection.start(settings, "the new password")
        assert await hardened.has_session()
    assert len(attempts(server)) == 2
