"""Trouble into sentences: what happened and what to do next, short, active and without blame.

Warning and refusal codes of links, and what became of an invitation somebody used, are put into
words here too, so that a translator finds every such sentence in one place.
"""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from pars_desktop.domain import errors
from pars_desktop.domain.invite import Invite, Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action, Refused, Warn
from pars_desktop.ui import when

_TROUBLE = {
    errors.NoNetwork: QT_TRANSLATE_NOOP(
        "errors", "No connection to {server}. Check that this computer is online."
    ),
    errors.NoSuchServer: QT_TRANSLATE_NOOP(
        "errors", "There is no chat server at {server}. Check the part of the address after the @."
    ),
    errors.NoSuchHost: QT_TRANSLATE_NOOP(
        "errors", "The server chosen under Advanced cannot be found. Check how it is written."
    ),
    errors.ServerSilent: QT_TRANSLATE_NOOP(
        "errors", "{server} does not answer. Try again in a moment."
    ),
    errors.NoEncryption: QT_TRANSLATE_NOOP(
        "errors",
        "{server} offers no encrypted connection, so your password was not sent. "
        "Ask the people who run it to switch encryption on.",
    ),
    errors.UntrustedCertificate: QT_TRANSLATE_NOOP(
        "errors",
        "{server} could not prove that it is {server}, so your password was not sent. "
        "Try another network, or ask the people who run it.",
    ),
    errors.CertificateFileUnusable: QT_TRANSLATE_NOOP(
        "errors", "The certificate file cannot be used. Choose a PEM file you can read, or none."
    ),
    errors.WrongPassword: QT_TRANSLATE_NOOP(
        "errors", "Wrong password for {address}. Type it again."
    ),
    errors.WeakerLogin: QT_TRANSLATE_NOOP(
        "errors",
        "{server} offers only a weaker login than before, so your password was not sent. "
        "Try another network, or ask the people who run it.",
    ),
    errors.NoLogin: QT_TRANSLATE_NOOP(
        "errors",
        "{server} offers no safe way to sign in. Ask the people who run it to allow SCRAM.",
    ),
    errors.UnsafeLogin: QT_TRANSLATE_NOOP(
        "errors",
        "{server} could not prove that it knows your password, or asked for it in an unsafe way, "
        "so Pars hung up. Try another network, or ask the people who run it.",
    ),
    errors.AccountDisabled: QT_TRANSLATE_NOOP(
        "errors", "{address} is switched off on its server. Ask the people who run it."
    ),
    errors.CredentialsExpired: QT_TRANSLATE_NOOP(
        "errors", "The password of {address} has expired. Change it with your server, then sign in."
    ),
    errors.TemporaryLoginFailure: QT_TRANSLATE_NOOP(
        "errors", "{server} cannot check passwords at the moment. Try again in a moment."
    ),
    errors.UsedElsewhere: QT_TRANSLATE_NOOP(
        "errors", "Another program took over this connection. Sign in again to take it back."
    ),
    errors.ForbiddenData: QT_TRANSLATE_NOOP(
        "errors", "{server} sent something it must not send, so Pars hung up. Try again later."
    ),
    errors.SessionRefused: QT_TRANSLATE_NOOP(
        "errors", "{server} accepted the password but opened no session. Try again in a moment."
    ),
    errors.ConnectionLost: QT_TRANSLATE_NOOP(
        "errors", "The connection to {server} broke. Try again in a moment."
    ),
    errors.NothingKept: QT_TRANSLATE_NOOP(
        "errors",
        "What others write cannot be kept: the disk is full or cannot be written to. Make room; "
        "nothing is lost meanwhile.",
    ),
    errors.BadAddress: QT_TRANSLATE_NOOP(
        "errors", "This is not an address. An address looks like name@example.org."
    ),
    errors.LookupTrouble: QT_TRANSLATE_NOOP(
        "errors", "{server} gave no answer that Pars can use. Try again, or open it in a browser."
    ),
    errors.PrivatePage: QT_TRANSLATE_NOOP(
        "errors",
        "The page leads into a private network or is not encrypted, so Pars did not ask there.",
    ),
    errors.InvitationGone: QT_TRANSLATE_NOOP(
        "errors", "{server} knows no such invitation: it is invalid or has ended. Get a new one."
    ),
    errors.IsRoom: QT_TRANSLATE_NOOP(
        "errors", "This is the address of a group, not of a person. Pars cannot join groups yet."
    ),
    errors.ServerRefused: QT_TRANSLATE_NOOP("errors", "{server} said no: {reason}"),
    errors.RegistrationTrouble: QT_TRANSLATE_NOOP(
        "errors", "The account was not created. Try again in a moment."
    ),
    errors.RegistrationNotOffered: QT_TRANSLATE_NOOP(
        "errors", "{server} does not let anybody create an account from here. Try another server."
    ),
    errors.InvitationsNotTaken: QT_TRANSLATE_NOOP(
        "errors",
        "{server} does not create accounts by invitation, so it was not shown yours. "
        "You can try to create one without it.",
    ),
    errors.InvitationNeeded: QT_TRANSLATE_NOOP(
        "errors", "{server} lets nobody create an account without an invitation."
    ),
    errors.InvitationRejected: QT_TRANSLATE_NOOP(
        "errors",
        "{server} does not know this invitation: it was used before, or has ended. "
        "Ask for a new one.",
    ),
    errors.UserNameTaken: QT_TRANSLATE_NOOP(
        "errors", "Somebody at {server} has this user name already. Choose another one."
    ),
    errors.NotAccepted: QT_TRANSLATE_NOOP(
        "errors", "{server} did not accept this. Change it and try again. {reason}"
    ),
    errors.QuestionsChanged: QT_TRANSLATE_NOOP(
        "errors", "{server} had hung up meanwhile and asks again. Answer it, then try again."
    ),
    errors.NeedsWebPage: QT_TRANSLATE_NOOP(
        "errors", "{server} creates accounts only in a browser, on a page of its own. {page}"
    ),
    errors.Offline: QT_TRANSLATE_NOOP(
        "errors", "{address} is not connected. Try again once it is online."
    ),
    errors.DatabaseTooNew: QT_TRANSLATE_NOOP(
        "errors",
        "Your data was written by a newer version of Pars. Install that version to open it.",
    ),
    errors.DatabaseDamaged: QT_TRANSLATE_NOOP(
        "errors",
        "Your data was damaged. Pars goes on with the last copy of it that can be read, if there is"
        " one. The damaged file is kept: {file}",
    ),
    errors.StorageFailed: QT_TRANSLATE_NOOP(
        "errors", "Nothing can be written to disk. Make room, or check that it is not read-only."
    ),
    errors.NoKeyring: QT_TRANSLATE_NOOP(
        "errors", "The place where this computer keeps passwords is missing or locked."
    ),
    errors.PictureUnusable: QT_TRANSLATE_NOOP(
        "errors", "Pars cannot read this picture. Choose a PNG, JPEG, GIF, BMP or WebP file."
    ),
    errors.PictureTooLarge: QT_TRANSLATE_NOOP(
        "errors", "This picture is too large or too crowded. Cut out the part with the code."
    ),
    errors.ScreenNotShown: QT_TRANSLATE_NOOP(
        "errors", "Pars was not let see the screen, so nothing was looked for."
    ),
    errors.ScreenRefused: QT_TRANSLATE_NOOP(
        "errors",
        "This desktop gave Pars no picture of the screen. "
        "Take a screenshot yourself, and paste it here or choose its file.",
    ),
    errors.Trouble: QT_TRANSLATE_NOOP("errors", "Something went wrong. Try again in a moment."),
}

