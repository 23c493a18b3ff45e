"""What can be done with service stations."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.registry.documents.stations import Station, StationVisit
from services.registry.domain import stations as rules
from services.registry.subjects import stations as subjects
from shared import clock
from shared.call import Call
from shared.errors import Conflict, Text
from shared.lifecycle import advance
from shared.store import command, load, new, record, save, save_all

Data = dict[str, Any]


def _today(call: Call) -> date:
    return call.now.astimezone(clock.CHINA).date()


@command
def open_station(call: Call, body: Data) -> Station:
    """Open a service station 服务站 with the state of its check lists. Raises Conflict in a community that has one."""
    given = body | {"opened_on": body["opened_on"] or _today(call)}
    station = new(call, Station, **given)
    rules.check_visit(station.opened_on, None, _today(call))
    station.only_of = rules.community(station.area)
    if station.only_of:
        _check_alone(station.area)
    visit = _visit(call, station, station.opened_on, body)
    save_all(call, (station, subjects.STATION_OPENED), visit)
    return station


def _check_alone(community: str) -> None:
    """Also against records of older versions, which the unique index does not hold."""
    there = Station.objects(area=community, status__ne="closed").first()
    if there is not None:
        raise Conflict(
            "station-there",
            Text(f"The community has {there.name} already.", f"该社区已有{there.name}。"),
            Text("Record a check of that one, or close it first.", "请检查已有服务站，或先将其撤销。"),
            field="area",
        )


@command
def check_station(call: Call, station_id: str, body: Data) -> Station:
    """Record what a visit found on both check lists. The newest visit says how the station stands."""
    station = load(call, Station, station_id)
    station.status = advance(rules.StationLife, station.status, "check")
    on = body["visited_on"] or _today(call)
    rules.check_visit(on, station.opened_on, _today(call))
    visit = _visit(call, station, on, body)
    save_all(call, (station, subjects.STATION_CHECKED), visit)
    return station


def _visit(call: Call, station: Station, on: date, body: Data) -> StationVisit:
    """A visit, with the station set to what is known with it."""
    lists = {name: body[name] for name in ("five_haves", "seven_in_common")}
    fits = rules.complies(**lists)
    found = {
        each.visited_on: each.complies for each in StationVisit.objects(station=station.id).order_by("id")
    }
    if not found and station.version:
        # Of an older version, which kept no visits: as it stood since it was made.
        found[station.created_at.astimezone(clock.CHINA).date()] = station.complies
    if on >= max(found, default=on):
        station.five_haves, station.seven_in_common = lists.values()
        station.complies = fits
    station.history = rules.history(found | {on: fits})
    role = body.get("visitor_role") or _role(call)
    about = {"visited_on": on, "visitor_role": role, "findings": body.get("findings")}
    return record(call, StationVisit, "visit", station=station.id, complies=fits, **lists, **about)


def _role(call: Call) -> str:
    """In which of their roles somebody visits who does not say so."""
    held = [grant.role for grant in call.actor.grants if grant.role in rules.VISITORS]
    return held[0] if held else rules.VISITORS[0]


@command
def close_station(call: Call, station_id: str, reasons: str) -> Station:
    """Close a station 撤销; its community may then have another."""
    station = load(call, Station, station_id)
    station.status = advance(rules.StationLife, station.status, "close")
    station.closed_on, station.only_of, station.reasons = _today(call), None, reasons
    return save(call, station, subjects.STATION_CLOSED)
