"""Public money of a fund 资金 in whole fen: a double-entry ledger of six accounts, none of which goes below zero.

| account | what stands there |
|---|---|
| `budget` 预算 | where the money comes from: the only account in credit, minus the budget |
| `available` 可用 | not promised to anybody |
| `committed` 已承诺 | promised, neither ordered nor paid |
| `ordered` 支付中 | ordered from the bank, its answer is awaited |
| `paid` 已支付 | paid and not clawed back |
| `delegated` 已下达 | given to a street as a ring-fenced part |

Every movement is a posting from one account to another, so all accounts add up to nought at every moment.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from shared import areas, money
from shared.errors import Refused, Text

# 福彩公益金、社会工作专项经费、预算、配套、捐赠 (Haishu, Daoli)
SOURCES = ("welfare_lottery", "social_work", "budget", "matching", "donation")
ACCOUNTS = ("budget", "available", "committed", "ordered", "paid", "delegated")
MOVEMENTS = (
    "budget",  # 设立预算
    "amendment",  # 预算调整
    "commitment",  # 承诺
    "release",  # 释放
    "order",  # 付款申请
    "payment",  # 支付
    "order_return",  # 退汇、撤回付款申请
    "claw_back",  # 追回
    "delegation",  # 下达
    "delegation_return",  # 交回
    "reversal",  # 冲销
)
# What a person may reverse: it stands for itself. Anything else is undone by the use case that it belongs to, which
# also changes the record that it moves for.
REVERSIBLE = ("amendment",)


@dataclass(frozen=True)
class Balance:
    """A fund's figures in fen. Raises ValueError where they contradict each other.

    `committed` counts everything that was ever promised and not released, paid or not; `ordered` and `paid` are
    parts of it.
    """

    budget: int
    committed: int = 0
    paid: int = 0
    ordered: int = 0
    delegated: int = 0

    def __post_init__(self) -> None:
        if any(amount < 0 for name, amount in self.accounts.items() if name != "budget") or self.budget < 0:
            raise ValueError(f"impossible balance {self}")

    @property
    def free(self) -> int:
        """What can still be committed."""
        return self.budget - self.committed - self.delegated

    @property
    def accounts(self) -> dict[str, int]:
        """Debits minus credits of each account; they add up to nought."""
        return {
            "budget": -self.budget,
            "available": self.free,
            "committed": self.committed - self.ordered - self.paid,
            "ordered": self.ordered,
            "paid": self.paid,
            "delegated": self.delegated,
        }


class Posting(NamedTuple):
    """One line of the double-entry ledger: `amount` fen move from the credited to the debited account."""

    kind: str
    debit: str
    credit: str
    amount: int


Moved = tuple[Balance, Posting]


def open_fund(budget: int, kind: str = "budget") -> Moved:
    return Balance(budget), Posting(kind, "available", "budget", budget)


def commit(balance: Balance, amount: int) -> Moved:
    """Promise money of the fund. Raises Refused beyond what is free."""
    return _move(balance, Posting("commitment", "committed", "available", amount))


def release(balance: Balance, amount: int) -> Moved:
    """Take back a promise. Raises Refused beyond what is committed and neither ordered nor paid."""
    return _move(balance, Posting("release", "available", "committed", amount))


def pay(balance: Balance, amount: int) -> Moved:
    """Pay at once out of what is committed. Raises Refused beyond it."""
    return _move(balance, Posting("payment", "paid", "committed", amount))


def order(balance: Balance, amount: int) -> Moved:
    """Order a payment from the bank. Raises Refused beyond what is committed."""
    return _move(balance, Posting("order", "ordered", "committed", amount))


def settle(balance: Balance, amount: int) -> Moved:
    """The bank has paid what was ordered. Raises Refused beyond it."""
    return _move(balance, Posting("payment", "paid", "ordered", amount))


def unorder(balance: Balance, amount: int) -> Moved:
    """What was ordered came back 退汇, or its order was taken back. Raises Refused beyond what is ordered."""
    return _move(balance, Posting("order_return", "committed", "ordered", amount))


def claw_back(balance: Balance, amount: int) -> Moved:
    """Money paid came back from a project 追回 and is free again. Raises Refused beyond what was paid."""
    return _move(balance, Posting("claw_back", "available", "paid", amount))


def amend(balance: Balance, change: int) -> Moved:
    """Raise or lower the budget by `change` fen. Raises Refused where more is promised or delegated than would be
    left, and beyond what an amount may be."""
    if balance.budget + change > money.LARGEST:
        raise Refused(
            "budget-too-large",
            Text("The budget would be larger than any amount may be.", "调整后的预算超过金额上限。"),
            NOT_MORE,
            field="change_fen",
        )
    accounts = ("available", "budget") if change > 0 else ("budget", "available")
    return _move(balance, Posting("amendment", *accounts, abs(change)))


def delegate(balance: Balance, amount: int) -> Moved:
    """Give a part to a street. Raises Refused beyond what is free."""
    return _move(balance, Posting("delegation", "delegated", "available", amount))


def take_back(balance: Balance, amount: int) -> Moved:
    """What a street gave back is free again. Raises Refused beyond what is delegated."""
    return _move(balance, Posting("delegation_return", "available", "delegated", amount))


def give_back(balance: Balance, amount: int) -> Moved:
    """The street's side of it: its part becomes smaller. Raises Refused beyond what is free."""
    return _move(balance, Posting("delegation_return", "budget", "available", amount))


