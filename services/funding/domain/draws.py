"""The draw of a round's panel 评审专家抽取, such that anybody can repeat it from published data.

1. Prepared 公布: a secret seed is made, each expert of the roster gets a pseudonym for this round, and the SHA-256 of
   the seed is published with the pseudonyms. From here on neither can be changed unnoticed.
2. Drawn 抽取: the roster is put in the order of SHA-256("seed|beacon|round|pseudonym"). Of each application the
   first so many judge that have no conflict of interest with it. The beacon is a value that nobody could know at
   step 1, such as the numbers of a lottery that was named there: without it, who makes the seed could try many.
3. Recused 回避: the seat goes to the next in the order.
4. Revealed 公开: with the result of the round the seed is published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

from statemachine import State, StateMachine

from shared.errors import Refused, Text

ALGORITHM = "sha256(seed|beacon|round|pseudonym)"


class DrawLife(StateMachine):
    """The course of a draw 抽取."""

    prepared = State("prepared 已公布", initial=True)
    drawn = State("drawn 已抽取")
    revealed = State("revealed 已公开", final=True)
    superseded = State("superseded 已作废", final=True)  # never drawn: another one was prepared

    draw = prepared.to(drawn)
    recuse = drawn.to(drawn)
    reveal = drawn.to(revealed)
    supersede = prepared.to(superseded)


def hash_of(seed: str) -> str:
    """What is published of a seed before the draw: its SHA-256 in hexadecimal."""
    return hashlib.sha256(seed.encode()).hexdigest()


def order(seed: str, beacon: str, round_id: str, pseudonyms: Iterable[str]) -> list[str]:
    """The pseudonyms in the order in which they are drawn."""

    def key(pseudonym: str) -> str:
        return hashlib.sha256(f"{seed}|{beacon}|{round_id}|{pseudonym}".encode()).hexdigest()

    return sorted(pseudonyms, key=key)


def seats(ordered: Sequence[str], barred: Collection[str], number: int) -> list[str]:
    """Who judges: the first `number` that are not barred, by a conflict of interest or since they were recused."""
    return [pseudonym for pseudonym in ordered if pseudonym not in barred][:number]


def check_enough(seated: Mapping[str, Sequence[str]], number: int) -> None:
    """Raise Refused where an application has fewer experts than the round asks for."""
    short = [application for application, experts in seated.items() if len(experts) < number]
    if short:
        raise Refused(
            "panel-too-small",
            Text(
                f"{len(short)} applications have fewer than {number} experts without a conflict of interest.",
                f"有 {len(short)} 个申报的无利害关系专家不足 {number} 名。",
            ),
            Text(
                "Enter more experts into the register and prepare the draw again.",
                "请补充专家库后重新公布抽取方案。",
            ),
            applications=short,
        )


def check_beacon(named: str | None, value: str | None) -> None:
    """Raise Refused unless a value is given exactly where a beacon was named."""
    if bool(named) != bool(value):
        raise Refused(
            "beacon-unfit",
            Text(
                f"The draw takes the value of: {named}." if named else "No beacon was named for this draw.",
                f"本次抽取须使用下列公开数值：{named}。" if named else "本次抽取未约定公开数值。",
            ),
            Text(
                "Give beacon_value exactly where the preparation named a beacon.",
                "仅当公布方案约定了公开数值时填写 beacon_value。",
            ),
            field="beacon_value",
        )


def check_seated(pseudonym: str, seated: Collection[str]) -> None:
    """Raise Refused for an expert who does not judge this application."""
    if pseudonym not in seated:
        raise Refused(
            "not-on-panel",
            Text("This expert was not drawn for this application.", "该专家未被抽取评审此申报。"),
            Text("Only the experts of its panel score an application.", "仅由抽取的专家评分。"),
            field="expert",
        )


def check_own(pseudonym: str, own: str | None) -> None:
    """Raise Refused for who scores under a pseudonym that is not his own; `own` is None for who has none."""
    if pseudonym != own:
        raise Refused(
            "other-expert",
            Text("This is not your pseudonym in this round.", "该编号不是您在本轮的专家编号。"),
            Text(
                "Score under the pseudonym that your list of reviews tells.", "请使用评审任务中列明的编号。"
            ),
            field="expert",
        )


def check_known(pseudonym: str, pseudonyms: Collection[str]) -> None:
    """Raise Refused for a pseudonym that the round does not have."""
    if pseudonym not in pseudonyms:
        raise Refused(
            "no-such-expert",
            Text("The round has no expert of this pseudonym.", "本轮没有该编号的专家。"),
            Text("Check the pseudonym.", "请核对专家编号。"),
            field="expert",
        )


def check_leading(leads: bool) -> None:
    """Raise Refused for an expert who does not lead the review."""
    if not leads:
        raise Refused(
            "not-the-chair",
            Text(
                "Only staff and the chair of the panel see running totals.",
                "评审进度仅供工作人员和评审组长查看。",
            ),
            Text("See your own reviews instead.", "请查看您本人的评审任务。"),
        )


def check_on(wanted: Collection[str], drawn: Collection[str]) -> None:
    """Raise Refused for an application that no panel was drawn for."""
    if not set(wanted) <= set(drawn):
        raise Refused(
            "not-drawn-for",
            Text("No panel was drawn for this application.", "未为该申报抽取专家。"),
            Text("Check the application.", "请核对申报编号。"),
            field="application",
        )


def check_wanted(number: int | None) -> None:
    """Raise Refused for a round whose terms ask for no panel."""
    if number is None:
        raise Refused(
            "no-panel-wanted",
            Text("This round draws no panel.", "本轮不抽取专家。"),
            Text("Its terms would have to give panel.experts.", "须在方案中设定 panel.experts。"),
            field="round",
        )


def check_closed(status: str) -> None:
    """Raise Refused unless the call is over and the ranking is still to come."""
    if status != "closed":
        raise Refused(
            "round-not-closed",
            Text(f"The round is '{status}'.", f"本轮状态为“{status}”。"),
            Text("The panel is drawn after the call is closed and before the ranking.", "截止后、排序前抽取专家。"),
            field="round",
        )  # fmt: skip
