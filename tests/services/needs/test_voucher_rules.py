"""Whatever is done to a voucher, it adds up, and no fen of it is spent twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.needs.domain import vouchers
from services.needs.domain.menu import CLIENT_CLASSES, ClientClass, shares
from services.needs.domain.vouchers import Balance
from shared.errors import Conflict, Refused

pytestmark = pytest.mark.unit


class VoucherMachine(RuleBasedStateMachine):
    """Orders hold, spend and let go of a voucher in any order, before and after its month ends. What became of
    each fen is kept apart, by the orders alone."""

    @initialize(amount=st.integers(0, 5000))
    def issue(self, amount: int) -> None:
        self.amount, self.balance = amount, Balance(amount)
        self.holding: list[int] = []
        self.paid = self.returned_late = self.lapsed_at_end = 0

    @rule(price=st.integers(1, 3000), percent=st.integers(0, 100))
    def decide(self, price: int, percent: int) -> None:
        """An order never asks for more than is left; somebody who does is refused, and nothing changes."""
        left = self.balance.left
        _, voucher, _ = shares(price, ClientClass("类", "subsidised", percent, 0), left)
        self.balance = vouchers.hold(self.balance, voucher.fen)
        self.holding.append(voucher.fen)
        with pytest.raises(Refused):
            vouchers.hold(self.balance, self.balance.left + 1)

    @precondition(lambda self: self.holding)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        fen = self.holding.pop(data.draw(st.integers(0, len(self.holding) - 1)))
        self.balance = vouchers.spend(self.balance, fen)
        self.paid += fen

    @precondition(lambda self: self.holding)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        fen = self.holding.pop(data.draw(st.integers(0, len(self.holding) - 1)))
        self.balance = vouchers.release(self.balance, fen)
        if self.balance.over:
            self.returned_late += fen

    @precondition(lambda self: not self.balance.over)
    @rule()
    def end_month(self) -> None:
        self.lapsed_at_end = self.amount - self.paid - sum(self.holding)
        self.balance = vouchers.lapse(self.balance)

    @rule(more=st.integers(1, 100))
    def spend_what_is_not_held(self, more: int) -> None:
        for settle in (vouchers.spend, vouchers.release):
            with pytest.raises(Conflict):
                settle(self.balance, self.balance.held + more)

    @invariant()
    def it_adds_up(self) -> None:
        balance = self.balance
        assert balance.held == sum(self.holding)
        assert balance.spent == self.paid <= self.amount
        assert balance.lapsed == (self.lapsed_at_end + self.returned_late if balance.over else 0)
        assert balance.left >= 0
        assert not (balance.over and balance.left)


VoucherMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
TestVouchers = VoucherMachine.TestCase


def test_months_are_those_of_chinas_clocks():
    assert vouchers.month_of(datetime(2025, 5, 31, 16, 0, tzinfo=UTC)) == "2025-06"
    assert vouchers.month_of(datetime(2025, 5, 31, 15, 59, tzinfo=UTC)) == "2025-05"
    assert vouchers.month_before("2026-01") == "2025-12"


@pytest.mark.parametrize(
    ("kind", "month", "code"),
    [
        ("issue", "2025-05", "month-not-current"),
        ("issue", "2025-07", "month-not-current"),
        ("lapse", "2025-06", "month-not-over"),
    ],
)
def test_vouchers_are_issued_within_their_month_and_lapse_after_it(kind: str, month: str, code: str):
    now = datetime(2025, 6, 10, tzinfo=UTC)
    vouchers.check_run("issue", "2025-06", now)
    vouchers.check_run("lapse", "2025-05", now)
    with pytest.raises(Refused) as raised:
        vouchers.check_run(kind, month, now)
    assert (raised.value.code, raised.value.field) == (code, "month")


@pytest.mark.parametrize("code", list(CLIENT_CLASSES.default))
def test_no_default_class_is_paid_for_twice(code: str):
    found = CLIENT_CLASSES.default[code]
    assert (found.kind == "self_paying") is (found.subsidy_percent == 0)
