"""Identifiers: UUIDv7 strings (RFC 9562) without an area in them, so that a record can change its area."""

from __future__ import annotations

import hashlib
import uuid

import uuid_utils


def new_id() -> str:
    return str(uuid_utils.uuid7())


def derived_id(cause: str, label: str) -> str:
    """The id that `cause` always gives to the thing called `label`.

    A command that runs twice for the same cause (a repeated request, a redelivered event) so creates the
    same record twice, and the store's primary key lets only the first in. The time within the id is the
    cause's own where that is a UUIDv7, so that ids still sort by when they came about.
    """
    digest = hashlib.sha256(f"{cause}\n{label}".encode()).digest()
    try:
        stamp = uuid.UUID(cause[:36]).bytes[:6] if cause[14:15] == "7" else digest[26:32]
    except ValueError:
        stamp = digest[26:32]
    raw = bytearray(stamp + digest[:10])
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))
