"""The course of a round: planned, opened, closed, concluded."""

from __future__ import annotations

from typing import Any

from services.funding.commands import known
from services.funding.documents import Application, Fund, Round
from services.funding.domain import rounds as domain
from services.funding.domain.applications import ApplicationLife
from services.funding.domain.rounds import RoundLife, check_after
from services.funding.subjects import applications as application_subjects
from services.funding.subjects import rounds as subjects
from shared import areas
from shared.call import Call
from shared.errors import NotYetKnown, Refused, Text
from shared.events.types import EventType
from shared.lifecycle import advance
from shared.store import Aggregate, Held, command, find, load, new, save, save_all

Data = dict[str, Any]


@command
def plan_round(call: Call, body: Data) -> Round:
    """Draft a round. Raises Refused where its parts do not fit, NotYetKnown for a fund that is not known."""
    planned = new(call, Round, **{name: value for name, value in body.items() if name != "kind"})
    planned.kind = body["kind"]
    domain.check_plan(
        planned.opens_at,
        planned.closes_at,
        [domain.Tranche(t["share"], t["condition"]) for t in planned.tranches],
        [c["name"] for c in planned.criteria],
    )
    if len(set(planned.funds)) < len(planned.funds):
        planned.funds = list(dict.fromkeys(planned.funds))
    # Held, so that none of them is handed over to another node before it is known that they hang together.
    held = [Held(_fund_for(call, planned, identifier)) for identifier in planned.funds]
    save_all(call, (planned, subjects.PLANNED), *held)
    return planned


def _fund_for(call: Call, planned: Round, identifier: str) -> Fund:
    """A round commits money of its own area, of those above, or given to it by areas below (matching 配套)."""
    fund = find(Fund, identifier)
    if fund is None:
        raise NotYetKnown(Text("Fund", "资金"), identifier, "funds")
    on_one_line = areas.contains(planned.area, fund.area) or areas.contains(fund.area, planned.area)
    if fund.owner != call.node.area or not on_one_line:
        raise Refused(
            "fund-of-others",
            Text(
                f"The fund belongs to {fund.area} and is kept by node {fund.owner}.",
                f"该资金属于 {fund.area}，由节点 {fund.owner} 管理。",
            ),
            Text("Use funds that this node keeps for the round's area.", "请使用本节点为该区域管理的资金。"),
            field="funds",
        )
    return fund


def open_round(call: Call, round_id: str) -> Round:
    """Call for applications 征集."""
    return _move(call, round_id, "opening", subjects.OPENED)


@command
def close_round(call: Call, round_id: str) -> Round:
    """End the call. Raises Refused before the announced deadline."""
    found = load(call, Round, round_id)
    found.status = advance(RoundLife, found.status, "closing")
    check_after(call.now, found.closes_at, "before-deadline", Text("The call for applications", "征集期"))
    return save(call, found, subjects.CLOSED)


@command
def _move(call: Call, round_id: str, action: str, event: EventType) -> Round:
    found = load(call, Round, round_id)
    found.status = advance(RoundLife, found.status, action)
    return save(call, found, event)


@command
def conclude(call: Call, round_id: str) -> Round:
    """Announce the result 公告. Raises Refused while a proposed application is neither awarded nor dropped;
    what was not proposed is dropped with it."""
    found = load(call, Round, round_id)
    found.status = advance(RoundLife, found.status, "conclusion")
    check_after(call.now, found.notice_ends_at, "notice-running", known.NOTICE)
    pending = [
        load(call, Application, a.id)
        for a in Application.objects(round=found.id, status__in=("submitted", "screened")).only("id")
    ]
    undecided = [a.id for a in pending if a.proposed]
    if undecided:
        raise Refused(
            "undecided",
            Text(
                f"{len(undecided)} proposed applications are undecided.",
                f"尚有 {len(undecided)} 个拟资助申报未决定。",
            ),
            Text("Award or drop them first.", "请先决定资助或不予资助。"),
            applications=undecided,
        )
    outcomes = {place["application"]: place["outcome"] for place in found.ranking}
    changes: list[tuple[Aggregate, EventType]] = [(found, subjects.CONCLUDED)]
    for application in pending:
        application.status = advance(ApplicationLife, application.status, "drop")
        application.reasons = [outcomes.get(application.id, "not_ranked").replace("_", "-")]
        changes.append((application, application_subjects.DROPPED))
    save_all(call, *changes)
    return found
