from __future__ import annotations

import json
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.needs.domain import similarity as rules
from services.needs.domain.wording import served, wording
from tests.bench import similarity as bench

pytestmark = pytest.mark.unit

TUNED = bench.labelled("tuned")
# A little below what `python -m tests.bench.similarity` prints: whoever changes lists or numbers sees what it costs.
FLOORS = {"tuned": (0.80, 0.86), "new_words": (0.60, 0.38), "new_topics": (0.60, 0.20)}


def told(title: str, category: str = "为老服务", **more: object) -> rules.Described:
    values: dict[str, object] = {
        "identifier": title,
        "area": "230102001001",
        "category": category,
        "title": title,
    }
    return rules.described(**(values | more))  # type: ignore[arg-type]


def together(*needs: rules.Described, **more: object) -> list[set[str]]:
    return [set(group.needs) for group in rules.groups(needs, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize("part", bench.PARTS)
def test_what_is_proposed_is_as_precise_and_complete_as_the_page_says(part: str):
    needs = bench.labelled(part)
    found, before = (bench.quality(needs, way) for way in (bench.proposed, bench.by_words))
    precision, recall = FLOORS[part]
    assert found.precision >= precision
    assert found.recall >= recall
    assert found.f1 > 2 * before.f1


def test_most_find_one_of_their_kind_among_the_first_five():
    assert bench.ranked(bench.labelled("new_words"), 5) >= 0.78


def test_the_labelled_needs_are_what_their_page_says():
    counts = {
        part: (len(needs), len(bench.truth(needs)), len(bench.pairs(bench.truth(needs))))
        for part in bench.PARTS
        for needs in [bench.labelled(part)]
    }
    assert counts == {"tuned": (300, 156, 205), "new_words": (72, 36, 37), "new_topics": (115, 69, 53)}
    titles = [(need.title, need.description) for part in bench.PARTS for need in bench.labelled(part)]
    assert len(set(titles)) == len(titles)


def test_the_same_thing_in_other_words_is_more_alike_than_other_things_in_the_same_words():
    meals = rules.alike(told("给高龄老人送餐上门"), told("长者食堂离家太远")).score
    school = rules.alike(told("给高龄老人送餐上门"), told("老人接送孙辈上门口的学校")).score
    assert meals >= rules.PROPOSED_FROM > school


def test_equal_needs_are_wholly_alike_and_say_why():
    found = rules.alike(told("老年食堂"), told("老年食堂"))
    assert found.score == 100
    assert "助餐" in found.shared


def test_category_intent_and_group_served_make_needs_less_alike():
    whole = rules.alike(told("小区滑梯"), told("儿童滑梯")).score
    assert rules.alike(told("小区滑梯"), told("儿童滑梯", "文化体育")).score < whole
    other = rules.alike(told("小区滑梯", group="老年人"), told("儿童滑梯", group="儿童")).score
    assert other < whole
    assert rules.alike(told("小区滑梯坏了"), told("加装儿童滑梯")).score < whole


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("独居老人", "80岁以上长者", True), ("老年人", "小学生", False), ("居民", None, True)],
)
def test_groups_served_are_compared_by_their_meaning(one: str, other: str | None, alike: bool):
    a, b = served(one), served(other)
    assert (not a or not b or bool(a & b)) is alike


def test_width_and_case_do_not_matter():
    assert wording("ＡＥＤ除颤仪").terms == wording("aed除颤仪").terms


@pytest.mark.parametrize("text", ["", "！？", "的", "👵", "a" * 5000])
def test_any_text_is_compared(text: str):
    assert 0 <= rules.alike(told(text), told("老年食堂")).score < rules.PROPOSED_FROM


def test_needs_told_apart_are_never_in_one_group():
    one, other, third = told("老年食堂"), told("老年人食堂"), told("长者饭堂")
    assert together(one, other, third) == [{one.id, other.id, third.id}]
    for group in together(one, other, third, told_apart=[frozenset((one.id, other.id))]):
        assert not {one.id, other.id} <= group


def test_two_items_are_never_in_one_group():
    area, category = "230102", "为老服务"
    items = [rules.described_item(name, area, category, "老年食堂", ["长者食堂"]) for name in ("A", "B")]
    found = rules.groups([*items, told("长者食堂")])
    assert [(group.needs, group.item in ("A", "B")) for group in found] == [(["长者食堂"], True)]


def test_needs_of_different_streets_stay_apart_where_that_is_asked_for():
    one, other = told("老年食堂"), told("长者食堂", area="230102002001")
    assert together(one, other, within="district") == [{one.id, other.id}]
    assert len(together(one, other, within="street")) == 2


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(TUNED), max_size=14, unique_by=lambda need: need.number), st.data())
def test_each_need_is_in_one_group_whatever_their_order(needs: list[bench.Labelled], data: st.DataObject):
    numbers = [need.number for need in needs]
    pairs = [frozenset(pair) for pair in combinations(numbers, 2)]
    apart = data.draw(st.lists(st.sampled_from(pairs), max_size=5)) if pairs else []
    described = [need.described() for need in needs]
    found = rules.groups(described, apart)
    assert sorted(number for group in found for number in group.needs) == sorted(numbers)
    assert not any(pair <= set(group.needs) for pair in apart for group in found)
    again = rules.groups(data.draw(st.permutations(described)), apart)
    assert {frozenset(group.needs) for group in again} == {frozenset(group.needs) for group in found}


def test_a_chain_of_needs_each_like_the_next_is_no_group():
    chain = [
        told(title)
        for title in ("助餐 助浴", "助浴 急救", "急救 调解", "调解 合唱", "合唱 书法", "书法 太极")
    ]
    neighbours = pairwise(chain)
    assert all(rules.alike(one, other).score >= rules.PROPOSED_FROM for one, other in neighbours)
    assert max(len(group) for group in together(*chain)) <= 3


def test_a_process_of_its_own_answers_the_same():
    needs = [
        {"identifier": need.number, "area": need.area, "category": need.category, "title": need.title}
        for need in TUNED[:20]
    ]
    asked = json.dumps({"needs": needs, "items": [], "told_apart": [], "within": None}).encode()
    found = [group["needs"] for group in json.loads(rules.propose(asked))]
    assert found == [group.needs for group in rules.groups([rules.described(**one) for one in needs])]
