"""Amendment of a contract 合同变更: amount, last day and tranches change within rules; old and new are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from marshmallow import fields, validate

from services.funding.domain.rounds import CONDITIONS, KINDS
from services.funding.domain.sharing import Part
from services.funding.domain.tranches import SETTLED
from shared import money
from shared.arearules import AreaRule
from shared.errors import Refused, Text

MORE = AreaRule(
    "amendment_increase_percent",
    fields.Dict(
        keys=fields.Str(validate=validate.OneOf(KINDS)),
        values=fields.Int(strict=True, validate=validate.Range(0, 100)),
    ),
    {"purchase": 10, "tender": 10, "venture": 0, "micro": 0},
    "政府采购法 49 (purchases: supplements of at most 10 % of the original); others: platform default",
    Text(
        "Per cent of the signed amount that amendments may add, by kind of round",
        "合同变更可增加的金额比例（%）",
    ),
)
RULES = (MORE,)

Tranche = Mapping[str, Any]


@dataclass(frozen=True)
class Planned:
    """A tranche as an amendment wants it."""

    condition: str
    amount_fen: int


def most(signed: int, percent: int) -> int:
    """The largest amount, in fen, that a contract over `signed` fen may come to."""
    return signed + signed * percent // 100


def check_amount(amount: int, signed: int, percent: int, settled: int) -> None:
    """Raise Refused above what may be added to the signed amount, and below what is paid or on its way."""
    largest = most(signed, percent)
    if max(settled, 1) <= amount <= largest:
        return
    raise Refused(
        "amendment-amount",
        Text(
            f"{money.yuan(settled)} yuan are paid already, and amendments may add {percent} % to the "
            f"{money.yuan(signed)} yuan that were signed.",
            f"已支付 {money.yuan(settled)} 元；变更可在原合同金额 {money.yuan(signed)} 元基础上增加 {percent}%。",
        ),
        Text(f"Give {max(settled, 1)} to {largest} fen.", f"请填写 {max(settled, 1)} 至 {largest} 分。"),
        field="amount_fen",
    )


def settled(tranches: Sequence[Tranche]) -> int:
    """Fen that are paid or on their way to the bank."""
    return sum(t["amount_fen"] for t in tranches if t["status"] in SETTLED)


def check_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Raise Refused for an amendment that changes nothing."""
    if before == after:
        raise Refused(
            "nothing-changed",
            Text("The amendment changes nothing.", "变更前后内容相同。"),
            Text(
                "Give amount, last day or tranches as they are to be.",
                "请填写变更后的金额、终止日或拨付安排。",
            ),
            field="amount_fen",
        )


def replanned(
    tranches: Sequence[Tranche], amount: int, wanted: Sequence[Planned], met: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """The tranches of a contract over `amount` fen: settled ones stay, the rest is as `wanted`, or in the proportion
    that it had. Raises Refused where they do not add up, or name a condition twice or one that is `met` already."""
    kept = [dict(t) for t in tranches if t["status"] in SETTLED]
    open_ones = [dict(t) for t in tranches if t["status"] not in SETTLED]
    left = amount - settled(tranches)
    if wanted:
        known = {t["condition"]: t for t in open_ones}
        _check_plan(wanted, left, {*met, *(t["condition"] for t in kept)} - set(known))
        fresh = {"status": "waiting"}
        open_ones = [
            known.get(each.condition, fresh | {"condition": each.condition}) | {"amount_fen": each.amount_fen}
            for each in wanted
        ]
    elif open_ones:
        parts = money.shares(left, [t["amount_fen"] for t in open_ones])
        open_ones = [t | {"amount_fen": fen} for t, fen in zip(open_ones, parts, strict=True) if fen]
    elif left:
        raise _unfit(left)
    # Payment orders name their tranche by its number, so none changes: new ones get those that follow.
    new = count(max((t["number"] for t in tranches), default=0) + 1)
    made = [{"number": t.get("number") or next(new), **t} for t in (*kept, *open_ones)]
    return sorted(made, key=lambda t: CONDITIONS.index(t["condition"]))


def _check_plan(wanted: Sequence[Planned], left: int, taken: set[str]) -> None:
    conditions = [each.condition for each in wanted]
    sums_up = sum(each.amount_fen for each in wanted) == left and all(each.amount_fen for each in wanted)
    if not sums_up or len(set(conditions)) < len(conditions) or taken & set(conditions):
        raise _unfit(left)


def _unfit(left: int) -> Refused:
    return Refused(
        "tranches-unfit",
        Text(
            "Tranches that are not paid yet sum up to the rest of the amount, one for each condition.",
            "未支付的各期合计应等于剩余金额，每个条件只对应一期，已支付的不得变更。",
        ),
        Text(f"Make them sum up to {left} fen.", f"请使各期合计为 {left} 分。"),
        field="tranches",
    )


def less(open_parts: Mapping[str, int], cut: int) -> list[Part]:
    """What each fund gets back where a contract is cut by `cut` fen: in proportion to what it still owes."""
    shares = money.shares(cut, list(open_parts.values()))
    return [Part(fund, fen) for fund, fen in zip(open_parts, shares, strict=True) if fen]


def moved(sources: Sequence[Part], more: Sequence[Part] = (), less: Sequence[Part] = ()) -> list[Part]:
    """The sources of a project after parts were added and taken away."""
    fen = dict(sources)
    for fund, amount in more:
        fen[fund] = fen.get(fund, 0) + amount
    for fund, amount in less:
        fen[fund] -= amount
    return [Part(fund, amount) for fund, amount in fen.items() if amount]
