"""One entry of the trail: what a change of a record leaves behind, in the same write as the change itself.

It holds JSON's own types only, so that its hash is the same wherever it is computed. Why something was changed
is in `after` under `reasons`, where the record has them. Machinery (versions, outbox,
inbox) is left out. Personal values stand in `before` and `after` as `{"personal": <reference>}`; the values go
with the entry under `personal` until it is sealed, and are kept apart from the chain from then on
(`shared.audit.personal`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from mongoengine import DateField, Document

from shared import areas, clock
from shared.audit.personal import Declared, references

if TYPE_CHECKING:
    from shared.call import Call

Entry = dict[str, Any]

TRAIL, UNSEALED = (
    "trail",
    "unsealed_since",
)  # in a record: its entries that are not in the chain yet, since when
ERASED = "erased"  # verb of the event that tells that a record's personal fields were blanked

_EMPTY: tuple[Any, ...] = (None, [], {})  # how the store keeps a field that nobody has filled
_MACHINERY = frozenset(
    {"_id", "version", "sequence", "epoch", "schema_version", "created_at", "updated_at", "seat",
     "outbox", "inbox", "pending_since", TRAIL, UNSEALED}
)  # fmt: skip


def entry(
    call: Call, envelope: Mapping[str, Any], kind: type[Document], before: Mapping[str, Any],
    after: Mapping[str, Any], parts: Iterable[Document] = (),
) -> Entry:  # fmt: skip
    """The entry of one change of a record of `kind`, as the store had it and has it now; `envelope` is the event
    that tells of it, `parts` are plain records written with it."""
    declared: Declared = getattr(kind, "personal", {})
    old, new = _changed(kind, before, after)
    made: Entry = {
        "id": envelope["id"],
        "at": envelope["time"],
        "written_at": clock.text(clock.wall()),
        "kind": kind._get_collection_name(),
        "record": envelope["subject"],
        "area": envelope["area"],
        "sequence": envelope["sequence"],
        "event": envelope["type"],
        "operation": call.operation,
        "actor": call.actor.subject,
        "grants": _used(call, envelope["area"]),
        "organisation": call.actor.organisation,
        "origin": call.origin,
        "cause": call.cause,
        "correlation": envelope["correlationid"],
    }
    values: dict[str, Any] = {}
    if envelope["type"].endswith(f".{ERASED}"):
        made["erases"] = sorted(name for name in declared if after.get(name) in _EMPTY)
        old = {name: value for name, value in old.items() if name not in made["erases"]}
    made["before"] = references(old, declared, values, made["kind"])
    made["after"] = references(new, declared, values, made["kind"])
    if written := [_part(part, values) for part in parts]:
        made["written_with"] = written
    if values:
        made["personal"] = values
    return made


def _changed(
    kind: type[Document], before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ, as they were and as they are; what is empty is left out."""
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    names = {field.db_field: field for field in kind._fields.values() if field.db_field not in _MACHINERY}
    for name, field in names.items():
        was, now = before.get(name), after.get(name)
        if was == now or (was in _EMPTY and now in _EMPTY):
            continue
        was, now = _plain(was, field), _plain(now, field)
        if was == now:
            continue
        if was not in _EMPTY:
            old[name] = was
        if now not in _EMPTY:
            new[name] = now
    return old, new


def _part(part: Document, values: dict[str, Any]) -> dict[str, Any]:
    kind = type(part)
    _, state = _changed(kind, {}, part.to_mongo().to_dict())
    name = kind._get_collection_name()
    told = references(state, getattr(kind, "personal", {}), values, name)
    return {"kind": name, "record": part.id, "after": told}


def _used(call: Call, area: str) -> list[list[str]]:
    """The actor's grants that count at the record's area, of those that the route admits."""
    admitted = call.rule.holders if call.rule is not None and call.rule.bound else None
    return [
        [grant.role, grant.area]
        for grant in call.actor.grants
        if (admitted is None or grant.role in admitted) and areas.contains(grant.area, area)
    ]


def _plain(value: Any, field: Any = None) -> Any:
    """As JSON has it; days as such, which the store keeps as midnights."""
    match value:
        case datetime():
            told = clock.text(value if value.tzinfo else value.replace(tzinfo=UTC))
            return told[:10] if isinstance(field, DateField) else told
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case bool() | str() | float() | None:
            return value
        case int():
            return int(value)
        case _:
            return str(value)
