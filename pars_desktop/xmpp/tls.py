"""Which servers are believed to be who they say they are."""

import ssl

from pars_desktop.domain.errors import CertificateFileUnusable


def tls_context(ca_file: str = "") -> ssl.SSLContext:
    """TLS 1.2 or newer, and a certificate for the domain signed by somebody the system trusts.

    With `ca_file` only what that PEM file holds is trusted. Raises CertificateFileUnusable.
    Revocation is not checked: Python's ssl does not.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ValueError) as error:
        raise CertificateFileUnusable from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    # Neither RSA keys below 2048 bits nor SHA-1 signatures, whatever the system's default is.
    context.set_ciphers("DEFAULT:@SECLEVEL=2")
    return context
