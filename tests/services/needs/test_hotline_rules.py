"""Rules of the hotline's closed loop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.needs.documents import Need
from services.needs.domain import hotline as rules
from services.needs.domain.hotline import Request
from services.needs.domain.rules import RULES
from shared.errors import Refused
from shared.lifecycle import table

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
moments = st.none() | st.integers(-9, 9).map(lambda days: NOW + timedelta(days=days))
requests = st.builds(
    Request,
    area=st.sampled_from(["230102", "230102001", "230102001001", "230102002", "230102002003"]),
    answered=st.booleans(), late=st.booleans(), due_at=moments, called_back=st.booleans(),
    satisfied=st.none() | st.booleans(),
)  # fmt: skip


@pytest.mark.parametrize("urgency", ["low", "normal", "high"])
def test_every_state_of_the_loop_but_the_last_has_a_deadline_that_areas_may_set(urgency: str) -> None:
    life = table(rules.LoopLife)
    steps = {step.status: step for step in rules.steps(urgency)}
    assert steps.keys() == life.keys() - {"closed"} == set(rules.STATES) - {"closed"}
    assert all(RULES[step.limit.name] is step.limit for step in steps.values())


def test_urgent_requests_are_answered_sooner() -> None:
    urgent, normal = (rules.steps(urgency)[1].limit.default.amount for urgency in ("high", "normal"))
    assert urgent < normal


@pytest.mark.parametrize(
    ("result", "calls", "action"),
    [
        ("satisfied", 1, "close"), ("unsatisfied", 3, "reopen"), ("unreached", 1, "call_again"),
        ("unreached", 2, "call_again"), ("unreached", 3, "close"),
    ],
)  # fmt: skip
def test_a_call_back_closes_the_loop_or_reopens_it(result: str, calls: int, action: str) -> None:
    assert rules.after_call(result, calls) == action
    assert action in table(rules.LoopLife)["answered"]


def test_who_is_not_satisfied_says_with_what() -> None:
    rules.check_reasons("unsatisfied", "仍未安排")
    rules.check_reasons("satisfied", None)
    with pytest.raises(Refused, match="reasons-needed"):
        rules.check_reasons("unsatisfied", None)


def test_a_request_is_routed_within_its_district_upwards_and_downwards() -> None:
    rules.check_route("230102001001", "230102")
    rules.check_route("230102", "230102001001")
    with pytest.raises(Refused, match="other-district"):
        rules.check_route("230102001", "230103001")


def test_what_did_not_come_by_the_hotline_has_no_loop() -> None:
    assert rules.loop_of("visit", answered=True) is None
    with pytest.raises(Refused, match="no-hotline-request"):
        rules.check_request(None)


def test_the_last_moment_of_a_step_is_in_time() -> None:
    assert not rules.is_late(NOW, NOW)
    assert rules.is_late(NOW, NOW + timedelta(milliseconds=1))
    assert not rules.is_late(None, NOW)


@given(st.lists(requests, max_size=30))
def test_the_parts_of_an_area_sum_up_to_what_lies_below_it_and_100_percent_means_all(
    found: list[Request],
) -> None:
    told = rules.by_part(found, "230102", NOW)
    whole = told.pop("230102")
    assert sum(part.requests for part in told.values()) == sum(len(one.area) > 6 for one in found)
    assert whole.requests == len(found)
    assert (whole.answered_percent == 100) == (bool(found) and all(one.answered for one in found))
    assert whole.in_time <= whole.answered
    assert whole.satisfied == sum(one.satisfied is True for one in found)


@pytest.mark.parametrize(
    ("stored", "loop"),
    [
        ({"source": "hotline"}, "taken"), ({"source": "hotline", "answered_at": NOW}, "answered"),
        ({"source": "visit", "answered_at": NOW}, None),
    ],
)  # fmt: skip
def test_requests_of_an_older_version_stand_where_they_stood(
    stored: dict[str, object], loop: str | None
) -> None:
    read = Need._from_son({"_id": "n", "area": "230102", "owner": "230102", "schema_version": 2} | stored)
    assert read.loop == loop
