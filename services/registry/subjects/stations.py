"""What is told of service stations."""

from __future__ import annotations

from services.registry.schemas.stations import StationState
from shared.errors import Text
from shared.events.types import Subject

STATION = Subject("registry", "station", StationState, Text("service station", "服务站"))
STATION_OPENED = STATION.event("opened", Text("opened", "设立"))
STATION_CHECKED = STATION.event("checked", Text("checked", "检查"))
STATION_CLOSED = STATION.event("closed", Text("closed", "撤销"))

ALL = (STATION_OPENED, STATION_CHECKED, STATION_CLOSED)
