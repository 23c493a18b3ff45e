"""The course of a round: planned, by a scheme or by its own data, and moved on through its stages."""

from __future__ import annotations

from typing import Any

from services.funding.commands import stages
from services.funding.documents import Fund, Round, Scheme
from services.funding.domain import rounds as domain
from services.funding.domain import schemes
from services.funding.domain import stages as course
from services.funding.domain.rounds import RoundLife
from services.funding.subjects import rounds as subjects
from shared import areas
from shared.call import Call
from shared.errors import NotYetKnown, Refused, Text
from shared.lifecycle import advance
from shared.store import Held, command, find, load, new, save_all

Data = dict[str, Any]
OWN = ("name", "year", "funds", "opens_at", "closes_at", "generated")  # what no scheme says of a round


@command
def plan_round(call: Call, body: Data) -> Round:
    """Draft a round by its own data. Raises Refused and Invalid where its parts do not fit, NotYetKnown for a fund
    that is not known."""
    planned = new(call, Round, area=body["area"])
    return _plan(call, planned, body, body)


@command
def plan_by_scheme(call: Call, scheme_id: str, body: Data) -> Round:
    """Draft a round by a version of a scheme of its area or of one above. It keeps its own copy of the terms:
    whatever becomes of the scheme, it goes on as it began. Raises as `plan_round`."""
    planned = new(call, Round, area=body["area"])
    scheme = _scheme_for(planned, scheme_id)
    domain.check_opening(body["opens_at"])
    version = schemes.chosen(scheme.to_mongo()["versions"], body["number"])
    terms, closes_at = version["terms"], body["closes_at"]
    closes_at = closes_at or course.deadline_of_call(course.of(terms["stages"]), body["opens_at"])
    if closes_at is None:
        raise Refused(
            "deadline-open",
            Text("The scheme does not say how long the call is.", "方案未规定征集期时长。"),
            Text("Give closes_at.", "请填写截止时间 closes_at。"),
            field="closes_at",
        )
    planned.scheme, planned.scheme_version = scheme.id, version["number"]
    return _plan(call, planned, terms, body | {"closes_at": closes_at})


def _plan(call: Call, planned: Round, terms: Data, own: Data) -> Round:
    schemes.check_terms(terms)
    domain.check_dates(own["opens_at"], own["closes_at"])
    for name in schemes.TERMS:
        setattr(planned, name, terms[name])
    for name in OWN:
        setattr(planned, name, own[name])
    planned.funds = list(dict.fromkeys(planned.funds))
    spans = course.calendar(course.of(planned.stages), planned.opens_at, planned.closes_at)
    planned.calendar = [span._asdict() for span in spans]
    # Held, so that none of them is handed over to another node before it is known that they hang together.
    held = [Held(_fund_for(call, planned, identifier)) for identifier in planned.funds]
    save_all(call, (planned, subjects.PLANNED), *held)
    return planned


def _scheme_for(planned: Round, identifier: str) -> Scheme:
    scheme = find(Scheme, identifier)
    if scheme is None:
        raise NotYetKnown(Text("Scheme", "轮次方案"), identifier, "scheme")
    schemes.check_in_use(scheme.status)
    if not areas.contains(scheme.area, planned.area):
        raise Refused(
            "scheme-of-others",
            Text(f"The scheme is for {scheme.area} and below.", f"该方案适用于 {scheme.area} 及其下级区域。"),
            Text("Use a scheme of the round's area or above.", "请使用本区域或上级的方案。"),
            field="scheme",
        )
    return scheme


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


@command
def next_stage(call: Call, round_id: str) -> Round:
    """Move on to the next stage in use, with all that entering it means. Raises Refused while a condition of the
    present one is not met, and at the end of the course."""
    found = load(call, Round, round_id)
    if found.stage == course.FINISHED:
        raise Refused(
            "course-over",
            Text("The round has left its last stage.", "本轮已完成全部环节。"),
            Text("Nothing is left to be done.", "无后续环节。"),
            field="stage",
        )
    save_all(call, *stages.move(call, found, stages.following(found)))
    return found


def open_round(call: Call, round_id: str) -> Round:
    """Call for applications 征集."""
    return _move(call, round_id, "opening", "projects_call")


def close_round(call: Call, round_id: str) -> Round:
    """End the call. Raises Refused before the announced deadline."""
    return _move(call, round_id, "closing", None)


def notice(call: Call, round_id: str) -> Round:
    """Put what is proposed to public notice 公示."""
    return _move(call, round_id, "notice", "notice")


def conclude(call: Call, round_id: str) -> Round:
    """Announce the result 公告. Raises Refused while a proposed application is neither awarded nor dropped;
    what was not proposed is dropped with it."""
    return _move(call, round_id, "conclusion", None)


@command
def _move(call: Call, round_id: str, action: str, to: str | None) -> Round:
    """Do what an action means by moving on: to a stage, or out of the present one for None."""
    found = load(call, Round, round_id)
    advance(RoundLife, found.status, action)  # raises where the action is not possible now
    save_all(call, *stages.move(call, found, to or stages.following(found)))
    return found
