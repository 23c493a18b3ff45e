"""What is told of projects."""

from __future__ import annotations

from services.funding.schemas.projects import ProjectState
from shared.errors import Text
from shared.events.types import Subject

PROJECT = Subject("funding", "project", ProjectState, Text("project", "项目"))
CONTRACTED = PROJECT.event("contracted", Text("contracted", "签约"))
TRANCHE_ORDERED = PROJECT.event("tranche_ordered", Text("payment of a tranche ordered", "申请拨付"))
TRANCHE_PAID = PROJECT.event("tranche_paid", Text("tranche paid", "拨付"))
TRANCHE_HELD = PROJECT.event("tranche_held", Text("tranche held", "暂缓拨付"))
PASSED = PROJECT.event("final_passed", Text("passed its final evaluation", "通过末期评估"))
COMPLETED = PROJECT.event("completed", Text("completed", "结项"))
STOPPED = PROJECT.event("stopped", Text("stopped", "终止"))
SUSPENDED = PROJECT.event("suspended", Text("suspended", "暂停"))
RESUMED = PROJECT.event("resumed", Text("resumed", "恢复"))
RECTIFICATION_ORDERED = PROJECT.event("rectification_ordered", Text("rectification ordered", "要求整改"))
RECTIFICATION_REPORTED = PROJECT.event("rectification_reported", Text("rectification reported", "整改报告"))
RECTIFICATION_OVERDUE = PROJECT.event("rectification_overdue", Text("rectification overdue", "整改逾期"))
RECTIFICATION_RETURNED = PROJECT.event("rectification_returned", Text("rectification sent back", "整改退回"))
RECTIFIED = PROJECT.event("rectified", Text("rectification accepted", "整改通过"))
CLAW_BACK_DEMANDED = PROJECT.event("claw_back_demanded", Text("claw-back demanded", "追回决定"))
REPAID = PROJECT.event("repaid", Text("repaid in part", "退还资金"))
CLAW_BACK_SETTLED = PROJECT.event("claw_back_settled", Text("claw-back settled", "退清"))
AMENDED = PROJECT.event("amended", Text("contract amended", "协议变更"))
REPORTED = PROJECT.event("reported", Text("reported", "报告"))
WARNED = PROJECT.event("warned", Text("warned of", "预警"))
WARNING_OVER = PROJECT.event("warning_over", Text("warning over", "预警解除"))
ALL = (
    CONTRACTED, TRANCHE_ORDERED, TRANCHE_PAID, TRANCHE_HELD, PASSED, COMPLETED, STOPPED, SUSPENDED, RESUMED,
    RECTIFICATION_ORDERED, RECTIFICATION_REPORTED, RECTIFICATION_OVERDUE, RECTIFICATION_RETURNED, RECTIFIED,
    CLAW_BACK_DEMANDED, REPAID, CLAW_BACK_SETTLED, AMENDED,
    REPORTED, WARNED, WARNING_OVER,
)  # fmt: skip
