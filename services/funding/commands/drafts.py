"""Drafts: begun, written by several people, disposed of. Submission is in `applications`."""

from __future__ import annotations

from typing import Any

from services.funding.commands import known
from services.funding.commands.parties import party
from services.funding.documents import Draft
from services.funding.domain import drafts as domain
from services.funding.domain import forms
from services.funding.subjects import drafts as subjects
from shared.call import Call
from shared.ids import derived_id
from shared.lifecycle import advance
from shared.store import command, load, new, save

Data = dict[str, Any]


@command
def begin(call: Call, body: Data) -> Draft:
    """Begin a draft for a round, which need not be open yet. Raises Forbidden for whoever does not act for the party,
    NotYetKnown for an organisation that has not been heard of here."""
    target = known.round_here(call, body["round"])
    organisation = body["organisation"] or external_id(body["external"]["credit_code"])
    applying = party(call, target, organisation, body["host"], external=bool(body["external"]))
    draft = new(
        call.cleared(), Draft, area=applying.area, beside=target, round=target.id,
        host=body["host"], external=body["external"] or {}, generated=body["generated"],
    )  # fmt: skip
    draft.organisation = organisation
    return save(call, draft, subjects.BEGUN)


def external_id(credit_code: str) -> str:
    """An external party is the same one wherever it applies."""
    return derived_id("funding.external_party", credit_code)


@command
def write(call: Call, draft_id: str, body: Data) -> Draft:
    """Keep what an author has written as the next version; nothing happens where it changes nothing.

    Raises Conflict where somebody else has changed the same fields meanwhile, Invalid for answers that the round's
    form does not take.
    """
    draft = open_draft(call, draft_id)
    target = known.round_here(call, draft.round)
    answers = {key: value for key, value in body["content"]["answers"].items() if value is not None}
    forms.check_answers(forms.of(target.form), answers, partial=True)
    changed = domain.changed(draft.versions, domain.flat(body["content"]), body["based_on"])
    if not changed:
        return draft
    domain.check_room(draft.versions)
    draft.versions.append(
        {"number": len(draft.versions) + 1, "author": call.actor.subject, "at": call.now, "changed": changed}
    )
    draft.host = domain.content(draft.versions).get("host") or draft.host
    return save(call, draft, subjects.WRITTEN)


@command
def dispose(call: Call, draft_id: str) -> Draft:
    draft = open_draft(call, draft_id)
    draft.status = advance(domain.DraftLife, draft.status, "dispose")
    return save(call, draft, subjects.DISPOSED)


def open_draft(call: Call, draft_id: str) -> Draft:
    """A draft that is still being written, for one of those who may write it. Raises Refused afterwards."""
    known.authorise_party(call, known.draft(draft_id))
    draft = load(call.cleared(), Draft, draft_id)
    advance(domain.DraftLife, draft.status, "submit")  # raises where it is not being written any more
    return draft
