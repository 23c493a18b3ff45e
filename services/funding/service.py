"""Funding's entrypoints."""

from __future__ import annotations

from typing import Any, ClassVar

from services.funding import commands, documents, events, queries, schemas
from shared.call import Call
from shared.http import PUBLIC, PageQuery, get, page_of, post, roles
from shared.owning import OwningService

Data = dict[str, Any]

STAFF = roles("district_staff", "street_staff")
TREASURERS = roles("district_staff", "street_staff", "finance")
AUDITORS = roles("district_staff", "street_staff", "finance", "auditor", "operator")
APPLICANTS = roles(
    "district_staff", "street_staff", "community_worker", "hub_operator", "organisation_officer"
)
READERS = roles(
    "district_staff", "street_staff", "community_worker", "hub_operator", "organisation_officer", "expert",
    "evaluator", "finance", "auditor", "operator",
)  # fmt: skip


class FundingService(OwningService):
    """公益创投与政府购买服务"""

    name = "funding"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS

    # --- funds 资金

    @post(
        "/funds", body=schemas.NewFund, answer=schemas.FundView, status=201, allow=TREASURERS,
        summary="Set up a fund 设立资金",
    )  # fmt: skip
    def open_fund(self, call: Call, body: Data) -> Any:
        return commands.open_fund(call, body)

    @get(
        "/funds", query=schemas.FundQuery, answer=page_of(schemas.FundView), allow=AUDITORS,
        summary="Funds 资金",
    )  # fmt: skip
    def funds(self, call: Call, query: Data) -> Any:
        return queries.funds(query)

    @get("/funds/<id>", answer=schemas.FundView, allow=AUDITORS, summary="One fund 资金")
    def fund(self, call: Call, id: str) -> Any:
        return queries.fund(id)

    @get(
        "/funds/<id>/ledger", query=PageQuery, answer=page_of(schemas.EntryView), allow=AUDITORS,
        summary="Ledger of a fund 台账",
    )  # fmt: skip
    def ledger(self, call: Call, id: str, query: Data) -> Any:
        return queries.ledger(id, query)

    @get(
        "/funds/<id>/trial-balance", answer=schemas.TrialBalance, allow=AUDITORS,
        summary="Trial balance of a fund 试算平衡",
    )  # fmt: skip
    def trial_balance(self, call: Call, id: str) -> Any:
        return queries.trial_balance(id)

    # --- rounds 轮次

    @post(
        "/rounds", body=schemas.NewRound, answer=schemas.RoundView, status=201, allow=STAFF,
        summary="Plan a round 拟定轮次",
    )  # fmt: skip
    def plan_round(self, call: Call, body: Data) -> Any:
        return commands.plan_round(call, body)

    @get(
        "/rounds", query=schemas.RoundQuery, answer=page_of(schemas.RoundView), allow=PUBLIC,
        summary="Rounds 轮次",
    )  # fmt: skip
    def rounds(self, call: Call, query: Data) -> Any:
        return queries.rounds(query)

    @get("/rounds/<id>", answer=schemas.RoundView, allow=PUBLIC, summary="One round 轮次")
    def round(self, call: Call, id: str) -> Any:
        return queries.round_(id)

    @post("/rounds/<id>/opening", answer=schemas.RoundView, allow=STAFF, summary="Call for applications 征集")
    def open_round(self, call: Call, id: str) -> Any:
        return commands.open_round(call, id)

    @post("/rounds/<id>/closing", answer=schemas.RoundView, allow=STAFF, summary="End the call 截止")
    def close_round(self, call: Call, id: str) -> Any:
        return commands.close_round(call, id)

    @post("/rounds/<id>/ranking", answer=schemas.RoundView, allow=STAFF, summary="Rank and propose 排序")
    def rank(self, call: Call, id: str) -> Any:
        return commands.rank(call, id)

    @get(
        "/rounds/<id>/ranking", answer=page_of(schemas.PlaceView), allow=AUDITORS,
        summary="The ranking, explained 排序明细",
    )  # fmt: skip
    def ranking(self, call: Call, id: str) -> Any:
        return queries.ranking(id)

    @post("/rounds/<id>/notice", answer=schemas.RoundView, allow=STAFF, summary="Put to public notice 公示")
    def notice(self, call: Call, id: str) -> Any:
        return commands.notice(call, id)

    @post(
        "/rounds/<id>/conclusion", answer=schemas.RoundView, allow=STAFF, summary="Announce the result 公告"
    )
    def conclude(self, call: Call, id: str) -> Any:
        return commands.conclude(call, id)

    # --- applications 申报

    @post(
        "/applications", body=schemas.NewApplication, answer=schemas.ApplicationView, status=201,
        allow=APPLICANTS, summary="Apply to a round 申报",
    )  # fmt: skip
    def submit(self, call: Call, body: Data) -> Any:
        return commands.submit(call, body)

    @get(
        "/applications", query=schemas.ApplicationQuery, answer=page_of(schemas.ApplicationView),
        allow=READERS, summary="Applications 申报",
    )  # fmt: skip
    def applications(self, call: Call, query: Data) -> Any:
        return queries.applications(call, query)

    @get("/applications/<id>", answer=schemas.ApplicationView, allow=READERS, summary="One application 申报")
    def application(self, call: Call, id: str) -> Any:
        return queries.application_for(call, id)

    @post(
        "/applications/<id>/screening", answer=schemas.ApplicationView, allow=STAFF,
        summary="First screening, by rule 初审",
    )  # fmt: skip
    def screen(self, call: Call, id: str) -> Any:
        return commands.screen(call, id)

    @post(
        "/applications/<id>/scores", body=schemas.NewScore, answer=schemas.ApplicationView,
        allow=roles("expert"), summary="Score 专家评分",
    )  # fmt: skip
    def score(self, call: Call, id: str, body: Data) -> Any:
        return commands.score(call, id, body)

    @get(
        "/applications/<id>/scores", answer=page_of(schemas.ScoreView), allow=AUDITORS,
        summary="The experts' scores 专家评分",
    )  # fmt: skip
    def scores(self, call: Call, id: str) -> Any:
        return queries.scores(id)

    @post(
        "/applications/<id>/objections", body=schemas.NewObjection, answer=schemas.Receipt, status=201,
        allow=PUBLIC, summary="Object during the notice 提出异议",
    )  # fmt: skip
    def object_to(self, call: Call, id: str, body: Data) -> Any:
        return commands.object_to(call, id, body["text"])

    @get(
        "/applications/<id>/objections", answer=page_of(schemas.ObjectionView), allow=AUDITORS,
        summary="Objections 异议",
    )  # fmt: skip
    def objections(self, call: Call, id: str) -> Any:
        return queries.objections(id)

    @post(
        "/applications/<id>/objections/<objection>/settlement", body=schemas.Settlement,
        answer=schemas.ApplicationView, allow=STAFF, summary="Settle an objection 处理异议",
    )  # fmt: skip
    def settle(self, call: Call, id: str, objection: str, body: Data) -> Any:
        return commands.settle(call, id, objection, body)

    @post(
        "/applications/<id>/withdrawal", answer=schemas.ApplicationView, allow=APPLICANTS,
        summary="Withdraw 退出",
    )  # fmt: skip
    def withdraw(self, call: Call, id: str) -> Any:
        return commands.withdraw(call, id)

    @post(
        "/applications/<id>/award", body=schemas.Award, answer=schemas.ApplicationView, allow=STAFF,
        summary="Award 立项资助",
    )  # fmt: skip
    def award(self, call: Call, id: str, body: Data) -> Any:
        return commands.award(call, id, body["funds"])

    @post(
        "/applications/<id>/contract", body=schemas.Contract, answer=schemas.ProjectView, status=201,
        allow=TREASURERS, summary="Sign the contract 签约",
    )  # fmt: skip
    def contract(self, call: Call, id: str, body: Data) -> Any:
        return commands.contract(call, id, body["signed_on"])

    # --- projects 项目

    @get(
        "/projects", query=schemas.ProjectQuery, answer=page_of(schemas.ProjectView), allow=READERS,
        summary="Projects 项目",
    )  # fmt: skip
    def projects(self, call: Call, query: Data) -> Any:
        return queries.projects(call, query)

    @get("/projects/<id>", answer=schemas.ProjectView, allow=READERS, summary="One project 项目")
    def project(self, call: Call, id: str) -> Any:
        return queries.project_for(call, id)

    @post(
        "/projects/<id>/stop", body=schemas.Reasons, answer=schemas.ProjectView, allow=STAFF,
        summary="End a project before its time 终止项目",
    )  # fmt: skip
    def stop_project(self, call: Call, id: str, body: Data) -> Any:
        return commands.stop_project(call, id, body["reasons"])

    @get("/figures", query=schemas.FiguresQuery, answer=schemas.Figures, allow=PUBLIC, summary="Counts 统计")
    def figures(self, call: Call, query: Data) -> Any:
        return queries.figures(query)


SERVICE = FundingService
