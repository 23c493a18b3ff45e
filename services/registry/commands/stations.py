"""What can be done with service stations."""

from __future__ import annotations

from typing import Any

from services.registry.documents.stations import Station
from services.registry.domain import stations as rules
from services.registry.subjects import stations as subjects
from shared.call import Call
from shared.store import command, load, new, save

Data = dict[str, Any]


@command
def open_station(call: Call, body: Data) -> Station:
    """Open a service station 服务站 with the state of its check lists."""
    fits = rules.complies(body["five_haves"], body["seven_in_common"])
    return save(call, new(call, Station, complies=fits, **body), subjects.STATION_OPENED)


@command
def check_station(call: Call, station_id: str, body: Data) -> Station:
    """Record what a visit found on both check lists."""
    station = load(call, Station, station_id)
    station.five_haves, station.seven_in_common = body["five_haves"], body["seven_in_common"]
    station.complies = rules.complies(station.five_haves, station.seven_in_common)
    return save(call, station, subjects.STATION_CHECKED)
