"""An account as a person set it up. The password is not part of it: it lives in the keyring."""

from dataclasses import dataclass
from enum import Enum

from pars_desktop.domain.jid import JID


class KeepPassword(Enum):
    """Where the password of an account is kept."""

    KEYRING = "keyring"
    FILE = "file"  # a file of mode 0600, only if the person said so
    ASK = "ask"  # nowhere: ask at each start


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """How to reach one account."""

    jid: JID  # bare
    host: str = ""  # empty: look it up (SRV)
    port: int = 0  # with host: 0 means 5222; 5223 means direct TLS, others STARTTLS
    ca_file: str = ""  # a PEM file trusted for this account instead of the system's list
    your_name: str = ""  # the name friends are asked to save us under; empty: none
    keep_password: KeepPassword = KeepPassword.KEYRING
    best_mechanism: str = ""  # the strongest login seen here, pinned (e.g. SCRAM-SHA-256)
