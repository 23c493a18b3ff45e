"""Routes of call lists."""

from __future__ import annotations

from typing import Any

from services.needs.commands import calls as commands
from services.needs.queries import calls as queries
from services.needs.schemas import calls as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class CallRoutes:
    """Call lists 回访名单."""

    @post(
        "/call-lists", body=schemas.NewCallList, answer=schemas.CallListView, status=201,
        summary="Draw a sample to be called 抽取回访名单",
    )  # fmt: skip
    def draw_call_list(self, call: Call, body: Data) -> Any:
        return commands.draw(call, body)

    @get(
        "/call-lists", query=schemas.CallListQuery, answer=page_of(schemas.CallListView),
        summary="Call lists 回访名单列表",
    )  # fmt: skip
    def call_lists(self, call: Call, query: Data) -> Any:
        return queries.call_lists(call, query)

    @get("/call-lists/<id>", answer=schemas.CallListView, summary="One call list, without numbers 回访名单")
    def call_list(self, call: Call, id: str) -> Any:
        return queries.call_list(call, id)

    @post(
        "/call-lists/<id>/looks", answer=schemas.CallListOpened, secret=True,
        summary="Look at whom to call, which is logged 查看回访名单",
    )  # fmt: skip
    def look_at_call_list(self, call: Call, id: str) -> Any:
        return queries.opened(call, commands.look(call, id))

    @post(
        "/call-lists/<id>/results", body=schemas.CallResult, answer=schemas.CallListView,
        summary="Record a call 登记回访结果",
    )  # fmt: skip
    def record_call(self, call: Call, id: str, body: Data) -> Any:
        return commands.record_call(call, id, body["need"], body["result"])

    @post("/call-lists/<id>/closing", answer=schemas.CallListView, summary="End a call list 结束回访")
    def close_call_list(self, call: Call, id: str) -> Any:
        return commands.close(call, id)