_WARNINGS = {
    Warn.UNKNOWN_HOST: QT_TRANSLATE_NOOP(
        "errors", "This link comes from a page Pars does not know. Check the address."
    ),
    Warn.INSECURE_HTTP: QT_TRANSLATE_NOOP(
        "errors", "This link came unencrypted, so it may have been changed on its way."
    ),
    Warn.NAME_IS_ADDRESS: QT_TRANSLATE_NOOP(
        "errors", "The name in this link was another address, so it was left out."
    ),
    Warn.MIXED_SCRIPT: QT_TRANSLATE_NOOP(
        "errors", "This address mixes letters of different alphabets, as forged addresses do."
    ),
    Warn.CONTROL_CHARACTERS: QT_TRANSLATE_NOOP(
        "errors", "This link held invisible characters. They were removed."
    ),
    Warn.DUPLICATE_PREAUTH: QT_TRANSLATE_NOOP(
        "errors", "This link holds two invitations, so neither was used."
    ),
    Warn.DUPLICATE_NAME: QT_TRANSLATE_NOOP(
        "errors", "This link holds two names, so neither was used."
    ),
    Warn.BAD_PREAUTH: QT_TRANSLATE_NOOP(
        "errors", "The invitation in this link is damaged. You can ask without it."
    ),
    Warn.UNKNOWN_ACTION: QT_TRANSLATE_NOOP(
        "errors", "This link asks for something Pars does not know. That part was left out."
    ),
}

_REFUSALS = {
    Refused.NOT_A_LINK: QT_TRANSLATE_NOOP(
        "errors", "This is neither an invitation nor an address. Open web pages in a browser."
    ),
    Refused.NO_ADDRESS: QT_TRANSLATE_NOOP(
        "errors", "This link holds no address. Ask for a new one."
    ),
    Refused.BAD_ADDRESS: QT_TRANSLATE_NOOP(
        "errors", "There is a mistake in the address. Check it, or ask for the link again."
    ),
    Refused.CONFIDENTIAL: QT_TRANSLATE_NOOP(
        "errors", "This link holds a password, so Pars does not use it. Change that password."
    ),
    Refused.PRIVATE_HOST: QT_TRANSLATE_NOOP(
        "errors", "This link leads into a private network, so Pars does not open it."
    ),
    Refused.TOO_LONG: QT_TRANSLATE_NOOP("errors", "This link is too long to be an invitation."),
}

_UNUSABLE = QT_TRANSLATE_NOOP("errors", "Pars cannot use this link.")

