"""What is told of micro-crowdfunding."""

from __future__ import annotations

from services.needs.schemas.crowdfunding import CampaignState, PledgeState
from shared.errors import Text
from shared.events.types import Subject

CAMPAIGN = Subject("needs", "campaign", CampaignState, Text("campaign", "微众筹项目"))
OPENED = CAMPAIGN.event("opened", Text("opened", "发起"))
PLEDGED = CAMPAIGN.event("pledged", Text("pledged", "认筹"))
RELEASED = CAMPAIGN.event("released", Text("released", "撤销认筹"))
PAID = CAMPAIGN.event("paid", Text("paid", "到账"))
REACHED = CAMPAIGN.event("reached", Text("reached", "达成"))
FAILED = CAMPAIGN.event("failed", Text("failed", "未达成"))
GIVEN_BACK = CAMPAIGN.event("given_back", Text("given back", "退还"))
SETTLED = CAMPAIGN.event("settled", Text("settled", "退清"))
COMPLETED = CAMPAIGN.event("completed", Text("completed", "兑现"))

PLEDGE = Subject("needs", "pledge", PledgeState, Text("pledge", "认筹"), audience="node")
PLEDGE_MADE = PLEDGE.event("made", Text("made", "认筹"))
PLEDGE_PAID = PLEDGE.event("paid", Text("paid", "到账"))
PLEDGE_RELEASED = PLEDGE.event("released", Text("released", "撤销"))
PLEDGE_GIVEN_BACK = PLEDGE.event("given_back", Text("given back", "退还"))

ALL = (
    OPENED,
    PLEDGED,
    RELEASED,
    PAID,
    REACHED,
    FAILED,
    GIVEN_BACK,
    SETTLED,
    COMPLETED,
    PLEDGE_MADE,
    PLEDGE_PAID,
    PLEDGE_RELEASED,
    PLEDGE_GIVEN_BACK,
)
