"""What is told of volunteers, activities and service."""

from __future__ import annotations

from services.needs.schemas.volunteers import ActivityState, EngagementState, VolunteerState
from shared.errors import Text
from shared.events.types import Subject

VOLUNTEER = Subject("needs", "volunteer", VolunteerState, Text("volunteer", "志愿者"), audience="node")
REGISTERED = VOLUNTEER.event("registered", Text("registered", "注册"))
CHANGED = VOLUNTEER.event("changed", Text("changed", "变更"))
SERVED = VOLUNTEER.event("served", Text("served", "计入服务时间"))
LEFT = VOLUNTEER.event("left", Text("left", "注销"))

ACTIVITY = Subject("needs", "activity", ActivityState, Text("activity", "志愿服务活动"))
OPENED = ACTIVITY.event("opened", Text("opened", "发布"))
JOINED = ACTIVITY.event("joined", Text("joined", "报名"))
CLOSED = ACTIVITY.event("closed", Text("closed", "结束"))

ENGAGEMENT = Subject(
    "needs", "engagement", EngagementState, Text("volunteer service", "志愿服务记录"), audience="node"
)
BEGUN = ENGAGEMENT.event("joined", Text("joined", "报名"))
WITHDRAWN = ENGAGEMENT.event("withdrawn", Text("withdrawn", "退出"))
RECORDED = ENGAGEMENT.event("recorded", Text("recorded", "记录"))
CONFIRMED = ENGAGEMENT.event("confirmed", Text("confirmed", "确认"))

ALL = (REGISTERED, CHANGED, SERVED, LEFT, OPENED, JOINED, CLOSED, BEGUN, WITHDRAWN, RECORDED, CONFIRMED)
