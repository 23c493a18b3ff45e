from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.harness import RunningNode, eventually
from tests.services import organisations

pytestmark = pytest.mark.service

NOW = "2025-06-10T10:00:00+08:00"
AFTER_NOTICE = "2025-06-24T10:00:00+08:00"
NEED = {
    "title": "独居老人助餐", "description": "行动不便", "category": "为老服务", "group": "老年人",
    "source": "visit", "received_on": "2025-06-01",
    "contact": {"name": "王某某", "phone": "13900001234"},
}  # fmt: skip
VOTES = {part: {"for": 3, "against": 1} for part in ("residents", "experts", "cadres", "organisations")}


@pytest.fixture
def here(office: RunningNode) -> RunningNode:
    return office


def collect(here: RunningNode, area: str = "230102001001", **more: Any) -> dict[str, Any]:
    answer = here.post("/api/needs/needs", NEED | {"area": area} | more, now=NOW)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def consolidate(here: RunningNode, *sources: str, area: str = "230102", **more: Any) -> Any:
    body = {"area": area, "title": "为老助餐", "category": "为老服务", "sources": list(sources)}
    return here.post("/api/needs/library", body, now=NOW, **more)


def chosen(here: RunningNode) -> str:
    item = consolidate(here, collect(here)["id"]).json()["id"]
    body = {"chosen": True, "votes": VOTES, "reasons": "居民急需"}
    answer = here.post(f"/api/needs/library/{item}/appraisal", body, now=NOW)
    assert answer.ok, answer.text
    assert here.post(f"/api/needs/library/{item}/confirmation", now=AFTER_NOTICE).ok
    return str(item)


def deliver(here: RunningNode, organisation: str, **more: Any) -> Any:
    body = {
        "area": "230102001001", "organisation": organisation, "service": "送餐上门",
        "delivered_on": "2025-06-09", "beneficiaries": 20, "person_times": 300, "confirmed_by": "client",
    }  # fmt: skip
    return here.post("/api/needs/deliveries", body | more, now=NOW)


def need_of(here: RunningNode, identifier: str) -> dict[str, Any]:
    return dict(here.get(f"/api/needs/needs/{identifier}").json())


def merged_into(here: RunningNode, need: str) -> str | None:
    item: str | None = need_of(here, need)["item"]
    return item


def figures(here: RunningNode, area: str, **more: Any) -> dict[str, Any]:
    return dict(here.get("/api/needs/figures", None, params={"area": area} | more).json())


def test_whom_to_answer_is_shown_to_staff_of_the_area_only(here: RunningNode):
    need = collect(here)
    path = f"/api/needs/needs/{need['id']}"
    assert need["contact"] == NEED["contact"]
    assert here.get(path, "community_worker").json()["contact"] == NEED["contact"]
    assert here.get(path, "organisation_officer").json()["contact"] is None
    elsewhere = {"Authorization": f"Bearer {here.token('street_staff', '230102002')}"}
    assert here.get(path, None, headers=elsewhere).status_code == 403
    listed = here.get("/api/needs/needs", "resident", params={"limit": 200}).json()["items"]
    assert listed
    assert all(other["contact"] is None for other in listed)
    assert here.get(path, None).status_code == 401


def test_whom_to_answer_is_in_no_event(here: RunningNode):
    need = collect(here, title="不外传的需求")
    with here.amqp() as connection:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=100)
        start, seen = {"x-stream-offset": "first"}, ""
        # Until nothing more comes: what has come and was not looked at, pika gives back, which a stream minds.
        for method, _, body in channel.consume("events.log", arguments=start, inactivity_timeout=2):
            if method is None:
                break
            seen += body.decode()
            channel.basic_ack(method.delivery_tag)
    assert need["id"] in seen
    assert "王某某" not in seen
    assert "13900001234" not in seen


