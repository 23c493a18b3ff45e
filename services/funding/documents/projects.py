"""What is stored of projects."""

from __future__ import annotations

from typing import Any

from mongoengine import BooleanField, DateField, DictField, IntField, ListField, LongField, StringField

from services.funding.documents import ties
from services.funding.domain.projects import GROUNDS, ProjectLife
from shared.lifecycle import initial
from shared.store import Aggregate


class Project(Aggregate):
    """What was contracted 项目, paid in tranches."""

    meta = {"collection": "projects", "indexes": [("round",), ("organisation", "id")]}
    round = StringField(required=True)
    application = StringField(required=True)
    organisation = StringField(required=True)
    host = StringField()
    topic = StringField()
    title = StringField(required=True)
    amount_fen = LongField(required=True)
    sources = ListField(DictField())  # fund, amount_fen
    # number, condition, amount_fen, status, paid_at; met: its condition is; parts: what it drew of each fund
    tranches = ListField(DictField())
    final_passed = BooleanField(default=False)
    passed_phases = ListField(StringField())  # whose evaluations were passed
    status = StringField(default=initial(ProjectLife))
    reasons = StringField()
    contract = StringField()  # None of projects from before contracts were kept
    starts_on = DateField()
    ends_on = DateField()
    grounds = StringField(choices=GROUNDS)  # of a project that was stopped
    signed_on = DateField()
    rectifications = ListField(DictField())  # as domain.rectification.order makes them
    claw_backs = ListField(DictField())  # number, amount_fen, parts, reasons, repayments and how they stand
    beneficiaries_direct = IntField(default=0)
    beneficiaries_indirect = IntField(default=0)
    # what reports add up to
    spent_fen = LongField(default=0)
    reached_direct = IntField(default=0)
    reached_indirect = IntField(default=0)
    person_times = IntField(default=0)
    reported_until = DateField()
    warnings = ListField(DictField())  # kind, figures, raised_at, over_at
    generated = BooleanField(default=False)

    def seat_by_rule(self) -> str:
        return ties.seat_of_round(self)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("round", ties.tied(owner, area))
