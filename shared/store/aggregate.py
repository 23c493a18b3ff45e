"""Aggregates: the records that a node owns, each saved with its events in one versioned write.

A command loads an aggregate, applies a rule, and saves it. The one write holds the change, the events that
tell of it (`outbox`), the cause that asked for it (`inbox`) and what the audit will know of it (`trail`), so that
a crash leaves all or none and the same cause changes nothing twice. The relay later moves what it sent out of the
outbox, and the sealer what it sealed out of the trail, without touching `version`.

A record's `seat` is the area whose node ought to own it; `shared.store.handover` moves it there.

The same collection holds copies of records that other nodes own (`owner` tells); commands on those are
answered 421, and only events change them.
"""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Concatenate,
    NamedTuple,
    NoReturn,
    ParamSpec,
    Self,
    TypeVar,
    cast,
)

from mongoengine import DateTimeField, DictField, Document, IntField, ListField, StringField
from pymongo.errors import DuplicateKeyError, OperationFailure

from shared import areas, clock
from shared.audit.personal import Declared
from shared.audit.trail import TRAIL, UNSEALED, entry
from shared.call import Call
from shared.errors import Conflict, HandingOver, Misdirected, NotFound, Text
from shared.ids import same_source
from shared.store import gathered, migrations, nodes, timeline, wakeup

if TYPE_CHECKING:
    from shared.events.types import EventType

# Causes kept in a record. Records that many causes touch (a fund) also create a record for each, whose id
# derives from the cause: that is their guard beyond this number.
INBOX_LIMIT = 2000
ATTEMPTS = 8  # of a command that meets a concurrent change, before the caller is told to try again
PAUSE = 0.005  # seconds at most before the second attempt, twice as long before each further one

# Whether the last command in this context found that its cause had acted before.
repeated: ContextVar[bool] = ContextVar("hatchery_repeated", default=False)

_MANAGED = {"_id", "version", "outbox", "inbox", "pending_since", "seat", TRAIL, UNSEALED}
_WRITE_CONFLICT = 112


class Record(Document):
    """A plain document written together with an aggregate (a ledger entry): created once, never changed.

    It belongs to the aggregate of kind `part_of` whose id its field `part_by` holds, and moves with that.
    """

    meta: dict[str, Any] = {"abstract": True, "strict": False}
    part_of: ClassVar[type[Aggregate]]
    part_by: ClassVar[str]
    personal: ClassVar[Declared] = {}
    id = StringField(primary_key=True)
    created_at = DateTimeField()


class Aggregate(Document):
    """What every owned record has. `strict: False`: fields written by a newer version are left alone."""

    meta = {
        "abstract": True,
        "strict": False,
        "indexes": [
            {"fields": ["pending_since"], "sparse": True},
            {"fields": ["handing"], "sparse": True},
            {"fields": [UNSEALED], "sparse": True},
            ("area", "id"),
            ("owner", "seat"),
        ],
    }
    id = StringField(primary_key=True)
    area = StringField(required=True)
    owner = StringField(required=True)  # the node that writes it
    seat = StringField()  # the area whose node ought to write it; None in records of older versions
    handing = StringField()  # the new owner, until it has confirmed that it has the whole record
    version = IntField(default=0)
    epoch = IntField(default=1)
    sequence = IntField(default=0)
    schema_version = IntField(default=1)
    created_at = DateTimeField()
    updated_at = DateTimeField()
    outbox = ListField(DictField())
    inbox = ListField(StringField())
    pending_since = DateTimeField()
    # Since when entries of the audit wait in `trail`, which no command looks at: it is no field, so that
    # loading the record need not go through it.
    unsealed_since = DateTimeField()
    personal: ClassVar[Declared] = {}  # the fields that hold personal data, each with its purpose and ground
    audited: ClassVar[bool] = True  # False for what tells of the audit itself
    as_stored: Mapping[str, Any]  # the record as it was loaded or last saved; empty for a new one
    # From the first form of the record to that of this version; a kind's own steps come behind these.
    steps: ClassVar[tuple[migrations.Step, ...]] = (
        migrations.Step("seat", lambda kind, stored: {"seat": kind.seat_of(stored)}, on_read=False),
    )

    @classmethod
    def _from_son(cls, son: dict[str, Any], *args: Any, **kwargs: Any) -> Self:
        """Whatever reads a record gets it in the newest form, before `hatchery migrate` has written that down."""
        newest = migrations.raised(cls, son)
        made = cast(Self, super()._from_son(newest, *args, **kwargs))
        made.as_stored = newest
        return made

    @property
    def seated_at(self) -> str:
        return str(self.seat or self.seat_by_rule())

    def seat_by_rule(self) -> str:
        """The seat of a record that an older version made without one."""
        return str(self.area)

    def settle(self, call: Call) -> None:
        """What follows from the record's state, filled in before each write and told with it."""

    @classmethod
    def seat_of(cls, stored: Mapping[str, Any]) -> str:
        """The seat of a record as it is stored."""
        return cls._from_son(dict(stored)).seated_at

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        """A filter of the owner's records seated within `area` that must stay all the same, since they are
        written together with one that is seated elsewhere; None where the kind has none such."""
        return None


