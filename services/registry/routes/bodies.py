"""Routes of bodies that are known here without being registered here."""

from __future__ import annotations

from typing import Any

from services.registry.commands import bodies as commands
from services.registry.queries import bodies as queries
from services.registry.schemas import bodies as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class BodyRoutes:
    """枢纽与外部主体"""

    @post(
        "/known-bodies", body=schemas.NewBody, answer=schemas.BodyView, status=201,
        summary="Record a hub body or external party 录入枢纽或外部主体",
    )  # fmt: skip
    def record_body(self, call: Call, body: Data) -> Any:
        return commands.record_body(call, body)

    @post(
        "/known-bodies/<id>/changes", body=schemas.BodyChange, answer=schemas.BodyView,
        summary="Change what is known of it 变更信息",
    )  # fmt: skip
    def change_body(self, call: Call, id: str, body: Data) -> Any:
        return commands.change_body(call, id, body)

    @get(
        "/known-bodies", query=schemas.BodyQuery, answer=page_of(schemas.BodyView),
        summary="Hub bodies and external parties 枢纽与外部主体",
    )  # fmt: skip
    def known_bodies(self, call: Call, query: Data) -> Any:
        return queries.bodies(call, query)

    @get("/known-bodies/<id>", answer=schemas.BodyView, summary="One of them 枢纽或外部主体")
    def known_body(self, call: Call, id: str) -> Any:
        return queries.body(call, id)
