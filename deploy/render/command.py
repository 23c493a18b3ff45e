"""`hatchery node render`: one description, three targets."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from deploy.findings import Finding
from deploy.render import compose, kubernetes, systemd
from deploy.render.files import Rendered
from deploy.render.source import check_leaves_container, source
from deploy.trouble import Trouble
from deploy.words import Words

TARGETS: Mapping[str, ModuleType] = {"compose": compose, "systemd": systemd, "kubernetes": kubernetes}


def render(words: Words | list[Finding], target: str) -> Rendered:
    """The files that deploy the node. Raises Trouble for a description with faults."""
    if isinstance(words, list):
        raise Trouble(f"the description has faults; the first: {words[0]}")
    if target not in TARGETS:
        raise Trouble(f"--target is one of {', '.join(TARGETS)}")
    made = source(words)
    if target != "systemd":
        check_leaves_container(made, words.values, "a container")
    found: Rendered = TARGETS[target].render(made)
    return found
