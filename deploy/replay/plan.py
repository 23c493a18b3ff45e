"""A replay as data: steps that each are one HTTP request, and what each must wait for.

A plan is made from a scenario and its seed alone, before anything is sent. What only the platform's answers
can tell (ids, the end of a notice period) stands in it as a reference to the step that will have the answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Ref:
    """A field of an earlier step's answer, to be filled in when it is known."""

    step: str
    field: str = "id"


@dataclass(frozen=True)
class After:
    """A time some days (calendar days, in China's mornings) after the moment that an answer's field holds."""

    step: str
    field: str
    days: int = 1


@dataclass(frozen=True)
class Role:
    """Who asks: a role at an area, and for an organisation's officer which one."""

    name: str
    area: str
    organisation: Ref | None = None
    subject: str = ""


@dataclass(frozen=True)
class Step:
    """One POST. `of` names the step whose record it acts on: its id fills `{id}` of the path, and the request
    goes to the node that answered for that record; otherwise to the node nearest to `area`."""

    name: str
    service: str
    path: str
    body: Mapping[str, Any]
    area: str
    role: Role
    at: datetime | After
    of: str | None = None
    after: tuple[str, ...] = ()
    parts: Mapping[str, Ref] = field(default_factory=dict)  # what else stands in braces in the path

    @property
    def awaits(self) -> frozenset[str]:
        """The steps whose answers must be there first."""
        found = set(self.after) | {ref.step for ref in (*_refs(self.body), *_refs(self.parts))}
        if self.of:
            found.add(self.of)
        if self.role.organisation:
            found.add(self.role.organisation.step)
        if isinstance(self.at, After):
            found.add(self.at.step)
        return frozenset(found)


@dataclass
class Plan:
    """Steps in the order in which they were thought of; `awaits` alone decides when each may run."""

    scenario: str
    seed: int
    steps: dict[str, Step] = field(default_factory=dict)

    def add(self, step: Step) -> str:
        """Raises ValueError for a second step of that name, or one that awaits a step not planned before it,
        so that no plan can wait for itself."""
        if step.name in self.steps:
            raise ValueError(f"step {step.name} is planned twice")
        if missing := step.awaits - self.steps.keys():
            raise ValueError(f"step {step.name} awaits {', '.join(sorted(missing))}, planned later or never")
        self.steps[step.name] = step
        return step.name

    def key(self, name: str) -> str:
        """The Idempotency-Key of a step: the same scenario with the same seed asks for the same things."""
        digest = hashlib.sha256(f"{self.scenario}\n{self.seed}\n{name}".encode()).hexdigest()
        return f"replay-{digest[:40]}"


def _refs(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _refs(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _refs(part)


def filled(value: Any, answers: Mapping[str, Mapping[str, Any]]) -> Any:
    """`value` with every reference replaced by what the answers say."""
    if isinstance(value, Ref):
        return answers[value.step][value.field]
    if isinstance(value, Mapping):
        return {name: filled(part, answers) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [filled(part, answers) for part in value]
    return value
