"""Hand-over 移交: records move to the node that ought to own them, each in three steps.

1. `release`, at the old owner: `owner` becomes the new one, with the event `handed_over` in the same write.
   From here on nobody writes the record (503) until the new owner has it. The whole record stays, marked by
   `handing`, so that it can be asked for again.
2. `receive`, at the new owner: the whole record is stored there with the event `taken_over` in one write, with
   the causes that have acted on it, so that a repeated request or event does not act again.
3. `confirm`, at the old owner: what another node's copy would not have is removed, and the mark.

Records whose seat lies above their owner rise in the same three steps (`rising`): the node that gives is the lower
one, `area` is its own.

Each step may be repeated, by whoever was killed before or after it. Plain records (ledger entries) go before the
aggregate that they belong to, which so arrives complete. What the outbox still holds is sent by its old owner.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bson import json_util
from bson.errors import InvalidDocument
from bson.json_util import CANONICAL_JSON_OPTIONS
from mongoengine import ValidationError
from pymongo.errors import DuplicateKeyError

from shared import areas, clock
from shared.audit.trail import TRAIL, UNSEALED
from shared.audit.trail import entry as audit_entry
from shared.call import Call
from shared.errors import Conflict, Forbidden, Invalid, Refused, Text
from shared.events.types import Subject
from shared.http import idempotency
from shared.store import nodes, timeline, wakeup
from shared.store.aggregate import ATTEMPTS, Aggregate, Record, VersionConflict, save

LARGEST_BATCH = 512 * 1024  # bytes of JSON; a request's body may have twice that
_REQUEST = 220  # bytes at most of a request that goes with its record
# With the old owner: what it did to the record is sealed in its own chain.
_STAYS = ("outbox", "pending_since", "handing", TRAIL, UNSEALED)
# What a copy has beside the shared state; the outbox until it is sent, the inbox for requests sent again.
_OF_COPIES = {"_id", "area", "owner", "seat", "version", "epoch", "sequence", "schema_version", "created_at",
              "updated_at", "outbox", "inbox", "pending_since", TRAIL, UNSEALED}  # fmt: skip


@dataclass(frozen=True)
class Holdings:
    """What a service can hand over: its kinds of aggregates, each with the subject that tells of it, and the
    plain records that belong to them."""

    kinds: Mapping[type[Aggregate], Subject]
    parts: Sequence[type[Record]] = ()

    def by_collection(self) -> dict[str, type[Aggregate] | type[Record]]:
        kinds: list[type[Aggregate] | type[Record]] = [*self.kinds, *self.parts]
        return {kind._get_collection_name(): kind for kind in kinds}


class Item(NamedTuple):
    """One stored document: the name of its collection, and MongoDB Extended JSON."""

    collection: str
    document: dict[str, Any]


class Batch(NamedTuple):
    """`items` to be taken over, and the `requests` (by Idempotency-Key) whose causes have acted on them."""

    items: list[Item]
    requests: list[dict[str, Any]]


class Taken(NamedTuple):
    taken: list[str]
    refused: list[dict[str, str]]  # id, reason


class Count(NamedTuple):
    """Of one noun: how many records are to move, and how many are seated there but must stay (`tied`)."""

    noun: str
    moving: int
    tied: int


# --- at the old owner


def counts(call: Call, holdings: Holdings, area: str, *, rising: bool = False) -> list[Count]:
    """What a hand-over of `area` would move from here, by noun."""
    _authorise(call, area)
    to = _above(call) if rising else nodes.serving(call.node, call.service, area)[0]
    found = []
    for kind, subject in holdings.kinds.items():
        _give_seats(call, kind)
        collection = kind._get_collection()
        seated = _seated(call, area, to, rising)
        all_seated = collection.count_documents(seated)
        tied = None if rising else kind.tied(call.node.area, area)
        staying = collection.count_documents({"$and": [seated, tied]}) if tied else 0
        underway = collection.count_documents({"handing": to})
        found.append(Count(subject.noun, all_seated - staying + underway, staying))
    return found


def release(
    call: Call, holdings: Holdings, area: str, limit: int, skip: Sequence[str] = (), *, rising: bool = False
) -> Batch:
    """Give up to `limit` records seated within `area` to the node that serves it, and return what is given and
    not confirmed yet, `skip` left out. An empty batch says that nothing is left.

    Raises Forbidden, Conflict while this node serves the area itself as far as it knows, Refused where nobody
    would take over.
    """
    _authorise(call, area)
    to = _taker(call, area, rising)
    given = list(_given(holdings, to, limit, skip))
    for kind, subject in holdings.kinds.items():
        _give_seats(call, kind)
        for aggregate in _due(call, kind, area, to, limit - len(given), rising):
            aggregate.owner = aggregate.handing = to
            try:
                save(call, aggregate, subject.handed_over)
            except VersionConflict:
                continue  # somebody was faster: the next batch has it
            given.append((kind, aggregate.id))
    return _batch(holdings, given)


def confirm(
    call: Call, holdings: Holdings, area: str, identifiers: Sequence[str], *, rising: bool = False
) -> list[str]:
    """Strip what the new owner has of everything that a copy would not have; returns what is done with. What a
    node keeps to itself goes altogether, once the broker has its last events and the chain its last entries."""
    _authorise(call, area)
    to = _taker(call, area, rising)
    ids = {"$in": list(identifiers)}
    for part in holdings.parts:
        owner = part.part_of._get_collection()
        for found in part._get_collection().find({"_id": ids}, {part.part_by: 1}):
            if owner.find_one({"_id": found[part.part_by], "handing": to}, {"_id": 1}):
                part._get_collection().delete_one({"_id": found["_id"]})
    for kind, subject in holdings.kinds.items():
        collection = kind._get_collection()
        mine = {"_id": ids, "handing": to, "owner": to}
        if subject.audience == "node":
            collection.delete_many(mine | {"outbox": {"$size": 0}, f"{TRAIL}.0": {"$exists": False}})
            continue
        kept = _OF_COPIES | {kind._fields[n].db_field for n in subject.dumper.fields if n in kind._fields}
        for document in collection.find(mine):
            private = {name: 1 for name in document if name not in kept} | {"handing": 1}
            collection.update_one(mine | {"_id": document["_id"]}, {"$unset": private})
    left = {identifier for _, identifier in _given(holdings, to, len(identifiers), only=identifiers)}
    return [identifier for identifier in identifiers if identifier not in left]


def _authorise(call: Call, area: str) -> None:
    """Only a node above or below, for its own area: the key of the area's node vouches for it."""
    call.authorise(area)
    if not areas.contains(call.node.area, area):
        raise Forbidden(
            "not-below",
            Text(f"{area} does not lie within {call.node.area}.", f"{area} 不在 {call.node.area} 辖区内。"),
            Text("Ask a node above that area.", "请联系该区域的上级节点。"),
        )


