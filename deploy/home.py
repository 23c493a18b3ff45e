"""The machine's home folder: the nodes that run here, their keys, and the embedded broker and store.

.run/                                (HATCHERY_HOME)
  embedded.yaml                      where the embedded broker and store listen
  nodes/<area>/node.yaml             the node's description, with its passwords
  nodes/<area>/operator.yaml         what only operators' commands need
  nodes/<area>/keys/{private,public}.pem
  nodes/<area>/log/<service>.log
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError

from deploy.embedded import EmbeddedAddresses, NotRunning
from deploy.trouble import REFUSED, UNREACHABLE, Trouble
from shared import areas
from shared.node import Node, load

VARIABLE = "HATCHERY_HOME"
DEFAULT = ".run"


@dataclass(frozen=True)
class Operator:
    """Of one node, what its services never see.

    `admin` is the broker's management URL with an administrator's password, `link_password` that of the
    node's user at its parent; `linked` is False once the node was taken off its parent.
    """

    admin: str | None = None
    link_password: str | None = None
    linked: bool = True


@dataclass(frozen=True)
class Home:
    path: Path

    @classmethod
    def here(cls) -> Home:
        return cls(Path(os.environ.get(VARIABLE) or DEFAULT))

    def folder(self, area: str) -> Path:
        return self.path / "nodes" / area

    def description(self, area: str) -> Path:
        return self.folder(area) / "node.yaml"

    def keys(self, area: str) -> Path:
        return self.folder(area) / "keys"

    def logs(self, area: str) -> Path:
        return self.folder(area) / "log"

    def nodes(self) -> list[str]:
        """The areas of the nodes that are described here, districts first."""
        found = [f.parent.name for f in self.path.glob("nodes/*/node.yaml") if areas.is_area(f.parent.name)]
        return sorted(found, key=lambda code: (len(code), code))

    def node(self, area: str) -> Node:
        """Raises Trouble where there is no such node, or its description is faulty."""
        if area not in self.nodes():
            known = ", ".join(self.nodes()) or "none"
            raise Trouble(f"no node {area} in {self.path} (known: {known}); add it: hatchery node add {area}")
        try:
            return load(self.description(area))
        except ValidationError as error:
            raise Trouble(f"{self.description(area)}: {error.messages}", REFUSED) from error
        except (OSError, yaml.YAMLError) as error:
            raise Trouble(f"{self.description(area)} cannot be read: {error}", UNREACHABLE) from error

    def raw(self, area: str) -> dict[str, Any]:
        """The description as it is written; empty where there is none."""
        return _mapping(self.description(area))

    def operator(self, area: str) -> Operator:
        known = _mapping(self.folder(area) / "operator.yaml")
        return Operator(**{k: v for k, v in known.items() if k in Operator.__dataclass_fields__})

    def embedded(self) -> EmbeddedAddresses | None:
        try:
            return EmbeddedAddresses.read(self.path)
        except NotRunning:
            return None

    def write_node(self, area: str, description: Mapping[str, Any]) -> None:
        write_private(self.description(area), yaml.safe_dump(dict(description), sort_keys=False))

    def write_operator(self, area: str, operator: Operator) -> None:
        known = {k: v for k, v in vars(operator).items() if v is not None}
        write_private(self.folder(area) / "operator.yaml", yaml.safe_dump(known, sort_keys=False))

    def forget(self, area: str) -> None:
        """Delete the node's folder with its keys and logs."""
        shutil.rmtree(self.folder(area), ignore_errors=True)


def write_private(path: Path, text: str) -> None:
    """Put `text` there in one step, readable by its owner only: readers see the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, yaml.YAMLError) as error:
        raise Trouble(f"{path} cannot be read: {error}", UNREACHABLE) from error
    return content if isinstance(content, dict) else {}
