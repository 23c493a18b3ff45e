"""Rules of evaluation: what may be evaluated by whom, and how long a grade holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import yaml

from shared import clock
from shared.errors import Conflict, Forbidden, Refused, Text

PHASES = ("initial", "mid_term", "final")  # 初期、中期、末期
METHODS = ("documents", "site_visit", "telephone")  # 查阅材料、实地踏查、电话回访
OUTCOMES = ("pass", "rectify", "fail")  # 合格、整改、不合格
GRADES = ("1A", "2A", "3A", "4A", "5A")  # lowest first

_PHASE_TERMS = {
    "initial": Text("initial", "初期"),
    "mid_term": Text("mid-term", "中期"),
    "final": Text("final", "末期"),
}


class Validity(NamedTuple):
    """First and last day on which a grade holds."""

    first: date
    last: date


@cache
def _rules() -> dict[str, Any]:
    text = resources.files("services.evaluation").joinpath("rules.yaml").read_text(encoding="utf-8")
    rules: dict[str, Any] = yaml.safe_load(text)
    return rules


def validity(announced: date, district: str) -> Validity:
    """From 1 January of the year after the announcement to 31 December of the last year
    (社会组织评估管理办法, 2026 revision; the number of years is data)."""
    rules = _rules()["grades"]
    years = int(rules["areas"].get(district, rules["valid_years"]))
    return Validity(date(announced.year + 1, 1, 1), date(announced.year + years, 12, 31))


def at_least(grade: str, least: str) -> bool:
    """Whether a grade is `least` or better."""
    return GRADES.index(grade) >= GRADES.index(least)


def check_lower(grade: str, lowered: str) -> None:
    """Raise Refused unless `lowered` lies below the grade: a better one takes a new evaluation."""
    if at_least(lowered, grade):
        raise Refused(
            "not-lower",
            Text(f"{lowered} is not below the present {grade}.", f"{lowered} 不低于现有等级 {grade}。"),
            Text(
                "Give a lower grade; a better one takes a new evaluation.",
                "请填写更低的等级；升级须重新评估。",
            ),
            field="grade",
        )


def check_registered(track: str) -> None:
    """Raise Refused unless the organisation is registered 登记: filed teams are not graded."""
    if track != "registered":
        raise Refused(
            "not-registered",
            Text("Only registered organisations are graded.", "只有登记的社会组织可以参加等级评估。"),
            Text("Name a registered organisation.", "请填写登记的社会组织。"),
            field="organisation",
        )


def check_announced(announced: date, now: datetime) -> None:
    """Raise Refused for an announcement that lies in the future (in China's time)."""
    if announced > now.astimezone(clock.CHINA).date():
        raise Refused(
            "not-announced-yet",
            Text("The grade is not announced yet.", "等级尚未公布。"),
            Text("Record it on the day of its announcement.", "请在公布之日起录入。"),
            field="announced_on",
        )


def check_evaluator(own: str | None, parties: Iterable[str | None]) -> None:
    """Raise Forbidden for an evaluator who belongs to the evaluated organisation or its host."""
    if own is not None and own in parties:
        raise Forbidden(
            "own-project",
            Text("Nobody evaluates their own organisation's project.", "不得评估本组织的项目。"),
            Text("Have another evaluator do it.", "请由其他评估机构评估。"),
        )


def check_findings(outcome: str, findings: str) -> None:
    """Raise Refused where a project is held back without saying what is to be put right."""
    if outcome != "pass" and not findings.strip():
        raise Refused(
            "findings-needed",
            Text("An outcome other than 'pass' needs findings.", "未通过的评估须写明发现的问题。"),
            Text("Say what was found and what is to be put right.", "请写明问题和整改要求。"),
            field="findings",
        )


def next_attempt(phase: str, last: tuple[int, str] | None) -> int:
    """The number of this evaluation of a phase, from 1; `last` is number and outcome of the one before.

    A phase is evaluated once, and again only after rectification 整改 was ordered. Raises Conflict.
    """
    if last is None:
        return 1
    number, outcome = last
    if outcome != "rectify":
        term = _PHASE_TERMS[phase]
        raise Conflict(
            "phase-evaluated-already",
            Text(f"The {term.en} phase was evaluated already: {outcome}.", f"该项目的{term.zh}评估已完成。"),
            Text(
                "A phase is evaluated again only after rectification was ordered.",
                "只有要求整改后才可再次评估。",
            ),
            field="phase",
        )
    return number + 1


def check_project(status: str) -> None:
    """Raise Refused for a project that was stopped 终止."""
    if status == "stopped":
        raise Refused(
            "project-stopped",
            Text("The project was stopped.", "该项目已终止。"),
            Text("Evaluate running projects only.", "请只评估进行中的项目。"),
            field="project",
        )
