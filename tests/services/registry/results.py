"""Sending workbooks to be imported, and reading the workbooks that come back."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any
from urllib.parse import quote

import openpyxl
import requests

from shared.http.files import CSV, XLSX
from tests.harness import RunningNode, eventually
from tests.services.registry.stock import FIRST, HEADERS, KEYS, Stock

IMPORTS = "/api/registry/imports"
ENDED = ("done", "failed", "cancelled")


def send(
    node: RunningNode, data: bytes, name: str = "名录.xlsx", role: str = "district_staff", key: str | None = None,
    **query: str,
) -> requests.Response:  # fmt: skip
    headers = {
        "Content-Type": XLSX if name.endswith("x") else CSV,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
    }
    return node.request("POST", IMPORTS, role, data=data, headers=headers, params=query, key=key)


def progress(node: RunningNode, identifier: str) -> dict[str, Any]:
    """How far an import is; asked again while the service is being started."""

    def look() -> dict[str, Any] | None:
        answer = node.get(f"{IMPORTS}/{identifier}")
        return dict(answer.json()) if answer.status_code == 200 else None

    found: dict[str, Any] = eventually(look, what="progress is told")
    return found


def ended(node: RunningNode, identifier: str, within: float = 40.0) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found = progress(node, identifier)
        return found if found["status"] in ENDED else None

    found: dict[str, Any] = eventually(look, within=within, what="the import has ended")
    return found


def tables(answer: requests.Response) -> list[list[dict[str, str]]]:
    """The sheets of an answered workbook, each row by the sheet's headers."""
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [_by_header(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]


def _by_header(sheet: Any) -> list[dict[str, str]]:
    rows = [[_text(cell.value) for cell in row] for row in sheet.iter_rows()]
    headers = [text.rstrip("*") for text in rows[0]]
    return [dict(zip(headers, row, strict=True)) for row in rows[1:]]


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def wrongs(made: Stock, answer: requests.Response) -> list[str]:
    """What is not right in a result: a line for each row that is refused or imported against what it holds, whose
    cells are not those that were sent, or whose faults are not told with sheet, row, column, reason and remedy."""
    rows, problems = tables(answer)[:2]
    found = [] if len(rows) == len(made.rows) else [f"{len(rows)} rows, sent were {len(made.rows)}"]
    told: dict[int, set[str]] = {}
    letters = dict(zip("ABCDEFGHIJK", KEYS, strict=True))
    for problem in problems:
        number = int(problem["所在行"])
        told.setdefault(number, set()).add(letters[problem["所在列"]])
        named = HEADERS[KEYS.index(letters[problem["所在列"]])] == problem["列名"]
        if problem["所在工作表"] != "名录" or not (named and problem["问题"] and problem["办法"]):
            found.append(f"row {number}: {problem}")
    for number, (sent, row) in enumerate(zip(made.rows, rows, strict=False), start=FIRST):
        wrong = made.wrong.get(number, set())
        if row["行号"] != str(number) or row["工作表"] != "名录":
            found.append(f"row {number} is at {row['工作表']} {row['行号']}")
        if (row["结果"] == "未导入") != bool(wrong) or bool(row["编号"]) == bool(wrong):
            found.append(f"row {number} is {row['结果']} with {row['编号'] or 'no id'}, at fault are {wrong}")
        if told.get(number, set()) != wrong or bool(row["原因与办法"]) != bool(wrong):
            found.append(f"row {number}: told are {told.get(number)}, at fault are {wrong}")
        for key, header in zip(KEYS, HEADERS, strict=True):
            if key not in wrong and row[header] != _text(sent.get(key)):
                found.append(f"row {number}: {header} is {row[header]!r}, sent was {sent.get(key)!r}")
    return found
