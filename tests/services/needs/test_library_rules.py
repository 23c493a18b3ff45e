"""Rules of the need library."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.needs.domain import library as rules
from services.needs.domain.library import Source
from shared.errors import Conflict, Refused

pytestmark = pytest.mark.unit

TITLES = st.text(alphabet="老人助餐送上门服务儿童课后托管社区 abc,。", max_size=20)


def test_sources_lie_within_the_items_area():
    rules.check_sources("230102", "i", ["a"], [Source("a", "230102001001", None)])
    with pytest.raises(Refused, match="source-elsewhere"):
        rules.check_sources("230102001", "i", ["a"], [Source("a", "230102002001", None)])


def test_a_source_is_named_once():
    with pytest.raises(Refused, match="source-twice"):
        rules.check_sources("230102", "i", ["a", "a"], [Source("a", "230102", None)] * 2)


@given(st.lists(st.sets(st.integers(0, 9), min_size=1), max_size=12))
def test_a_need_is_in_one_item_at_most_whatever_is_consolidated_in_which_order(wishes: list[set[int]]):
    items: dict[str, set[int]] = {}
    belongs: dict[int, str] = {}
    for number, wish in enumerate(wishes):
        item = f"item-{number}"
        sources = [Source(str(n), "230102", belongs.get(n)) for n in wish]
        try:
            rules.check_sources("230102", item, [s.id for s in sources], sources)
        except Conflict:
            assert wish & belongs.keys()
        else:
            items[item] = wish
            belongs |= dict.fromkeys(wish, item)
    assert sum(len(sources) for sources in items.values()) == len(belongs)


@given(TITLES, TITLES)
def test_similarity_is_symmetric_and_between_0_and_100(one: str, other: str):
    score = rules.similarity(one, other)
    assert score == rules.similarity(other, one)
    assert 0 <= score <= 100


@given(TITLES)
def test_a_title_is_wholly_like_itself_if_it_has_words(title: str):
    assert rules.similarity(title, title) == (100 if rules.words(title) else 0)


def test_alike_are_titles_with_the_same_words_in_another_order():
    alike = rules.similarity("为独居老人提供助餐服务", "助餐服务:独居老人")
    unlike = rules.similarity("为独居老人提供助餐服务", "小区电梯加装与停车位改造")
    assert alike >= rules.SIMILAR_FROM > unlike
