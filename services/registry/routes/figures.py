"""Routes of areas and counts."""

from __future__ import annotations

from typing import Any

from services.registry.queries import figures as queries
from services.registry.schemas import figures as schemas
from shared.call import Call
from shared.http import get, page_of

Data = dict[str, Any]


class FigureRoutes:
    """区划与统计"""

    @get(
        "/areas/<area>",
        answer=page_of(schemas.Division),
        summary="An area and those below it 区划",
    )
    def divisions(self, call: Call, area: str) -> Any:
        return queries.divisions(area)

    @get("/figures", query=schemas.FiguresQuery, answer=schemas.Figures, summary="Counts 统计")
    def figures(self, call: Call, query: Data) -> Any:
        return queries.figures(query["area"])
