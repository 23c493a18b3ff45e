"""Funds, their budgets, parts that are delegated, and closed days, over real HTTP, store and broker."""

from __future__ import annotations

import pymongo
import pytest

from tests.harness import eventually
from tests.services.funding import world as w
from tests.services.funding.world import World, good

pytestmark = pytest.mark.service

TODAY = "2026-05-06T09:00:00+08:00"
TOMORROW = "2026-05-07T09:00:00+08:00"


def amend(world: World, fund: str, change: int, **more):
    body = {"change_fen": change, "reasons": "市级资金追加"}
    return world.post(f"/funds/{fund}/amendments", body, "finance", now=TODAY, **more)


def test_a_budget_is_amended_with_reasons_and_never_below_what_is_committed(world):
    fund = world.fund(1_000)["id"]
    assert good(amend(world, fund, 50_000))["budget_fen"] == 150_000
    project = world.project(fund, yuan=1_200)
    assert project["status"] == "running"
    refused = amend(world, fund, -30_001).json()
    assert refused["type"].endswith("fund-exhausted")
    assert "300.00" in refused["detail"]
    assert good(amend(world, fund, -30_000))["budget_fen"] == 120_000
    assert world.balance(fund) == (120_000, 120_000, 60_000)
    entry = world.get(f"/funds/{fund}/ledger")["items"][1]
    assert (entry["movement"], entry["day"], entry["reasons"]) == ("amendment", "2026-05-06", "市级资金追加")


def test_a_correction_is_a_reversing_entry_that_comes_once(world):
    fund = world.fund(1_000)["id"]
    good(amend(world, fund, 70_000))
    first, wrong = world.get(f"/funds/{fund}/ledger")["items"]
    body = {"entry": wrong["id"], "reasons": "金额录错"}
    assert good(world.post(f"/funds/{fund}/reversals", body, "finance"))["budget_fen"] == 100_000
    again = world.post(f"/funds/{fund}/reversals", body, "finance")
    assert (again.status_code, again.json()["type"].rsplit(":", 1)[-1]) == (409, "reversed-already")
    other = world.post(f"/funds/{fund}/reversals", body | {"entry": first["id"]}, "finance")
    assert other.json()["type"].endswith("entry-belongs-to-a-record")
    entries = {e["movement"]: e for e in world.get(f"/funds/{fund}/ledger")["items"]}
    assert entries["amendment"] == wrong
    assert (entries["reversal"]["reverses"], entries["reversal"]["debit"]) == (wrong["id"], "budget")
    assert world.balance(fund) == (100_000, 0, 0)


def test_a_matching_fund_bears_its_share_of_each_award(world):
    lottery = world.fund(3_000)["id"]
    match = world.fund(500, source="matching", matches={"fund": lottery, "percent": 50})["id"]
    target = world.round(lottery, match)
    best, second = world.screened(target, yuan=900, points=(90,)), world.screened(target, yuan=1_500)
    world.noticed(target)
    parts = [good(world.award(each))["commitments"] for each in (best, second)]
    assert parts == [
        [{"fund": lottery, "amount_fen": 60_000}, {"fund": match, "amount_fen": 30_000}],
        [{"fund": lottery, "amount_fen": 130_000}, {"fund": match, "amount_fen": 20_000}],
    ]


def delegate(world: World, fund: str, yuan: int, **more):
    body = {"to": w.STREET, "amount_fen": yuan * 100, "name": "街道微创投额度"}
    return world.post(f"/funds/{fund}/delegations", body, "finance", **more)


def recall(world: World, delegation: str, yuan: int | None = None, role: str = "finance", **more):
    body = {"amount_fen": yuan and yuan * 100, "reasons": "年底收回"}
    return world.post(f"/delegations/{delegation}/recall", body, role, **more)


def part(world: World, given: w.Data) -> w.Data:
    return eventually(
        lambda: [f for f in world.get("/funds?limit=200")["items"] if f["id"] == given["fund"]]
    )[0]


def test_a_street_commits_what_was_delegated_to_it_and_the_rest_can_be_asked_back(world):
    fund = world.fund(1_000)["id"]
    assert delegate(world, fund, 1_001).json()["type"].endswith("fund-exhausted")
    given = good(delegate(world, fund, 600))
    below = part(world, given)
    assert (below["area"], below["budget_fen"], below["source"]) == (w.STREET, 60_000, "welfare_lottery")
    assert amend(world, below["id"], 100).json()["type"].endswith("fund-delegated")
    world.project(below["id"], yuan=250, area=w.STREET)
    assert recall(world, given["id"], role="street_staff", area=w.STREET).status_code == 403
    good(recall(world, given["id"]))
    eventually(lambda: world.get(f"/delegations/{given['id']}")["returned_fen"] == 35_000)
    assert world.balance(below["id"]) == (25_000, 25_000, 12_500)
    assert world.balance(fund) == (100_000, 0, 0)
    assert world.get(f"/funds/{fund}")["delegated_fen"] == 25_000
    assert delegate(world, fund, 751).json()["type"].endswith("fund-exhausted")
    movements = [e["movement"] for e in world.get(f"/funds/{below['id']}/ledger")["items"]]
    assert sorted(movements) == ["commitment", "delegation", "delegation_return", "payment"]


