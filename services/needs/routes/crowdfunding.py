"""Routes of micro-crowdfunding 微众筹, and what closes campaigns whose deadline has passed."""

from __future__ import annotations

from typing import Any

from nameko.timer import timer

from services.needs.commands import crowdfunding as commands
from services.needs.queries import crowdfunding as queries
from services.needs.schemas import crowdfunding as schemas
from shared import runtime
from shared.call import Call
from shared.http import get, page_of, post
from shared.service import HOUR

Data = dict[str, Any]


class CrowdfundingRoutes:
    """微众筹"""

    @timer(interval=HOUR)
    def look_at_campaigns(self) -> None:
        """Not where requests tell the time: there the machine's clock says nothing of deadlines."""
        if runtime.node().clock == "wall":
            commands.close_due(Call(node=runtime.node(), service=runtime.service()))

    @post(
        "/campaigns", body=schemas.NewCampaign, answer=schemas.CampaignView, status=201,
        summary="Begin to raise money 发起微众筹",
    )  # fmt: skip
    def open_campaign(self, call: Call, body: Data) -> Any:
        return commands.open_campaign(call, body)

    @get(
        "/campaigns", query=schemas.CampaignQuery, answer=page_of(schemas.CampaignView),
        summary="Campaigns 微众筹列表",
    )  # fmt: skip
    def campaigns(self, call: Call, query: Data) -> Any:
        return queries.campaigns(query)

    @get("/campaigns/<id>", answer=schemas.CampaignView, summary="One campaign 微众筹项目")
    def campaign(self, call: Call, id: str) -> Any:
        return queries.campaign(id)

    @post(
        "/campaigns/<id>/closing", body=schemas.CampaignClosing, answer=schemas.CampaignView,
        summary="End a campaign that did not reach its goal 终止筹集",
    )  # fmt: skip
    def close_campaign(self, call: Call, id: str, body: Data) -> Any:
        return commands.close_campaign(call, id, body["reasons"])

    @post(
        "/campaigns/<id>/completion", body=schemas.CampaignOutcome, answer=schemas.CampaignView,
        summary="Record what the money was used for 兑现",
    )  # fmt: skip
    def complete_campaign(self, call: Call, id: str, body: Data) -> Any:
        return commands.complete_campaign(call, id, body["outcome"])

    @post(
        "/campaigns/<id>/pledges", body=schemas.NewPledge, answer=schemas.PledgeView, status=201,
        summary="Pledge money 认筹",
    )  # fmt: skip
    def make_pledge(self, call: Call, id: str, body: Data) -> Any:
        return commands.make_pledge(call, id, body)

    @get(
        "/pledges", query=schemas.PledgeQuery, answer=page_of(schemas.PledgeView), summary="Pledges 认筹列表"
    )
    def pledges(self, call: Call, query: Data) -> Any:
        return queries.pledges(call, query)

    @get("/pledges/<id>", answer=schemas.PledgeView, summary="One pledge 认筹")
    def pledge(self, call: Call, id: str) -> Any:
        return queries.pledge(call, id)

    @post("/pledges/<id>/release", answer=schemas.PledgeView, summary="Take a pledge back 撤销认筹")
    def release_pledge(self, call: Call, id: str) -> Any:
        return commands.release_pledge(call, id)

    @post(
        "/pledges/<id>/payment", body=schemas.PledgeReceipt, answer=schemas.PledgeView,
        summary="Record that a pledge was paid 登记到账",
    )  # fmt: skip
    def record_pledge_payment(self, call: Call, id: str, body: Data) -> Any:
        return commands.record_payment(call, id, body)

    @post(
        "/pledges/<id>/refund", body=schemas.PledgeReceipt, answer=schemas.PledgeView,
        summary="Record that a payment was given back 登记退款",
    )  # fmt: skip
    def record_pledge_refund(self, call: Call, id: str, body: Data) -> Any:
        return commands.record_refund(call, id, body)
