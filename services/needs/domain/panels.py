"""Appraisal panels 论证会: who sits in them, for which part, who stands aside, and when their votes count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from marshmallow import fields, post_load, validate
from statemachine import State, StateMachine

from services.needs.domain.appraisal import PANEL, Votes
from shared.arearules import AreaRule
from shared.errors import Conflict, Refused, Text
from shared.fields import Schema

BALLOTS = ("for", "against", "abstain", "recused")  # 赞成、反对、弃权、回避


class PanelLife(StateMachine):
    """Life cycle of an appraisal panel."""

    convened = State("convened 已召集", initial=True)
    concluded = State("concluded 已作出结论", final=True)

    conclude = convened.to(concluded)


class Quorum(NamedTuple):
    """When the votes on an item count: so many of each part, and so many per hundred of all who may vote."""

    least: int
    percent: int


class QuorumForm(Schema):
    """A quorum as areas set it."""

    least = fields.Int(required=True, strict=True, validate=validate.Range(1, 50))
    percent = fields.Int(required=True, strict=True, validate=validate.Range(1, 100))

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Quorum:
        return Quorum(**data)


QUORUM = AreaRule(
    "appraisal_quorum",
    fields.Nested(QuorumForm),
    Quorum(1, 67),
    "Daoli has the four parts; that two thirds have to vote is our own choice",
    Text(
        "Members of each part, and per hundred of all, who have to vote",
        "论证会法定人数：各方最少人数及总比例",
    ),
)
RULES = (QUORUM,)


class Ballot(NamedTuple):
    """One member's vote on one item."""

    member: str
    part: str
    vote: str


def check_members(members: Sequence[Mapping[str, Any]], least: int) -> None:
    """Raise Refused where a part has fewer members than the quorum needs of it, or an account sits twice."""
    seats = Counter(member["part"] for member in members)
    short = [part for part in PANEL if seats[part] < least]
    if short:
        raise Refused(
            "part-missing",
            Text(f"Too few members for: {', '.join(short)}.", f"以下各方人数不足：{'、'.join(short)}。"),
            Text(f"Name {least} of each part at least.", f"各方至少须有 {least} 人。"),
            field="members",
        )
    accounts = [member["account"] for member in members if member["account"]]
    if len(set(accounts)) < len(accounts):
        raise Refused(
            "member-twice",
            Text("One account has two seats.", "同一账号占有两个席位。"),
            Text("Name each member once.", "每位成员请只填写一次。"),
            field="members",
        )


def check_items(named: Sequence[str], expected: Iterable[str], field: str) -> None:
    """Raise Refused unless each of the panel's items is named, once."""
    if sorted(named) != sorted(expected):
        raise Refused(
            "items-differ",
            Text("These are not the panel's items, each once.", "所列项目与论证会议题不一致。"),
            Text("Name every item of the panel once.", "请逐项填写论证会的全部议题，每项一次。"),
            field=field,
        )


def check_fresh(member: str, known: Iterable[str]) -> None:
    """Raise Conflict where the member has voted on an item already, or stands aside."""
    for item in known:
        raise Conflict(
            "voted-already",
            Text(
                f"Member {member} has a vote on item {item}.", f"成员 {member} 已对项目 {item} 表决或回避。"
            ),
            Text("Leave that item out: a vote is not changed.", "请去除该项目，表决后不得更改。"),
            field="ballots",
        )


def tally(ballots: Iterable[Ballot]) -> dict[str, Votes]:
    """The votes by part; abstentions and recusals are neither for nor against."""
    counts = Counter((ballot.part, ballot.vote) for ballot in ballots)
    return {part: Votes(counts[part, "for"], counts[part, "against"]) for part in PANEL}


def check_quorum(item: str, members: Iterable[str], ballots: Sequence[Ballot], quorum: Quorum) -> None:
    """Raise Refused where too few voted on an item. Who stands aside 回避 counts neither among those who may vote
    nor among those who did; who abstains has voted."""
    aside = {ballot.member for ballot in ballots if ballot.vote == "recused"}
    may = set(members) - aside
    voted = [ballot for ballot in ballots if ballot.vote != "recused"]
    by_part = Counter(ballot.part for ballot in voted)
    short = [part for part in PANEL if by_part[part] < quorum.least]
    if short or 100 * len(voted) < quorum.percent * len(may):
        raise Refused(
            "no-quorum",
            Text(
                f"On item {item}, {len(voted)} of {len(may)} voted; too few of: {', '.join(short) or 'all'}.",
                f"项目 {item} 应到 {len(may)} 人，表决 {len(voted)} 人；人数不足：{'、'.join(short) or '总数'}。",
            ),
            Text(
                f"{quorum.least} of each part and {quorum.percent} % of those who may vote are needed.",
                f"各方至少 {quorum.least} 人、总数的 {quorum.percent}% 须参加表决。",
            ),
            field="decisions",
        )
