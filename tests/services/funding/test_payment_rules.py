"""Batches for the bank and its answers, as rules."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding import sheets
from services.funding.domain import payments as domain
from services.funding.domain.payments import Line, Told
from shared.errors import Forbidden, Refused
from shared.ids import new_id

pytestmark = pytest.mark.unit

LINES = [Line("A1", 100), Line("A2", 200), Line("A3", 300, "paid"), Line("A4", 400, "returned")]


def whats(*told: Told) -> list[str]:
    return [verdict.what for verdict in domain.reconcile(LINES, told)]


def test_each_row_of_an_answer_is_judged_by_itself():
    assert whats(
        Told(2, "A1", 100, "paid"), Told(3, "A2", 200, "returned", "账号户名不符"), Told(4, "A3", 300, "paid"),
        Told(5, "A4", 400, "paid"), Told(6, "B9", 100, "paid"), Told(7, "A3", 300, "returned", "x"),
    ) == ["paid", "returned", "repeated", "contradiction", "unknown", "contradiction"]  # fmt: skip
    assert whats(Told(2, "A1", 101, "paid")) == ["amount_differs"]
    assert whats(Told(2, "A1", 100, "returned")) == ["reason_missing"]
    assert whats(Told(2, "A1", 100, "paid"), Told(3, "A1", 100, "paid")) == ["paid", "repeated"]
    assert whats(Told(2, "A1", 100, "paid"), Told(3, "A1", 100, "returned", "x")) == ["paid", "contradiction"]


ROWS = st.lists(
    st.builds(
        Told, st.integers(2, 9), st.sampled_from(["A1", "A2", "A3", "A4", "B9"]),
        st.sampled_from([100, 200, 300, 400]), st.sampled_from(["paid", "returned"]), st.sampled_from(["", "x"]),
    ),
    max_size=12,
)  # fmt: skip


@given(ROWS)
def test_whatever_a_bank_answers_a_line_is_settled_once_and_a_second_time_nothing_changes(rows):
    verdicts = domain.reconcile(LINES, rows)
    acted = [v.told for v in verdicts if v.what in ("paid", "returned")]
    assert len({told.reference for told in acted}) == len(acted)
    assert not {told.reference for told in acted} & {"A3", "A4", "B9"}
    outcomes = {told.reference: told.outcome for told in acted}
    after = [line._replace(outcome=line.outcome or outcomes.get(line.reference)) for line in LINES]
    assert not [v for v in domain.reconcile(after, rows) if v.what in ("paid", "returned")]


def test_references_are_short_and_differ_between_batches():
    some = {domain.reference(new_id(), number) for number in (1, 200) for _ in range(500)}
    assert len(some) == 1000
    assert all(len(one) == 16 and one.isalnum() for one in some)


def test_whoever_prepared_a_batch_does_not_approve_it():
    domain.check_second_person("li", "wang")
    with pytest.raises(Forbidden, match="second-person-needed"):
        domain.check_second_person("li", "li")


def test_a_batch_takes_due_orders_of_known_payees_only():
    domain.check_orders({"1": "due"}, [])
    for statuses, missing, code in (
        ({}, [], "no-orders"), ({"1": "due", "2": "paid"}, [], "orders-not-due"),
        ({"1": "due"}, ["o"], "payee-unknown"),
        ({str(n): "due" for n in range(domain.MOST_LINES + 1)}, [], "batch-too-long"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=code):
            domain.check_orders(statuses, missing)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", 123_450), ("￥1234.5", 123_450), ("¥ 7", 700), (" 0.01", 1), ("1.005", None), ("壹佰", None),
        ("", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_banks_write_them(text, amount):
    assert domain.fen(text) == amount


RECORD = {
    "reference": "0A1B2C3D4E5F0001", "amount": "1234.50", "holder": "=春雨社工", "account": "6222020200112233445",
    "bank": "工行道里支行", "bank_code": "", "purpose": "助老",
}  # fmt: skip


def file(form: str) -> bytes:
    return sheets.payment_file(json.dumps({"format": form, "records": [RECORD]}).encode())


def test_the_file_keeps_every_digit_and_no_cell_is_a_formula():
    sheet = openpyxl.load_workbook(io.BytesIO(file("xlsx"))).worksheets[0]
    header, row = [[cell.value for cell in line] for line in sheet.iter_rows()]
    told = dict(zip(header, row, strict=True))
    assert (told["收款账号"], told["金额（元）*"], told["收款人户名"]) == (
        RECORD["account"],
        "1234.50",
        "'=春雨社工",
    )
    (line,) = csv.DictReader(io.StringIO(file("csv").decode("utf-8-sig")))
    assert line["收款账号"] == RECORD["account"]


def answer(*rows: list[str]) -> bytes:
    """The file as it was sent, with the bank's two columns filled in."""
    head, line = file("csv").decode("utf-8-sig").splitlines()
    body = [head + ",处理结果,失败原因", *(f"{line},{','.join(row)}" for row in rows)]
    return "\r\n".join(body).encode("gb18030")


def test_the_banks_answer_is_the_file_with_two_columns_more():
    read = json.loads(sheets.read_answer(answer(["支付成功", ""], ["退汇", "户名不符"])))
    assert read == [
        [2, RECORD["reference"], 123_450, "paid", ""],
        [3, RECORD["reference"], 123_450, "returned", "户名不符"],
    ]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (answer(["处理中", ""]), "answer-unreadable"),
        ("业务参考号,金额（元）,处理结果\nA,十元,成功".encode(), "answer-unreadable"),
        ("业务参考号,金额（元）,处理结果\n6.2E+18,10,成功".encode(), "answer-unreadable"),
        ("业务参考号,金额（元）,处理结果\n".encode(), "no-answer"),
        ("随便,写写\n1,2".encode(), "no-answer"),
        ("业务参考号,金额（元）,收款账号\nA,1,2".encode(), "no-answer"),
        ("业务参考号,金额（元）,失败原因\nA,1,2".encode(), "columns-missing"),
    ],
)
def test_half_an_answer_is_not_taken(raw, code):
    with pytest.raises(Refused, match=code):
        sheets.read_answer(raw)
