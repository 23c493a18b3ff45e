"""Rules of funding: the course of a round (Daoli), review by experts, and public money in whole fen.

Money of a fund is in one of three states: available, committed, paid. `committed` counts everything that was
ever promised and not released, paid or not, so that paid <= committed <= budget holds at every moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from statemachine import State, StateMachine

from shared import money
from shared.errors import Refused, Text

# 福彩公益金、社会工作专项经费、预算、配套、捐赠 (Haishu, Daoli)
SOURCES = ("welfare_lottery", "social_work", "budget", "matching", "donation")
KINDS = ("venture", "purchase", "micro")  # 公益创投、政府购买服务、微创投
CONDITIONS = ("contract", "mid_term", "final")  # what a tranche waits for: 签约、中期评估、末期评估
TRACKS = ("registered", "filed")
TRIM_FROM = 5  # scores from which the highest and the lowest are left out


class RoundLife(StateMachine):
    """The course of a round 轮次."""

    draft = State(initial=True)  # 拟定
    open = State()  # 征集中
    closed = State()  # 已截止
    ranked = State()  # 已排序
    noticed = State()  # 公示中
    concluded = State(final=True)  # 已公告

    opening = draft.to(open)
    closing = open.to(closed)
    ranking = closed.to(ranked)
    notice = ranked.to(noticed)
    conclusion = noticed.to(concluded)


class ApplicationLife(StateMachine):
    """The course of an application 申报."""

    submitted = State(initial=True)  # 已申报
    screened = State()  # 初审通过
    rejected = State(final=True)  # 初审未通过
    awarded = State()  # 已立项资助
    contracted = State(final=True)  # 已签约
    dropped = State(final=True)  # 落选或退出

    screen = submitted.to(screened)
    reject = submitted.to(rejected)
    award = screened.to(awarded)
    drop = submitted.to(dropped) | screened.to(dropped) | awarded.to(dropped)
    sign = awarded.to(contracted)


class ProjectLife(StateMachine):
    """The course of a project 项目."""

    running = State(initial=True)  # 执行中
    completed = State(final=True)  # 已结项
    stopped = State(final=True)  # 已终止

    complete = running.to(completed)
    stop = running.to(stopped)


# --- money of a fund ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Balance:
    """A fund's figures in fen. Raises ValueError where they contradict paid <= committed <= budget."""

    budget: int
    committed: int = 0
    paid: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.paid <= self.committed <= self.budget:
            raise ValueError(f"impossible balance {self}")

    @property
    def free(self) -> int:
        """What can still be committed."""
        return self.budget - self.committed


class Posting(NamedTuple):
    """One line of the double-entry ledger: `amount` fen move from the credited to the debited account."""

    kind: str
    debit: str
    credit: str
    amount: int


def open_fund(budget: int) -> tuple[Balance, Posting]:
    return Balance(budget), Posting("budget", "available", "budget", budget)


def commit(balance: Balance, amount: int) -> tuple[Balance, Posting]:
    """Promise money of the fund. Raises Refused beyond what is free."""
    _check_amount(amount, balance.free, "fund-exhausted", "free", "可用余额")
    return replace(balance, committed=balance.committed + amount), Posting(
        "commitment", "committed", "available", amount
    )


def release(balance: Balance, amount: int) -> tuple[Balance, Posting]:
    """Take back a promise. Raises Refused beyond what is committed and not paid."""
    _check_amount(
        amount, balance.committed - balance.paid, "not-committed", "committed and unpaid", "已承诺未支付金额"
    )
    return replace(balance, committed=balance.committed - amount), Posting(
        "release", "available", "committed", amount
    )


def pay(balance: Balance, amount: int) -> tuple[Balance, Posting]:
    """Pay out of what is committed. Raises Refused beyond it."""
    _check_amount(
        amount, balance.committed - balance.paid, "not-committed", "committed and unpaid", "已承诺未支付金额"
    )
    return replace(balance, paid=balance.paid + amount), Posting("payment", "paid", "committed", amount)


