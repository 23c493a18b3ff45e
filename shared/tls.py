"""TLS: the folder that says whom to trust and what to show.

A folder has `ca.pem`, whom to trust (several certificates may stand in it), and, where something is served from
it, `certificate.pem` (the own one first, then those between it and the CA) with `key.pem`. Addresses name their
CA the way their protocols have it: `cacertfile` in those of a broker, `tlsCAFile` in those of a store.
"""

from __future__ import annotations

import logging
import ssl
from datetime import datetime
from pathlib import Path

from cryptography import x509

CA, CERTIFICATE, KEY = "ca.pem", "certificate.pem", "key.pem"
HANDSHAKE = 10.0  # seconds that a caller has for it

_log = logging.getLogger(__name__)


def client(ca: str | Path | None) -> ssl.SSLContext:
    """Checks the server's certificate and host name by `ca`, or by the system's CAs without one.

    Raises OSError where the file cannot be read or holds no certificate.
    """
    return ssl.create_default_context(cafile=str(ca) if ca else None)


def expires(file: Path) -> datetime:
    """When the first of the file's certificates to do so expires. Raises OSError or ValueError."""
    return min(each.not_valid_after_utc for each in x509.load_pem_x509_certificates(file.read_bytes()))


class Shown:
    """The certificate that a server shows; read again when its file was replaced."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError where the folder's files are not there or do not belong together."""
        self._folder = folder
        self._stamp = self._now()
        self._context = self._load()

    def context(self) -> ssl.SSLContext:
        """For the next connection. What cannot be read leaves the old certificate in use."""
        try:
            stamp = self._now()
            if stamp != self._stamp:
                self._context = self._load()
                self._stamp = stamp
        except OSError as error:  # ssl.SSLError is one
            _log.warning("the new certificate is not used", extra={"reason": str(error)})
        return self._context

    def _now(self) -> tuple[int, ...]:
        return tuple((self._folder / name).stat().st_mtime_ns for name in (CERTIFICATE, KEY))

    def _load(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._folder / CERTIFICATE, self._folder / KEY)
        return context
