"""Notifications' entrypoints."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import ValidationError
from nameko.timer import timer
from werkzeug.wrappers import Request, Response

from services.notifications import atom, commands, documents, events, queries, schemas
from shared import clock, runtime
from shared.call import Call
from shared.errors import Text
from shared.http import get, page_of, post, raw
from shared.http.validation import invalid
from shared.owning import OwningService

Data = dict[str, Any]

MINUTE = 60


class NotificationsService(OwningService):
    """通知"""

    name = "notifications"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS

    @timer(interval=MINUTE)
    def look_at_reminders(self) -> None:
        """Not where requests tell the time: there the machine's clock says nothing of what is due."""
        if runtime.node().clock == "wall":
            commands.run_reminders(Call(node=runtime.node(), service=self.name))

    @get(
        "/messages", query=schemas.MessageQuery, answer=page_of(schemas.MessageView),
        summary="An inbox, newest first 收件箱",
    )  # fmt: skip
    def messages(self, call: Call, query: Data) -> Any:
        return queries.messages(call, query)

    @get("/messages/<id>", answer=schemas.MessageView, summary="One message 消息")
    def message(self, call: Call, id: str) -> Any:
        return queries.message(call, id)

    @post(
        "/messages/<id>/reading", answer=schemas.MessageView,
        summary="Mark a message as read 标为已读",
    )  # fmt: skip
    def read_message(self, call: Call, id: str) -> Any:
        return commands.read_message(call, id)

    @post(
        "/notices", body=schemas.NewNotice, answer=schemas.NoticeView, status=201,
        summary="Post a notice 发布公告",
    )  # fmt: skip
    def post_notice(self, call: Call, body: Data) -> Any:
        return commands.post_notice(call, body)

    @get(
        "/notices", query=schemas.NoticeQuery, answer=page_of(schemas.NoticeView),
        summary="The notice board, newest first 公示公告",
    )  # fmt: skip
    def notices(self, call: Call, query: Data) -> Any:
        return queries.notices(query)

    @get("/notices/<id>", answer=schemas.NoticeView, summary="One notice 公告")
    def notice(self, call: Call, id: str) -> Any:
        return queries.notice(id)

    @raw("/api/notifications/notices.atom")
    def feed(self, request: Request) -> Response:
        try:
            query = schemas.FeedQuery().load(request.args.to_dict())
        except ValidationError as error:
            raise invalid(error, Text("query", "查询参数")) from None
        address = f"{runtime.node().url}{request.path}"
        content = atom.feed(query["area"], query["lang"], address, queries.feed(query["area"]), clock.now())
        return Response(content, content_type=atom.CONTENT_TYPE, headers={"Cache-Control": "no-cache"})

    @post(
        "/reminders", body=schemas.NewReminder, answer=schemas.ReminderView, status=201,
        summary="Set a reminder 设定提醒",
    )  # fmt: skip
    def set_reminder(self, call: Call, body: Data) -> Any:
        return commands.set_reminder(call, body)

    @get(
        "/reminders", query=schemas.ReminderQuery, answer=page_of(schemas.ReminderView),
        summary="Reminders 提醒",
    )  # fmt: skip
    def reminders(self, call: Call, query: Data) -> Any:
        return queries.reminders(call, query)

    @get("/reminders/<id>", answer=schemas.ReminderView, summary="One reminder 提醒")
    def reminder(self, call: Call, id: str) -> Any:
        return queries.reminder(call, id)

    @post(
        "/reminders/run", answer=schemas.Run,
        summary="Send what is due by now 立即检查到期提醒",
    )  # fmt: skip
    def run_reminders(self, call: Call) -> Any:
        return commands.run_reminders(call)

    @get("/figures", query=schemas.FiguresQuery, answer=schemas.Figures, summary="Counts 统计")
    def figures(self, call: Call, query: Data) -> Any:
        return queries.figures(query["area"])


SERVICE = NotificationsService