def _check_amount(amount: int, limit: int, code: str, what: str, zh: str) -> None:
    if amount <= 0:
        raise ValueError("amounts moved are positive")
    if amount > limit:
        raise Refused(
            code,
            Text(
                f"The fund has {money.yuan(limit)} yuan {what}, less than {money.yuan(amount)} yuan.",
                f"资金{zh}为 {money.yuan(limit)} 元，不足 {money.yuan(amount)} 元。",
            ),
            Text("Use another fund of the round, or award less.", "请使用本轮其他资金，或减少金额。"),
            field="amount_fen",
        )


class Part(NamedTuple):
    """Fen of one fund."""

    fund: str
    amount: int


def split(amount: int, free: Mapping[str, int], wanted: Sequence[Part] = ()) -> list[Part]:
    """Which funds an award draws on: as `wanted`, or the round's funds in their order as far as they reach.

    Raises Refused where they do not reach, or where `wanted` names other funds or another sum.
    """
    if wanted:
        names = [part.fund for part in wanted]
        if (
            sum(p.amount for p in wanted) != amount
            or len(set(names)) < len(names)
            or not set(names) <= set(free)
        ):
            raise Refused(
                "split-unfit",
                Text(
                    "The split must name funds of the round, each once, and sum up to the amount.",
                    "分配须为本轮资金，各列一次，合计等于资助金额。",
                ),
                Text(f"Make the parts sum up to {amount} fen.", f"请使各部分合计为 {amount} 分。"),
                field="funds",
            )
        return [part for part in wanted if part.amount]
    parts: list[Part] = []
    rest = amount
    for fund, available in free.items():
        if rest and available:
            parts.append(Part(fund, min(rest, available)))
            rest -= parts[-1].amount
    if rest:
        raise Refused(
            "fund-exhausted",
            Text(
                f"The round's funds are {money.yuan(rest)} yuan short of the award.",
                f"本轮资金可用余额不足，尚缺 {money.yuan(rest)} 元。",
            ),
            Text("Add a fund, or drop the application.", "请增加资金，或不予资助。"),
            field="amount_fen",
        )
    return parts


def draw(sources: Sequence[Part], tranches: Sequence[int], index: int) -> list[Part]:
    """The parts of tranche `index` by fund.

    The tranches and the funds' parts are laid side by side over the whole amount; a tranche draws on the funds
    that it overlaps. So each part is the same in whatever order tranches are paid, and all add up to the fen.
    """
    start = sum(tranches[:index])
    end = start + tranches[index]
    parts: list[Part] = []
    position = 0
    for fund, amount in sources:
        overlap = min(end, position + amount) - max(start, position)
        if overlap > 0:
            parts.append(Part(fund, overlap))
        position += amount
    return parts


# --- the course of a round ------------------------------------------------------------------------------------


class Tranche(NamedTuple):
    share: int
    condition: str


