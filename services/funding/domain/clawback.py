"""Claw-back 追回: paid money that has to come back to the funds that it came from, in proportion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from statemachine import State, StateMachine

from services.funding.domain.periods import Period, period
from services.funding.domain.sharing import Part, apportion
from shared import money
from shared.errors import NotFound, Refused, Text

LIMIT = period(
    "limit_repayment", Period(30, "days"), "platform default; the decision says it 追回决定书载明",
    Text("Time to repay what is clawed back", "退还追回资金的期限"),
)  # fmt: skip
RULES = (LIMIT,)


class ClawBackLife(StateMachine):
    """The course of a claw-back 追回."""

    demanded = State("demanded 待退还", initial=True)
    settled = State("settled 已退清", final=True)

    settle = demanded.to(settled)


def numbered(claw_backs: Sequence[Any], number: str) -> Any:
    """Raises NotFound."""
    for one in claw_backs:
        if str(one["number"]) == number:
            return one
    raise NotFound(
        "no-such-claw-back",
        Text(f"The project has no claw-back {number}.", f"该项目没有第 {number} 号追回。"),
        Text("Look the numbers up in the project.", "请在项目信息中查看编号。"),
        field="number",
    )


def demand(amount: int, paid: Mapping[str, int], before: Mapping[str, int]) -> list[Part]:
    """The parts by fund of a demand for `amount` fen: in proportion to what each fund has paid and not demanded
    back before. Raises Refused beyond that."""
    rest = {fund: fen - before.get(fund, 0) for fund, fen in paid.items()}
    left = sum(rest.values())
    if amount > left:
        raise Refused(
            "claw-back-beyond-paid",
            Text(
                f"{money.yuan(left)} yuan were paid and are not demanded back yet.",
                f"已支付且尚未追回的金额为 {money.yuan(left)} 元。",
            ),
            Text(f"Demand at most {left} fen.", f"追回金额不得超过 {left} 分。"),
            field="amount_fen",
        )
    return _in_proportion(amount, rest)


def repay(amount: int, demanded: Sequence[Part], before: Mapping[str, int]) -> list[Part]:
    """The parts by fund of a repayment of `amount` fen: in proportion to what is still due to each fund, so that
    repayments in however many parts add up to the demand. Raises Refused beyond what is due."""
    rest = {fund: fen - before.get(fund, 0) for fund, fen in demanded}
    left = sum(rest.values())
    if amount > left:
        raise Refused(
            "repaid-beyond-demand",
            Text(f"{money.yuan(left)} yuan are still due.", f"尚待退还 {money.yuan(left)} 元。"),
            Text(
                f"Record at most {left} fen here; send the rest back.",
                f"最多登记 {left} 分；多余款项请退回。",
            ),
            field="amount_fen",
        )
    return _in_proportion(amount, rest)


def _in_proportion(amount: int, rest: Mapping[str, int]) -> list[Part]:
    return apportion(amount, [Part(fund, fen) for fund, fen in rest.items()])
