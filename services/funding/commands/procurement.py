"""Query 质疑 and complaint 投诉 by suppliers, and what they do to awards."""

from __future__ import annotations

from typing import Any

from services.funding.commands import funds, known
from services.funding.documents import Application, Round, SupplierQuery
from services.funding.domain import procurement as domain
from services.funding.domain.applications import ApplicationLife
from services.funding.subjects import procurement as subjects
from services.funding.subjects.applications import DROPPED
from shared.call import Call
from shared.lifecycle import advance
from shared.store import Held, command, load, new, save, save_all

Data = dict[str, Any]
CONCERNED = ("screened", "awarded")  # what a query can still stop: a contract that is signed binds


@command
def raise_query(call: Call, round_id: str, body: Data) -> SupplierQuery:
    """Take a supplier's query; the awards that it is about are held until it is answered.

    Raises Refused for a round without this remedy, for who took no part in it, before there is anything to query,
    and after the time for it.
    """
    target = known.round_here(call, round_id)
    authorise(call, target.area, body["organisation"])
    raised = new(call.cleared(), SupplierQuery, area=target.area, beside=target, round=target.id)
    domain.check_remedy(target.remedy, "procurement")
    domain.check_took_part(body["organisation"], _parties(target, body["organisation"]))
    if body["application"]:
        domain.check_of_round(known.application(body["application"]).round, target.id)
    course = domain.Course(target.opens_at, target.ranked_at, target.notice_ends_at)
    domain.check_ground(body["ground"], course, call.now)
    for name, value in body.items():
        setattr(raised, name, value)
    raised.received_at, raised.reply_due_at = call.now, domain.reply_due(call.now)
    raised.complaint_until_at = domain.complaint_until(raised.reply_due_at)
    # Held, so that none of them is awarded or contracted by somebody who does not know of the query.
    held = [Held(each) for each in _concerned(call, raised)]
    save_all(call, (raised, subjects.RAISED), *held)
    return raised


def authorise(call: Call, area: str, organisation: str) -> None:
    """Raise Forbidden unless the actor is an officer of the supplier, or of the staff where it or the round is."""
    if not known.officer_of(call, organisation):
        call.authorise([area, *filter(None, [known.home(organisation)])], organisation)


def _parties(target: Round, organisation: str) -> list[str | None]:
    """Those who took part, as far as they are this organisation: as applicant or as host."""
    found = Application.objects(
        __raw__={"round": target.id, "$or": [{"organisation": organisation}, {"host": organisation}]}
    ).first()
    return [found.organisation, found.host] if found else []


def _concerned(call: Call, query: SupplierQuery) -> list[Application]:
    """The applications that a query is about, as far as they can still be stopped."""
    about = {"id": query.application} if query.application else {"proposed": True}
    found = Application.objects(round=query.round, status__in=CONCERNED, **about)
    return [load(call.cleared(), Application, each.id) for each in found.only("id")]


@command
def answer(call: Call, query_id: str, body: Data) -> SupplierQuery:
    """The purchaser replies. Upheld and touching the result, the awards concerned are dropped, and what was
    committed for them is free again."""
    query = load(call, SupplierQuery, query_id)
    query.status = advance(domain.SupplierQueryLife, query.status, "answer")
    query.reply, query.upheld = {"text": body["text"], "at": call.now}, body["upheld"]
    dropped = _drop(call, query, "query-upheld") if body["upheld"] and body["affects_result"] else []
    save_all(call, (query, subjects.ANSWERED), *dropped)
    return query


@command
def complain(call: Call, query_id: str, text: str) -> SupplierQuery:
    """Take the complaint of a supplier whom the reply did not satisfy, or who got none in time."""
    stub = known.supplier_query(query_id)
    authorise(call, stub.area, stub.organisation)
    query = load(call.cleared(), SupplierQuery, query_id)
    domain.check_complaint(query.status, query.reply_due_at, call.now)
    query.status = advance(domain.SupplierQueryLife, query.status, "complain")
    query.complaint, query.decision_due_at = {"text": text, "at": call.now}, domain.decision_due(call.now)
    return save(call, query, subjects.COMPLAINED)


@command
def suspend(call: Call, query_id: str, days: int) -> SupplierQuery:
    """The supervising department lets the purchase stand still over a complaint, for so many days of the calendar
    since it did so first."""
    query = load(call, SupplierQuery, query_id)
    query.status = advance(domain.SupplierQueryLife, query.status, "suspend")
    query.suspended_at = query.suspended_at or call.now
    query.suspended_until_at = domain.suspended_until(query.suspended_at, days)
    held = [Held(each) for each in _concerned(call, query)]
    save_all(call, (query, subjects.SUSPENDED), *held)
    return query


@command
def decide(call: Call, query_id: str, body: Data) -> SupplierQuery:
    """The supervising department decides. Effects as those of a reply."""
    query = load(call, SupplierQuery, query_id)
    query.status = advance(domain.SupplierQueryLife, query.status, "decide")
    query.decision, query.upheld = {"text": body["text"], "at": call.now}, body["upheld"]
    dropped = _drop(call, query, "complaint-upheld") if body["upheld"] and body["affects_result"] else []
    save_all(call, (query, subjects.DECIDED), *dropped)
    return query


def _drop(call: Call, query: SupplierQuery, reason: str) -> list[funds.Change]:
    """The changes that drop the awards concerned and give back what was committed for them."""
    concerned = _concerned(call, query)
    given_back = {each.id: funds.parts(each.commitments) for each in concerned}
    names = {part.fund for parts in given_back.values() for part in parts}
    loaded = funds.load_funds(call.cleared(), sorted(names))
    changes: list[funds.Change] = []
    for each in concerned:
        each.status = advance(ApplicationLife, each.status, "drop")
        each.reasons, each.commitments = [reason], []
        changes.append((each, DROPPED))
        changes += funds.release(call, loaded, given_back[each.id], each.id)
    return changes


def check_unheld(call: Call, application: Application) -> None:
    """Raise Refused while a query or a suspension holds the award of this application."""
    about = SupplierQuery.objects(round=application.round, application__in=(None, application.id))
    domain.check_not_held(
        [each.id for each in about if domain.holds(each.status, each.suspended_until_at, call.now)]
    )
