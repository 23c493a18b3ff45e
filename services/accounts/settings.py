"""What a node's description says of its accounts: the part `accounts`, over the defaults of `policy.yaml`.

accounts:
  password_days: 180                     # any figure of policy.yaml
  oidc:                                  # sign-in by the district's identity provider; off without this
    issuer: https://id.district.example
    client_id: hatchery
    client_secret: ${OIDC_SECRET}        # left out for a public client
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from services.accounts.domain.accounts import GRANTABLE
from services.accounts.domain.policy import Policy
from shared.node import Node

FIELD = "accounts"
SHORTEST_KEPT = 184  # days: six months (网络安全法 21)


@dataclass(frozen=True)
class Provider:
    """An OpenID provider, and this node's registration with it."""

    issuer: str
    client_id: str
    client_secret: str | None


@dataclass(frozen=True)
class Settings:
    policy: Policy
    oidc: Provider | None


@cache
def defaults() -> Mapping[str, Any]:
    text = resources.files("services.accounts").joinpath("policy.yaml").read_text(encoding="utf-8")
    return {name: told["value"] for name, told in yaml.safe_load(text).items()}


class OidcSchema(Schema):
    """The form of the part `oidc`."""

    class Meta:
        unknown = EXCLUDE  # as in the rest of the description: `node check` tells what looks like a typo

    issuer = fields.Url(required=True, schemes={"https", "http"}, require_tld=False)
    client_id = fields.Str(required=True, validate=validate.Length(1, 200))
    client_secret = fields.Str(load_default=None, allow_none=True)


def _figure(least: int, most: int, name: str) -> fields.Field[Any]:
    return fields.Int(load_default=defaults()[name], validate=validate.Range(least, most))


class SettingsSchema(Schema):
    """The form of the part `accounts`; nothing in it is required."""

    class Meta:
        unknown = EXCLUDE  # as in the rest of the description: `node check` tells what looks like a typo

    password_length = _figure(12, 64, "password_length")
    password_classes = _figure(1, 4, "password_classes")
    password_history = _figure(0, 24, "password_history")
    password_days = _figure(0, 3660, "password_days")
    first_password_hours = _figure(1, 720, "first_password_hours")
    failures = _figure(2, 20, "failures")
    failure_minutes = _figure(1, 1440, "failure_minutes")
    lock_minutes = _figure(1, 1440, "lock_minutes")
    address_failures = _figure(5, 10_000, "address_failures")
    address_minutes = _figure(1, 60, "address_minutes")
    idle_minutes = _figure(5, 1440, "idle_minutes")
    session_hours = _figure(1, 168, "session_hours")
    second_factor = fields.List(
        fields.Str(validate=validate.OneOf(GRANTABLE)), load_default=lambda: defaults()["second_factor"]
    )
    event_days = _figure(SHORTEST_KEPT, 3660, "event_days")
    client_days = _figure(1, 3660, "client_days")
    argon2_time = _figure(1, 10, "argon2_time")
    argon2_memory = _figure(8, 262_144, "argon2_memory")
    argon2_lanes = _figure(1, 4, "argon2_lanes")
    oidc = fields.Nested(OidcSchema, load_default=None, allow_none=True)


def parse(given: Mapping[str, Any], *, trial: bool) -> Settings:
    """Raises ValidationError by field. Only a node that is a `trial` may hash more cheaply than the default,
    or trust a provider without TLS."""
    data = SettingsSchema().load(dict(given))
    weak = [name for name in ("argon2_time", "argon2_memory") if data[name] < defaults()[name]]
    if weak and not trial:
        raise ValidationError({name: [f"must be {defaults()[name]} at least"] for name in weak})
    if data["oidc"] and not trial and not data["oidc"]["issuer"].startswith("https://"):
        raise ValidationError({"oidc": {"issuer": ["must be an https address"]}})
    data["second_factor"] = tuple(data["second_factor"])
    oidc = data.pop("oidc")
    return Settings(Policy(**data), Provider(**oidc) if oidc else None)


_read: tuple[Node, Settings] | None = None


def of(node: Node) -> Settings:
    """The settings of a node; read once. Nodes with `clock: request` are there for replays and tests."""
    global _read
    if _read is None or _read[0] is not node:
        _read = (node, parse(node.accounts, trial=node.clock == "request"))
    return _read[1]
