"""What broken links and stream errors mean to a person, here and nowhere else."""

import socket
import ssl

from pars_desktop.domain.errors import (
    ConnectionLost,
    NoEncryption,
    NoNetwork,
    NoSuchServer,
    ServerSilent,
    SignInTrouble,
    UntrustedCertificate,
    UsedElsewhere,
)


def broken_link(error: BaseException | None) -> SignInTrouble:
    """What it means that a connection which stood ended with this error, or without one."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return UntrustedCertificate(error.verify_message)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return NoEncryption(error.reason or "")  # no version or cipher that both accept
    return ConnectionLost()


def failed_attempt(error: OSError) -> SignInTrouble:
    """What it means that a connection could not be made."""
    match error:
        case ssl.SSLError():
            return broken_link(error)
        case TimeoutError():
            return ServerSilent()
        case socket.gaierror():
            unknown = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
            return NoSuchServer() if error.errno in unknown else NoNetwork()
        case _:
            return NoNetwork()


def stream_error(condition: str) -> SignInTrouble:
    """What a stream error means (RFC 6120 §4.9.3). see-other-host is never followed (§4.9.3.19
    wants the certificate of the original domain; slixmpp would accept the other's)."""
    match condition:
        case "conflict":
            return UsedElsewhere()
        case "host-unknown" | "host-gone":
            return NoSuchServer()
        case _:
            return ConnectionLost(condition)
