"""Applications: submission, at once or out of a draft, and withdrawal."""

from __future__ import annotations

from typing import Any

from services.funding.commands import attachments, funds, known, screening, stages
from services.funding.commands.parties import Party, party
from services.funding.documents import Application, Draft, Round
from services.funding.domain import drafts as domain
from services.funding.domain import forms
from services.funding.domain.applications import ApplicationLife
from services.funding.domain.rounds import check_accepting
from services.funding.subjects import applications as subjects
from services.funding.subjects import drafts as draft_subjects
from shared.call import Call
from shared.errors import Refused, Text
from shared.lifecycle import advance
from shared.store import command, load, new, save_all

Data = dict[str, Any]


@command
def submit(call: Call, body: Data) -> Application:
    """Apply to an open round. A filed team names the registered organisation that answers for it.

    Raises Refused outside of the call's time, Invalid for answers that the round's form does not take, NotYetKnown
    for what has not been heard of here yet.
    """
    target = known.round_here(call, body["round"])
    applying = party(call, target, body["organisation"], body["host"])
    application = _new(call, target, applying, body)
    forms.check_answers(forms.of(target.form), application.answers)
    save_all(call, *_submitted(call, target, application))
    return application


@command
def submit_draft(call: Call, draft_id: str) -> Application:
    """Submit what is written: the application and the draft in one write. Raises as `submit`, and Refused while a
    field that every application has is missing."""
    stub = known.draft(draft_id)
    known.authorise_party(call, stub)
    target = known.round_here(call, stub.round)
    content = domain.content(stub.versions)
    _check_complete(content)
    body = {"host": stub.host, "topic": None, "plan": ""} | domain.folded(content)
    applying = party(call, target, stub.organisation, body["host"], external=bool(stub.external))
    values = body | {"draft": stub.id, "external": stub.external, "generated": stub.generated}
    application = _new(call, target, applying, values)
    draft = load(call.cleared(), Draft, draft_id)
    draft.status = advance(domain.DraftLife, draft.status, "submit")
    attached = [each.field for each in attachments.of(draft.id)]
    forms.check_answers(forms.of(target.form), application.answers, attached)
    draft.application = application.id
    save_all(call, *_submitted(call, target, application), (draft, draft_subjects.SUBMITTED))
    return application


def _check_complete(content: Data) -> None:
    missing = [name for name in ("title", "amount_fen") if name not in content]
    if missing:
        raise Refused(
            "draft-incomplete",
            Text(f"Still missing: {', '.join(missing)}.", f"尚未填写：{'、'.join(missing)}。"),
            Text("Write them before you submit.", "请填写后再提交。"),
            field=missing[0],
        )


def _new(call: Call, target: Round, applying: Party, values: Data) -> Application:
    if values["topic"]:
        known.topic(values["topic"])
    own = {name: value for name, value in values.items() if name not in ("organisation", "round")}
    application = new(
        call.cleared(), Application, area=applying.area, beside=target, round=target.id, track=applying.track, **own
    )  # fmt: skip
    application.organisation = applying.organisation
    check_accepting(target.status, target.opens_at, target.closes_at, call.now)
    application.submitted_at = call.now
    return application


def _submitted(call: Call, target: Round, application: Application) -> list[funds.Change]:
    """Where the round takes no stage of screening, the rules are applied at once."""
    if stages.in_use(target, "screening"):
        return [(application, subjects.SUBMITTED)]
    return [(application, subjects.SUBMITTED), (application, screening.apply(call, target, application))]


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
