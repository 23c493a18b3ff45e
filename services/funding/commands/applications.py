"""Applications: submission, screening, withdrawal."""

from __future__ import annotations

from typing import Any

from services.funding.commands import funds, known
from services.funding.documents import Application, KnownTopic
from services.funding.domain import applications as domain
from services.funding.domain.applications import ApplicationLife
from services.funding.domain.rounds import check_accepting, check_reviewing
from services.funding.subjects import applications as subjects
from shared import areas
from shared.call import Call
from shared.errors import Refused, Text
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
    check_accepting(target.status, target.opens_at, target.closes_at, call.now)
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
    check_reviewing(target.status)
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
        application.status = advance(ApplicationLife, application.status, "reject")
        return save(call, application, subjects.REJECTED)
    application.status = advance(ApplicationLife, application.status, "screen")
    application.screened_at = call.now
    return save(call, application, subjects.SCREENED)


@command
def withdraw(call: Call, application_id: str) -> Application:
    """Take an application back, or out of the round; what was committed for it is free again."""
    known.authorise_party(call, known.application(application_id))
    cleared = call.cleared()  # a fund far above the applicant's area gets its own money back
    application = load(cleared, Application, application_id)
    application.status = advance(ApplicationLife, application.status, "drop")
    application.reasons = ["withdrawn"]
    given_back = funds.parts(application.commitments)
    loaded = funds.load_funds(cleared, [part.fund for part in given_back])
    application.commitments = []
    freed = funds.release(call, loaded, given_back, application.id)
    save_all(call, (application, subjects.DROPPED), *freed)
    return application
