"""What an application has to fulfil, without a store."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from services.registry.domain import admission, names
from services.registry.domain.admission import Threshold
from shared.errors import Refused

pytestmark = pytest.mark.unit

NATIONAL = admission.THRESHOLDS["association"].default


def application(**stated: Any) -> Any:
    form = {
        "area": "230102001", "name": "晨练协会", "track": "registered", "type": "association", "category": "文体",
        "supervising_unit": None, "established_on": date(2026, 3, 1), "members": None, "unit_members": None,
        "funds_fen": None, "premises_sqm": None,
    }  # fmt: skip
    return SimpleNamespace(**form | stated)


def fields_missed(threshold: Threshold = NATIONAL, stated: tuple[str, ...] = (), **given: Any) -> list[str]:
    return [fault.field for fault in admission.missed(application(**given), threshold, stated)]


@pytest.mark.parametrize(
    ("people", "units", "fits"),
    [
        (50, None, True),
        (49, None, False),
        (None, 30, True),
        (None, 29, False),
        (25, 25, True),
        (25, 24, False),
    ],
)
def test_an_association_has_50_members_or_30_units_or_50_of_both(
    people: int | None, units: int | None, fits: bool
):
    assert (fields_missed(members=people, unit_members=units) == []) == fits


def test_every_threshold_that_is_missed_is_told_and_filing_is_offered():
    threshold = Threshold(50, 30, 3_000_000, 20)
    one = application(members=12, funds_fen=2_999_999, premises_sqm=19)
    with pytest.raises(Refused) as raised:
        admission.check_threshold(one, threshold, [])
    problem = raised.value
    assert [fault.field for fault in problem.faults] == ["members", "funds_fen", "premises_sqm"]
    assert "30,000.00 yuan" in problem.faults[1].reason.en
    assert "29,999.99 元" in problem.faults[1].reason.zh
    offer = problem.extra["offer"]
    assert (offer["method"], offer["href"]) == ("POST", "/api/registry/organisations")
    assert offer["body"] == {
        "area": "230102001", "name": "晨练协会", "track": "filed", "category": "文体", "members": 12,
        "funds_fen": 2_999_999, "premises_sqm": 19, "established_on": "2026-03-01",
    }  # fmt: skip


def test_what_is_not_stated_is_a_fault_only_where_the_area_wants_it_stated():
    assert fields_missed() == []
    assert fields_missed(stated=("premises_sqm", "category", "members")) == ["members", "premises_sqm"]


def refusal(check: Any, *given: Any) -> str:
    with pytest.raises(Refused) as raised:
        check(*given)
    return f"{raised.value.code} {raised.value.field}"


def test_a_category_that_is_not_registered_directly_needs_a_supervising_unit():
    direct = ["公益慈善", "科技"]
    admission.check_supervision("科技", None, direct)
    admission.check_supervision("宗教", "区民宗局", direct)
    admission.check_supervision(None, None, direct)
    admission.check_supervision("宗教", None, None)
    assert (
        refusal(admission.check_supervision, "宗教", None, direct)
        == "supervising-unit-needed supervising_unit"
    )


def test_foundations_go_to_the_province_unless_the_area_says_otherwise():
    assert refusal(admission.check_registry, "foundation", "province") == "registered-elsewhere type"
    admission.check_registry("foundation", "district")
    admission.check_registry("association", "province")


def test_the_supervising_unit_approves_before_acceptance():
    admission.check_first_opinion(None, None)
    admission.check_first_opinion("区文旅局", {"approve": True})
    for opinion, code in ((None, "first-opinion-needed"), ({"approve": False}, "first-opinion-against")):
        assert refusal(admission.check_first_opinion, "区文旅局", opinion) == f"{code} supervising_unit"


def alike(one: str, other: str, percent: int = 80) -> bool:
    return bool(names.similar(one, "230102001", [("id", other)], percent))


def test_names_are_compared_without_the_area_width_of_letters_and_punctuation():
    assert names.plain("道里区 春雨（ＡＢ）社会工作服务中心", "230102001") == "春雨ab社会工作服务中心"
    assert names.plain("道里区", "230102") == "道里区", "nothing would be left"
    assert alike("道里区春雨社会工作服务中心", "春雨社会工作服务中心")
    assert alike("春雨社会工作服务中心", "春雨社会工作服务社")
    assert not alike("春雨社会工作服务中心", "夕阳红老年合唱团")


def test_a_similar_name_is_refused_with_the_names_unless_staff_override_with_reasons():
    found = names.similar("春雨服务社", "230102", [("a", "春雨服务站"), ("b", "春雨服务社")], 80)
    assert [(one.id, one.percent) for one in found] == [("b", 100), ("a", 80)]
    with pytest.raises(Refused) as raised:
        names.check_name(found, None)
    assert raised.value.extra["similar"][0] == {"id": "b", "name": "春雨服务社", "percent": 100}
    assert "春雨服务站（80%）" in raised.value.detail.zh
    names.check_name(found, "两者业务不同")
    names.check_name([], None)
