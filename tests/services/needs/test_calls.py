"""An evaluator gets a sampled list of whom to call, for a while, and each look at it is logged."""

from __future__ import annotations

from typing import Any

import pytest

from services.needs.domain.calls import draw
from tests.harness import RunningNode, eventually

pytestmark = pytest.mark.service

AREA = "230102050"
NOW, LAST, LATE = "2026-03-02T09:00:00+08:00", "2026-03-20T23:59:59+08:00", "2026-03-21T00:00:00+08:00"
LIST = {
    "area": AREA, "purpose": "第一季度回访", "evaluator": "survey-office", "since": "2026-03-01", "until": "2026-03-02",
    "size": 3, "seed": "20260302",
}  # fmt: skip


def answered(here: RunningNode, number: int, **more: Any) -> str:
    need = {
        "area": AREA, "title": f"需求{number}", "category": "care", "source": "visit", "received_on": "2026-03-01",
        "contact": {"name": "钱某某", "phone": f"1390000{number:04}"},
    }  # fmt: skip
    made = here.post("/api/needs/needs", need | more, now=NOW).json()["id"]
    assert here.post(f"/api/needs/needs/{made}/answer", {"answer": "已办"}, now=NOW).ok
    return str(made)


def test_a_list_is_drawn_looked_at_called_and_expires(office: RunningNode) -> None:
    needs = [answered(office, number) for number in range(5)]
    answered(office, 8, contact=None)
    made = office.post("/api/needs/call-lists", LIST, now=NOW)
    assert made.status_code == 201, made.text
    told, path = made.json(), f"/api/needs/call-lists/{made.json()['id']}"
    # Only who left a number is in the frame, and anybody who knows it draws the same.
    assert (told["frame_size"], told["sample"]) == (5, draw(needs, "20260302", 3))
    assert "1390000" not in made.text
    assert told["expires_at"] == "2026-03-20T15:59:59.000Z"  # fourteen working days

    mine = {"Authorization": f"Bearer {office.token('evaluator', subject='survey-office')}"}
    others = {"Authorization": f"Bearer {office.token('evaluator', subject='somebody-else')}"}
    assert office.post(f"{path}/looks", None, None, headers=others, now=NOW).status_code == 403
    assert office.post(f"{path}/looks", None, "district_staff", now=NOW).status_code == 403
    looked = office.post(f"{path}/looks", None, None, headers=mine, now=LAST).json()
    assert {one["need"]: one["contact"]["phone"] for one in looked["entries"]} == {
        need: f"1390000{needs.index(need):04}" for need in told["sample"]
    }
    assert office.post(f"{path}/looks", None, None, headers=mine, key="once", now=LAST).json()["looks"] == 2

    def said(need: str, result: str, now: str = LAST) -> Any:
        return office.post(f"{path}/results", {"need": need, "result": result}, None, headers=mine, now=now)

    one, other, third = told["sample"]
    assert said(one, "unreached").ok
    assert said(one, "satisfied").ok
    assert said(other, "unsatisfied").ok
    outside = next(need for need in needs if need not in told["sample"])
    assert said(outside, "satisfied").json()["field"] == "need"
    counted = said(third, "refused").json()
    assert counted["counts"] == {"satisfied": 1, "unsatisfied": 1, "unreached": 0, "refused": 1}
    assert counted["outcome"] == {"answered": 2, "satisfied": 1, "permille": 500, "low": 94, "high": 906}

    gone = office.post(f"{path}/looks", None, None, headers=mine, now=LATE)
    assert (gone.status_code, gone.json()["type"].rpartition(":")[2]) == (410, "list-expired")
    again = office.post(f"{path}/looks", None, None, headers=mine, key="once", now=LATE)
    assert (again.status_code, "1390000" in again.text) == (410, False), (
        "nor is the answer kept for a request that comes again"
    )
    assert said(one, "satisfied", LATE).status_code == 422

    def looks() -> list[str]:
        asked = {"record": told["id"], "limit": "200"}
        found = office.get("/api/needs/audit", "auditor", params=asked).json()["items"]
        return [entry["actor"] for entry in found if entry["operation"].endswith("/looks")]

    eventually(lambda: looks() == ["survey-office"] * 2, what="both looks in the audit")
    assert office.get(path, "auditor").json()["looks"] == 2


def test_who_draws_a_list_says_from_whom(office: RunningNode) -> None:
    nobody = office.post("/api/needs/call-lists", LIST | {"area": "230102051"}, now=NOW)
    assert (nobody.status_code, nobody.json()["field"]) == (422, "since")
    before = office.post("/api/needs/call-lists", LIST | {"until": "2026-02-01"}, now=NOW)
    assert (before.status_code, before.json()["field"]) == (422, "until")
    assert office.post("/api/needs/call-lists", LIST, "evaluator", now=NOW).status_code == 403
