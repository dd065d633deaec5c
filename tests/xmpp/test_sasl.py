"""The arithmetic of SCRAM against the examples in the RFCs, and which login is chosen."""

import pytest

from pars_desktop.domain.errors import NoLogin, UnsafeLogin, WeakerLogin
from pars_desktop.xmpp import sasl

# RFC 5802 §5 and RFC 7677 §3: user "user", password "pencil".
EXAMPLES = {
    "SCRAM-SHA-1": (
        "fyko+d2lbbFgONRv9qkxdawL",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
    ),
    "SCRAM-SHA-256": (
        "rOprNGfwEbeRWgbNEkqO",
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
async def test_the_examples_of_the_rfcs(name, monkeypatch):
    nonce, challenge, proof, signature = EXAMPLES[name]
    monkeypatch.setattr("pars_desktop.xmpp.sasl.secrets.token_urlsafe", lambda _: nonce)
    scram = sasl.start(name, "user", "pencil")
    assert scram.first() == f"n,,n=user,r={nonce}".encode()
    assert await scram.answer(challenge.encode()) == proof.encode()
    scram.finish(signature.encode())


async def test_a_signature_that_is_not_the_right_one_is_refused(monkeypatch):
    nonce, challenge, _, _ = EXAMPLES["SCRAM-SHA-1"]
    monkeypatch.setattr("pars_desktop.xmpp.sasl.secrets.token_urlsafe", lambda _: nonce)
    scram = sasl.start("SCRAM-SHA-1", "user", "pencil")
    await scram.answer(challenge.encode())
    with pytest.raises(UnsafeLogin):
        scram.finish(EXAMPLES["SCRAM-SHA-256"][3].encode())


def test_every_nonce_is_new_and_long():
    nonces = {sasl.start("SCRAM-SHA-256", "user", "pencil").first() for _ in range(100)}
    assert len(nonces) == 100
    assert all(len(nonce.split(b"r=")[1]) == 32 for nonce in nonces)


def test_a_comma_or_equals_sign_in_the_name_stays_part_of_it():
    first = sasl.start("SCRAM-SHA-1", "a=b,c", "x").first()
    assert first.startswith(b"n,,n=a=3Db=2Cc,r=")


def test_a_password_is_prepared_and_a_newer_character_does_no_harm():
    """SASLprep maps a no-break space to a space; an emoji is unknown to its tables."""
    assert sasl.start("PLAIN", "user", "p\u00a0w").first() == b"\0user\0p w"
    assert sasl.start("PLAIN", "user", "pw🙂").first() == "\0user\0pw🙂".encode()


@pytest.mark.parametrize(
    ("offered", "pinned", "expected"),
    [
        (["PLAIN"], "", "PLAIN"),
        (["PLAIN", "SCRAM-SHA-1"], "", "SCRAM-SHA-1"),
        (["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1"], "SCRAM-SHA-1", "SCRAM-SHA-512"),
        (["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], "SCRAM-SHA-256", "SCRAM-SHA-256"),
        (["PLAIN"], "PLAIN", "PLAIN"),
        (["PLAIN", "SCRAM-SHA-1"], "SCRAM-SHA-256", WeakerLogin),
        (["PLAIN"], "SCRAM-SHA-1", WeakerLogin),
        (["PLAIN", "SCRAM-UNHEARD-OF"], "", NoLogin),
        (["DIGEST-MD5", "CRAM-MD5", "LOGIN", "EXTERNAL", "ANONYMOUS"], "", NoLogin),
        ([], "SCRAM-SHA-1", NoLogin),
    ],
)
def test_t14_which_login_is_chosen(offered, pinned, expected):
    if isinstance(expected, str):
        assert sasl.choose(offered, pinned) == expected
    else:
        with pytest.raises(expected):
            sasl.choose(offered, pinned)
