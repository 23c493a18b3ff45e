"""Rules of volunteers 志愿者: matching of supply and demand, hours of service, honours by hours.

志愿服务条例 19: service is recorded truthfully, and a certificate of it is given free of charge, from the
record; 20: nothing of a volunteer is made public without consent. 志愿服务记录与证明出具办法（试行）3
(民政部令第67号): records are true, exact, complete, free of charge and timely.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from marshmallow import ValidationError, fields, validate
from statemachine import State, StateMachine

from shared import areas, clock
from shared.arearules import AreaRule
from shared.errors import Conflict, Refused, Text

PARTS = ("skill", "area", "time")  # 技能、区域、时间
LONGEST = timedelta(hours=24)  # of one activity


class VolunteerLife(StateMachine):
    """Life cycle of a volunteer's file 志愿者档案."""

    registered = State("registered 已注册", initial=True)
    left = State("left 已注销", final=True)

    change = registered.to(registered)
    join = registered.to(registered)
    leave = registered.to(left)


class ActivityLife(StateMachine):
    """Life cycle of an activity that looks for volunteers 志愿服务活动."""

    open = State("open 招募中", initial=True)
    closed = State("closed 已结束", final=True)

    join = open.to(open)
    close = open.to(closed)


class EngagementLife(StateMachine):
    """Life cycle of a volunteer's part in an activity 服务记录."""

    joined = State("joined 已报名", initial=True)
    withdrawn = State("withdrawn 已退出")
    recorded = State("recorded 已记录")
    confirmed = State("confirmed 已确认", final=True)

    join = withdrawn.to(joined)
    withdraw = joined.to(withdrawn)
    record = joined.to(recorded) | recorded.to(recorded)
    confirm = recorded.to(confirmed)


def _rising(hours: Sequence[int]) -> None:
    if list(hours) != sorted(set(hours)):
        raise ValidationError("Each number must be greater than the one before.")


STARS: AreaRule[list[int]] = AreaRule(
    "volunteer_star_hours",
    fields.List(
        fields.Int(strict=True, validate=validate.Range(1, 100_000)),
        validate=[validate.Length(1, 10), _rising],
    ),
    [100, 300, 600, 1000, 1500],
    "中国社区志愿者注册管理办法 18",
    Text("Hours of service from which stars are given", "志愿者各星级的累计服务时间（小时）"),
)
WEIGHTS: AreaRule[dict[str, int]] = AreaRule(
    "volunteer_match_weights",
    fields.Dict(
        keys=fields.Str(validate=validate.OneOf(PARTS)),
        values=fields.Int(strict=True, validate=validate.Range(0, 100)),
    ),
    {"skill": 50, "area": 30, "time": 20},
    "no national number; ours 全国无统一规定，由平台拟定",
    Text("Points of skill, area and time in matching", "供需匹配中技能、区域、时间的分值"),
)
RULES = (STARS, WEIGHTS)


class Window(NamedTuple):
    """A part of each week: `weekday` 1 (Monday) to 7, from and to as HH:MM in China's time."""

    weekday: int
    begins: str
    ends: str


class Supply(NamedTuple):
    """What a volunteer offers."""

    skills: Sequence[str]
    areas: Sequence[str]
    windows: Sequence[Window]


class Demand(NamedTuple):
    """What an activity looks for."""

    skills: Sequence[str]
    area: str
    begins_at: datetime
    ends_at: datetime


class Part(NamedTuple):
    """Points of one part of a match, out of how many, and why."""

    part: str
    points: int
    of: int
    why: Text


class Match(NamedTuple):
    """How well supply and demand fit."""

    score: int
    parts: tuple[Part, ...]


def match(supply: Supply, demand: Demand, weights: Mapping[str, int]) -> Match:
    """The sum of what skill, area and time earn of their weights, each rounded down."""
    parts = (
        _skill(supply, demand, weights.get("skill", 0)),
        _area(supply, demand, weights.get("area", 0)),
        _time(supply, demand, weights.get("time", 0)),
    )
    return Match(sum(part.points for part in parts), parts)


