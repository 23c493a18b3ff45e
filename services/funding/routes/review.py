"""Routes of scores and the ranking."""

from __future__ import annotations

from typing import Any

from services.funding.commands import review as commands
from services.funding.queries import review as queries
from services.funding.schemas import review as schemas
from services.funding.schemas.applications import ApplicationView
from services.funding.schemas.rounds import RoundView
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class ReviewRoutes:
    """评审"""

    @post("/rounds/<id>/ranking", answer=RoundView, summary="Rank and propose 排序")
    def rank(self, call: Call, id: str) -> Any:
        return commands.rank(call, id)

    @get(
        "/rounds/<id>/ranking", answer=page_of(schemas.PlaceView),
        summary="The ranking, explained 排序明细",
    )  # fmt: skip
    def ranking(self, call: Call, id: str) -> Any:
        return queries.ranking(call, id)

    @get(
        "/rounds/<id>/progress", answer=page_of(schemas.Standing),
        summary="Running totals of the review 评审进度",
    )  # fmt: skip
    def review_progress(self, call: Call, id: str) -> Any:
        return queries.progress(call, id)

    @get(
        "/rounds/<id>/decision-pack", answer=schemas.DecisionPack,
        summary="Which sets of projects fit the budget 决策方案",
    )  # fmt: skip
    def decision_pack(self, call: Call, id: str) -> Any:
        return queries.decision_pack(call, id)

    @post(
        "/rounds/<id>/proposal", body=schemas.Proposal, answer=RoundView,
        summary="Propose another set that fits the budget 选定方案",
    )  # fmt: skip
    def propose(self, call: Call, id: str, body: Data) -> Any:
        return commands.propose(call, id, body)

    @get(
        "/rounds/<id>/review-record", answer=schemas.ReviewRecord,
        summary="Draw and ranking, to be done again by anybody 评审公开信息",
    )  # fmt: skip
    def review_record(self, call: Call, id: str) -> Any:
        return queries.record(call, id)

    @post(
        "/applications/<id>/scores", body=schemas.NewScore, answer=ApplicationView,
        summary="Score 专家评分",
    )  # fmt: skip
    def score(self, call: Call, id: str, body: Data) -> Any:
        return commands.score(call, id, body)

    @get(
        "/applications/<id>/scores", answer=page_of(schemas.ScoreView),
        summary="The experts' scores 专家评分",
    )  # fmt: skip
    def scores(self, call: Call, id: str) -> Any:
        return queries.scores(call, id)
