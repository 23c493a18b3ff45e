"""What can be done with the need library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.needs.commands.claims import Regrouping
from services.needs.commands.consolidation import left_out, tell_apart
from services.needs.documents import LibraryItem, Need
from services.needs.domain import library as rules
from services.needs.domain.collection import NeedLife
from services.needs.subjects.collection import MERGED, RELEASED
from shared.call import Call
from shared.errors import Misdirected
from shared.lifecycle import advance
from shared.store import AlreadyApplied, command, load, new, save_all
from shared.store.aggregate import Change, VersionConflict, elsewhere

Data = dict[str, Any]


@command
def consolidate(call: Call, items: Sequence[Data]) -> LibraryItem:
    """Put needs into the library 合并同类项: each of `items` is made of one or several, all are made or none. The
    first is returned; `label` names the others.

    Raises NotYetKnown for a source that is not known here, Conflict for one that belongs to another item. A
    step of each source is written with the item, so that of two items made at once only one gets it.
    """
    regrouping = Regrouping(call, (need for body in items for need in body["sources"]))
    made, apart = [], []
    for number, body in enumerate(items):
        about = {
            name: value for name, value in body.items() if name not in ("sources", "proposed", "reasons")
        }
        item = new(call, LibraryItem, **about, label=label(number))
        regrouping.take_in(item, body["sources"], body["reasons"])
        made.append(item)
        apart += left_out(call, item, body, number=number)
    write(call, *regrouping.changes(), *apart)
    return made[0]


def label(number: int) -> str:
    """What the ids of items that are made together are derived by."""
    return f"LibraryItem {number}" if number else "LibraryItem"


@command
def add_sources(call: Call, item_id: str, body: Data) -> LibraryItem:
    """Take more needs into an item. Raises as `consolidate`, and Refused for an item that takes in no more."""
    item = load(call, LibraryItem, item_id)
    regrouping = Regrouping(call, body["sources"])
    regrouping.take_in(item, body["sources"], body["reasons"])
    write(call, *regrouping.changes(), *left_out(call, item, body))
    return item


@command
def take_out(call: Call, item_id: str, body: Data) -> LibraryItem:
    """Take sources out of an item: they are free again, and are not proposed for the rest of it any more."""
    item = load(call, LibraryItem, item_id)
    regrouping = Regrouping(call, body["sources"])
    regrouping.take_out(item, body["sources"], body["reasons"], although_chosen=body["although_chosen"])
    write(call, *regrouping.changes(), *left_out(call, item, body | {"proposed": body["sources"]}))
    return item


@command
def move_sources(call: Call, item_id: str, body: Data) -> LibraryItem:
    """Move sources to another item of this node's library; the item that they leave is returned."""
    item = load(call, LibraryItem, item_id)
    to = load(call, LibraryItem, rules.check_other(item.id, body["to"]))
    needs, reasons = body["sources"], body["reasons"]
    regrouping = Regrouping(call, needs)
    regrouping.take_out(item, needs, reasons, although_chosen=body["although_chosen"], other=to.id)
    regrouping.take_in(to, needs, reasons, other=item.id)
    write(call, *regrouping.changes(), *left_out(call, item, body | {"proposed": needs}))
    return item


@command
def split(call: Call, item_id: str, body: Data) -> LibraryItem:
    """Make new items of some of an item's sources 拆分; the item itself keeps the others and is returned."""
    item = load(call, LibraryItem, item_id)
    leaving = [need for part in body["parts"] for need in part["sources"]]
    regrouping = Regrouping(call, leaving)
    parts = []
    for number, part in enumerate(body["parts"]):
        about = {name: part[name] or getattr(item, name) for name in ("title", "category", "group")}
        made = new(
            call,
            LibraryItem,
            area=item.area,
            beside=item,
            label=part_label(number),
            generated=item.generated,
            **about,
        )
        regrouping.take_out(
            item, part["sources"], body["reasons"], although_chosen=body["although_chosen"], other=made.id
        )
        regrouping.take_in(made, part["sources"], body["reasons"], other=item.id)
        parts.append(part["sources"])
    apart = tell_apart(call, item.area, [item.sources, *parts], body["reasons"], beside=item)
    write(call, *regrouping.changes(), *apart)
    return item


def part_label(number: int) -> str:
    return f"LibraryItem part {number}"


def write(call: Call, *changes: Change) -> None:
    """As `save_all`; a step that somebody else has taken meanwhile is found at the next look."""
    try:
        save_all(call, *changes)
    except DuplicateKeyError as error:
        raise VersionConflict from error


@command
def merge_sources(call: Call, data: Data) -> None:
    """Let the needs owned here that an item has or had as sources say to which item they belong, all in one write.

    What counts is what the items say by now, as far as known here, and not the event: events of several items come in
    any order. Raises Misdirected where this node owns none of the needs, or is still to take one over.
    """
    named = [*data["sources"], *data["left"]]
    known = list(Need.objects(id__in=named))
    own = [need for need in known if need.owner == call.node.area]
    fresh = [need for need in own if call.cause not in need.inbox]
    listing = _listing(data, [need.id for need in fresh])
    moved: list[Change] = []
    for need in fresh:
        place = rules.place(need.item, listing[need.id])
        if place != need.item:
            need.status = advance(NeedLife, need.status, "merge" if place else "release")
            need.item = place
            moved.append((need, MERGED if place else RELEASED))
    if moved:
        save_all(call, *moved)
    coming = _some_are_coming(call, data, known, named)
    if coming or not own:
        raise Misdirected(data["node"], None, due=coming)
    if not fresh:
        raise AlreadyApplied(own[0])


def _listing(data: Data, needs: Iterable[str]) -> dict[str, list[str]]:
    """The items that list each of these needs, the earliest first. Of an item of which nothing but the event is
    known, the event counts."""
    found: dict[str, list[str]] = {need: [] for need in needs}
    items = list(LibraryItem.objects(sources__in=list(found)).only("id", "sources").order_by("id"))
    told = [(item.id, item.sources) for item in items]
    if not LibraryItem.objects(id=data["subject"]).only("id"):
        told.append((data["subject"], data["sources"]))
    for item, sources in told:
        for need in found.keys() & set(sources):
            found[need].append(item)
    return found


def _some_are_coming(call: Call, data: Data, known: list[Need], named: list[str]) -> bool:
    """Whether this node is still to take over one of the needs, which it need not know yet: then it comes from a
    node above."""
    if len(known) < len(set(named)):
        return call.node.parent is not None
    return any(elsewhere(call, need).due for need in known if need.owner != call.node.area)
