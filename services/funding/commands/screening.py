"""First screening 初审: by rule where it can be, by a person where it cannot, and reversed with reasons."""

from __future__ import annotations

from typing import Any

from services.funding.commands import attachments, known
from services.funding.documents import Application, KnownTopic, Round
from services.funding.domain import eligibility
from services.funding.domain import screening as domain
from services.funding.domain.applications import ApplicationLife
from services.funding.domain.rounds import check_reviewing
from services.funding.subjects import applications as subjects
from shared import clock
from shared.call import Call
from shared.errors import Refused, Text
from shared.events.types import EventType
from shared.lifecycle import advance
from shared.store import command, load, save

Data = dict[str, Any]
GONE = ("rejected", "dropped")


@command
def screen(call: Call, application_id: str) -> Application:
    """Hold an application against every rule of its round: passed, rejected with every reason, or left to a person
    where a rule cannot be decided."""
    application, target = _loaded(call, application_id)
    return save(call, application, apply(call, target, application))


def apply(call: Call, target: Round, application: Application) -> EventType:
    """Screen an application that is being written; returns the event that tells what came of it."""
    found = [*domain.checks(_facts(application), _limits(target)), *_eligible(target, application)]
    application.checks = [each._asdict() for each in found]
    application.reasons = domain.reasons(found)
    match domain.verdict(found):
        case eligibility.FAILED:
            application.status = advance(ApplicationLife, application.status, "reject")
            return subjects.REJECTED
        case eligibility.MET:
            return _pass(call, application)
        case _:
            advance(ApplicationLife, application.status, "screen")  # raises where it is screened already
            return subjects.EXAMINED


@command
def decide(call: Call, application_id: str, body: Data) -> Application:
    """Decide as a person what the rules left open. Raises Refused where they left nothing open."""
    application, _ = _loaded(call, application_id)
    advance(ApplicationLife, application.status, "screen")
    if not application.checks:
        raise Refused(
            "nothing-open",
            Text("The rules have not been applied yet.", "尚未按规则初审。"),
            Text("Have it screened first: most is decided by rule.", "请先执行初审，多数条件可自动判定。"),
            field="status",
        )
    return _decided(call, application, body["passed"], body["reasons"], reversal=False)


@command
def reverse(call: Call, application_id: str, reasons: str) -> Application:
    """Turn a screening round, for reasons that are kept with it. Raises Refused once the round is ranked."""
    application, _ = _loaded(call, application_id)
    advance(ApplicationLife, application.status, "reverse")
    return _decided(call, application, application.status == "rejected", reasons, reversal=True)


def _loaded(call: Call, application_id: str) -> tuple[Application, Round]:
    application = load(call, Application, application_id)
    target = known.judged_round(call, application.round)
    check_reviewing(target.status)
    return application, target


def _decided(
    call: Call, application: Application, passed: bool, reasons: str, *, reversal: bool
) -> Application:
    application.decisions.append(
        {"passed": passed, "reasons": reasons, "decided_at": call.now, "reversal": reversal}
    )
    if reversal:
        application.status = advance(ApplicationLife, application.status, "reverse")
        application.screened_at = call.now if passed else None
        application.reasons = [] if passed else ["reversed"]
        return save(call, application, subjects.REVERSED)
    if passed:
        return save(call, application, _pass(call, application))
    application.status = advance(ApplicationLife, application.status, "reject")
    application.reasons = [each["reason"] for each in application.checks if each["outcome"] == "open"]
    return save(call, application, subjects.REJECTED)


def _pass(call: Call, application: Application) -> EventType:
    application.status = advance(ApplicationLife, application.status, "screen")
    application.screened_at = call.now
    application.reasons = []
    return subjects.SCREENED


def _eligible(target: Round, application: Application) -> list[eligibility.Check]:
    """A filed team is measured itself; its host answers for the money and is measured by its status."""
    on = target.opens_at.astimezone(clock.CHINA).date()
    applicant = known.applicant(application.organisation, target.area, on)
    return eligibility.examine(target.eligibility, applicant, on)


def _limits(target: Round) -> domain.Limits:
    return domain.Limits(
        tracks=target.tracks,
        topics_only=target.topics_only,
        cap=target.cap_fen,
        external=bool(target.external),
        organisation_cap=target.organisation_cap_fen,
        organisation_most=target.organisation_most,
    )


def _facts(application: Application) -> domain.Facts:
    topic = KnownTopic.objects(id=application.topic).first() if application.topic else None
    topic_status = (topic.status if topic else "unknown") if application.topic else None
    earlier = [
        each
        for each in Application.objects(
            round=application.round, organisation=application.organisation, status__nin=GONE
        ).only("id", "submitted_at", "amount_fen")
        if (each.submitted_at, each.id) < (application.submitted_at, application.id)
    ]
    return domain.Facts(
        organisation_status=known.status_of(application.organisation) or "unknown",
        track=application.track,
        host_status=known.status_of(application.host),
        topic_status=topic_status,
        amount=application.amount_fen,
        external=application.external.get("name") if application.external else None,
        before_fen=sum(each.amount_fen for each in earlier),
        before=len(earlier),
        attachments=[each.status for each in attachments.of(application.draft)],
    )
