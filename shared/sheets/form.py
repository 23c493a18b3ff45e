"""The columns that a table has, and how they are found in what people send."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.errors import Fault, Refused, Text
from shared.sheets.cells import EMPTY, Cell

HEADER_WITHIN = 10  # first rows in which the headers are looked for
NO_HINT = Text("", "")
HEADERS_NEEDED = 3  # known ones that make a row the headers


@dataclass(frozen=True)
class Column:
    """A column: `key` names it in the API, `label` in the sheet. `choices` are the words for its values. One that is
    `told` is written by us and ignored when it is read again."""

    key: str
    label: Text
    hint: Text = NO_HINT
    required: bool = False
    choices: Mapping[str, Text] = field(default_factory=dict)
    day: bool = False
    width: int = 16  # characters
    told: bool = False


class Row(NamedTuple):
    number: int  # as the program shows it, from 1
    cells: list[Cell]


class Sheet(NamedTuple):
    """A visible sheet: its rows that are not empty."""

    name: str
    rows: list[Row]


class Layout(NamedTuple):
    """Where the columns of a sheet stand."""

    header: int  # row number
    columns: dict[int, Column]  # by index from 0


TROUBLES = {
    "formula": (
        Text("The cell holds a formula.", "单元格内是公式。"),
        Text("Copy the cells and paste them as values.", "请复制后以“数值”方式粘贴。"),
    ),
    "error": (
        Text("The cell holds an error of the spreadsheet program.", "单元格内是表格程序的错误值。"),
        Text("Type the value.", "请填写实际内容。"),
    ),
    "merged": (
        Text("The cell is merged with others.", "单元格与其他单元格合并。"),
        Text("Unmerge the cells and fill each one.", "请取消合并并逐格填写。"),
    ),
    "digits": (
        Text("The number has lost digits.", "数字位数已丢失。"),
        Text("Format the column as text and type the value again.", "请将该列设为文本格式后重新填写。"),
    ),
}


def layout(sheet: Sheet, columns: Sequence[Column]) -> Layout | None:
    """Where the columns stand; None for a sheet without their headers (notes, say).

    Raises Refused for a header that is not known or there twice, and for a required one that is missing.
    """
    known = {_folded(name): c for c in columns for name in (c.key, c.label.en, c.label.zh)}
    candidates = [row for row in sheet.rows if row.number <= HEADER_WITHIN]
    asked = {name for name, column in known.items() if not column.told}
    counted = [(sum(_folded(c.text) in asked for c in row.cells), -row.number, row) for row in candidates]
    if not counted or (best := max(counted, key=lambda one: one[:2]))[0] < HEADERS_NEEDED:
        return None
    header = best[2]
    found: dict[int, Column] = {}
    for index, cell in enumerate(header.cells):
        column = known.get(_folded(cell.text))
        if column is None and cell.text:
            raise _wrong_header(sheet, header, index, Text("is not known", "无法识别"))
        if column is not None and column in found.values():
            raise _wrong_header(sheet, header, index, Text("is there twice", "重复出现"))
        if column is not None:
            found[index] = column
    missing = [c for c in columns if c.required and c not in found.values()]
    if missing:
        raise Refused(
            "columns-missing",
            Text(
                f"Sheet '{sheet.name}' lacks the columns {', '.join(c.label.en for c in missing)}.",
                f"工作表“{sheet.name}”缺少列：{'、'.join(c.label.zh for c in missing)}。",
            ),
            Text("Start from the template.", "请使用模板填写。"),
            field="file",
        )
    return Layout(header.number, found)


def _wrong_header(sheet: Sheet, header: Row, index: int, what: Text) -> Refused:
    text, place = header.cells[index].text, f"{letter(index)}{header.number}"
    return Refused(
        "column-unfit",
        Text(
            f"The column '{text}' ({place} of sheet '{sheet.name}') {what.en}.",
            f"工作表“{sheet.name}”{place} 的列“{text}”{what.zh}。",
        ),
        Text("Remove the column, or name it as the template does.", "请删除该列或按模板命名。"),
        field="file",
    )


def _folded(text: str) -> str:
    """A header as it is compared: width, case, blanks and the star of required columns do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip("*")


def by_key(row: Row, columns: Mapping[int, Column]) -> dict[str, Cell]:
    """A row's cells by the keys of their columns, without those that are only told."""
    return {
        column.key: row.cells[index] if index < len(row.cells) else EMPTY
        for index, column in columns.items()
        if not column.told
    }


def troubles(cells: Mapping[str, Cell]) -> Iterable[Fault]:
    """A fault for each cell whose content cannot be relied on."""
    return [Fault(key, *TROUBLES[cell.trouble]) for key, cell in cells.items() if cell.trouble]


def choice(column: Column, text: str) -> str | None:
    """The value that a word stands for, in either language or as the API names it; None for no such word."""
    folded = _folded(text)
    for value, label in column.choices.items():
        if folded in (_folded(value), _folded(label.en), _folded(label.zh)):
            return value
    return None


def letter(index: int) -> str:
    """The column's letters, by its index from 0: A, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
