"""Call lists 回访名单: a random sample of those who were answered, handed to an evaluator for a while.

Who is called is nobody's choice: the sample follows from the frame and a seed, so that anybody who knows both can draw
it again. The rate of satisfaction is told with its confidence interval.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import NamedTuple

from marshmallow import fields, validate
from statemachine import State, StateMachine

from shared.arearules import AreaRule
from shared.errors import Gone, Refused, Text

RESULTS = ("satisfied", "unsatisfied", "unreached", "refused")  # 满意、不满意、未接通、拒访
CONFIDENCE = 0.95
LARGEST = 2000  # people on one list

LASTS = AreaRule(
    "call_list_days",
    fields.Int(strict=True, validate=validate.Range(1, 90)),
    14,
    "the shortest time that the purpose needs: 个人信息保护法 19; the number of days is our own choice",
    Text("Working days until a call list expires", "回访名单有效期（工作日）"),
)
RULES = (LASTS,)


class CallListLife(StateMachine):
    """Life cycle of a call list."""

    drawn = State("drawn 已抽取", initial=True)
    closed = State("closed 已结束", final=True)

    close = drawn.to(closed)


class Rate(NamedTuple):
    """The satisfied per thousand of those who gave an answer, with the interval's bounds; None of nobody."""

    answered: int
    satisfied: int
    permille: int | None
    low: int | None
    high: int | None


def fingerprint(frame: Iterable[str]) -> str:
    """The SHA-256 of the frame: its ids in order, a line each, in hex. It shows later what was drawn from."""
    return hashlib.sha256("\n".join(sorted(frame)).encode()).hexdigest()


def draw(frame: Iterable[str], seed: str, size: int) -> list[str]:
    """The sample: those of the frame whose SHA-256 of "<seed>/<id>" comes first."""
    return sorted(frame, key=lambda one: hashlib.sha256(f"{seed}/{one}".encode()).hexdigest())[:size]


def rate(results: Iterable[str]) -> Rate:
    """The rate of satisfaction with Wilson's interval for 95 %, whose bounds are rounded outwards.

    That the frame is finite would make it narrower; who was not reached may differ from who was, so it is not.
    """
    said = [one == "satisfied" for one in results if one in ("satisfied", "unsatisfied")]
    n, satisfied = len(said), sum(said)
    if not n:
        return Rate(0, 0, None, None, None)
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    share = satisfied / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low, high = (floor(1000 * max(0.0, centre - half)), ceil(1000 * min(1.0, centre + half)))
    return Rate(n, satisfied, 1000 * satisfied // n, low, high)


def check_days(since: date, until: date) -> None:
    """Raise Refused for a period that ends before it begins."""
    if until < since:
        raise Refused(
            "until-before-since",
            Text(f"{until} lies before {since}.", f"{until} 早于 {since}。"),
            Text("Give a later day.", "请填写更晚的日期。"),
            field="until",
        )


def check_frame(frame: Sequence[str]) -> None:
    """Raise Refused where there is nobody to call."""
    if not frame:
        raise Refused(
            "nobody-to-call",
            Text("Nobody who left a number was answered then.", "该期间没有可回访的对象。"),
            Text("Choose other days, another area or source.", "请另选时间、区域或来源。"),
            field="since",
        )


def is_valid(status: str, expires_at: datetime, now: datetime) -> bool:
    return status == "drawn" and now <= expires_at


def check_valid(status: str, expires_at: datetime, now: datetime) -> None:
    """Raise Gone for a list that is closed or has expired: nobody's number is shown any more."""
    if not is_valid(status, expires_at, now):
        raise Gone(
            "list-expired",
            Text(f"The list was valid until {expires_at:%Y-%m-%d}.", f"名单有效期至 {expires_at:%Y-%m-%d}。"),
            Text("Ask whoever drew it for a new one.", "请联系抽取单位重新抽取。"),
            field="id",
        )


def check_calling(status: str, expires_at: datetime, now: datetime) -> None:
    """Raise Refused for the result of a call that nobody was to make any more."""
    if not is_valid(status, expires_at, now):
        raise Refused(
            "list-expired",
            Text(
                f"Calls were to be made until {expires_at:%Y-%m-%d}.", f"回访截止于 {expires_at:%Y-%m-%d}。"
            ),
            Text("Ask whoever drew the list for a new one.", "请联系抽取单位重新抽取。"),
            field="id",
        )


def check_on_list(entry: str, sample: Iterable[str]) -> None:
    """Raise Refused for a result of somebody who is not on the list."""
    if entry not in sample:
        raise Refused(
            "not-on-list",
            Text(f"Need {entry} is not on this list.", f"需求 {entry} 不在名单内。"),
            Text("Give a need of the list.", "请填写名单内的需求。"),
            field="need",
        )
