"""Payments through the bank 集中支付: orders, batches approved by a second person, and the bank's answer.

An order 付款单 is one tranche for one payee, over as many funds as its project draws on. A batch 付款批次 gathers
orders into one file for the bank. What the bank answers is set against the batch line by line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from marshmallow import fields
from statemachine import State, StateMachine

from shared import money
from shared.arearules import AreaRule
from shared.errors import Forbidden, Refused, Text

# A batch is settled in one write; more lines would hold the funds for longer than others wait.
MOST_LINES = 200

PAYMENT_BATCHES = AreaRule(
    "payment_batches", fields.Bool(), False,
    source="platform default; an area says how it pays 各地支付方式",
    about=Text("Tranches are paid through batches for the bank", "拨付经付款批次由银行支付"),
)  # fmt: skip
RULES = (PAYMENT_BATCHES,)


class OrderLife(StateMachine):
    """The course of a payment order 付款单."""

    due = State("due 待支付", initial=True)
    batched = State("batched 已列入批次")
    paid = State("paid 已支付", final=True)
    returned = State("returned 已退汇")
    cancelled = State("cancelled 已撤销", final=True)

    gather = due.to(batched)
    put_back = batched.to(due)
    settle = batched.to(paid)
    bounce = batched.to(returned)
    renew = returned.to(due)
    cancel = due.to(cancelled) | returned.to(cancelled)


class BatchLife(StateMachine):
    """The course of a payment batch 付款批次."""

    prepared = State("prepared 已制单", initial=True)
    approved = State("approved 已复核")
    exported = State("exported 已导出")
    settled = State("settled 已对账", final=True)
    dissolved = State("dissolved 已退回", final=True)

    approve = prepared.to(approved)
    export = approved.to(exported)
    finish = exported.to(settled)
    dissolve = prepared.to(dissolved) | approved.to(dissolved)


class Line(NamedTuple):
    """A line of a batch; `reference` names it in the file and in the bank's answer."""

    reference: str
    amount: int
    outcome: str | None = None  # paid | returned, as far as the bank has answered


class Told(NamedTuple):
    """A row of the bank's answer, at this row of the file."""

    row: int
    reference: str
    amount: int
    outcome: str  # paid | returned
    reason: str = ""


What = Literal["paid", "returned", "repeated", "unknown", "contradiction", "amount_differs", "reason_missing"]


class Verdict(NamedTuple):
    """What a row of the answer comes to. Only `paid` and `returned` change anything."""

    told: Told
    what: What


def tranche(tranches: Iterable[dict[str, Any]], number: int) -> dict[str, Any]:
    """The tranche that an order pays, by its number."""
    return next(one for one in tranches if one["number"] == number)


def reference(batch: str, number: int) -> str:
    """A line's reference: 16 characters that occur in no other batch, as banks limit their length.

    The batch's id is random but for its time; twelve hexadecimal digits of it are 48 bits of the random part.
    """
    return f"{batch.replace('-', '')[-12:].upper()}{number:04d}"


def check_second_person(prepared_by: str, approver: str) -> None:
    """Raise Forbidden where the one who prepared a batch would approve it too: who handles a matter and who approves
    it are separate persons (会计法, on internal supervision: 经办人员与审批人员职责分离)."""
    if prepared_by == approver:
        raise Forbidden(
            "second-person-needed",
            Text("Whoever prepared a batch does not approve it.", "制单人不得复核本人的付款批次。"),
            Text("Let another person of finance approve it.", "请由另一名财务人员复核。"),
        )


