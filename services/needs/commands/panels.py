"""What can be done with appraisal panels: convened, voted in, concluded."""

from __future__ import annotations

from collections import Counter
from typing import Any

from services.needs.commands import appraisal
from services.needs.documents import LibraryItem, Panel, PanelVote
from services.needs.domain import panels as rules
from services.needs.domain.appraisal import check_majority
from services.needs.queries import panels as queries
from services.needs.subjects import panels as subjects
from shared.arearules.settings import value
from shared.call import Call
from shared.errors import Refused, Text
from shared.events.types import EventType
from shared.ids import derived_id
from shared.lifecycle import advance
from shared.store import command, load, new, save, save_all

Data = dict[str, Any]


@command
def convene(call: Call, body: Data) -> Panel:
    """Convene a panel on items that are listed in this node's library. Raises Refused for one short of members."""
    panel = new(call, Panel, **body)
    rules.check_members(panel.members, value(rules.QUORUM, panel.area, call.now).least)
    rules.check_items(panel.items, set(panel.items), "items")
    for identifier in panel.items:
        _check_listed(load(call.cleared(), LibraryItem, identifier))
    panel.seats = dict(Counter(member["part"] for member in panel.members))
    return save(call, panel, subjects.CONVENED)


def _check_listed(item: LibraryItem) -> None:
    if item.status != "listed":
        raise Refused(
            "not-listed",
            Text(f"Item {item.id} is {item.status}.", f"项目 {item.id} 不在待论证状态。"),
            Text("Name items that are listed.", "请填写待论证的项目。"),
            field="items",
        )


@command
def vote(call: Call, panel_id: str, body: Data) -> Panel:
    """Record a member's votes, and where the member stands aside 回避; staff do so from the minutes, members in person.

    Raises Conflict for an item that the member has voted on.
    """
    panel = load(call.cleared(), Panel, panel_id)
    member = next((one for one in panel.members if one["id"] == body["member"]), None)
    call.authorise(panel.area, member["account"] if member else None)
    if member is None:
        raise Refused(
            "no-such-member",
            Text(f"{body['member']} is no member of this panel.", f"{body['member']} 不是论证会成员。"),
            Text("Give a member's id.", "请填写成员编号。"),
            field="member",
        )
    _check_underway(panel)
    named = [ballot["item"] for ballot in body["ballots"]]
    rules.check_items(named, set(named) & set(panel.items), "ballots")
    rules.check_fresh(member["id"], queries.voted(panel.id, member["id"], named))
    made = [_vote(call, panel, member, ballot) for ballot in body["ballots"]]
    save_all(call, (panel, subjects.VOTED), *made)
    return panel


def _vote(call: Call, panel: Panel, member: Data, ballot: Data) -> PanelVote:
    identifier = derived_id(panel.id, f"{ballot['item']}/{member['id']}")
    told = {"panel": panel.id, "member": member["id"], "part": member["part"]} | ballot
    return PanelVote(id=identifier, created_at=call.now, **told)


def _check_underway(panel: Panel) -> None:
    """Raise Refused for a panel that is concluded."""
    advance(rules.PanelLife, panel.status, "conclude")


@command
def conclude(call: Call, panel_id: str, decisions: list[Data]) -> Panel:
    """Decide on all items of a panel at once: on notice as topics 拟立项, or set aside.

    Raises Refused without a quorum on an item, and for a topic without a majority.
    """
    panel = load(call, Panel, panel_id)
    panel.status = advance(rules.PanelLife, panel.status, "conclude")
    rules.check_items([one["item"] for one in decisions], panel.items, "decisions")
    quorum = value(rules.QUORUM, panel.area, call.now)
    members, ballots = [member["id"] for member in panel.members], queries.ballots(panel.id)
    changes: list[tuple[LibraryItem, EventType]] = []
    for decision in decisions:
        item = load(call.cleared(), LibraryItem, decision["item"])
        cast = ballots.get(item.id, [])
        rules.check_quorum(item.id, members, cast, quorum)
        votes = rules.tally(cast)
        if decision["chosen"]:
            check_majority(votes)
        item.panel = panel.id
        changes.append((item, appraisal.decide(call, item, decision["chosen"], votes, decision["reasons"])))
    panel.concluded_at = call.now
    panel.notice_ends_at = max(filter(None, (item.notice_ends_at for item, _ in changes)), default=None)
    save_all(call, (panel, subjects.CONCLUDED), *changes)
    return panel
