"""Rules of eligibility 申报条件, which a round states as data, and what is found of each applicant.

A rule is decided by what other services have told of the organisation. What they have not told, and a rule that
is a sentence, a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from marshmallow import ValidationError, fields, validate

from shared.errors import Invalid, Text

UNGRADED = "ungraded"
GRADES = ("1A", "2A", "3A", "4A", "5A")  # 社会组织评估等级, lowest first
# 社会团体、民办非企业单位、基金会
TYPES = ("association", "non_enterprise", "foundation")
STANDINGS = ("untrusted", "watched", "normal", "trusted")  # 失信、重点关注、正常、守信, worst first
MET, FAILED, OPEN = "met", "failed", "open"


class Rule(NamedTuple):
    """A kind of rule: the form of its value, and what it says."""

    value: fields.Field[Any]
    about: Text


RULES: Mapping[str, Rule] = {
    "types": Rule(
        fields.List(fields.Str(validate=validate.OneOf(TYPES)), validate=validate.Length(1, 3)),
        Text("of one of these types", "社会组织类型"),
    ),
    "years_established": Rule(
        fields.Int(strict=True, validate=validate.Range(1, 50)),
        Text("established for so many years when the round opens", "成立满规定年数"),
    ),
    "grade_from": Rule(
        fields.Str(validate=validate.OneOf(GRADES)), Text("graded at least so", "评估等级不低于")
    ),
    "standing_from": Rule(
        fields.Str(validate=validate.OneOf(STANDINGS)), Text("credit standing at least so", "信用状况不低于")
    ),
    "not_listed": Rule(
        fields.Bool(truthy={True}, falsy=set()),
        Text(
            "on no list of abnormal or seriously untrustworthy organisations",
            "未列入活动异常或严重违法失信名单",
        ),
    ),
    "charity": Rule(fields.Bool(truthy={True}, falsy=set()), Text("a charity", "慈善组织")),
    "within_area": Rule(
        fields.Bool(truthy={True}, falsy=set()), Text("seated in the round's area", "住所在本区域内")
    ),
    "statement": Rule(
        fields.Str(validate=validate.Length(1, 300)), Text("what a person looks into", "人工核查事项")
    ),
}
SEVERAL = ("statement",)  # rules that may stand more than once


def check(rules: Sequence[Mapping[str, Any]]) -> None:
    """Raise Invalid, naming the rule, for a value that is none of it, and for a rule that stands twice."""
    seen: set[str] = set()
    for index, each in enumerate(rules):
        name = each["rule"]
        try:
            RULES[name].value.deserialize(each["value"])
        except ValidationError as error:
            raise _unfit(index, name, f"{error.messages}") from None
        if name in seen and name not in SEVERAL:
            raise _unfit(index, name, "twice")
        seen.add(name)


def _unfit(index: int, name: str, what: str) -> Invalid:
    return Invalid(
        "eligibility-unfit",
        Text(f"The rule {name} cannot be stated so: {what}.", f"申报条件 {name} 的取值不当：{what}。"),
        Text("Correct its value, and state each rule once.", "请更正取值，每项条件只列一次。"),
        field=f"eligibility.{index}.value",
    )


class Applicant(NamedTuple):
    """What is known of an organisation that applies; None: nobody has told it here. `grade` is UNGRADED for one that
    is known and holds none."""

    type: str | None
    established_on: date | None
    grade: str | None
    standing: str | None
    listed: bool | None
    charity: bool | None
    within_area: bool | None


class Check(NamedTuple):
    """What came of a rule: `wanted` and `found` as a person reads them."""

    rule: str
    wanted: str
    found: str
    outcome: str  # MET | FAILED | OPEN
    reason: str  # the code of a rejection for it


def examine(rules: Sequence[Mapping[str, Any]], applicant: Applicant, on: date) -> list[Check]:
    """Every rule with what was found, on the day that the round opened."""
    return [_examine(each["rule"], each["value"], applicant, on) for each in rules]


def _examine(rule: str, value: Any, applicant: Applicant, on: date) -> Check:
    reason = f"eligibility-{rule.replace('_', '-')}"
    if rule == "statement":
        return Check(rule, value, "-", OPEN, reason)
    found = {
        "types": applicant.type,
        "years_established": applicant.established_on,
        "grade_from": applicant.grade,
        "standing_from": applicant.standing,
        "not_listed": applicant.listed,
        "charity": applicant.charity,
        "within_area": applicant.within_area,
    }[rule]
    wanted = ", ".join(value) if isinstance(value, list) else str(value)
    if found is None:
        return Check(rule, wanted, "unknown", OPEN, reason)
    outcome = MET if _meets(rule, value, found, on) else FAILED
    return Check(rule, wanted, str(found), outcome, reason)


def _meets(rule: str, value: Any, found: Any, on: date) -> bool:
    match rule:
        case "types":
            return found in value
        case "years_established":
            return (on.year - found.year, on.month, on.day) >= (value, found.month, found.day)
        case "grade_from":
            return found in GRADES and GRADES.index(found) >= GRADES.index(value)
        case "standing_from":
            return STANDINGS.index(found) >= STANDINGS.index(value)
        case "not_listed":
            return not found
        case _:
            return bool(found)
