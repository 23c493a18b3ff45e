"""Rules that areas may set, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.registry.domain.rules import RULES
from tests.harness import RunningNode

pytestmark = pytest.mark.service

DISTRICT, STREET, OTHER = "230102", "230102003", "230102004"
RULE = "/api/registry/rules/filing_decided_by/values"


@pytest.fixture
def here(node: Callable[..., RunningNode]) -> RunningNode:
    return node(["registry"])


def said(area: str, value: Any, since: str = "2026-03-01") -> dict[str, Any]:
    return {"area": area, "value": value, "since": since, "source": "区民政局通知"}


def holds(here: RunningNode, area: str, on: str = "2026-03-02") -> dict[str, Any]:
    listed = here.get("/api/registry/rules", None, params={"area": area, "on": on}).json()["items"]
    assert {each["rule"] for each in listed} == set(RULES)
    return dict(next(each for each in listed if each["rule"] == "filing_decided_by"))


def test_every_rule_is_told_with_its_default_and_the_source_of_that(here: RunningNode):
    rule = holds(here, OTHER)
    assert rule["value"] == rule["default"] == "street"
    assert rule["source"] == rule["default_source"] != ""
    assert rule["set_by"] is None


def test_the_district_sets_a_rule_for_a_street_from_a_day_on(here: RunningNode):
    assert here.post(RULE, said(STREET, "district")).ok
    rule = holds(here, STREET)
    assert (rule["value"], rule["source"], rule["set_by"]) == ("district", "区民政局通知", STREET)
    assert holds(here, STREET, on="2026-02-28")["set_by"] is None
    assert holds(here, OTHER)["set_by"] is None
    team = {"area": STREET, "name": "巡河队", "track": "filed", "established_on": "2024-03-01"}
    filed = here.post(
        "/api/registry/organisations", team, headers={"Hatchery-Now": "2026-03-02T09:00:00+08:00"}
    )
    accept = f"/api/registry/organisations/{filed.json()['id']}/acceptance"
    assert here.post(accept, role="street_staff", area=STREET).status_code == 403
    assert here.post(accept).ok


def test_a_street_does_not_set_what_it_is_held_to(here: RunningNode):
    assert here.post(RULE, said(STREET, "street"), role="street_staff").status_code == 403
    own = here.post(RULE, said(STREET, "street"), area=STREET)
    assert own.status_code == 403


def test_what_is_no_value_and_what_is_no_rule_are_refused(here: RunningNode):
    wrong = here.post(RULE, said(DISTRICT, "province"))
    assert (wrong.status_code, wrong.json()["field"]) == (400, "value")
    assert here.post("/api/registry/rules/nothing/values", said(DISTRICT, 1)).status_code == 404
