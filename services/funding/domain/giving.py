"""Grants in the form of the 360Giving Data Standard 1.4, from where a round's public course has come to.

A grant is an award that stands. Amounts are yuan 元 as JSON numbers.
"""

from __future__ import annotations

from typing import Any

from services.funding.domain import ocds
from services.funding.domain.ocds import Known
from services.funding.domain.opendata import Course
from shared import areas, clock

Data = dict[str, Any]

VERSION = "1.4"


def grants(course: Course, prefix: str, source: str) -> list[Data]:
    """The grants of a round, in the order in which they were made. `prefix` is the publisher's 360G- prefix, `source`
    the address of what they were made from."""
    assert course.round is not None
    contracts = {told["awardID"]: told for told in course.contracts.values()}
    standing = [told for told in course.awards.values() if told["status"] == "active"]
    standing.sort(key=lambda told: (told["date"], told["id"]))
    return [_grant(course, told, contracts.get(told["id"]), prefix, source) for told in standing]


def _grant(course: Course, award: Data, contract: Data | None, prefix: str, source: str) -> Data:
    assert course.round is not None
    application, known = course.applications[award["id"]], course.known
    agreed = contract or award
    found: Data = {
        "id": f"{prefix}-{award['id']}",
        "title": agreed["title"],
        "description": _description(course, award),
        "currency": ocds.CURRENCY,
        "amountAwarded": agreed["value"]["amount"],
        "awardDate": _day(award["date"]),
        "recipientOrganization": [_organisation(application["organisation"], prefix, known)],
        "fundingOrganization": [_organisation(f"area-{course.round['area']}", prefix, known)],
        "grantProgramme": [{"code": course.round["id"], "title": course.round["name"]}],
        "beneficiaryLocation": [_location(application["area"])],
        "dateModified": course.modified[award["id"]],
        "dataSource": source,
    }
    if contract:
        found["amountDisbursed"] = _disbursed(contract, f"area-{course.round['area']}")
        if period := contract.get("period"):
            found["plannedDates"] = [{name: _day(at) for name, at in period.items()}]
    return found


def _description(course: Course, award: Data) -> str:
    """What the grant is for; the standard asks for some words."""
    needs = [item["description"] for item in award.get("items", ())]
    said = [
        award.get("description", ""),
        award["title"],
        *(f"回应需求 answers the need: {need}" for need in needs),
    ]
    return " ".join(filter(None, said))


def _disbursed(contract: Data, payer: str) -> float | int:
    """What was paid less what came back, in fen on the way so that it is exact."""
    moved = contract.get("implementation", {}).get("transactions", ())
    fen = (
        round(each["value"]["amount"] * 100) * (1 if each["payer"]["id"] == payer else -1) for each in moved
    )
    return ocds.amount(sum(fen))


def _organisation(identifier: str, prefix: str, known: Known) -> Data:
    """An organisation by its credit code 统一社会信用代码, or else by an identifier of the publisher's own."""
    found = known.parties.get(identifier)
    own = f"{prefix}-{identifier}"
    code = f"{ocds.CREDIT_CODE_SCHEME}-{found.credit_code}" if found and found.credit_code else own
    return {"id": code, "name": ocds.reference(identifier, known)["name"]}


def _location(area: str) -> Data:
    return {"name": areas.name(area), "countryCode": "CN", "geoCode": area}


def _day(at: str) -> str:
    """The day of a moment, in China's time."""
    return clock.parse(at).astimezone(clock.CHINA).date().isoformat()
