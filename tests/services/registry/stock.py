"""Workbooks of organisations as a district's staff would fill them in, sound rows and faulty ones."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from services.registry.domain.imports import BY_KEY, COLUMNS
from shared import areas
from tests.services.registry.credit_codes import credit_code

HEADERS = [column.label.zh for column in COLUMNS]
KEYS = [column.key for column in COLUMNS]
FIRST = 3  # row number of the first organisation: a title and the headers stand above
FORMULA, ERROR, MERGED = "=A1", "#N/A", "merged"

Row = dict[str, Any]


@dataclass
class Stock:
    """Rows for a workbook; `wrong` has the columns, by their keys, that are at fault in each row number."""

    rows: list[Row] = field(default_factory=list)
    wrong: dict[int, set[str]] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)

    def add(self, row: Row, *wrong: str) -> None:
        if wrong:
            self.wrong[FIRST + len(self.rows)] = set(wrong)
        self.rows.append(row)

    @property
    def sound(self) -> list[Row]:
        return [row for number, row in enumerate(self.rows, start=FIRST) if number not in self.wrong]

    def workbook(self, sheet_name: str = "名录") -> bytes:
        out = io.BytesIO()
        book: Any = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
        book.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC)})  # the same bytes each time
        sheet = book.add_worksheet(sheet_name)
        sheet.write_string(0, 0, "社会组织名录（存量）")
        for index, header in enumerate(HEADERS):
            sheet.write_string(1, index, header)
        for at, row in enumerate(self.rows, start=FIRST - 1):
            for index, key in enumerate(KEYS):
                _write(sheet, at, index, row.get(key))
        book.add_worksheet("备注").write_string(0, 0, "由街道汇总")
        book.close()
        return out.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    if value == FORMULA:
        sheet.write_formula(row, column, FORMULA, None, "计算值")
    elif value == ERROR:
        sheet.write_formula(row, column, "=NA()", None, "#N/A")
    elif value == MERGED:
        sheet.merge_range(row, column, row, column + 1, "合并")
    elif value is not None:
        sheet.write(row, column, value)


def registered(number: int, area: str) -> Row:
    return {
        "area": f"{area} {areas.name(area)}",
        "name": f"助老服务中心{number:05d}",
        "track": "登记",
        "type": "民办非企业单位",
        "credit_code": credit_code("52"),
        "category": "社区服务",
        "supervising_unit": "区民政局",
        "established_on": "2015年3月9日",
        "status": "正常",
        "decided_on": "2016/2/1",
    }


def filed(number: int, area: str) -> Row:
    return {"area": area, "name": f"晨练队{number:05d}", "track": "filed", "established_on": "2019-05-04"}


def _broken(row: Row, **changes: Any) -> Row:
    return row | changes


# One faulty row of each kind: what is changed in a sound one, and the columns that are then at fault.
Faulty = tuple[Callable[[int, str], Row], Row, tuple[str, ...]]
FAULTS: dict[str, Faulty] = {
    "no division code": (registered, {"area": "2301"}, ("area",)),
    "a code that the list has not": (filed, {"area": "230102999"}, ("area",)),
    "another district": (filed, {"area": "330203"}, ("area",)),
    "no name": (registered, {"name": None}, ("name",)),
    "a name too long": (filed, {"name": "长" * 101}, ("name",)),
    "a name of two lines": (filed, {"name": "一\n二"}, ("name",)),
    "an unknown track": (registered, {"track": "注册"}, ("track",)),
    "an unknown type": (registered, {"type": "公司"}, ("type",)),
    "no type": (registered, {"type": None}, ("type",)),
    "a wrong check digit": (registered, {"credit_code": "52230102MJ0000001A"}, ("credit_code",)),
    "a code of another type": (registered, {"type": "基金会"}, ("credit_code",)),
    "no code": (registered, {"credit_code": None}, ("credit_code",)),
    "a code that lost digits": (registered, {"credit_code": 522301020000000010}, ("credit_code",)),
    "a type of a filed team": (filed, {"type": "社会团体"}, ("type",)),
    "no date": (registered, {"established_on": "去年"}, ("established_on",)),
    "a day that there is not": (filed, {"established_on": "2019-02-30"}, ("established_on",)),
    "a day to come": (filed, {"established_on": "2099-01-01"}, ("established_on",)),
    "decided before it was": (registered, {"decided_on": "2014-01-01"}, ("decided_on",)),
    "an unknown state": (registered, {"status": "很好"}, ("status",)),
    "a formula": (registered, {"supervising_unit": FORMULA}, ("supervising_unit",)),
    "an error value": (registered, {"category": ERROR}, ("category",)),
    "merged cells": (registered, {"category": MERGED, "supervising_unit": None}, ("category", "supervising_unit")),
    "three faults at once": (
        registered, {"name": None, "track": "?", "established_on": 1}, ("name", "track", "established_on"),
    ),
}  # fmt: skip


def stock(rows: int, faulty: int, places: list[str], seed: int = 1) -> Stock:
    """A workbook of so many rows, of which so many are faulty, all kinds in turn, in no order."""
    chance = random.Random(seed)
    bad = set(chance.sample(range(1, rows), faulty))
    kinds = list(FAULTS)
    made = Stock()
    for number in range(rows):
        area = chance.choice(places)
        if number not in bad:
            made.add((registered if number % 2 else filed)(number, area))
            continue
        kind = (
            kinds[len(made.wrong) % (len(kinds) + 1) - 1] if len(made.wrong) % (len(kinds) + 1) else "twice"
        )
        made.kinds.add(kind)
        if kind == "twice":
            before = next(row for row in reversed(made.sound))
            made.add(dict(before), "credit_code" if before.get("credit_code") else "name")
        else:
            sound, changes, wrong = FAULTS[kind]
            made.add(sound(number, area) | changes, *wrong)
    return made


assert set(KEYS) == set(BY_KEY)
