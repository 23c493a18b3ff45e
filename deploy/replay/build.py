"""What the sections of a scenario share while they are turned into steps."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from deploy.replay.names import Names
from deploy.replay.plan import After, Plan, Ref, Role, Step
from shared import clock, workdays

Data = dict[str, Any]


@dataclass(frozen=True)
class Organisation:
    """One generated organisation: the steps that applied for it and that approved it."""

    step: str
    approved: str
    group: str
    track: str
    area: str
    name: str
    category: str

    @property
    def id(self) -> Ref:
        return Ref(self.step)


@dataclass(frozen=True)
class Topic:
    """A chosen item of the library."""

    step: str
    chosen: str
    title: str
    category: str
    area: str


@dataclass(frozen=True)
class Project:
    """A funded project: the step that contracted it, and who carries it out."""

    step: str
    organisation: Organisation
    topic: Topic | None
    title: str
    signed: date  # about when: the notice's end is the platform's to say


@dataclass
class Build:
    """A plan in the making, and what later sections must know of earlier ones."""

    scenario: Data
    seed: int
    plan: Plan
    names: Names = field(default_factory=Names)
    organisations: list[Organisation] = field(default_factory=list)
    funds: dict[str, str] = field(default_factory=dict)  # step by key
    topics: dict[str, list[Topic]] = field(default_factory=dict)
    rounds: dict[str, str] = field(default_factory=dict)
    projects: dict[str, list[Project]] = field(default_factory=dict)

    @property
    def district(self) -> str:
        return str(self.scenario["district"])

    def rng(self, *parts: object) -> random.Random:
        """Chance that depends on scenario, seed and place alone: adding a section changes no other."""
        place = "/".join(map(str, parts))
        return random.Random(f"{self.plan.scenario}\n{self.seed}\n{place}")  # noqa: S311 - not for secrets

    def post(
        self,
        name: str,
        to: str,
        body: Mapping[str, Any],
        *,
        area: str,
        role: Role,
        at: datetime | After,
        of: str | None = None,
        after: Sequence[str] = (),
        parts: Mapping[str, Ref] | None = None,
    ) -> str:
        """Plan one POST; `to` is `<service>/<path>`, with `{id}` for the record of `of`."""
        service, _, path = to.partition("/")
        return self.plan.add(
            Step(name, service, f"/{path}", body, area, role, at, of, tuple(after), parts or {})
        )

    def staff(self, area: str | None = None) -> Role:
        """Whoever of the civil-affairs staff decides: the street's for an area below it, else the district's."""
        if area is not None and len(area) > 6:
            return Role("street_staff", area[:9])
        return Role("district_staff", self.district)

    def of_track(self, track: str, groups: Sequence[str] | None) -> list[Organisation]:
        return [o for o in self.organisations if o.track == track and (groups is None or o.group in groups)]


def moment(day: date, order: int = 0) -> datetime:
    """A time of a working day from nine o'clock on in China; `order` counts on in minutes, seven hours at most."""
    while not workdays.is_workday(day)[0]:
        day += timedelta(days=1)
    return datetime.combine(day, time(9), clock.CHINA) + timedelta(minutes=order % 420)


def spread(first: date, last: date, rng: random.Random, order: int = 0) -> datetime:
    """A time of some working day between two days."""
    found = moment(first + timedelta(days=rng.randint(0, (last - first).days)), order)
    return found if found.date() <= last else moment(first, order)