def _above(call: Call) -> str:
    """The nearest node above this one that serves; this one where there is none."""
    higher = areas.parent(call.node.area)
    return nodes.serving(call.node, call.service, higher)[0] if higher else call.node.area


def _taker(call: Call, area: str, rising: bool) -> str:
    to = _above(call) if rising else nodes.serving(call.node, call.service, area)[0]
    if to == call.node.area:
        raise Conflict(
            "serves-itself",
            Text(
                f"As far as known here, node {to} itself serves {area}.",
                f"据本节点所知，{area} 由节点 {to} 自身服务。",
            ),
            Text(
                "Try again once the other node's announcement has arrived.", "请待对方节点的公告到达后重试。"
            ),
            retry_after=1,
        )
    known = nodes.known().get(to)
    if known is None or call.service not in known.services:
        raise Refused(
            "nobody-to-take-over",
            Text(
                f"No other node serves {call.service} for {area}.",
                f"没有其他节点为 {area} 提供 {call.service}。",
            ),
            Text("Host the service at a node above first.", "请先在上级节点部署该服务。"),
        )
    return to


def _give_seats(call: Call, kind: type[Aggregate]) -> None:
    """Records that an older version made get their seat by rule. No version: nobody else writes the field."""
    for old in kind.objects(owner=call.node.area, seat=None):
        kind._get_collection().update_one(
            {"_id": old.id, "seat": None}, {"$set": {"seat": old.seat_by_rule()}}
        )


def _within(area: str) -> dict[str, str]:
    return {"$gte": area, "$lt": area + ":"}  # ':' is the character after '9'


def _seated(call: Call, area: str, to: str, rising: bool = False) -> dict[str, Any]:
    """Own records seated within `area`, without those that yet another node below serves; with `rising`, own
    records of `area` that are seated above.

    A record of an area outside stays at the node below: it could not tell the node above of it.
    """
    if rising:
        higher = [each for each in areas.path(call.node.area) if each != call.node.area]
        return {"owner": call.node.area, "seat": {"$in": higher}, "area": _within(area)}
    others = [
        {"seat": _within(node.id)}
        for node in nodes.known().values()
        if areas.contains(area, node.id)
        and node.id not in (to, call.node.area)
        and call.service in node.services
    ]
    told = {"area": _within(area)} if areas.contains(to, call.node.area) else {}
    beside = {"$nor": others} if others else {}
    return {"owner": call.node.area, "seat": _within(area), **told, **beside}


