"""Columns as they are found in what people send."""

from __future__ import annotations

import pytest

from shared.errors import Refused, Text
from shared.sheets.cells import Cell
from shared.sheets.form import Column, Row, Sheet, by_key, choice, layout, letter

pytestmark = pytest.mark.unit

COLUMNS = (
    Column("name", Text("name", "名称"), required=True),
    Column("kind", Text("kind", "类别"), choices={"a": Text("one", "甲类"), "b": Text("two", "乙类")}),
    Column("since", Text("since", "起始日期"), required=True),
    Column("outcome", Text("outcome", "结果"), told=True),
)


def sheet(*rows: str) -> Sheet:
    return Sheet(
        "表", [Row(n, [Cell(text) for text in row.split(",")]) for n, row in enumerate(rows, start=1)]
    )


def test_headers_are_found_below_a_title_in_any_order_language_and_width() -> None:
    found = layout(sheet("标题", "Since *,，,ＫＩＮＤ,名 称*,结果".replace("，", "")), COLUMNS)
    assert found is not None
    assert found.header == 2
    assert {index: column.key for index, column in found.columns.items()} == {
        0: "since", 2: "kind", 3: "name", 4: "outcome",
    }  # fmt: skip
    row = Row(3, [Cell("2020"), Cell(""), Cell("甲类")])
    assert {key: cell.text for key, cell in by_key(row, found.columns).items()} == {
        "since": "2020", "kind": "甲类", "name": "",
    }  # fmt: skip


@pytest.mark.parametrize("rows", [(), ("只是备注",), ("名称,结果",), (*("x" * 10), "名称,类别,起始日期")])
def test_sheets_without_headers_in_their_first_rows_are_none_of_ours(rows: tuple[str, ...]) -> None:
    assert layout(sheet(*rows), COLUMNS) is None


@pytest.mark.parametrize(
    ("headers", "code", "told"),
    [
        ("名称,类别,起始日期,电话", "column-unfit", "D1"),
        ("名称,类别,起始日期,name", "column-unfit", "D1"),
    ],
)
def test_headers_that_are_unknown_or_twice_are_named(headers: str, code: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        layout(sheet(headers), COLUMNS)
    assert refused.value.code == code
    assert told in refused.value.detail.en
    assert told in refused.value.detail.zh


def test_columns_that_are_missing_are_named() -> None:
    more = (*COLUMNS, Column("x", Text("x", "某")))
    with pytest.raises(Refused) as refused:
        layout(sheet("名称,类别,某"), more)
    assert refused.value.code == "columns-missing"
    assert "起始日期" in refused.value.detail.zh


def test_choices_are_known_by_both_languages_and_by_the_apis_word() -> None:
    assert [choice(COLUMNS[1], text) for text in ("a", " ONE", "乙类", "丙类", "")] == [
        "a",
        "a",
        "b",
        None,
        None,
    ]


def test_columns_have_the_letters_that_programs_show() -> None:
    assert [letter(index) for index in (0, 25, 26, 51, 701, 702)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]
