"""Routes of service stations."""

from __future__ import annotations

from typing import Any

from services.registry.commands import stations as commands
from services.registry.queries import stations as queries
from services.registry.schemas import stations as schemas
from services.registry.schemas.common import Reasons
from shared.call import Call
from shared.http import PageQuery, get, page_of, post

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
        "/stations/<id>/checks", body=schemas.NewCheck, answer=schemas.StationView,
        summary="Record a check of a station 检查服务站",
    )  # fmt: skip
    def check_station(self, call: Call, id: str, body: Data) -> Any:
        return commands.check_station(call, id, body)

    @get(
        "/stations/<id>/checks", query=PageQuery, answer=page_of(schemas.VisitView),
        summary="Visits to a station 走访记录",
    )  # fmt: skip
    def station_visits(self, call: Call, id: str, query: Data) -> Any:
        return queries.visits(call, id, query)

    @post(
        "/stations/<id>/closing", body=Reasons, answer=schemas.StationView,
        summary="Close a station 撤销服务站",
    )  # fmt: skip
    def close_station(self, call: Call, id: str, body: Data) -> Any:
        return commands.close_station(call, id, body["reasons"])

    @get(
        "/stations", query=schemas.StationQuery, answer=page_of(schemas.StationView),
        summary="Stations 服务站",
    )  # fmt: skip
    def stations(self, call: Call, query: Data) -> Any:
        return queries.stations(query)

    @get(
        "/stations/shares", query=schemas.TrendQuery, answer=schemas.Shares,
        summary="Share of stations that comply, with its trend 达标率",
    )  # fmt: skip
    def station_shares(self, call: Call, query: Data) -> Any:
        return queries.shares(call, query)

    @get(
        "/stations/<id>", answer=schemas.StationView,
        summary="One station 服务站",
    )  # fmt: skip
    def station(self, call: Call, id: str) -> Any:
        return queries.station(id)
