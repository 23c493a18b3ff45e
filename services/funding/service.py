"""Funding's entrypoints."""

from __future__ import annotations

from typing import Any, ClassVar

from services.funding import commands, documents, events, queries, schemas
from shared.call import Call
from shared.http import PageQuery, get, page_of, post
from shared.owning import OwningService

Data = dict[str, Any]


class FundingService(OwningService):
    """公益创投与政府购买服务"""

    name = "funding"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS

    # --- funds 资金

    @post(
        "/funds", body=schemas.NewFund, answer=schemas.FundView, status=201,
        summary="Set up a fund 设立资金",
    )  # fmt: skip
    def open_fund(self, call: Call, body: Data) -> Any:
        return commands.open_fund(call, body)

    @get(
        "/funds", query=schemas.FundQuery, answer=page_of(schemas.FundView),
        summary="Funds 资金",
    )  # fmt: skip
    def funds(self, call: Call, query: Data) -> Any:
        return queries.funds(call, query)

    @get("/funds/<id>", answer=schemas.FundView, summary="One fund 资金")
    def fund(self, call: Call, id: str) -> Any:
        return queries.fund(call, id)

    @get(
        "/funds/<id>/ledger", query=PageQuery, answer=page_of(schemas.EntryView),
        summary="Ledger of a fund 台账",
    )  # fmt: skip
    def ledger(self, call: Call, id: str, query: Data) -> Any:
        return queries.ledger(call, id, query)

    @get(
        "/funds/<id>/trial-balance", answer=schemas.TrialBalance,
        summary="Trial balance of a fund 试算平衡",
    )  # fmt: skip
    def trial_balance(self, call: Call, id: str) -> Any:
        return queries.trial_balance(call, id)

    # --- rounds 轮次

    @post(
        "/rounds", body=schemas.NewRound, answer=schemas.RoundView, status=201,
        summary="Plan a round 拟定轮次",
    )  # fmt: skip
    def plan_round(self, call: Call, body: Data) -> Any:
        return commands.plan_round(call, body)

    @get(
        "/rounds", query=schemas.RoundQuery, answer=page_of(schemas.RoundView),
        summary="Rounds 轮次",
    )  # fmt: skip
    def rounds(self, call: Call, query: Data) -> Any:
        return queries.rounds(call, query)

    @get("/rounds/<id>", answer=schemas.RoundView, summary="One round 轮次")
    def round(self, call: Call, id: str) -> Any:
        return queries.round_for(call, id)

    @post("/rounds/<id>/opening", answer=schemas.RoundView, summary="Call for applications 征集")
    def open_round(self, call: Call, id: str) -> Any:
        return commands.open_round(call, id)

    @post("/rounds/<id>/closing", answer=schemas.RoundView, summary="End the call 截止")
    def close_round(self, call: Call, id: str) -> Any:
        return commands.close_round(call, id)

    @post("/rounds/<id>/ranking", answer=schemas.RoundView, summary="Rank and propose 排序")
    def rank(self, call: Call, id: str) -> Any:
        return commands.rank(call, id)

    @get(
        "/rounds/<id>/ranking", answer=page_of(schemas.PlaceView),
        summary="The ranking, explained 排序明细",
    )  # fmt: skip
    def ranking(self, call: Call, id: str) -> Any:
        return queries.ranking(call, id)

    @post("/rounds/<id>/notice", answer=schemas.RoundView, summary="Put to public notice 公示")
    def notice(self, call: Call, id: str) -> Any:
        return commands.notice(call, id)

    @post("/rounds/<id>/conclusion", answer=schemas.RoundView, summary="Announce the result 公告")
    def conclude(self, call: Call, id: str) -> Any:
        return commands.conclude(call, id)

    # --- applications 申报

    @post(
        "/applications", body=schemas.NewApplication, answer=schemas.ApplicationView, status=201,
        summary="Apply to a round 申报",
    )  # fmt: skip
    def submit(self, call: Call, body: Data) -> Any:
        return commands.submit(call, body)

    @get(
        "/applications", query=schemas.ApplicationQuery, answer=page_of(schemas.ApplicationView),
        summary="Applications 申报",
    )  # fmt: skip
    def applications(self, call: Call, query: Data) -> Any:
        return queries.applications(call, query)

    @get("/applications/<id>", answer=schemas.ApplicationView, summary="One application 申报")
    def application(self, call: Call, id: str) -> Any:
        return queries.application_for(call, id)

    @post(
        "/applications/<id>/screening", answer=schemas.ApplicationView,
        summary="First screening, by rule 初审",
    )  # fmt: skip
    def screen(self, call: Call, id: str) -> Any:
        return commands.screen(call, id)

    @post(
        "/applications/<id>/scores", body=schemas.NewScore, answer=schemas.ApplicationView,
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

    @post(
        "/applications/<id>/objections", body=schemas.NewObjection, answer=schemas.Receipt, status=201,
        summary="Object during the notice 提出异议",
    )  # fmt: skip
    def object_to(self, call: Call, id: str, body: Data) -> Any:
        return commands.object_to(call, id, body["text"])

    @get(
        "/applications/<id>/objections", answer=page_of(schemas.ObjectionView),
        summary="Objections 异议",
    )  # fmt: skip
    def objections(self, call: Call, id: str) -> Any:
        return queries.objections(call, id)

    @post(
        "/applications/<id>/objections/<objection>/settlement", body=schemas.Settlement,
        answer=schemas.ApplicationView, summary="Settle an objection 处理异议",
    )  # fmt: skip
    def settle(self, call: Call, id: str, objection: str, body: Data) -> Any:
        return commands.settle(call, id, objection, body)

    @post(
        "/applications/<id>/withdrawal", answer=schemas.ApplicationView,
        summary="Withdraw 退出",
    )  # fmt: skip
    def withdraw(self, call: Call, id: str) -> Any:
        return commands.withdraw(call, id)

    @post(
        "/applications/<id>/award", body=schemas.Award, answer=schemas.ApplicationView,
        summary="Award 立项资助",
    )  # fmt: skip
    def award(self, call: Call, id: str, body: Data) -> Any:
        return commands.award(call, id, body["funds"])

    @post(
        "/applications/<id>/contract", body=schemas.Contract, answer=schemas.ProjectView, status=201,
        summary="Sign the contract 签约",
    )  # fmt: skip
    def contract(self, call: Call, id: str, body: Data) -> Any:
        return commands.contract(call, id, body["signed_on"])

    # --- projects 项目

    @get(
        "/projects", query=schemas.ProjectQuery, answer=page_of(schemas.ProjectView),
        summary="Projects 项目",
    )  # fmt: skip
    def projects(self, call: Call, query: Data) -> Any:
        return queries.projects(call, query)

    @get("/projects/<id>", answer=schemas.ProjectView, summary="One project 项目")
    def project(self, call: Call, id: str) -> Any:
        return queries.project_for(call, id)

    @post(
        "/projects/<id>/stop", body=schemas.Reasons, answer=schemas.ProjectView,
        summary="End a project before its time 终止项目",
    )  # fmt: skip
    def stop_project(self, call: Call, id: str, body: Data) -> Any:
        return commands.stop_project(call, id, body["reasons"])

    @get("/figures", query=schemas.FiguresQuery, answer=schemas.Figures, summary="Counts 统计")
    def figures(self, call: Call, query: Data) -> Any:
        return queries.figures(query)


SERVICE = FundingService
