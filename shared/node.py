"""A node: one area's installation, as its description file says.

The description is YAML; `${NAME}` in it is replaced from the environment, so that secrets need not stand in
the file. Processes find it through `HATCHERY_NODE` (a path).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from shared import areas, tls

SERVICES = ("registry", "needs", "incubator", "funding", "evaluation", "notifications", "accounts")
GATEWAY = "gateway"

Clock = Literal["wall", "request"]


class BucketSchema(Schema):
    """A bucket of an S3-compatible store."""

    class Meta:
        unknown = EXCLUDE

    endpoint = fields.Url(required=True, require_tld=False, schemes={"http", "https"})
    bucket = fields.Str(required=True, validate=validate.Length(3, 63))
    access_key = fields.Str(required=True)
    secret_key = fields.Str(required=True)
    region = fields.Str(load_default="us-east-1")


class FilesSchema(Schema):
    """How a node keeps the files that it is given."""

    class Meta:
        unknown = EXCLUDE

    scan = fields.List(
        fields.Str(validate=validate.Length(1)),
        metadata={
            "description": "scanner of attachments: a program with its arguments, gets the file's path last"
        },
    )
    s3 = fields.Nested(
        BucketSchema, metadata={"description": "where files are kept; in the node's own store if left out"}
    )


class NodeSchema(Schema):
    """The form of a node's description; every fault is named by field."""

    class Meta:
        unknown = EXCLUDE  # a newer description still starts an older product

    area = fields.Str(required=True)
    parent = fields.Str(load_default=None, allow_none=True)
    services = fields.List(fields.Str(validate=validate.OneOf(SERVICES)), load_default=list)
    url = fields.Str(required=True, metadata={"description": "where others reach this node's front door"})
    bind = fields.Str(load_default="127.0.0.1")
    port = fields.Int(required=True, validate=validate.Range(1, 65528))
    service_urls = fields.Dict(keys=fields.Str(), values=fields.Str(), load_default=dict)
    broker = fields.Str(required=True, metadata={"description": "AMQP URI with its virtual host"})
    broker_admin = fields.Str(load_default=None, allow_none=True, metadata={"description": "management API"})
    store = fields.Str(required=True, metadata={"description": "MongoDB URI without a database"})
    database_prefix = fields.Str(load_default="hatchery_", validate=validate.Regexp(r"^\w{1,30}$"))
    keys = fields.Str(required=True, metadata={"description": "folder of private.pem and public.pem"})
    tls = fields.Str(
        load_default=None,
        allow_none=True,
        metadata={"description": "folder of ca.pem and, for HTTPS, certificate.pem and key.pem"},
    )
    clock = fields.Str(load_default="wall", validate=validate.OneOf(["wall", "request"]))
    otlp = fields.Str(load_default=None, allow_none=True, metadata={"description": "OTLP/HTTP collector"})
    files = fields.Nested(
        FilesSchema, load_default=dict, metadata={"description": "files that services keep"}
    )
    accounts = fields.Dict(load_default=dict, metadata={"description": "see services/accounts/settings.py"})

    seal = fields.Dict(
        load_default=dict,
        metadata={
            "description": "electronic seal: `file` (PKCS #12), `password`, `name`; none where left out"
        },
    )
    open_data = fields.Dict(load_default=dict, metadata={"description": "see services/funding/settings.py"})

    @validates_schema
    def _tree(self, data: Mapping[str, Any], **_: Any) -> None:
        if not areas.is_area(data["area"]):
            raise ValidationError("must be a division code of 6, 9 or 12 digits", "area")
        parent = data["parent"]
        if parent and (parent == data["area"] or not areas.contains(parent, data["area"])):
            raise ValidationError("must be an area above this node's own", "parent")


@dataclass(frozen=True)
class Node:
    """One node's settings. `clock: request` lets operators date their requests: for replays and tests only."""

    area: str
    parent: str | None
    services: tuple[str, ...]
    url: str
    bind: str
    port: int
    service_urls: Mapping[str, str]
    broker: str
    broker_admin: str | None
    store: str
    database_prefix: str
    keys: Path
    clock: Clock
    otlp: str | None
    tls: Path | None = None
    file: Path | None = None  # that it was read from
    files: Mapping[str, Any] = field(default_factory=dict)  # see FilesSchema
    accounts: Mapping[str, Any] = field(default_factory=dict)  # what the service accounts reads itself
    seal: Mapping[str, Any] = field(default_factory=dict)  # what contracts are sealed with; empty: nothing
    open_data: Mapping[str, Any] = field(default_factory=dict)  # what funding reads itself

    @cached_property
    def name(self) -> str:
        return areas.name(self.area)

    def port_of(self, service: str) -> int:
        """The gateway listens on the node's port, the services on the ones behind it, in fixed order."""
        return self.port if service == GATEWAY else self.port + 1 + SERVICES.index(service)

    def url_of(self, service: str) -> str:
        """Where a service that this node hosts listens (inside of the node).

        A gateway with a certificate is called by the name that stands in it.
        """
        if service == GATEWAY and self.serves_tls:
            return self.service_urls.get(service) or self.url
        return self.service_urls.get(service) or f"http://127.0.0.1:{self.port_of(service)}"

    @property
    def verify(self) -> str | bool:
        """What `requests` checks the certificates of nodes by: the file of the own CA, or True, the system's."""
        return str(self.tls / tls.CA) if self.tls else True

    @property
    def serves_tls(self) -> bool:
        """Whether its gateway speaks HTTPS itself."""
        return self.tls is not None and (self.tls / tls.CERTIFICATE).exists()

    def bind_of(self, service: str) -> str:
        """Behind a gateway that speaks HTTPS, services stay on loopback unless they are called elsewhere."""
        inside = service != GATEWAY and service not in self.service_urls
        return "127.0.0.1" if inside and self.serves_tls else self.bind

    def database(self, service: str) -> str:
        return f"{self.database_prefix}{self.area}_{service}"

    def source(self, service: str) -> str:
        """The CloudEvents `source` of a service here."""
        return f"/{self.area}/{service}"


def parse(text: str, base: Path, environment: Mapping[str, str]) -> Node:
    """A node from its description. Raises ValidationError naming the faulty fields."""

    def fill(match: re.Match[str]) -> str:
        try:
            return environment[match[1]]
        except KeyError:
            raise ValidationError(f"the environment has no {match[1]}", match[1]) from None

    raw = yaml.safe_load(re.sub(r"\$\{(\w+)\}", fill, text))
    if not isinstance(raw, dict):
        raise ValidationError("a node's description is a mapping")
    data = NodeSchema().load(raw)
    data["services"] = tuple(s for s in SERVICES if s in data["services"])
    data["keys"] = base / data["keys"]
    data["tls"] = base / data["tls"] if data["tls"] else None
    if data["seal"]:
        data["seal"] = data["seal"] | {"file": base / data["seal"]["file"]}
    return Node(**data)


def load(path: str | Path | None = None) -> Node:
    """The node that `path`, or else HATCHERY_NODE, describes."""
    file = Path(path or os.environ["HATCHERY_NODE"])
    node = parse(file.read_text(encoding="utf-8"), file.resolve().parent, os.environ)
    return replace(node, file=file.resolve())
