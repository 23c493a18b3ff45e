"""Funding over real HTTP, store and broker."""

from __future__ import annotations

import pytest

from tests.services.funding import world as w
from tests.services.funding.world import World, good

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def world(node):
    return World(node(["registry", "funding"]))


def test_a_round_runs_from_fund_to_the_last_tranche(world):
    fund = world.fund(10_000)["id"]
    target = world.round(fund)
    best = world.screened(target, yuan=4_000, points=(90, 91, 92, 10, 100))
    second = world.screened(target, yuan=5_000, points=(70, 80))
    third = world.screened(target, yuan=2_000, points=(65,))
    low = world.screened(target, yuan=100, points=(59,))
    noticed = world.noticed(target)
    assert noticed["proposed"] == [best, second]
    assert noticed["notice_ends_at"] == "2026-04-13T15:59:59.000Z"  # 7 working days over 清明
    places = {p["application"]: p for p in world.get(f"/rounds/{target}/ranking")["items"]}
    assert places[best] | {"application": ""} == {
        "application": "", "rank": 1, "score_hundredths": 9100, "counted": [9000, 9100, 9200],
        "left_out": [1000, 10000], "amount_fen": 400_000, "needed_fen": 400_000, "outcome": "proposed",
    }  # fmt: skip
    assert [places[third]["outcome"], places[low]["outcome"]] == ["beyond_budget", "below_threshold"]
    assert world.award(best, now=w.AFTER).json()["type"].endswith("notice-running")
    for each in (best, second):
        assert good(world.award(each))["status"] == "awarded"
    assert good(world.post(f"/rounds/{target}/conclusion", now=w.NOTICE_OVER))["status"] == "concluded"
    assert world.get(f"/applications/{third}")["reasons"] == ["beyond-budget"]
    project = world.contract(best)
    assert [(t["amount_fen"], t["status"]) for t in project["tranches"]] == [
        (200_000, "paid"), (120_000, "waiting"), (80_000, "waiting"),
    ]  # fmt: skip
    assert world.balance(fund) == (1_000_000, 900_000, 200_000)
    w.publish(
        world.node, world.evaluated(project, "mid_term", "pass"), world.evaluated(project, "final", "pass")
    )
    w.eventually(lambda: world.get(f"/projects/{project['id']}")["status"] == "completed")
    assert world.balance(fund) == (1_000_000, 900_000, 400_000)
    figures = world.get(f"/figures?area=230102&round={target}", None)
    assert figures == {
        "fund_budget_fen": 1_000_000, "rounds": 1, "applications": 4, "screened": 4, "funded": 2,
        "awarded_fen": 900_000, "committed_fen": 900_000, "paid_fen": 400_000, "projects": 1,
        "beneficiaries_direct": 20, "beneficiaries_indirect": 80,
    }  # fmt: skip
