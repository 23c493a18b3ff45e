"""Rules of contracts 协议、合同: term, number, when they have to be signed, what is printed."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any, NamedTuple

from marshmallow import fields, post_load, validate
from statemachine import State, StateMachine

from services.funding.domain.periods import Period, period
from services.funding.domain.schemes import UNDER_PROCUREMENT
from shared import areas, money
from shared.arearules import AreaRule
from shared.errors import Refused, Text
from shared.fields import Schema
from shared.workdays import Deadline

HEADINGS = {"purchase": "政府购买服务合同", "venture": "公益创投项目协议", "micro": "社区微创投项目协议",
            "tender": "政府采购合同"}  # fmt: skip
CONDITIONS = {"contract": "签约", "mid_term": "中期评估合格", "final": "末期评估合格"}


class ContractLife(StateMachine):
    """The course of a contract. Whether a signed one is fulfilled is told by its project."""

    drafted = State("drafted 拟定", initial=True)
    signed = State("signed 已签订")
    terminated = State("terminated 已解除", final=True)

    sign = drafted.to(signed)
    terminate = signed.to(terminated)


class Years(NamedTuple):
    """Years that a purchase may be contracted for."""

    most: int
    most_stable: int  # where it is budgeted, stable in kind and price, and goes on


class YearsForm(Schema):
    """The same as areas set it."""

    most = fields.Int(required=True, strict=True, validate=validate.Range(1, 10))
    most_stable = fields.Int(required=True, strict=True, validate=validate.Range(1, 10))

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Years:
        return Years(**data)


YEARS = AreaRule(
    "contract_years", fields.Nested(YearsForm), Years(1, 3),
    "政府购买服务管理办法（财政部令 102）24",
    Text("Years that a purchase may be contracted for, at most", "政府购买服务合同最长年限"),
)  # fmt: skip
SIGN_WITHIN = period(
    "contract_sign_within", Period(30, "days"), "政府采购法 46",
    Text("Time from award to contract of a purchase", "采购合同签订期限"),
)  # fmt: skip
SIGNED_COPY = AreaRule(
    "contract_signed_copy", fields.Bool(), False,
    "platform default; Civil Code 490 takes a contract as made once both have signed 民法典 490",
    Text("A contract is signed only with its signed copy or seal on file", "签约须上传签署件或加盖电子印章"),
)  # fmt: skip
TEMPLATE = AreaRule(
    "contract_template",
    fields.Str(validate=validate.Length(1, 50_000)),
    resources.files("services.funding").joinpath("templates/contract.html.j2").read_text(encoding="utf-8"),
    "platform default",
    Text("Template (HTML, Jinja2) that contracts are printed from", "协议打印模板（HTML、Jinja2）"),
)
RULES = (YEARS, SIGN_WITHIN, SIGNED_COPY, TEMPLATE)


def number(seat: str, year: int, identifier: str) -> str:
    """A number that nobody else has: who pays, the year, and the random end of the contract's id."""
    return f"{seat}-{year}-{identifier[-12:].upper()}"


def grantor(area: str) -> str:
    """Who gives the money: the district's civil affairs office 民政局, or the street 街道."""
    return f"{areas.name(area)}民政局" if areas.tier(area) == "district" else areas.name(area)


def years_later(day: date, years: int) -> date:
    """The last day of so many years that begin on `day`."""
    last = min(day.day, calendar.monthrange(day.year + years, day.month)[1])
    return date(day.year + years, day.month, last) - timedelta(days=1)


def check_term(kind: str, starts_on: date, ends_on: date, years: Years, *, stable: bool) -> None:
    """Raise Refused for a contract that ends before it begins, and for a purchase that lasts longer than it may."""
    if ends_on < starts_on:
        raise Refused(
            "term-ends-early",
            Text("The contract ends before it begins.", "协议终止日早于起始日。"),
            Text("Give a later ends_on.", "请填写更晚的终止日。"),
            field="ends_on",
        )
    most = years.most_stable if stable else years.most
    latest = years_later(starts_on, most)
    if kind in UNDER_PROCUREMENT and ends_on > latest:
        raise Refused(
            "term-too-long",
            Text(f"A purchase is contracted for {most} years at most.", f"政府购买服务合同最长 {most} 年。"),
            Text(
                f"End it by {latest}; a budgeted, stable service may take {years.most_stable} years (stable).",
                f"请不晚于 {latest} 终止；预算有保障且稳定的项目最长 {years.most_stable} 年（stable）。",
            ),
            field="ends_on",
        )


def sign_by(kind: str, awarded_at: datetime | None, within: Period) -> Deadline | None:
    """By when a purchase has to be contracted (政府采购法 46); None where no law says so."""
    return within.after(awarded_at) if awarded_at and kind in UNDER_PROCUREMENT else None


def overdue(due_at: datetime | None, status: str, now: datetime) -> bool:
    """Whether an award is still without the contract that was due."""
    return status == "awarded" and due_at is not None and now > due_at


def check_same(drafted: int, agreed: int) -> None:
    """Raise Refused for a draft over another amount than was agreed since."""
    if drafted != agreed:
        raise Refused(
            "draft-outdated",
            Text("The application was changed after the contract was drafted.", "协议拟定后申报内容有变更。"),
            Text("Draft the contract again.", "请重新拟定协议。"),
            field="amount_fen",
        )


def check_document(required: bool, on_file: bool) -> None:
    """Raise Refused where the area wants the signed document on file before the contract counts."""
    if required and not on_file:
        raise Refused(
            "signed-copy-needed",
            Text("The signed copy is not on file.", "尚未上传签署件。"),
            Text("Upload the signed copy, or seal the contract.", "请上传签署件，或加盖电子印章。"),
            field="signed_on",
        )


def check_seal(seal: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node's seal. Raises Refused where none is configured."""
    if not seal:
        raise Refused(
            "no-seal-here",
            Text("This node has no electronic seal.", "本节点未配置电子印章。"),
            Text("Upload the signed copy instead.", "请上传签署件。"),
            field="id",
        )
    return seal


def nothing_to_seal() -> Refused:
    return Refused(
        "nothing-to-seal",
        Text("The contract is not printed.", "协议尚未打印。"),
        Text("Print it first, or upload the signed copy.", "请先打印，或上传签署件。"),
        field="id",
    )


def check_printable(amendments: Sequence[Any]) -> None:
    """Raise Refused for a contract that was amended: what it says now is not what was signed."""
    if amendments:
        raise Refused(
            "contract-amended",
            Text("The contract was amended since.", "协议已变更。"),
            Text("What was signed is kept as it was printed then.", "请下载签约时的文件。"),
            field="id",
        )


def values(
    contract: Any, parties: Mapping[str, Any], tranches: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What a template may show."""
    planned = [
        {
            "number": one["number"],
            "condition": CONDITIONS[one["condition"]],
            "amount": money.yuan(one["amount_fen"]),
        }
        for one in tranches
    ]
    return {
        "heading": HEADINGS[contract.kind],
        "number": contract.number,
        "title": contract.title,
        "starts_on": contract.starts_on.isoformat()[:10],
        "ends_on": contract.ends_on.isoformat()[:10],
        "amount": money.yuan(contract.amount_fen),
        "tranches": planned,
        **parties,
    }
