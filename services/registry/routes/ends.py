"""Routes of organisations that are approved."""

from __future__ import annotations

from typing import Any

from services.registry.commands import ends as commands
from services.registry.commands import moves
from services.registry.schemas import organisations as schemas
from services.registry.schemas.common import Reasons
from shared.call import Call
from shared.http import post

Data = dict[str, Any]


class EndRoutes:
    """社会组织的暂停、延续与终止"""

    @post(
        "/organisations/<id>/suspension", body=Reasons, answer=schemas.OrganisationView,
        summary="Suspend 暂停活动",
    )  # fmt: skip
    def suspend(self, call: Call, id: str, body: Data) -> Any:
        return commands.suspend(call, id, body["reasons"])

    @post(
        "/organisations/<id>/resumption", body=Reasons, answer=schemas.OrganisationView,
        summary="End the suspension 恢复活动",
    )  # fmt: skip
    def resume(self, call: Call, id: str, body: Data) -> Any:
        return commands.resume(call, id, body["reasons"])

    @post(
        "/organisations/<id>/liquidation", body=Reasons, answer=schemas.OrganisationView,
        summary="Record that liquidation has begun 开始清算",
    )  # fmt: skip
    def liquidate(self, call: Call, id: str, body: Data) -> Any:
        return commands.liquidate(call, id, body["reasons"])

    @post(
        "/organisations/<id>/cancellation", body=schemas.Ending, answer=schemas.OrganisationView,
        summary="Strike off a legal person, close a filing 注销或终止备案",
    )  # fmt: skip
    def cancel(self, call: Call, id: str, body: Data) -> Any:
        return commands.end(call, id, body)

    @post(
        "/organisations/<id>/revocation", body=schemas.Sanction, answer=schemas.OrganisationView,
        summary="Take the licence as a penalty 吊销登记证书",
    )  # fmt: skip
    def revoke(self, call: Call, id: str, body: Data) -> Any:
        return commands.revoke(call, id, body)

    @post(
        "/organisations/<id>/rescission", body=schemas.Sanction, answer=schemas.OrganisationView,
        summary="Withdraw the approval itself 撤销登记或备案",
    )  # fmt: skip
    def rescind(self, call: Call, id: str, body: Data) -> Any:
        return commands.rescind(call, id, body)

    @post(
        "/organisations/<id>/renewal", body=Reasons, answer=schemas.OrganisationView,
        summary="Renew a filing 备案延续",
    )  # fmt: skip
    def renew(self, call: Call, id: str, body: Data) -> Any:
        return commands.renew(call, id, body["reasons"])

    @post(
        "/organisations/<id>/lapse", answer=schemas.OrganisationView,
        summary="Record that a filing has lapsed 备案到期",
    )  # fmt: skip
    def lapse(self, call: Call, id: str) -> Any:
        return commands.lapse(call, id)

    @post(
        "/organisations/<id>/move", body=schemas.NewMove, answer=schemas.OrganisationView,
        summary="Move to another street or community 迁移",
    )  # fmt: skip
    def move_organisation(self, call: Call, id: str, body: Data) -> Any:
        return moves.move_organisation(call, id, body)