def test_a_need_cannot_have_come_tomorrow(here: RunningNode):
    answer = here.post("/api/needs/needs", NEED | {"area": "230102001", "received_on": "2025-06-11"}, now=NOW)
    assert (answer.status_code, answer.json()["field"]) == (422, "received_on")


def test_the_same_request_collects_one_need(here: RunningNode):
    body = NEED | {"area": "230102003001"}
    ids = {here.post("/api/needs/needs", body, key="twice", now=NOW).json()["id"] for _ in range(2)}
    assert len(ids) == 1
    assert figures(here, "230102003")["collected"] == 1


def test_a_hotline_request_is_closed_by_an_answer_once(here: RunningNode):
    area = "230102004001"
    requests = [collect(here, area, source="hotline")["id"] for _ in range(3)]
    for need in requests[:2]:
        answer = here.post(f"/api/needs/needs/{need}/answer", {"answer": "已安排"}, "community_worker")
        assert answer.json()["answered_at"], answer.text
    counted = figures(here, area)
    assert [counted[f"hotline_{name}"] for name in ("requests", "closed", "closed_percent")] == [3, 2, 66]
    again = here.post(f"/api/needs/needs/{requests[0]}/answer", {"answer": "重复"})
    assert (again.status_code, again.json()["field"]) == (422, "answer")


def test_similar_needs_are_proposed_the_most_alike_first(here: RunningNode):
    area = "230102005"
    for title in ("为独居老人提供助餐服务", "独居老人助餐服务", "小区电梯加装"):
        collect(here, area, title=title)
    asked = {"title": "独居老人助餐服务", "area": area}

    def found() -> list[dict[str, Any]]:
        return list(here.get("/api/needs/needs/similar", params=asked).json()["items"])

    eventually(lambda: len(found()) == 2, what="both are found")
    assert [need["title"] for need in found()] == ["独居老人助餐服务", "为独居老人提供助餐服务"]
    assert found()[0]["score"] == 100


def test_needs_are_merged_into_an_item_and_each_says_into_which(here: RunningNode):
    sources = [collect(here)["id"] for _ in range(3)]
    answer = consolidate(here, *sources)
    assert answer.status_code == 201, answer.text
    item = answer.json()["id"]
    eventually(lambda: all(merged_into(here, need) == item for need in sources), what="all sources merged")
    assert need_of(here, sources[0])["status"] == "merged"
    listed = here.get("/api/needs/needs", params={"item": item}).json()["items"]
    assert {need["id"] for need in listed} == set(sources)


def test_a_source_that_is_not_known_may_be_on_its_way(here: RunningNode):
    unknown = "019344a0-0000-7000-8000-000000000000"
    answer = consolidate(here, collect(here)["id"], unknown)
    assert (answer.status_code, answer.json()["field"]) == (409, "sources")
    assert answer.headers["Retry-After"]


def test_of_items_made_at_once_of_the_same_need_one_gets_it(here: RunningNode):
    shared, *own = (collect(here)["id"] for _ in range(7))
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda source: consolidate(here, shared, source), own))
    made = [answer.json() for answer in answers if answer.status_code == 201]
    assert len(made) == 1, [answer.text for answer in answers]
    assert {answer.status_code for answer in answers} == {201, 409}
    eventually(lambda: merged_into(here, shared) == made[0]["id"], what="the shared need merged")
    # What the refused items wanted is still free.
    free = [need for need in own if need not in made[0]["sources"]]
    assert consolidate(here, *free).status_code == 201


def test_an_item_is_proposed_by_a_full_panel_with_a_majority(here: RunningNode):
    item = consolidate(here, collect(here)["id"]).json()["id"]
    path = f"/api/needs/library/{item}/appraisal"
    against = {part: {"for": 1, "against": 2} for part in VOTES}
    refused = here.post(path, {"chosen": True, "votes": against, "reasons": "-"})
    assert (refused.status_code, refused.json()["field"]) == (422, "votes")
    answer = here.post(path, {"chosen": True, "votes": VOTES, "reasons": "急需"}).json()
    assert (answer["status"], answer["votes"]) == ("noticed", VOTES)
    again = here.post(path, {"chosen": False, "votes": VOTES, "reasons": "-"})
    assert again.status_code == 422
    assert here.get(f"/api/needs/library/{item}", None).json()["status"] == "noticed"


