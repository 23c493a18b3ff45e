"""Routes of service stations."""

from __future__ import annotations

from typing import Any

from services.registry.commands import stations as commands
from services.registry.queries import stations as queries
from services.registry.schemas import stations as schemas
from services.registry.schemas.common import AreaQuery
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class StationRoutes:
    """服务站"""

    @post(
        "/stations", body=schemas.NewStation, answer=schemas.StationView, status=201,
        summary="Open a service station 设立服务站",
    )  # fmt: skip
    def open_station(self, call: Call, body: Data) -> Any:
        return commands.open_station(call, body)

    @post(
        "/stations/<id>/checks", body=schemas.CheckList, answer=schemas.StationView,
        summary="Record a check of a station 检查服务站",
    )  # fmt: skip
    def check_station(self, call: Call, id: str, body: Data) -> Any:
        return commands.check_station(call, id, body)

    @get(
        "/stations",
        query=AreaQuery,
        answer=page_of(schemas.StationView),
        summary="Stations 服务站",
    )
    def stations(self, call: Call, query: Data) -> Any:
        return queries.stations(query)

    @get("/stations/<id>", answer=schemas.StationView, summary="One station 服务站")
    def station(self, call: Call, id: str) -> Any:
        return queries.station(id)