def check_orders(statuses: Mapping[str, str], missing: Iterable[str]) -> None:
    """Raise Refused unless there are orders, all of them due, with accounts known of all payees."""
    if not statuses:
        raise Refused(
            "no-orders",
            Text("No payment order is due.", "没有待支付的付款单。"),
            Text("Gather a batch once tranches are due.", "请在有待拨付款项时制作批次。"),
            field="orders",
        )
    if len(statuses) > MOST_LINES:
        raise Refused(
            "batch-too-long",
            Text(f"A batch has at most {MOST_LINES} lines.", f"每个批次最多 {MOST_LINES} 笔。"),
            Text("Name fewer orders.", "请减少付款单。"),
            field="orders",
        )
    others = sorted(name for name, status in statuses.items() if status != "due")
    if others:
        raise Refused(
            "orders-not-due",
            Text(f"{len(others)} of the orders are not due.", f"有 {len(others)} 个付款单不是待支付状态。"),
            Text("Leave them out.", "请勿列入这些付款单。"),
            field="orders",
            orders=others,
        )
    unknown = sorted(missing)
    if unknown:
        raise Refused(
            "payee-unknown",
            Text(
                f"The accounts of {len(unknown)} payees are not known.",
                f"有 {len(unknown)} 个收款人账户未登记。",
            ),
            Text("Enter their accounts first.", "请先登记收款账户。"),
            field="orders",
            organisations=unknown,
        )


def check_none_under_way(tranches: Iterable[str]) -> None:
    """Raise Refused while a tranche is ordered: its money is neither free nor paid."""
    under_way = sum(status == "ordered" for status in tranches)
    if under_way:
        raise Refused(
            "payments-under-way",
            Text(f"{under_way} payments are ordered and not answered.", f"有 {under_way} 笔付款尚未完结。"),
            Text("Cancel their orders, or wait for the bank's answer.", "请先撤销付款单，或等待银行回盘。"),
        )


def reconcile(lines: Sequence[Line], told: Sequence[Told]) -> list[Verdict]:
    """Set the bank's answer against a batch, row by row.

    Rows may be fewer than lines: the others stay under way. A row that says again what is known changes nothing; one
    that contradicts it, names another amount or a line that is not in the batch is named and changes nothing either.
    """
    known = {line.reference: line for line in lines}
    settled = {line.reference: line.outcome for line in lines if line.outcome}
    verdicts = []
    for row in told:
        what = _verdict(known.get(row.reference), settled.get(row.reference), row)
        if what in ("paid", "returned"):
            settled[row.reference] = row.outcome
        verdicts.append(Verdict(row, what))
    return verdicts


def _verdict(line: Line | None, outcome: str | None, row: Told) -> What:
    if line is None:
        return "unknown"
    if row.amount != line.amount:
        return "amount_differs"
    if outcome is not None:
        return "repeated" if outcome == row.outcome else "contradiction"
    if row.outcome == "returned":
        return "returned" if row.reason else "reason_missing"
    return "paid"


def fen(text: str) -> int | None:
    """An amount as banks write it: 1,234.50 or ￥1234.5 yuan; None for what is none."""
    try:
        return money.fen(text.strip().lstrip("¥￥").replace(",", "").replace("，", ""))
    except ValueError:
        return None


def outcome(text: str) -> str | None:
    """What a bank's word for a line's outcome means; None for no such word."""
    word = "".join(text.split()).casefold()
    return next((meant for meant, words in _WORDS.items() if word in words), None)


_WORDS = {
    "paid": {"paid", "成功", "支付成功", "付款成功", "交易成功", "已支付", "已付款"},
    "returned": {"returned", "失败", "支付失败", "付款失败", "交易失败", "退汇", "已退汇", "退回"},
}


def check_file(asked: str, given: str | None) -> None:
    """Raise Refused where a batch has been exported in another form: two files would be paid twice."""
    if given is not None and asked != given:
        raise Refused(
            "exported-already",
            Text(f"The batch was exported as {given}.", f"该批次已导出为 {given}。"),
            Text(f"Ask for {given} again: it is the same file.", f"请再次下载 {given}，内容相同。"),
            field="format",
        )


def check_answerable(status: str) -> None:
    """Raise Refused for a batch that the bank cannot have got."""
    if status not in ("exported", "settled"):
        raise Refused(
            "not-exported",
            Text("The batch has not been exported for the bank.", "该批次尚未导出送交银行。"),
            Text("Export it first.", "请先导出付款文件。"),
            field="status",
        )
