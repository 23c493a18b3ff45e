"""What a restore lost: changes of this service's own records that other nodes have seen, and this one forgot.

Others tell what they remember (`shared.store.memories`). What is newer than what the backup held is listed for
operators. A record that the backup did not hold at all is gone: an event `lost` says so, upon which the others
drop it. A change that nobody else has seen cannot be found out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mongoengine import BooleanField, DateTimeField, DictField, Document, IntField, ListField, StringField

from shared import clock
from shared.call import Call
from shared.store import timeline
from shared.store.aggregate import Aggregate, AlreadyApplied, command, find, save

if TYPE_CHECKING:
    from shared.events.types import Subject

Position = tuple[int, int]  # epoch, sequence

# The subject and the records of each `<service>.<noun>` of which a service in this process tells others.
OWNED: dict[str, tuple[Subject, type[Aggregate]]] = {}


class LostChange(Document):
    """A record of which somebody has seen more than the backup held. `id` is `<service>.<noun>/<record>`."""

    meta = {"collection": "lost_changes", "strict": False}
    id = StringField(primary_key=True)
    of = StringField(required=True)
    record = StringField(required=True)
    area = StringField(required=True)
    ours = ListField(IntField())  # epoch and sequence in the backup; empty where it held no such record
    theirs = ListField(IntField())  # the newest that anybody has seen
    state = DictField()  # as they have it: of what is shared, the fields that they keep
    told_by = StringField(required=True)  # <node>/<service>
    gone = BooleanField()
    epoch = IntField(required=True)  # of the restore
    noted_at = DateTimeField()


class GoneRecord(Aggregate):
    """Tells others, by the event in its outbox, that the record of this id is gone."""

    meta = {"collection": "gone_records"}


@dataclass(frozen=True)
class Told:
    """A record of this node's as another service or node remembers it."""

    of: str
    record: str
    area: str
    position: Position
    state: dict[str, Any]
    told_by: str


def learn(call: Call, told: Told) -> bool:
    """Note what was told if it was lost; whether it was. A second telling changes nothing."""
    restored = timeline.restored()
    if restored is None or told.of not in OWNED or told.position[0] >= restored[0] - 1:
        return False
    subject, kind = OWNED[told.of]
    ours = kind._get_collection().find_one({"_id": told.record}, {"owner": 1, "restored_from": 1})
    stood = _stood(ours)
    if (ours and ours["owner"] != call.node.area) or (stood and told.position <= stood):
        return False
    _note(told, stood, restored[0])
    if ours is None:
        _say_gone(call, told, subject, restored[0] - 1)
    return True


def _stood(ours: dict[str, Any] | None) -> Position | None:
    """Where the record stood in the backup; None for one that was not in it."""
    if not ours or not ours.get("restored_from"):
        return None
    epoch, sequence = ours["restored_from"]
    return epoch, sequence


def _note(told: Told, stood: Position | None, epoch: int) -> None:
    collection, identifier = LostChange._get_collection(), f"{told.of}/{told.record}"
    before = collection.find_one({"_id": identifier})
    if before and tuple(before["theirs"]) >= told.position:
        return
    values = {
        "of": told.of,
        "record": told.record,
        "area": told.area,
        "ours": list(stood or ()),
        "theirs": list(told.position),
        "state": told.state,
        "told_by": told.told_by,
        "gone": stood is None,
        "epoch": epoch,
        "noted_at": clock.wall(),
    }
    collection.replace_one({"_id": identifier}, values, upsert=True)


@command
def _say_gone(call: Call, told: Told, subject: Subject, epoch: int) -> GoneRecord:
    """In an epoch above all that was told of the record, and below what this node makes from now on: an event
    that is sent again may well make the record again, with the same id."""
    known = find(GoneRecord, told.record)
    if known is not None and known.epoch >= epoch:
        raise AlreadyApplied(known)
    gone = known or GoneRecord(id=told.record, area=told.area, owner=call.node.area, created_at=call.now)
    gone.epoch = epoch
    return save(call, gone, subject.lost())


def listed() -> Iterator[LostChange]:
    """What is lost now, in the order of the records' ids. What was made again meanwhile, from events that
    others sent again, is not lost."""
    for one in LostChange.objects.order_by("id"):
        if not (one.gone and _made_again(one)):
            yield one


def _made_again(one: LostChange) -> bool:
    _, kind = OWNED[one.of]
    now = kind._get_collection().find_one({"_id": one.record}, {"sequence": 1})
    return now is not None and now["sequence"] >= one.theirs[1]
