"""Rules of the need library."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.needs.domain import library as rules
from services.needs.domain.library import Source
from shared.errors import Conflict, Refused

pytestmark = pytest.mark.unit


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


def test_leaving_needs_are_sources_each_named_once():
    with pytest.raises(Refused, match="not-a-source"):
        rules.check_leaving("i", "listed", ["a"], ["b"], although_chosen=False)
    with pytest.raises(Refused, match="not-a-source"):
        rules.check_leaving("i", "listed", ["a", "b"], ["a", "a"], although_chosen=False)
    rules.check_leaving("i", "listed", ["a"], ["a"], although_chosen=False)


@pytest.mark.parametrize(("status", "said"), [("chosen", True), ("set_aside", False)])
def test_what_was_appraised_keeps_a_source(status: str, said: bool):
    rules.check_leaving("i", status, ["a", "b"], ["a"], although_chosen=said)
    with pytest.raises(Refused, match="last-source"):
        rules.check_leaving("i", status, ["a", "b"], ["a", "b"], although_chosen=said)


def test_a_chosen_topic_is_not_changed_unawares():
    with pytest.raises(Refused, match="topic-already-chosen"):
        rules.check_leaving("i", "chosen", ["a", "b"], ["a"], although_chosen=False)


@pytest.mark.parametrize("status", ["set_aside", "dissolved"])
def test_an_item_that_is_done_with_takes_in_no_more(status: str):
    rules.check_taking_in("listed", "i")
    rules.check_taking_in("chosen", "i")
    with pytest.raises(Refused, match="item-takes-no-more"):
        rules.check_taking_in(status, "i")


ITEMS = st.sampled_from(["1", "2", "3"])


@given(st.none() | ITEMS, st.lists(ITEMS, unique=True).map(sorted))
def test_a_need_stays_where_it_is_listed_else_goes_to_the_earliest_that_lists_it(
    now: str | None, items: list[str]
):
    found = rules.place(now, items)
    assert found == (now if now in items else min(items, default=None))
