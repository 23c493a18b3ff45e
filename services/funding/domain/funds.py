"""Public money in whole fen.

Money of a fund is in one of three states: available, committed, paid. `committed` counts everything that was
ever promised and not released, paid or not, so that paid <= committed <= budget holds at every moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from shared import money
from shared.errors import Refused, Text

# 福彩公益金、社会工作专项经费、预算、配套、捐赠 (Haishu, Daoli)
SOURCES = ("welfare_lottery", "social_work", "budget", "matching", "donation")


@dataclass(frozen=True)
class Balance:
    """A fund's figures in fen. Raises ValueError where they contradict paid <= committed <= budget."""

    budget: int
    committed: int = 0
    paid: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.paid <= self.committed <= self.budget:
            raise ValueError(f"impossible balance {self}")

    @property
    def free(self) -> int:
        """What can still be committed."""
        return self.budget - self.committed


class Posting(NamedTuple):
    """One line of the double-entry ledger: `amount` fen move from the credited to the debited account."""

    kind: str
    debit: str
    credit: str
    amount: int


def open_fund(budget: int) -> tuple[Balance, Posting]:
    return Balance(budget), Posting("budget", "available", "budget", budget)


def commit(balance: Balance, amount: int) -> tuple[Balance, Posting]:
    """Promise money of the fund. Raises Refused beyond what is free."""
    _check_amount(amount, balance.free, "fund-exhausted", "free", "可用余额")
    return replace(balance, committed=balance.committed + amount), Posting(
        "commitment", "committed", "available", amount
    )


def release(balance: Balance, amount: int) -> tuple[Balance, Posting]:
    """Take back a promise. Raises Refused beyond what is committed and not paid."""
    _check_amount(
        amount, balance.committed - balance.paid, "not-committed", "committed and unpaid", "已承诺未支付金额"
    )
    return replace(balance, committed=balance.committed - amount), Posting(
        "release", "available", "committed", amount
    )


def pay(balance: Balance, amount: int) -> tuple[Balance, Posting]:
    """Pay out of what is committed. Raises Refused beyond it."""
    _check_amount(
        amount, balance.committed - balance.paid, "not-committed", "committed and unpaid", "已承诺未支付金额"
    )
    return replace(balance, paid=balance.paid + amount), Posting("payment", "paid", "committed", amount)


def _check_amount(amount: int, limit: int, code: str, what: str, zh: str) -> None:
    if amount <= 0:
        raise ValueError("amounts moved are positive")
    if amount > limit:
        raise Refused(
            code,
            Text(
                f"The fund has {money.yuan(limit)} yuan {what}, less than {money.yuan(amount)} yuan.",
                f"资金{zh}为 {money.yuan(limit)} 元，不足 {money.yuan(amount)} 元。",
            ),
            Text("Use another fund of the round, or award less.", "请使用本轮其他资金，或减少金额。"),
            field="amount_fen",
        )


class Part(NamedTuple):
    """Fen of one fund."""

    fund: str
    amount: int


def split(amount: int, free: Mapping[str, int], wanted: Sequence[Part] = ()) -> list[Part]:
    """Which funds an award draws on: as `wanted`, or the round's funds in their order as far as they reach.

    Raises Refused where they do not reach, or where `wanted` names other funds or another sum.
    """
    if wanted:
        names = [part.fund for part in wanted]
        if (
            sum(p.amount for p in wanted) != amount
            or len(set(names)) < len(names)
            or not set(names) <= set(free)
        ):
            raise Refused(
                "split-unfit",
                Text(
                    "The split must name funds of the round, each once, and sum up to the amount.",
                    "分配须为本轮资金，各列一次，合计等于资助金额。",
                ),
                Text(f"Make the parts sum up to {amount} fen.", f"请使各部分合计为 {amount} 分。"),
                field="funds",
            )
        return [part for part in wanted if part.amount]
    parts: list[Part] = []
    rest = amount
    for fund, available in free.items():
        if rest and available:
            parts.append(Part(fund, min(rest, available)))
            rest -= parts[-1].amount
    if rest:
        raise Refused(
            "fund-exhausted",
            Text(
                f"The round's funds are {money.yuan(rest)} yuan short of the award.",
                f"本轮资金可用余额不足，尚缺 {money.yuan(rest)} 元。",
            ),
            Text("Add a fund, or drop the application.", "请增加资金，或不予资助。"),
            field="amount_fen",
        )
    return parts


def draw(sources: Sequence[Part], tranches: Sequence[int], index: int) -> list[Part]:
    """The parts of tranche `index` by fund.

    The tranches and the funds' parts are laid side by side over the whole amount; a tranche draws on the funds
    that it overlaps. So each part is the same in whatever order tranches are paid, and all add up to the fen.
    """
    start = sum(tranches[:index])
    end = start + tranches[index]
    parts: list[Part] = []
    position = 0
    for fund, amount in sources:
        overlap = min(end, position + amount) - max(start, position)
        if overlap > 0:
            parts.append(Part(fund, overlap))
        position += amount
    return parts
