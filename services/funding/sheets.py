"""Tables for the bank and from it. Each function runs apart from the service (`shared.apart`): bytes in, bytes out."""

from __future__ import annotations

import json

from services.funding.domain import payments as rules
from shared.errors import Refused, Text
from shared.sheets import reading, writing
from shared.sheets.cells import Cell
from shared.sheets.form import Column, by_key, layout, troubles

_REFERENCE = Column("reference", Text("reference", "业务参考号"), required=True, width=20)
_AMOUNT = Column("amount", Text("amount (yuan)", "金额（元）"), required=True)
_ABOUT = (
    Column("holder", Text("account holder", "收款人户名"), width=36, told=True),
    Column("account", Text("account", "收款账号"), width=28, told=True),
    Column("bank", Text("bank", "开户行"), width=36, told=True),
    Column("bank_code", Text("bank code", "联行号"), told=True),
    Column("purpose", Text("purpose", "用途"), width=36, told=True),
)
FILE = (_REFERENCE, _AMOUNT, *_ABOUT)
# The file as it was sent, with what became of each line beside it.
ANSWER = (
    *FILE,
    Column("outcome", Text("outcome", "处理结果"), required=True),
    Column("reason", Text("reason", "失败原因"), width=36),
)
SHEET = Text("payments", "付款明细")


def payment_file(raw: bytes) -> bytes:
    """The file of a batch. Given: `format`, `records` by the columns' keys."""
    given = json.loads(raw)
    if given["format"] == "csv":
        return writing.as_csv("zh", FILE, given["records"])
    book = writing.Book("zh")
    book.table(SHEET.zh, FILE, given["records"])
    return book.done()


def read_answer(raw: bytes) -> bytes:
    """The rows of a bank's answer: row, reference, amount in fen, outcome, reason. Raises Refused, naming the first
    row that cannot be read: half an answer is not taken."""
    found = []
    for sheet in reading.read(raw):
        place = layout(sheet, ANSWER)
        if place is None:
            continue
        for row in sheet.rows:
            if row.number > place.header:
                found.append([row.number, *_read(row.number, by_key(row, place.columns))])
    if not found:
        raise Refused(
            "no-answer",
            Text(
                "No sheet has rows with reference, amount and outcome.",
                "没有含业务参考号、金额、处理结果的明细行。",
            ),
            Text(
                "Send the payment file back with the columns 处理结果 and 失败原因 filled in.",
                "请在付款文件中填写“处理结果”“失败原因”两列后上传。",
            ),
            field="file",
        )
    return json.dumps(found, ensure_ascii=False).encode()


def _read(number: int, cells: dict[str, Cell]) -> tuple[str, int, str, str]:
    for fault in troubles(cells):
        raise _unreadable(number, fault.field, fault.reason, fault.remedy)
    texts = {key: cell.text for key, cell in cells.items()}
    amount, outcome = rules.fen(texts["amount"]), rules.outcome(texts["outcome"])
    if amount is None:
        raise _unreadable(
            number,
            "amount",
            Text("this is no amount in yuan", "金额无法识别"),
            Text("Write 1234.50.", "请填写如 1234.50。"),
        )
    if outcome is None:
        raise _unreadable(
            number,
            "outcome",
            Text("this word is not known", "处理结果无法识别"),
            Text("Write 成功 or 失败.", "请填写“成功”或“失败”。"),
        )
    return texts["reference"], amount, outcome, texts.get("reason", "")


def _unreadable(number: int, column: str, reason: Text, remedy: Text) -> Refused:
    told = f"Row {number}, {column}: {reason.en}"
    return Refused(
        "answer-unreadable", Text(told, f"第 {number} 行 {column}：{reason.zh}"), remedy, field="file"
    )
