"""What is told of organisations."""

from __future__ import annotations

from services.registry.schemas.organisations import OrganisationState
from services.registry.subjects.clocks import clock_events
from shared.errors import Text
from shared.events.types import Subject

ORGANISATION = Subject("registry", "organisation", OrganisationState, Text("organisation", "社会组织"))
APPLIED = ORGANISATION.event("applied", Text("applied", "申请"))
CORRECTION_ASKED = ORGANISATION.event("correction_asked", Text("correction asked", "要求补正"))
RESUBMITTED = ORGANISATION.event("resubmitted", Text("resubmitted", "补正后重新提交"))
ACCEPTED = ORGANISATION.event("accepted", Text("accepted", "受理"))
APPROVED = ORGANISATION.event("approved", Text("approved", "准予"))
REFUSED = ORGANISATION.event("refused", Text("refused", "不予"))
SUSPENDED = ORGANISATION.event("suspended", Text("suspended", "暂停活动"))
RESUMED = ORGANISATION.event("resumed", Text("resumed", "恢复活动"))
CANCELLED = ORGANISATION.event("cancelled", Text("cancelled", "注销"))
CLOCK = clock_events(ORGANISATION)
ALL = (
    APPLIED, CORRECTION_ASKED, RESUBMITTED, ACCEPTED, APPROVED, REFUSED, SUSPENDED, RESUMED, CANCELLED, *CLOCK,
)  # fmt: skip
