"""Routes of public summaries."""

from __future__ import annotations

from typing import Any

from services.registry.queries import summaries as queries
from services.registry.schemas import summaries as schemas
from services.registry.schemas.common import AreaQuery
from shared.call import Call
from shared.http import get, page_of

Data = dict[str, Any]


class SummaryRoutes:
    """公开信息"""

    @get(
        "/summaries", query=AreaQuery, answer=page_of(schemas.SummaryView),
        summary="Public summaries of all organisations 社会组织公开信息",
    )  # fmt: skip
    def summaries(self, call: Call, query: Data) -> Any:
        return queries.summaries(query)
