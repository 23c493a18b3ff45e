"""The course of a round 轮次 (Daoli)."""

from __future__ import annotations

from datetime import datetime

from statemachine import State, StateMachine

from shared.errors import Refused, Text

KINDS = ("venture", "purchase", "micro", "tender")  # 公益创投、政府购买服务、微创投、招投标
CONDITIONS = ("contract", "mid_term", "final")  # what a tranche waits for: 签约、中期评估、末期评估
TRACKS = ("registered", "filed")
FIRST_YEAR, LAST_YEAR = 2000, 2100


class RoundLife(StateMachine):
    """The course of a round 轮次."""

    draft = State(initial=True)  # 拟定
    preparing = State()  # 筹备中: needs are called for and sorted
    open = State()  # 征集中
    closed = State()  # 已截止
    ranked = State()  # 已排序
    noticed = State()  # 公示中
    concluded = State(final=True)  # 已公告

    prepare = draft.to(preparing) | preparing.to(preparing)
    opening = draft.to(open) | preparing.to(open)
    closing = open.to(closed)
    ranking = closed.to(ranked)
    notice = ranked.to(noticed)
    conclusion = noticed.to(concluded)


def check_opening(opens_at: datetime) -> None:
    """Raise Refused for a day that no calendar of stages can be counted from."""
    if not FIRST_YEAR <= opens_at.year <= LAST_YEAR:
        raise Refused(
            "round-dates",
            Text(
                f"Rounds open from {FIRST_YEAR} to {LAST_YEAR}.",
                f"轮次开始时间应在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间。",
            ),
            Text("Correct opens_at.", "请更正开始时间。"),
            field="opens_at",
        )


def check_dates(opens_at: datetime, closes_at: datetime) -> None:
    """Raise Refused unless a round opens before it closes, and not in another century."""
    check_opening(opens_at)
    if closes_at.year > LAST_YEAR:
        raise Refused(
            "round-dates",
            Text(f"Rounds close by {LAST_YEAR}.", f"轮次截止时间不得晚于 {LAST_YEAR} 年。"),
            Text("Give an earlier closes_at.", "请填写更早的截止时间。"),
            field="closes_at",
        )
    if closes_at <= opens_at:
        raise Refused(
            "round-dates",
            Text("The round closes before it opens.", "截止时间早于开始时间。"),
            Text("Give a later closes_at.", "请填写更晚的截止时间。"),
            field="closes_at",
        )


def check_accepting(status: str, opens_at: datetime, closes_at: datetime, now: datetime) -> None:
    """Raise Refused unless applications are accepted now: nothing after the deadline."""
    if status != "open" or not opens_at <= now < closes_at:
        raise Refused(
            "round-not-open",
            Text("The round does not accept applications now.", "本轮目前不受理申报。"),
            Text("Look for an open round.", "请查找正在征集的轮次。"),
            field="round",
        )


def check_reviewing(status: str) -> None:
    """Raise Refused once the round is ranked: nothing that counts for the ranking may change after it."""
    if status not in ("open", "closed"):
        raise Refused(
            "review-over",
            Text("The round has been ranked.", "本轮已完成排序。"),
            Text("Nothing can be added any more.", "不能再补充。"),
            field="round",
        )


def check_after(now: datetime, moment: datetime | None, code: str, what: Text) -> None:
    """Raise Refused before `moment` has come."""
    if moment is None or now < moment:
        told = moment.isoformat() if moment else "-"
        raise Refused(
            code,
            Text(f"{what.en} ends at {told}.", f"{what.zh}至 {told} 结束。"),
            Text("Try again after that.", "请在此之后再办理。"),
        )
