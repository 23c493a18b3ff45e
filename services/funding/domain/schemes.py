"""Schemes 轮次方案: the terms of rounds as versioned data, and whether such terms hold together."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from statemachine import State, StateMachine

from services.funding.domain import eligibility, forms, stages
from shared.errors import Refused, Text

REMEDIES = ("objections", "procurement")  # 公示异议；政府采购法的质疑与投诉
# 政府采购法 2: it governs purchases; venture and micro rounds give grants.
UNDER_PROCUREMENT = ("purchase", "tender")
MISSING = ("present", "wait")  # rank by the scores that are there, or wait for all that are due
TIES = ("earlier", "smaller_amount", "more_beneficiaries", "first_criterion")  # one after the other
TRIM_FROM = 5  # scores from which the highest and the lowest are left out, where the terms say nothing else
MOST_VERSIONS = 40
LARGEST = 32_768  # bytes of one version's terms as JSON: all versions of a scheme are told in one event
# What a scheme says of its rounds and each round keeps for itself.
TERMS = (
    "kind", "stages", "criteria", "threshold", "cap_fen", "organisation_cap_fen", "organisation_most",
    "notice_working_days", "tranches", "tracks", "external", "topics_only", "eligibility", "form", "panel", "remedy",
)  # fmt: skip


class SchemeLife(StateMachine):
    """Life cycle of a scheme 轮次方案."""

    in_use = State(initial=True)  # 启用
    retired = State(final=True)  # 停用

    retire = in_use.to(retired)


def usual_panel() -> dict[str, Any]:
    """How a round is reviewed whose planner says nothing of it, as it is stored."""
    return {"experts": None, "same_street_excluded": False, "trim_from": TRIM_FROM, "missing": "present",
            "ties": ["earlier"], "blind": False}  # fmt: skip


def check_terms(terms: Mapping[str, Any]) -> None:
    """Raise Refused or Invalid, naming the field, unless the terms hold together."""
    course = stages.of(terms["stages"])
    stages.check(course)
    _check_tranches(terms["tranches"])
    _check_criteria([c["name"] for c in terms["criteria"]], [each.stage for each in course])
    if terms["remedy"] == "procurement" and terms["kind"] not in UNDER_PROCUREMENT:
        raise Refused(
            "remedy-unfit",
            Text(
                "Query and complaint are the remedies of purchases under procurement law.",
                "质疑与投诉适用于政府采购项目。",
            ),
            Text("Choose objections for grants.", "资助类轮次请选择公示异议。"),
            field="remedy",
        )
    eligibility.check(terms["eligibility"])
    forms.check(forms.of(terms["form"]))


def check_size(terms: Mapping[str, Any], versions: int) -> None:
    """Raise Refused for terms beyond what is told of a scheme in one event."""
    size = len(json.dumps(terms, ensure_ascii=False).encode())
    if size > LARGEST or versions >= MOST_VERSIONS:
        raise Refused(
            "scheme-too-large",
            Text(
                f"A scheme has up to {MOST_VERSIONS} versions of up to {LARGEST} bytes; this is version "
                f"{versions + 1} with {size}.",
                f"方案最多 {MOST_VERSIONS} 个版本，每个版本不超过 {LARGEST} 字节；"
                f"此为第 {versions + 1} 版，{size} 字节。",
            ),
            Text("Shorten the form, or begin a new scheme.", "请精简申报书，或另立方案。"),
            field="form",
        )


def check_in_use(status: str) -> None:
    """Raise Refused for a scheme that is retired."""
    if status != "in_use":
        raise Refused(
            "scheme-retired",
            Text("The scheme is retired.", "该方案已停用。"),
            Text("Use another scheme, or begin a new one.", "请使用其他方案，或另立方案。"),
            field="scheme",
        )


def chosen(versions: Sequence[Mapping[str, Any]], number: int | None) -> Mapping[str, Any]:
    """The version of this number, the newest for None. Raises Refused where there is none."""
    found = next((v for v in reversed(versions) if number in (None, v["number"])), None)
    if found is None:
        raise Refused(
            "no-such-version",
            Text(f"The scheme has no version {number}.", f"该方案没有第 {number} 版。"),
            Text(f"It has {len(versions)} versions.", f"共有 {len(versions)} 个版本。"),
            field="number",
        )
    return found


def _check_tranches(tranches: Sequence[Mapping[str, Any]]) -> None:
    conditions = [t["condition"] for t in tranches]
    if sum(t["share"] for t in tranches) != 100 or len(set(conditions)) < len(conditions):
        raise Refused(
            "tranches-unfit",
            Text(
                "Tranches sum up to 100 per cent, one for each condition.",
                "各期拨付比例合计为 100%，每个条件只对应一期。",
            ),
            Text("Correct shares and conditions, say 50/30/20.", "请更正比例与条件，例如 50/30/20。"),
            field="tranches",
        )


def _check_criteria(criteria: Sequence[str], course: Sequence[str]) -> None:
    if len(set(criteria)) < len(criteria):
        raise Refused(
            "criteria-double",
            Text("A criterion is named twice.", "评审指标重复。"),
            Text("Name each criterion once.", "每个指标只列一次。"),
            field="criteria",
        )
    if not criteria and "review" in course:
        raise Refused(
            "criteria-missing",
            Text("A round with a review has criteria.", "设评审环节的轮次须有评审指标。"),
            Text(
                "Name one criterion at least, or leave the review out.", "请至少列一项指标，或不设评审环节。"
            ),
            field="criteria",
        )