def _skill(supply: Supply, demand: Demand, of: int) -> Part:
    needed = list(dict.fromkeys(demand.skills))
    if not needed:
        return Part("skill", of, of, Text("no special skill is asked for", "无特定技能要求"))
    had = [skill for skill in needed if skill in supply.skills]
    listed = "、".join(had) or "-"
    why = Text(
        f"{len(had)} of {len(needed)} skills: {listed}", f"具备{len(needed)}项技能中的{len(had)}项：{listed}"
    )
    return Part("skill", of * len(had) // len(needed), of, why)


def _area(supply: Supply, demand: Demand, of: int) -> Part:
    """Full points where the volunteer serves, half within the same street, a quarter within the same district."""
    if any(areas.contains(area, demand.area) for area in supply.areas):
        return Part("area", of, of, Text("serves this area", "服务区域包含活动地点"))
    if len(demand.area) > 6 and any(area[:9] == demand.area[:9] for area in supply.areas):
        return Part("area", of // 2, of, Text("in the same street", "同一街道"))
    if any(area[:6] == demand.area[:6] for area in supply.areas):
        return Part("area", of // 4, of, Text("in the same district", "同一区"))
    return Part("area", 0, of, Text("in another district", "不在同一区"))


def _time(supply: Supply, demand: Demand, of: int) -> Part:
    whole = minutes(demand.begins_at, demand.ends_at)
    free = min(whole, sum(_overlap(window, demand) for window in _joined(supply.windows)))
    why = Text(f"free for {free} of {whole} minutes", f"{whole}分钟中有{free}分钟空闲")
    return Part("time", of * free // whole if whole else 0, of, why)


def _joined(windows: Iterable[Window]) -> list[Window]:
    """The windows without overlaps, so that no minute counts twice."""
    joined: list[Window] = []
    for window in sorted(windows):
        if joined and joined[-1].weekday == window.weekday and window.begins <= joined[-1].ends:
            joined[-1] = joined[-1]._replace(ends=max(joined[-1].ends, window.ends))
        else:
            joined.append(window)
    return joined


def _overlap(window: Window, demand: Demand) -> int:
    """Minutes of the activity that lie in the window. An activity lasts for a day at most, so it meets two days."""
    begins, ends = (moment.astimezone(clock.CHINA) for moment in (demand.begins_at, demand.ends_at))
    found = 0
    for day in dict.fromkeys((begins.date(), ends.date())):
        if day.isoweekday() == window.weekday:
            opens, closes = (
                datetime.combine(day, time.fromisoformat(text), clock.CHINA)
                for text in (window.begins, window.ends)
            )
            found += max(0, minutes(max(begins, opens), min(ends, closes)))
    return found


def minutes(begins_at: datetime, ends_at: datetime) -> int:
    return int((ends_at - begins_at).total_seconds()) // 60


def stars(served: int, hours: Sequence[int]) -> int:
    """The honour 星级 for `served` minutes: how many of the numbers of hours they reach."""
    return sum(served >= 60 * each for each in hours)


def check_windows(windows: Iterable[Window]) -> None:
    """Raise Refused for a window that ends before it begins."""
    for window in windows:
        if window.begins >= window.ends:
            raise Refused(
                "window-reversed",
                Text(
                    f"{window.begins} to {window.ends} is no time.",
                    f"{window.begins} 至 {window.ends} 不是有效时段。",
                ),
                Text("Give an end after the begin, on the same day.", "结束时间须晚于当日开始时间。"),
                field="windows",
            )


def check_times(begins_at: datetime, ends_at: datetime) -> None:
    """Raise Refused for an activity that ends before it begins or takes longer than a day."""
    if not timedelta(0) < ends_at - begins_at <= LONGEST:
        raise Refused(
            "activity-times",
            Text("An activity lasts for a day at most.", "一次活动须在24小时以内。"),
            Text("Give its begin and end; one record for each day.", "请填写起止时间，多日活动请分日登记。"),
            field="ends_at",
        )


def check_place(taken: int, places: int) -> None:
    """Raise Refused where all places are taken."""
    if taken >= places:
        raise Refused(
            "activity-full",
            Text(f"All {places} places are taken.", f"{places} 个名额已满。"),
            Text("Choose another activity.", "请选择其他活动。"),
            field="volunteer",
        )


class Span(NamedTuple):
    """When something takes place."""

    begins_at: datetime
    ends_at: datetime


def check_free(span: Span, others: Iterable[Span]) -> None:
    """Raise Conflict where the volunteer is elsewhere at that time: nobody serves two hours in one."""
    for other in others:
        if span.begins_at < other.ends_at and other.begins_at < span.ends_at:
            raise Conflict(
                "volunteer-elsewhere",
                Text("The volunteer takes part in something else then.", "该志愿者同一时间已参加其他活动。"),
                Text("Withdraw from that first, or choose another.", "请先退出原活动，或另选志愿者。"),
                field="volunteer",
            )


def check_minutes(served: int, span: Span, now: datetime) -> None:
    """Raise Refused for more than the activity lasted, or before it is over: what counts is the time actually
    served, 实际服务时间."""
    if now < span.ends_at:
        raise Refused(
            "activity-not-over",
            Text("The activity is not over yet.", "活动尚未结束。"),
            Text("Record the time after its end.", "请在活动结束后记录。"),
            field="minutes",
        )
    lasted = minutes(*span)
    if served > lasted:
        raise Refused(
            "longer-than-activity",
            Text(f"The activity lasted {lasted} minutes.", f"活动时长为 {lasted} 分钟。"),
            Text("Give the time actually served.", "请填写实际服务时间。"),
            field="minutes",
        )
