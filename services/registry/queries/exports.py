"""Organisations as a table for other programs."""

from __future__ import annotations

import json
from typing import Any

from services.registry.documents.organisations import Organisation
from shared import clock
from shared.apart import apart
from shared.call import Call
from shared.errors import Refused, Text
from shared.http import Download
from shared.http.files import CSV, XLSX
from shared.store.queries import seen

MOST = 50_000  # organisations in one file: more takes longer than a caller waits
_TYPES = {"xlsx": XLSX, "csv": CSV}
_TEXTS = ("area", "name", "track", "type", "credit_code", "category", "supervising_unit", "status", "owner")
_FILTERS = ("track", "type", "category", "status")

Data = dict[str, Any]


def export(call: Call, query: Data, kind: str) -> Download:
    """The organisations that the caller may see, as `xlsx` or `csv`. Raises Refused beyond MOST."""
    wanted = seen(call, Organisation, query["area"]).filter(
        **{n: query[n] for n in _FILTERS if query[n] is not None}
    )
    if wanted.count() > MOST:
        raise Refused(
            "too-many-to-export",
            Text(f"These are more than {MOST} organisations.", f"符合条件的组织超过 {MOST} 个。"),
            Text("Export area by area.", "请按区域分别导出。"),
            field="area",
        )
    shown = [*_TEXTS, "established_on", "decided_at", "valid_until", "updated_at"]
    # Plain documents: building objects of 50,000 would hold up everything else.
    found = Organisation._get_collection().find(wanted._query, shown).sort("_id", 1)
    given = {"language": query["language"], "format": kind, "records": [_record(one) for one in found]}
    made = apart("services.registry.sheets:export", json.dumps(given, ensure_ascii=False).encode())
    name = Text("organisations", "社会组织").within(query["language"])
    return Download(f"{name}-{query['area'] or call.node.area}.{kind}", _TYPES[kind], made)


def _record(one: Data) -> dict[str, str]:
    decided, until = one.get("decided_at"), one.get("valid_until")
    return {name: one.get(name) or "" for name in _TEXTS} | {
        "id": one["_id"],
        "established_on": one["established_on"].date().isoformat(),
        "decided_on": decided.astimezone(clock.CHINA).date().isoformat() if decided else "",
        "valid_until": until.date().isoformat() if until else "",
        "updated_at": clock.text(one["updated_at"]),
    }
