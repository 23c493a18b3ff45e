"""Rules of service stations 服务站."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from statemachine import State, StateMachine

from shared import areas
from shared.errors import Refused, Text

FIVE_HAVES = ("window", "desk_sign", "computer", "filing_cabinet", "records")  # 五有 (Daoli)


SEVEN_IN_COMMON = ("sign", "plate", "panels", "content", "functions", "duties", "procedure")  # 七统一 (Daoli)

# Who visits; a role, never a name. 街道、社区、区民政局、第三方、居民
VISITORS = ("street_staff", "community_worker", "district_staff", "evaluator", "resident")
HISTORY = 60  # changes of compliance told with a station: five years of a change a month


class StationLife(StateMachine):
    """Life cycle of a service station 服务站."""

    open = State("open 运行", initial=True)
    closed = State("closed 已撤销", final=True)

    check = open.to(open)
    close = open.to(closed)


def complies(five_haves: Mapping[str, bool], seven_in_common: Mapping[str, bool]) -> bool:
    """Whether a service station 服务站 meets both check lists in full."""
    return all(five_haves.get(item) for item in FIVE_HAVES) and all(
        seven_in_common.get(item) for item in SEVEN_IN_COMMON
    )


def community(area: str) -> str | None:
    """The community that a station is the only one of; those of streets and districts stand beside others."""
    return area if areas.tier(area) == "community" else None


def history(found: Mapping[date, bool]) -> list[dict[str, Any]]:
    """What visits found by their days, as it is told: a line for each change of compliance, oldest first."""
    told = [{"on": day.isoformat(), "complies": found[day]} for day in sorted(found)]
    changes = [each for n, each in enumerate(told) if n == 0 or each["complies"] != told[n - 1]["complies"]]
    return changes[-HISTORY:]


def check_visit(visited_on: date, opened_on: date | None, today: date) -> None:
    """Raise Refused for a visit in the future or before there was a station."""
    if visited_on > today or (opened_on is not None and visited_on < opened_on):
        raise Refused(
            "visit-date",
            Text(
                "The visit lies in the future, or before the station was opened.",
                "走访日期晚于今日或早于设立日期。",
            ),
            Text("Give the day of the visit.", "请填写走访当日日期。"),
            field="visited_on",
        )


class Known(NamedTuple):
    """What a trend needs to know of a station. `opened_on` None: from before that was recorded."""

    area: str
    opened_on: date | None
    closed_on: date | None
    complies: bool
    history: Sequence[Mapping[str, Any]]


class Share(NamedTuple):
    """Open stations, and those of them that comply."""

    stations: int
    complying: int

    @property
    def percent(self) -> int | None:
        """Per hundred stations, rounded down; None without any."""
        return 100 * self.complying // self.stations if self.stations else None


def share(stations: Iterable[Known], on: date) -> Share:
    """The share of compliance at the end of a day."""
    there = [each for each in stations if _there(each, on)]
    return Share(len(there), sum(_complied(each, on) for each in there))


def _there(station: Known, on: date) -> bool:
    begun = station.opened_on is None or station.opened_on <= on
    return begun and (station.closed_on is None or station.closed_on > on)


def _complied(station: Known, on: date) -> bool:
    told = [each["complies"] for each in station.history if each["on"] <= on.isoformat()]
    return bool(told[-1]) if told else station.complies and not station.history


def month_ends(last: date, months: int) -> list[date]:
    """The days of a trend, oldest first: the ends of the `months` months before, then the day itself."""
    days = [last]
    for _ in range(months):
        first = days[-1].replace(day=1)
        days.append(date.fromordinal(first.toordinal() - 1))
    return days[::-1]
