"""Money: whole fen, and nothing gets lost or made when it is divided."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import money

pytestmark = pytest.mark.unit

amounts = st.integers(-money.LARGEST, money.LARGEST)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


@given(amounts, weights)
def test_shares_sum_up_to_the_whole(total: int, given: list[int]) -> None:
    assert sum(money.shares(total, given)) == total


@given(amounts, weights)
def test_no_share_is_a_fen_or_more_off_its_weight_and_weight_nought_gets_nothing(
    total: int, given: list[int]
) -> None:
    for part, weight in zip(money.shares(total, given), given, strict=True):
        assert abs(part - Fraction(total * weight, sum(given))) <= 1
        if weight == 0:
            assert part == 0


@given(amounts, st.integers(1, 12))
def test_equal_weights_get_equal_shares_but_for_the_odd_fen_which_go_to_the_earliest(
    total: int, n: int
) -> None:
    parts = money.shares(total, [1] * n)
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts, reverse=True)


def test_the_usual_tranches_of_an_uneven_award() -> None:
    assert money.shares(10_000_001, [50, 30, 20]) == [5_000_001, 3_000_000, 2_000_000]
    assert money.shares(1, [0, 1, 1]) == [0, 1, 0]


@pytest.mark.parametrize("bad", [[], [0], [0, 0], [1, -1], [-1]])
def test_weights_that_divide_nothing_are_refused(bad: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        money.shares(100, bad)


@given(amounts)
def test_an_amount_written_in_yuan_reads_back_to_the_same_fen(amount: int) -> None:
    assert money.fen(money.yuan(amount).replace(",", "")) == amount


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (0, "0.00"),
        (7, "0.07"),
        (-50, "-0.50"),
        (-100_05, "-100.05"),
        (144_500_000, "1,445,000.00"),
        (money.LARGEST, "10,000,000,000,000.00"),
    ],
)
def test_amounts_are_written_with_thousands_and_two_decimals(amount: int, written: str) -> None:
    assert money.yuan(amount) == written


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [("0.1", 10), (3, 300), (Decimal("1445000"), 144_500_000), ("1e3", 100_000), ("2.50", 250)],
)
def test_yuan_become_fen_exactly(yuan: str | int | Decimal, fen: int) -> None:
    assert money.fen(yuan) == fen


@pytest.mark.parametrize(
    "yuan",
    ["", "x", "1,000", "0.001", "NaN", "sNaN", "Infinity", "-Infinity", "1e999999", "1." + "0" * 40 + "1"],
)
def test_what_is_no_amount_in_fen_is_refused(yuan: str) -> None:
    with pytest.raises(ValueError, match="yuan"):
        money.fen(yuan)
