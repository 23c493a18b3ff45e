"""Applications up to the award: submission, screening, scores, objections."""

from __future__ import annotations

from typing import Any

from services.funding import domain, subjects
from services.funding.commands import funds, known
from services.funding.documents import Application, KnownTopic
from shared import areas
from shared.call import Call
from shared.errors import Conflict, NotFound, Refused, Text
from shared.lifecycle import advance
from shared.store import command, load, new, save, save_all

Data = dict[str, Any]


@command
def submit(call: Call, body: Data) -> Application:
    """Apply to an open round. A filed team names the registered organisation that answers for it.

    Raises Refused outside of the call's time, NotYetKnown for what has not been heard of here yet.
    """
    target = known.round_here(call, body["round"])
    organisation = known.organisation(body["organisation"], "organisation")
    host = known.organisation(body["host"], "host") if body["host"] else None
    if body["topic"]:
        known.topic(body["topic"])
    # An organisation of elsewhere applies in the round's own area: a node tells events of its own area only.
    area = organisation.area if areas.contains(target.area, organisation.area) else target.area
    if not known.officer_of(call, body["organisation"], body["host"]):
        call.authorise([organisation.area, target.area], body["organisation"], body["host"])
    values = {name: value for name, value in body.items() if name != "organisation"}
    application = new(call.cleared(), Application, area=area, beside=target, **values)
    domain.check_accepting(target.status, target.opens_at, target.closes_at, call.now)
    if organisation.track == "filed" and (host is None or host.track != "registered"):
        raise Refused(
            "host-needed",
            Text(
                "A filed team applies through a registered organisation.",
                "备案团队须由登记的社会组织承接申报。",
            ),
            Text("Name it as host.", "请填写承接单位。"),
            field="host",
        )
    application.organisation = body["organisation"]
    application.track = organisation.track
    application.submitted_at = call.now
    return save(call, application, subjects.SUBMITTED)


@command
def screen(call: Call, application_id: str) -> Application:
    """First screening 初审, by rule alone: passed, or rejected with every reason."""
    application = load(call, Application, application_id)
    target = known.judged_round(call, application.round)
    domain.check_reviewing(target.status)
    topic = KnownTopic.objects(id=application.topic).first() if application.topic else None
    reasons = domain.screen(
        organisation_status=known.status_of(application.organisation) or "unknown",
        track=application.track,
        tracks=target.tracks,
        host_status=known.status_of(application.host),
        topic_status=topic.status if topic else None,
        topics_only=target.topics_only,
        amount=application.amount_fen,
        cap=target.cap_fen,
    )
    application.reasons = reasons
    if reasons:
        application.status = advance(domain.ApplicationLife, application.status, "reject")
        return save(call, application, subjects.REJECTED)
    application.status = advance(domain.ApplicationLife, application.status, "screen")
    application.screened_at = call.now
    return save(call, application, subjects.SCREENED)


@command
def score(call: Call, application_id: str, body: Data) -> Application:
    """One expert's scores 评分. Raises Refused for ties to the applicant, Conflict for a second score."""
    application = load(call, Application, application_id)
    target = known.judged_round(call, application.round)
    domain.check_reviewing(target.status)
    if application.status != "screened":
        raise Refused(
            "not-screened",
            Text("Only screened applications are scored.", "只对初审通过的申报评分。"),
            Text("Screen it first.", "请先完成初审。"),
        )
    ties = {body["affiliation"], call.actor.organisation} - {None}
    if ties & {application.organisation, application.host}:
        raise Refused(
            "conflict-of-interest",
            Text("The expert belongs to the applicant.", "专家与申报单位存在利害关系。"),
            Text("Let another expert score.", "请由其他专家评分。"),
            field="affiliation",
        )
    domain.check_scores(body["scores"], {c["name"]: c["weight"] for c in target.criteria})
    if any(given["expert"] == body["expert"] for given in application.scores):
        raise Conflict(
            "scored-already",
            Text("This expert has scored this application.", "该专家已对此申报评分。"),
            Text("Each expert scores once.", "每位专家只评分一次。"),
            field="expert",
        )
    application.scores.append(body | {"scored_at": call.now})
    return save(call, application, subjects.SCORED)


def object_to(call: Call, application_id: str, text: str) -> Data:
    """Object 异议 during the public notice, as anybody may; returns the receipt."""
    application = _object_to(call, application_id, text)
    receipt: Data = next(o for o in application.objections if o["id"] == call.new_id("objection"))
    return receipt | {"application": application.id}


@command
def _object_to(call: Call, application_id: str, text: str) -> Application:
    application = load(call, Application, application_id)
    target = known.judged_round(call, application.round)
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


@command
def settle(call: Call, application_id: str, objection_id: str, body: Data) -> Application:
    """Settle an objection; one that is upheld drops the application."""
    application = load(call, Application, application_id)
    known.judged_round(call, application.round)
    objection = next((o for o in application.objections if o["id"] == objection_id), None)
    if objection is None:
        raise NotFound(
            "no-such-objection",
            Text("There is no such objection.", "没有该异议。"),
            Text("Check the identifier.", "请核对编号。"),
            field="objection",
        )
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
    application.status = advance(domain.ApplicationLife, application.status, "drop")
    application.reasons = ["objection-upheld"]
    save_all(call, (application, subjects.SETTLED), (application, subjects.DROPPED))
    return application


@command
def withdraw(call: Call, application_id: str) -> Application:
    """Take an application back, or out of the round; what was committed for it is free again."""
    known.authorise_party(call, known.application(application_id))
    cleared = call.cleared()  # a fund far above the applicant's area gets its own money back
    application = load(cleared, Application, application_id)
    application.status = advance(domain.ApplicationLife, application.status, "drop")
    application.reasons = ["withdrawn"]
    given_back = funds.parts(application.commitments)
    loaded = funds.load_funds(cleared, [part.fund for part in given_back])
    application.commitments = []
    freed = funds.release(call, loaded, given_back, application.id)
    save_all(call, (application, subjects.DROPPED), *freed)
    return application
