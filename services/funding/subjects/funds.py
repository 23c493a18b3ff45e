"""What is told of funds."""

from __future__ import annotations

from services.funding.schemas.funds import FundState
from shared.errors import Text
from shared.events.types import Subject

FUND = Subject("funding", "fund", FundState, Text("fund", "资金"))
FUND_OPENED = FUND.event("opened", Text("opened", "设立"))
FUND_AMENDED = FUND.event("amended", Text("budget amended", "预算调整"))
FUND_CORRECTED = FUND.event("corrected", Text("entry reversed", "冲销"))
FUND_COMMITTED = FUND.event("committed", Text("committed", "承诺"))
FUND_RELEASED = FUND.event("released", Text("released", "释放"))
FUND_ORDERED = FUND.event("ordered", Text("payment ordered", "付款申请"))
FUND_PAID = FUND.event("paid", Text("paid", "支付"))
FUND_UNORDERED = FUND.event("unordered", Text("payment order came back", "退汇或撤回付款单"))
FUND_CLAWED_BACK = FUND.event("clawed_back", Text("clawed back", "追回"))
FUND_DELEGATED = FUND.event("delegated", Text("part delegated", "下达"))
FUND_TAKEN_BACK = FUND.event("taken_back", Text("delegated part taken back", "收回下达额度"))
FUND_RETURNED = FUND.event("returned", Text("delegated part returned", "交回"))
FUND_RECALL_UNMET = FUND.event("recall_unmet", Text("nothing was free to return", "无可交回额度"))
FUND_CLOSED = FUND.event("closed", Text("day closed", "日结"))
ALL = (
    FUND_OPENED, FUND_AMENDED, FUND_CORRECTED, FUND_COMMITTED, FUND_RELEASED, FUND_ORDERED, FUND_PAID,
    FUND_UNORDERED, FUND_CLAWED_BACK, FUND_DELEGATED, FUND_TAKEN_BACK, FUND_RETURNED, FUND_RECALL_UNMET,
    FUND_CLOSED,
)  # fmt: skip
