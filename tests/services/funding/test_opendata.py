"""Open data over real HTTP, store and broker."""

from __future__ import annotations

import pytest

from shared.ids import new_id
from tests.bus import declare_ingress
from tests.harness import eventually
from tests.services.funding import world as w
from tests.services.funding.world import World, good
from tests.standards.validating import grant_faults, ocds_faults

pytestmark = pytest.mark.service

OPEN = "/open-data"
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"


@pytest.fixture(scope="module")
def world(node):
    return World(node(["funding"]))


def announced(world, organisation):
    """The registry's public summary of an organisation."""
    summary = {
        "organisation": organisation, "name": "春雨社会工作服务中心", "track": "registered", "status": "active",
        "credit_code": "51230102MJ8765432A",
    }  # fmt: skip
    told = w.event("registry", "summary", "announced", new_id(), w.STREET, summary, audience="public")
    w.publish(world.node, told)


def test_a_round_is_told_from_its_opening_to_its_last_payment_without_sign_in(world):
    fund = world.fund()["id"]
    target = world.round(fund, opened=False, topics_only=True)
    for what in ("releases", "record"):
        assert world.node.get(f"/api/funding{OPEN}/rounds/{target}/{what}", None).status_code == 404
    opened = good(world.post(f"/rounds/{target}/opening", now=w.OPENS))
    first = world.get(f"{OPEN}/rounds/{target}/releases", None)[
        "releases"
    ]  # whether its event has come or not
    assert [(r["id"], r["date"]) for r in first] == [(f"{target}-1.2", opened["updated_at"])]
    organisation = world.organisation()
    announced(world, organisation)
    one = world.screened(target, organisation=organisation, topic=world.topic(), title="甲")
    two = world.screened(
        target, organisation=world.organisation(), topic=world.topic(), points=(10,), title="乙"
    )
    world.noticed(target)
    good(world.award(one))
    project = world.contract(one)
    w.publish(world.node, world.evaluated(project, "mid_term", "rectify"))
    eventually(lambda: world.tranches(project["id"])[1] == "held")

    def told():
        found = world.get(f"{OPEN}/rounds/{target}/releases", None)
        return found if any("implementationUpdate" in r["tag"] for r in found["releases"]) else None

    package = eventually(told)
    assert ocds_faults(package) == []
    assert package["releases"][0] == first[0]
    assert [r["tag"] for r in package["releases"]][:3] == [
        ["planning", "tender"], ["tenderUpdate"], ["planningUpdate", "tenderUpdate", "award"]
    ]  # fmt: skip
    record = world.get(f"{OPEN}/rounds/{target}/record", None)
    assert ocds_faults(record) == []
    compiled = record["records"][0]["compiledRelease"]
    assert compiled["ocid"] == f"ocds-notreg-{target}"
    assert [award["id"] for award in compiled["awards"]] == [one]
    assert two not in str(record)
    (contract,) = compiled["contracts"]
    assert [t["value"]["amount"] for t in contract["implementation"]["transactions"]] == [500]
    assert [m["status"] for m in contract["implementation"]["milestones"]] == ["met", "notMet", "scheduled"]
    parties = {party["id"]: party for party in compiled["parties"]}
    assert parties[organisation]["identifier"]["id"] == "51230102MJ8765432A"
    file = world.get(f"{OPEN}/grants?area={w.DISTRICT}&year=2026", None)
    assert grant_faults(file) == []
    (grant,) = [each for each in file["grants"] if each["id"].endswith(one)]
    assert (grant["amountAwarded"], grant["amountDisbursed"]) == (1000, 500)
    assert world.node.get(f"/api/funding{OPEN}/grants?area={w.DISTRICT}&year=2019", None).status_code == 404


def test_a_round_of_a_street_is_told_by_the_district_too(world):
    round_, area = new_id(), "230102002"
    state = {
        "name": "街道微创投", "kind": "micro", "year": 2031, "status": "open", "funds": [], "generated": True,
        "opens_at": w.OPENS, "closes_at": w.CLOSES,
    }  # fmt: skip
    exchange = declare_ingress(world.node, area)
    opened = w.event("funding", "round", "opened", round_, area, state, audience="public") | {
        "source": f"/{area}/funding"
    }
    closed = opened | {
        "id": new_id(), "sequence": 2, "type": "funding.round.closed", "time": "2026-05-02T00:00:00.000Z",
        "data": opened["data"] | {"status": "closed"},
    }  # fmt: skip
    external = [
        {"name": "某某公司", "credit_code": "91230102MA1CX00A07"},
        {"name": "张三修理部", "credit_code": "92230102MA1CX00A07"},
    ]
    awarded = [
        opened | {
            "id": new_id(), "type": "funding.application.awarded", "subject": application, "audience": "area",
            "time": "2026-05-03T00:00:00.000Z",
            "data": {
                "id": application, "area": area, "round": round_, "organisation": new_id(), "title": "维修",
                "amount_fen": 100_050, "status": "awarded", "external": party,
            },
        }
        for application, party in zip([new_id(), new_id()], external, strict=True)
    ]  # fmt: skip
    w.publish(world.node, *awarded, closed, opened, opened, exchange=exchange)
    listed = eventually(lambda: world.get(f"{OPEN}/packages?area={area}&year=2031", None)["items"])
    assert [each["round"] for each in listed] == [round_]
    assert listed[0]["generated"] is True

    def all_of_it():
        found = world.get(f"{OPEN}/rounds/{round_}/releases", None)
        return found if len(found["releases"]) == 4 else None

    package = eventually(all_of_it)
    assert ocds_faults(package) == []
    assert [r["id"] for r in package["releases"]][:2] == [f"{round_}-1.1", f"{round_}-1.2"]
    names = [
        award["suppliers"][0]["name"] for release in package["releases"][2:] for award in release["awards"]
    ]
    assert "某某公司" in names
    assert "张三" not in str(package)


def test_the_licence_is_a_rule_of_the_area_and_the_policy_says_so(world):
    told = world.get(f"{OPEN}/policy?area=230102004", None)
    assert told["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "platform default" in told["licence_source"]
    assert (told["ocid_prefix"], told["ocid_prefix_registered"]) == ("ocds-notreg", False)
    body = {"area": "230102004", "since": "2026-01-01", "value": LICENCE, "source": "开放数据办法"}
    good(world.post("/rules/open_data_licence/values", body))
    assert world.get(f"{OPEN}/policy?area=230102004", None)["licence"] == LICENCE
    refused = world.post("/rules/open_data_licence/values", body | {"value": "CC BY"})
    assert refused.status_code == 400
