"""What is stored of vouchers, and of the runs that issue them and let them lapse."""

from __future__ import annotations

from typing import ClassVar

from mongoengine import DateTimeField, DictField, IntField, ListField, StringField

from services.needs.documents.clients import ACCOUNT
from services.needs.domain import vouchers as rules
from shared.lifecycle import initial
from shared.store import Aggregate


class Voucher(Aggregate):
    """A client's voucher 服务券 of one month. Its id derives from both, so there is one. Told within its node only."""

    meta = {"collection": "vouchers", "indexes": ["month", ("client", "month")]}
    client = StringField(required=True)
    account = StringField()  # the client's, who may see it
    month = StringField(required=True)  # 2025-06
    amount_fen = IntField(required=True)
    held_fen = IntField(default=0)
    spent_fen = IntField(default=0)
    lapsed_fen = IntField(default=0)
    status = StringField(default=initial(rules.VoucherLife))
    run = StringField()  # that issued it
    personal: ClassVar = {"account": ACCOUNT}

    @property
    def balance(self) -> rules.Balance:
        over = self.status == "lapsed"
        return rules.Balance(self.amount_fen, self.held_fen, self.spent_fen, self.lapsed_fen, over)

    @balance.setter
    def balance(self, found: rules.Balance) -> None:
        self.held_fen, self.spent_fen, self.lapsed_fen = found.held, found.spent, found.lapsed

    @property
    def left_fen(self) -> int:
        return self.balance.left


class VoucherRun(Aggregate):
    """Issue or lapse of the vouchers of a month for all clients of an area: how far it has come, what came of it."""

    meta = {
        "collection": "voucher_runs",
        "indexes": [
            {
                "fields": ["owner", "under_way"],
                "unique": True,
                "partialFilterExpression": {"under_way": {"$type": "string"}},
            },
        ],
    }
    kind = StringField(required=True, choices=rules.RUN_KINDS)
    month = StringField(required=True)
    status = StringField(default=initial(rules.VoucherRunLife))
    under_way = StringField()  # kind, area and month until it has ended: there is one at a time
    position = StringField(default="")  # id of the last record that was worked on
    waited = IntField(default=0)  # looks at the next record, which somebody else has in hand
    total = IntField(default=0)  # records when it began
    done = IntField(default=0)
    fen = IntField(default=0)  # issued or lapsed by it
    outcomes = DictField()  # number of records by what came of them
    failures = ListField(DictField())  # the first of them: {"id", "code"}
    as_of = DateTimeField(required=True)  # the moment that everything in it is dated to
    finished_at = DateTimeField()