def test_an_item_is_set_aside_with_reasons(here: RunningNode):
    item = consolidate(here, collect(here)["id"]).json()["id"]
    body = {"chosen": False, "votes": VOTES, "reasons": "由物业解决"}
    answer = here.post(f"/api/needs/library/{item}/appraisal", body, "street_staff").json()
    assert (answer["status"], answer["reasons"]) == ("set_aside", "由物业解决")


def test_residents_do_not_make_items(here: RunningNode):
    assert consolidate(here, collect(here)["id"], role="resident").status_code == 403


def test_an_active_organisation_records_what_it_delivered_for_a_topic(here: RunningNode):
    organisation, topic = organisations.active(here, "送餐队"), chosen(here)
    eventually(lambda: deliver(here, organisation, topic=topic).status_code == 201, what="team known here")
    listed = here.get("/api/needs/deliveries", params={"topic": topic}).json()["items"]
    assert [(d["organisation"], d["person_times"]) for d in listed] == [(organisation, 300)]


def test_a_team_delivers_only_in_its_own_name(here: RunningNode):
    one, other = organisations.active(here, "一队"), organisations.active(here, "二队")
    eventually(lambda: deliver(here, other).status_code == 201, what="teams known here")
    body = {
        "area": "230102", "organisation": other, "service": "理发", "delivered_on": "2025-06-09",
        "beneficiaries": 1, "person_times": 1, "confirmed_by": "client",
    }  # fmt: skip
    answer = here.post("/api/needs/deliveries", body, "organisation_officer", organisation=one, now=NOW)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:hatchery:problem:other-organisation")


def test_an_organisation_delivers_once_it_is_approved_and_not_after_it_is_suspended(here: RunningNode):
    organisation = organisations.apply(here, "待批队")
    early = deliver(here, organisation)
    assert (early.status_code, early.json()["field"]) == (409, "organisation")
    organisations.approve(here, organisation)
    eventually(lambda: deliver(here, organisation).status_code == 201, what="the approval known here")
    reasons = {"reasons": "年检"}
    assert here.post(f"/api/registry/organisations/{organisation}/suspension", reasons).ok
    eventually(lambda: deliver(here, organisation).status_code == 422, what="the suspension known here")


def test_figures_count_an_area_and_a_year(here: RunningNode):
    area, organisation = "230102006", organisations.active(here, "统计队")
    sources = [collect(here, f"{area}00{n}")["id"] for n in (1, 1, 2)]
    collect(here, f"{area}003", received_on="2024-12-31")
    item = consolidate(here, *sources, area=area).json()["id"]
    eventually(lambda: deliver(here, organisation, area=f"{area}001").status_code == 201, what="team known")
    assert deliver(here, organisation, area=f"{area}002", delivered_on="2024-01-01").status_code == 201
    eventually(lambda: merged_into(here, sources[0]) == item, what="sources merged")
    expected = {
        "collected": 3, "merged": 3, "library": 1, "topics": 0, "streets": 1, "communities": 2,
        "deliveries": 1, "beneficiaries": 20, "person_times": 300,
        "hotline_requests": 0, "hotline_closed": 0, "hotline_closed_percent": None,
    }  # fmt: skip
    assert figures(here, area, year=2025) == expected
    counted = figures(here, area)
    assert (counted["collected"], counted["communities"], counted["person_times"]) == (4, 3, 600)
    assert figures(here, area, year=2024)["library"] == 0


def test_nothing_became_a_dead_letter(here: RunningNode):
    assert here.depth("svc.needs.dead") == 0
    assert here.depth("svc.needs.parked") == 0
