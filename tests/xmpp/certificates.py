"""A certificate authority for tests, and certificates of every kind, good and bad.

    ca = make_ca(tmp_path)
    good = ca.issue("a.test", "conference.a.test")
    late = ca.issue("a.test", not_after=now() - timedelta(days=1))
    server.load_cert_chain(good.certificate, good.key)

Keys are written unencrypted and live as long as the temporary folder does.
"""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_SHA256_WITH_RSA = bytes.fromhex("2a864886f70d01010b")
_SHA1_WITH_RSA = bytes.fromhex("2a864886f70d010105")

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Issued:
    """A certificate with its chain, and its key, as PEM files."""

    certificate: Path
    key: Path


def now() -> datetime:
    return datetime.now(UTC)


def make_ca(
    directory: Path, name: str = "Pars test CA", *, rsa_bits: int | None = None
) -> "CertificateAuthority":
    """Make a new CA and write its certificate to directory/ca.pem. Its key is P-256 or RSA."""
    directory.mkdir(parents=True, exist_ok=True)
    return CertificateAuthority(directory, name, rsa_bits)


class CertificateAuthority:
    """Issues certificates; `certificate` is the PEM file a client has to trust."""

    def __init__(self, directory: Path, name: str, rsa_bits: int | None) -> None:
        self._directory = directory
        self._count = 0
        self._key = _new_key(rsa_bits)
        self._name = _name(name)
        usage = _usage(key_cert_sign=True, crl_sign=True)
        self._certificate = (
            _builder(self._name, self._name, self._key, now() - timedelta(days=1), None)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        self.certificate = directory / "ca.pem"
        self.certificate.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def issue(
        self,
        *hosts: str,
        common_name: str | None = None,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        rsa_bits: int | None = None,
        sha1: bool = False,
        self_signed: bool = False,
    ) -> Issued:
        """Issue a server certificate for host names or IP addresses (subjectAltName).

        Without hosts it has no subjectAltName, only a common name. `rsa_bits` makes an RSA key
        instead of the P-256 one. `sha1` makes the CA sign with SHA-1; it needs an RSA key then.
        """
        key = _new_key(rsa_bits)
        subject = _name(common_name or (hosts[0] if hosts else "nobody"))
        signer = key if self_signed else self._key
        builder = (
            _builder(
                subject,
                subject if self_signed else self._name,
                key,
                not_before or now() - timedelta(days=1),
                not_after,
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True, key_encipherment=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
        )
        if hosts:
            names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        certificate = builder.sign(signer, hashes.SHA256())
        der = certificate.public_bytes(serialization.Encoding.DER)
        return self._write(self._resigned_with_sha1(der) if sha1 else der, key)

    def _resigned_with_sha1(self, der: bytes) -> bytes:
        """cryptography refuses to make such a certificate, so this one is made over by hand.

        The names of both algorithms are equally long, and so are the signatures.
        """
        if not isinstance(self._key, rsa.RSAPrivateKey):
            raise TypeError("only an RSA key")
        certificate = x509.load_der_x509_certificate(der)
        signed = certificate.tbs_certificate_bytes
        weak = signed.replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA)
        signature = self._key.sign(weak, padding.PKCS1v15(), hashes.SHA1())
        head, tail = der.split(signed)
        tail = tail.replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA)
        return head + weak + tail[: -len(signature)] + signature

    def _write(self, der: bytes, key: Key) -> Issued:
        self._count += 1
        issued = Issued(
            self._directory / f"leaf-{self._count}.pem", self._directory / f"leaf-{self._count}.key"
        )
        issued.certificate.write_text(ssl.DER_cert_to_PEM_cert(der))
        issued.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return issued


def _new_key(rsa_bits: int | None) -> Key:
    if rsa_bits is None:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=rsa_bits)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, start: datetime, end: datetime | None
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(start, end - timedelta(days=1)) if end else start)
        .not_valid_after(end or max(start, now()) + timedelta(days=30))
    )


def _usage(**wanted: bool) -> x509.KeyUsage:
    kinds = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement"
        " key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{kind: wanted.get(kind, False) for kind in kinds.split()})


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host.encode("idna").decode("ascii"))
