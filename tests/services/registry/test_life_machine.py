"""Organisations live at random, on paper and on a real store, and never come into an illegal state."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from deploy.embedded import Embedded
from services.registry.domain import lives
from shared.errors import Refused
from tests.services.registry import life_machine
from tests.services.registry.life_machine import BY_LAW, LIFE, REPORT, check_alone, check_since

STEPS = sorted({step for possible in LIFE.values() for step in possible})
ANY = range(2520)  # divisible by all numbers up to ten: each of the possible steps is as likely
BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def renew(one: Any, at: datetime) -> None:
    one.valid_until = lives.renewed_until(one.valid_until, at, years=3, window=90)


# What has to be so before a step, beside the table.
CONDITIONS: dict[str, Callable[[Any, datetime], Any]] = {
    "ask_correction": lambda one, at: lives.check_correction(one.history, None, at),
    "lapse": lambda one, at: lives.check_lapsed(one.valid_until, at),
    "renew": renew,
    "cancel": lambda one, at: lives.check_liquidated(one.liquidation),
}


class OnPaper(RuleBasedStateMachine):
    """The rules of one life, without a store: thousands of steps in seconds."""

    steps: ClassVar[int] = 0
    visited: ClassVar[set[str]] = set()

    @initialize(track=st.sampled_from(["registered", "filed"]), ahead=st.integers(0, 5))
    def begin(self, track: str, ahead: int) -> None:
        empty = ("reasons", "legal_basis", "decided_at", "accepted_at", "ended_by", "liquidation", "valid_until",
                 "type", "credit_code", "supervising_unit")  # fmt: skip
        self.one: Any = SimpleNamespace(
            **dict.fromkeys(empty), id="one", track=track, status="draft", history=[], version=0, sequence=0
        )
        self.before, self.now = copy(self.one), BEGIN
        for step in ("submit", "accept", "approve")[:ahead]:
            self.step(step, True, 0, 0, False)

    @rule(step=st.sampled_from(STEPS), any_at_all=st.booleans(), which=st.sampled_from(ANY),
          days=st.sampled_from([0, 1, 1200, 1200]), reported=st.booleans())  # fmt: skip
    def step(self, step: str, any_at_all: bool, which: int, days: int, reported: bool) -> None:
        OnPaper.steps += 1
        self.now += timedelta(days=days)
        open_ = sorted(LIFE[self.one.status])
        if not any_at_all and open_:
            step = open_[which % len(open_)]
        after = copy(self.one)
        after.liquidation = REPORT if reported else self.one.liquidation
        try:
            CONDITIONS.get(step, lambda one, at: None)(after, self.now)
            lives.take_step(after, step, self.now, lives.Why("依申请", BY_LAW["legal_basis"]))
        except Refused:
            return
        assert after.status == LIFE[self.one.status][step]
        if step == "accept":
            after.accepted_at = self.now
        if step == "approve" and after.track == "filed":
            after.valid_until = lives.valid_until(self.now, 3)
        after.sequence, after.version = after.sequence + 1, after.version + 1
        self.before, self.one = self.one, after
        OnPaper.visited.add(after.status)

    @invariant()
    def all_is_lawful(self) -> None:
        if hasattr(self, "one"):
            check_alone(self.one)
            check_since(self.before, self.one)


@pytest.mark.unit
def test_ten_thousand_steps_on_paper_lead_to_no_illegal_state():
    OnPaper.steps = 0
    run_state_machine_as_test(
        OnPaper,
        settings=settings(
            max_examples=260, stateful_step_count=50, deadline=None, database=None, derandomize=True
        ),
    )
    print(f"{OnPaper.steps} steps on paper, {len(OnPaper.visited)} states")  # noqa: T201, shown with -s
    assert OnPaper.steps >= 10_000
    assert OnPaper.visited == set(LIFE) - {"draft"}, "each state is reached"


@pytest.mark.service
def test_commands_in_any_order_on_a_real_store_lead_to_no_illegal_state(embedded: Embedded):
    """The small form; the large one is `python -m tests.bench.lives`."""
    with life_machine.store(embedded.addresses.store_uri, f"test_{uuid.uuid4().hex[:12]}"):
        steps, taken = life_machine.run(4, same=True)
    assert steps >= 150
    assert {"apply", "submit", "accept", "approve"} <= taken.keys()
