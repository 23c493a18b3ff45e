"""Rules of the two lists of the credit measures (社会组织信用信息管理办法): abnormal activity 活动异常名录, and serious
violations 严重违法失信名单. Nobody is listed unheard, and nobody stays longer than the rule says."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from marshmallow import fields, validate
from statemachine import State, StateMachine

from shared import workdays
from shared.arearules import AreaRule
from shared.clocks import Limit, Step, limit
from shared.errors import Refused, Text

KINDS = ("abnormal", "serious")

# Grounds of listing (办法 11 and 15), each with the list that it leads to.
GROUNDS = {
    "report_missed": "abnormal",  # 未按时报送年度工作报告
    "party_organisation_missing": "abnormal",  # 未按规定设立党组织
    "rectification_missed": "abnormal",  # 未按期完成整改
    "fundraising_breach": "abnormal",  # 慈善组织公开募捐违规
    "minor_penalty": "abnormal",  # 警告或不满五万元罚款
    "unreachable": "abnormal",  # 通过登记的住所无法联系
    "two_years_abnormal": "serious",  # 列入活动异常名录满二年
    "false_change": "serious",  # 弄虚作假办理变更登记被撤销
    "activity_banned": "serious",  # 限期停止活动处罚
    "heavy_penalty": "serious",  # 五万元以上罚款
    "repeated_penalties": "serious",  # 三年内两次以上警告或罚款
    "court_defaulter": "serious",  # 失信被执行人
    "licence_revoked": "serious",  # 吊销或撤销登记
}
BY_RUNS = ("two_years_abnormal",)  # proposed by the platform's own count only
NEVER_REMOVED = ("licence_revoked",)


class ListingLife(StateMachine):
    """Life cycle of a listing 列入名录."""

    proposed = State("proposed 拟列入", initial=True)
    notified = State("notified 已告知")
    heard = State("heard 已陈述申辩")
    listed = State("listed 已列入")
    spared = State("spared 不予列入", final=True)
    removed = State("removed 已移出", final=True)

    notify = proposed.to(notified)
    state = notified.to(heard)
    enter = notified.to(listed) | heard.to(listed)
    spare = proposed.to(spared) | notified.to(spared) | heard.to(spared)
    remove = listed.to(removed)


ENDED = ("spared", "removed")

STATEMENT = limit(
    "limit_statement", Limit(10, "working_days", 2), "社会组织信用信息管理办法",
    Text("Time for a statement before a listing", "列入前陈述申辩期限"),
)  # fmt: skip
STEPS = (Step("statement", "notified", STATEMENT, Text("statement", "陈述申辩")),)
SERIOUS_MONTHS = AreaRule(
    "listing_serious_months",
    fields.Int(strict=True, validate=validate.Range(1, 120)),
    24,
    "社会组织信用信息管理办法 15",
    Text(
        "Months on the abnormal list that lead to the serious one",
        "列入活动异常名录满几个月列入严重违法失信名单",
    ),
)
CLEAN_MONTHS = AreaRule(
    "listing_clean_months",
    fields.Int(strict=True, validate=validate.Range(1, 120)),
    24,
    "社会组织信用信息管理办法",
    Text("Clean months after which the serious list is left", "严重违法失信名单移出所需月数"),
)
PENALTY_MONTHS = AreaRule(
    "listing_penalty_months",
    fields.Int(strict=True, validate=validate.Range(1, 60)),
    6,
    "社会组织信用信息管理办法 14",
    Text("Months on the abnormal list for a penalty", "因处罚列入活动异常名录的月数"),
)
RULES = (STATEMENT, SERIOUS_MONTHS, CLEAN_MONTHS, PENALTY_MONTHS)


class Terms(NamedTuple):
    """Months as the area has them."""

    serious: int
    clean: int
    penalty: int


def check_ground(kind: str, ground: str) -> None:
    """Raise Refused for a ground of the other list, and for one that only the platform's count gives."""
    if GROUNDS[ground] != kind or ground in BY_RUNS:
        fitting = ", ".join(g for g, k in GROUNDS.items() if k == kind and g not in BY_RUNS)
        raise Refused(
            "other-list",
            Text(
                f"'{ground}' is no ground that you propose for the list '{kind}'.", "该情形不适用于此名录。"
            ),
            Text(f"Choose one of: {fitting}.", f"请从以下选择：{fitting}。"),
            field="ground",
        )


def check_statement(due_at: datetime, now: datetime) -> None:
    """Raise Refused for a statement 陈述申辩 that comes after its deadline."""
    if now > due_at:
        raise Refused(
            "statement-late",
            Text(f"Statements were taken until {due_at:%Y-%m-%d}.", f"陈述申辩已于 {due_at:%Y-%m-%d} 截止。"),
            Text("Turn to the registrar directly.", "请直接联系登记管理机关。"),
            field="status",
        )


def check_heard(status: str, due_at: datetime | None, now: datetime) -> None:
    """Raise Refused for a listing before the organisation was heard or let its deadline pass."""
    if status == "notified" and due_at is not None and now <= due_at:
        raise Refused(
            "not-heard-yet",
            Text(
                f"The organisation may state its case until {due_at:%Y-%m-%d}.",
                f"该组织可在 {due_at:%Y-%m-%d} 前陈述申辩。",
            ),
            Text("Decide after its statement, or after that day.", "请在收到陈述申辩或期满后再作决定。"),
            field="status",
        )


def becomes_serious(listed_at: datetime, now: datetime, terms: Terms) -> bool:
    """Whether it has been on the abnormal list for so long; `listed_at` of its newest listing, as each new ground
    starts the time anew (办法 13)."""
    return now > workdays.deadline(listed_at, terms.serious, "months").at


def may_go(
    ground: str, listed_at: datetime, newest_at: datetime, mended: bool | None, now: datetime, terms: Terms
) -> bool | None:
    """Whether a rule takes a listing off by itself; None where the registrar has to look.

    `mended` says of what the platform knows whether it was put right. From the list of serious violations an
    organisation is taken after clean months, counted from the newest listing there.
    """
    if ground in NEVER_REMOVED:
        return False
    if GROUNDS[ground] == "serious":
        return now > workdays.deadline(newest_at, terms.clean, "months").at
    if ground == "minor_penalty":
        return now > workdays.deadline(listed_at, terms.penalty, "months").at
    return mended


def check_removable(verdict: bool | None) -> None:
    """Raise Refused where a rule keeps the listing."""
    if verdict is False:
        raise Refused(
            "not-removable-yet",
            Text(
                "What led to the listing is not mended, or its time is not over.",
                "列入情形尚未消除或期限未满。",
            ),
            Text(
                "Have it mended first (the missed report, the rectification), or wait for the end of its time.",
                "请先补报或完成整改，或待期限届满后再移出。",
            ),
            field="status",
        )
