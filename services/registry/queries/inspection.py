"""What can be asked of annual inspections."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from services.registry.documents.inspection import Inspection, KnownGrade
from services.registry.documents.organisations import Organisation
from services.registry.domain import inspection as rules
from services.registry.queries.rules import value
from shared import clock
from shared.call import Call
from shared.store.aggregate import subtree
from shared.store.queries import get, page

Data = dict[str, Any]
inspection = get(Inspection)


class Terms(NamedTuple):
    """What holds of the inspection of a year in an area."""

    window: rules.Window
    months: int  # registered by the end of the year
    exempt_grade: str | None


def terms(area: str, year: int, now: datetime) -> Terms:
    """What holds in an area, by the rules that are in force at `now`."""
    days = (value(rule, area, now) for rule in (rules.OPENS, rules.DUE_TO_UNIT, rules.CLOSES))
    window = rules.window(year, *days)
    return Terms(window, value(rules.REGISTERED_MONTHS, area, now), value(rules.EXEMPT_GRADE, area, now))


def grade(organisation: str, on: date) -> str | None:
    """The best grade that holds for an organisation on a day."""
    found = KnownGrade.objects(organisation=organisation, valid_until__gte=on, valid_from__lte=on)
    return max((each.grade for each in found), default=None, key=rules.GRADES.index)


def form(organisation: Organisation, found: Terms, now: datetime) -> tuple[str, str | None]:
    """The form that an organisation has to file, and the grade that exempts it."""
    on = now.astimezone(clock.CHINA).date()
    held = grade(organisation.id, on) if found.exempt_grade else None
    asked = rules.form_of(
        organisation.type, charity=bool(organisation.charity), grade=held, exempt_grade=found.exempt_grade
    )
    return asked, held if asked == "work_report" else None


def inspections(query: Data) -> Any:
    return page(Inspection, query, "year", "organisation", "status", "conclusion")


def inspection_file(call: Call, identifier: str) -> Inspection:
    """An inspection with its report, to those who deal with it. Raises NotFound, Forbidden."""
    found = inspection(identifier)
    call.authorise(found.area, found.organisation)
    return found


def figures(area: str, year: int) -> Data:
    """How far the inspection of a year has come, counted by the store."""
    counted = {f"by_{name}": _counts(area, year, name) for name in ("status", "conclusion", "form")}
    late = Inspection.objects(year=year, late=True, **subtree(area)).count()
    return counted | {"inspected": sum(counted["by_status"].values()), "late": late}


def _counts(area: str, year: int, name: str) -> dict[str, int]:
    inside = {"year": year, "area": {"$gte": area, "$lt": area + ":"}}
    found = Inspection._get_collection().aggregate(
        [{"$match": inside}, {"$group": {"_id": f"${name}", "n": {"$sum": 1}}}]
    )
    return {each["_id"]: each["n"] for each in found if each["_id"]}
