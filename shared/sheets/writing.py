"""Writing workbooks and CSV in which no cell can be taken for a formula. Run it apart."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from shared.sheets.cells import neutral
from shared.sheets.form import Column

Record = Mapping[str, str]  # texts by the columns' keys
LIST_ROWS = 5000  # rows of a template that have drop-downs
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LISTS = "lists"


class Book:
    """A workbook in the making. `language` is that of labels."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._out = io.BytesIO()
        self._book: Any = xlsxwriter.Workbook(self._out, _OPTIONS)
        self._header = self._book.add_format(
            {"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True}
        )
        self._text = self._book.add_format({"num_format": "@"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._lists: Any = None
        self._listed = 0

    def table(self, name: str, columns: Sequence[Column], records: Iterable[Record] = ()) -> Any:
        """A sheet with headers and records. Returns xlsxwriter's worksheet."""
        sheet = self._book.add_worksheet(name)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width, self._day if column.day else self._text)
            star = "*" if column.required else ""
            sheet.write_string(0, index, column.label.within(self.language) + star, self._header)
            said = "\n".join(part for part in (column.key, column.hint.within(self.language)) if part)
            sheet.write_comment(0, index, said, {"x_scale": 2})
        sheet.freeze_panes(1, 0)
        for number, record in enumerate(records, start=1):
            for index, column in enumerate(columns):
                self._write(sheet, number, index, column, record.get(column.key) or "")
        return sheet

    def _write(self, sheet: Any, row: int, index: int, column: Column, value: str) -> None:
        if not value:
            return
        if column.day and (day := _day(value)):
            sheet.write_datetime(row, index, day, self._day)
        else:
            sheet.write_string(row, index, neutral(value), self._text)

    def offer(self, sheet: Any, index: int, words: Sequence[str], *, only: bool) -> None:
        """A drop-down for a column; other words are refused, or only asked about, as `only` says."""
        if self._lists is None:
            self._lists = self._book.add_worksheet(_LISTS)
            self._lists.hide()
        at, self._listed = self._listed, self._listed + 1
        for row, word in enumerate(words):
            self._lists.write_string(row, at, word)
        cells = xlsxwriter.utility.xl_range_abs(0, at, max(len(words) - 1, 0), at)
        rule = {
            "validate": "list",
            "source": f"={_LISTS}!{cells}",
            "error_type": "stop" if only else "warning",
        }
        sheet.data_validation(1, index, LIST_ROWS, index, rule)

    def notes(self, name: str, lines: Iterable[str]) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, 100, self._book.add_format({"text_wrap": True, "valign": "top"}))
        for row, line in enumerate(lines):
            sheet.write_string(row, 0, line)

    def done(self) -> bytes:
        self._book.close()
        return self._out.getvalue()


def _day(text: str) -> date | None:
    """The date, where a workbook can hold it: those before 1900 stay text."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year >= 1900 else None


def as_csv(language: str, columns: Sequence[Column], records: Iterable[Record]) -> bytes:
    """UTF-8 with its mark, so that spreadsheet programs do not guess; lines end as RFC 4180 says."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.label.within(language) for column in columns])
    for record in records:
        writer.writerow([neutral(record.get(column.key) or "") for column in columns])
    return out.getvalue().encode("utf-8-sig")
