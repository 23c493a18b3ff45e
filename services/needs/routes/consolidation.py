"""Consolidation 合并同类项: what may belong together, what a person decides, and the way back."""

from __future__ import annotations

import logging
from typing import Any

from nameko.timer import timer
from pymongo.errors import PyMongoError

from services.needs.commands import consolidation as decisions
from services.needs.commands import library as commands
from services.needs.commands import similarity as entries
from services.needs.queries import consolidation as queries
from services.needs.queries import similarity
from services.needs.schemas import consolidation as schemas
from services.needs.schemas.library import ItemView, SimilarNeed, SimilarQuery
from shared.call import Call
from shared.http import get, page_of, post
from shared.store.connection import unavailable

Data = dict[str, Any]
MINUTE = 60  # seconds
_log = logging.getLogger(__name__)


class ConsolidationRoutes:
    """Consolidation 合并同类项."""

    @get(
        "/needs/similar", query=SimilarQuery, answer=page_of(SimilarNeed),
        summary="Needs that may be merged 相似需求",
    )  # fmt: skip
    def similar(self, call: Call, query: Data) -> Any:
        return similarity.similar_needs(call, query)

    @get(
        "/alike", query=SimilarQuery, answer=schemas.Alike,
        summary="Needs and items like one about to be submitted 提交前查看相似需求",
    )  # fmt: skip
    def alike(self, call: Call, query: Data) -> Any:
        return similarity.alike(call, query)

    @get(
        "/proposals", query=schemas.ProposalQuery, answer=schemas.Proposals,
        summary="What may belong together 合并建议",
    )  # fmt: skip
    def proposals(self, call: Call, query: Data) -> Any:
        return queries.proposals(call, query)

    @post(
        "/proposals/rejection", body=schemas.Rejection, answer=schemas.DistinctionView, status=201,
        summary="Tell needs apart 认定为非同类",
    )  # fmt: skip
    def reject(self, call: Call, body: Data) -> Any:
        return decisions.reject(call, body)

    @post(
        "/library/several", body=schemas.NewItems, answer=schemas.NewItemsView, status=201,
        summary="Make several items 批量归集",
    )  # fmt: skip
    def consolidate_several(self, call: Call, body: Data) -> Any:
        commands.consolidate(call, body["items"])
        return {"items": queries.items_of(call, map(commands.label, range(len(body["items"]))))}

    @post(
        "/library/<id>/sources", body=schemas.MoreSources, answer=ItemView,
        summary="Take more needs into an item 归入需求",
    )  # fmt: skip
    def add_sources(self, call: Call, id: str, body: Data) -> Any:
        return commands.add_sources(call, id, body)

    @post(
        "/library/<id>/sources/removal", body=schemas.FewerSources, answer=ItemView,
        summary="Take sources out of an item 移出需求",
    )  # fmt: skip
    def take_out(self, call: Call, id: str, body: Data) -> Any:
        return commands.take_out(call, id, body)

    @post(
        "/library/<id>/sources/move", body=schemas.Move, answer=ItemView,
        summary="Move sources to another item 移至其他项目",
    )  # fmt: skip
    def move_sources(self, call: Call, id: str, body: Data) -> Any:
        return commands.move_sources(call, id, body)

    @post(
        "/library/<id>/split", body=schemas.Split, answer=schemas.SplitView, status=201,
        summary="Split an item 拆分项目",
    )  # fmt: skip
    def split(self, call: Call, id: str, body: Data) -> Any:
        item = commands.split(call, id, body)
        parts = queries.items_of(call, map(commands.part_label, range(len(body["parts"]))))
        return {"item": item, "parts": parts}

    @get("/library/<id>/history", answer=schemas.History, summary="How an item came about 项目沿革")
    def item_history(self, call: Call, id: str) -> Any:
        return queries.history(call, id)

    @get("/needs/<id>/way", answer=schemas.Way, summary="Where a need went 需求去向")
    def need_way(self, call: Call, id: str) -> Any:
        return queries.way(call, id)

    @timer(interval=MINUTE, eager=True)
    def keep_the_entries(self) -> None:
        """What a new version does: entries take another form."""
        try:
            entries.catch_up()
        except PyMongoError as error:
            if not unavailable(error):
                raise
            _log.warning("the entries of needs wait for the store", extra={"reason": type(error).__name__})
