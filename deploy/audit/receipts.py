"""Receipts: the heads of a node's chains in a signed file, to be kept where the node's store is not.

{"format": 1, "node": "230102", "made_at": "...", "heads": [{"service", "number", "hash", "epoch", "sealed_at"}],
 "kid": "...", "signature": "<Ed25519 over the rest as canonical JSON, in base64url>"}
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from deploy.home import Home, write_private
from deploy.trouble import UNREACHABLE, Trouble
from shared import clock, keys
from shared.audit import chain
from shared.audit.chain import Anchor

FORMAT = 1


class _Head(Schema):
    service = fields.Str(required=True)
    number = fields.Int(required=True, strict=True)
    hash = fields.Str(required=True)
    epoch = fields.Int(required=True, strict=True)
    sealed_at = fields.Str(required=True)


class _Receipt(Schema):
    format = fields.Int(required=True, validate=validate.Equal(FORMAT))
    node = fields.Str(required=True)
    made_at = fields.Str(required=True)
    heads = fields.List(fields.Nested(_Head(unknown=EXCLUDE)), required=True)
    kid = fields.Str(required=True)
    signature = fields.Str(required=True)


def write(home: Home, area: str, heads: Sequence[dict[str, Any]], to: Path) -> str:
    """Write a receipt of the node's `heads`; the id of the key that signs it. Raises Trouble."""
    try:
        private = keys.load_private(home.keys(area))
    except (OSError, ValueError) as error:
        raise Trouble(f"the key of node {area} cannot be read from {home.keys(area)}", UNREACHABLE) from error
    kid = keys.kid(area, private.public_key())
    told = {
        "format": FORMAT,
        "node": area,
        "made_at": clock.text(clock.wall()),
        "heads": list(heads),
        "kid": kid,
    }
    signature = base64.urlsafe_b64encode(private.sign(chain.canonical(told))).decode()
    text = json.dumps(told | {"signature": signature}, ensure_ascii=False, indent=1)
    try:
        write_private(to, text + "\n")
    except OSError as error:
        raise Trouble(f"{to} cannot be written: {error.strerror}", UNREACHABLE) from error
    return kid


def read(home: Home, area: str, file: Path, key: Path | None) -> dict[str, list[Anchor]]:
    """The heads in a receipt, by service. Raises Trouble for one that this node did not sign; `key` is the public
    key (PEM) of its time, where that has been replaced since."""
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        told: dict[str, Any] = _Receipt().load(raw)
        signature = base64.urlsafe_b64decode(told["signature"])
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}", UNREACHABLE) from error
    except (ValueError, ValidationError) as error:
        raise Trouble(f"{file} is no receipt that this version reads: {error}") from error
    if told["node"] != area:
        raise Trouble(f"{file} is a receipt of node {told['node']}, not of {area}")
    signers = {keys.kid(area, public): public for public in _public(home, area, key)}
    signer = signers.get(told["kid"])
    if signer is None:
        raise Trouble(
            f"{file} was signed with the key {told['kid']}, which node {area} no longer has: give it by --key"
        )
    try:
        signer.verify(signature, chain.canonical({name: raw[name] for name in raw if name != "signature"}))
    except InvalidSignature as error:
        raise Trouble(f"{file} was changed after it was signed") from error
    found: dict[str, list[Anchor]] = {}
    for head in told["heads"]:
        anchor = Anchor(
            head["number"], head["hash"], head["epoch"], f"receipt {file.name}", head["sealed_at"]
        )
        found.setdefault(head["service"], []).append(anchor)
    return found


def _public(home: Home, area: str, key: Path | None) -> list[Ed25519PublicKey]:
    try:
        found = keys.accepted(home.keys(area))
        if key is not None:
            given = load_pem_public_key(key.read_bytes())
            if not isinstance(given, Ed25519PublicKey):
                raise Trouble(f"{key} is not an Ed25519 key")
            found.append(given)
    except (OSError, ValueError) as error:
        raise Trouble(f"a public key of node {area} cannot be read: {error}", UNREACHABLE) from error
    return found
