"""Texts in cells: nothing that a program runs, and nothing that is lost on the way out and in again."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Text
from shared.sheets.cells import DANGEROUS, cell, neutral, plain
from shared.sheets.form import Column
from shared.sheets.reading import read
from shared.sheets.writing import Book, as_csv

pytestmark = pytest.mark.unit

COLUMNS = [Column("a", Text("a", "甲")), Column("b", Text("b", "乙"))]
# Beginnings that programs run, quotation marks, delimiters, and what else people type.
PIECES = st.sampled_from(
    [*"=+-@＝＋－＠'\"", ",", ";", "\t", "\r", "\n", " ", "　", "cmd|' /C calc'!A0", "中", "a", "1"]
)
TEXTS = st.lists(PIECES | st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8).map(
    "".join
)
LINES = TEXTS.filter(lambda text: not set(text) & set("\t\r\n") and "_x" not in text)


@given(TEXTS)
@settings(deadline=None)
def test_a_text_is_given_back_and_nothing_can_run_it(text: str) -> None:
    written = neutral(text)
    assert plain(written) == text
    assert not written or written[0] not in DANGEROUS


@given(st.text())
def test_what_people_type_is_taken_without_blanks_around_it(text: str) -> None:
    if not text.strip().startswith("'"):
        assert plain(f"  {text} ") == text.strip()


@given(st.lists(st.tuples(LINES, LINES), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_a_workbook_and_a_csv_give_back_what_was_written(rows: list[tuple[str, str]]) -> None:
    records = [{"a": a, "b": b} for a, b in rows]
    book = Book("zh")
    book.table("表", COLUMNS, records)
    expected = [[a, b] for a, b in rows if a or b]
    for made in (book.done(), as_csv("zh", COLUMNS, records)):
        found = read(made)[0].rows[1:]
        assert [[*(c.text for c in row.cells), ""][:2] for row in found] == expected


def test_no_cell_of_what_is_written_begins_with_what_programs_run() -> None:
    evil = [f"{sign}SUM(1)" for sign in DANGEROUS]
    records = [{"a": text, "b": f" {text}"} for text in evil]
    book = Book("en")
    book.table("t", COLUMNS, records)
    cells = [c for row in openpyxl.load_workbook(io.BytesIO(book.done())).active.iter_rows() for c in row]  # type: ignore[union-attr]
    assert {c.data_type for c in cells} == {"s"}
    written = [str(c.value) for c in cells]
    text = as_csv("en", COLUMNS, records).decode("utf-8-sig")
    written += [value for row in csv.reader(io.StringIO(text, newline="")) for value in row]
    assert all(value[0] not in DANGEROUS and value[0] != " " for value in written)


@pytest.mark.parametrize("text", ["2.30102E+11", "5E+17"])
def test_a_number_that_was_written_short_is_told(text: str) -> None:
    assert cell(text).trouble == "digits"
