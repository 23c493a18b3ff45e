"""A node's description as it is written: the words, the names that it takes from the environment, the values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.findings import Finding
from deploy.home import Home
from deploy.trouble import UNREACHABLE, Trouble

NAME = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Words:
    """`raw` is what stands there; `values` the same with `${NAME}` replaced where the environment has it."""

    file: Path
    raw: Mapping[str, Any]
    values: Mapping[str, Any]
    missing: tuple[str, ...]
    environment: Mapping[str, str]

    def known(self, field: str) -> bool:
        """Whether the field's value is there and nothing in it is missing from the environment."""
        value = self.values.get(field)
        return value is not None and not NAME.search(str(value))


def find(home: Home, told: str) -> Path:
    """The description that is meant: a file, or the area of a node of this home."""
    if told in home.nodes():
        return home.description(told)
    if Path(told).is_file():
        return Path(told)
    known = ", ".join(home.nodes()) or "none"
    raise Trouble(f"{told} is neither a file nor a node of {home.path} (known: {known})")


def read(file: Path, environment: Mapping[str, str]) -> Words | list[Finding]:
    """The words, or why there are none. Raises Trouble where the file cannot be read."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{file} cannot be read: {error}", UNREACHABLE) from error
    missing: list[str] = []

    def fill(match: re.Match[str]) -> str:
        if match[1] not in environment:
            missing.append(match[1])
        return environment.get(match[1], match[0])

    try:
        raw = yaml.load(text, _Once)  # noqa: S506 - a SafeLoader that also minds doubles
        values = yaml.load(NAME.sub(fill, text), _Once)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        remedy = "mend it there; YAML wants spaces, not tabs, and quotes around texts with ': ' or ' #'"
        return [Finding(where, f"is no YAML: {error.problem}", remedy)]
    if not isinstance(raw, dict) or not isinstance(values, dict):
        return [
            Finding("the file", "is no mapping", "write one `field: value` a line, `area: '230102'` first")
        ]
    return Words(file, raw, values, tuple(dict.fromkeys(missing)), environment)


class _Once(yaml.SafeLoader):
    """Refuses a field that stands there twice, of which YAML would silently take the last."""


def _mapping(loader: _Once, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"{key.value!r} stands there twice", key.start_mark
            )
        seen.add(key.value)
    return loader.construct_mapping(node, deep=True)


_Once.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
