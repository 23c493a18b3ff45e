"""Rules of needs. Residents raise, experts discuss, organisations deliver (Daoli); a hotline request is a
closed loop (Haishu)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import rjieba
from rapidfuzz import fuzz
from statemachine import State, StateMachine

from shared import areas
from shared.errors import Conflict, Refused, Text

SOURCES = ("survey", "visit", "hotline", "walk_in", "online", "department", "street")
URGENCIES = ("low", "normal", "high")
CONFIRMERS = ("client", "relative", "community_worker", "call_back")
PANEL = ("residents", "experts", "cadres", "organisations")  # the parts of an appraisal 论证会
SIMILAR_FROM = 50  # score from which a need is proposed for merging

# States of an organisation that an event on its way may turn into `active`.
BEFORE_ACTIVE = ("draft", "applied", "correcting", "accepted")


class NeedLife(StateMachine):
    """Life cycle of a need 需求. Whether it was answered is told apart from it: merged needs are answered too."""

    collected = State(initial=True)  # 已收集
    merged = State(final=True)  # 已归并

    merge = collected.to(merged)


class ItemLife(StateMachine):
    """Life cycle of an item of the need library 需求库."""

    listed = State(initial=True)  # 入库
    chosen = State(final=True)  # 立项
    set_aside = State(final=True)  # 不予立项

    choose = listed.to(chosen)
    put_aside = listed.to(set_aside)


class Source(NamedTuple):
    """What the library must know of a need that goes into an item. `item` is where it went before."""

    id: str
    area: str
    item: str | None


class Votes(NamedTuple):
    """The votes of one part of the panel."""

    in_favour: int
    against: int


def check_not_future(day: date, today: date, field: str) -> None:
    """Raise Refused for a day after `today` (in China's time): what is recorded has happened."""
    if day > today:
        raise Refused(
            "in-the-future",
            Text(f"{day} is still to come.", f"{day} 尚未到来。"),
            Text("Give the day on which it happened.", "请填写实际发生的日期。"),
            field=field,
        )


def check_unanswered(answered: bool) -> None:
    """Raise Refused where the loop is closed already: an answer given to a resident is not rewritten."""
    if answered:
        raise Refused(
            "answered-already",
            Text("This need has been answered.", "该需求已答复。"),
            Text("Collect a new need where something is asked again.", "如再次提出，请登记为新的需求。"),
            field="answer",
        )


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


def check_appraisal(chosen: bool, votes: Mapping[str, Votes]) -> None:
    """Raise Refused unless every part of the panel voted, and, to choose, a majority of all votes is for it.

    Setting aside needs no majority: a majority is necessary for a topic, not sufficient.
    """
    absent = [part for part in PANEL if part not in votes or sum(votes[part]) < 1]
    if absent:
        raise Refused(
            "panel-incomplete",
            Text(f"Nobody voted for: {', '.join(absent)}.", f"以下各方无人投票：{'、'.join(absent)}。"),
            Text("Every part of the panel votes at least once.", "论证会各方至少须有一票。"),
            field="votes",
        )
    in_favour = sum(votes[part].in_favour for part in PANEL)
    against = sum(votes[part].against for part in PANEL)
    if chosen and in_favour <= against:
        raise Refused(
            "no-majority",
            Text(f"{in_favour} for, {against} against.", f"赞成 {in_favour} 票，反对 {against} 票。"),
            Text("A topic needs more votes for it than against it.", "立项须获得过半数赞成票。"),
            field="votes",
        )


def check_delivery(beneficiaries: int, person_times: int) -> None:
    """Raise Refused where more people were reached 受益人数 than times that somebody was served 服务人次."""
    if beneficiaries > person_times:
        raise Refused(
            "more-people-than-times",
            Text(
                f"{beneficiaries} people cannot be reached in {person_times} person-times.",
                f"{person_times} 人次不可能惠及 {beneficiaries} 人。",
            ),
            Text("Count every service of every person in person_times.", "服务人次应包括每人每次服务。"),
            field="person_times",
        )


def check_acting(status: str, name: str) -> None:
    """Raise unless an organisation in this state may deliver: Conflict with a moment to wait where an event on
    its way may change that, Refused otherwise."""
    if status == "active":
        return
    detail = Text(f"{name} is {status}.", f"{name}的状态不是正常。")
    if status in BEFORE_ACTIVE:
        raise Conflict(
            "organisation-not-yet-active",
            detail,
            Text("Try again when it has been approved.", "请在准予后重试。"),
            field="organisation",
            retry_after=1,
        )
    raise Refused(
        "organisation-not-active",
        detail,
        Text("Name an active organisation.", "请填写状态正常的社会组织。"),
        field="organisation",
    )


def check_topic(status: str, identifier: str) -> None:
    """Raise unless the item is a chosen topic: Conflict with a moment to wait where it may still become one."""
    if status == "chosen":
        return
    detail = Text(f"Item {identifier} is {status}.", f"项目 {identifier} 尚未立项。")
    remedy = Text("Name a chosen topic, or none.", "请填写已立项的项目，或留空。")
    if status == "listed":
        raise Conflict("topic-not-yet-chosen", detail, remedy, field="topic", retry_after=1)
    raise Refused("topic-not-chosen", detail, remedy, field="topic")


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


def percent(part: int, whole: int) -> int | None:
    """`part` per hundred of `whole`, rounded down so that 100 means all; None of nothing."""
    return 100 * part // whole if whole else None


def streets(raised_in: Collection[str]) -> set[str]:
    """The streets of the areas, where those are streets or lie in one."""
    return {code[:9] for code in raised_in if areas.tier(code) != "district"}


def communities(raised_in: Collection[str]) -> set[str]:
    return {code for code in raised_in if areas.tier(code) == "community"}
