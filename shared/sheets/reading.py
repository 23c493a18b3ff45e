"""Reading workbooks and CSV that strangers send, without trusting a byte of them. Run it apart."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.utils import column_index_from_string

from shared.errors import Refused, Text
from shared.sheets.cells import Cell, cell
from shared.sheets.form import Row, Sheet

MOST_ROWS = 20_000  # that are not empty, of all sheets together
WIDEST = 100  # columns
UNPACKED = 128 * 1024 * 1024  # bytes of all parts of a workbook: 20,000 rows of 20 columns have some 40 MiB
MOST_PARTS = 1000
LONGEST_CELL = 32_767  # characters, as in Excel
_XML = (".xml", ".rels")
_WHOLE = 10**15  # what a program keeps of a number exactly

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and any workbook with a password
_MERGED = re.compile(rb'mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
Area = tuple[int, int, int, int]  # first column and row, last column and row, from 1


def read(data: bytes) -> list[Sheet]:
    """The visible sheets of a workbook, or the one table of a CSV. Raises Refused, saying what to do instead."""
    if data.startswith(_OLE):
        raise _refused(
            "old-or-locked-workbook",
            Text(
                "This is an old .xls workbook, or one with a password.",
                "这是旧版 .xls 文件或已加密的工作簿。",
            ),
            Text("Save it as .xlsx without a password.", "请另存为不加密的 .xlsx 文件。"),
        )
    sheets = _workbook(data) if data.startswith(b"PK") else [_csv(data)]
    if sum(len(sheet.rows) for sheet in sheets) > MOST_ROWS:
        raise _too_many()
    return sheets


def _refused(code: str, detail: Text, remedy: Text) -> Refused:
    return Refused(code, detail, remedy, field="file")


def _too_many() -> Refused:
    return _refused(
        "too-many-rows",
        Text(f"The file has more than {MOST_ROWS} rows.", f"文件超过 {MOST_ROWS} 行。"),
        Text("Split it.", "请拆分文件。"),
    )


def _unreadable() -> Refused:
    return _refused(
        "not-a-workbook",
        Text("The file cannot be read as an .xlsx workbook.", "无法按 .xlsx 工作簿读取该文件。"),
        Text("Open it in a spreadsheet program and save it as .xlsx.", "请用表格程序打开并另存为 .xlsx。"),
    )


def _workbook(data: bytes) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            _check_parts(parts)
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            return [_sheet(sheet, parts) for sheet in visible]
    except (Refused, MemoryError):
        raise
    except Exception:  # whatever the library stumbles over in strangers' bytes
        raise _unreadable() from None


def _check_parts(parts: zipfile.ZipFile) -> None:
    """Look at what is packed before anything is unpacked. Raises Refused."""
    packed = parts.infolist()
    if len(packed) > MOST_PARTS or sum(part.file_size for part in packed) > UNPACKED:
        raise _refused(
            "workbook-too-large",
            Text("The workbook unpacks to more than is allowed.", "工作簿解压后超过允许的大小。"),
            Text(
                "Delete empty rows, pictures and other sheets, or split it.",
                "请删除空行、图片和其他工作表，或拆分文件。",
            ),
        )
    names = {part.filename for part in packed}
    if "[Content_Types].xml" not in names or any(part.flag_bits & 1 for part in packed):
        raise _unreadable()
    if "xl/vbaProject.bin" in names or b"macroEnabled" in parts.read("[Content_Types].xml"):
        raise _refused(
            "workbook-with-macros",
            Text("The workbook has macros.", "工作簿包含宏。"),
            Text("Save it as .xlsx without macros.", "请另存为不含宏的 .xlsx 文件。"),
        )
    # No program writes these, and what a reader makes of them depends on which XML library is installed.
    if any(b"<!DOCTYPE" in _beginning(parts, part) for part in packed if part.filename.endswith(_XML)):
        raise _unreadable()


def _beginning(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with parts.open(part) as opened:
        return opened.read(4096)


def _sheet(sheet: Any, parts: zipfile.ZipFile) -> Sheet:
    sheet.reset_dimensions()  # what the sheet says of its own size may be anything
    rows: list[Row] = []
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = _trimmed([_cell(value) for value in values])
        if len(cells) > WIDEST:
            raise _refused(
                "too-many-columns",
                Text(
                    f"Sheet '{sheet.title}' is wider than {WIDEST} columns.",
                    f"工作表“{sheet.title}”超过 {WIDEST} 列。",
                ),
                Text("Start from the template.", "请使用模板填写。"),
            )
        if cells:
            rows.append(Row(number, cells))
        if len(rows) > MOST_ROWS:
            raise _too_many()
    merged = [_area(found) for found in _MERGED.findall(parts.read(sheet._worksheet_path))]
    return Sheet(sheet.title, [_with_merged(row, merged) for row in rows])


def _area(found: tuple[bytes, bytes, bytes, bytes]) -> Area:
    left, top, right, bottom = (part.decode() for part in found)
    return column_index_from_string(left), int(top), column_index_from_string(right), int(bottom)


def _trimmed(cells: list[Cell]) -> list[Cell]:
    while cells and not cells[-1].text and not cells[-1].trouble:
        cells.pop()
    return cells


def _cell(one: Any) -> Cell:
    value = one.value
    if value is None:
        return Cell("")
    if one.data_type == "f":
        return Cell("", "formula")
    if one.data_type == "e":
        return Cell(str(value), "error")
    if isinstance(value, str):
        return cell(value[:LONGEST_CELL])
    if isinstance(value, bool):
        return Cell(str(value).upper())
    if isinstance(value, datetime | date):
        return Cell(value.strftime("%Y-%m-%d") if value.year >= 1000 else str(value))
    if isinstance(value, int | float):
        return _number(value)
    return Cell(str(value))


def _number(value: float) -> Cell:
    if abs(value) >= _WHOLE:
        return Cell(str(value), "digits")
    return Cell(str(int(value)) if value == int(value) else repr(value))


def _with_merged(row: Row, merged: Iterable[Area]) -> Row:
    cells = row.cells
    for left, top, right, bottom in merged:
        if top <= row.number <= bottom:
            inside = range(left - 1, right)
            cells = [Cell(c.text, "merged") if n in inside else c for n, c in enumerate(cells)]
    return Row(row.number, cells)


def _csv(data: bytes) -> Sheet:
    text = _decoded(data)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    csv.field_size_limit(LONGEST_CELL)
    rows: list[Row] = []
    try:
        for number, values in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1
        ):
            cells = _trimmed([cell(value) for value in values])
            if len(cells) > WIDEST:
                raise csv.Error("too many columns")
            if cells:
                rows.append(Row(number, cells))
            if len(rows) > MOST_ROWS:
                raise _too_many()
    except csv.Error:
        raise _refused(
            "not-a-csv",
            Text(
                f"The CSV cannot be read from row {len(rows) + 1} on.",
                f"CSV 自第 {len(rows) + 1} 行起无法读取。",
            ),
            Text("Check the quotation marks, or send an .xlsx workbook.", "请检查引号，或改用 .xlsx 文件。"),
        ) from None
    return Sheet("CSV", rows)


def _decoded(data: bytes) -> str:
    """UTF-8, with or without its mark, or GB18030, as Excel in Chinese writes CSV (GB 18030-2022)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refused(
        "not-a-table",
        Text(
            "This is neither an .xlsx workbook nor CSV in UTF-8 or GB18030.",
            "既不是 .xlsx 工作簿，也不是 UTF-8 或 GB18030 编码的 CSV。",
        ),
        Text("Save it as .xlsx, or as CSV UTF-8.", "请另存为 .xlsx 或 CSV UTF-8。"),
    )
