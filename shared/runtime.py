"""What this process is: one service of one node. Set once at its start, before anything else runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.node import Node


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


def node() -> Node:
    if _process.node is None:
        raise RuntimeError("this process does not know its node yet: call runtime.configure first")
    return _process.node


def service() -> str:
    return _process.service


def bindings() -> Mapping[str, Sequence[str]]:
    return _process.bindings
