"""Consolidation over HTTP: proposals, decisions, and the way back. Each test has a street of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.bench import consolidation as bench
from tests.harness import RunningNode, eventually

pytestmark = pytest.mark.service

NOW = "2025-06-10T10:00:00+08:00"
VOTES = {part: {"for": 3, "against": 1} for part in ("residents", "experts", "cadres", "organisations")}
MEALS = ("给高龄老人送餐上门", "希望社区办老年食堂", "长者食堂就餐")
Data = dict[str, Any]


@pytest.fixture
def here(node: Callable[..., RunningNode]) -> RunningNode:
    return node(["needs"])


def collect(here: RunningNode, street: str, *titles: str) -> list[str]:
    found = []
    for title in titles:
        body = {
            "area": f"{street}001", "title": title, "category": "为老服务", "source": "visit",
            "received_on": "2025-06-01",
        }  # fmt: skip
        answer = here.post("/api/needs/needs", body, now=NOW)
        assert answer.status_code == 201, answer.text
        found.append(answer.json()["id"])
    return found


def item_of(sources: list[str], street: str, **more: Any) -> Data:
    return {"area": street, "title": "助餐", "category": "为老服务", "sources": sources} | more


def consolidated(here: RunningNode, sources: list[str], street: str, **more: Any) -> str:
    answer = here.post("/api/needs/library", item_of(sources, street, **more), now=NOW)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def change(here: RunningNode, item: str, what: str, body: Data, **more: Any) -> Any:
    return here.post(f"/api/needs/library/{item}/{what}", {"reasons": "诉求不同"} | body, now=NOW, **more)


def item(here: RunningNode, identifier: str) -> Data:
    return dict(here.get(f"/api/needs/library/{identifier}", None).json())


def way(here: RunningNode, need: str, role: str = "street_staff") -> Any:
    return here.get(f"/api/needs/needs/{need}/way", role).json()


def place(here: RunningNode, need: str) -> tuple[str, str | None]:
    found = here.get(f"/api/needs/needs/{need}").json()
    return found["status"], found["item"]


def proposed(here: RunningNode, street: str, known: int) -> list[tuple[set[str], str | None]]:
    """The proposals once so many needs are known to be open."""

    def look() -> list[Data] | None:
        answer = here.get("/api/needs/proposals", params={"area": street})
        assert answer.ok, answer.text
        told = answer.json()
        return told["proposals"] if told["looked_at"] == known else None

    found = eventually(look, what=f"{known} needs are open")
    return [({need["id"] for need in one["needs"]}, one["item"]) for one in found]


def test_one_clerk_puts_every_need_into_the_item_of_its_kind(here: RunningNode):
    """The small form of `python -m tests.bench.consolidation`."""
    needs = bench.chosen(12, 6, seed=2)
    clerk = bench.consolidate(here, needs, "230102001", at="230102001001")
    assert len(clerk.items) == 6
    assert clerk.decisions.total() <= len(needs)


def test_what_was_left_out_or_rejected_is_not_proposed_again(here: RunningNode):
    street = "230102002"
    one, other, third = collect(here, street, *MEALS)
    assert ({one, other, third}, None) in proposed(here, street, 3)
    made = consolidated(
        here, [one, other], street, proposed=[one, other, third], reasons="送餐与食堂可一并办"
    )
    assert proposed(here, street, 1) == [({third}, None)]
    fourth, fifth = collect(here, street, "老人吃饭难，盼送餐", "老人吃饭难，盼配餐")
    groups = proposed(here, street, 3)
    assert ({fourth, fifth, third}, None) in groups or ({fourth, fifth}, made) in groups
    for rejected in ({"needs": [fourth, fifth], "item": made}, {"needs": [third, fourth, fifth]}):
        body = rejected | {"area": street, "reasons": "诉求不同"}
        assert here.post("/api/needs/proposals/rejection", body, "street_staff", now=NOW).status_code == 201
    assert sorted(map(str, proposed(here, street, 3))) == sorted(
        str(({n}, None)) for n in (third, fourth, fifth)
    )
    (told, *_) = way(here, third)["told_apart"]
    assert (told["parts"], told["reasons"]) == ([[one, other], [third]], "送餐与食堂可一并办")
    refused = here.post("/api/needs/proposals/rejection", {"area": street, "needs": [third], "reasons": "-"})
    assert (refused.status_code, refused.json()["field"]) == (422, "needs")
    elsewhere = {"area": "230102003", "needs": [third, fourth], "reasons": "-"}
    assert here.post("/api/needs/proposals/rejection", elsewhere).json()["field"] == "needs"


def test_a_source_taken_out_is_free_again_and_everybody_can_see_where_it_went(here: RunningNode):
    street = "230102003"
    one, other = collect(here, street, *MEALS[:2])
    first = consolidated(here, [one, other], street)
    eventually(lambda: place(here, other) == ("merged", first), what="merged")
    assert change(here, first, "sources/removal", {"sources": [other]}, role="street_staff").ok
    assert item(here, first)["sources"] == [one]
    eventually(lambda: place(here, other) == ("collected", None), what="free again")
    assert proposed(here, street, 1) == [({other}, None)]  # though the item is like it
    second = consolidated(here, [other], street)
    eventually(lambda: place(here, other) == ("merged", second), what="in the second item")
    told = way(here, other)
    assert (told["item"], told["kept_by"]) == (second, "230102")
    assert [(s["step"], s["item"], s["reasons"]) for s in told["steps"]] == [
        ("taken_in", first, None), ("taken_out", first, "诉求不同"), ("taken_in", second, None),
    ]  # fmt: skip
    assert all(step["by"] and step["at"].startswith("2025-06-10") for step in told["steps"])
    steps = here.get(f"/api/needs/library/{first}/history").json()["steps"]
    assert [(s["step"], set(s["needs"])) for s in steps] == [
        ("taken_in", {one, other}),
        ("taken_out", {other}),
    ]
    assert here.get(f"/api/needs/library/{first}/history", "resident").status_code == 403


def test_an_item_is_split_and_its_parts_are_put_elsewhere_until_it_dissolves(here: RunningNode):
    street = "230102004"
    one, other, third = collect(here, street, *MEALS)
    whole = consolidated(here, [one, other, third], street)
    parts = [{"title": "送餐", "sources": [one]}, {"title": "食堂", "sources": [other]}]
    answer = change(here, whole, "split", {"parts": parts})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["item"]["sources"] == [third]
    made = [part["id"] for part in told["parts"]]
    assert [(p["title"], p["category"], p["sources"]) for p in told["parts"]] == [
        ("送餐", "为老服务", [one]), ("食堂", "为老服务", [other]),
    ]  # fmt: skip
    eventually(
        lambda: [place(here, n)[1] for n in (one, other, third)] == [*made, whole], what="each in its part"
    )
    assert change(here, whole, "sources/move", {"sources": [third], "to": whole}).json()["field"] == "to"
    moved = change(here, whole, "sources/move", {"sources": [third], "to": made[0]}).json()
    assert (moved["status"], moved["sources"], set(moved["left"])) == ("dissolved", [], {one, other, third})
    eventually(lambda: place(here, third) == ("merged", made[0]), what="moved")
    assert [step["other"] for step in way(here, third)["steps"]] == [None, made[0], whole]
    assert bench.figures(here, street)["library"] == 2
    refused = change(here, whole, "sources", {"sources": [third]})
    assert (refused.status_code, refused.json()["field"]) == (422, "id")


def test_a_topic_is_changed_only_by_who_says_so_and_keeps_a_source(here: RunningNode):
    street = "230102005"
    one, other = collect(here, street, *MEALS[:2])
    topic = consolidated(here, [one, other], street)
    chosen = {"chosen": True, "votes": VOTES, "reasons": "急需"}
    assert here.post(f"/api/needs/library/{topic}/appraisal", chosen).ok
    for what, body in (
        ("sources/removal", {"sources": [one]}),
        ("split", {"parts": [{"title": "送餐", "sources": [one]}]}),
    ):
        refused = change(here, topic, what, body)
        assert (refused.status_code, refused.json()["field"]) == (422, "although_chosen")
    all_of_it = {"sources": [one, other], "although_chosen": True}
    assert change(here, topic, "sources/removal", all_of_it).json()["field"] == "sources"
    assert change(here, topic, "sources/removal", {"sources": [one], "although_chosen": True}).ok
    assert (item(here, topic)["status"], item(here, topic)["sources"]) == ("noticed", [other])


def test_of_clerks_at_once_one_decides_on_a_need(here: RunningNode):
    street = "230102006"
    free, shared, *own = collect(here, street, "甲", "乙", "丙", "丁", "戊")
    start = consolidated(here, [free, shared], street)
    others = [consolidated(here, [need], street) for need in own]
    tries: list[tuple[str, Data]] = [("sources/removal", {"sources": [shared]})]
    tries += [("sources/move", {"sources": [shared], "to": other}) for other in others]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: change(here, start, *one), tries))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    assert change(here, start, "sources/removal", {"sources": [free]}, key="take-out").ok
    again = change(here, start, "sources/removal", {"sources": [free]}, key="take-out")
    assert again.ok, "the same request acts once"
    with ThreadPoolExecutor(3) as pool:  # the freed need goes into one item
        answers = list(pool.map(lambda item: change(here, item, "sources", {"sources": [free]}), others))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    holding = [one for one in others if free in item(here, one)["sources"]]
    assert len(holding) == 1
    assert [step["step"] for step in way(here, free)["steps"]] == ["taken_in", "taken_out", "taken_in"]
    eventually(lambda: place(here, free) == ("merged", holding[0]), what="the need says so, too")


def test_several_items_are_made_or_none(here: RunningNode):
    street = "230102007"
    one, other = collect(here, street, "甲", "乙")
    path = "/api/needs/library/several"
    twice = {"items": [item_of([one], street), item_of([one, other], street)]}
    assert here.post(path, twice, now=NOW).status_code == 409
    both = {"items": [item_of([one], street, title="一"), item_of([other], street, title="二")]}
    made = here.post(path, both, now=NOW).json()["items"]
    assert [(each["title"], each["sources"]) for each in made] == [("一", [one]), ("二", [other])]


def test_whoever_is_about_to_submit_sees_similar_needs_and_items(here: RunningNode):
    street = "230102008"
    one, other = collect(here, street, MEALS[0], "小区路灯不亮")
    made = consolidated(here, [one], street)
    asked = {"title": "想在社区吃上热饭", "category": "为老服务", "area": f"{street}001"}

    def look() -> Data:
        return dict(here.get("/api/needs/alike", "resident", params=asked).json())

    found = eventually(lambda: look() if look()["items"] else None, what="the item is found")
    assert [need["id"] for need in found["needs"]] == [one]
    assert made in [each["id"] for each in found["items"]]
    assert other not in str(found)
    assert here.get("/api/needs/alike", None, params=asked).status_code == 401


def test_nothing_became_a_dead_letter(here: RunningNode):
    assert here.depth("svc.needs.dead") == 0
    assert here.depth("svc.needs.parked") == 0