class Held(NamedTuple):
    """A record that a write relies on but does not change: the write fails if somebody else changed it."""

    aggregate: Aggregate


Change = tuple[Aggregate, "EventType"] | Record | Held


class AlreadyApplied(Exception):
    """This cause has had its effect before; `aggregate` is what came of it."""

    def __init__(self, aggregate: Any) -> None:
        super().__init__(f"{type(aggregate).__name__} {aggregate.id} has this cause already")
        self.aggregate = aggregate


class VersionConflict(Exception):
    """Somebody else changed the record between load and save."""


A = TypeVar("A", bound=Aggregate)
R = TypeVar("R", bound=Record)
P = ParamSpec("P")
Result = TypeVar("Result")


def new(
    call: Call,
    kind: type[A],
    /,
    *,
    area: str,
    label: str | None = None,
    at: str | None = None,
    beside: Aggregate | None = None,
    seat: str | None = None,
    organisation: str | None = None,
    **values: Any,
) -> A:
    """A new record, owned here, not saved yet.

    Raises Misdirected where another node serves this area, Forbidden where the actor has no role there, and
    AlreadyApplied for a cause that created it before. `at` is the area whose node owns it, where that is not
    its own area's (a registration belongs to the district). `beside` is a record of this node that the new
    one belongs to: it is then owned where that is. `seat` is the area whose node ought to own it in future, where
    that is not `at`. `label` tells apart several records of one cause.
    """
    identifier = call.new_id(label or kind.__name__)
    known = None if call.fresh else find(kind, identifier)
    if known is None and beside is None:
        _own_area(call, at or area)
    call.authorise(area, organisation)
    if known is not None:
        raise AlreadyApplied(known)
    seated = seat or (beside.seated_at if beside is not None else at or area)
    return kind(
        id=identifier,
        area=area,
        owner=call.node.area,
        seat=seated,
        created_at=call.now,
        updated_at=call.now,
        **values,
    )


def record(call: Call, kind: type[R], label: str, /, **values: Any) -> R:
    """A plain record whose id derives from the call's cause, to be passed to `save_all`."""
    return kind(id=call.new_id(label), created_at=call.now, **values)


def _own_area(call: Call, area: str) -> None:
    owner, address = nodes.serving(call.node, call.service, area)
    if owner != call.node.area:
        raise Misdirected(owner, address)


def elsewhere(call: Call, found: Aggregate) -> Misdirected:
    """What to raise of a record that another node owns."""
    address = nodes.address(call.node, found.owner)
    if found.handing:
        return HandingOver(found.owner, address)
    ought = nodes.serving(call.node, call.service, found.seated_at)[0]
    return Misdirected(found.owner, address, due=ought == call.node.area)


def find(kind: type[A], identifier: str) -> A | None:
    return kind.objects(id=identifier).first()


