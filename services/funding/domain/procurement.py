"""Query 质疑 and complaint 投诉 by suppliers: the remedies of purchases under procurement law, and their clocks.

They take the place of the objections that anybody may raise in a round of grants. Sources: 政府采购法 52 to 57,
政府采购法实施条例 53 and 54, 政府采购质疑和投诉办法 (财政部令 94).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import NamedTuple

from statemachine import State, StateMachine

from shared import clock, workdays
from shared.errors import Refused, Text

QUERY_DAYS = 7  # working days to query, from when the damage is taken to be known: 政府采购法 52
REPLY_DAYS = 7  # working days to reply, from receipt: 政府采购法 53
COMPLAINT_DAYS = 15  # working days to complain, from the end of the time to reply: 政府采购法 55
DECISION_DAYS = 30  # working days to decide on a complaint, from receipt: 政府采购法 56
SUSPENSION_DAYS = 30  # days for which a purchase may stand still at most: 政府采购法 57
GROUNDS = ("documents", "process", "result")  # 采购文件、采购过程、中标或者成交结果: 政府采购法 52


class SupplierQueryLife(StateMachine):
    """The course of a supplier's query 质疑."""

    raised = State("raised 待答复", initial=True)
    answered = State("answered 已答复")
    complained = State("complained 投诉处理中")
    decided = State("decided 投诉已决定", final=True)

    answer = raised.to(answered)
    complain = raised.to(complained) | answered.to(complained)
    suspend = complained.to(complained)
    decide = complained.to(decided)


class Course(NamedTuple):
    """How far the round has come, as queries go by it; None for what is still to come."""

    opens_at: datetime
    ranked_at: datetime | None
    notice_ends_at: datetime | None


def check_ground(ground: str, course: Course, now: datetime) -> datetime:
    """The last moment for a query on this ground. Raises Refused before there is anything to query, and after it.

    Known is taken to be (政府采购法实施条例 53): of the documents, when the call opens; of the process, when its
    step is over; of the result, when its notice is over; it may be queried as soon as it is on notice.
    """
    begun = {
        "documents": course.opens_at,
        "process": course.ranked_at,
        "result": course.notice_ends_at,
    }[ground]
    if begun is None or (now < begun and ground != "result"):
        raise Refused(
            "query-too-early",
            Text("There is nothing to query on this ground yet.", "该事项尚不能提出质疑。"),
            Text("Raise the query once that step has been taken.", "请在相应环节结束后提出。"),
            field="ground",
        )
    last = workdays.deadline(begun, QUERY_DAYS, "working_days").at
    check_before(now, last, "query-too-late", Text("The time for queries", "质疑期"), "ground")
    return last


def check_before(now: datetime, last: datetime, code: str, what: Text, field: str) -> None:
    """Raise Refused once `last` has passed."""
    if now > last:
        raise Refused(
            code,
            Text(f"{what.en} ended at {last.isoformat()}.", f"{what.zh}已于 {last.isoformat()} 届满。"),
            Text("The law gives no later way here.", "法定期限已过，不再受理。"),
            field=field,
        )


def check_took_part(organisation: str, parties: Collection[str | None]) -> None:
    """Raise Refused for a supplier who did not take part (财政部令 94, 11: only who took part may query)."""
    if organisation not in parties:
        raise Refused(
            "took-no-part",
            Text("Only suppliers who took part may query.", "提出质疑的供应商应当是参与本项目的供应商。"),
            Text("Name the organisation that applied in this round.", "请填写在本轮申报的单位。"),
            field="organisation",
        )


def check_of_round(round_of_application: str, round_id: str) -> None:
    """Raise Refused for an application of another round."""
    if round_of_application != round_id:
        raise Refused(
            "other-round",
            Text("The application belongs to another round.", "该申报不属于本轮。"),
            Text("Check the application.", "请核对申报编号。"),
            field="application",
        )


def reply_due(received_at: datetime) -> datetime:
    return workdays.deadline(received_at, REPLY_DAYS, "working_days").at


def complaint_until(reply_due_at: datetime) -> datetime:
    """The last moment for a complaint."""
    return workdays.deadline(reply_due_at, COMPLAINT_DAYS, "working_days").at


def decision_due(received_at: datetime) -> datetime:
    return workdays.deadline(received_at, DECISION_DAYS, "working_days").at


def check_complaint(status: str, reply_due_at: datetime, now: datetime) -> None:
    """Raise Refused for a complaint before the reply came or its time was over, and after the time for it."""
    if status == "raised" and now <= reply_due_at:
        raise Refused(
            "reply-not-due",
            Text(
                f"The purchaser has until {reply_due_at.isoformat()} to reply.",
                f"采购人的答复期限至 {reply_due_at.isoformat()}。",
            ),
            Text("Complain once the reply is there or overdue.", "请在收到答复或答复期满后投诉。"),
        )
    last = complaint_until(reply_due_at)
    check_before(now, last, "complaint-too-late", Text("The time for complaints", "投诉期"), "text")


def suspended_until(now: datetime, days: int) -> datetime:
    """The end of a suspension 暂停采购活动, in days of the calendar and not prolonged by holidays:
    it is a bound. Raises Refused beyond what the law allows."""
    if not 1 <= days <= SUSPENSION_DAYS:
        raise Refused(
            "suspension-too-long",
            Text(f"A suspension lasts {SUSPENSION_DAYS} days at most.", f"暂停最长不得超过 {SUSPENSION_DAYS} 日。"),
            Text(f"Give 1 to {SUSPENSION_DAYS} days.", f"请填写 1 至 {SUSPENSION_DAYS} 日。"),
            field="days",
        )  # fmt: skip
    last = now.astimezone(clock.CHINA).date() + timedelta(days=days)
    return datetime.combine(last, time(23, 59, 59), clock.CHINA)


def holds(status: str, suspended_until_at: datetime | None, now: datetime) -> bool:
    """Whether a query keeps an award from being made and contracted: until it is answered (政府采购法实施条例 54),
    and while the supervising department has suspended the purchase over the complaint (政府采购法 57)."""
    suspended = suspended_until_at is not None and now <= suspended_until_at
    return status == "raised" or (status == "complained" and suspended)


def check_not_held(held: Collection[str]) -> None:
    """Raise Refused while queries hold an award."""
    if held:
        raise Refused(
            "queries-open",
            Text(
                f"{len(held)} queries or complaints hold this award.",
                f"有 {len(held)} 项质疑或投诉未处理完毕。",
            ),
            Text("Reply to them, or wait for the decision, first.", "请先答复质疑，或等待投诉处理决定。"),
            queries=sorted(held),
        )


def check_remedy(remedy: str | None, wanted: str) -> None:
    """Raise Refused where a round has the other remedy: `objections` 异议 or `procurement` 质疑投诉."""
    if (remedy or "objections") != wanted:
        raise Refused(
            "other-remedy",
            Text(
                "This round takes queries by its suppliers, under procurement law."
                if wanted == "objections"
                else "This round takes objections by anybody during its notice.",
                "本轮适用政府采购法的质疑与投诉。" if wanted == "objections" else "本轮在公示期内接受异议。",
            ),
            Text(
                "Raise a query." if wanted == "objections" else "Object to the application.",
                "请提出质疑。" if wanted == "objections" else "请对相关申报提出异议。",
            ),
        )
