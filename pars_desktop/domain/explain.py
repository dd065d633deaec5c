"""What `inspect` says about a link: an English sentence, and every field for scripts.

The windows say the same in the person's language (`ui/`); a token or a password is never part.
"""

from pars_desktop.domain.link import Action, Link, Refused, Warn

_ASKS = {
    Action.ROSTER: "This link offers to add {jid} as a friend.",
    Action.REGISTER: "This link offers to create an account: {jid}.",
    Action.MESSAGE: "This link prepares a message to {jid}; nothing is sent without you.",
    Action.JOIN: "This link asks to join the group chat {jid}.",
    Action.INVITE: "This link asks to invite people into the group chat {jid}.",
    Action.SUBSCRIBE: "This link asks to become friends with {jid}.",
    Action.REMOVE: "This link asks to remove {jid} from your friends.",
    Action.UNSUBSCRIBE: "This link asks to see no longer whether {jid} is online.",
    Action.UNREGISTER: "This link asks to delete your account at {jid}.",
    Action.COMMAND: "This link asks to run a command at {jid}.",
    Action.PUBSUB: "This link points to something published at {jid}.",
    Action.DISCO: "This link asks what {jid} offers.",
    Action.VCARD: "This link asks for the profile of {jid}.",
    Action.SENDFILE: "This link asks to send a file to {jid}.",
    Action.TRUST_MESSAGE: "This link says which encryption keys of {jid} to trust.",
    Action.CHAT: "This link leads to {jid}: it opens the chat with a friend, and offers to add"
    " anybody else.",
    Action.LOOKUP: "Only {host} knows what this link means; asking it shows it your internet"
    " address.",
}
_TO_SOMEBODY = "This link prepares a message; you choose to whom, and nothing is sent without you."
_INVITATION = "This is an invitation from {jid} to become friends."
_WITH_ACCOUNT = "This is an invitation from {jid} to become friends, with an account if you want."
_UNKNOWN_ACTION = "This link leads to {jid}; what else it asks for is not understood."
_SO = {
    "ibr": "an account can be made with it on the server of this address",
    "has_password": "it holds a password",
}
_REFUSED = {
    Refused.NOT_A_LINK: "This is not an XMPP link.",
    Refused.NO_ADDRESS: "This link does not say whose address it is about.",
    Refused.BAD_ADDRESS: "This link holds something that is not a valid XMPP address.",
    Refused.CONFIDENTIAL: "This link carries a password, so it is not used.",
    Refused.PRIVATE_HOST: "This page is on this computer or a private network; no link opens it.",
    Refused.TOO_LONG: "This text is longer than any link.",
}


def explain(link: Link) -> str:
    """What a link that was understood would do."""
    if link.action is None:
        return ""
    sentence = _ASKS[link.action]
    if link.action is Action.MESSAGE and link.jid is None:
        sentence = _TO_SOMEBODY
    elif link.action is Action.ROSTER and link.token:
        sentence = _WITH_ACCOUNT if link.ibr else _INVITATION
    elif Warn.UNKNOWN_ACTION in link.warnings:
        sentence = _UNKNOWN_ACTION
    return sentence.format(jid=link.jid, host=link.page_host)


def explain_refusal(code: Refused) -> str:
    """Why a link is not used."""
    return _REFUSED[code]


def fields(link: Link) -> dict[str, object]:
    """Everything a link says, as plain values for JSON. Scripts rely on the keys."""
    return {
        "action": link.action,
        "jid": str(link.jid) if link.jid else None,
        "token": link.token,
        "name": link.name,
        "group": link.group,
        "ibr": link.ibr,
        "account": str(link.account) if link.account else None,
        "subject": link.subject,
        "body": link.body,
        "node": link.node,
        "item": link.item,
        "jids": [str(jid) for jid in link.jids],
        "has_password": link.has_password,
        "fingerprints": dict(link.fingerprints),
        "warnings": list(link.warnings),
        "refused": link.refused,
        "explanation": link.explanation,
    }


def report(link: Link) -> str:
    """The sentence, then every field that says something, one per line."""
    told = {key: value for key, value in fields(link).items() if value}
    lines = [_harmless(told.pop("explanation"))]
    lines += [f"  {_line(key, value)}" for key, value in told.items()]
    if link.jid and link.jid.ascii != str(link.jid):
        lines.append(f"  in plain letters: {link.jid.ascii}")
    return "\n".join(lines)


def _line(key: str, value: object) -> str:
    """A field and what it says; what is only so or not is said in words."""
    return _SO.get(key) or f"{key}: {_harmless(value)}"


def _harmless(value: object) -> str:
    """On one line, and with nothing in it that a terminal would obey."""
    if isinstance(value, dict):
        value = [f"{key}={found}" for key, found in value.items()]
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
