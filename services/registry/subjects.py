"""The registry's subjects and the events that tell of them."""

from __future__ import annotations

from services.registry import schemas
from shared.errors import Text
from shared.events.types import Subject

ORGANISATION = Subject(
    "registry", "organisation", schemas.OrganisationState, Text("organisation", "社会组织")
)
APPLIED = ORGANISATION.event("applied", Text("applied", "申请"))
CORRECTION_ASKED = ORGANISATION.event("correction_asked", Text("correction asked", "要求补正"))
RESUBMITTED = ORGANISATION.event("resubmitted", Text("resubmitted", "补正后重新提交"))
ACCEPTED = ORGANISATION.event("accepted", Text("accepted", "受理"))
APPROVED = ORGANISATION.event("approved", Text("approved", "准予"))
REFUSED = ORGANISATION.event("refused", Text("refused", "不予"))
SUSPENDED = ORGANISATION.event("suspended", Text("suspended", "暂停活动"))
RESUMED = ORGANISATION.event("resumed", Text("resumed", "恢复活动"))
CANCELLED = ORGANISATION.event("cancelled", Text("cancelled", "注销"))
ORGANISATION_EVENTS = (
    APPLIED, CORRECTION_ASKED, RESUBMITTED, ACCEPTED, APPROVED, REFUSED, SUSPENDED, RESUMED, CANCELLED,
)  # fmt: skip

STATION = Subject("registry", "station", schemas.StationState, Text("service station", "服务站"))
STATION_OPENED = STATION.event("opened", Text("opened", "设立"))
STATION_CHECKED = STATION.event("checked", Text("checked", "检查"))

BRANCH = Subject("registry", "party_branch", schemas.PartyBranchState, Text("party organisation", "党组织"))
BRANCH_FOUNDED = BRANCH.event("founded", Text("founded", "成立"))

SUMMARY = Subject(
    "registry", "summary", schemas.SummaryState, Text("public summary", "公开信息"), audience="public"
)
SUMMARY_ANNOUNCED = SUMMARY.event("announced", Text("announced", "公布"))

ALL = (*ORGANISATION_EVENTS, STATION_OPENED, STATION_CHECKED, BRANCH_FOUNDED, SUMMARY_ANNOUNCED)
