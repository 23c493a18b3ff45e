"""The need library 需求库: what needs are alike, and what an item of it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import rjieba
from rapidfuzz import fuzz
from statemachine import State, StateMachine

from shared import areas
from shared.errors import Conflict, Refused, Text

SIMILAR_FROM = 50  # score from which a need is proposed for merging


class ItemLife(StateMachine):
    """Life cycle of an item of the need library 需求库."""

    listed = State(initial=True)  # 入库
    noticed = State()  # 立项公示
    chosen = State(final=True)  # 立项
    set_aside = State(final=True)  # 不予立项

    propose = listed.to(noticed)
    choose = noticed.to(chosen)
    give_back = noticed.to(listed)
    end = noticed.to(set_aside)
    put_aside = listed.to(set_aside)


class Source(NamedTuple):
    """What the library must know of a need that goes into an item. `item` is where it went before."""

    id: str
    area: str
    item: str | None


def check_sources(area: str, item: str, named: Sequence[str], sources: Sequence[Source]) -> None:
    """Raise Refused for a source named twice or outside of the item's area, Conflict for one of another item.

    A need belongs to one item at most, so that no need counts twice in what is funded.
    """
    twice = [identifier for identifier, times in Counter(named).items() if times > 1]
    if twice:
        raise Refused(
            "source-twice",
            Text(f"Need {twice[0]} is named twice.", f"需求 {twice[0]} 重复填写。"),
            Text("Name each source once.", "每条来源需求请只填写一次。"),
            field="sources",
        )
    for source in sources:
        if not areas.contains(area, source.area):
            raise Refused(
                "source-elsewhere",
                Text(
                    f"Need {source.id} was raised in {source.area}, outside of {area}.",
                    f"需求 {source.id} 来自 {source.area}，不在 {area} 辖区内。",
                ),
                Text(
                    "Name needs of the item's area, or raise the item's area.",
                    "请填写辖区内的需求，或扩大项目区域。",
                ),
                field="sources",
            )
        if source.item is not None and source.item != item:
            raise Conflict(
                "source-merged-already",
                Text(
                    f"Need {source.id} belongs to item {source.item}.",
                    f"需求 {source.id} 已归入 {source.item}。",
                ),
                Text("Leave it out.", "请去除该需求。"),
                field="sources",
            )


def words(text: str) -> str:
    """The words of a text, in Chinese or not, parted by spaces and without punctuation."""
    return " ".join(word.lower() for word in rjieba.cut(text) if word.strip() and word[0].isalnum())


def similarity(one: str, other: str) -> int:
    """How alike two titles are, 0 to 100, by the words that they share, in whatever order.

    The mean of two measures: shared words alone would call a short title equal to every longer one with it.
    """
    a, b = words(one), words(other)
    if not a or not b:
        return 0
    return round((fuzz.token_set_ratio(a, b) + fuzz.token_sort_ratio(a, b)) / 2)
