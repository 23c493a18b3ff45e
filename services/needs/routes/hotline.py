"""The hotline 热线."""

from __future__ import annotations

from typing import Any

from services.needs.queries import hotline as queries
from services.needs.schemas import hotline as schemas
from services.needs.schemas.figures import FiguresQuery
from shared.call import Call
from shared.http import get, page_of

Data = dict[str, Any]


class HotlineRoutes:
    """The hotline 热线."""

    @get(
        "/hotline", query=FiguresQuery, answer=page_of(schemas.Completion),
        summary="Completion of hotline requests, of an area and each directly below 热线办结率",
    )  # fmt: skip
    def hotline(self, call: Call, query: Data) -> Any:
        return queries.completion(call, query)
