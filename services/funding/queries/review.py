"""Scores and the ranking, as they can be asked for."""

from __future__ import annotations

from typing import Any

from services.funding.queries.applications import judged
from services.funding.queries.rounds import round_
from shared.call import Call
from shared.http.pages import Page

Data = dict[str, Any]


def ranking(call: Call, identifier: str) -> Page[Data]:
    """Every place of a round's ranking with the figures that led to it."""
    found = round_(identifier)
    call.authorise(found.area)
    return Page(found.ranking)


def scores(call: Call, identifier: str) -> Page[Data]:
    return Page(judged(call, identifier).scores)
