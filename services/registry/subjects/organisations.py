"""What is told of organisations."""

from __future__ import annotations

from services.registry.schemas.organisations import OrganisationState
from shared.clocks.events import clock_events
from shared.errors import Text
from shared.events.types import Left, Subject

ORGANISATION = Subject("registry", "organisation", OrganisationState, Text("organisation", "社会组织"))
DRAFTED = ORGANISATION.event("drafted", Text("drafted", "起草"), audience="node")
APPLIED = ORGANISATION.event("applied", Text("applied", "申请"))
CORRECTION_ASKED = ORGANISATION.event("correction_asked", Text("correction asked", "要求补正"))
RESUBMITTED = ORGANISATION.event("resubmitted", Text("resubmitted", "补正后重新提交"))
NOT_ACCEPTED = ORGANISATION.event("not_accepted", Text("not accepted", "不予受理"))
OPINION_GIVEN = ORGANISATION.event("opinion_given", Text("first opinion given", "业务主管单位初审"))
WITHDRAWN = ORGANISATION.event("withdrawn", Text("withdrawn", "撤回申请"))
ACCEPTED = ORGANISATION.event("accepted", Text("accepted", "受理"))
APPROVED = ORGANISATION.event("approved", Text("approved", "准予"))
REFUSED = ORGANISATION.event("refused", Text("refused", "不予"))
SUSPENDED = ORGANISATION.event("suspended", Text("suspended", "暂停活动"))
RESUMED = ORGANISATION.event("resumed", Text("resumed", "恢复活动"))
LIQUIDATION_BEGUN = ORGANISATION.event("liquidation_begun", Text("liquidation begun", "开始清算"))
CANCELLED = ORGANISATION.event("cancelled", Text("cancelled", "注销"))
REVOKED = ORGANISATION.event("revoked", Text("licence revoked", "吊销登记证书"))
RESCINDED = ORGANISATION.event("rescinded", Text("approval rescinded", "撤销登记或备案"))
RENEWED = ORGANISATION.event("renewed", Text("filing renewed", "备案延续"))
LAPSED = ORGANISATION.event("lapsed", Text("filing lapsed", "备案到期"))
CLOSED = ORGANISATION.event("closed", Text("filing closed", "备案终止"))
STANDING_CHANGED = ORGANISATION.event("standing_changed", Text("standing changed", "信用状况变更"))
CHARITY_CHANGED = ORGANISATION.event("charity_changed", Text("charity or not", "慈善组织认定变更"))
GROWN = ORGANISATION.event("grown", Text("filing grown into a registration", "备案转为登记"))
SUCCEEDED = ORGANISATION.event(
    "succeeded", Text("registration linked to an ended filing", "已终止备案与登记关联")
)
CHANGED = ORGANISATION.event("changed", Text("registered matters changed", "变更登记"))
MOVE_ASKED = ORGANISATION.event("move_asked", Text("move asked for", "申请迁移"))
MOVED = ORGANISATION.event("moved", Text("moved here", "迁入"))
LEFT = Left(ORGANISATION, "left", Text("moved away", "迁出"), ORGANISATION.audience)
CLOCK = clock_events(ORGANISATION)
IMPORTED = ORGANISATION.event("imported", Text("taken over as it stands", "存量导入"))
ALL = (
    DRAFTED, APPLIED, CORRECTION_ASKED, RESUBMITTED, NOT_ACCEPTED, WITHDRAWN, OPINION_GIVEN, ACCEPTED, APPROVED,
    REFUSED, SUSPENDED, RESUMED, LIQUIDATION_BEGUN, CANCELLED, REVOKED, RESCINDED, RENEWED, LAPSED, CLOSED, GROWN,
    SUCCEEDED, IMPORTED,
    STANDING_CHANGED, CHARITY_CHANGED, CHANGED, MOVE_ASKED, MOVED, LEFT,
    *CLOCK,
)  # fmt: skip
