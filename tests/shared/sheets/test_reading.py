"""What strangers send: read as it was meant, or refused with what to do instead."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from shared.errors import Refused
from shared.sheets import reading
from shared.sheets.reading import MOST_ROWS, WIDEST, read

pytestmark = pytest.mark.unit


def workbook(fill: Callable[[Any], None]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    fill(book)
    book.close()
    return out.getvalue()


def sheet(fill: Callable[[Any], Any]) -> bytes:
    return workbook(lambda book: fill(book.add_worksheet("一")))


def repacked(data: bytes, **changed: bytes) -> bytes:
    """The workbook with parts changed or added, named without the slashes' meaning: `xl__vbaProject.bin`."""
    out = io.BytesIO()
    parts = {name.replace("__", "/"): content for name, content in changed.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name, old.read(name)))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def texts(data: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in read(data)[0].rows]


def refused(data: bytes) -> str:
    with pytest.raises(Refused) as told:
        read(data)
    assert told.value.remedy
    assert told.value.field == "file"
    return told.value.code


EMPTY = sheet(lambda s: s.write(0, 0, "x"))


def test_numbers_dates_and_truths_are_texts() -> None:
    def fill(book: Any) -> None:
        s, day = book.add_worksheet(), book.add_format({"num_format": "yyyy/m/d"})
        for index, value in enumerate((230102001, 1.5, -2.0, True, " a ")):
            s.write(0, index, value)
        s.write_datetime(1, 0, datetime(2018, 5, 4, 13, 0), day)  # noqa: DTZ001, workbooks have no zones
        s.write_datetime(1, 1, date(2018, 5, 4), day)

    assert texts(workbook(fill)) == [["230102001", "1.5", "-2", "TRUE", "a"], ["2018-05-04", "2018-05-04"]]


def test_rows_keep_their_numbers_and_empty_ones_are_left_out() -> None:
    def fill(s: Any) -> None:
        s.write(2, 1, "b")
        s.write(199_999, 0, "z")

    assert [(row.number, [c.text for c in row.cells]) for row in read(sheet(fill))[0].rows] == [
        (3, ["", "b"]),
        (200_000, ["z"]),
    ]


def test_what_is_no_plain_value_is_told_of_its_cell() -> None:
    def fill(s: Any) -> None:
        s.write_formula(0, 0, "=1+1", None, 2)
        s.write_formula(0, 1, "='[other.xlsx]S'!A1", None, "x")
        s.write_formula(0, 2, "=1/0", None, "#DIV/0!")
        s.write(0, 3, 522301020000000010)
        s.merge_range("A2:B3", "m")
        s.write(3, 0, "free")

    rows = read(sheet(fill))[0].rows
    assert [c.trouble for c in rows[0].cells] == ["formula", "formula", "formula", "digits"]
    assert [c.trouble for row in rows[1:] for c in row.cells] == ["merged", ""]


def test_hidden_sheets_are_not_read() -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("看").write(0, 0, "1")
        for name in ("藏", "深藏"):
            hidden = book.add_worksheet(name)
            hidden.write(0, 0, "2")
            hidden.hide() if name == "藏" else hidden.very_hidden()

    assert [one.name for one in read(workbook(fill))] == ["看"]


def test_macros_passwords_and_old_forms_are_refused() -> None:
    assert refused(repacked(EMPTY, **{"xl__vbaProject.bin": b"x"})) == "workbook-with-macros"
    with zipfile.ZipFile(io.BytesIO(EMPTY)) as parts:
        types = parts.read("[Content_Types].xml").replace(b"sheet.main", b"sheet.macroEnabled.main")
    assert refused(repacked(EMPTY, **{"[Content_Types].xml": types})) == "workbook-with-macros"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600) == "old-or-locked-workbook"


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "UNPACKED", 4 * 1024 * 1024)
    bomb = repacked(EMPTY, **{"xl__worksheets__sheet1.xml": b"<x>" + b" " * reading.UNPACKED})
    assert len(bomb) < 20_000
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("was unpacked"))
    assert refused(bomb) == "workbook-too-large"
    assert refused(repacked(EMPTY, **{f"p{n}": b"" for n in range(1001)})) == "workbook-too-large"


def test_entities_are_not_expanded() -> None:
    entities = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(io.BytesIO(EMPTY)) as parts:
        book = parts.read("xl/workbook.xml").replace(b"<workbook", entities.encode() + b"<workbook", 1)
        strings = parts.read("xl/sharedStrings.xml").replace(b"<sst", entities.encode() + b"<sst", 1)
    assert refused(repacked(EMPTY, **{"xl__workbook.xml": book})) == "not-a-workbook"
    assert (
        refused(repacked(EMPTY, **{"xl__sharedStrings.xml": strings.replace(b"x", b"&b;")}))
        == "not-a-workbook"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04nonsense",
        EMPTY[:-40],
        EMPTY[: len(EMPTY) // 2],
        repacked(EMPTY, **{"xl__workbook.xml": b"<"}),
    ],
)
def test_what_is_broken_is_refused(data: bytes) -> None:
    assert refused(data) == "not-a-workbook"


def test_a_size_that_a_sheet_claims_is_not_believed() -> None:
    with zipfile.ZipFile(io.BytesIO(EMPTY)) as parts:
        claimed = parts.read("xl/worksheets/sheet1.xml").replace(b'ref="A1"', b'ref="A1:XFD1048576"')
    assert texts(repacked(EMPTY, **{"xl__worksheets__sheet1.xml": claimed})) == [["x"]]


def test_what_is_too_long_or_too_wide_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(sheet(lambda s: s.write(0, WIDEST, "x"))) == "too-many-columns"
    assert refused(b"a\n" * (MOST_ROWS + 1)) == "too-many-rows"
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert refused(sheet(lambda s: [s.write(row, 0, "x") for row in range(3)])) == "too-many-rows"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_each_form_that_programs_write(encoding: str, delimiter: str) -> None:
    text = f'名称{delimiter}备注\r\n晨练队{delimiter}"甲, 乙; ""丙""\n丁"\r\n'
    assert texts(text.encode(encoding)) == [["名称", "备注"], ["晨练队", '甲, 乙; "丙"\n丁']]


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"\xff\xfea\x00", b"a,\xff\xff"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert refused(data) == "not-a-table"


def test_a_cell_without_an_end_is_refused() -> None:
    assert refused(b'a,b\n"' + b"x" * 40_000) == "not-a-csv"
