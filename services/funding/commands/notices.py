"""The public notice and the objections that are raised during it."""

from __future__ import annotations

from typing import Any

from services.funding.commands import known
from services.funding.documents import Application, Round
from services.funding.domain.applications import ApplicationLife
from services.funding.domain.procurement import check_remedy
from services.funding.domain.rounds import RoundLife
from services.funding.subjects import applications as subjects
from shared import workdays
from shared.call import Call
from shared.errors import Conflict, NotFound, Refused, Text
from shared.lifecycle import advance
from shared.store import command, load, save, save_all

Data = dict[str, Any]


def object_to(call: Call, application_id: str, text: str) -> Data:
    """Object 异议 during the public notice, as anybody may; returns the receipt."""
    application = _object_to(call, application_id, text)
    receipt: Data = next(o for o in application.objections if o["id"] == call.new_id("objection"))
    return receipt | {"application": application.id}


@command
def _object_to(call: Call, application_id: str, text: str) -> Application:
    application = load(call, Application, application_id)
    target = known.judged_round(call, application.round)
    check_remedy(target.remedy, "objections")
    running = target.status == "noticed" and call.now <= target.notice_ends_at
    if not running or not application.proposed or application.status != "screened":
        raise Refused(
            "no-notice",
            Text("This application is not on public notice now.", "该申报目前不在公示期内。"),
            Text("Objections are taken during the notice only.", "异议须在公示期内提出。"),
        )
    application.objections.append(
        {"id": call.new_id("objection"), "text": text, "received_at": call.now, "upheld": None}
    )
    application.open_objections += 1
    return save(call, application, subjects.OBJECTED)


def objection_of(application: Application, identifier: str) -> Data:
    """Raises NotFound for one that the application does not have."""
    objection: Data | None = next((o for o in application.objections if o["id"] == identifier), None)
    if objection is None:
        raise NotFound(
            "no-such-objection",
            Text("There is no such objection.", "没有该异议。"),
            Text("Check the identifier.", "请核对编号。"),
            field="objection",
        )
    return objection


@command
def settle(call: Call, application_id: str, objection_id: str, body: Data) -> Application:
    """Settle an objection; one that is upheld drops the application."""
    application = load(call, Application, application_id)
    known.judged_round(call, application.round)
    objection = objection_of(application, objection_id)
    if objection["upheld"] is not None:
        raise Conflict(
            "settled-already",
            Text("This objection is settled.", "该异议已处理。"),
            Text("Look up the settlement.", "请查询处理结果。"),
            field="objection",
        )
    objection.update(body, settled_at=call.now)
    application.open_objections -= 1
    if not body["upheld"] or application.status == "dropped":
        return save(call, application, subjects.SETTLED)
    application.status = advance(ApplicationLife, application.status, "drop")
    application.reasons = ["objection-upheld"]
    save_all(call, (application, subjects.SETTLED), (application, subjects.DROPPED))
    return application


def begin(call: Call, found: Round) -> None:
    """Put what is proposed to public notice 公示, for the round's number of working days."""
    found.status = advance(RoundLife, found.status, "notice")
    found.notice_ends_at = workdays.deadline(call.now, found.notice_working_days, "working_days").at
