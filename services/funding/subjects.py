"""Funding's subjects and the events that tell of them."""

from __future__ import annotations

from services.funding import schemas
from shared.errors import Text
from shared.events.types import Subject

FUND = Subject("funding", "fund", schemas.FundState, Text("fund", "资金"))
FUND_OPENED = FUND.event("opened", Text("opened", "设立"))
FUND_COMMITTED = FUND.event("committed", Text("committed", "承诺"))
FUND_RELEASED = FUND.event("released", Text("released", "释放"))
FUND_PAID = FUND.event("paid", Text("paid", "支付"))
FUND_EVENTS = (FUND_OPENED, FUND_COMMITTED, FUND_RELEASED, FUND_PAID)

ROUND = Subject("funding", "round", schemas.RoundState, Text("round", "轮次"), audience="public")
PLANNED = ROUND.event("planned", Text("planned", "拟定"))
OPENED = ROUND.event("opened", Text("opened", "征集"))
CLOSED = ROUND.event("closed", Text("closed", "截止"))
RANKED = ROUND.event("ranked", Text("ranked", "排序"))
NOTICED = ROUND.event("noticed", Text("put to public notice", "公示"))
CONCLUDED = ROUND.event("concluded", Text("concluded", "公告"))
ROUND_EVENTS = (PLANNED, OPENED, CLOSED, RANKED, NOTICED, CONCLUDED)

APPLICATION = Subject("funding", "application", schemas.ApplicationState, Text("application", "申报"))
SUBMITTED = APPLICATION.event("submitted", Text("submitted", "申报"))
SCREENED = APPLICATION.event("screened", Text("passed the screening", "初审通过"))
REJECTED = APPLICATION.event("rejected", Text("rejected", "初审未通过"))
SCORED = APPLICATION.event("scored", Text("scored", "评分"))
PLACED = APPLICATION.event("ranked", Text("ranked", "排序"))
OBJECTED = APPLICATION.event("objected", Text("objected to", "收到异议"))
SETTLED = APPLICATION.event("settled", Text("objection settled", "异议处理"))
AWARDED = APPLICATION.event("awarded", Text("awarded", "立项资助"))
DROPPED = APPLICATION.event("dropped", Text("dropped", "落选或退出"))
SIGNED = APPLICATION.event("contracted", Text("contracted", "签约"))
APPLICATION_EVENTS = (
    SUBMITTED, SCREENED, REJECTED, SCORED, PLACED, OBJECTED, SETTLED, AWARDED, DROPPED, SIGNED,
)  # fmt: skip

PROJECT = Subject("funding", "project", schemas.ProjectState, Text("project", "项目"))
CONTRACTED = PROJECT.event("contracted", Text("contracted", "签约"))
TRANCHE_PAID = PROJECT.event("tranche_paid", Text("tranche paid", "拨付"))
TRANCHE_HELD = PROJECT.event("tranche_held", Text("tranche held", "暂缓拨付"))
PASSED = PROJECT.event("final_passed", Text("passed its final evaluation", "通过末期评估"))
COMPLETED = PROJECT.event("completed", Text("completed", "结项"))
STOPPED = PROJECT.event("stopped", Text("stopped", "终止"))
PROJECT_EVENTS = (CONTRACTED, TRANCHE_PAID, TRANCHE_HELD, PASSED, COMPLETED, STOPPED)

ALL = (*FUND_EVENTS, *ROUND_EVENTS, *APPLICATION_EVENTS, *PROJECT_EVENTS)
