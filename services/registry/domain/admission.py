"""What an application has to fulfil to be registered 登记: thresholds, supervising unit, the right registry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from marshmallow import fields, post_load, validate

from shared import money
from shared.arearules import AreaRule
from shared.errors import Fault, Refused, Text
from shared.fields import Fen, Schema

FIGURES = ("members", "unit_members", "funds_fen", "premises_sqm")


class Threshold(NamedTuple):
    """The least that an application must have: individual members or member units, start-up funds in fen, premises
    in square metres; 0 where nothing is asked for."""

    members: int
    unit_members: int
    funds_fen: int
    premises_sqm: int


class ThresholdForm(Schema):
    """A threshold as areas set it."""

    members = fields.Int(required=True, strict=True, validate=validate.Range(0, 10_000))
    unit_members = fields.Int(required=True, strict=True, validate=validate.Range(0, 10_000))
    funds_fen = Fen(required=True)
    premises_sqm = fields.Int(required=True, strict=True, validate=validate.Range(0, 100_000))

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Threshold:
        return Threshold(**data)


def _threshold(kind: str, default: Threshold, source: str, term: Text) -> AreaRule[Threshold]:
    about = Text(f"Threshold of {term.en}", f"{term.zh}登记门槛")
    return AreaRule(f"threshold_{kind}", fields.Nested(ThresholdForm), default, source, about)


# National rules. Districts relax them for organisations of communities: Yangzhou asks 20 members or 10 units there
# (扬州市社区社会组织登记与备案管理暂行办法).
THRESHOLDS: Mapping[str, AreaRule[Threshold]] = {
    "association": _threshold(
        "association", Threshold(50, 30, 3_000_000, 0), "社会团体登记管理条例 10 (2016)",
        Text("associations", "社会团体"),
    ),
    "non_enterprise": _threshold(  # lawful assets, staff and premises that fit its work: no figures
        "non_enterprise", Threshold(0, 0, 0, 0), "民办非企业单位登记管理暂行条例 8",
        Text("non-enterprise units", "民办非企业单位"),
    ),
    "foundation": _threshold(
        "foundation", Threshold(0, 0, 200_000_000, 0), "基金会管理条例 8", Text("foundations", "基金会")
    ),
}  # fmt: skip
STATED: AreaRule[Collection[str]] = AreaRule(
    "application_states",
    fields.List(fields.Str(validate=validate.OneOf([*FIGURES, "category"]))),
    [],
    source="platform default: clients of version 0.1 state none of these",
    about=Text("What an application to be registered has to state", "登记申请必填事项"),
)
DIRECT_CATEGORIES: AreaRule[Sequence[str] | None] = AreaRule(
    "direct_registration",
    fields.List(fields.Str(validate=validate.Length(1, 50)), allow_none=True),
    None,
    source="platform default: every class; nationally 行业协会商会类、科技类、公益慈善类、城乡社区服务类 "
    "(国务院机构改革和职能转变方案 2013)",
    about=Text("Categories that register without a supervising unit", "可直接登记的类别"),
)
FOUNDATIONS_BY = AreaRule(
    "foundations_registered_by",
    fields.Str(validate=validate.OneOf(["province", "district"])),
    "province",
    source="基金会管理条例 6",
    about=Text("Tier that registers foundations", "基金会登记管理机关层级"),
)
RULES: tuple[AreaRule[Any], ...] = (*THRESHOLDS.values(), STATED, DIRECT_CATEGORIES, FOUNDATIONS_BY)


class Application(Protocol):
    """What an application states; the stored record has it."""

    area: Any
    name: Any
    track: Any
    type: Any
    category: Any
    supervising_unit: Any
    established_on: Any
    members: Any
    unit_members: Any
    funds_fen: Any
    premises_sqm: Any


def missed(one: Application, threshold: Threshold, stated: Collection[str]) -> list[Fault]:
    """Each threshold that an application misses. What it does not state is a fault only where the area wants it
    stated (`stated`): else the registrar sees to it."""
    found = [_unstated(name) for name in sorted(stated) if getattr(one, name) is None]
    if one.members is not None or one.unit_members is not None:
        found += _members(one.members or 0, one.unit_members or 0, threshold)
    if one.funds_fen is not None and one.funds_fen < threshold.funds_fen:
        least, given = money.yuan(threshold.funds_fen), money.yuan(one.funds_fen)
        found.append(_below("funds_fen", f"{given} yuan", f"{least} yuan", f"{given} 元", f"{least} 元"))
    if one.premises_sqm is not None and one.premises_sqm < threshold.premises_sqm:
        m2, need = one.premises_sqm, threshold.premises_sqm
        found.append(_below("premises_sqm", f"{m2} m²", f"{need} m²", f"{m2} 平方米", f"{need} 平方米"))
    return found


def _members(people: int, units: int, threshold: Threshold) -> list[Fault]:
    """Individual members, or units; where both are members, their sum counts as individual members do."""
    enough_units = threshold.unit_members > 0 and units >= threshold.unit_members
    if enough_units or people + units >= threshold.members:
        return []
    least = f"{threshold.members} members or {threshold.unit_members} units"
    zh = f"{threshold.members} 名个人会员或 {threshold.unit_members} 个单位会员"
    given = f"{people} members, {units} units"
    return [_below("members", given, least, f"{people} 名个人会员、{units} 个单位会员", zh)]


def _unstated(field: str) -> Fault:
    return Fault(
        field,
        Text("The area wants this stated.", "本地区要求填写此项。"),
        Text("Add it to the application.", "请在申请中补充此项。"),
    )


def _below(field: str, given: str, least: str, given_zh: str, least_zh: str) -> Fault:
    return Fault(
        field,
        Text(f"{given} are given; {least} are needed.", f"现有{given_zh}，至少需要{least_zh}。"),
        Text("Apply again when there are enough, or file instead.", "请达到要求后再申请，或先行备案。"),
    )


def check_threshold(one: Application, threshold: Threshold, stated: Collection[str]) -> None:
    """Raise Refused with a fault for each threshold missed, and the offer to be filed 备案 instead: the problem's
    `offer` has the request to send."""
    faults = missed(one, threshold, stated)
    if faults:
        raise Refused(
            "threshold-missed",
            Text(
                f"{len(faults)} of the conditions for registration are not met.",
                f"有 {len(faults)} 项登记条件未达到。",
            ),
            Text(
                "See `errors` for each. Or be filed, without a threshold: send the request in `offer`.",
                "各项详见 errors。也可先行备案（无门槛）：请发送 offer 中的请求。",
            ),
            field=faults[0].field,
            faults=tuple(faults),
            offer=filing_instead(one),
        )


def filing_instead(one: Application) -> dict[str, Any]:
    """The request that files an organisation which cannot be registered yet."""
    kept = ("area", "name", "category", *FIGURES)
    body = {name: getattr(one, name) for name in kept if getattr(one, name) is not None}
    body |= {"track": "filed", "established_on": one.established_on.isoformat()[:10]}
    return {"track": "filed", "method": "POST", "href": "/api/registry/organisations", "body": body}


def check_supervision(category: str | None, unit: str | None, direct: Sequence[str] | None) -> None:
    """Raise Refused for an organisation without a supervising unit 业务主管单位 whose category the area does not
    register directly 直接登记. `direct` None: every category. One that is not stated is the registrar's to see."""
    if unit or direct is None or category is None or category in direct:
        return
    listed = "、".join(direct) or "-"
    raise Refused(
        "supervising-unit-needed",
        Text(f"'{category}' is not registered directly here.", f"本地区“{category}”类不可直接登记。"),
        Text(
            f"Name the supervising unit. Registered directly: {listed}.",
            f"请填写业务主管单位。可直接登记的类别：{listed}。",
        ),
        field="supervising_unit",
    )


def check_registry(kind: str | None, foundations_by: str) -> None:
    """Raise Refused for a foundation 基金会 where the province registers those, saying where to go."""
    if kind == "foundation" and foundations_by == "province":
        raise Refused(
            "registered-elsewhere",
            Text("The district does not register foundations.", "区级不办理基金会登记。"),
            Text(
                "Apply to the civil affairs department of the province.",
                "请向省级民政部门申请。",
            ),
            field="type",
            registrar="province",
        )


def check_first_opinion(unit: str | None, opinion: Mapping[str, Any] | None) -> None:
    """Raise Refused unless the supervising unit, where there is one, has approved in its first opinion 初审
    (社会团体登记管理条例 9, 2016)."""
    if unit is None or (opinion and opinion["approve"]):
        return
    raise Refused(
        "first-opinion-against" if opinion else "first-opinion-needed",
        Text(f"{unit} has not approved.", f"{unit}尚未审查同意。"),
        Text(
            "Wait for its first opinion; if it is against, do not accept the application.",
            "请待其出具初审意见；意见为不同意的，不予受理。",
        ),
        field="supervising_unit",
    )
