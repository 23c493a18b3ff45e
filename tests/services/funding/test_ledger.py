"""Whatever is done to funds, their ledgers add up and nothing goes beyond what is there."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.funding.domain import closings, sharing
from services.funding.domain import funds as domain
from services.funding.domain.sharing import Match, Part
from shared import clock, money
from shared.errors import Refused

pytestmark = pytest.mark.unit
AMOUNTS = st.integers(1, 1000)
FIRST = date(2026, 3, 2)


class LedgerMachine(RuleBasedStateMachine):
    """A district's fund and the part of it that a street may commit, through any course: the accounts are kept from
    the entries alone, days are closed, and messages between the two arrive late, doubled and out of order."""

    @initialize(budget=st.integers(1, 2000))
    def open(self, budget: int) -> None:
        self.today = FIRST
        self.accounts: dict[str, Counter[str]] = {"above": Counter(), "below": Counter()}
        self.lines: dict[str, list[closings.Line]] = {"above": [], "below": []}
        self.closed: dict[str, list[closings.Closing]] = {"above": [], "below": []}
        self.balances: dict[str, domain.Balance] = {}
        self.asked = self.heard = self.returned = self.known = 0
        self.recalls: list[int] = []
        self.returns: list[int] = []
        self.post("above", domain.open_fund(budget))
        self.given = 0

    def post(self, fund: str, moved: domain.Moved) -> None:
        self.balances[fund], posting = moved
        self.accounts[fund][posting.debit] += posting.amount
        self.accounts[fund][posting.credit] -= posting.amount
        last = self.closed[fund][-1].day if self.closed[fund] else None
        at = datetime.combine(self.today, datetime.min.time(), clock.CHINA)
        day = closings.booking_day(at, last)
        assert last is None or day > last
        self.lines[fund].append(closings.Line(f"{fund}/{len(self.lines[fund])}", day, posting, "x", at))

    def attempt(self, fund: str, movement, amount: int, limit: int) -> bool:
        """Refused if, and only if, it goes beyond what is there; then nothing changes."""
        if fund not in self.balances:
            return False
        if amount > limit:
            with pytest.raises(Refused):
                movement(self.balances[fund], amount)
            return False
        self.post(fund, movement(self.balances[fund], amount))
        return True

    FUNDS = st.sampled_from(["above", "below"])

    @rule(fund=FUNDS, amount=AMOUNTS)
    def commit(self, fund: str, amount: int) -> None:
        self.attempt(fund, domain.commit, amount, self.accounts[fund]["available"])

    @rule(fund=FUNDS, amount=AMOUNTS)
    def release(self, fund: str, amount: int) -> None:
        self.attempt(fund, domain.release, amount, self.accounts[fund]["committed"])

    @rule(fund=FUNDS, amount=AMOUNTS)
    def pay(self, fund: str, amount: int) -> None:
        self.attempt(fund, domain.pay, amount, self.accounts[fund]["committed"])

    @rule(fund=FUNDS, amount=AMOUNTS)
    def order(self, fund: str, amount: int) -> None:
        self.attempt(fund, domain.order, amount, self.accounts[fund]["committed"])

    @rule(fund=FUNDS, amount=AMOUNTS, paid=st.booleans())
    def answer(self, fund: str, amount: int, paid: bool) -> None:
        movement = domain.settle if paid else domain.unorder
        self.attempt(fund, movement, amount, self.accounts[fund]["ordered"])

    @rule(fund=FUNDS, amount=AMOUNTS)
    def claw_back(self, fund: str, amount: int) -> None:
        self.attempt(fund, domain.claw_back, amount, self.accounts[fund]["paid"])

    @rule(amount=AMOUNTS)
    def raise_budget(self, amount: int) -> None:
        self.post("above", domain.amend(self.balances["above"], amount))

    @rule(amount=AMOUNTS)
    def lower_budget(self, amount: int) -> None:
        def lower(balance: domain.Balance, by: int) -> domain.Moved:
            return domain.amend(balance, -by)

        self.attempt("above", lower, amount, self.accounts["above"]["available"])

    @rule(index=st.integers(0, 200))
    def reverse(self, index: int) -> None:
        lines = self.lines["above"]
        posting = lines[index % len(lines)].posting
        if posting.kind != "amendment":
            with pytest.raises(Refused):
                domain.reverse(self.balances["above"], posting)
            return

        def undo(balance: domain.Balance, _: int) -> domain.Moved:
            return domain.reverse(balance, posting)

        lowered = posting.debit == "available"
        self.attempt("above", undo, posting.amount if lowered else 0, self.accounts["above"]["available"])

    @precondition(lambda self: self.given == 0)
    @rule(amount=AMOUNTS)
    def delegate(self, amount: int) -> None:
        if self.attempt("above", domain.delegate, amount, self.accounts["above"]["available"]):
            self.given = amount
            self.recalls.append(0)

    @precondition(lambda self: self.given)
    @rule(amount=AMOUNTS)
    def recall(self, amount: int) -> None:
        outstanding = self.given - self.known
        if amount > outstanding:
            with pytest.raises(Refused):
                domain.check_recall(amount, outstanding)
        else:
            domain.check_recall(amount, outstanding)
            self.asked += amount
            self.recalls.append(self.asked)

    @precondition(lambda self: self.recalls)
    @rule(index=st.integers(0, 50))
    def message_arrives_below(self, index: int) -> None:
        """Any of those that were ever sent, again and again."""
        asked = self.recalls[index % len(self.recalls)]
        if "below" not in self.balances:
            self.post("below", domain.open_fund(self.given, "delegation"))
        if asked > self.heard:
            given = min(asked - self.heard, self.balances["below"].free)
            self.heard = asked
            if given:
                self.give_back(given)

    @precondition(lambda self: "below" in self.balances)
    @rule(amount=AMOUNTS)
    def give_back(self, amount: int) -> None:
        if self.attempt("below", domain.give_back, amount, self.accounts["below"]["available"]):
            self.returned += amount
            self.returns.append(self.returned)

    @precondition(lambda self: self.returns)
    @rule(index=st.integers(0, 50))
    def message_arrives_above(self, index: int) -> None:
        came = self.returns[index % len(self.returns)] - self.known
        if came > 0:
            self.post("above", domain.take_back(self.balances["above"], came))
            self.known += came

    @rule(fund=FUNDS, days=st.integers(1, 3))
    def close(self, fund: str, days: int) -> None:
        self.today += timedelta(days=days)
        last = self.closed[fund][-1] if self.closed[fund] else None
        through = self.today - timedelta(days=1)
        new = [line for line in self.lines[fund] if line.day <= through and (not last or line.day > last.day)]
        self.closed[fund] += closings.close(fund, new, through, last)

    @invariant()
    def adds_up(self) -> None:
        for fund, balance in self.balances.items():
            accounts = self.accounts[fund]
            assert sum(accounts.values()) == 0
            assert {name: accounts[name] for name in domain.ACCOUNTS} == balance.accounts
            assert all(amount >= 0 for name, amount in accounts.items() if name != "budget")
            assert balance.paid + balance.ordered <= balance.committed <= balance.budget

    @invariant()
    def nothing_is_free_twice(self) -> None:
        """What stands below is always covered by what is delegated above."""
        if "below" in self.balances:
            assert self.balances["below"].budget == self.given - self.returned
            assert self.balances["below"].budget <= self.balances["above"].delegated

    @invariant()
    def what_is_closed_verifies(self) -> None:
        for fund, closed in self.closed.items():
            last = closed[-1] if closed else None
            head = (last.number, last.hash) if last else (0, "")
            through = last.day if last else None
            assert closings.verify(fund, closed, self.lines[fund], head, through) == []


LedgerMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnyCourseOfFunds = LedgerMachine.TestCase


@pytest.mark.parametrize(
    "movement", [domain.commit, domain.release, domain.pay, domain.order, domain.settle, domain.delegate]
)
@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_moves_by_less_than_a_fen(movement, amount):
    with pytest.raises(ValueError, match="positive"):
        movement(domain.Balance(10, 5, 1), amount)


def test_no_budget_grows_beyond_what_can_be_told():
    with pytest.raises(Refused, match="budget-too-large"):
        domain.amend(domain.Balance(money.LARGEST), 1)


@pytest.mark.parametrize("figures", [(10, 11, 0), (10, 5, 6), (10, 5, -1), (10, 5, 3, 3), (10, 5, 0, 0, 6)])
def test_an_impossible_balance_cannot_be_made(figures):
    with pytest.raises(ValueError, match="impossible"):
        domain.Balance(*figures)


PARTS = st.lists(st.integers(1, 10**9), min_size=1, max_size=6).map(
    lambda amounts: [Part(str(n), amount) for n, amount in enumerate(amounts)]
)


@given(PARTS, st.data())
def test_what_comes_back_goes_to_its_funds_in_proportion_to_the_fen(parts, data):
    whole = sum(part.amount for part in parts)
    amount = data.draw(st.integers(1, whole))
    back = dict(sharing.apportion(amount, parts))
    assert sum(back.values()) == amount
    for fund, paid in parts:
        exact = amount * paid  # over `whole`
        assert abs(back.get(fund, 0) * whole - exact) < whole  # by less than a fen
        assert back.get(fund, 0) <= paid
    remainders = {fund: amount * paid % whole for fund, paid in parts}
    odd = [fund for fund, paid in parts if back.get(fund, 0) > amount * paid // whole]
    assert all(remainders[a] >= remainders[b] for a in odd for b in remainders if b not in odd)


@given(PARTS, st.lists(st.integers(1, 10**6), max_size=5))
def test_what_comes_back_piece_by_piece_never_exceeds_what_a_fund_has_paid(parts, pieces):
    left = parts
    for piece in pieces:
        whole = sum(part.amount for part in left)
        if piece > whole:
            with pytest.raises(Refused, match="more-than-was-paid"):
                sharing.apportion(piece, left)
            continue
        back = dict(sharing.apportion(piece, left))
        left = [Part(part.fund, part.amount - back.get(part.fund, 0)) for part in left]
        assert all(part.amount >= 0 for part in left)
        left = [part for part in left if part.amount] or [Part("none", 0)]


def test_an_odd_fen_goes_to_the_largest_remainder_and_of_equals_to_the_first():
    assert sharing.apportion(2, [Part(n, 1) for n in "abc"]) == [Part("a", 1), Part("b", 1)]
    assert sharing.apportion(5, [Part("a", 6), Part("b", 3), Part("c", 2)]) == [
        Part("a", 3), Part("b", 1), Part("c", 1),
    ]  # fmt: skip


MATCHED = {"match": Match("lottery", 50)}


def test_a_matching_fund_goes_along_with_the_one_that_it_matches():
    free = {"lottery": 1000, "match": 1000, "budget": 1000}
    assert sharing.split(300, free, (), MATCHED) == [Part("lottery", 200), Part("match", 100)]
    assert sharing.split(301, free, (), MATCHED) == [Part("lottery", 201), Part("match", 100)]
    assert sharing.split(300, free | {"match": 40}, (), MATCHED) == [Part("lottery", 260), Part("match", 40)]
    assert sharing.split(1700, free, (), MATCHED) == [
        Part("lottery", 1000), Part("match", 500), Part("budget", 200),
    ]  # fmt: skip
    with pytest.raises(Refused, match="fund-exhausted"):
        sharing.split(2501, free, (), MATCHED)


def test_nobody_lets_a_matching_fund_bear_more_than_its_share():
    free = {"lottery": 1000, "match": 1000}
    wanted = [Part("lottery", 200), Part("match", 101)]
    with pytest.raises(Refused, match="match-exceeded"):
        sharing.split(301, free, wanted, MATCHED)
    with pytest.raises(Refused, match="match-exceeded"):
        sharing.split(101, free, [Part("match", 101)], MATCHED)
    assert sharing.split(300, free, [Part("lottery", 200), Part("match", 100)], MATCHED)


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 1000))
def test_an_award_over_a_matched_fund_is_split_to_the_fen_as_far_as_both_reach(amount, own, other, percent):
    free, matched = {"a": own, "m": other}, {"m": Match("a", percent)}
    reach = own + min(other, own * percent // 100)
    if amount > reach:
        with pytest.raises(Refused, match="fund-exhausted"):
            sharing.split(amount, free, (), matched)
    else:
        parts = dict(sharing.split(amount, free, (), matched))
        assert sum(parts.values()) == amount
        assert all(part <= free[fund] for fund, part in parts.items())


# --- closed days


def _closed(days: int = 3) -> tuple[list[closings.Line], list[closings.Closing]]:
    """A fund with two entries on each of some days, all closed."""
    moved = domain.open_fund(1000)
    lines: list[closings.Line] = []
    for day in range(days):
        for _ in range(2):
            moved = moved if not lines else domain.commit(moved[0], 10)
            at = datetime(2026, 3, 2 + day, 4, tzinfo=clock.CHINA)
            name = f"{len(lines):02d}"
            lines.append(closings.Line(name, at.date(), moved[1], "award", at))
    return lines, closings.close("fund", lines, FIRST + timedelta(days=days - 1), None)


def _verify(lines, closed, head=None):
    head = head or (closed[-1].number, closed[-1].hash)
    return closings.verify("fund", closed, lines, head, FIRST + timedelta(days=2))


def test_closed_days_verify_and_each_change_shows_at_its_day():
    lines, closed = _closed()
    assert _verify(lines, closed) == []
    assert [(one.number, one.entries, one.turnover) for one in closed] == [
        (1, 2, 1010),
        (2, 2, 20),
        (3, 2, 20),
    ]
    larger = lines[2].posting._replace(amount=11)
    (changed,) = _verify([*lines[:2], lines[2]._replace(posting=larger), *lines[3:]], closed)
    assert (changed.number, changed.day) == (2, FIRST + timedelta(days=1))
    (removed,) = _verify(lines[:-1], closed)
    assert removed.number == 3
    (added,) = _verify([*lines, lines[0]._replace(id="99")], closed)
    assert added.number == 1
    (earlier,) = _verify([*lines, lines[0]._replace(id="99", day=FIRST - timedelta(days=1))], closed)
    assert earlier.day == FIRST - timedelta(days=1)
    (cut,) = _verify(lines[:4], closed[:2], (3, closed[2].hash))
    assert "newest" in cut.detail.en


def test_a_chain_that_was_computed_anew_does_not_end_as_the_fund_knows_it():
    lines, closed = _closed()
    forged = [lines[0]._replace(posting=lines[0].posting._replace(amount=999)), *lines[1:]]
    again = closings.close("fund", forged, FIRST + timedelta(days=2), None)
    assert _verify(forged, again) == []
    assert _verify(forged, again, (3, closed[-1].hash))


def test_the_hash_of_a_day_does_not_change_with_the_version():
    """Anybody who kept a hash can compare it later."""
    _, closed = _closed(1)
    assert closed[0].hash == "c9201a5afdb87beed191cf7ae9b65a2503430781a9fa1a4e99e1db468c479b40"


def test_a_day_is_closed_once_it_is_over_and_in_china():
    late = datetime(2026, 3, 3, 15, 59, tzinfo=clock.parse("2026-03-03T00:00:00Z").tzinfo)
    with pytest.raises(Refused, match="day-not-over"):
        closings.check_closing(date(2026, 3, 3), None, late)
    closings.check_closing(date(2026, 3, 3), None, late + timedelta(minutes=1))
    assert closings.booking_day(late, None) == date(2026, 3, 3)
    assert closings.booking_day(late, date(2026, 3, 3)) == date(2026, 3, 4)
