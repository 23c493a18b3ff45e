"""Rules of the credit record 诚信记录: what is entered, how long it counts, and what an organisation's standing is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from marshmallow import fields, validate
from statemachine import State, StateMachine

from shared import clock, workdays
from shared.arearules import AreaRule
from shared.errors import Refused, Text


class Kind(NamedTuple):
    """A kind of entry. `public`: the law publishes it (社会组织信用信息管理办法 6-7: annual reports, inspections,
    penalties, commendations of the authorities)."""

    sign: str
    public: bool


KINDS = {
    "commendation": Kind("positive", True),  # 表彰奖励
    "public_service": Kind("positive", False),  # 公益贡献
    "contract_kept": Kind("positive", False),  # 履约良好
    "warning": Kind("negative", True),  # 警告
    "fine": Kind("negative", True),  # 罚款
    "activity_banned": Kind("negative", True),  # 限期停止活动
    "inspection_unqualified": Kind("negative", True),  # 年检不合格
    "contract_breach": Kind("negative", False),  # 违约
    "complaint_upheld": Kind("negative", False),  # 投诉查实
    "abnormal_list": Kind("negative", True),  # 列入活动异常名录
    "serious_list": Kind("negative", True),  # 列入严重违法失信名单
}
BY_PLATFORM = ("inspection_unqualified", "abnormal_list", "serious_list")  # written by what they tell of
BY_LISTING = {"abnormal": "abnormal_list", "serious": "serious_list"}
STANDINGS = ("trusted", "normal", "watched", "untrusted")  # 守信、正常、重点关注、失信
START = 100  # points of an organisation without entries; the areas' points are relative to it


class EntryLife(StateMachine):
    """Life cycle of a credit entry 信用信息."""

    recorded = State("recorded 有效", initial=True)
    repairing = State("repairing 修复审查中")
    repaired = State("repaired 已修复", final=True)
    revoked = State("revoked 已撤销", final=True)  # it was wrong
    ended = State("ended 已终止", final=True)  # the listing that it tells of is over

    ask_repair = recorded.to(repairing)
    grant_repair = repairing.to(repaired)
    refuse_repair = repairing.to(recorded)
    revoke = recorded.to(revoked) | repairing.to(revoked)
    end = recorded.to(ended)


POINTS = AreaRule(
    "credit_points",
    fields.Dict(keys=fields.Str(validate=validate.OneOf(list(KINDS))), values=fields.Int(strict=True)),
    {
        "commendation": 10,
        "public_service": 5,
        "contract_kept": 3,
        "warning": -10,
        "fine": -20,
        "activity_banned": -40,
        "inspection_unqualified": -20,
        "contract_breach": -10,
        "complaint_upheld": -5,
        "abnormal_list": -20,
        "serious_list": -60,
    },
    "no national number; the district's own 全国无统一规定",
    Text("Points of each kind of credit entry", "各类信用信息分值"),
)
LEAST_POINTS = AreaRule(
    "credit_least_points",
    fields.Dict(
        keys=fields.Str(validate=validate.OneOf(("trusted", "normal"))), values=fields.Int(strict=True)
    ),
    {"trusted": 110, "normal": 80},
    "no national number; the district's own 全国无统一规定",
    Text("Points from which an organisation is trusted, normal", "守信、正常的最低分"),
)
VALID_MONTHS = AreaRule(
    "credit_valid_months",
    fields.Int(strict=True, validate=validate.Range(1, 120)),
    36,
    "no national number; the district's own 全国无统一规定",
    Text("Months that an entry counts", "信用信息有效期（月）"),
)
RECORD_DAYS = AreaRule(
    "credit_record_days",
    fields.Int(strict=True, validate=validate.Range(1, 30)),
    5,
    "社会组织信用信息管理办法",
    Text("Working days to record what has become known", "信用信息录入期限（工作日）"),
)
REPAIR_MONTHS = AreaRule(
    "credit_repair_months",
    fields.Int(strict=True, validate=validate.Range(0, 60)),
    3,
    "no national number; the district's own 全国无统一规定",
    Text("Months after which repair may be asked", "可申请信用修复的月数"),
)
RULES = (POINTS, LEAST_POINTS, VALID_MONTHS, RECORD_DAYS, REPAIR_MONTHS)


class Entry(NamedTuple):
    """What of an entry decides whether it counts: it does from `since`, until both of the last days."""

    points: int
    since: date
    valid_until: date | None
    ended_on: date | None  # revoked, repaired or ended


def counts(entry: Entry, on: date) -> bool:
    """Whether an entry counts on a day. The day on which it ended it counts no longer."""
    if on < entry.since or (entry.ended_on is not None and on >= entry.ended_on):
        return False
    return entry.valid_until is None or on <= entry.valid_until


def points(entries: Iterable[Entry], on: date) -> int:
    return START + sum(entry.points for entry in entries if counts(entry, on))


def standing(total: int, *, abnormal: bool, serious: bool, least: Mapping[str, int]) -> str:
    """The standing that points and lists give: no points outweigh a list."""
    if serious:
        return "untrusted"
    if abnormal or total < least.get("normal", START):
        return "watched"
    return "trusted" if total >= least.get("trusted", START) else "normal"


def changes_on(entries: Iterable[Entry], on: date) -> date | None:
    """The next day on which an entry stops to count by itself, or starts to."""
    days = [
        day
        for entry in entries
        if entry.ended_on is None
        for day in (entry.since, entry.valid_until and entry.valid_until + timedelta(days=1))
        if day is not None and day > on
    ]
    return min(days, default=None)


def valid_until(since: date, months: int) -> date:
    start = datetime(since.year, since.month, since.day, 12, tzinfo=clock.CHINA)
    return workdays.deadline(start, months, "months").at.date()


def record_due(known_on: date, days: int) -> datetime:
    """By when what became known on a day has to be recorded."""
    start = datetime(known_on.year, known_on.month, known_on.day, 12, tzinfo=clock.CHINA)
    return workdays.deadline(start, days, "working_days").at


def check_kind(kind: str) -> None:
    """Raise Refused for what the platform records by itself."""
    if kind in BY_PLATFORM:
        raise Refused(
            "recorded-by-itself",
            Text(f"'{kind}' is recorded by the decision that it tells of.", "此类信息由相应决定自动记录。"),
            Text("Propose the listing, or conclude the inspection.", "请办理列入或年检结论。"),
            field="kind",
        )


def check_dates(occurred_on: date, known_on: date, valid: date | None, today: date) -> None:
    """Raise Refused where the days of an entry contradict each other."""
    if occurred_on > known_on or known_on > today:
        raise Refused(
            "entry-dates",
            Text("It became known before it happened, or in the future.", "获知日期早于发生日期或晚于今日。"),
            Text(
                "Give occurred_on <= known_on <= today.", "请使发生日期不晚于获知日期，获知日期不晚于今日。"
            ),
            field="known_on",
        )
    if valid is not None and valid < known_on:
        raise Refused(
            "entry-dates",
            Text("The entry would be over before it begins.", "有效期早于获知日期。"),
            Text("Give a later day, or leave it out.", "请填写更晚的日期，或不填。"),
            field="valid_until",
        )


def check_repair(kind: str, since: date, months: int, now: datetime) -> None:
    """Raise Refused unless repair 信用修复 may be asked: of negative entries, after some months; what tells of a
    list ends with the listing."""
    if KINDS[kind].sign == "positive" or kind in BY_LISTING.values():
        raise Refused(
            "nothing-to-repair",
            Text(
                "Only negative entries are repaired, and listings by their removal.",
                "只有负面信息可以修复；名录以移出为准。",
            ),
            Text("Have the listing removed, or name another entry.", "请申请移出名录，或选择其他信息。"),
            field="kind",
        )
    if now.astimezone(clock.CHINA).date() <= valid_until(since, months):
        raise Refused(
            "repair-too-early",
            Text(
                f"Repair may be asked {months} months after the entry.",
                f"录入满 {months} 个月后方可申请修复。",
            ),
            Text("Ask again then.", "请届时再申请。"),
            field="status",
        )
