"""A filing of a street grows into a registration of the district, also while the street is cut off."""

from __future__ import annotations

from functools import partial
from typing import Any

from stdnum.cn import uscc

from tests.harness import RunningNode, eventually
from tests.system.conftest import DISTRICT, STREET, Tiers

WHY = {"reasons": "依申请"}
NAMES = ("成长队", "先终止队", "被撤销队")


def act(node: RunningNode, organisation: str, what: str, body: Any = None) -> dict[str, Any]:
    role = "street_staff" if node.area == STREET else "district_staff"
    answer = node.post(f"/api/registry/organisations/{organisation}/{what}", body, role)
    assert answer.ok, answer.text
    return dict(answer.json())


def applied(node: RunningNode, body: dict[str, Any]) -> str:
    answer = node.post("/api/registry/organisations", body)
    assert answer.status_code == 201, answer.text
    organisation = str(answer.json()["id"])
    act(node, organisation, "acceptance")
    return organisation


def approved(node: RunningNode, organisation: str) -> None:
    act(node, organisation, "decision", {"approve": True} | WHY)


def seen(node: RunningNode, organisation: str) -> dict[str, Any]:
    answer = node.get(f"/api/registry/organisations/{organisation}")
    return dict(answer.json()) if answer.ok else {"status": None}


def tells(node: RunningNode, organisation: str, field: str, value: str) -> bool:
    return bool(seen(node, organisation).get(field) == value)


def steps(node: RunningNode, organisation: str) -> list[tuple[str, str]]:
    answer = node.get(f"/api/registry/organisations/{organisation}/history")
    return [(one["name"], one["step"]) for one in answer.json()["items"]]


def filed(street: RunningNode, name: str) -> str:
    body = {"area": STREET, "name": name, "track": "filed", "established_on": "2024-03-01"}
    answer = street.post("/api/registry/organisations", body, "street_staff")
    organisation = str(answer.json()["id"])
    act(street, organisation, "acceptance")
    approved(street, organisation)
    return organisation


def legal_person(name: str, filing: str, number: int) -> dict[str, Any]:
    first = f"52110101MJ{number:07d}"
    return {
        "area": STREET, "name": name, "track": "registered", "type": "non_enterprise", "established_on": "2026-03-01",
        "credit_code": first + uscc.calc_check_digit(first), "growing_from": filing,
    }  # fmt: skip


def test_a_filing_grows_once_and_without_a_gap_though_its_street_is_cut_off(tiers: Tiers) -> None:
    district, street = tiers[DISTRICT], tiers[STREET]
    filings = [filed(street, name) for name in NAMES]
    for filing in filings:
        eventually(partial(tells, district, filing, "status", "active"))
    forms = [
        legal_person(f"{name}服务中心", filing, 900 + n)
        for n, (name, filing) in enumerate(zip(NAMES, filings, strict=True))
    ]
    registrations = [applied(district, form) for form in forms]
    tiers.cable.cut()
    try:
        act(street, filings[1], "cancellation", WHY)
        act(street, filings[2], "rescission", WHY | {"legal_basis": "行政许可法 69"})
        for registration in registrations:
            approved(district, registration)
        assert [seen(district, each)["status"] for each in registrations] == ["active"] * 3
        assert seen(street, filings[0])["status"] == "active", "no gap: the team goes on until it is known"
    finally:
        tiers.cable.mend()
    for node in (street, district):
        for filing, registration in zip(filings, registrations, strict=True):
            eventually(partial(tells, node, filing, "grown_into", registration))
            eventually(partial(tells, node, registration, "grown_from", filing))
        # Closed while nobody could tell: it has grown all the same. What was rescinded stays so, and is linked.
        assert [seen(node, filing)["status"] for filing in filings] == ["grown", "grown", "rescinded"]
        for filing, registration, name in zip(filings, registrations, NAMES, strict=True):
            told = steps(node, registration)
            assert told == steps(node, filing)
            assert told.count((name, "grow")) == (filing != filings[2])
            assert told.count((f"{name}服务中心", "approve")) == 1
    assert seen(district, registrations[0])["owner"] == DISTRICT
    assert seen(district, filings[0])["owner"] == STREET
