"""Draws, and what their experts are to judge."""

from __future__ import annotations

from typing import Any

from services.funding.commands import draws as commands
from services.funding.documents import Application, Draw, Round
from services.funding.queries import blind
from services.funding.queries.rounds import round_
from shared.call import Call
from shared.http.pages import Page

Data = dict[str, Any]


def draw(call: Call, round_id: str) -> Data:
    """Raises NotFound where none was prepared, and Forbidden."""
    target = round_(round_id)
    call.authorise(target.area)
    return shown(commands.here(target.id))


def shown(found: Draw) -> Data:
    """A draw with the panels that follow from it."""
    panels = [{"application": each, "experts": found.seats(each)} for each in found.applications]
    return {name: getattr(found, name) for name in _SHOWN} | {"panels": panels}


_SHOWN = (
    "id", "area", "round", "number", "status", "seed_hash", "seed", "beacon", "beacon_value", "pseudonyms",
    "prepared_at", "drawn_at", "revealed_at", "chair", "roster", "barred", "owner",
)  # fmt: skip


def reviews(call: Call, round_id: str) -> Page[Data]:
    """The applications that the asking expert judges, with the own scores and nobody else's; all of them, since a
    round has hundreds at most. Empty for who is on no panel of the round."""
    target = round_(round_id)
    call.authorise(target.area)
    found = commands.of_round(target.id)
    asker = commands.member(call, found) if found and found.status in ("drawn", "revealed") else None
    if found is None or asker is None:
        return Page([])
    pseudonym = asker[0]
    mine = [each for each in found.applications if pseudonym in found.seats(each)]
    return Page(
        [_review(target, each, pseudonym) for each in Application.objects(id__in=mine).order_by("id")]
    )


def _review(target: Round, application: Application, pseudonym: str) -> Data:
    hidden = blind.is_blind(target)
    own: Data = next((each for each in application.scores if each["expert"] == pseudonym), {})
    return {
        "application": application.id,
        "expert": pseudonym,
        "title": application.title,
        "plan": application.plan,
        "amount_fen": application.amount_fen,
        "beneficiaries_direct": application.beneficiaries_direct,
        "beneficiaries_indirect": application.beneficiaries_indirect,
        "organisation": None if hidden else application.organisation,
        "host": None if hidden else application.host,
        "scores": own.get("scores"),
        "remarks": own.get("remarks"),
    }
