"""The registry's entrypoints."""

from __future__ import annotations

from typing import Any, ClassVar

from services.registry import commands, documents, events, queries, schemas
from shared.call import Call
from shared.http import PUBLIC, get, page_of, post, roles
from shared.owning import OwningService

Data = dict[str, Any]

STAFF = roles("district_staff", "street_staff")
# Who may hand in an application; a community only receives filings.
APPLICANTS = roles(
    "district_staff", "street_staff", "community_worker", "organisation_officer", "hub_operator"
)
# The public reads summaries; a record tells of refusals and their reasons too.
READERS = APPLICANTS | roles("expert", "evaluator", "finance", "auditor", "operator")
GRASSROOTS = roles("district_staff", "street_staff", "community_worker")


class RegistryService(OwningService):
    """登记备案"""

    name = "registry"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS

    @post(
        "/organisations", body=schemas.NewOrganisation, answer=schemas.OrganisationView, status=201,
        allow=APPLICANTS, summary="Apply to be registered or filed 申请登记或备案",
    )  # fmt: skip
    def apply_as_organisation(self, call: Call, body: Data) -> Any:
        return commands.apply_as_organisation(call, body)

    @get(
        "/organisations", query=schemas.OrganisationQuery, answer=page_of(schemas.OrganisationView),
        allow=roles("district_staff", "street_staff", "community_worker", "hub_operator", "auditor", "operator"),
        summary="List organisations 社会组织名录",
    )  # fmt: skip
    def organisations(self, call: Call, query: Data) -> Any:
        return queries.organisations(query)

    @get(
        "/organisations/<id>",
        answer=schemas.OrganisationView,
        allow=READERS,
        summary="One organisation 社会组织",
    )
    def organisation(self, call: Call, id: str) -> Any:
        return queries.organisation(call, id)

    @post(
        "/organisations/<id>/correction", body=schemas.Reasons, answer=schemas.OrganisationView,
        allow=STAFF, summary="Ask for a correction 要求补正",
    )  # fmt: skip
    def ask_correction(self, call: Call, id: str, body: Data) -> Any:
        return commands.ask_correction(call, id, body["reasons"])

    @post(
        "/organisations/<id>/resubmission", body=schemas.Correction, answer=schemas.OrganisationView,
        allow=APPLICANTS, summary="Hand in the corrected application 补正后重新提交",
    )  # fmt: skip
    def resubmit(self, call: Call, id: str, body: Data) -> Any:
        return commands.resubmit(call, id, body)

    @post(
        "/organisations/<id>/acceptance", answer=schemas.OrganisationView, allow=STAFF,
        summary="Accept the application 受理",
    )  # fmt: skip
    def accept(self, call: Call, id: str) -> Any:
        return commands.accept(call, id)

    @post(
        "/organisations/<id>/decision", body=schemas.Decision, answer=schemas.OrganisationView,
        allow=STAFF, summary="Approve or refuse 决定",
    )  # fmt: skip
    def decide(self, call: Call, id: str, body: Data) -> Any:
        return commands.decide(call, id, body["approve"], body["reasons"])

    @post(
        "/organisations/<id>/suspension", body=schemas.Reasons, answer=schemas.OrganisationView,
        allow=STAFF, summary="Suspend 暂停活动",
    )  # fmt: skip
    def suspend(self, call: Call, id: str, body: Data) -> Any:
        return commands.suspend(call, id, body["reasons"])

    @post(
        "/organisations/<id>/resumption", body=schemas.Reasons, answer=schemas.OrganisationView,
        allow=STAFF, summary="End the suspension 恢复活动",
    )  # fmt: skip
    def resume(self, call: Call, id: str, body: Data) -> Any:
        return commands.resume(call, id, body["reasons"])

    @post(
        "/organisations/<id>/cancellation", body=schemas.Reasons, answer=schemas.OrganisationView,
        allow=STAFF, summary="Strike off 注销",
    )  # fmt: skip
    def cancel(self, call: Call, id: str, body: Data) -> Any:
        return commands.cancel(call, id, body["reasons"])

    @post(
        "/stations", body=schemas.NewStation, answer=schemas.StationView, status=201,
        allow=GRASSROOTS, summary="Open a service station 设立服务站",
    )  # fmt: skip
    def open_station(self, call: Call, body: Data) -> Any:
        return commands.open_station(call, body)

    @post(
        "/stations/<id>/checks", body=schemas.CheckList, answer=schemas.StationView,
        allow=STAFF, summary="Record a check of a station 检查服务站",
    )  # fmt: skip
    def check_station(self, call: Call, id: str, body: Data) -> Any:
        return commands.check_station(call, id, body)

    @get(
        "/stations",
        query=schemas.AreaQuery,
        answer=page_of(schemas.StationView),
        allow=PUBLIC,
        summary="Stations 服务站",
    )
    def stations(self, call: Call, query: Data) -> Any:
        return queries.stations(query)

    @get("/stations/<id>", answer=schemas.StationView, allow=PUBLIC, summary="One station 服务站")
    def station(self, call: Call, id: str) -> Any:
        return queries.station(id)

    @post(
        "/party-branches", body=schemas.NewPartyBranch, answer=schemas.PartyBranchView, status=201,
        allow=STAFF, summary="Record a party organisation 党组织",
    )  # fmt: skip
    def found_branch(self, call: Call, body: Data) -> Any:
        return commands.found_branch(call, body)

    @get(
        "/party-branches", query=schemas.AreaQuery, answer=page_of(schemas.PartyBranchView), allow=PUBLIC,
        summary="Party organisations 党组织",
    )  # fmt: skip
    def branches(self, call: Call, query: Data) -> Any:
        return queries.branches(query)

    @get(
        "/party-branches/<id>",
        answer=schemas.PartyBranchView,
        allow=PUBLIC,
        summary="One party organisation 党组织",
    )
    def branch(self, call: Call, id: str) -> Any:
        return queries.branch(id)

    @get(
        "/summaries", query=schemas.AreaQuery, answer=page_of(schemas.SummaryView), allow=PUBLIC,
        summary="Public summaries of all organisations 社会组织公开信息",
    )  # fmt: skip
    def summaries(self, call: Call, query: Data) -> Any:
        return queries.summaries(query)

    @get(
        "/areas/<area>",
        answer=page_of(schemas.Division),
        allow=PUBLIC,
        summary="An area and those below it 区划",
    )
    def divisions(self, call: Call, area: str) -> Any:
        return queries.divisions(area)

    @get("/figures", query=schemas.FiguresQuery, answer=schemas.Figures, allow=PUBLIC, summary="Counts 统计")
    def figures(self, call: Call, query: Data) -> Any:
        return queries.figures(query["area"])


SERVICE = RegistryService
