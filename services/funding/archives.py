"""Zip files of equal bytes for equal contents, packed in a process apart (`shared.apart`)."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from typing import NamedTuple

MANIFEST = "manifest.json"
_PACKED = (".json", ".txt")  # others are packed in themselves
_BEGIN = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip knows: the time of packing is no part of it


class Member(NamedTuple):
    """A file in an archive."""

    name: str
    data: bytes


def framed(members: Sequence[Member]) -> bytes:
    """What `pack` is given: a line of JSON with names and sizes, then the files one after the other."""
    heads = [[member.name, len(member.data)] for member in members]
    return json.dumps(heads).encode() + b"\n" + b"".join(member.data for member in members)


def pack(given: bytes) -> bytes:
    """A zip of the framed files in the order of their names, with a manifest of their SHA-256."""
    line, _, rest = given.partition(b"\n")
    members, position = [], 0
    for name, size in json.loads(line):
        members.append(Member(name, rest[position : position + size]))
        position += size
    members.sort()
    listed = [
        {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in members
    ]
    manifest = json.dumps({"files": listed}, ensure_ascii=False, indent=1).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in (Member(MANIFEST, manifest), *members):
            about = zipfile.ZipInfo(name, _BEGIN)
            about.create_system = 3  # Unix, wherever it is packed
            about.external_attr = 0o644 << 16
            packed = zipfile.ZIP_DEFLATED if name.endswith(_PACKED) else zipfile.ZIP_STORED
            archive.writestr(about, data, compress_type=packed, compresslevel=9)
    return out.getvalue()
