"""Logging in: SCRAM (RFC 5802, RFC 7677), or PLAIN (RFC 4616) where nothing better is offered.

slixmpp's own SASL walks down from SCRAM to PLAIN by itself, takes any iteration count in the
event loop, and makes its nonce with `random`. This module decides and computes; it sends nothing.
There is no channel binding: all Python's ssl offers is tls-unique, which TLS 1.3 forbids.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Protocol

from slixmpp.util.sasl.client import saslprep
from slixmpp.util.stringprep_profiles import StringPrepError

from pars_desktop.domain.errors import (
    AccountDisabled,
    CredentialsExpired,
    NoLogin,
    SignInTrouble,
    TemporaryLoginFailure,
    UnsafeLogin,
    WeakerLogin,
    WrongPassword,
)

# What we use, the weakest first.
_RANKING = ("PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512")
_DIGESTS = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256", "SCRAM-SHA-512": "sha512"}

MIN_ITERATIONS = 4096  # RFC 5802 §5.1
MAX_ITERATIONS = 1_000_000  # beyond that the question only costs us time


def choose(offered: Iterable[str], pinned: str = "") -> str:
    """The best mechanism offered. Raises NoLogin, or WeakerLogin if it is below the pinned one.

    PLAIN is never chosen beside a SCRAM, not even beside one we do not speak.
    """
    offered = set(offered)
    if any(name.startswith("SCRAM-") for name in offered):
        offered.discard("PLAIN")
    usable = [name for name in _RANKING if name in offered]
    if not usable:
        raise NoLogin
    if rank(usable[-1]) < rank(pinned):
        raise WeakerLogin
    return usable[-1]


def rank(mechanism: str) -> int:
    """How strong a mechanism is; -1 for one we do not use."""
    return _RANKING.index(mechanism) if mechanism in _RANKING else -1


def refusal(condition: str) -> SignInTrouble:
    """What a SASL failure means for a person (RFC 6120 §6.5)."""
    match condition:
        case "not-authorized" | "":
            return WrongPassword()
        case "account-disabled":
            return AccountDisabled()
        case "credentials-expired":
            return CredentialsExpired()
        case "temporary-auth-failure":
            return TemporaryLoginFailure()
        case _:
            return NoLogin(condition)


class Mechanism(Protocol):
    """One attempt to log in. Every method raises UnsafeLogin if the server's part is not right."""

    name: str

    def first(self) -> bytes:
        """What goes with <auth/>."""

    async def answer(self, challenge: bytes) -> bytes:
        """What goes into <response/>."""

    def finish(self, final: bytes) -> None:
        """Check what came with <success/>."""


def start(name: str, username: str, password: str) -> Mechanism:
    """Begin to log in with a mechanism that `choose` returned."""
    if name == "PLAIN":
        return Plain(username, password)
    return Scram(name, username, password)


class Plain:
    """The password itself; only ever used within TLS."""

    name = "PLAIN"

    def __init__(self, username: str, password: str) -> None:
        self._message = b"\0" + _prepared(username) + b"\0" + _prepared(password)

    def first(self) -> bytes:
        return self._message

    async def answer(self, challenge: bytes) -> bytes:
        raise UnsafeLogin("a challenge in PLAIN")

    def finish(self, final: bytes) -> None:
        pass


class Scram:
    """Proves that we know the password, and makes the server prove that it does."""

    def __init__(self, name: str, username: str, password: str) -> None:
        self.name = name
        self._digest = _DIGESTS[name]
        self._password = _prepared(password)
        self._nonce = secrets.token_urlsafe(24)  # 192 bits, and no comma in it
        user = _prepared(username).replace(b"=", b"=3D").replace(b",", b"=2C")
        self._first_bare = b"n=" + user + b",r=" + self._nonce.encode()
        self._challenged = False
        self._proved = False
        self._server_signature = b""  # what the server has to come up with

    def first(self) -> bytes:
        return b"n,," + self._first_bare

    async def answer(self, challenge: bytes) -> bytes:
        if self._server_signature and not self._proved:
            self._check(challenge)  # some servers prove themselves before <success/>
            return b""
        if self._challenged:
            raise UnsafeLogin("one challenge too many")
        self._challenged = True
        salt, iterations, nonce = self._read(challenge)
        # In a thread, since a million iterations take most of a second.
        salted = await asyncio.to_thread(
            hashlib.pbkdf2_hmac, self._digest, self._password, salt, iterations
        )
        without_proof = b"c=biws,r=" + nonce
        message = self._first_bare + b"," + challenge + b"," + without_proof
        client_key = self._hmac(salted, b"Client Key")
        signature = self._hmac(hashlib.new(self._digest, client_key).digest(), message)
        proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        self._server_signature = self._hmac(self._hmac(salted, b"Server Key"), message)
        return without_proof + b",p=" + base64.b64encode(proof)

    def finish(self, final: bytes) -> None:
        if not self._proved:
            self._check(final)

    def _check(self, final: bytes) -> None:
        signature = _decoded(_attributes(final).get("v", ""))
        expected = self._server_signature
        if not expected or not hmac.compare_digest(signature, expected):
            raise UnsafeLogin("the server does not know the password")
        self._proved = True

    def _read(self, challenge: bytes) -> tuple[bytes, int, bytes]:
        values = _attributes(challenge)
        if "m" in values:
            raise UnsafeLogin("a mandatory extension")
        nonce = values.get("r", "")
        if not nonce.startswith(self._nonce) or len(nonce) <= len(self._nonce):
            raise UnsafeLogin("the server added nothing to the nonce")
        count = values.get("i", "")
        if not (count.isascii() and count.isdigit() and len(count) < 10):
            raise UnsafeLogin("no iteration count")
        if not MIN_ITERATIONS <= int(count) <= MAX_ITERATIONS:
            raise UnsafeLogin("an unreasonable iteration count")
        salt = _decoded(values.get("s", ""))
        if not salt:
            raise UnsafeLogin("no salt")
        return salt, int(count), nonce.encode()

    def _hmac(self, key: bytes, message: bytes) -> bytes:
        return hmac.digest(key, message, self._digest)


def _prepared(text: str) -> bytes:
    try:
        prepared: str = saslprep(text)
    except StringPrepError:
        prepared = text  # a newer character than Unicode 3.2: only the server can judge it
    return prepared.encode()


def _attributes(message: bytes) -> dict[str, str]:
    """Read "r=…,s=…,i=…" (RFC 5802 §7). Of an attribute given twice the last one counts."""
    try:
        pairs = [part.partition("=") for part in message.decode().split(",")]
    except UnicodeDecodeError as error:
        raise UnsafeLogin("an unreadable message") from error
    return {name: value for name, _, value in pairs}


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnsafeLogin("unreadable base64") from error