def load(call: Call, kind: type[A], identifier: str, *, organisation_field: str | None = None) -> A:
    """The record, to be changed by this call.

    Raises NotFound; Misdirected where another node owns it; Forbidden where the actor has no role at its
    area; AlreadyApplied where this cause changed it before (so load first what the command returns), also
    where the record has been handed over since.
    """
    found = find(kind, identifier)
    if found is None:
        raise NotFound(
            "no-such-record",
            Text(
                f"There is no {kind.__name__} {identifier} here.", f"此处没有 {kind.__name__} {identifier}。"
            ),
            Text("Check the identifier.", "请核对编号。"),
            field="id",
        )
    if found.owner != call.node.area and not acted(call, found):
        raise elsewhere(call, found)
    call.authorise(found.area, getattr(found, organisation_field) if organisation_field else None)
    if acted(call, found):
        raise AlreadyApplied(found)
    return found


def acted(call: Call, aggregate: Aggregate) -> bool:
    """Whether the call's cause has changed the record, or the same request has at the node that owned it before
    and gave it a cause of its own."""
    return any(same_source(call.cause, cause) for cause in aggregate.inbox)


def save(call: Call, aggregate: A, event: EventType) -> A:
    """Save one aggregate with the event that tells of the change. Raises VersionConflict."""
    save_all(call, (aggregate, event))
    return aggregate


def save_all(call: Call, *changes: Change) -> None:
    """Save several aggregates, each with its event, and plain records: all or none. Raises VersionConflict."""
    parts = _parts(changes)
    try:
        if len(changes) == 1:
            _write(call, changes[0], parts, None)
        else:
            client = type(_document(changes[0]))._get_collection().database.client
            with client.start_session() as session, session.start_transaction():
                for change in changes:
                    _write(call, change, parts, session)
    except OperationFailure as error:
        if error.code == _WRITE_CONFLICT or error.has_error_label("TransientTransactionError"):
            raise VersionConflict from error
        raise
    wakeup.committed({type(_document(change)) for change in changes if not isinstance(change, Record | Held)})


def _document(change: Change) -> Document:
    return change if isinstance(change, Record) else change[0]


def _parts(changes: Iterable[Change]) -> dict[str, list[Record]]:
    """The plain records by the id of the aggregate whose entry in the audit tells of them: the one that they
    belong to, else the first of the write."""
    changed = [change[0] for change in changes if not isinstance(change, Record | Held)]
    parts: dict[str, list[Record]] = {}
    for part in (change for change in changes if isinstance(change, Record)):
        whole = getattr(part, getattr(part, "part_by", ""), None)
        told = next((one for one in changed if one.id == whole), changed[0])
        parts.setdefault(str(told.id), []).append(part)
    return parts


def _write(call: Call, change: Change, parts: dict[str, list[Record]], session: Any) -> None:
    if isinstance(change, Record):
        change.validate()
        _insert(type(change), change.to_mongo().to_dict(), session)
        return
    if isinstance(change, Held):
        _hold(call, change.aggregate, session)
        return
    aggregate, event = change
    aggregate.updated_at = call.now
    aggregate.settle(call)
    if aggregate.version == 0:
        aggregate.schema_version = migrations.newest(type(aggregate))
        aggregate.seat = aggregate.seated_at
    aggregate.sequence += 1
    if aggregate.version == 0 and aggregate.epoch == timeline.FIRST:
        # What a restore forgot may be made again with the same id: it must outrank what others remember of it.
        aggregate.epoch = timeline.epoch()
    envelope = event.tell(call, aggregate)
    aggregate.validate()
    values = aggregate.to_mongo().to_dict()
    trail = _trail(call, aggregate, envelope, values, parts)
    collection, wall = type(aggregate)._get_collection(), clock.wall()
    if aggregate.version == 0:
        values |= {"version": 1, "outbox": [envelope], "inbox": [call.cause], "pending_since": wall}
        _insert(type(aggregate), values | ({TRAIL: trail, UNSEALED: wall} if trail else {}), session)
    else:
        changed = {key: value for key, value in values.items() if key not in _MANAGED}
        if aggregate.seat != getattr(aggregate, "as_stored", {}).get("seat"):
            changed["seat"] = aggregate.seat
        removed = {f.db_field: 1 for f in aggregate._fields.values() if f.db_field not in values}
        update: dict[str, Any] = {
            "$set": changed | {"version": aggregate.version + 1},
            "$min": {"pending_since": wall},  # the oldest unsent event's time, if there is one
            "$push": {
                "outbox": {"$each": [envelope]},
                "inbox": {"$each": [call.cause], "$slice": -INBOX_LIMIT},
            },
        }
        if trail:
            update["$min"][UNSEALED] = wall
            update["$push"][TRAIL] = {"$each": trail}
        removed = {key: 1 for key in removed if key not in _MANAGED}
        if removed:
            update["$unset"] = removed
        where = {"_id": aggregate.id, "version": aggregate.version, "owner": call.node.area}
        try:
            found = collection.update_one(where, update, session=session).matched_count
        except DuplicateKeyError as error:
            raise _exists_already() from error
        if not found:
            raise VersionConflict
    aggregate.version += 1
    aggregate.as_stored = values


