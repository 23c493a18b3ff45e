"""Importing and exporting organisations over HTTP, broker and store."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
import requests

from shared.http.files import CSV, XLSX
from tests.harness import RunningNode, eventually
from tests.services.registry.stock import FIRST, KEYS, Stock, stock

pytestmark = pytest.mark.service

IMPORTS = "/api/registry/imports"
STREET = "230102001"


@pytest.fixture(scope="module")
def district(node: Callable[..., RunningNode]) -> RunningNode:
    return node(["registry"])


def send(
    district: RunningNode, data: bytes, name: str = "名录.xlsx", role: str = "district_staff", **query: str
) -> requests.Response:
    headers = {
        "Content-Type": XLSX if name.endswith("x") else CSV,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
    }
    return district.request("POST", IMPORTS, role, data=data, headers=headers, params=query)


def ended(district: RunningNode, identifier: str) -> dict[str, Any]:
    def look() -> Any:
        found = district.get(f"{IMPORTS}/{identifier}").json()
        return found if found["status"] in ("done", "failed", "cancelled") else None

    found: dict[str, Any] = eventually(look, what="the import has ended")
    return found


def done(district: RunningNode, made: Stock, **query: str) -> dict[str, Any]:
    sent = send(district, made.workbook(), **query)
    assert sent.status_code == 202, sent.text
    return ended(district, sent.json()["id"])


def table(answer: requests.Response, sheet: int) -> list[dict[str, Any]]:
    """A sheet of an answered workbook, by its headers."""
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]
    headers = [str(text).rstrip("*") for text in rows[0]]
    return [dict(zip(headers, row, strict=True)) for row in rows[1:]]


def test_rows_are_taken_over_or_refused_each_with_place_reason_and_remedy(district: RunningNode) -> None:
    made = stock(80, 24, [STREET, "230102001002"])
    assert len(made.kinds) == 24
    found = done(district, made)
    assert found["problem"] is None
    assert (found["status"], found["total"], found["ignored"]) == ("done", 80, ["备注"])
    assert (found["accepted"], found["refused"], found["present"]) == (56, 24, 0)
    result = district.get(f"{IMPORTS}/{found['id']}/result.xlsx")
    lines = table(result, 0)
    assert [line["行号"] for line in lines] == [str(FIRST + n) for n in range(80)]
    refused = {int(line["行号"]) for line in lines if line["结果"] == "未导入"}
    assert refused == set(made.wrong)
    problems = table(result, 1)
    told: dict[int, set[str]] = {}
    letters = dict(zip("ABCDEFGHIJK", KEYS, strict=True))
    for problem in problems:
        assert problem["所在工作表"] == "名录"
        assert problem["问题"]
        assert problem["办法"]
        told.setdefault(int(problem["所在行"]), set()).add(letters[problem["所在列"]])
    assert told == made.wrong
