"""Rectification 整改: what a project has to put right, by when. Its tranches are held until that is accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from statemachine import State, StateMachine

from services.funding.domain.periods import Period, period
from shared.errors import NotFound, Refused, Text

LIMIT = period(
    "limit_rectification", Period(30, "days"), "platform default; the order says it 整改通知书载明",
    Text("Time to put right what a project was ordered to", "项目整改期限"),
)  # fmt: skip
RULES = (LIMIT,)

OPEN = ("ordered", "reported", "overdue")


class RectificationLife(StateMachine):
    """The course of a rectification 整改."""

    ordered = State("ordered 整改中", initial=True)
    reported = State("reported 待核")
    overdue = State("overdue 逾期")
    accepted = State("accepted 已通过", final=True)

    report = ordered.to(reported) | overdue.to(reported)
    send_back = reported.to(ordered)
    lapse = ordered.to(overdue)
    accept = ordered.to(accepted) | reported.to(accepted) | overdue.to(accepted)


Rectification = Mapping[str, Any]


def order(
    number: int, reasons: str | None, phase: str | None, given: Period, now: datetime
) -> dict[str, Any]:
    """A new rectification, due at the end of the period `given`. `phase` is that of the evaluation that asks for it."""
    deadline = given.after(now)
    return {
        "number": number,
        "phase": phase,
        "reasons": reasons,
        "status": "ordered",
        "ordered_at": now,
        "amount": given.amount,
        "unit": given.unit,
        "due_at": deadline.at,
        "due_certain": deadline.certain,
    }


def is_open(rectifications: Sequence[Rectification]) -> bool:
    return any(one["status"] in OPEN for one in rectifications)


def of_phase(rectifications: Sequence[Any], phase: str | None) -> list[Any]:
    """Those that are open and were asked for by this phase's evaluation; for None, by an order of their own."""
    return [one for one in rectifications if one["status"] in OPEN and one.get("phase") == phase]


def numbered(rectifications: Sequence[Any], number: str) -> Any:
    """Raises NotFound."""
    for one in rectifications:
        if str(one["number"]) == number:
            return one
    raise NotFound(
        "no-such-rectification",
        Text(f"The project has no rectification {number}.", f"该项目没有第 {number} 号整改。"),
        Text("Look the numbers up in the project.", "请在项目信息中查看编号。"),
        field="number",
    )


def overdue(rectifications: Sequence[Any], now: datetime) -> list[Any]:
    """Those whose deadline has passed without a report, and of which nobody was told yet."""
    return [one for one in rectifications if one["status"] == "ordered" and one["due_at"] < now]


def check_orderable(status: str) -> None:
    """Raise Refused unless the project still runs or is suspended: what has ended cannot be put right."""
    if status not in ("running", "suspended"):
        raise Refused(
            "project-over",
            Text(f"The project is {status}.", f"该项目状态为 {status}。"),
            Text("Claw back what was paid where it must be.", "如有必要，请作出追回决定。"),
            field="status",
        )
