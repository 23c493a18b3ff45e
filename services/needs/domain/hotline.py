"""The hotline 热线 is a closed loop 闭环: a request is taken, routed, answered, called back.

The steps are those of 国办发〔2020〕53号 (受理、派单、办理、答复、督办、办结、回访); how long each may take is a rule
of the area. Haishu publishes a completion rate 办结率 of 100 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from statemachine import State, StateMachine

from services.needs.domain.figures import percent
from shared import areas
from shared.clocks import Limit, Step, limit
from shared.errors import Refused, Text

RESULTS = ("satisfied", "unsatisfied", "unreached")  # 满意、不满意、未接通
ATTEMPTS = 3  # calls to somebody who does not answer, after which the request is closed: our own choice


class LoopLife(StateMachine):
    """The way of a hotline request 热线诉求."""

    taken = State("taken 已受理", initial=True)
    routed = State("routed 已转办")
    answered = State("answered 已答复")
    closed = State("closed 已办结", final=True)

    route = taken.to(routed) | routed.to(routed)
    answer = taken.to(answered) | routed.to(answered)
    call_again = answered.to(answered)
    reopen = answered.to(routed)
    close = answered.to(closed)


STATES = ("taken", "routed", "answered", "closed")

_SOURCE = "国办发〔2020〕53号 demands limits; the number of days is the area's"
ROUTING = limit(
    "limit_hotline_routing", Limit(1, "working_days", 0), _SOURCE,
    Text("Time to route a hotline request or to answer it", "热线诉求派单期限"),
)  # fmt: skip
ANSWERING = limit(
    "limit_hotline_answer", Limit(5, "working_days", 1), _SOURCE,
    Text("Time to answer a hotline request", "热线诉求办理答复期限"),
)  # fmt: skip
URGENT = limit(
    "limit_hotline_answer_urgent", Limit(1, "working_days", 0), _SOURCE,
    Text("Time to answer an urgent hotline request", "紧急热线诉求办理答复期限"),
)  # fmt: skip
CALLING = limit(
    "limit_hotline_call_back", Limit(5, "working_days", 1), _SOURCE,
    Text("Time to call back who was answered", "热线诉求回访期限"),
)  # fmt: skip
RULES = (ROUTING, ANSWERING, URGENT, CALLING)

_TAKEN = Step("routing", "taken", ROUTING, Text("routing", "派单"))
_CALLED = Step("call_back", "answered", CALLING, Text("call-back", "回访"))


def steps(urgency: str) -> Sequence[Step]:
    """The steps that have deadlines. A request that is routed on keeps the clock of its first routing."""
    answering = URGENT if urgency == "high" else ANSWERING
    return (_TAKEN, Step("answering", "routed", answering, Text("the answer", "办理答复")), _CALLED)


def loop_of(source: str, answered: bool) -> str | None:
    """Where a request stands that an older version recorded; None for what did not come by the hotline."""
    if source != "hotline":
        return None
    return "answered" if answered else "taken"


BEFORE_ANSWER = ("route", "answer")


def is_late(due_at: datetime | None, now: datetime) -> bool:
    """Whether the step that is being left took longer than it may."""
    return due_at is not None and now > due_at


def check_request(loop: str | None) -> None:
    """Raise Refused for a need that did not come by the hotline."""
    if loop is None:
        raise Refused(
            "no-hotline-request",
            Text("This need did not come by the hotline.", "该需求不是热线诉求。"),
            Text("Answer it, or put it into the library.", "请直接答复，或归入需求库。"),
            field="id",
        )


def check_route(area: str, to: str) -> None:
    """Raise Refused for an area of another district: there, nobody works for this hotline."""
    if areas.path(area)[0] != areas.path(to)[0]:
        raise Refused(
            "other-district",
            Text(f"{to} lies in another district than {area}.", f"{to} 与 {area} 不属同一区县。"),
            Text(
                "Route it to the district, one of its streets or communities.", "请转办至本区、街道或社区。"
            ),
            field="to",
        )


def after_call(result: str, calls: int) -> str:
    """The action of the loop that the result of a call-back 回访 leads to; `calls` counts this one."""
    if result == "unsatisfied":
        return "reopen"
    return "call_again" if result == "unreached" and calls < ATTEMPTS else "close"


def check_reasons(result: str, reasons: str | None) -> None:
    """Raise Refused where a request is reopened and nobody says what is still to be done."""
    if result == "unsatisfied" and not reasons:
        raise Refused(
            "reasons-needed",
            Text("The resident is not satisfied: with what?", "居民不满意，须说明原因。"),
            Text("Give in reasons what is still to be done.", "请在 reasons 填写仍需处理的事项。"),
            field="reasons",
        )


class Request(NamedTuple):
    """What counts of one hotline request."""

    area: str
    answered: bool
    late: bool
    due_at: datetime | None
    called_back: bool
    satisfied: bool | None


class Completion(NamedTuple):
    """How many requests of an area have come how far; shares are per hundred, rounded down, None of nothing."""

    requests: int
    answered: int
    answered_percent: int | None
    in_time: int
    in_time_percent: int | None
    overdue: int
    called_back: int
    satisfied: int
    satisfied_percent: int | None


def completion(requests: Iterable[Request], now: datetime) -> Completion:
    """The completion rate 办结率 and what goes with it. In time is what was answered without a late step; overdue is
    what now stands longer in its step than it may; satisfied counts those who were reached."""
    found = list(requests)
    answered = [one for one in found if one.answered]
    in_time = sum(not one.late for one in answered)
    asked = [one.satisfied for one in found if one.satisfied is not None]
    return Completion(
        requests=len(found),
        answered=len(answered),
        answered_percent=percent(len(answered), len(found)),
        in_time=in_time,
        in_time_percent=percent(in_time, len(answered)),
        overdue=sum(is_late(one.due_at, now) for one in found),
        called_back=sum(one.called_back for one in found),
        satisfied=sum(asked),
        satisfied_percent=percent(sum(asked), len(asked)),
    )


def by_part(requests: Sequence[Request], area: str, now: datetime) -> dict[str, Completion]:
    """The completion of an area as a whole, and of each area directly below it that has requests."""
    size = len(area) + 3
    parts = sorted({one.area[:size] for one in requests if len(one.area) >= size})
    told = {area: completion(requests, now)}
    return told | {part: completion((r for r in requests if r.area.startswith(part)), now) for part in parts}
