"""Rules of incubation: who may enter, how a residency goes on, and that desks are never promised twice."""

from __future__ import annotations

from datetime import date, datetime

from statemachine import State, StateMachine

from shared import clock, workdays
from shared.errors import Refused, Text

STAGES = ("germination", "start_up", "growth")  # 萌芽、初创、发展
AGREEMENT_MONTHS = 24  # the usual term (Kundulun)


class ResidencyLife(StateMachine):
    """Life cycle of a residency 入驻."""

    applied = State(initial=True)  # 已申请
    resident = State()  # 在孵
    graduated = State(final=True)  # 出壳
    left = State(final=True)  # 退出

    enter = applied.to(resident)
    graduate = resident.to(graduated)
    leave = resident.to(left) | applied.to(left)


def occupied_after(capacity: int, occupied: int, desks: int) -> int:
    """The desks taken when `desks` more are. Raises Refused where the centre has not so many left."""
    free = capacity - occupied
    if desks > free:
        raise Refused(
            "centre-full",
            Text(
                f"The centre has {free} of {capacity} desks left.", f"中心 {capacity} 个工位仅余 {free} 个。"
            ),
            Text("Take fewer desks, or wait until one is free.", "请减少工位，或等待空出。"),
            field="desks",
            free=free,
        )
    return occupied + desks


def occupied_without(occupied: int, desks: int) -> int:
    """The desks taken when `desks` of them are given back."""
    return max(0, occupied - desks)


def term_end(entered_at: datetime, months: int) -> date:
    """The last day of an agreement, in China: the same day of a later month, or the next working day (民法典
    202, 203)."""
    return workdays.deadline(entered_at, months, "months").at.astimezone(clock.CHINA).date()


def check_stage(present: str, to: str) -> None:
    """Raise Refused for a stage before the present one; an assessment may confirm the present one."""
    if STAGES.index(to) < STAGES.index(present):
        raise Refused(
            "stage-behind",
            Text(f"The residency has reached '{present}'.", "该组织已进入更高的孵化阶段。"),
            Text(
                f"Choose one of: {', '.join(STAGES[STAGES.index(present) :])}.",
                "请选择当前或之后的孵化阶段。",
            ),
            field="stage",
        )


def check_resident(status: str) -> None:
    """Raise Refused unless the organisation is in the centre now."""
    if status != "resident":
        raise Refused(
            "not-resident",
            Text(f"The residency is {status}.", "该组织不在孵。"),
            Text("Only organisations in the centre have a stage.", "仅在孵组织可评定阶段。"),
            field="status",
        )
