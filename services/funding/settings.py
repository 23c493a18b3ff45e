"""What a node's description says of its open data: the part `open_data`.

open_data:
  ocid_prefix: ocds-a1b2c3       # that the deployer has registered with the Open Contracting Partnership
  grant_prefix: 360G-daoli       # that the deployer has agreed with 360Giving
  publisher: 道里区民政局         # the area's name where it is left out
  policy: https://...            # the publication policy; the node's own page where it is left out
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from shared.node import Node

FIELD = "open_data"
# Six characters are what the form asks for; nobody has registered these.
NO_OCID_PREFIX = "ocds-notreg"
NO_GRANT_PREFIX = "360G-notregistered"


@dataclass(frozen=True)
class Settings:
    ocid_prefix: str
    grant_prefix: str
    publisher: str | None
    policy: str | None

    @property
    def ocid_registered(self) -> bool:
        """Whether the deployer says that the prefix is registered, by giving one."""
        return self.ocid_prefix != NO_OCID_PREFIX

    @property
    def grant_registered(self) -> bool:
        return self.grant_prefix != NO_GRANT_PREFIX


class SettingsSchema(Schema):
    """The form of the part `open_data`; nothing in it is required."""

    class Meta:
        unknown = EXCLUDE  # as in the rest of the description: `node check` tells what looks like a typo

    ocid_prefix = fields.Str(load_default=NO_OCID_PREFIX, validate=validate.Regexp(r"^ocds-[a-z0-9]{6}\Z"))
    grant_prefix = fields.Str(
        load_default=NO_GRANT_PREFIX, validate=validate.Regexp(r"^360G-[A-Za-z0-9]{1,40}\Z")
    )
    publisher = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 100))
    policy = fields.Url(load_default=None, allow_none=True, schemes={"https", "http"}, require_tld=False)


def parse(given: Mapping[str, Any]) -> Settings:
    """Raises ValidationError by field."""
    return Settings(**SettingsSchema().load(dict(given)))


def of(node: Node) -> Settings:
    return parse(node.open_data)