def reverse(balance: Balance, entry: Posting) -> Moved:
    """Correct an entry by its opposite 冲销. Raises Refused for one that does not stand for itself, and where what
    it brought has been promised since."""
    if entry.kind not in REVERSIBLE:
        raise Refused(
            "entry-belongs-to-a-record",
            Text(
                f"An entry of the kind '{entry.kind}' belongs to another record.",
                f"“{entry.kind}”分录属于其他业务记录。",
            ),
            Text(
                "Undo what it was made for: release, return or claw back.",
                "请通过释放、退汇或追回等业务操作更正。",
            ),
            field="entry",
        )
    return _move(balance, Posting("reversal", entry.credit, entry.debit, entry.amount))


def check_below(area: str, to: str) -> None:
    """Raise Refused unless a part goes to an area below the fund's."""
    if area == to or not areas.contains(area, to):
        raise Refused(
            "area-not-below",
            Text(f"{to} is not below {area}.", f"{to} 不是 {area} 的下级区划。"),
            Text("Name a street or community below the fund's area.", "请填写该资金所属区划的下级区划。"),
            field="to",
        )


def check_recall(amount: int, outstanding: int) -> None:
    """Raise Refused unless so much was delegated and has not come back."""
    if not 0 < amount <= outstanding:
        raise Refused(
            "not-delegated",
            Text(
                f"{money.yuan(outstanding)} yuan are delegated and have not come back.",
                f"已下达且未交回的金额为 {money.yuan(outstanding)} 元。",
            ),
            NOT_MORE,
            field="amount_fen",
        )


def post(balance: Balance, posting: Posting) -> Balance:
    """The balance after a posting. Raises ValueError where an account would go below zero."""
    after = Counter(balance.accounts)
    after[posting.debit] += posting.amount
    after[posting.credit] -= posting.amount
    return Balance(
        budget=-after["budget"],
        committed=after["committed"] + after["ordered"] + after["paid"],
        paid=after["paid"],
        ordered=after["ordered"],
        delegated=after["delegated"],
    )


def _move(balance: Balance, posting: Posting) -> Moved:
    if posting.amount <= 0:
        raise ValueError("amounts moved are positive")
    limit = balance.accounts[posting.credit]
    if posting.credit != "budget" and posting.amount > limit:
        code, what, remedy = _SHORT[posting.credit]
        raise Refused(
            code,
            Text(
                f"The fund has {money.yuan(limit)} yuan {what.en}, less than {money.yuan(posting.amount)} yuan.",
                f"资金{what.zh}为 {money.yuan(limit)} 元，不足 {money.yuan(posting.amount)} 元。",
            ),
            remedy,
            field="amount_fen",
        )
    return post(balance, posting), posting


NOT_MORE = Text("Give a smaller amount.", "请减少金额。")
_SHORT = {
    "available": (
        "fund-exhausted",
        Text("free", "可用余额"),
        Text("Use another fund of the round, or a smaller amount.", "请使用本轮其他资金，或减少金额。"),
    ),
    "committed": ("not-committed", Text("committed and unpaid", "已承诺未支付金额"), NOT_MORE),
    "ordered": ("not-ordered", Text("ordered from the bank", "支付中金额"), NOT_MORE),
    "paid": ("not-paid", Text("paid", "已支付金额"), NOT_MORE),
    "delegated": ("not-delegated", Text("delegated", "已下达金额"), NOT_MORE),
}