def check_plan(
    opens_at: datetime, closes_at: datetime, tranches: Sequence[Tranche], criteria: Sequence[str]
) -> None:
    """Raise Refused unless a round's dates, tranches and criteria fit together."""
    if closes_at <= opens_at:
        raise Refused(
            "round-dates",
            Text("The round closes before it opens.", "截止时间早于开始时间。"),
            Text("Give a later closes_at.", "请填写更晚的截止时间。"),
            field="closes_at",
        )
    conditions = [t.condition for t in tranches]
    if sum(t.share for t in tranches) != 100 or len(set(conditions)) < len(conditions):
        raise Refused(
            "tranches-unfit",
            Text(
                "Tranches sum up to 100 per cent, one for each condition.",
                "各期拨付比例合计为 100%，每个条件只对应一期。",
            ),
            Text("Correct shares and conditions, say 50/30/20.", "请更正比例与条件，例如 50/30/20。"),
            field="tranches",
        )
    if len(set(criteria)) < len(criteria):
        raise Refused(
            "criteria-double",
            Text("A criterion is named twice.", "评审指标重复。"),
            Text("Name each criterion once.", "每个指标只列一次。"),
            field="criteria",
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


def screen(
    *,
    organisation_status: str,
    track: str,
    tracks: Sequence[str],
    host_status: str | None,
    topic_status: str | None,
    topics_only: bool,
    amount: int,
    cap: int | None,
) -> list[str]:
    """First screening 初审 by rule: why an application is rejected, none where it passes."""
    reasons = []
    if organisation_status != "active":
        reasons.append("organisation-not-active")
    if track not in tracks:
        reasons.append("track-not-admitted")
    if track == "filed" and host_status != "active":
        reasons.append("host-not-active")
    if topic_status is None and topics_only:
        reasons.append("topic-needed")
    if topic_status is not None and topic_status != "chosen":
        reasons.append("topic-not-chosen")
    if cap is not None and amount > cap:
        reasons.append("above-cap")
    return reasons


# --- review ---------------------------------------------------------------------------------------------------


def check_scores(given: Mapping[str, int], criteria: Mapping[str, int]) -> None:
    """Raise Refused unless every criterion of the round is scored, and no other."""
    if set(given) != set(criteria):
        names = "、".join(criteria)
        raise Refused(
            "criteria-unfit",
            Text("The scores do not match the round's criteria.", "评分与本轮评审指标不符。"),
            Text(f"Score exactly: {names}.", f"请对下列指标逐一评分：{names}。"),
            field="scores",
        )


def weigh(given: Mapping[str, int], criteria: Mapping[str, int]) -> Fraction:
    """One expert's weighted score, 0 to 100."""
    return Fraction(sum(given[name] * weight for name, weight in criteria.items()), sum(criteria.values()))


def trim(values: Sequence[Fraction]) -> tuple[list[Fraction], list[Fraction]]:
    """The values that count and those left out: the lowest and the highest, once each, from TRIM_FROM on."""
    ordered = sorted(values)
    if len(ordered) < TRIM_FROM:
        return ordered, []
    return ordered[1:-1], [ordered[0], ordered[-1]]


def hundredths(value: Fraction) -> int:
    """Rounded half up. Scores are compared as they are shown, so that a tie that anybody can see is a tie."""
    return int(value * 100 + Fraction(1, 2))


@dataclass(frozen=True)
class Candidate:
    """A screened application with its experts' scores."""

    id: str
    submitted_at: datetime
    amount: int
    scores: Sequence[Mapping[str, int]]


@dataclass(frozen=True)
class Place:
    """A place in the ranking with every figure that led to it; scores in hundredths of a point."""

    application: str
    rank: int
    score_hundredths: int
    counted: list[int]
    left_out: list[int]
    amount_fen: int
    needed_fen: int  # by this one and all that are proposed above it
    outcome: str  # proposed | below_threshold | beyond_budget


def rank(
    candidates: Sequence[Candidate], criteria: Mapping[str, int], threshold: int, free: int
) -> list[Place]:
    """The ranking: by trimmed mean, ties by earlier submission, proposed down to threshold and budget.

    The first that the budget does not reach ends the list: a smaller one below it does not overtake.
    Raises Refused while an application has no score.
    """
    unscored = [c.id for c in candidates if not c.scores]
    if unscored:
        raise Refused(
            "unscored",
            Text(f"{len(unscored)} applications have no score yet.", f"尚有 {len(unscored)} 个申报未评分。"),
            Text("Let the experts score them first.", "请先完成专家评分。"),
            applications=unscored,
        )
    scored = []
    for candidate in candidates:
        counted, left_out = trim([weigh(given, criteria) for given in candidate.scores])
        scored.append((hundredths(Fraction(sum(counted), len(counted))), candidate, counted, left_out))
    scored.sort(key=lambda s: (-s[0], s[1].submitted_at, s[1].id))
    places: list[Place] = []
    needed, exhausted = 0, False
    for number, (score, candidate, counted, left_out) in enumerate(scored, 1):
        if score < threshold * 100:
            outcome = "below_threshold"
        elif exhausted or needed + candidate.amount > free:
            outcome, exhausted = "beyond_budget", True
        else:
            outcome, needed = "proposed", needed + candidate.amount
        places.append(
            Place(
                candidate.id, number, score, [hundredths(v) for v in counted], [hundredths(v) for v in left_out],
                candidate.amount, needed, outcome,
            )
        )  # fmt: skip
    return places
