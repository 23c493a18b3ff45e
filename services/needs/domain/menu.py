"""Rules of the menu 菜单: what may be ordered, at which price, from whom, and who pays which part of the price.

After Kundulun 昆都仑区: residents order 点菜, government decides 定菜, organisations deliver 做菜; for subsidised,
low-price and self-paying clients. Amounts are fen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from marshmallow import fields, post_load, validate
from statemachine import State, StateMachine

from shared import areas, money
from shared.arearules import AreaRule
from shared.errors import Refused, Text
from shared.fields import Fen, Schema

KINDS = ("subsidised", "low_price", "self_paying")  # 补贴、低偿、自费
PAYERS = ("subsidy", "voucher", "client")  # 财政补贴、服务券、服务对象
CODE = validate.Regexp(r"^[a-z][a-z0-9_]{0,39}$", error="a code of small letters, digits and underscores")
_NAME = validate.Length(1, 50)
OURS = "names and numbers are ours, none is published 名称和数额由平台拟定"


class ServiceItemLife(StateMachine):
    """Life cycle of an item of the menu 服务项目. Whether it may be ordered on a day its days of validity say."""

    listed = State("listed 在册", initial=True)
    ended = State("ended 已终止", final=True)

    offer = listed.to(listed)
    end = listed.to(ended)


class ClientClass(NamedTuple):
    """A class of clients 服务对象类别: which part of a price a subsidy pays, and the voucher of a month in fen."""

    name: str
    kind: str
    subsidy_percent: int
    voucher: int


class ClientClassForm(Schema):
    """A class of clients as areas set it."""

    name = fields.Str(required=True, validate=_NAME)
    kind = fields.Str(required=True, validate=validate.OneOf(KINDS))
    subsidy_percent = fields.Int(required=True, strict=True, validate=validate.Range(0, 100))
    voucher = Fen(required=True)

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> ClientClass:
        return ClientClass(**data)


ITEM_CLASSES: AreaRule[dict[str, str]] = AreaRule(
    "menu_classes",
    fields.Dict(keys=fields.Str(validate=CODE), values=fields.Str(validate=_NAME)),
    {"daily_care": "生活照料", "household": "家政服务", "health": "康复保健", "comfort": "精神慰藉"},
    f"Kundulun has four classes, 72 items 昆都仑区四大类72项; {OURS}",
    Text("Classes of service items", "服务项目类别"),
)
CLIENT_CLASSES: AreaRule[dict[str, ClientClass]] = AreaRule(
    "client_classes",
    fields.Dict(keys=fields.Str(validate=CODE), values=fields.Nested(ClientClassForm)),
    {
        "extreme_poverty": ClientClass("特困老人", "subsidised", 80, 20_000),
        "low_income": ClientClass("低保老人", "subsidised", 50, 20_000),
        "aged": ClientClass("高龄老人", "low_price", 20, 10_000),
        "general": ClientClass("其他居民", "self_paying", 0, 0),
    },
    f"Kundulun serves subsidised, low-price and self-paying clients 昆都仑区; {OURS}",
    Text("Classes of clients, their subsidies and vouchers", "服务对象类别、补贴比例和月服务券"),
)
RULES = (ITEM_CLASSES, CLIENT_CLASSES)


class Share(NamedTuple):
    """What one payer pays of a price, in fen, and why."""

    payer: str
    fen: int
    why: Text


def shares(total: int, terms: ClientClass, voucher_left: int) -> tuple[Share, Share, Share]:
    """Who pays which part of `total` fen: first the subsidy of the client's class, rounded down to the fen, then
    what is left on the voucher, then the client. The three sum up to the total."""
    subsidy = total * terms.subsidy_percent // 100
    voucher = min(total - subsidy, max(0, voucher_left))
    percent, left = terms.subsidy_percent, money.yuan(voucher_left)
    return (
        Share(
            "subsidy",
            subsidy,
            Text(f"{percent} % of the price for {terms.kind} clients", f"{terms.name}按价格的{percent}%补贴"),
        ),
        Share("voucher", voucher, Text(f"voucher with {left} yuan left", f"服务券余额{left}元")),
        Share("client", total - subsidy - voucher, Text("the rest", "其余部分")),
    )


def check_class(code: str, classes: Collection[str], field: str) -> None:
    """Raise Refused for a class that the area does not have."""
    if code not in classes:
        known = ", ".join(sorted(classes))
        raise Refused(
            "no-such-class",
            Text(f"The area has no class {code}.", f"本地区没有类别 {code}。"),
            Text(f"Choose one of: {known}.", f"请从以下类别中选择：{known}。"),
            field=field,
        )


def check_period(valid_from: date, valid_to: date | None, field: str = "valid_to") -> None:
    """Raise Refused for a last day before the first."""
    if valid_to is not None and valid_to < valid_from:
        raise Refused(
            "period-reversed",
            Text(f"{valid_to} lies before {valid_from}.", f"{valid_to} 早于 {valid_from}。"),
            Text("Give a last day on or after the first.", "截止日不得早于起始日。"),
            field=field,
        )


def check_valid(name: str, valid_from: date, valid_to: date | None, on: date, field: str) -> None:
    """Raise Refused for a day on which the item is not on the menu."""
    if on < valid_from or (valid_to is not None and on > valid_to):
        until = valid_to or "-"
        raise Refused(
            "item-not-valid",
            Text(
                f"{name} is on the menu from {valid_from} to {until}, not on {on}.",
                f"{name}的有效期为 {valid_from} 至 {until}，不含 {on}。",
            ),
            Text("Choose a day within it, or another item.", "请选择有效期内的日期或其他项目。"),
            field=field,
        )


def check_within(area: str, offered_in: str, name: str) -> None:
    """Raise Refused where the item is on the menu of another area."""
    if not areas.contains(offered_in, area):
        raise Refused(
            "item-elsewhere",
            Text(
                f"{name} is offered in {offered_in}, not in {area}.",
                f"{name}在 {offered_in} 提供，不含 {area}。",
            ),
            Text("Choose an item of the client's area.", "请选择服务对象所在地区的项目。"),
            field="item",
        )


def check_offered(name: str, organisation: str, offering: Collection[str]) -> None:
    """Raise Refused where the organisation does not offer the item."""
    if organisation not in offering:
        raise Refused(
            "not-offered-by",
            Text(f"The organisation does not offer {name}.", f"该组织不提供{name}。"),
            Text("Name one that the item lists.", "请从该项目的服务组织中选择。"),
            field="organisation",
        )


def told(found: Collection[Share]) -> list[Mapping[str, Any]]:
    """Shares as they are stored and told."""
    return [{"payer": each.payer, "fen": each.fen, "why": each.why._asdict()} for each in found]
