"""What the command line says of a node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
