"""Whatever is done to a fund, its ledger adds up and nothing goes beyond what is there."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.funding.domain import funds as domain
from shared.errors import Refused

pytestmark = pytest.mark.unit
ACCOUNTS = ("budget", "available", "committed", "paid")
AMOUNTS = st.integers(1, 1000)


class FundMachine(RuleBasedStateMachine):
    """Commitments, releases and payments in any order; the accounts are kept from the postings alone."""

    @initialize(budget=st.integers(1, 2000))
    def open(self, budget: int) -> None:
        self.balance, posting = domain.open_fund(budget)
        self.accounts: Counter[str] = Counter()
        self.post(posting)

    def post(self, posting: domain.Posting) -> None:
        self.accounts[posting.debit] += posting.amount
        self.accounts[posting.credit] -= posting.amount

    def attempt(self, movement, amount: int, limit: int) -> None:
        """Refused if, and only if, it goes beyond what is there; then nothing changes."""
        if amount > limit:
            with pytest.raises(Refused):
                movement(self.balance, amount)
        else:
            self.balance, posting = movement(self.balance, amount)
            self.post(posting)

    @rule(amount=AMOUNTS)
    def commit(self, amount: int) -> None:
        self.attempt(domain.commit, amount, self.accounts["available"])

    @rule(amount=AMOUNTS)
    def release(self, amount: int) -> None:
        self.attempt(domain.release, amount, self.accounts["committed"])

    @rule(amount=AMOUNTS)
    def pay(self, amount: int) -> None:
        self.attempt(domain.pay, amount, self.accounts["committed"])

    @invariant()
    def adds_up(self) -> None:
        assert sum(self.accounts.values()) == 0
        assert {name: self.accounts[name] for name in ACCOUNTS} == {
            "budget": -self.balance.budget,
            "available": self.balance.free,
            "committed": self.balance.committed - self.balance.paid,
            "paid": self.balance.paid,
        }
        assert all(amount >= 0 for name, amount in self.accounts.items() if name != "budget")
        assert 0 <= self.balance.paid <= self.balance.committed <= self.balance.budget


FundMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyCourseOfAFund = FundMachine.TestCase


@pytest.mark.parametrize("movement", [domain.commit, domain.release, domain.pay])
@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_moves_by_less_than_a_fen(movement, amount):
    with pytest.raises(ValueError, match="positive"):
        movement(domain.Balance(10, 5, 1), amount)


@pytest.mark.parametrize("figures", [(10, 11, 0), (10, 5, 6), (10, 5, -1)])
def test_an_impossible_balance_cannot_be_made(figures):
    with pytest.raises(ValueError, match="impossible"):
        domain.Balance(*figures)
