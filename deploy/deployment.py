"""How a node is deployed: the part `deployment` of its description, which its services never read.

deployment:
  image: hatchery:0.1.0             # what containers run
  venv: /opt/hatchery               # where the product is installed on a host, for systemd
  folder: /etc/hatchery/230102      # where a host keeps description, keys and environment, for systemd
  memory: 96                        # MiB that one service may take besides what all of them share
  hosts:                            # which host runs what; default: one host runs everything
    front.street.example: [gateway, registry, needs]
    back.street.example: [notifications]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from shared.node import GATEWAY, SERVICES

FIELD = "deployment"
SHARED = 128  # MiB that the processes of one launcher share, however many they are
MEMORY = 96  # MiB of its own that a service may take; some 30 are usual (`python -m tests.bench.memory`)
PROCESSES = (GATEWAY, *SERVICES)


class DeploymentSchema(Schema):
    """The form of the part `deployment`; nothing in it is required."""

    class Meta:
        unknown = EXCLUDE  # as in the rest of the description: `node check` tells what looks like a typo

    image = fields.Str(load_default="hatchery:local", validate=validate.Regexp(r"^\S+:[\w.-]+$"))
    venv = fields.Str(load_default="/opt/hatchery", validate=validate.Regexp(r"^/[\w./-]+$"))
    folder = fields.Str(load_default=None, allow_none=True, validate=validate.Regexp(r"^/[\w./-]+$"))
    memory = fields.Int(load_default=MEMORY, validate=validate.Range(32, 4096))
    hosts = fields.Dict(
        keys=fields.Str(validate=validate.Regexp(r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")),
        values=fields.List(fields.Str(validate=validate.OneOf(PROCESSES))),
        load_default=dict,
    )


@dataclass(frozen=True)
class Deployment:
    image: str
    venv: str
    folder: str
    memory: int
    hosts: Mapping[str, list[str]] = field(default_factory=dict)

    def limit(self, processes: int) -> int:
        """MiB for one launcher with that many services."""
        return SHARED + self.memory * processes


def read(area: str, given: Mapping[str, Any]) -> Deployment:
    """From a description's part. Raises ValidationError naming the faulty fields."""
    data = DeploymentSchema().load(given)
    return Deployment(**data | {"folder": data["folder"] or f"/etc/hatchery/{area}"})


def misplaced(hosts: Mapping[str, list[str]], services: tuple[str, ...]) -> list[str]:
    """What is wrong with who runs what: each process of the node runs on exactly one host."""
    placed = [name for names in hosts.values() for name in names]
    wanted = (GATEWAY, *services)
    return [
        *(f"no host runs {name}" for name in wanted if hosts and name not in placed),
        *(f"{name} runs on {placed.count(name)} hosts" for name in wanted if placed.count(name) > 1),
        *(f"{name} is not among the node's services" for name in dict.fromkeys(placed) if name not in wanted),
    ]
