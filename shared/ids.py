"""Identifiers: UUIDv7 strings (RFC 9562) without an area in them, so that a record can change its area."""

from __future__ import annotations

import hashlib
import uuid

import uuid_utils


def new_id() -> str:
    return str(uuid_utils.uuid7())


def keyed_id(key: str) -> str:
    """A new id whose random part is always the same for `key`: two nodes that give the same request an id each
    can tell afterwards that it was one (`same_source`)."""
    digest = hashlib.sha256(key.encode()).digest()
    return _version_7(uuid_utils.uuid7().bytes[:6] + digest[:10])


def same_source(one: str, other: str) -> bool:
    """Whether two ids, or causes that begin with one, differ by their times at most."""
    return one == other or (len(one) >= _LENGTH and one[_TIME:] == other[_TIME:])


_LENGTH, _TIME = 36, 15  # characters of an id, and of it up to its version, inclusive


def _version_7(raw: bytes) -> str:
    made = bytearray(raw)
    made[6] = (made[6] & 0x0F) | 0x70
    made[8] = (made[8] & 0x3F) | 0x80
    return str(uuid.UUID(bytes=bytes(made)))


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
    return _version_7(stamp + digest[:10])
