"""Keyed hashes of what identifies a person: services find their records of somebody without being told who it is."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared import keys
from shared.node import Node


def reference(here: Node, value: str) -> str:
    """HMAC-SHA256 of the normalised value, by a key that only the processes of this node have.

    It changes with the node's key: a request that is open then has to be made again.
    """
    return hmac.new(_key(here.keys, _stamp(here.keys)), normal(value).encode(), sha256).hexdigest()


def normal(value: str) -> str:
    """Without spaces and hyphens, in one width and case: 139-0000 0000 is １３９００００００００."""
    text = unicodedata.normalize("NFKC", value).casefold()
    return "".join(each for each in text if not each.isspace() and each != "-")


def leaves(value: Any) -> Iterator[str]:
    """The texts in a stored value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from leaves(each)


def _stamp(folder: Path) -> int:
    return (folder / keys.PRIVATE).stat().st_mtime_ns


@lru_cache(maxsize=2)
def _key(folder: Path, _changed: int) -> bytes:
    secret = keys.load_private(folder).private_bytes_raw()
    return HKDF(SHA256(), 32, salt=None, info=b"hatchery data requests").derive(secret)