def _due(call: Call, kind: type[Aggregate], area: str, to: str, limit: int, rising: bool) -> list[Aggregate]:
    """Up to `limit` records to give. What ties is looked up once more after they are loaded: whatever came to
    tie one of them since then has changed its version (`Held`)."""
    if limit <= 0:
        return []
    where = _seated(call, area, to, rising)
    if rising:
        return list(kind.objects(__raw__=where).order_by("id").limit(limit))
    if tied := kind.tied(call.node.area, area):
        where = {"$and": [where, {"$nor": [tied]}]}
    found = list(kind.objects(__raw__=where).order_by("id").limit(limit))
    tied = kind.tied(call.node.area, area)
    if not found or not tied:
        return found
    ids = {"_id": {"$in": [aggregate.id for aggregate in found]}}
    staying = {d["_id"] for d in kind._get_collection().find({"$and": [ids, tied]}, {"_id": 1})}
    return [aggregate for aggregate in found if aggregate.id not in staying]


def _given(
    holdings: Holdings, to: str, limit: int, skip: Sequence[str] = (), only: Sequence[str] | None = None
) -> Iterator[tuple[type[Aggregate], str]]:
    """What was released to `to` and not confirmed."""
    ids = {"$nin": list(skip)} if only is None else {"$in": list(only)}
    for kind in holdings.kinds:
        if limit <= 0:
            return
        found = kind._get_collection().find({"handing": to, "_id": ids}, {"_id": 1}).sort("_id").limit(limit)
        for document in found:
            limit -= 1
            yield kind, document["_id"]


def _batch(holdings: Holdings, given: Sequence[tuple[type[Aggregate], str]]) -> Batch:
    """The documents of what is given, as many as one request takes, one at least."""
    items: list[Item] = []
    causes: set[str] = set()
    size = 0
    for collection, document in _documents(holdings, given):
        causes.update(document.get("inbox", ()))
        text = json_util.dumps(document, json_options=CANONICAL_JSON_OPTIONS)
        size += len(text) + _REQUEST * len(document.get("inbox", ()))
        if items and size > LARGEST_BATCH:
            break
        items.append(Item(collection, json.loads(text)))
    return Batch(items, idempotency.of_causes(causes))