def test_a_delegation_that_is_told_twice_and_late_acts_once(world):
    fund = world.fund(1_000)["id"]
    given = good(delegate(world, fund, 500))
    below = part(world, given)
    good(recall(world, given["id"], 100))
    eventually(lambda: world.get(f"/delegations/{given['id']}")["returned_fen"] == 10_000)
    state = {name: given[name] for name in ("origin", "fund", "name", "source", "year", "amount_fen")}
    told = w.event("funding", "delegation", "recalled", given["id"], w.STREET, state | {"asked_fen": 10_000})
    late = w.event("funding", "delegation", "delegated", given["id"], w.STREET, state | {"asked_fen": 0})
    back = w.event("funding", "fund", "returned", below["id"], w.STREET,
                   {"delegation": given["id"], "returned_fen": 10_000})  # fmt: skip
    w.publish(world.node, told, told, late, back, back)
    # By then what was told before it has been taken: the queue is read in its order.
    good(recall(world, given["id"], 50))
    eventually(lambda: world.get(f"/delegations/{given['id']}")["returned_fen"] == 15_000)
    assert world.balance(below["id"]) == (35_000, 0, 0)
    assert world.get(f"/funds/{fund}")["delegated_fen"] == 35_000
    assert (
        good(world.post(f"/funds/{below['id']}/return", {"amount_fen": 35_000}, "finance"))["returned_fen"]
        == 50_000
    )
    eventually(lambda: world.get(f"/funds/{fund}")["delegated_fen"] == 0)
    assert world.balance(fund) == (100_000, 0, 0)


def close(world: World, through: str, now: str, area: str = w.DISTRICT):
    return world.post("/closings", {"area": area, "through": through}, "finance", now=now)


def test_a_closed_day_takes_no_further_entries_and_shows_whether_it_was_touched(world):
    fund = world.fund(1_000)["id"]
    good(amend(world, fund, 5_000))
    assert close(world, "2026-05-06", TODAY).json()["type"].endswith("day-not-over")
    closed = {f["id"]: f for f in good(close(world, "2026-05-06", TOMORROW))["funds"]}
    assert (closed[fund]["closed_through"], closed[fund]["closings"]) == ("2026-05-06", 2)
    good(amend(world, fund, 1_000))  # dated to a closed day
    assert world.get(f"/funds/{fund}/ledger")["items"][-1]["day"] == "2026-05-07"
    listed = world.get(f"/funds/{fund}/closings")["items"]
    assert [(one["day"], one["entries"], one["turnover_fen"]) for one in listed] == [
        ("2026-04-01", 1, 100_000), ("2026-05-06", 1, 5_000),
    ]  # fmt: skip
    assert listed[1]["accounts"]["available"] == 105_000
    assert listed[1]["previous"] == listed[0]["hash"]
    checked = world.get(f"/funds/{fund}/verification", "auditor")
    assert (checked["sound"], checked["closings"], checked["entries"]) == (True, 2, 3)
    client: pymongo.MongoClient[w.Data] = pymongo.MongoClient(world.node.embedded.addresses.store_uri)
    with client:
        store = client[f"{world.node.vhost}_".replace("-", "_") + f"{world.node.area}_funding"]
        store["ledger_entries"].update_one({"fund": fund, "movement": "budget"}, {"$set": {"reference": "x"}})
    checked = world.get(f"/funds/{fund}/verification", "auditor")
    assert (checked["sound"], checked["total"], checked["agrees"]) == (False, 0, True)
    assert [(one["number"], one["day"]) for one in checked["findings"]] == [(1, "2026-04-01")]


def test_nothing_in_the_ledger_can_be_changed_or_removed(world):
    fund = world.fund(1_000)["id"]
    (entry,) = world.get(f"/funds/{fund}/ledger")["items"]
    headers = {"Authorization": f"Bearer {world.node.token('finance')}"}
    for method in ("PUT", "PATCH", "DELETE"):
        for path in ("ledger", f"ledger/{entry['id']}", "closings"):
            address = f"{world.node.url}/api/funding/funds/{fund}/{path}"
            answer = world.node.session.request(method, address, json={}, headers=headers, timeout=30)
            assert answer.status_code in (404, 405), f"{method} {path}"
