"""What can be done with the need library."""

from __future__ import annotations

from typing import Any

from pymongo.errors import DuplicateKeyError

from services.needs.documents import LibraryItem, Need, SourceClaim
from services.needs.domain import library as rules
from services.needs.domain.collection import NeedLife
from services.needs.subjects.collection import MERGED
from services.needs.subjects.library import CONSOLIDATED
from shared.call import Call
from shared.errors import Misdirected, NotYetKnown, Text
from shared.lifecycle import advance
from shared.store import AlreadyApplied, command, find, new, save_all
from shared.store.aggregate import VersionConflict, elsewhere

Data = dict[str, Any]

NEED = Text("Need", "需求")


@command
def consolidate(call: Call, body: Data) -> LibraryItem:
    """Put needs into the library as one item 合并同类项.

    Raises NotYetKnown for a source that is not known here, Conflict for one that belongs to another item. A
    claim for each source is written with the item, so that of two items made at once only one gets it.
    """
    item = new(call, LibraryItem, **body)
    claims = {claim.id: claim.item for claim in SourceClaim.objects(id__in=body["sources"])}
    sources = []
    for identifier in body["sources"]:
        need = find(Need, identifier)
        if need is None:
            raise NotYetKnown(NEED, identifier, "sources")
        sources.append(rules.Source(need.id, need.area, claims.get(need.id, need.item)))
    rules.check_sources(item.area, item.id, body["sources"], sources)
    made = [SourceClaim(id=source.id, item=item.id, created_at=call.now) for source in sources]
    try:
        save_all(call, (item, CONSOLIDATED), *made)
    except DuplicateKeyError as error:  # claimed meanwhile: the next round says by which item
        raise VersionConflict from error
    return item


@command
def merge_sources(call: Call, data: Data) -> None:
    """Mark the needs owned here that an item was made of, all in one write.

    Raises Misdirected where this node owns none, or is still to take one over. A need that two libraries took
    stays with the first.
    """
    sources = list(Need.objects(id__in=data["sources"]))
    own = [need for need in sources if need.owner == call.node.area]
    fresh = [need for need in own if call.cause not in need.inbox]
    waiting = [need for need in fresh if need.item is None]
    for need in waiting:
        need.status = advance(NeedLife, need.status, "merge")
        need.item = data["subject"]
    if waiting:
        save_all(call, *((need, MERGED) for need in waiting))
    coming = _some_are_coming(call, data, sources)
    if coming or not own:
        raise Misdirected(data["node"], None, due=coming)
    if not fresh:
        raise AlreadyApplied(own[0])


def _some_are_coming(call: Call, data: Data, known: list[Need]) -> bool:
    """Whether this node is still to take over one of the sources, which it need not know yet: then it comes from
    a node above."""
    if len(known) < len(data["sources"]):
        return call.node.parent is not None
    return any(elsewhere(call, need).due for need in known if need.owner != call.node.area)
