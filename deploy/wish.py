"""What the command line says of a node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from deploy import trust


@dataclass(frozen=True)
class Wish:
    """What the command line says of a node; None keeps what is there, or takes the default."""

    area: str
    parent: str | None = None
    services: tuple[str, ...] | None = None
    port: int | None = None
    url: str | None = None
    broker: str | None = None
    broker_admin: str | None = None
    store: str | None = None
    parent_broker: str | None = None
    parent_broker_admin: str | None = None
    clock: str | None = None
    otlp: str | None = None
    allow_plain: bool = False
    bind: str | None = None
    service_urls: Mapping[str, str] | None = None  # added to those that are there
    tls: Path | None = (
        None  # folder with ca.pem and, where the gateway serves HTTPS, certificate.pem and key.pem
    )

    def trusting(self, folder: Path | None) -> Wish:
        """The same, its servers checked by the folder's CA where the addresses name none."""
        return replace(
            self,
            tls=folder,
            broker=trust.with_ca(self.broker, folder),
            broker_admin=trust.with_ca(self.broker_admin, folder),
            store=trust.with_ca(self.store, folder),
            parent_broker=trust.with_ca(self.parent_broker, folder),
            parent_broker_admin=trust.with_ca(self.parent_broker_admin, folder),
        )
