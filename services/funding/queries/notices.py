"""Objections, as they can be asked for."""

from __future__ import annotations

from typing import Any

from services.funding.commands.notices import objection_of
from services.funding.queries.applications import application, judged
from shared.call import Call
from shared.http.pages import Page

Data = dict[str, Any]


def objections(call: Call, identifier: str) -> Page[Data]:
    found = judged(call, identifier)
    return Page([objection | {"application": found.id} for objection in found.objections])


def objection(identifier: str, objection_id: str) -> Data:
    """What became of an objection, for whoever holds its receipt: its number is the secret. Raises NotFound."""
    return objection_of(application(identifier), objection_id) | {"application": identifier}
