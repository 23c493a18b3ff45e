"""Objections, as they can be asked for."""

from __future__ import annotations

from typing import Any

from services.funding.queries.applications import judged
from shared.call import Call
from shared.http.pages import Page

Data = dict[str, Any]


def objections(call: Call, identifier: str) -> Page[Data]:
    found = judged(call, identifier)
    return Page([objection | {"application": found.id} for objection in found.objections])