_NOT_DONE: dict[Action | None, object] = {
    Action.JOIN: QT_TRANSLATE_NOOP(
        "errors", "This link leads to a group. Pars cannot join groups yet."
    ),
    Action.INVITE: QT_TRANSLATE_NOOP(
        "errors", "This link invites people to a group. Pars cannot do that yet."
    ),
    Action.UNREGISTER: QT_TRANSLATE_NOOP(
        "errors", "This link asks to delete an account. Pars never does that because of a link."
    ),
    Action.COMMAND: QT_TRANSLATE_NOOP(
        "errors", "This link asks to run a command there. Pars never does that because of a link."
    ),
    Action.PUBSUB: QT_TRANSLATE_NOOP(
        "errors", "This link asks to read something published there. Pars does not do that."
    ),
    Action.DISCO: QT_TRANSLATE_NOOP(
        "errors", "This link asks what a server offers. Pars does not do that."
    ),
    Action.VCARD: QT_TRANSLATE_NOOP(
        "errors", "This link asks for somebody's profile. Pars does not do that."
    ),
    Action.TRUST_MESSAGE: QT_TRANSLATE_NOOP(
        "errors",
        "This link says which encryption keys to trust. Pars never does that because of a link.",
    ),
    Action.SENDFILE: QT_TRANSLATE_NOOP(
        "errors", "This link asks to send a file. Pars never does that because of a link."
    ),
    Action.LOOKUP: QT_TRANSLATE_NOOP(
        "errors", "This is the page of an invitation. Open it in a browser and follow it there."
    ),
}
_NOT_KNOWN = QT_TRANSLATE_NOOP(
    "errors", "This link asks for something Pars does not do. Nothing happened."
)

_USED = {
    Refusal.EXPIRED: QT_TRANSLATE_NOOP(
        "errors", "They used your invitation of {made}, which ended on {ended}."
    ),
    Refusal.USED: QT_TRANSLATE_NOOP(
        "errors", "They used your invitation of {made}, which {guest} had used before."
    ),
    Refusal.REVOKED: QT_TRANSLATE_NOOP(
        "errors", "They used your invitation of {made}, which you withdrew."
    ),
    Refusal.BOUND: QT_TRANSLATE_NOOP(
        "errors", "They used your invitation of {made}, which was meant for {guest}."
    ),
    Refusal.CLOCK: QT_TRANSLATE_NOOP(
        "errors", "They used your invitation of {made}: by this computer's clock, a day to come."
    ),
}


_DAMAGED_NOW = QT_TRANSLATE_NOOP(
    "errors", "Your data is damaged. Close Pars and start it again: then it is mended."
)


def sentence(trouble: errors.Trouble, jid: JID | None = None) -> str:
    """What a person should read about this trouble. `jid` is the account it happened to."""
    text = next(_TROUBLE[kind] for kind in type(trouble).__mro__ if kind in _TROUBLE)
    if isinstance(trouble, errors.DatabaseDamaged) and not trouble.kept_as:
        text = _DAMAGED_NOW
    said = (
        _translate(text)
        .format(
            server=jid.domain if jid else QCoreApplication.translate("errors", "The server"),
            address=jid or QCoreApplication.translate("errors", "this account"),
            reason=_reason(trouble),
            file=getattr(trouble, "kept_as", ""),
            page=plain(getattr(trouble, "address", "")),
        )
        .rstrip()
    )
    if isinstance(trouble, errors.UntrustedCertificate) and trouble.reason:
        detail = QCoreApplication.translate("errors", "(Its certificate: {reason})")
        said += " " + detail.format(reason=_reason(trouble))
    return said


def warning(code: Warn) -> str:
    """A warning about a link in words."""
    return _translate(_WARNINGS[code])


def link_refusal(code: Refused | None) -> str:
    """Why a link is not used, in words."""
    return _translate(_REFUSALS[code] if code else _UNUSABLE)


def not_done(action: Action | None) -> str:
    """What an action of a link would be, and that it is not done."""
    return _translate(_NOT_DONE.get(action, _NOT_KNOWN))


def invitation_used(refusal: Refusal | None, invite: Invite | None, used_by: str = "") -> str:
    """How a request came by an invitation of ours that opens no door any more; else empty.

    To our person an unknown token looks like none (XEP-0379 §4.1, interop R25).
    """
    if refusal not in _USED or invite is None:
        return ""
    return _translate(_USED[refusal]).format(
        made=when.day_and_month(invite.created),
        ended=when.day_and_month(invite.expires),
        guest=invite.bound_to or used_by or QCoreApplication.translate("errors", "somebody"),
    )


def plain(text: str, limit: int = 200) -> str:
    """A stranger's text on one line: nothing invisible, cut at the limit."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _translate(text: object) -> str:  # what PySide6 says QT_TRANSLATE_NOOP returns
    return QCoreApplication.translate("errors", str(text))


def _reason(trouble: errors.Trouble) -> str:
    if isinstance(trouble, errors.ServerRefused):
        return plain(trouble.text) or trouble.condition
    return plain(getattr(trouble, "reason", ""))
