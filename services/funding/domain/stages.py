"""The course of a round as data: which stages 环节 it takes, which it is at, what has to be so before it moves on.

A round takes the stages that its terms name, in the order below, and no other. Each stage is left under its own
conditions: those of BOUND whatever the terms say, and those that the terms add.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from shared import workdays
from shared.errors import Refused, Text

STAGES = {
    "needs_call": Text("call for needs", "征集需求"),
    "needs_sorting": Text("sorting of needs", "需求梳理"),
    "projects_call": Text("call for projects", "项目征集"),
    "screening": Text("first screening", "初审"),
    "review": Text("review", "评审"),
    "notice": Text("public notice", "公示"),
    "optimisation": Text("optimisation", "优化"),
    "contract": Text("contract", "签约"),
    "monitoring": Text("monitoring", "监测"),
    "evaluation": Text("evaluation", "评估"),
}  # the full course as Daoli ran it
FINISHED = "finished"  # where a round is that has left its last stage
# A round without applications is none, and no public money is promised before it was put to notice.
ALWAYS = ("projects_call", "notice")
USUAL = ("projects_call", "screening", "review", "notice", "contract", "monitoring", "evaluation")
UNITS = ("days", "working_days")

CONDITIONS = {
    "period_over": Text("the stage's time is over", "本环节时限已满"),
    "topics_chosen": Text("a topic of the round's area is chosen", "本区域已有立项选题"),
    "applied": Text("there is an application", "已有申报"),
    "deadline_over": Text("the call's deadline has passed", "征集已截止"),
    "all_screened": Text("every application is screened", "全部申报已初审"),
    "ranked": Text("the ranking is made", "已完成排序"),
    "notice_over": Text("the public notice is over", "公示期已满"),
    "all_decided": Text("every proposal is awarded or dropped", "拟资助项目均已决定"),
    "all_contracted": Text("every award is under contract", "资助项目均已签约"),
    "all_ended": Text("every project has ended", "全部项目已结束"),
}
BOUND: Mapping[str, Sequence[str]] = {
    "projects_call": ("deadline_over",),
    "screening": ("all_screened",),
    "review": ("ranked",),
    "notice": ("notice_over", "all_decided"),
}
# The stage that a round of a version without stages is at, by its status.
BY_STATUS = {"open": "projects_call", "closed": "screening", "ranked": "review", "noticed": "notice",
             "concluded": "contract"}  # fmt: skip


class Stage(NamedTuple):
    """A stage in use. `days`: how long it is meant to take, in `unit`; None where the terms leave that open."""

    stage: str
    days: int | None = None
    unit: str = "working_days"
    conditions: tuple[str, ...] = ()


class Span(NamedTuple):
    """When a stage is meant to be; None where that is open."""

    stage: str
    begins_at: datetime | None
    ends_at: datetime | None


def of(stored: Sequence[Mapping[str, Any]]) -> list[Stage]:
    return [
        Stage(each["stage"], each.get("days"), each.get("unit", "working_days"), tuple(each["conditions"]))
        for each in stored
    ]


def usual() -> list[dict[str, Any]]:
    """The stages of a round whose planner names none, as they are stored."""
    return [{"stage": each, "days": None, "unit": "working_days", "conditions": []} for each in USUAL]


def check(stages: Sequence[Stage]) -> None:
    """Raise Refused unless these are stages in their order, each once, with those that no round is without."""
    names = [each.stage for each in stages]
    ordered = [each for each in STAGES if each in names]
    missing = [each for each in ALWAYS if each not in names]
    if not {"screening", "review"} & set(
        names
    ):  # between the call and the notice it is decided who is proposed
        missing.append("screening")
    if names != ordered or missing:
        told = "、".join(f"{each} {STAGES[each].zh}" for each in missing) or "-"
        raise Refused(
            "stages-unfit",
            Text(
                f"Stages stand in the order of the course, each once; missing: {told}.",
                f"环节须按流程顺序排列且各列一次；缺少：{told}。",
            ),
            Text(f"The order is {', '.join(STAGES)}.", f"流程顺序为：{'、'.join(STAGES)}。"),
            field="stages",
        )


def following(stages: Sequence[Stage], at: str | None) -> str:
    """The stage after `at`; the first for None; FINISHED after the last."""
    names = [each.stage for each in stages]
    if at is None:
        return names[0]
    behind = names[names.index(at) + 1 :] if at in names else []
    return behind[0] if behind else FINISHED


def way(stages: Sequence[Stage], at: str | None, to: str) -> list[str | None]:
    """The stages to leave, one after the other, so as to come from `at` to `to`; none where the round is there.

    Raises Refused for a stage that is not in use, and for one that lies behind.
    """
    names = [None, *(each.stage for each in stages), FINISHED]
    if to not in names or at not in names or names.index(to) < names.index(at):
        told = ", ".join(each.stage for each in stages)
        raise Refused(
            "not-on-the-way",
            Text(
                f"The round is at stage {at or '-'} and does not come to {to} from there.",
                f"本轮处于环节“{at or '-'}”，不能由此进入“{to}”。",
            ),
            Text(f"Its stages are {told}.", f"本轮环节依次为：{told}。"),
            field="stage",
            stage=at,
        )
    return list(names[names.index(at) : names.index(to)])


def conditions(stages: Sequence[Stage], stage: str | None) -> list[str]:
    """What has to be so before this stage is left."""
    own = next((each.conditions for each in stages if each.stage == stage), ())
    return list(dict.fromkeys([*BOUND.get(stage or "", ()), *own]))


def deadline_of_call(stages: Sequence[Stage], opens_at: datetime) -> datetime | None:
    """The end of the last day of the call, by the days that the terms give it; None where they give none."""
    call = next(each for each in stages if each.stage == "projects_call")
    return _end(call, opens_at) if call.days else None


def calendar(stages: Sequence[Stage], opens_at: datetime, closes_at: datetime) -> list[Span]:
    """When each stage is meant to be, counted from the call for projects in both directions; where the terms leave
    a stage's length open, what lies beyond it is open too."""
    position = [each.stage for each in stages].index("projects_call")
    spans = [Span("projects_call", opens_at, closes_at)]
    end: datetime | None = opens_at
    for each in reversed(stages[:position]):
        begin = _begin(each, end) if end and each.days else None
        spans.insert(0, Span(each.stage, begin, end))
        end = begin
    begin = closes_at
    for each in stages[position + 1 :]:
        end = _end(each, begin) if begin and each.days else None
        spans.append(Span(each.stage, begin, end))
        begin = end
    return spans


def _end(stage: Stage, begin: datetime) -> datetime:
    return workdays.deadline(begin, stage.days or 0, "days" if stage.unit == "days" else "working_days").at


def _begin(stage: Stage, end: datetime) -> datetime:
    days = stage.days or 0
    return end - timedelta(days=days) if stage.unit == "days" else workdays.before(end, days)
