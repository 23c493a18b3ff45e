"""The closed loop of hotline requests and surveys, as their users go through them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import RunningNode, eventually

pytestmark = pytest.mark.service

STREET, COMMUNITY = "230102030", "230102030001"
TAKEN = "2026-03-02T09:00:00+08:00"  # a Monday
CALL = {
    "area": STREET, "title": "楼道照明损坏", "category": "设施", "source": "hotline", "received_on": "2026-03-02",
    "contact": {"name": "李某某", "phone": "13900005678"},
}  # fmt: skip


def post(here: RunningNode, path: str, body: Any, role: str, area: str, now: str) -> Any:
    signed = {"Authorization": f"Bearer {here.token(role, area)}"}
    return here.post(f"/api/needs/{path}", body, None, headers=signed, now=now)


def run(here: RunningNode, now: str) -> None:
    assert here.post("/api/needs/clocks/run", None, "operator", now=now).ok


def letters(here: RunningNode, role: str, area: str, about: str) -> list[str]:
    signed = {"Authorization": f"Bearer {here.token(role, area)}"}
    asked = {"recipient": f"role:{role}@{area}", "limit": "200"}
    found = here.get("/api/notifications/messages", None, headers=signed, params=asked).json()["items"]
    return sorted(one["template"] for one in found if one["about"] == about)


def test_a_request_is_taken_routed_answered_called_back_and_reopened_until_the_resident_is_satisfied(
    office: RunningNode,
) -> None:
    need = post(office, "needs", CALL, "street_staff", STREET, TAKEN).json()
    assert (need["loop"], need["due_step"], need["due_at"]) == (
        "taken",
        "routing",
        "2026-03-03T15:59:59.000Z",
    )
    path = f"needs/{need['id']}"
    early = post(office, f"{path}/call-back", {"result": "satisfied"}, "street_staff", STREET, TAKEN)
    assert early.status_code == 422
    beside = post(office, f"{path}/routing", {"to": COMMUNITY}, "community_worker", COMMUNITY, TAKEN)
    assert beside.status_code == 403
    routed = post(office, f"{path}/routing", {"to": COMMUNITY}, "street_staff", STREET, TAKEN).json()
    # Five working days from Tuesday, the 3rd.
    assert (routed["due_step"], routed["due_at"], routed["due_area"]) == (
        "answering", "2026-03-09T15:59:59.000Z", COMMUNITY,
    )  # fmt: skip
    # Who is to answer sees whom.
    worker = {"Authorization": f"Bearer {office.token('community_worker', COMMUNITY)}"}
    assert office.get(f"/api/needs/{path}", None, headers=worker).json()["contact"] == CALL["contact"]
    for now in ("2026-03-06T00:00:00+08:00", "2026-03-10T00:00:00+08:00"):
        run(office, now)
    told = ["deadline_near", "deadline_passed", "need_routed"]
    eventually(lambda: letters(office, "community_worker", COMMUNITY, need["id"]) == told)
    eventually(lambda: letters(office, "street_staff", STREET, need["id"]) == ["deadline_passed"])

    late = "2026-03-10T10:00:00+08:00"
    answered = post(
        office, f"{path}/answer", {"answer": "已报修"}, "community_worker", COMMUNITY, late
    ).json()
    assert (answered["loop"], answered["late"], answered["due_step"]) == ("answered", True, "call_back")
    body = {"result": "unsatisfied"}
    without = post(office, f"{path}/call-back", body, "street_staff", STREET, late)
    assert (without.status_code, without.json()["field"]) == (422, "reasons")
    again = post(
        office, f"{path}/call-back", body | {"reasons": "仍未修好"}, "street_staff", STREET, late
    ).json()
    assert (again["loop"], again["answered_at"], again["satisfied"]) == ("routed", None, False)
    eventually(lambda: "need_reopened" in letters(office, "community_worker", COMMUNITY, need["id"]))
    assert post(office, f"{path}/answer", {"answer": "已修好"}, "community_worker", COMMUNITY, late).ok
    unreached = post(
        office, f"{path}/call-back", {"result": "unreached"}, "street_staff", STREET, late
    ).json()
    assert (unreached["loop"], unreached["call_backs"]) == ("answered", 1)
    done = post(office, f"{path}/call-back", {"result": "satisfied"}, "street_staff", STREET, late).json()
    assert (done["loop"], done["satisfied"], done["due_step"], done["due_at"]) == ("closed", True, None, None)

    waiting = post(office, "needs", CALL | {"area": COMMUNITY}, "street_staff", STREET, TAKEN).json()
    stranger = {"to": "230103001"}
    assert (
        post(office, f"needs/{waiting['id']}/routing", stranger, "street_staff", STREET, TAKEN).status_code
        == 422
    )
    shown = office.get("/api/needs/hotline", params={"area": STREET}, now=late).json()["items"]
    assert [(one["area"], one["requests"], one["answered_percent"], one["overdue"]) for one in shown] == [
        (STREET, 2, 50, 1), (COMMUNITY, 1, 0, 1),
    ]  # fmt: skip
    assert (shown[0]["in_time_percent"], shown[0]["satisfied_percent"]) == (0, 100)


def test_a_department_raises_needs_in_its_own_name_only(office: RunningNode) -> None:
    body = {
        "area": "230102", "title": "社区矫正帮扶", "category": "法律", "source": "department",
        "raised_by": "区司法局", "received_on": "2026-03-02",
    }  # fmt: skip
    made = post(office, "needs", body, "supervising_unit", "230102", TAKEN)
    assert made.json()["raised_by"] == "区司法局", made.text
    for wrong, field in (({"source": "visit"}, "source"), ({"source": "online"}, "source")):
        refused = post(
            office, "needs", body | wrong | {"raised_by": None}, "supervising_unit", "230102", TAKEN
        )
        assert (refused.status_code, refused.json()["field"]) == (422, field)
    named = post(office, "needs", body | {"source": "visit"}, "district_staff", "230102", TAKEN)
    assert (named.status_code, named.json()["field"]) == (422, "raised_by")


def test_a_survey_is_data_and_its_answers_become_needs(office: RunningNode) -> None:
    need = {"category": "为老服务", "group": "老年人"}
    survey = {
        "area": STREET, "title": "居民需求问卷", "closes_on": "2026-03-31",
        "questions": [
            {"key": "wanted", "text": "需要哪些服务", "kind": "choices", "options": ["助餐", "理发"], "need": need},
            {"key": "content", "text": "满意度", "kind": "rating", "required": False},
            {"key": "more", "text": "其他", "kind": "text", "required": False, "need": need},
        ],
    }  # fmt: skip
    made = post(office, "surveys", survey, "street_staff", STREET, TAKEN)
    assert made.status_code == 201, made.text
    path = f"surveys/{made.json()['id']}"
    filled = {
        "area": COMMUNITY, "answers": {"wanted": ["助餐", "理发"], "content": 3, "more": "缺少座椅"},
        "contact": CALL["contact"],
    }  # fmt: skip
    given = post(office, f"{path}/answers", filled, "resident", COMMUNITY, TAKEN)
    assert (given.status_code, given.json()["counted"]) == (
        201,
        {"wanted": ["助餐", "理发"], "content": 3},
    ), given.text
    twice = post(office, f"{path}/answers", filled, "resident", COMMUNITY, TAKEN)
    assert twice.status_code == 409
    visited = filled | {"answers": {"wanted": ["助餐"]}}
    assert all(
        post(office, f"{path}/answers", visited, "community_worker", COMMUNITY, TAKEN).ok for _ in range(2)
    )
    wrong = post(
        office, f"{path}/answers", filled | {"answers": {"content": 9}}, "street_staff", STREET, TAKEN
    )
    assert (wrong.status_code, wrong.json()["field"]) == (422, "answers.content")

    staff = {"Authorization": f"Bearer {office.token('street_staff', STREET)}"}
    listed = office.get("/api/needs/needs", None, headers=staff, params={"survey": made.json()["id"]}).json()[
        "items"
    ]
    assert sorted(one["title"] for one in listed) == ["助餐", "助餐", "助餐", "理发", "缺少座椅"]
    assert all((one["source"], one["contact"]) == ("survey", CALL["contact"]) for one in listed)
    results = office.get(f"/api/needs/{path}/results", None).json()
    assert (results["answers"], results["needs"]) == (3, 5)
    assert results["questions"][0]["counts"] == {"助餐": 3, "理发": 1}
    assert post(office, f"{path}/closing", None, "street_staff", STREET, TAKEN).json()["status"] == "closed"
    late = post(office, f"{path}/answers", visited, "community_worker", COMMUNITY, TAKEN)
    assert (late.status_code, late.json()["field"]) == (422, "survey")
