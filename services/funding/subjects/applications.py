"""What is told of applications."""

from __future__ import annotations

from services.funding.schemas.applications import ApplicationState
from shared.errors import Text
from shared.events.types import Subject

APPLICATION = Subject("funding", "application", ApplicationState, Text("application", "申报"))
SUBMITTED = APPLICATION.event("submitted", Text("submitted", "申报"))
SCREENED = APPLICATION.event("screened", Text("passed the screening", "初审通过"))
REJECTED = APPLICATION.event("rejected", Text("rejected", "初审未通过"))
EXAMINED = APPLICATION.event("examined", Text("examined, a person has to look", "待人工核查"))
REVERSED = APPLICATION.event("reversed", Text("screening reversed", "初审改判"))
SCORED = APPLICATION.event("scored", Text("scored", "评分"))
PLACED = APPLICATION.event("ranked", Text("ranked", "排序"))
OBJECTED = APPLICATION.event("objected", Text("objected to", "收到异议"))
SETTLED = APPLICATION.event("settled", Text("objection settled", "异议处理"))
AWARDED = APPLICATION.event("awarded", Text("awarded", "立项资助"))
DROPPED = APPLICATION.event("dropped", Text("dropped", "落选或退出"))
SIGNED = APPLICATION.event("contracted", Text("contracted", "签约"))
UNCONTRACTED = APPLICATION.event("uncontracted", Text("contract overdue", "逾期未签约"))
OPTIMISATION_ASKED = APPLICATION.event("optimisation_asked", Text("asked for changes", "要求优化"))
OPTIMISATION_ANSWERED = APPLICATION.event(
    "optimisation_answered", Text("new version handed in", "提交修改稿")
)
OPTIMISED = APPLICATION.event("optimised", Text("new version accepted", "优化完成"))
ALL = (
    SUBMITTED, SCREENED, REJECTED, EXAMINED, REVERSED, SCORED, PLACED, OBJECTED, SETTLED, AWARDED, DROPPED, SIGNED,
    OPTIMISATION_ASKED, OPTIMISATION_ANSWERED, OPTIMISED, UNCONTRACTED,
)  # fmt: skip
