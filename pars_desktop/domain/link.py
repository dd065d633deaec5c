"""What a link says: the result of reading an `xmpp:` URI or an invitation page's address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pars_desktop.domain.jid import JID


class Action(StrEnum):
    """What a link asks for: query types of XEP-0147 and its registry, and two of our own."""

    ROSTER = "roster"
    REGISTER = "register"
    MESSAGE = "message"
    JOIN = "join"
    INVITE = "invite"
    SUBSCRIBE = "subscribe"
    REMOVE = "remove"
    UNSUBSCRIBE = "unsubscribe"
    UNREGISTER = "unregister"
    COMMAND = "command"
    PUBSUB = "pubsub"
    DISCO = "disco"
    VCARD = "vcard"
    SENDFILE = "sendfile"
    TRUST_MESSAGE = "trust-message"
    CHAT = "chat"  # a bare address
    LOOKUP = "lookup"  # a page that has to be asked which invitation it stands for


class Warn(StrEnum):
    """What a careful person should look at before confirming."""

    UNKNOWN_HOST = "unknown-host"
    INSECURE_HTTP = "insecure-http"
    NAME_IS_ADDRESS = "name-is-address"
    MIXED_SCRIPT = "mixed-script"
    CONTROL_CHARACTERS = "control-characters"
    DUPLICATE_PREAUTH = "duplicate-token"
    DUPLICATE_NAME = "duplicate-name"
    BAD_PREAUTH = "bad-token"
    UNKNOWN_ACTION = "unknown-action"


class Refused(StrEnum):
    """Why a link is not used at all."""

    NOT_A_LINK = "not-a-link"
    NO_ADDRESS = "no-address"
    BAD_ADDRESS = "bad-address"
    CONFIDENTIAL = "secret-in-link"
    PRIVATE_HOST = "private-host"
    TOO_LONG = "too-long"


class LinkRefused(Exception):
    """Reading stops here. `explanation` is for people where the code alone says too little."""

    def __init__(self, code: Refused, explanation: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.explanation = explanation


@dataclass(frozen=True, slots=True)
class Link:
    """What a link would do; nothing of it is done by reading it.

    With `refused` set, everything else but `explanation` is empty. A password is never kept.
    """

    action: Action | None = None
    jid: JID | None = None  # bare; None for a lookup and for a message whose recipient is open
    token: str | None = field(default=None, repr=False)
    name: str | None = None  # what the writer would like to be called: it can lie
    group: str | None = None
    ibr: bool = False  # the server lets a newcomer create an account with this token (XEP-0401)
    account: JID | None = None  # which of our accounts the writer had in mind: a hint only
    subject: str | None = None
    body: str | None = field(default=None, repr=False)
    node: str | None = None
    item: str | None = None
    jids: tuple[JID, ...] = ()  # whom to invite into a room
    has_password: bool = False
    page: str | None = field(default=None, repr=False)  # which has to be asked; holds a token
    fingerprints: Mapping[str, str] = field(default_factory=dict, hash=False)  # device id: hex
    warnings: tuple[Warn, ...] = ()
    refused: Refused | None = None
    explanation: str = ""

    @property
    def page_host(self) -> str:
        """Who would be asked about this link, perhaps with a port; empty if nobody has to be."""
        return page_host(self.page) if self.page else ""


def page_host(page: str) -> str:
    """The host in a page's address, with its port where that is written."""
    return page.split("/", 3)[2]
