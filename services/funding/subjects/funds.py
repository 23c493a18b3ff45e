"""What is told of funds."""

from __future__ import annotations

from services.funding.schemas.funds import FundState
from shared.errors import Text
from shared.events.types import Subject

FUND = Subject("funding", "fund", FundState, Text("fund", "资金"))
FUND_OPENED = FUND.event("opened", Text("opened", "设立"))
FUND_COMMITTED = FUND.event("committed", Text("committed", "承诺"))
FUND_RELEASED = FUND.event("released", Text("released", "释放"))
FUND_PAID = FUND.event("paid", Text("paid", "支付"))
ALL = (FUND_OPENED, FUND_COMMITTED, FUND_RELEASED, FUND_PAID)
