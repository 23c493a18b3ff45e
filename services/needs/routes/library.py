"""The need library 需求库."""

from __future__ import annotations

from typing import Any

from services.needs.commands import library as commands
from services.needs.queries import library as queries
from services.needs.schemas import library as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class LibraryRoutes:
    """The need library 需求库."""

    @post(
        "/library", body=schemas.NewItem, answer=schemas.ItemView, status=201,
        summary="Merge needs into an item of the library 合并同类项",
    )  # fmt: skip
    def consolidate(self, call: Call, body: Data) -> Any:
        return commands.consolidate(call, [body])

    @get(
        "/library", query=schemas.ItemQuery, answer=page_of(schemas.ItemView),
        summary="The need library 需求库",
    )  # fmt: skip
    def library(self, call: Call, query: Data) -> Any:
        return queries.library(query)

    @get("/library/<id>", answer=schemas.ItemView, summary="One item of the library 需求库项目")
    def item(self, call: Call, id: str) -> Any:
        return queries.item(id)
