"""Routes of figures."""

from __future__ import annotations

from typing import Any

from services.funding.queries import figures as queries
from services.funding.schemas import figures as schemas
from shared.call import Call
from shared.http import get

Data = dict[str, Any]


class FigureRoutes:
    """统计"""

    @get("/figures", query=schemas.FiguresQuery, answer=schemas.Figures, summary="Counts 统计")
    def figures(self, call: Call, query: Data) -> Any:
        return queries.figures(query)
