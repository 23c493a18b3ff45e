"""Tables of organisations as files. Each function runs apart from the service (`shared.apart`): bytes in, bytes out.

What is given is one line of JSON, for `read` followed by the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from services.registry.domain import imports as rules
from shared import areas
from shared.errors import Fault, Refused, Text
from shared.sheets import reading, writing
from shared.sheets.cells import Cell
from shared.sheets.form import Column, Layout, by_key, layout, letter

TOLD = (
    Column("sheet", Text("sheet", "工作表"), told=True),
    Column("row", Text("row", "行号"), told=True, width=8),
    Column("outcome", Text("outcome", "结果"), told=True, width=10),
    Column("reasons", Text("reasons", "原因与办法"), told=True, width=60),
    Column("id", Text("id", "编号"), told=True, width=38),
    Column("owner", Text("owner", "管理节点"), told=True, width=14),
    Column("updated_at", Text("updated at", "更新时间"), told=True, width=26),
)
RESULT = (*rules.COLUMNS, *TOLD[:5])
EXPORT = (*rules.COLUMNS, *TOLD[4:])
PROBLEMS = tuple(
    Column(key, Text(en, zh), width=width)
    for key, en, zh, width in (
        ("sheet", "in sheet", "所在工作表", 16),
        ("row", "in row", "所在行", 8),
        ("column", "in column", "所在列", 8),
        ("header", "header", "列名", 20),
        ("cell", "what stands there", "填写内容", 30),
        ("reason", "what is wrong", "问题", 50),
        ("remedy", "what to do", "办法", 50),
    )
)
TABLE, NOTES, FAULTY = Text("organisations", "社会组织"), Text("notes", "说明"), Text("problems", "问题")
OUTCOMES = {
    "waiting": Text("not handled", "未处理"),
    "accepted": Text("imported", "已导入"),
    "present": Text("there already", "已存在"),
    "refused": Text("refused", "未导入"),
}


def _given(raw: bytes) -> tuple[dict[str, Any], bytes]:
    head, _, rest = raw.partition(b"\n")
    return json.loads(head), rest


def read(raw: bytes) -> bytes:
    """Read and check a file. Given: `area`, `today`. Answers `sheets`, `ignored` and `rows`. Raises Refused."""
    given, file = _given(raw)
    sheets = reading.read(file)
    laid = [(sheet, layout(sheet, (*rules.COLUMNS, *TOLD))) for sheet in sheets]
    tables = [(sheet, place) for sheet, place in laid if place is not None]
    if not tables:
        raise Refused(
            "no-columns",
            Text(
                "No sheet has the columns of organisations in its first rows.",
                "没有工作表在前几行含有社会组织的列名。",
            ),
            Text("Start from the template.", "请使用模板填写。"),
            field="file",
        )
    today = date.fromisoformat(given["today"])
    rows = [
        (rules.Place(sheet.name, row.number), cells, rules.check(cells, given["area"], today))
        for sheet, place in tables
        for row in sheet.rows
        if row.number > place.header and _filled(cells := by_key(row, place.columns))
    ]
    again = rules.twice((place, checked.values) for place, _, checked in rows)
    answer = {
        "sheets": [{"name": s.name, "header": p.header, "letters": _letters(p)} for s, p in tables],
        "ignored": [sheet.name for sheet, place in laid if place is None],
        "rows": [_row(place, cells, checked, again.get(place)) for place, cells, checked in rows],
    }
    return json.dumps(answer, ensure_ascii=False).encode()


def _filled(cells: dict[str, Cell]) -> bool:
    return any(cell.text or cell.trouble for cell in cells.values())


def _letters(place: Layout) -> dict[str, str]:
    return {column.key: letter(index) for index, column in place.columns.items()}


def _row(
    place: rules.Place, cells: dict[str, Cell], checked: rules.Checked, again: Fault | None
) -> dict[str, Any]:
    faults = [*checked.faults, again] if again else checked.faults
    values = {k: v.isoformat() if isinstance(v, date) else v for k, v in checked.values.items()}
    return {
        "sheet": place.sheet,
        "number": place.number,
        "cells": {key: cell.text for key, cell in cells.items() if cell.text},
        "values": values,
        "faults": [{"field": f.field, "reason": list(f.reason), "remedy": list(f.remedy)} for f in faults],
    }


def template(raw: bytes) -> bytes:
    """An empty workbook with drop-downs. Given: `area`, whose codes are offered, and `language`."""
    given, _ = _given(raw)
    language = given["language"]
    book = writing.Book(language)
    sheet = book.table(TABLE.within(language), rules.COLUMNS)
    book.notes(NOTES.within(language), _notes(language))
    known = areas.divisions(given["area"][:6]).values()
    codes = [f"{d.code} {d.name}" for d in known if areas.contains(given["area"], d.code)]
    for index, column in enumerate(rules.COLUMNS):
        if column.key == "area" and codes:
            book.offer(sheet, index, codes, only=False)
        elif column.key == "category":
            book.offer(sheet, index, rules.CATEGORIES, only=False)
        elif column.choices:
            book.offer(sheet, index, [word.within(language) for word in column.choices.values()], only=True)
    return book.done()


def _notes(language: str) -> Iterable[str]:
    yield Text(
        "One row for each organisation that is registered or filed already. Columns with * are required.",
        "每行一个已登记或已备案的社会组织，带 * 的列必填。",
    ).within(language)
    yield Text(
        "Leave the headers as they are. Values, no formulas; no merged cells. At most "
        f"{reading.MOST_ROWS} rows.",
        f"请勿改动表头；填写数值，不用公式，不合并单元格；不超过 {reading.MOST_ROWS} 行。",
    ).within(language)
    yield Text(
        "After the import, save the result: correct the refused rows in it and import it again.",
        "导入后请下载结果表，在其中更正未导入的行后再次导入，已导入的行不会重复。",
    ).within(language)
    for column in rules.COLUMNS:
        star = "*" if column.required else ""
        yield f"{column.label.within(language)}{star}: {column.hint.within(language)}"


def result(raw: bytes) -> bytes:
    """What came of each row. Given: `language`, `format`, `sheets` as `read` answered them, and `rows`."""
    given, _ = _given(raw)
    language = given["language"]
    letters = {sheet["name"]: sheet["letters"] for sheet in given["sheets"]}
    records = [_told(row, language, letters[row["sheet"]]) for row in given["rows"]]
    if given["format"] == "csv":
        return writing.as_csv(language, RESULT, records)
    book = writing.Book(language)
    book.table(TABLE.within(language), RESULT, records)
    problems = [p for row in given["rows"] for p in _problems(row, language, letters[row["sheet"]])]
    book.table(FAULTY.within(language), PROBLEMS, problems)
    return book.done()


def _told(row: dict[str, Any], language: str, letters: dict[str, str]) -> dict[str, str]:
    said = [
        f"{p['column']} {p['header']}：{p['reason']}{p['remedy']}" if language == "zh"
        else f"{p['column']} {p['header']}: {p['reason']} {p['remedy']}"
        for p in _problems(row, language, letters)
    ]  # fmt: skip
    return row["cells"] | {
        "sheet": row["sheet"],
        "row": str(row["number"]),
        "outcome": OUTCOMES[row["status"]].within(language),
        "reasons": "\n".join(line.strip() for line in said),
        "id": row["organisation"] or "",
    }


def _problems(row: dict[str, Any], language: str, letters: dict[str, str]) -> Iterable[dict[str, str]]:
    """A record for each fault of a row; one of the row as a whole has no column."""
    for fault in row["faults"]:
        column = rules.BY_KEY.get(fault["field"])
        yield {
            "sheet": row["sheet"],
            "row": str(row["number"]),
            "column": letters.get(fault["field"], ""),
            "header": column.label.within(language) if column else "",
            "cell": row["cells"].get(fault["field"], ""),
            "reason": Text(*fault["reason"]).within(language),
            "remedy": Text(*fault["remedy"]).within(language),
        }


def export(raw: bytes) -> bytes:
    """Organisations as a table that can be imported again. Given: `language`, `format` and `records`."""
    given, _ = _given(raw)
    language = given["language"]
    records = [_labelled(record, language) for record in given["records"]]
    if given["format"] == "csv":
        return writing.as_csv(language, EXPORT, records)
    book = writing.Book(language)
    book.table(TABLE.within(language), EXPORT, records)
    return book.done()


def _labelled(record: dict[str, str], language: str) -> dict[str, str]:
    """Values of choices by their words; states that are not imported have theirs too."""
    words = {column.key: column.choices for column in rules.COLUMNS} | {"status": rules.WORDS}
    said = {
        key: known[record[key]].within(language) for key, known in words.items() if record.get(key) in known
    }
    return record | said
