"""Appraisal 论证."""

from __future__ import annotations

from typing import Any

from services.needs.commands import appraisal as commands
from services.needs.schemas import appraisal as schemas
from services.needs.schemas.library import ItemView
from shared.call import Call
from shared.http import post

Data = dict[str, Any]


class AppraisalRoutes:
    """Appraisal 论证."""

    @post(
        "/library/<id>/appraisal", body=schemas.Appraisal, answer=ItemView,
        summary="Choose or set aside 论证",
    )  # fmt: skip
    def appraise(self, call: Call, id: str, body: Data) -> Any:
        return commands.appraise(call, id, body)
