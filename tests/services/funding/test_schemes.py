"""The terms of rounds: what holds together, which way a round takes by them, when its stages are."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import deploy.scenarios
from services.funding.documents import Round
from services.funding.domain import schemes, stages
from services.funding.domain.stages import Stage
from services.funding.schemas.schemes import NewVersion
from shared import clock
from shared.errors import Invalid, Problem, Refused
from shared.store import migrations

pytestmark = pytest.mark.unit

SAMPLES = sorted((Path(deploy.scenarios.__path__[0]) / "schemes").glob("*.json"))
OPENS = datetime(2026, 3, 2, 1, tzinfo=UTC)


def terms(**changed: Any) -> dict[str, Any]:
    """Terms as the service loads them, with everything that may be left out left out."""
    body = {
        "kind": "venture", "criteria": [{"name": "需求", "weight": 1}], "notice_working_days": 7,
        "tranches": [{"share": 100, "condition": "contract"}],
    }  # fmt: skip
    found: dict[str, Any] = NewVersion().load({"terms": body | changed})["terms"]
    return found


def stage(name: str, **more: Any) -> dict[str, Any]:
    return {"stage": name, **more}


def course(*names: str) -> list[Stage]:
    return [Stage(name) for name in names]


def test_what_is_left_out_is_as_it_always_was():
    found = terms()
    schemes.check_terms(found)
    assert [each["stage"] for each in found["stages"]] == list(stages.USUAL)
    assert found["panel"] == schemes.usual_panel()
    assert set(found) == set(schemes.TERMS)


def test_there_are_samples_of_four_seven_and_ten_stages():
    assert [p.name for p in SAMPLES] == ["micro-four-stages.json", "purchase-ten-stages.json", "venture.json"]
    counts = [len(json.loads(p.read_text(encoding="utf-8"))["terms"]["stages"]) for p in SAMPLES]
    assert counts == [4, 10, 7]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.name)
def test_a_sample_is_a_scheme(path: Path):
    sample = json.loads(path.read_text(encoding="utf-8"))
    loaded = NewVersion().load({"terms": sample["terms"], "note": sample["note"]})["terms"]
    assert loaded == sample["terms"], (
        "a sample says everything, so that whoever changes it sees what there is"
    )
    schemes.check_terms(loaded)
    schemes.check_size(loaded, 0)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"stages": [stage("screening"), stage("notice")]}, "stages"),  # no call
        ({"stages": [stage("projects_call"), stage("review")]}, "stages"),  # no notice
        ({"stages": [stage("projects_call"), stage("notice")]}, "stages"),  # nobody decides who is proposed
        ({"stages": [stage("review"), stage("projects_call"), stage("notice")]}, "stages"),  # out of order
        ({"stages": [stage("projects_call"), *[stage("review")] * 2, stage("notice")]}, "stages"),  # twice
        ({"tranches": [{"share": 99, "condition": "contract"}]}, "tranches"),
        ({"tranches": [{"share": 50, "condition": "contract"}] * 2}, "tranches"),
        ({"criteria": [{"name": "a", "weight": 1}] * 2}, "criteria"),
        ({"criteria": []}, "criteria"),
        ({"remedy": "procurement"}, "remedy"),
        ({"eligibility": [{"rule": "grade_from", "value": "6A"}]}, "eligibility.0.value"),
        ({"eligibility": [{"rule": "not_listed", "value": False}]}, "eligibility.0.value"),
        ({"eligibility": [{"rule": "charity", "value": True}] * 2}, "eligibility.1.value"),
        ({"form": [{"key": "a", "kind": "choice", "label": "甲"}]}, "form.0.choices"),
        ({"form": [{"key": "a", "kind": "text", "label": "甲", "choices": ["乙"]}]}, "form.0.choices"),
        ({"form": [{"key": "a", "kind": "text", "label": "甲"}] * 2}, "form.0.key"),
        ({"form": [{"key": "a", "kind": "number", "label": "甲", "least": 2, "most": 1}]}, "form.0.most"),
    ],
)  # fmt: skip
def test_terms_that_do_not_hold_together_are_refused(changed: dict[str, Any], field: str):
    with pytest.raises(Problem) as refused:
        schemes.check_terms(terms(**changed))
    assert isinstance(refused.value, Refused | Invalid)
    assert refused.value.field == field


def test_a_round_without_a_review_needs_no_criteria():
    used = [stage("projects_call"), stage("screening"), stage("notice")]
    schemes.check_terms(terms(criteria=[], stages=used))


def test_a_scheme_has_so_many_versions_and_each_so_many_bytes():
    schemes.check_size(terms(), schemes.MOST_VERSIONS - 1)
    for found, versions in ((terms(), schemes.MOST_VERSIONS), ({"form": "字" * 11_000}, 0)):
        with pytest.raises(Refused, match="scheme-too-large"):
            schemes.check_size(found, versions)


def test_the_newest_version_is_chosen_unless_one_is_named():
    versions = [{"number": 1}, {"number": 2}]
    assert schemes.chosen(versions, None) == {"number": 2}
    assert schemes.chosen(versions, 1) == {"number": 1}
    with pytest.raises(Refused, match="no-such-version"):
        schemes.chosen(versions, 3)


# --- the way through the stages


def test_a_round_comes_to_each_stage_in_use_and_to_no_other():
    used = course("projects_call", "review", "notice", "contract")
    at, seen = None, []
    while at != stages.FINISHED:
        at = stages.following(used, at)
        seen.append(at)
    assert seen == ["projects_call", "review", "notice", "contract", stages.FINISHED]


@given(st.sets(st.sampled_from(list(stages.STAGES))), st.data())
def test_the_way_to_a_stage_leaves_each_stage_before_it_once(names: set[str], data: st.DataObject):
    used = course(*(each for each in stages.STAGES if each in names | set(stages.ALWAYS)))
    every = [None, *(each.stage for each in used), stages.FINISHED]
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(every) - 1)] * 2)))
    if end == 0:
        return
    assert stages.way(used, every[start], str(every[end])) == every[start:end]
    if start < end:
        with pytest.raises(Refused, match="not-on-the-way"):
            stages.way(used, every[end], str(every[start]))


def test_a_stage_is_left_under_its_own_conditions_and_those_that_the_terms_add():
    used = [Stage("projects_call", conditions=("applied", "deadline_over")), Stage("notice")]
    assert stages.conditions(used, "projects_call") == ["deadline_over", "applied"]
    assert stages.conditions(used, "notice") == ["notice_over", "all_decided"]
    assert stages.conditions(used, None) == []


def test_the_calendar_counts_from_the_call_in_both_directions():
    """2026-03-02 is a Monday; the Qingming holiday 清明节 is on 2026-04-06."""
    used = [
        Stage("needs_call", 5), Stage("needs_sorting", 7, "days"), Stage("projects_call", 30, "days"),
        Stage("screening", 5), Stage("notice"), Stage("contract", 5),
    ]  # fmt: skip
    closes = stages.deadline_of_call(used, OPENS)
    assert closes is not None
    assert closes == datetime(2026, 4, 1, 15, 59, 59, tzinfo=UTC)  # the end of the day, in China's time
    spans = {span.stage: span for span in stages.calendar(used, OPENS, closes)}
    assert spans["needs_sorting"].begins_at == OPENS - timedelta(7)
    assert spans["needs_call"].ends_at == OPENS - timedelta(7)
    assert spans["screening"].begins_at == closes
    ends_at = spans["screening"].ends_at
    assert ends_at is not None
    assert ends_at.astimezone(clock.CHINA).date().isoformat() == "2026-04-09"
    assert spans["notice"].ends_at is None  # its length is open, so what follows is
    assert spans["contract"] == ("contract", None, None)


@pytest.mark.parametrize(
    ("status", "at"),
    [("draft", None), ("open", "projects_call"), ("noticed", "notice"), ("concluded", "contract")],
)
def test_a_round_of_a_version_without_stages_is_read_with_the_usual_ones(status: str, at: str | None):
    read = migrations.raised(Round, {"_id": "1", "area": "230102", "status": status, "schema_version": 2})
    assert [each["stage"] for each in read["stages"]] == list(stages.USUAL)
    assert (read["stage"], read["remedy"]) == (at, "objections")
    again = copy.deepcopy(read)
    assert migrations.raised(Round, again) == read
