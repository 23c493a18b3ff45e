"""Routes of organisations."""

from __future__ import annotations

from typing import Any

from services.registry.commands import admission
from services.registry.commands import organisations as commands
from services.registry.queries import organisations as queries
from services.registry.schemas import organisations as schemas
from services.registry.schemas.common import Reasons
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class OrganisationRoutes:
    """社会组织"""

    @post(
        "/organisations", body=schemas.NewOrganisation, answer=schemas.OrganisationView, status=201,
        summary="Apply to be registered or filed 申请登记或备案",
    )  # fmt: skip
    def apply_as_organisation(self, call: Call, body: Data) -> Any:
        return commands.apply_as_organisation(call, body)

    @get(
        "/organisations", query=schemas.OrganisationQuery, answer=page_of(schemas.OrganisationView),

        summary="List organisations 社会组织名录",
    )  # fmt: skip
    def organisations(self, call: Call, query: Data) -> Any:
        return queries.organisations(call, query)

    @get(
        "/organisations/<id>",
        answer=schemas.OrganisationView,
        summary="One organisation 社会组织",
    )
    def organisation(self, call: Call, id: str) -> Any:
        return queries.organisation(call, id)

    @post(
        "/organisations/<id>/correction", body=Reasons, answer=schemas.OrganisationView,
        summary="Ask for a correction 要求补正",
    )  # fmt: skip
    def ask_correction(self, call: Call, id: str, body: Data) -> Any:
        return commands.ask_correction(call, id, body["reasons"])

    @post(
        "/organisations/<id>/resubmission", body=schemas.Correction, answer=schemas.OrganisationView,
        summary="Hand in the corrected application 补正后重新提交",
    )  # fmt: skip
    def resubmit(self, call: Call, id: str, body: Data) -> Any:
        return commands.resubmit(call, id, body)

    @post(
        "/organisations/<id>/acceptance", answer=schemas.OrganisationView,
        summary="Accept the application 受理",
    )  # fmt: skip
    def accept(self, call: Call, id: str) -> Any:
        return commands.accept(call, id)

    @post(
        "/organisations/<id>/decision", body=schemas.Decision, answer=schemas.OrganisationView,
        summary="Approve or refuse 决定",
    )  # fmt: skip
    def decide(self, call: Call, id: str, body: Data) -> Any:
        return commands.decide(call, id, body["approve"], body["reasons"])

    @post(
        "/organisations/<id>/draft", body=schemas.Correction, answer=schemas.OrganisationView,
        summary="Change a draft 修改草稿",
    )  # fmt: skip
    def amend(self, call: Call, id: str, body: Data) -> Any:
        return commands.amend(call, id, body)

    @post(
        "/organisations/<id>/submission", answer=schemas.OrganisationView,
        summary="Hand a draft in 提交申请",
    )  # fmt: skip
    def submit(self, call: Call, id: str) -> Any:
        return commands.submit(call, id)

    @post(
        "/organisations/<id>/withdrawal", body=Reasons, answer=schemas.OrganisationView,
        summary="Take an application back 撤回申请",
    )  # fmt: skip
    def withdraw(self, call: Call, id: str, body: Data) -> Any:
        return commands.withdraw(call, id, body["reasons"])

    @post(
        "/organisations/<id>/non-acceptance", body=Reasons, answer=schemas.OrganisationView,
        summary="Do not accept the application 不予受理",
    )  # fmt: skip
    def reject(self, call: Call, id: str, body: Data) -> Any:
        return commands.reject(call, id, body["reasons"])

    @post(
        "/organisations/<id>/first-opinion", body=schemas.Opinion, answer=schemas.OrganisationView,
        summary="First opinion of the supervising unit 业务主管单位初审",
    )  # fmt: skip
    def give_first_opinion(self, call: Call, id: str, body: Data) -> Any:
        return admission.give_first_opinion(call, id, body)

    @get(
        "/organisations/<id>/history", answer=page_of(schemas.HistoryStep),
        summary="Its life, with that of what it grew out of or into 办理经过",
    )  # fmt: skip
    def history(self, call: Call, id: str) -> Any:
        return queries.history(call, id)
