"""Creating an account: which one, by whose invitation, and what the server wants to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.form import Answer, FieldKind, Form, FormField
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action, Link

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 signs; no l, o, 0 and 1, which look alike
_GROUPS, _GROUP = 4, 6  # 24 * log2(32) = 120 bits
FALLBACK_PAGE = "captcha-fallback-url"  # ejabberd's, and no question: see `Questions.web_page`
_APART = frozenset({"username", "password", FALLBACK_PAGE, "captcha-fallback-text"})


def suggest_password() -> str:
    """A strong password (120 bits) that can be read aloud and typed: four groups of six."""
    import secrets  # not needed for the first picture

    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


@dataclass(frozen=True, slots=True)
class Plan:
    """The account that is to be created. Nothing was sent to anybody yet."""

    domain: JID  # the server
    user_name: str = ""  # fixed by the invitation: not to be edited (R33); empty: free to choose
    token: str | None = field(default=None, repr=False)  # for this server alone
    inviter: JID | None = None  # who will be a friend without another step (R31)
    inviter_name: str = ""  # what they would like to be called: it can lie

    @classmethod
    def of_link(cls, link: Link) -> Self | None:
        """The account that a link offers (XEP-0401, XEP-0445), or None if it offers none."""
        if link.refused is not None or link.jid is None:
            return None
        domain = JID("", link.jid.domain)
        if link.action is Action.REGISTER:
            return cls(domain, link.jid.local, link.token)
        if link.action is Action.ROSTER and link.ibr and link.token:
            inviter = link.jid if link.jid.local else None  # R34: Mellium leaves the person out
            return cls(domain, "", link.token, inviter, link.name or "")
        return None

    @classmethod
    def at_server(cls, text: str) -> Self:
        """An account at a server the person chose or typed. Raises BadAddress."""
        server = JID.parse(text.strip())
        if server.local or server.resource:
            raise BadAddress("a server's name is needed")
        return cls(server)

    @property
    def may_reset(self) -> bool:
        """The invitation is for one user name: if that account exists, its password may be
        RESET. To be said before anything is sent (R33)."""
        return bool(self.user_name and self.token)

    def jid(self, user_name: str) -> JID:
        """The address with this user name. Raises BadAddress."""
        if "@" in user_name or "/" in user_name or not user_name.strip():
            raise BadAddress("no user name")
        return JID.parse(f"{user_name.strip()}@{self.domain}")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that came with a form. It is foreign: to be decoded with limits."""

    kind: str  # its media type, as the server says
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Questions:
    """What a server wants to know of a newcomer (XEP-0077, XEP-0158)."""

    form: Form = field(default_factory=Form)  # all of it, with user name and password
    pictures: Mapping[str, Picture] = field(default_factory=dict, hash=False)  # by their uri
    # Where to look in a browser if a picture did not come along, http or https; else empty. It is
    # only ever shown: nothing is fetched from there.
    web_page: str = ""
    is_plain: bool = False  # the fields are XEP-0077's own (`email`, `phone`...): without labels

    @property
    def used_once(self) -> bool:
        """A CAPTCHA is good for one attempt: after it the server asks another one."""
        return bool(self.pictures or self.web_page)

    @property
    def to_show(self) -> tuple[FormField, ...]:
        """Everything besides user name and password that a person reads or answers, in order."""
        return tuple(
            each
            for each in self.form.fields
            if each.kind is not FieldKind.HIDDEN and each.var not in _APART
        )

    def picture(self, asked: FormField) -> Picture | None:
        """The picture that belongs to a field, such as a CAPTCHA."""
        found = (self.pictures.get(media.uri) for media in asked.media)
        return next(filter(None, found), None)

    def missing(self, answers: Mapping[str, Answer]) -> list[FormField]:
        """The fields that must be answered and are not."""
        shown = self.to_show
        return [each for each in self.form.missing(answers) if each in shown]

    def same_as(self, other: Self) -> bool:
        """Answers to the other one are answers to this one, too."""
        return not self.used_once and [(each.var, each.kind) for each in self.to_show] == [
            (each.var, each.kind) for each in other.to_show
        ]