def _documents(
    holdings: Holdings, given: Sequence[tuple[type[Aggregate], str]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of each aggregate its parts; itself only once it has none left here."""
    for kind, identifier in given:
        complete = True
        for part in holdings.parts:
            if part.part_of is kind:
                for document in part._get_collection().find({part.part_by: identifier}).sort("_id"):
                    complete = False
                    yield part._get_collection_name(), document
        if complete and (whole := kind._get_collection().find_one({"_id": identifier})):
            yield kind._get_collection_name(), {k: v for k, v in whole.items() if k not in _STAYS}


# --- at the new owner


def receive(
    call: Call,
    holdings: Holdings,
    area: str,
    items: Sequence[Item],
    requests: Sequence[Mapping[str, Any]],
    *,
    rising: bool = False,
) -> Taken:
    """Take over what another node released. What is here already is taken as well: it came before.

    Raises Forbidden; Conflict while another node serves the area as far as known here; Invalid for what is no
    record of this service that is to be owned here.
    """
    _authorise(call, area)
    if not rising and nodes.serving(call.node, call.service, area)[0] != call.node.area:
        raise Conflict(
            "served-elsewhere",
            Text(
                f"Another node serves {area} as far as known here.", f"据本节点所知，{area} 由其他节点服务。"
            ),
            Text(
                "Try again once the other node's announcement has arrived.", "请待对方节点的公告到达后重试。"
            ),
            retry_after=1,
        )
    kinds = holdings.by_collection()
    idempotency.remember(requests)  # before the records: a request that finds its record finds its cause too
    result = Taken([], [])
    for item in items:
        kind, document = kinds.get(item.collection), _document(item)
        if kind is None:
            raise _unfit(item.collection, "the service has no such collection")
        if issubclass(kind, Record):
            _insert_part(kind, document)
        elif reason := _take(call, kind, holdings.kinds[kind], area, document, rising):
            result.refused.append({"id": document["_id"], "reason": reason})
            continue
        result.taken.append(document["_id"])
    wakeup.committed(set(holdings.kinds))
    return result


def _document(item: Item) -> dict[str, Any]:
    try:
        document = json_util.loads(json.dumps(item.document), json_options=CANONICAL_JSON_OPTIONS)
    except (TypeError, ValueError) as error:
        raise _unfit(item.collection, str(error)) from error
    if not isinstance(document, dict) or not isinstance(document.get("_id"), str):
        raise _unfit(item.collection, "it has no _id")
    return document


def _unfit(what: str, reason: str) -> Invalid:
    return Invalid(
        "not-to-take-over",
        Text(f"{what} cannot be taken over: {reason}.", f"无法接管 {what}：{reason}。"),
        Text("Release it anew.", "请重新移交。"),
        field="items",
    )


def _insert_part(kind: type[Record], document: dict[str, Any]) -> None:
    try:
        kind._get_collection().insert_one(document)
    except DuplicateKeyError:  # it came before; or there is one of this node's own, which then counts
        return
    except InvalidDocument as error:
        raise _unfit(kind.__name__, str(error)) from error


def _take(
    call: Call, kind: type[Aggregate], subject: Subject, area: str, document: dict[str, Any], rising: bool
) -> str | None:
    """Store one record as its owner, with the event that says so; why not, where it cannot be."""
    aggregate = _checked(call, kind, area, document, rising)
    aggregate.sequence += 1
    aggregate.epoch = max(aggregate.epoch, timeline.epoch())  # a node that was restored tells anew in its own
    aggregate.updated_at = call.now
    envelope = subject.taken_over.tell(call, aggregate)
    fields = {name: value for name, value in document.items() if name != "_id"} | {
        "owner": call.node.area,
        "version": aggregate.version + 1,
        "epoch": aggregate.epoch,
        "sequence": aggregate.sequence,
        "updated_at": call.now,
        "inbox": [*document.get("inbox", ()), call.cause],
    }
    trail = audit_entry(call, envelope, kind, {}, document | fields)  # the whole: this chain begins with it
    return _store(call, kind, area, document, fields, envelope, trail)


def _checked(
    call: Call, kind: type[Aggregate], area: str, document: dict[str, Any], rising: bool
) -> Aggregate:
    aggregate: Aggregate = kind._from_son(document)
    try:
        aggregate.validate()
    except ValidationError as error:
        raise _unfit(f"{kind.__name__} {document['_id']}", str(error)) from error
    if aggregate.owner != call.node.area:
        raise _unfit(aggregate.id, f"it was released to {aggregate.owner}")
    # A node below gives what is its own by area and seat; what a node above gives is its affair.
    if rising:
        if not areas.contains(area, aggregate.area) or not areas.contains(
            call.node.area, aggregate.seated_at
        ):
            raise _unfit(aggregate.id, f"it belongs to {aggregate.seated_at} and {aggregate.area}")
        return aggregate
    told = (aggregate.seated_at, aggregate.area) if area != call.node.area else (aggregate.seated_at,)
    if not all(areas.contains(area, each) for each in told):
        raise _unfit(aggregate.id, f"it belongs to {' and '.join(told)}, not to {area}")
    return aggregate


def _store(
    call: Call,
    kind: type[Aggregate],
    area: str,
    document: dict[str, Any],
    fields: dict[str, Any],
    envelope: dict[str, Any],
    trail: dict[str, Any],
) -> str | None:
    """Over an older copy, or as a new one. Events that this node's outbox still holds stay there."""
    collection, here = kind._get_collection(), call.node.area
    stays = {"_id", "outbox", "pending_since", TRAIL, UNSEALED}
    gone = {f.db_field for f in kind._fields.values()} - fields.keys() - stays
    now = clock.wall()
    change = {
        "$set": fields,
        "$unset": dict.fromkeys(gone, 1),
        "$push": {"outbox": {"$each": [envelope]}, TRAIL: {"$each": [trail]}},
        "$min": {"pending_since": now, UNSEALED: now},
    }
    first = {
        "_id": document["_id"],
        "outbox": [envelope],
        "pending_since": now,
        TRAIL: [trail],
        UNSEALED: now,
    }
    for _ in range(ATTEMPTS):
        # Read first: the embedded store reads the whole collection for an "older than" within the update.
        known = collection.find_one({"_id": document["_id"]}, dict.fromkeys(_PLACE, 1))
        if known and known["owner"] != here and not _on_one_line(known["owner"], area):
            raise _unfit(document["_id"], f"node {known['owner']} owns it")
        if known and (known["owner"] == here or _place(known) > _place(document)):
            return None  # it is here already, or has been and was given on
        try:
            if known is None:
                collection.insert_one(fields | first)
                return None
            if collection.update_one(known, change).matched_count:
                return None
        except DuplicateKeyError as error:
            if known is not None or not collection.find_one({"_id": document["_id"]}, {"_id": 1}):
                details = (error.details or {}).get("keyValue", "a unique index")
                return f"it contradicts another record here: {details}"
    return "its copy here keeps changing"


_PLACE = ("owner", "epoch", "sequence")


def _place(document: Mapping[str, Any]) -> tuple[int, int]:
    return document.get("epoch") or 0, document.get("sequence") or 0


def _on_one_line(owner: str, area: str) -> bool:
    return areas.contains(owner, area) or areas.contains(area, owner)
