"""Projects after their contract, over real HTTP, store and broker."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import eventually
from tests.services.funding import world as w
from tests.services.funding.world import World, good

pytestmark = pytest.mark.service

Data = dict[str, Any]
LATER = "2026-05-11T09:00:00+08:00"


@pytest.fixture(scope="module")
def world(node):
    return World(node(["registry", "funding"]))


def code(answer: Any) -> str:
    return str(answer.json()["type"].rsplit(":", 1)[-1])


def test_a_suspended_project_is_paid_nothing_and_gets_what_became_due_when_it_goes_on(world):
    fund = world.fund(1_000)["id"]
    project = world.project(fund)
    path = f"/projects/{project['id']}"
    assert good(world.post(f"{path}/suspension", {"reasons": "负责人更换"}))["status"] == "suspended"
    w.publish(
        world.node, world.evaluated(project, "mid_term", "pass"), world.evaluated(project, "final", "pass")
    )
    eventually(lambda: world.tranches(project["id"]) == ["paid", "held", "held"])
    assert world.balance(fund) == (100_000, 100_000, 50_000)
    assert world.post(f"{path}/resumption", {"reasons": "x"}, area=w.STREET).status_code == 403
    resumed = good(world.post(f"{path}/resumption", {"reasons": "已补选"}))
    assert [t["status"] for t in resumed["tranches"]] == ["paid", "paid", "paid"]
    assert resumed["status"] == "completed", "its final evaluation was passed"
    assert world.balance(fund) == (100_000, 100_000, 100_000)
    assert code(world.post(f"{path}/suspension", {"reasons": "x"})) == "not-in-this-state"


def test_what_is_to_be_put_right_holds_tranches_until_it_is_accepted(world):
    project = world.project(world.fund(1_000)["id"])
    path = f"/projects/{project['id']}/rectifications"
    period = {"amount": 5, "unit": "working_days"}
    ordered = good(world.post(path, {"reasons": "票据不全", "period": period}, now=LATER))
    (one,) = ordered["rectifications"]
    assert (one["status"], one["due_at"]) == ("ordered", "2026-05-18T15:59:59.000Z")
    w.publish(world.node, world.evaluated(project, "mid_term", "pass"))
    eventually(lambda: world.tranches(project["id"]) == ["paid", "held", "waiting"])
    own: Data = {"role": "organisation_officer", "organisation": project["organisation"], "area": w.STREET}
    good(world.post(f"{path}/1/report", {"report": "已补齐票据"}, now=LATER, **own))
    assert world.post(f"{path}/1/review", {"accepted": True, "remarks": "x"}, **own).status_code == 403
    back = good(world.post(f"{path}/1/review", {"accepted": False, "remarks": "仍缺两张"}, now=LATER))
    assert back["rectifications"][0]["status"] == "ordered"
    good(world.post(f"{path}/1/report", {"report": "已补齐全部票据"}, now=LATER, **own))
    done = good(world.post(f"{path}/1/review", {"accepted": True, "remarks": "符合要求"}, now=LATER))
    assert done["rectifications"][0]["status"] == "accepted"
    assert [t["status"] for t in done["tranches"]] == ["paid", "paid", "waiting"]
    assert code(world.post(f"{path}/2/report", {"report": "x"}, **own)) == "no-such-rectification"


def test_an_evaluation_orders_rectification_and_its_pass_settles_it_in_whatever_order_they_come(world):
    project = world.project(world.fund(1_000)["id"])
    w.publish(world.node, world.evaluated(project, "mid_term", "rectify"))

    def rectifications() -> list[tuple[str, str]]:
        found = world.get(f"/projects/{project['id']}")["rectifications"]
        return [(one["phase"], one["status"]) for one in found]

    eventually(lambda: rectifications() == [("mid_term", "ordered")])
    w.publish(world.node, world.evaluated(project, "mid_term", "pass"))
    eventually(lambda: rectifications() == [("mid_term", "accepted")])
    late, last = world.evaluated(project, "mid_term", "rectify"), world.evaluated(project, "final", "rectify")
    w.publish(world.node, late, last)
    eventually(lambda: rectifications() == [("mid_term", "accepted"), ("final", "ordered")])
    assert world.tranches(project["id"]) == ["paid", "paid", "held"]
