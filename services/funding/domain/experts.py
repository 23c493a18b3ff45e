"""Experts 评审专家 and what keeps one from judging an application 回避."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from statemachine import State, StateMachine

from shared.errors import Refused, Text

# 劳动关系、董事监事、控股或实际控制、亲属关系、其他: 政府采购法实施条例 9, items 1 to 5
TIES = ("employment", "board", "control", "kinship", "other")
PROCUREMENT_YEARS = 3  # so far a purchase looks back on ties that have ended: 政府采购法实施条例 9


class ExpertLife(StateMachine):
    """Life cycle of an expert's entry in the register 专家库."""

    active = State("active 在库", initial=True)
    retired = State("retired 出库", final=True)

    declare = active.to(active)
    retire = active.to(retired)


class Tie(NamedTuple):
    """A tie 利害关系 to an organisation; `until` is its last day, None while it lasts."""

    organisation: str
    kind: str
    until: date | None = None

    @classmethod
    def stored(cls, values: Mapping[str, Any]) -> Tie:
        """From its stored form, which has days as text."""
        until = values.get("until")
        return cls(values["organisation"], values["kind"], date.fromisoformat(until) if until else None)

    def counts(self, on: date, years: int) -> bool:
        """Whether it lasts on a day, or ended less than so many years before it."""
        return self.until is None or self.until >= _years_before(on, years)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


@dataclass(frozen=True)
class Judge:
    """What is asked of an expert before a draw: `organisation` is where the expert works, `home` the area of it."""

    organisation: str | None
    home: str | None
    ties: Sequence[Tie] = ()


@dataclass(frozen=True)
class Parties:
    """Who stands behind an application, with the areas where they sit."""

    organisation: str
    host: str | None
    homes: Collection[str]


def conflicts(judge: Judge, parties: Parties, on: date, *, years: int, same_street: bool) -> list[str]:
    """Why an expert may not judge an application on a day; none where nothing stands against it.

    `years`: how far back ties that have ended count. `same_street`: whether one street is too near.
    """
    reasons = []
    if judge.organisation == parties.organisation:
        reasons.append("same-organisation")
    if parties.host is not None and judge.organisation == parties.host:
        reasons.append("same-host")
    theirs = {parties.organisation, parties.host}
    kinds = {tie.kind for tie in judge.ties if tie.organisation in theirs and tie.counts(on, years)}
    reasons += [f"tie-{kind}" for kind in TIES if kind in kinds]
    if same_street and _streets([judge.home]) & _streets(parties.homes):
        reasons.append("same-street")
    return reasons


def _streets(homes: Iterable[str | None]) -> set[str]:
    """The streets in which these areas lie; a district lies in none."""
    return {home[:9] for home in homes if home is not None and len(home) >= 9}


def check_free(reasons: Sequence[str]) -> None:
    """Raise Refused for an expert with a conflict of interest."""
    if reasons:
        told = ", ".join(reasons)
        raise Refused(
            "conflict-of-interest",
            Text(f"The expert has a conflict of interest: {told}.", f"专家与申报单位存在利害关系：{told}。"),
            Text("Recuse the expert; the next one takes the seat.", "请办理回避，由下一位专家递补。"),
            field="expert",
        )


def check_tie(since: str | None, until: str | None) -> None:
    """Raise Refused for a tie that ends before it begins; days as text."""
    if since and until and until < since:
        raise Refused(
            "tie-dates",
            Text("The tie ends before it begins.", "利害关系的终止日期早于起始日期。"),
            Text("Correct since or until.", "请更正起止日期。"),
            field="until",
        )
