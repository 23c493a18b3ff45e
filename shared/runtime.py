"""What this process is: one service of one node. Set once at its start, before anything else runs."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from marshmallow import ValidationError
from yaml import YAMLError

from shared.node import Node, load

_log = logging.getLogger(__name__)


@dataclass
class _Process:
    node: Node | None = None
    service: str = ""
    bindings: Mapping[str, Sequence[str]] = field(default_factory=dict)


_process = _Process()


def configure(node: Node, service: str, bindings: Mapping[str, Sequence[str]]) -> None:
    """`bindings`: the routing patterns of every service that this node hosts, by service."""
    _process.node, _process.service, _process.bindings = node, service, bindings


def set_node(node: Node) -> None:
    _process.node = node


def configured() -> bool:
    return _process.node is not None


def node() -> Node:
    if _process.node is None:
        raise RuntimeError("this process does not know its node yet: call runtime.configure first")
    return _process.node


def broker_uri() -> str:
    """The broker's address as the description has it now: its password may have been changed since the start.

    Asked for each new connection. A description that cannot be read leaves the address of the start.
    """
    here = node()
    if here.file is None:
        return here.broker
    try:
        return load(here.file).broker
    except (OSError, ValidationError, YAMLError) as error:
        _log.warning("the node's description cannot be read", extra={"reason": type(error).__name__})
        return here.broker


def service() -> str:
    return _process.service


def bindings() -> Mapping[str, Sequence[str]]:
    return _process.bindings