def _trail(
    call: Call,
    aggregate: Aggregate,
    envelope: dict[str, Any],
    values: dict[str, Any],
    parts: dict[str, list[Record]],
) -> list[dict[str, Any]]:
    """What the audit will know of this write."""
    if not aggregate.audited:
        return []
    before = getattr(aggregate, "as_stored", {})
    return [entry(call, envelope, type(aggregate), before, values, parts.pop(str(aggregate.id), ()))]


def _hold(call: Call, aggregate: Aggregate, session: Any) -> None:
    """A version without an event: whoever loaded the record before finds it changed, and looks again."""
    where = {"_id": aggregate.id, "version": aggregate.version, "owner": call.node.area}
    collection = type(aggregate)._get_collection()
    if not collection.update_one(where, {"$inc": {"version": 1}}, session=session).matched_count:
        raise VersionConflict
    aggregate.version += 1


def _insert(kind: type[Document], values: dict[str, Any], session: Any) -> None:
    try:
        if session is None:
            gathered.insert(kind._get_collection(), values)
        else:
            kind._get_collection().insert_one(values, session=session)
    except DuplicateKeyError as error:
        _explain(kind, values["_id"], error)


def _explain(kind: type[Document], identifier: str, error: DuplicateKeyError) -> NoReturn:
    """The same id means the same cause, at the same time: the next round finds what it did. The store may
    have stumbled over another unique index first, so it is asked."""
    same = (error.details or {}).get("keyPattern") == {"_id": 1}
    if same or kind._get_collection().find_one({"_id": identifier}, {"_id": 1}):
        raise VersionConflict from error
    raise _exists_already() from error


def _exists_already() -> Conflict:
    return Conflict(
        "exists-already",
        Text("The same thing exists already.", "相同的记录已存在。"),
        Text("Look it up instead of creating it again.", "请查询已有记录，无需重复创建。"),
    )


def command(
    function: Callable[Concatenate[Call, P], Result],
) -> Callable[Concatenate[Call, P], Result]:
    """A use case: runs again when somebody else changed the record meanwhile, and answers what came of it
    before when its cause is not new. Raises Conflict after ATTEMPTS rounds."""

    @functools.wraps(function)
    def run(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> Result:
        call = call if call.operation else replace(call, operation=function.__name__)
        looked_again = False
        for attempt in range(ATTEMPTS):
            try:
                result = function(call, *args, **kwargs)
            except AlreadyApplied as applied:
                # The same cause may have been committed by another process between two looks of this run:
                # only a run from the start meets first what the command returns.
                if looked_again:
                    repeated.set(True)
                    return cast(Result, applied.aggregate)  # by convention what the command returns
                looked_again = True
            except VersionConflict:
                call = replace(call, fresh=False)
                time.sleep(random.uniform(0, PAUSE * 2**attempt))  # noqa: S311, spreads competitors
            else:
                repeated.set(False)
                return result
        raise Conflict(
            "busy-record",
            Text("The record keeps being changed by others.", "该记录正被频繁修改。"),
            Text("Try again in a moment.", "请稍后重试。"),
            retry_after=1,
        )

    return run


def subtree(area: str) -> dict[str, str]:
    """A filter on `area` for the area and everything below it, that an index can serve."""
    areas.tier(area)
    return {"area__gte": area, "area__lt": area + ":"}  # ':' is the character after '9'
