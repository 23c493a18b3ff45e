"""`hatchery audit export`: entries for an auditor, as JSON lines or CSV. Personal values stay references."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, TextIO

from deploy.audit import chains
from deploy.home import Home
from deploy.trouble import UNREACHABLE, Trouble
from shared.audit.sealing import matching

Form = Literal["jsonl", "csv"]
COLUMNS = (
    "service", "_id", "written_at", "at", "event", "operation", "actor", "grants", "organisation", "origin", "kind",
    "record", "area", "sequence", "cause", "correlation", "before", "after", "written_with", "entry", "epoch",
    "previous", "hash",
)  # fmt: skip
# What a spreadsheet would take for a formula at the beginning of a cell (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def export(home: Home, area: str, service: str | None, to: Path, form: Form, given: dict[str, Any]) -> int:
    """Write the entries that `matching(**given)` finds; how many. Raises Trouble."""
    with chains.opened(home, area) as (node, databases):
        found = (
            {"service": name} | entry
            for name in chains.chosen(node, service)
            for entry in chains.entries(databases[name], matching(**given))
        )
        try:
            with to.open("w", encoding="utf-8-sig" if form == "csv" else "utf-8", newline="") as file:
                to.chmod(0o600)
                return (_csv if form == "csv" else _lines)(file, found)
        except OSError as error:
            raise Trouble(f"{to} cannot be written: {error.strerror}", UNREACHABLE) from error


def _lines(file: TextIO, found: Iterable[dict[str, Any]]) -> int:
    count = 0
    for entry in found:
        file.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")
        count += 1
    return count


def _csv(file: TextIO, found: Iterable[dict[str, Any]]) -> int:
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    count = 0
    for entry in found:
        writer.writerow(list(cells(entry)))
        count += 1
    return count


def cells(entry: dict[str, Any]) -> Iterator[str]:
    """One row; what a spreadsheet would run begins with an apostrophe."""
    for name in COLUMNS:
        value = entry.get(name)
        if isinstance(value, dict | list):
            value = json.dumps(value, ensure_ascii=False, sort_keys=True)
        text = "" if value is None else str(value)
        yield f"'{text}" if text.startswith(_FORMULA) else text
