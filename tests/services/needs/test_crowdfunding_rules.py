"""Whatever is pledged, paid and given back, a campaign never takes more than its goal, and what it has adds up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.needs.domain import adoption
from services.needs.domain import crowdfunding as rules
from services.needs.domain.crowdfunding import Totals
from shared.errors import Conflict, Refused
from shared.lifecycle import advance, initial

pytestmark = pytest.mark.unit

DEADLINE = datetime(2025, 6, 30, 16, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class CampaignMachine(RuleBasedStateMachine):
    """Pledges in any order; each is kept apart with what became of it."""

    @initialize(goal=st.integers(1, 2000))
    def open(self, goal: int) -> None:
        self.totals, self.status = Totals(goal), initial(rules.CampaignLife)
        self.pledged: list[int] = []
        self.paid: list[int] = []
        self.returned: list[int] = []

    @precondition(lambda self: self.status == "open")
    @rule(fen=st.integers(1, 900))
    def pledge(self, fen: int) -> None:
        """Refused if, and only if, it goes beyond the goal; then it is told what is left."""
        room = self.totals.goal - sum(self.pledged) - sum(self.paid)
        if fen > room:
            with pytest.raises(Refused) as raised:
                rules.pledge(self.totals, fen)
            assert raised.value.extra["left"] == room
        else:
            self.totals = rules.pledge(self.totals, fen)
            self.pledged.append(fen)

    @precondition(lambda self: self.pledged and self.status == "open")
    @rule()
    def pay(self) -> None:
        fen = self.pledged.pop()
        self.totals = rules.pay(self.totals, fen)
        self.paid.append(fen)
        if self.totals.reached:
            self.status = advance(rules.CampaignLife, self.status, "reach")

    @precondition(lambda self: self.pledged and self.status == "open")
    @rule()
    def release(self) -> None:
        self.totals = rules.release(self.totals, self.pledged.pop(0))

    @precondition(lambda self: self.status != "open")
    @rule()
    def come_too_late(self) -> None:
        for action in ("pledge", "pay"):
            with pytest.raises(Refused):
                advance(rules.CampaignLife, self.status, action)

    @precondition(lambda self: self.status in ("open", "reached"))
    @rule()
    def fail(self) -> None:
        self.status = advance(rules.CampaignLife, self.status, "fail")
        while self.pledged:
            self.totals = rules.release(self.totals, self.pledged.pop())

    @precondition(lambda self: self.status == "failed" and self.paid)
    @rule()
    def give_back(self) -> None:
        fen = self.paid.pop()
        self.totals = rules.give_back(self.totals, fen)
        self.returned.append(fen)

    @invariant()
    def it_adds_up(self) -> None:
        totals = self.totals
        assert 0 <= totals.given_back <= totals.paid <= totals.pledged <= totals.goal
        assert totals.paid == sum(self.paid) + sum(self.returned)
        assert totals.pledged == totals.paid + sum(self.pledged)
        assert totals.reached == (totals.paid == totals.goal)
        if self.status == "failed":
            assert totals.settled == (not self.paid)


CampaignMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
TestCampaigns = CampaignMachine.TestCase


def test_the_deadline_is_to_the_second():
    rules.check_pledging(DEADLINE, 0, DEADLINE)
    with pytest.raises(Refused) as raised:
        rules.check_pledging(DEADLINE, 0, DEADLINE + SECOND)
    assert raised.value.code == "deadline-passed"
    with pytest.raises(Conflict):
        rules.check_pledging(DEADLINE, rules.MOST_PLEDGES, DEADLINE)


def test_money_counts_that_came_by_the_day_of_the_deadline():
    rules.check_received(date(2025, 7, 1), date(2025, 7, 1), date(2025, 7, 2))
    for late in (date(2025, 7, 2), date(2025, 7, 3)):
        with pytest.raises(Refused):
            rules.check_received(late, date(2025, 7, 1), date(2025, 7, 2))


def test_a_campaign_ends_early_for_a_reason_only():
    rules.check_closing("open", DEADLINE, DEADLINE + SECOND, None)
    rules.check_closing("open", DEADLINE, DEADLINE, "撤回")
    for status, now in (("open", DEADLINE), ("reached", DEADLINE + SECOND)):
        with pytest.raises(Refused):
            rules.check_closing(status, DEADLINE, now, None)


def test_payments_may_be_recorded_for_some_working_days_before_it_closes_by_itself():
    friday = datetime(2025, 6, 13, 4, 0, tzinfo=UTC)
    assert rules.closes_at(friday, 3).astimezone(UTC) == datetime(2025, 6, 18, 15, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(("kind", "unit"), [("neighbour", "王某"), ("firm", None), ("party_unit", None)])
def test_neighbours_are_not_named_and_units_are(kind: str, unit: str | None):
    adoption.check_adopter("neighbour", None)
    adoption.check_adopter("firm", "某公司")
    with pytest.raises(Refused):
        adoption.check_adopter(kind, unit)
