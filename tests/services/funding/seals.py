"""A seal and PDF for tests, made by themselves."""

from __future__ import annotations

import io
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pypdf import PdfWriter

from shared import clock

PASSWORD = "seal-password"


def certificate() -> bytes:
    """PKCS #12 of a new key and a certificate that it has signed itself."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "道里区民政局")])
    now = clock.wall()
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        b"seal", key, signed, None, BestAvailableEncryption(PASSWORD.encode())
    )


def scan() -> bytes:
    """A PDF of one blank page."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(out)
    return out.getvalue()
