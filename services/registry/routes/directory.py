"""Routes of the directory 名录."""

from __future__ import annotations

import logging
from typing import Any

from nameko.timer import timer
from pymongo.errors import PyMongoError

from services.registry.commands import directory as commands
from services.registry.queries import directory as queries
from services.registry.queries import directory_counts as counts
from services.registry.schemas import directory as schemas
from shared.call import Call
from shared.http import get, page_of
from shared.store.connection import unavailable

Data = dict[str, Any]
MINUTE = 60
_log = logging.getLogger(__name__)


class DirectoryRoutes:
    """名录"""

    @get(
        "/directory", query=schemas.DirectoryQuery, answer=page_of(schemas.DirectoryItem),
        summary="Search organisations 名录检索",
    )  # fmt: skip
    def directory(self, call: Call, query: Data) -> Any:
        return queries.search(call, query)

    @get(
        "/directory/facets", query=schemas.Filters, answer=schemas.Facets,
        summary="Count organisations by facets 分面统计",
    )  # fmt: skip
    def directory_facets(self, call: Call, query: Data) -> Any:
        return counts.facets(call, query)

    @get(
        "/directory/growth", query=schemas.GrowthQuery, answer=schemas.Growth,
        summary="Growth by year and track 历年增长",
    )  # fmt: skip
    def directory_growth(self, call: Call, query: Data) -> Any:
        return counts.growth(call, query)

    @get(
        "/directory/density", query=schemas.DensityQuery, answer=schemas.Density,
        summary="Organisations per 10,000 residents 每万人拥有数",
    )  # fmt: skip
    def directory_density(self, call: Call, query: Data) -> Any:
        return counts.density(call, query)

    @timer(interval=MINUTE, eager=True)
    def keep_the_directory(self) -> None:
        """What time does, and a new version: grades begin and lapse, entries take another form."""
        try:
            commands.catch_up()
            commands.turn_grades()
        except PyMongoError as error:
            if not unavailable(error):
                raise
            _log.warning("the directory waits for the store", extra={"reason": type(error).__name__})
