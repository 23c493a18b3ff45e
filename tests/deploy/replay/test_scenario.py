"""Scenario files: what is taken, and how faults are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.replay import making, scenario
from deploy.replay.scenario import BadScenario
from deploy.replay.session import SCENARIOS, find
from deploy.trouble import Trouble

pytestmark = pytest.mark.unit

ROUND = {"key": "r", "funds": ["f"], "applications": 4, "funded": 2, "amount_yuan": 1000}
FUND = {"key": "f", "budget_yuan": 1000}


def fault_of(raw: Any) -> dict[str, str]:
    with pytest.raises(BadScenario) as raised:
        scenario.read(raw)
    return {fault.path: fault.reason for fault in raised.value.faults}


@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("*.yaml")), ids=lambda file: file.stem)
def test_the_scenarios_that_come_along_are_sound(file: Path) -> None:
    assert making.make(scenario.load(file)).plan.steps


def test_a_district_alone_is_a_scenario() -> None:
    assert making.make(scenario.read({"district": 150204})).plan.steps == {}


def test_a_single_entry_needs_no_list_and_organisations_that_are_implied_need_no_section() -> None:
    read = scenario.read({"district": "150204", "incubation": {"residents": {"registered": 2, "filed": 3}}})
    plan = making.make(read).plan
    assert sum(step.path == "/organisations" for step in plan.steps.values()) == 5
    assert sum(step.path == "/residencies" for step in plan.steps.values()) == 5


@pytest.mark.parametrize(
    ("sections", "path"),
    [
        ({"district": "1502"}, "district"),
        ({"district": "999999"}, "district"),
        ({"distrikt": "150204"}, "distrikt"),
        ({"organisations": [{"track": "wild", "count": 1}]}, "organisations[0].track"),
        ({"organisations": [{"track": "filed", "count": -1}]}, "organisations[0].count"),
        (
            {"organisations": [{"track": "filed", "count": 1, "types": "association"}]},
            "organisations[0].types",
        ),
        ({"organisations": [{"track": "filed", "count": 3, "years": {2022: 1}}]}, "organisations[0].years"),
        ({"stations": [{"count": 5, "areas": {"communities": 900}}]}, "stations[0].areas"),
        ({"stations": [{"count": 5, "areas": {"communities": 6}}]}, "stations[0].count"),
        ({"needs": [{"count": 5, "library": 6}]}, "needs[0].library"),
        ({"needs": [{"count": 5, "library": 4, "chosen": 5}]}, "needs[0].chosen"),
        ({"hotline": {"count": 5, "answered": 6}}, "hotline[0].answered"),
        ({"funds": FUND, "rounds": ROUND | {"funded": 5}}, "rounds[0].funded"),
        ({"funds": FUND, "rounds": ROUND | {"amount_yuan": 1001}}, "rounds[0].amount_yuan"),
        ({"funds": FUND, "rounds": ROUND | {"amount_yuan": "1.001"}}, "rounds[0].amount_yuan"),
        ({"funds": FUND, "rounds": ROUND | {"cap_yuan": 400}}, "rounds[0].cap_yuan"),
        ({"funds": FUND, "rounds": ROUND | {"funds": ["g"]}}, "rounds[0].funds"),
        ({"funds": FUND, "rounds": ROUND | {"needs": "n"}}, "rounds[0].needs"),
        ({"funds": FUND, "rounds": ROUND | {"evaluations": {"final": 3}}}, "rounds[0].evaluations.final"),
        ({"funds": [FUND, FUND]}, "funds[1].key"),
        (
            {"organisations": {"track": "registered", "count": 6}, "party": {"joint": 17}},
            "party[0]",
        ),
        (
            {"organisations": {"track": "filed", "count": 1}, "incubation": {"residents": {"filed": 2}}},
            "incubation[0].residents.filed",
        ),
        ({"deliveries": {"count": 2, "beneficiaries": 5, "person_times": 4}}, "deliveries[0].person_times"),
        ({"figures": {"figure": "x", "service": "y", "counts": "z", "published": 1}}, "figures[0].service"),
        (
            {"figures": {"figure": "x", "service": "needs", "counts": "z", "published": "many"}},
            "figures[0].published",
        ),
    ],
)
def test_a_fault_is_named_by_its_path(sections: dict[str, Any], path: str) -> None:
    assert path in fault_of({"district": "150204"} | sections)


def test_what_is_no_mapping_and_what_is_no_yaml_is_refused(tmp_path: Path) -> None:
    assert "-" in fault_of(["district"])
    file = tmp_path / "broken.yaml"
    file.write_text("district: [", encoding="utf-8")
    with pytest.raises(BadScenario, match="YAML"):
        scenario.load(file)


def test_a_scenario_is_found_by_its_name_or_told_to_be_missing() -> None:
    assert find("qingshan").name == "qingshan.yaml"
    with pytest.raises(Trouble, match="qingshan"):
        find("no-such-scenario")
