"""A part of the district's fund that a street commits, across a link that is cut meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo import MongoClient

from shared.node import load
from tests.harness import RunningNode, eventually
from tests.services.funding.world import World, good
from tests.system.conftest import SMALL_DISTRICT, SMALL_STREET, Pair
from tests.system.estate import registered

pytestmark = pytest.mark.system


def figures(world: World, fund: str) -> dict[str, int]:
    answer = world.node.get(f"/api/funding/funds/{fund}")
    if not answer.ok:
        return {}
    found = answer.json()
    return {name: found[f"{name}_fen"] for name in ("budget", "committed", "delegated", "returned")}


def approved(node: RunningNode, organisation: str) -> bool:
    """Whether funding knows it: the registry, which can be asked, may have heard of it earlier."""
    described = load(node.folder / "node.yaml")
    with MongoClient[dict[str, Any]](described.store) as client:
        known = client[described.database("funding")]["known_organisations"]
        return known.find_one({"_id": organisation, "status": "active"}) is not None


def test_no_fen_is_free_at_both_although_the_link_is_cut(pair: Pair) -> None:
    above, below = World(pair.district), World(pair.street)
    known = registered(pair.district, SMALL_STREET)
    fund = above.fund(1_000, area=pair.district.area)["id"]
    pair.tiers.cable.cut()
    given = good(above.post(f"/funds/{fund}/delegations", {"to": SMALL_STREET, "amount_fen": 60_000}))
    part = given["fund"]
    refused = above.post(f"/funds/{fund}/delegations", {"to": SMALL_STREET, "amount_fen": 40_001})
    assert refused.json()["type"].endswith("fund-exhausted")
    assert figures(below, part) == {}
    pair.tiers.cable.mend()
    eventually(lambda: figures(below, part), what="the street has its part")
    eventually(lambda: approved(pair.street, known), what="the street's funding has heard of the approval")
    assert below.get(f"/funds/{part}")["owner"] == SMALL_STREET
    eventually(lambda: figures(above, part), what="the district knows of the street's part")
    assert above.post(f"/funds/{part}/return", {"amount_fen": 1}).status_code == 421

    pair.tiers.cable.cut()
    for amount in (20_000, 30_000):  # asked for twice while nobody hears it
        good(above.post(f"/delegations/{given['id']}/recall", {"amount_fen": amount, "reasons": "收回"}))
    target = below.round(part, area=SMALL_STREET)
    application = below.screened(target, yuan=350, organisation=known)
    below.noticed(target)
    good(below.award(application))
    assert figures(above, fund)["delegated"] == 60_000
    pair.tiers.cable.mend()
    eventually(lambda: figures(above, fund)["delegated"] == 35_000, what="what was free below is back")
    assert figures(below, part) == {"budget": 35_000, "committed": 35_000, "delegated": 0, "returned": 25_000}
    for area, one in ((SMALL_DISTRICT, fund), (SMALL_STREET, part)):
        told = pair.tiers.hatchery("ledger", "verify", area).stdout
        assert f"{one}  sound" in told
        assert f"1 funds of node {area}, 0 of them not sound" in told
    eventually(
        lambda: figures(above, part) == figures(below, part), what="the district sees the street's part"
    )
