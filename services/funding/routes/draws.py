"""Routes of the draw of a panel and of what its experts see."""

from __future__ import annotations

from typing import Any

from services.funding.commands import draws as commands
from services.funding.queries import draws as queries
from services.funding.schemas import draws as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class DrawRoutes:
    """专家抽取"""

    @post(
        "/rounds/<id>/draw/preparation", body=schemas.Preparation, answer=schemas.DrawView, status=201,
        summary="Publish pseudonyms and the hash of the seed 公布抽取方案",
    )  # fmt: skip
    def prepare_draw(self, call: Call, id: str, body: Data) -> Any:
        return queries.shown(commands.prepare(call, id, body))

    @post(
        "/rounds/<id>/draw", body=schemas.Drawing, answer=schemas.DrawView,
        summary="Draw the panels 抽取专家",
    )  # fmt: skip
    def draw_panel(self, call: Call, id: str, body: Data) -> Any:
        return queries.shown(commands.draw(call, id, body["beacon_value"]))

    @get("/rounds/<id>/draw", answer=schemas.DrawView, summary="The draw with who was drawn 抽取结果")
    def draw(self, call: Call, id: str) -> Any:
        return queries.draw(call, id)

    @post(
        "/rounds/<id>/recusals", body=schemas.Recusal, answer=schemas.DrawState,
        summary="Recuse an expert; the next one takes the seat 回避",
    )  # fmt: skip
    def recuse(self, call: Call, id: str, body: Data) -> Any:
        return commands.recuse(call, id, body)

    @get(
        "/rounds/<id>/reviews", answer=page_of(schemas.ReviewView),
        summary="What the asking expert is to judge 评审任务",
    )  # fmt: skip
    def reviews(self, call: Call, id: str) -> Any:
        return queries.reviews(call, id)
