"""Routes of the public notice of topics."""

from __future__ import annotations

from typing import Any

from services.needs.commands import notices as commands
from services.needs.queries import notices as queries
from services.needs.schemas import notices as schemas
from services.needs.schemas.library import ItemView
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class TopicNoticeRoutes:
    """Public notice of topics 立项公示."""

    @post(
        "/library/<id>/objections", body=schemas.NewTopicObjection, answer=schemas.TopicObjectionView, status=201,
        summary="Object to a topic on notice 提出异议",
    )  # fmt: skip
    def object_to_topic(self, call: Call, id: str, body: Data) -> Any:
        return commands.object_to_topic(call, id, body)

    @get(
        "/library/<id>/objections", answer=page_of(schemas.TopicObjectionView),
        summary="Objections to a topic 立项异议",
    )  # fmt: skip
    def topic_objections(self, call: Call, id: str) -> Any:
        return queries.topic_objections(id)

    @get("/objections/<id>", answer=schemas.TopicObjectionView, summary="One objection 异议办理情况")
    def topic_objection(self, call: Call, id: str) -> Any:
        return queries.topic_objection(id)

    @get("/objections/<id>/file", answer=schemas.TopicObjectionFile, summary="What it says 异议材料")
    def topic_objection_file(self, call: Call, id: str) -> Any:
        return queries.file(call, id)

    @post(
        "/objections/<id>/settlement", body=schemas.TopicSettlement, answer=schemas.TopicObjectionView,
        summary="Settle an objection 处理异议",
    )  # fmt: skip
    def settle_topic_objection(self, call: Call, id: str, body: Data) -> Any:
        return commands.settle_topic_objection(call, id, body)

    @post("/library/<id>/confirmation", answer=ItemView, summary="Choose a topic after its notice 确认立项")
    def confirm_topic(self, call: Call, id: str) -> Any:
        return commands.confirm_topic(call, id)
