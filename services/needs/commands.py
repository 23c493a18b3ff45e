"""What can be done with needs."""

from __future__ import annotations

from datetime import date
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.needs import domain, queries, subjects
from services.needs.documents import Delivery, LibraryItem, Need, SourceClaim
from shared import clock
from shared.call import Call
from shared.errors import Misdirected, NotYetKnown, Text
from shared.lifecycle import advance
from shared.store import AlreadyApplied, command, find, load, new, save, save_all
from shared.store.aggregate import VersionConflict, elsewhere

Data = dict[str, Any]

NEED, ITEM, ORGANISATION = Text("Need", "需求"), Text("Item", "项目"), Text("Organisation", "社会组织")


@command
def collect_need(call: Call, body: Data) -> Need:
    """Record a need that was raised."""
    need = new(call, Need, **body)
    domain.check_not_future(body["received_on"], _today(call), "received_on")
    return save(call, need, subjects.COLLECTED)


@command
def answer_need(call: Call, need_id: str, answer: str) -> Need:
    """Record what the resident was told: the loop is closed."""
    need = load(call, Need, need_id)
    domain.check_unanswered(need.answered_at is not None)
    need.answer, need.answered_at = answer, call.now
    return save(call, need, subjects.ANSWERED)


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
        sources.append(domain.Source(need.id, need.area, claims.get(need.id, need.item)))
    domain.check_sources(item.area, item.id, body["sources"], sources)
    made = [SourceClaim(id=source.id, item=item.id, created_at=call.now) for source in sources]
    try:
        save_all(call, (item, subjects.CONSOLIDATED), *made)
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
        need.status = advance(domain.NeedLife, need.status, "merge")
        need.item = data["subject"]
    if waiting:
        save_all(call, *((need, subjects.MERGED) for need in waiting))
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


@command
def appraise(call: Call, item_id: str, body: Data) -> LibraryItem:
    """Choose an item as a topic 立项, or set it aside, by the votes of the panel."""
    item = load(call, LibraryItem, item_id)
    domain.check_appraisal(body["chosen"], {part: domain.Votes(**v) for part, v in body["votes"].items()})
    item.status = advance(domain.ItemLife, item.status, "choose" if body["chosen"] else "put_aside")
    item.votes, item.reasons = body["votes"], body["reasons"]
    return save(call, item, subjects.CHOSEN if body["chosen"] else subjects.SET_ASIDE)


@command
def record_delivery(call: Call, body: Data) -> Delivery:
    """Record what an organisation delivered. Raises NotYetKnown for an unknown organisation or topic."""
    delivery = new(call, Delivery, **body)
    delivery.organisation = body["organisation"]  # `new` takes it as the one that the actor must act for
    domain.check_not_future(body["delivered_on"], _today(call), "delivered_on")
    domain.check_delivery(body["beneficiaries"], body["person_times"])
    organisation = queries.known_organisation(body["organisation"])
    if organisation is None:
        raise NotYetKnown(ORGANISATION, body["organisation"], "organisation")
    domain.check_acting(organisation.status, organisation.name)
    if body["topic"] is not None:
        topic = find(LibraryItem, body["topic"])
        if topic is None:
            raise NotYetKnown(ITEM, body["topic"], "topic")
        domain.check_topic(topic.status, topic.id)
    return save(call, delivery, subjects.RECORDED)


def _today(call: Call) -> date:
    return call.now.astimezone(clock.CHINA).date()
