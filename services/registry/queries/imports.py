"""What can be asked of imports, and of the organisations that a row may tell of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from services.registry.documents.imports import Import, ImportRow
from services.registry.documents.organisations import Organisation
from services.registry.domain import imports as rules
from shared.apart import apart
from shared.call import Call
from shared.errors import Conflict, NotFound, Text
from shared.http import Download, Page
from shared.http.files import CSV, XLSX
from shared.lifecycle import table
from shared.store.queries import page_for

Data = dict[str, Any]
_TYPES = {"xlsx": XLSX, "csv": CSV}


def load_import(call: Call, identifier: str) -> Import:
    """An import. Raises NotFound; Forbidden to whom has no role at its area."""
    found = Import.objects(id=identifier).first()
    if found is None:
        raise NotFound(
            "no-such-import",
            Text(f"There is no import {identifier} at this node.", f"本节点没有导入任务 {identifier}。"),
            Text("Ask the node that took the file.", "请向接收文件的节点查询。"),
            field="id",
        )
    call.authorise(found.area)
    return found


def progress(found: Import) -> Data:
    """An import with the number of its rows by what came of them."""
    settled = dict.fromkeys(_SETTLED, 0) | found.counts
    handled = sum(settled.values())
    told = {name: getattr(found, name) for name in _SHOWN} | {"problem": found.problem or None}
    return told | settled | {"handled": handled, "waiting": (found.total or 0) - handled}


def counted(identifier: str) -> dict[str, int]:
    """The settled rows of an import by what came of them, counted one by one."""
    rows = ImportRow._get_collection().aggregate(
        [{"$match": {"import_id": identifier}}, {"$group": {"_id": "$status", "rows": {"$sum": 1}}}]
    )
    return {one["_id"]: one["rows"] for one in rows if one["_id"] in _SETTLED}


_SETTLED = tuple(status for status, onward in table(rules.RowLife).items() if not onward)
_SHOWN = (
    "id", "area", "name", "digest", "size", "status", "total", "ignored", "created_at", "finished_at",
)  # fmt: skip


def imports(call: Call, query: Data) -> Page[Data]:
    """The imports that the caller may see, in the order of their ids."""
    page: Page[Import] = page_for(call, cast(Any, Import), query)
    return Page([progress(item) for item in page.items], page.next)


def template(call: Call, area: str | None, language: str) -> Download:
    """An empty workbook for an area."""
    given = {"area": area or call.node.area, "language": language}
    call.authorise(given["area"])
    made = apart("services.registry.sheets:template", json.dumps(given).encode())
    return Download(f"{Text('organisations', '社会组织导入模板').within(language)}.xlsx", XLSX, made)


def result(call: Call, identifier: str, kind: str, language: str) -> Download:
    """What came of each row, as `xlsx` or `csv`. Raises Conflict while the file is not read."""
    found = load_import(call, identifier)
    if found.total is None:
        raise Conflict(
            "no-rows-yet",
            Text("The file has not been read, so there are no rows.", "文件尚未读取，没有可供下载的行。"),
            Text("Look at the import's status first.", "请先查看导入任务的状态。"),
            field="status",
            status_of_import=found.status,
        )
    rows = [
        {"organisation": None} | {name: row.get(name) for name in _ROW}
        for row in ImportRow._get_collection().find({"import_id": found.id}).sort("_id", 1)
    ]
    given = {"language": language, "format": kind, "sheets": found.sheets, "rows": rows}
    made = apart("services.registry.sheets:result", json.dumps(given, ensure_ascii=False).encode())
    stem = found.name.rpartition(".")[0] or found.name
    return Download(f"{stem}-{Text('result', '导入结果').within(language)}.{kind}", _TYPES[kind], made)


_ROW = ("sheet", "number", "cells", "faults", "status", "organisation")


class Known(NamedTuple):
    """Organisations that are there already: by credit code, and filed ones by area and name."""

    by_code: dict[str, Data]
    by_name: dict[tuple[str, str], Data]

    def of(self, values: Mapping[str, Any]) -> Data | None:
        """The organisation that a row tells of."""
        key, identity = rules.identity_of(values)
        if key == "credit_code":
            return self.by_code.get(identity[0])
        return self.by_name.get((identity[0], identity[1])) if key else None


def known(rows: Iterable[Mapping[str, Any]]) -> Known:
    """What is there already of the organisations that these rows tell of, also at other nodes."""
    told = list(rows)
    codes = [values["credit_code"] for values in told if values.get("credit_code")]
    names = [values["name"] for values in told if values.get("track") == "filed" and values.get("name")]
    collection, shown = Organisation._get_collection(), {"name": 1, "area": 1, "credit_code": 1}
    by_code = collection.find({"credit_code": {"$in": codes}}, shown) if codes else ()
    standing = {"name": {"$in": names}, "track": "filed", "status": {"$nin": rules.ENDED}}
    by_name = collection.find(standing, shown) if names else ()
    return Known(
        {one["credit_code"]: one for one in by_code}, {(one["area"], one["name"]): one for one in by_name}
    )
