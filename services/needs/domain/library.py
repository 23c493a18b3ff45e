"""The need library 需求库: what needs are alike, and what an item of it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from statemachine import State, StateMachine

from shared import areas
from shared.errors import Conflict, Refused, Text

MOST_AT_ONCE = 50  # items made in one request: one transaction holds them all


class ItemLife(StateMachine):
    """Life cycle of an item of the need library 需求库."""

    listed = State(initial=True)  # 入库
    noticed = State()  # 立项公示
    chosen = State(final=True)  # 立项
    set_aside = State(final=True)  # 不予立项
    dissolved = State(final=True)  # 撤并: all its sources went elsewhere

    propose = listed.to(noticed)
    choose = noticed.to(chosen)
    give_back = noticed.to(listed)
    end = noticed.to(set_aside)
    put_aside = listed.to(set_aside)
    dissolve = listed.to(dissolved)


STEPS = ("taken_in", "taken_out")  # 归入, 移出


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


def check_taking_in(status: str, item: str) -> None:
    """Raise Refused for an item that takes in no more needs: it was set aside 不予立项, or has dissolved."""
    if status in ("set_aside", "dissolved"):
        raise Refused(
            "item-takes-no-more",
            Text(f"Item {item} is {status}.", f"项目 {item} 已不予立项或已撤并。"),
            Text("Make a new item of these needs.", "请为这些需求建立新项目。"),
            field="id",
        )


def check_leaving(
    item: str, status: str, sources: Sequence[str], leaving: Sequence[str], *, although_chosen: bool
) -> None:
    """Raise Refused for a need that is no source of the item or is named twice, and for a topic 立项选题: what was
    appraised by these sources is not changed unawares, and it keeps one at least. An item that was set aside keeps one,
    too: its appraisal would be of nothing."""
    strange = [need for need in leaving if need not in sources]
    if strange or len(set(leaving)) < len(leaving):
        named = (strange or leaving)[0]
        raise Refused(
            "not-a-source",
            Text(
                f"{named} is no source of item {item}, or named twice.",
                f"{named} 不是项目 {item} 的来源需求，或重复填写。",
            ),
            Text("Look at its sources, and name each once.", "请核对该项目的来源需求，每条只填写一次。"),
            field="sources",
        )
    if status not in ("listed", "set_aside") and not although_chosen:
        raise Refused(
            "topic-already-chosen",
            Text(
                f"Item {item} is {status}: it was appraised with these sources.",
                f"项目 {item} 已按现有来源论证立项。",
            ),
            Text(
                "Say so with although_chosen, and why, or leave it as it is.",
                "如确需调整，请填写 although_chosen 并说明理由；否则请保持不变。",
            ),
            field="although_chosen",
        )
    if status != "listed" and len(leaving) == len(sources):
        raise Refused(
            "last-source",
            Text(
                f"Item {item} is {status} and would have no source.",
                f"项目 {item} 已论证，不能没有来源需求。",
            ),
            Text("Leave one of its sources.", "请至少保留一条来源需求。"),
            field="sources",
        )


def check_other(item: str, to: str) -> str:
    """`to`. Raises Refused where that is the item itself."""
    if to == item:
        raise Refused(
            "same-item",
            Text("The needs are in this item.", "这些需求已在该项目中。"),
            Text("Name another item.", "请填写其他项目。"),
            field="to",
        )
    return to


def place(now_at: str | None, listing: Sequence[str]) -> str | None:
    """The item that a need belongs to, of those that list it, the earliest first: where it is, as long as that lists
    it; so what two libraries took stays with the first."""
    return now_at if now_at in listing else next(iter(listing), None)
