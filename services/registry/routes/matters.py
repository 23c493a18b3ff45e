"""Routes of matters."""

from __future__ import annotations

from typing import Any

from services.registry.commands import matters as commands
from services.registry.queries import matters as queries
from services.registry.schemas import matters as schemas
from services.registry.schemas.common import Reasons
from services.registry.schemas.organisations import Decision
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class MatterRoutes:
    """办件"""

    @post(
        "/matters", body=schemas.NewMatter, answer=schemas.MatterView, status=201,
        summary="Apply for a change, statutes or a certificate 申请变更登记、章程核准或换证",
    )  # fmt: skip
    def apply_for_matter(self, call: Call, body: Data) -> Any:
        return commands.apply_for_matter(call, body)

    @get(
        "/matters", query=schemas.MatterQuery, answer=page_of(schemas.MatterView),
        summary="List matters 办件列表",
    )  # fmt: skip
    def matters(self, call: Call, query: Data) -> Any:
        return queries.matters(call, query)

    @get("/matters/<id>", answer=schemas.MatterView, summary="One matter 办件")
    def matter(self, call: Call, id: str) -> Any:
        return queries.matter(call, id)

    @post(
        "/matters/<id>/correction", body=Reasons, answer=schemas.MatterView,
        summary="Ask for a correction 要求补正",
    )  # fmt: skip
    def ask_matter_correction(self, call: Call, id: str, body: Data) -> Any:
        return commands.ask_correction(call, id, body["reasons"])

    @post(
        "/matters/<id>/resubmission", body=schemas.MatterCorrection, answer=schemas.MatterView,
        summary="Hand in the corrected application 补正后重新提交",
    )  # fmt: skip
    def resubmit_matter(self, call: Call, id: str, body: Data) -> Any:
        return commands.resubmit(call, id, body)

    @post("/matters/<id>/acceptance", answer=schemas.MatterView, summary="Accept the matter 受理")
    def accept_matter(self, call: Call, id: str) -> Any:
        return commands.accept(call, id)

    @post(
        "/matters/<id>/decision", body=Decision, answer=schemas.MatterView,
        summary="Approve or refuse 决定",
    )  # fmt: skip
    def decide_matter(self, call: Call, id: str, body: Data) -> Any:
        return commands.decide(call, id, body["approve"], body["reasons"])

    @post(
        "/matters/<id>/withdrawal", body=Reasons, answer=schemas.MatterView,
        summary="Take the application back 撤回申请",
    )  # fmt: skip
    def withdraw_matter(self, call: Call, id: str, body: Data) -> Any:
        return commands.withdraw(call, id, body["reasons"])
