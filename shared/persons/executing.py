"""Carrying a person's request out at one service: looking for the records, and copying, correcting or erasing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from shared import clock
from shared.audit import values
from shared.audit.personal import Personal
from shared.audit.trail import ERASED
from shared.call import Call
from shared.errors import Refused, Text
from shared.events.types import EventType, Subject
from shared.ids import derived_id
from shared.persons.references import leaves, reference
from shared.persons.requests import ACCESS, CORRECTION, ERASURE, Execution, KnownDataRequest, recorded
from shared.store.aggregate import Aggregate, AlreadyApplied, command, find, load, save
from shared.store.queries import get

Kinds = Mapping[type[Aggregate], Subject]
Data = dict[str, Any]

CORRECTED = "corrected"
_request = get(KnownDataRequest)


@dataclass
class Outcome:
    """What was found and done; `records` is the copy of the data for the person."""

    found: int = 0
    changed: int = 0
    kept: int = 0
    reasons: set[str] = field(default_factory=set)
    records: list[Data] = field(default_factory=list)


def execute(call: Call, kinds: Kinds, request_id: str, corrections: Sequence[Mapping[str, str]]) -> Data:
    """Carry the request out, on all records of `kinds` that this node owns.

    Raises NotFound, Forbidden, and Refused for a request that is no longer open, or corrections that it does not ask
    for. A run that broke off is run again: what is done is not done twice, and the counts are of what was left.
    """
    call.authorise(call.node.area)
    request = _request(request_id)
    _check(request, corrections)
    known = find(Execution, derived_id(call.cause, "execution"))
    outcome = Outcome()
    for kind, record in _found(call, kinds, set(request.references)):
        outcome.found += 1
        beneath = _beneath(call, record["_id"])
        if request.kind == ACCESS:
            outcome.records.append(_copy(kind, record))
        elif request.kind == CORRECTION:
            outcome.changed += _correct(beneath, kind, kinds[kind], record["_id"], corrections)
        else:
            free, rules = _free(kind, record)
            outcome.kept += bool(rules)
            outcome.reasons |= rules
            outcome.changed += bool(free) and _erase(beneath, kind, kinds[kind], record["_id"], free)
    if request.kind == ERASURE:
        _erase_values(call, kinds, set(request.references))
    done = known or _record(call, request, outcome)
    return {name: getattr(done, name) for name in done._fields} | {"records": outcome.records}


def _check(request: KnownDataRequest, corrections: Sequence[Mapping[str, str]]) -> None:
    if request.status != "received":
        raise Refused(
            "request-closed",
            Text(f"The request is {request.status}.", f"该请求的状态为 {request.status}。"),
            Text("Have a new one received.", "请重新受理一个请求。"),
            field="id",
        )
    if bool(corrections) is not (request.kind == CORRECTION):
        raise Refused(
            "corrections-do-not-fit",
            Text(
                f"The request asks for {request.kind}: corrections belong to a request for correction only, which "
                "needs one at least.",
                f"该请求的类型为 {request.kind}：仅更正请求须填写更正内容，且至少一项。",
            ),
            Text(
                "Give what is wrong and what is right, or leave corrections out.",
                "请填写原值和正确值，或去除。",
            ),
            field="corrections",
        )


def _beneath(call: Call, record: str) -> Call:
    """The officer's right holds at the node; each record is changed once for the request's cause."""
    return replace(call.cleared(), cause=derived_id(call.cause, record))


def _found(call: Call, kinds: Kinds, references: set[str]) -> Iterator[tuple[type[Aggregate], Data]]:
    """The node's own records with a personal field that holds one of the person's values."""
    for kind in kinds:
        names = dict.fromkeys((*kind.personal, "area", "updated_at"), 1)
        if kind.personal:
            for record in kind._get_collection().find({"owner": call.node.area}, names):
                if _holds(call, references, (record.get(name) for name in kind.personal)):
                    yield kind, record


def _holds(call: Call, references: set[str], stored: Iterator[Any]) -> bool:
    return any(reference(call.node, text) in references for value in stored for text in leaves(value))


def _copy(kind: type[Aggregate], record: Data) -> Data:
    held = {name: about for name, about in kind.personal.items() if record.get(name)}
    return {
        "kind": kind._get_collection_name(),
        "record": record["_id"],
        "area": record.get("area"),
        "data": {name: record[name] for name in held},
        "purpose": {name: about.purpose._asdict() for name, about in held.items()},
        "basis": {name: about.basis._asdict() for name, about in held.items()},
    }


@command
def _correct(
    call: Call,
    kind: type[Aggregate],
    subject: Subject,
    identifier: str,
    corrections: Sequence[Mapping[str, str]],
) -> bool:
    """Whether the record was changed, now or by this cause before."""
    try:
        record = load(call, kind, identifier)
    except AlreadyApplied:
        return True
    right = {reference(call.node, one["wrong"]): one["right"] for one in corrections}
    before = record.as_stored
    for name in kind.personal:
        stored = before.get(kind._fields[name].db_field)
        corrected = _put_right(call, stored, right)
        if corrected != stored:
            setattr(record, name, corrected)
    if not record._get_changed_fields():
        return False
    save(call, record, corrected_event(subject))
    return True


def _put_right(call: Call, value: Any, right: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return right.get(reference(call.node, value), value)
    if isinstance(value, Mapping):
        return {key: _put_right(call, each, right) for key, each in value.items()}
    if isinstance(value, list):
        return [_put_right(call, each, right) for each in value]
    return value


def _free(kind: type[Aggregate], record: Data) -> tuple[list[str], set[str]]:
    """Which personal fields may be erased, and the rules that keep the others."""
    kept = {
        name: f"{about.kept.zh} {about.kept.en}"
        for name, about in kind.personal.items()
        if about.kept and record.get(name) and _must_stay(about, record)
    }
    return [name for name in kind.personal if name not in kept], set(kept.values())


@command
def _erase(
    call: Call, kind: type[Aggregate], subject: Subject, identifier: str, names: Sequence[str]
) -> bool:
    """Blank the fields; True, now or by this cause before."""
    try:
        record = load(call, kind, identifier)
    except AlreadyApplied:
        return True
    for name in names:
        setattr(record, name, None)
    save(call, record, erased_event(subject))
    return True


def _must_stay(about: Personal, record: Mapping[str, Any]) -> bool:
    return about.years is None or record["updated_at"] + timedelta(days=366 * about.years) > clock.now()


def _erase_values(call: Call, kinds: Kinds, references: set[str]) -> None:
    """What entries of the chain refer to, also of records that this node has handed over since."""
    declared = {kind._get_collection_name(): kind.personal for kind in kinds}
    for one in values.held():
        about = declared.get(one["kind"], {}).get(one["field"])
        if (about is None or about.kept is None) and _holds(call, references, iter([one["value"]])):
            values.erase_one(one["_id"])


@command
def _record(call: Call, request: KnownDataRequest, outcome: Outcome) -> Execution:
    here = call.node.area
    made = Execution(
        id=derived_id(call.cause, "execution"), area=here, owner=here, seat=here, created_at=call.now
    )
    made.request, made.service, made.kind = request.id, call.service, request.kind
    made.found, made.changed, made.kept = outcome.found, outcome.changed, outcome.kept
    made.reasons = sorted(outcome.reasons)
    return save(call, made, recorded(call.service))


def erased_event(subject: Subject) -> EventType:
    """What a subject with personal fields tells of an erasure: nothing but that there was one."""
    return subject.event(ERASED, Text("personal data erased", "删除个人信息"))


def corrected_event(subject: Subject) -> EventType:
    return subject.event(CORRECTED, Text("personal data corrected", "更正个人信息"))
