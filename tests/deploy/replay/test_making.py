"""Plans: deterministic, complete, and in sum what was published."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.replay import making, scenario
from deploy.replay.plan import Plan, Ref, Step
from deploy.replay.session import SCENARIOS

pytestmark = pytest.mark.unit


def plan_of(name: str, seed: int | None = None) -> Plan:
    return making.make(scenario.load(SCENARIOS / f"{name}.yaml"), seed).plan


def bodies(plan: Plan, path: str) -> list[Any]:
    return [step.body for step in plan.steps.values() if f"{step.service}{step.path}" == path]


def awarded(plan: Plan, root: str = "") -> list[Step]:
    won = [s.of for s in plan.steps.values() if s.path.endswith("/award") and s.name.startswith(root)]
    return [plan.steps[name] for name in won if name]


def test_daoli_sums_up_to_what_was_published() -> None:
    plan = plan_of("daoli")
    items = bodies(plan, "needs/library")
    sources = [ref.step for item in items for ref in item["sources"]]
    assert len(bodies(plan, "needs/needs")) == len(sources) == len(set(sources)) == 88
    assert len(items) == 42
    (concluded,) = bodies(plan, "needs/panels/{id}/conclusion")
    assert sum(decision["chosen"] for decision in concluded["decisions"]) == 17
    assert len(bodies(plan, "needs/library/{id}/confirmation")) == 17
    where = {body["area"] for body in bodies(plan, "needs/needs")}
    assert (len({code[:9] for code in where}), len(where)) == (6, 20)
    delivered = bodies(plan, "needs/deliveries")
    assert sum(body["beneficiaries"] for body in delivered) == 13_430
    assert sum(body["person_times"] for body in delivered) == 498_370
    assert len(bodies(plan, "registry/stations")) == 131
    branches = bodies(plan, "registry/party-branches")
    assert [sum(b["kind"] == kind for b in branches) for kind in ("independent", "joint")] == [14, 17]
    covered = {ref.step for branch in branches for ref in branch["organisations"]}
    registered = {
        s.name for s in plan.steps.values() if s.path == "/organisations" and s.body["track"] == "registered"
    }
    assert covered == registered


@given(st.integers(0, 10**9))
@settings(max_examples=15, deadline=None)
def test_haishu_sums_up_to_what_was_published_with_any_seed(seed: int) -> None:
    plan = plan_of("haishu", seed)
    won = awarded(plan)
    assert len(bodies(plan, "funding/applications")) == 90
    assert len(won) == 61
    assert sum(step.body["amount_fen"] for step in won) == 144_500_000
    assert sum(step.body["beneficiaries_direct"] for step in won) == 15_000
    assert sum(step.body["beneficiaries_indirect"] for step in won) == 60_000


@pytest.mark.parametrize("name", ["daoli", "haishu", "qingshan"])
def test_everything_made_up_is_marked_and_every_code_differs(name: str) -> None:
    plan = plan_of(name)
    made = [step for step in plan.steps.values() if step.path.count("/") == 1]
    assert all(step.body["generated"] is True for step in made)
    codes = [b["credit_code"] for b in bodies(plan, "registry/organisations") if b["credit_code"]]
    names = [b["name"] for b in bodies(plan, "registry/organisations")]
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)
    assert all(len(step.body["title"]) <= 100 for step in made if step.path == "/applications")


@pytest.mark.parametrize("name", ["daoli", "haishu", "qingshan"])
def test_the_same_seed_makes_the_same_steps_and_keys_and_another_seed_others(name: str) -> None:
    one, same, other = plan_of(name), plan_of(name), plan_of(name, 5)
    assert one.steps == same.steps
    keys = [one.key(step) for step in one.steps]
    assert keys == [same.key(step) for step in same.steps]
    assert len(set(keys)) == len(keys)
    assert set(keys).isdisjoint(other.key(step) for step in other.steps)


def test_scores_lie_on_the_right_side_of_the_threshold() -> None:
    plan = plan_of("haishu")
    won = {step.name for step in awarded(plan)}
    for step in plan.steps.values():
        if step.path == "/applications/{id}/scores":
            assert all((score >= 60) == (step.of in won) for score in step.body["scores"].values())


def test_no_request_for_a_scenario_waits_for_one_that_comes_later() -> None:
    plan = Plan("x", 1)
    first = plan_of("qingshan").steps["funds/lottery"]
    with pytest.raises(ValueError, match="later or never"):
        plan.add(Step("a", "funding", "/rounds", {"funds": [Ref("b")]}, first.area, first.role, first.at))


@given(
    count=st.integers(1, 60),
    data=st.data(),
    district=st.sampled_from(["110101", "150203", "150204", "230102", "330203"]),
)
@settings(max_examples=30, deadline=None)
def test_any_numbers_that_fit_together_make_a_plan_for_any_district(
    count: int, data: st.DataObject, district: str
) -> None:
    library = data.draw(st.integers(1, count))
    chosen = data.draw(st.integers(1, library))
    applications = data.draw(st.integers(1, 40))
    funded = data.draw(st.integers(0, applications))
    amount = data.draw(st.integers(funded, 10**8)) if funded else 0
    raw = {
        "district": district,
        "needs": {"key": "n", "count": count, "library": library, "chosen": chosen},
        "funds": {"key": "f", "budget_yuan": 1_000_000},
        "rounds": {
            "key": "r", "funds": ["f"], "needs": "n", "applications": applications, "funded": funded,
            "amount_yuan": str(amount / 100) if amount % 100 else amount // 100,
        },
    }  # fmt: skip
    plan = making.make(scenario.read(raw)).plan
    assert sum(step.body["amount_fen"] for step in awarded(plan)) == amount
    assert len(awarded(plan)) == funded
    assert len(bodies(plan, "needs/library")) == library
