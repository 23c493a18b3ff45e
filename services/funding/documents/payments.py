"""What is stored of payments through the bank."""

from __future__ import annotations

from typing import Any

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, LongField, StringField

from services.funding.documents import ties
from services.funding.domain import payments as domain
from shared.audit.personal import CONTRACT, PAPER_YEARS, PAPERS, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate

ACCOUNT = Personal(Text("to pay what was promised", "支付资助款项"), CONTRACT, kept=PAPERS, years=PAPER_YEARS)


class Payee(Aggregate):
    """The account 收款账户 to which an area pays an organisation. Nothing of it but whose it is leaves the node."""

    meta = {"collection": "payees", "indexes": ["organisation"]}
    personal = {"holder": ACCOUNT, "bank": ACCOUNT, "bank_code": ACCOUNT, "account": ACCOUNT}
    organisation = StringField(required=True)
    holder = StringField()  # 户名
    bank = StringField()  # 开户行
    bank_code = StringField()  # 联行号
    account = StringField()  # 账号
    generated = BooleanField(default=False)


class PaymentOrder(Aggregate):
    """One payment to one payee 付款单, over as many funds as it draws on. Its area is the one that pays."""

    meta = {"collection": "payment_orders", "indexes": [("area", "status", "id"), ("project", "id")]}
    project = StringField(required=True)
    round = StringField(required=True)
    tranche = IntField(required=True)  # number, from 1
    organisation = StringField(required=True)  # that is paid: the applicant, or the host that answers for it
    title = StringField(required=True)
    amount_fen = LongField(required=True)
    parts = ListField(DictField())  # fund, amount_fen
    status = StringField(default=initial(domain.OrderLife))
    batch = StringField()  # the newest that it was gathered in
    reasons = StringField()  # why the bank returned it, or why it was cancelled
    generated = BooleanField(default=False)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("round", ties.tied(owner, area))


class PaymentBatch(Aggregate):
    """Orders that go to the bank in one file 付款批次."""

    meta = {"collection": "payment_batches"}
    # By order: holder, bank, bank_code, account, as they stood when the batch was prepared and were approved.
    personal = {"payees": ACCOUNT}
    rounds = ListField(StringField())  # that its orders belong to
    lines = ListField(DictField())  # reference, order, organisation, title, amount_fen, outcome, reasons
    payees = DictField()
    total_fen = LongField(required=True)
    status = StringField(default=initial(domain.BatchLife))
    prepared_by = StringField(required=True)  # subjects of tokens
    approved_by = StringField()
    approved_at = DateTimeField()
    reasons = StringField()  # why it was dissolved
    format = StringField()  # xlsx | csv, once it is exported
    sha256 = StringField()  # of the file
    exported_at = DateTimeField()
    answers = ListField(DictField())  # sha256, name, received_at, rows: row, reference, what
    generated = BooleanField(default=False)

    @property
    def count(self) -> int:
        return len(self.lines)

    @property
    def payments(self) -> list[dict[str, Any]]:
        """The lines, each with the account that it goes to."""
        return [line | self.payees.get(line["order"], {}) for line in self.lines]

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("rounds", ties.tied(owner, area))
