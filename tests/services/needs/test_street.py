"""The service at a street's node, which hears of the district's decisions over its link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.ids import new_id
from tests import bus
from tests.harness import RunningNode, eventually

pytestmark = pytest.mark.service

STREET, DISTRICT = "230102001", "230102"


@pytest.fixture
def street(node: Callable[..., RunningNode]) -> RunningNode:
    return node(["needs"], area=STREET)


def from_district(noun: str, verb: str, data: dict[str, Any], area: str = DISTRICT) -> dict[str, Any]:
    """A public event of the district's node."""
    service, subject = noun.split(".")[0], data["id"]
    return bus.organisation_event(
        DISTRICT,
        source=f"/{DISTRICT}/{service}",
        type=f"{noun}.{verb}",
        dataschema=f"urn:hatchery:{noun}:1",
        audience="public",
        subject=subject,
        area=area,
        data=data | {"area": area},
    )


def consolidated(*sources: str) -> dict[str, Any]:
    item = {"id": new_id(), "title": "为老助餐", "category": "为老服务", "status": "listed"}
    return from_district("needs.library_item", "consolidated", item | {"sources": list(sources)})


def collect(street: RunningNode) -> str:
    body = {
        "area": f"{STREET}001", "title": "助餐", "category": "为老服务", "source": "visit",
        "received_on": "2025-06-01",
    }  # fmt: skip
    answer = street.post("/api/needs/needs", body, "community_worker")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def item_of(street: RunningNode, need: str) -> Any:
    return street.get(f"/api/needs/needs/{need}", "street_staff").json()["item"]


def merges(street: RunningNode) -> float:
    return street.metric("needs", 'hatchery_events_handled_total{handler="merge_sources"')


def test_needs_of_a_street_are_merged_by_the_districts_item_once_and_stay_there(street: RunningNode):
    needs = [collect(street) for _ in range(2)]
    elsewhere = new_id()  # another street's need, of which nothing is known here
    first, second = consolidated(*needs, elsewhere), consolidated(needs[0])
    bus.publish(street, "events.above", first)
    eventually(lambda: all(item_of(street, n) == first["subject"] for n in needs), what="the needs merged")
    handled = merges(street)
    bus.publish(street, "events.above", first, second)
    eventually(lambda: merges(street) >= handled + 2, what="both events handled")
    assert [item_of(street, need) for need in needs] == [first["subject"]] * 2
    assert street.depth("svc.needs.dead") == 0


def told(
    item: dict[str, Any], verb: str, sequence: int, sources: list[str], left: list[str]
) -> dict[str, Any]:
    """What the district says of an item later."""
    state = item["data"] | {"sources": sources, "left": left}
    return from_district("needs.library_item", verb, state) | {"sequence": sequence}


def test_a_need_goes_where_the_districts_items_say_by_now_in_whatever_order_that_is_heard(
    street: RunningNode,
):
    need, stays = collect(street), collect(street)
    first, second = consolidated(need, stays), consolidated(need)
    divided = told(first, "divided", 2, [stays], [need])
    handled = merges(street)
    bus.publish(street, "events.above", divided, first, second)  # the first one's beginning comes late
    eventually(lambda: merges(street) >= handled + 3, what="all three handled")
    assert [item_of(street, one) for one in (need, stays)] == [second["subject"], first["subject"]]
    gone = told(second, "dissolved", 2, [], [need])
    bus.publish(street, "events.above", gone)
    eventually(lambda: item_of(street, need) is None, what="the need free again")
    found = street.get(f"/api/needs/needs/{need}", "street_staff").json()
    assert found["status"] == "collected"
    told_way = street.get(f"/api/needs/needs/{stays}/way", "street_staff").json()
    assert (told_way["item"], told_way["kept_by"]) == (first["subject"], DISTRICT)
    assert street.depth("svc.needs.dead") == 0


def test_a_need_that_two_items_list_moves_on_when_the_first_lets_it_go(street: RunningNode):
    need = collect(street)
    first, second = consolidated(need), consolidated(need)
    bus.publish(street, "events.above", first)
    eventually(lambda: item_of(street, need) == first["subject"], what="in the first")
    handled = merges(street)
    bus.publish(street, "events.above", second)
    eventually(lambda: merges(street) >= handled + 1, what="the second handled")
    assert item_of(street, need) == first["subject"]
    bus.publish(street, "events.above", told(first, "dissolved", 2, [], [need]))
    eventually(lambda: item_of(street, need) == second["subject"], what="in the second")


def test_an_item_of_the_district_is_known_here_but_appraised_there(street: RunningNode):
    event = consolidated(new_id())
    bus.publish(street, "events.above", event)
    path = f"/api/needs/library/{event['subject']}"
    eventually(lambda: street.get(path, None).ok, what="the item known here")
    votes = {part: {"for": 1, "against": 0} for part in ("residents", "experts", "cadres", "organisations")}
    answer = street.post(f"{path}/appraisal", {"chosen": True, "votes": votes, "reasons": "-"})
    assert (answer.status_code, answer.json()["owner"]) == (421, DISTRICT)


def test_an_organisation_of_another_street_delivers_here_by_its_public_summary(street: RunningNode):
    organisation = new_id()
    summary = {"id": new_id(), "organisation": organisation, "name": "邻街助餐队", "track": "filed"}
    bus.publish(
        street, "events.above",
        from_district("registry.summary", "announced", summary | {"status": "active"}, "230102002"),
    )  # fmt: skip
    body = {
        "area": STREET, "organisation": organisation, "service": "送餐", "delivered_on": "2025-06-09",
        "beneficiaries": 1, "person_times": 2, "confirmed_by": "relative",
    }  # fmt: skip
    eventually(
        lambda: street.post("/api/needs/deliveries", body, "street_staff").status_code == 201,
        what="the organisation known here",
    )
