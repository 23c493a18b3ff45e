"""Whether what is told today can be read by the version before, and the other way round, by their JSON Schemas.

Both questions are one: could a writer by one schema tell anything that a reader by another does not accept? What a
reader does not know it ignores, so further fields are always allowed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
Described = Mapping[
    str, Any
]  # of one service: `published`, `handled`, `schemas`, as `tests.compat.collecting` makes it

NOTES = {"default", "description", "examples", "title", "deprecated", "readOnly", "writeOnly"}
AT_LEAST, AT_MOST = ("minimum", "minLength", "minItems"), ("maximum", "maxLength", "maxItems")
STRUCTURE = {"type", "properties", "required", "items", "additionalProperties", "enum", "$ref"}


def faults(before: Mapping[str, Described], now: Mapping[str, Described]) -> list[str]:
    """What breaks between two versions, both `{service: what it tells and reads}`; empty where nothing does.

    What the version before did not promise to itself either is none: there, the schemas say less than the code does.
    """
    known = set(_read(before, before))
    found = [*_told(before, now)]
    found += [f"{fault}: the version before reads it" for fault in _read(before, now) if fault not in known]
    found += [
        f"{fault}: the version before tells it so" for fault in _read(now, before) if fault not in known
    ]
    return sorted(set(found))


def explained(found: list[str], before: str) -> str:
    """The faults, and what to do about them."""
    remedy = (
        f"events change by additions only: put back what {before} had, or raise the subject's major version "
        "(version=2 in subjects.py), one release after its readers have learned to read both"
    )
    return "\n".join([*found, remedy])


def _told(before: Mapping[str, Described], now: Mapping[str, Described]) -> Iterator[str]:
    """Each event type and field of before is still told, in a form that others read already."""
    for service, described in before.items():
        today = now.get(service, {"published": {}, "schemas": {}})
        for name, event in described["published"].items():
            told = today["published"].get(name)
            if told is None:
                yield f"{name} is told no more"
            elif told["dataschema"] != event["dataschema"]:
                continue  # a new major version: readers of the one before park it until they are upgraded
            elif told["audience"] != event["audience"]:
                yield f"{name} goes to the audience {told['audience']}, not {event['audience']}"
            else:
                yield from _between(
                    name, (event["data"], described["schemas"]), (told["data"], today["schemas"]), whole=True
                )


def _read(readers: Mapping[str, Described], writers: Mapping[str, Described]) -> Iterator[str]:
    """Each reader of one version accepts whatever the other version tells it."""
    told = {
        name: (event, one["schemas"]) for one in writers.values() for name, event in one["published"].items()
    }
    for service, described in readers.items():
        for handler in described["handled"]:
            for name, (event, schemas) in told.items():
                if not takes(handler["of"], name) or handler["version"] < _version(event):
                    continue
                where = f"{name} as {service} reads it ({handler['by']})"
                yield from _between(where, (handler["data"], described["schemas"]), (event["data"], schemas))


def takes(handled: str, name: str) -> bool:
    """Whether a handler of `<service>.<noun>.<verb or *>` gets events of this type."""
    noun, _, verb = handled.rpartition(".")
    return name.rpartition(".")[0] == noun and verb in ("*", name.rpartition(".")[2])


def _version(event: Mapping[str, Any]) -> int:
    return int(event["dataschema"].rpartition(":")[2])


def _between(
    where: str, reader: tuple[Schema, Schema], writer: tuple[Schema, Schema], *, whole: bool = False
) -> Iterator[str]:
    """What the writer could tell that the reader does not accept. `whole`: every field of the reader's is meant,
    also those that it could do without. Both come with the schemas that they refer to."""
    reads, writes = _resolved(*reader), _resolved(*writer)
    yield from _types(where, reads, writes)
    yield from _limits(where, reads, writes)
    for name, schema in reads.get("properties", {}).items():
        told = writes.get("properties", {}).get(name)
        required = name in reads.get("required", ())
        if told is None:
            if required or whole:
                yield f"{where}: no field {name!r} is told"
            continue
        if required and name not in writes.get("required", ()):
            yield f"{where}: the field {name!r} may be missing"
        yield from _between(f"{where}: {name}", (schema, reader[1]), (told, writer[1]), whole=whole)
    for part in ("items", "additionalProperties"):
        if isinstance(reads.get(part), Mapping):
            told = writes.get(part)
            told = told if isinstance(told, Mapping) else {}
            yield from _between(f"{where}: each", (reads[part], reader[1]), (told, writer[1]), whole=whole)


def _types(where: str, reads: Schema, writes: Schema) -> Iterator[str]:
    accepted, told = _kinds(reads), _kinds(writes)
    if accepted and not told:
        yield f"{where} may be anything, not only {' or '.join(sorted(accepted))}"
    elif accepted and (beyond := told - accepted):
        yield f"{where} may be {' or '.join(sorted(beyond))}, not only {' or '.join(sorted(accepted))}"
    if "enum" in reads:
        told_values = writes.get("enum")
        if told_values is None:
            yield f"{where} may be any value, not only one of {reads['enum']}"
        elif beyond_values := [value for value in told_values if value not in reads["enum"]]:
            yield f"{where} may be {beyond_values}, not only one of {reads['enum']}"


def _limits(where: str, reads: Schema, writes: Schema) -> Iterator[str]:
    for word, value in reads.items():
        told = writes.get(word)
        if word in NOTES | STRUCTURE:
            continue
        right = (
            told is not None and told >= value
            if word in AT_LEAST
            else told is not None and told <= value
            if word in AT_MOST
            else told == value
        )
        if not right:
            yield f"{where} is read with {word} {value} and told with {told}"


def _kinds(schema: Schema) -> set[str]:
    given = schema.get("type", [])
    kinds = {given} if isinstance(given, str) else set(given)
    return kinds | {"integer"} if "number" in kinds else kinds


def _resolved(schema: Schema, schemas: Schema) -> Schema:
    """Without references; a reference beside null (`anyOf`) counts as the type or null."""
    if "$ref" in schema:
        return _resolved(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    choices = schema.get("anyOf") or schema.get("allOf")
    if choices:
        merged: dict[str, Any] = {}
        kinds: set[str] = set()
        for choice in choices:
            found = _resolved(choice, schemas)
            kinds |= _kinds(found)
            merged |= {word: value for word, value in found.items() if word != "type"}
        return merged | {"type": sorted(kinds)}
    return schema
