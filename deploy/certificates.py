"""A small CA of one's own, for districts that have none: made, and certificates issued and renewed.

<home>/ca/ca.pem, key.pem              the CA; its key belongs on one machine only
<home>/tls/<name>/ca.pem               what a machine or a node gets: whom to trust,
                  certificate.pem      what it shows,
                  key.pem              and its key
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.home import Home, write_private
from deploy.trouble import UNREACHABLE, Trouble
from shared import clock, tls

CA_DAYS, DAYS = 3650, 397
DUE = timedelta(days=30)  # before its end a certificate is renewed, and `node status` says so
BEFORE = timedelta(minutes=10)  # by which the clocks of other machines may be behind
LOOPBACK = ("localhost", "127.0.0.1")  # a machine's own processes come this way
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")


@dataclass(frozen=True)
class Issued:
    """A certificate as it lies in its folder."""

    name: str
    hosts: tuple[str, ...]
    expires: datetime

    @property
    def due(self) -> bool:
        return self.expires - clock.wall() < DUE


def init(home: Home, name: str, days: int = CA_DAYS) -> Path:
    """Make the CA; its folder. Raises Trouble where there is one: everything that it issued would be void."""
    folder = authority(home)
    if (folder / tls.KEY).exists():
        raise Trouble(f"{folder} holds a CA already; what it issued would no longer be trusted")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = _builder(subject, subject, key.public_key(), days)
    made = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_private(folder / tls.CA, _pem(made))
    write_private(folder / tls.KEY, _private_pem(key))  # last: it says that there is a CA
    return folder


def issue(home: Home, name: str, hosts: Sequence[str], days: int = DAYS) -> Path:
    """A key and a certificate for `hosts` (names or IP addresses) and this machine's loopback; their folder."""
    folder = _folder(home, name)
    if (folder / tls.CERTIFICATE).exists():
        raise Trouble(f"{folder} holds a certificate already: hatchery ca renew {name}, or remove the folder")
    key = ec.generate_private_key(ec.SECP256R1())
    wanted = tuple(dict.fromkeys((*hosts, *LOOPBACK)))
    certificate = _sign(home, wanted, key.public_key(), days)
    write_private(folder / tls.KEY, _private_pem(key))
    write_private(folder / tls.CA, _read(authority(home) / tls.CA))
    write_private(folder / tls.CERTIFICATE, certificate)
    return folder


def renew(home: Home, name: str, days: int = DAYS) -> Issued:
    """The same hosts and the same key for another while.

    One file is replaced in one step, so whoever reads meanwhile never finds a key that does not fit.
    """
    folder = _folder(home, name)
    before = read(folder)
    key = serialization.load_pem_private_key(_read(folder / tls.KEY).encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Trouble(f"{folder / tls.KEY} was not made by this CA: renew it where it comes from")
    write_private(folder / tls.CERTIFICATE, _sign(home, before.hosts, key.public_key(), days))
    return read(folder)


def all_issued(home: Home) -> list[Issued]:
    return [read(file.parent) for file in sorted(home.path.glob(f"tls/*/{tls.CERTIFICATE}"))]


def read(folder: Path) -> Issued:
    """The first certificate of the folder, which is its own. Raises Trouble."""
    try:
        found = x509.load_pem_x509_certificates(_read(folder / tls.CERTIFICATE).encode())[0]
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound) as error:
        raise Trouble(f"{folder / tls.CERTIFICATE} is no server's certificate") from error
    return Issued(folder.name, tuple(_hosts(names)), found.not_valid_after_utc)


def authority(home: Home) -> Path:
    return home.path / "ca"


def _folder(home: Home, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise Trouble(f"{name!r} is no name for a certificate: lower-case letters, digits, '.' and '-'")
    return home.path / "tls" / name


def _sign(home: Home, hosts: Sequence[str], key: ec.EllipticCurvePublicKey, days: int) -> str:
    folder = authority(home)
    if not (folder / tls.KEY).exists():
        raise Trouble(f"there is no CA in {folder}: hatchery ca init, or take certificates from your own CA")
    above = x509.load_pem_x509_certificate(_read(folder / tls.CA).encode())
    signing = serialization.load_pem_private_key(_read(folder / tls.KEY).encode(), password=None)
    if not isinstance(signing, ec.EllipticCurvePrivateKey):
        raise Trouble(f"{folder / tls.KEY} was not made by hatchery ca init")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])])
    made = (
        _builder(subject, above.subject, key, days)
        .add_extension(x509.SubjectAlternativeName([_general(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
        .sign(signing, hashes.SHA256())
    )
    return _pem(made)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = clock.wall()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return x509.DNSName(host)
    except ValueError as error:
        raise Trouble(f"{host!r} is neither a host name nor an IP address") from error


def _hosts(names: x509.SubjectAlternativeName) -> Iterator[str]:
    for each in names:
        if isinstance(each, x509.DNSName | x509.IPAddress):
            yield str(each.value)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _private_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{file} cannot be read ({type(error).__name__})", UNREACHABLE) from error
