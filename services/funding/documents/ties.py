"""What hangs together, and so is handed over to another node together or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.funding.documents import funds, payments, rounds
from shared import areas

if TYPE_CHECKING:
    from services.funding.documents.applications import Application
    from services.funding.documents.attachments import Attachment
    from services.funding.documents.contracts import Contract
    from services.funding.documents.drafts import Draft
    from services.funding.documents.projects import Project


ENDED = ("settled", "dissolved")  # states of a payment batch that is over


def seat_of_round(part: Application | Contract | Project | Draft | Attachment) -> str:
    """What belongs to a round belongs where that does."""
    found = rounds.Round.objects(id=part.round).first()
    return str(found.seated_at if found else part.owner)


def tied(owner: str, area: str) -> set[str]:
    """The owner's rounds and funds that hang together with one seated outside of `area`: money and what it is
    promised to are written at once, so one node owns both."""
    found_rounds = {
        found.id: found for found in rounds.Round.objects(owner=owner).only("id", "area", "seat", "funds")
    }
    found_funds = {found.id: found for found in funds.Fund.objects(owner=owner).only("id", "area", "seat")}
    bound = {i for i, one in (found_rounds | found_funds).items() if not areas.contains(area, one.seated_at)}
    groups = [{identifier, *found.funds} for identifier, found in found_rounds.items()]
    batches = payments.PaymentBatch.objects(owner=owner, status__nin=ENDED).only("id", "rounds")
    groups += [set(batch.rounds) for batch in batches]  # the bank's answer is set against all of them at once
    while more := [group for group in groups if group & bound and not group <= bound]:
        bound.update(*more)
    return bound


def within(field: str, bound: set[str]) -> dict[str, Any] | None:
    return {field: {"$in": sorted(bound)}} if bound else None
