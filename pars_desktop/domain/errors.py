"""Trouble: what a person should hear about, named as facts.

Foreign exceptions become these at the edge, once; `ui/errors.py` puts them into words, and the
command line prints the first line of their docstrings. None of them carries a secret: no password,
no token, no message text.
"""


class Trouble(Exception):
    """Something a person should hear about."""


# --- links and addresses ---------------------------------------------------------------------


class BadAddress(Trouble, ValueError):
    """A text is not an XMPP address (RFC 7622)."""


class LookupTrouble(Trouble):
    """The page of an invitation could not be asked: no answer in time, or none to rely on."""


class PrivatePage(LookupTrouble):
    """The page leads into a private network or away from https; nothing was asked there."""


class InvitationGone(LookupTrouble):
    """The page answered, but holds no invitation: it is invalid or has ended."""


# --- signing in --------------------------------------------------------------------------------


class SignInTrouble(Trouble):
    """Signing in did not work. `retries` says whether trying again by itself may help."""

    retries = False


class NoNetwork(SignInTrouble):
    """No connection could be made at all: no network, or nobody listens there."""

    retries = True


class NoSuchServer(SignInTrouble):
    """The name of the server is unknown, or it does not serve this domain (host-unknown)."""


class NoSuchHost(SignInTrouble):
    """The host that the person chose for this account is unknown to the DNS."""


class ServerSilent(SignInTrouble):
    """The server did not answer in time."""

    retries = True


class NoEncryption(SignInTrouble):
    """The server does not offer TLS; nothing was sent to it."""


class UntrustedCertificate(SignInTrouble):
    """The server's certificate does not prove that it is the server of this domain."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class CertificateFileUnusable(SignInTrouble):
    """The certificate file chosen for this account cannot be read or holds no certificate."""


class WrongPassword(SignInTrouble):
    """The server refused the password (not-authorized). One attempt was made."""


class WeakerLogin(SignInTrouble):
    """The server offers only a weaker login than before; no password was sent."""


class NoLogin(SignInTrouble):
    """The server offers no way to log in that we use (SCRAM, or PLAIN over TLS)."""


class UnsafeLogin(SignInTrouble):
    """The server could not prove that it knows the password, or asked for a careless login."""


class AccountDisabled(SignInTrouble):
    """The account exists but may not log in (account-disabled)."""


class CredentialsExpired(SignInTrouble):
    """The password has to be changed before logging in (credentials-expired)."""


class TemporaryLoginFailure(SignInTrouble):
    """The server cannot check the password now (temporary-auth-failure)."""

    retries = True


class UsedElsewhere(SignInTrouble):
    """Another program took over this session (stream error conflict)."""


class ForbiddenData(SignInTrouble):
    """The server sent what RFC 6120 forbids: a DTD, an endless stanza, data before TLS."""

    retries = True


class SessionRefused(SignInTrouble):
    """The server logged us in but gave no usable session (resource binding failed)."""

    retries = True


class ConnectionLost(SignInTrouble):
    """The connection broke, or nothing came over it any more."""

    retries = True


class NothingKept(SignInTrouble):
    """What came in cannot be written to disk, so it was left with the server."""

    retries = True


# --- creating an account ---------------------------------------------------------------------


class RegistrationTrouble(Trouble):
    """No account was created. None of these uses an invitation up; trying again is possible."""


class RegistrationNotOffered(RegistrationTrouble):
    """The server lets nobody create an account from within a program."""


class InvitationsNotTaken(RegistrationTrouble):
    """The server does not create accounts by invitation (no XEP-0445); it was not shown ours.

    Whether it lets people in without one is worth a try if the person agrees.
    """


class InvitationNeeded(RegistrationTrouble):
    """The server creates accounts by invitation alone, and was shown none (XEP-0445)."""


class InvitationRejected(RegistrationTrouble):
    """The server knows no such invitation: mistyped, used up or ended (XEP-0445)."""


class UserNameTaken(RegistrationTrouble):
    """Somebody has this user name already; another one can be tried at once."""


class NotAccepted(RegistrationTrouble):
    """The server did not like an answer: the name, a weak password, the letters of a picture.

    `reason` says why in the server's words. It can be tried again at once.
    """

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason


class QuestionsChanged(RegistrationTrouble):
    """The server had hung up meanwhile, and asks something else now: nothing was sent yet."""


class NeedsWebPage(RegistrationTrouble):
    """Accounts of this server are created in a browser. `address` (http or https) is where.

    Empty: the server does not say. Nothing was fetched from there.
    """

    def __init__(self, address: str = "") -> None:
        super().__init__()
        self.address = address


# --- asking the server ---------------------------------------------------------------------------


class ServerRefused(Trouble):
    """The server or a peer answered with an error (RFC 6120 §8.3)."""

    def __init__(self, condition: str, text: str = "") -> None:
        super().__init__(condition)
        self.condition = condition
        self.text = text


class Offline(Trouble):
    """There is no session; what was asked needs one."""


class IsRoom(Trouble):
    """The address is that of a group, not of a person; nothing was asked of it."""


# --- the machine ---------------------------------------------------------------------------------


class DatabaseTooNew(Trouble):
    """The database was written by a newer version of this program."""


class DatabaseDamaged(Trouble):
    """The database cannot be read.

    `kept_as` is where the damaged file was put aside; empty if it was found while running, then
    the next start does so.
    """

    def __init__(self, kept_as: str = "") -> None:
        super().__init__(kept_as)
        self.kept_as = kept_as


class StorageFailed(Trouble):
    """Writing to disk failed: it is full, read-only or gone."""


class NoKeyring(Trouble):
    """There is no usable place for passwords on this machine, or it did not answer."""


# --- codes in pictures ---------------------------------------------------------------------------


class PictureUnusable(Trouble):
    """There is no picture, or not of a kind that is read, or it is damaged."""


class PictureTooLarge(Trouble):
    """The picture is too large, or too crowded, to be looked at in a few seconds."""


class ScreenNotShown(Trouble):
    """The person, asked by the desktop, did not let us see the screen."""


class ScreenRefused(Trouble):
    """This desktop gives us no picture of the screen, or did not answer in time."""
