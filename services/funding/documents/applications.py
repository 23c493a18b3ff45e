"""What is stored of applications."""

from __future__ import annotations

from typing import Any

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, LongField, StringField

from services.funding.documents import ties
from services.funding.domain.applications import ApplicationLife
from shared.audit.personal import DUTY, PAPER_YEARS, PAPERS, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate


class Application(Aggregate):
    """An application 申报 to a round. Scores, objections and the plan stay at the node that owns it."""

    meta = {"collection": "applications", "indexes": [("round", "status"), ("organisation", "id")]}
    personal = {
        "answers": Personal(
            Text("to decide on an application", "审核申报材料"), DUTY, kept=PAPERS, years=PAPER_YEARS
        ),
        "scores": Personal(
            Text("to give account of a review", "说明评审过程"), DUTY, kept=PAPERS, years=PAPER_YEARS
        ),
        "objections": Personal(
            Text("to settle objections to an award", "处理公示异议"), DUTY, kept=PAPERS, years=PAPER_YEARS
        ),
    }
    round = StringField(required=True)
    organisation = StringField(required=True)
    host = StringField()  # the registered organisation that signs and answers for a filed team
    track = StringField()
    topic = StringField()
    title = StringField(required=True)
    plan = StringField()
    amount_fen = LongField(required=True)
    beneficiaries_direct = IntField(default=0)
    beneficiaries_indirect = IntField(default=0)
    status = StringField(default=initial(ApplicationLife))
    reasons = ListField(StringField())
    submitted_at = DateTimeField()
    screened_at = DateTimeField()  # set where the screening was passed
    scores = ListField(DictField())  # expert, affiliation, scores, remarks, scored_at
    objections = ListField(DictField())  # id, text, received_at, upheld, reasons, settled_at
    open_objections = IntField(default=0)
    score_hundredths = IntField()
    rank = IntField()
    proposed = BooleanField(default=False)
    optimisations = ListField(DictField())  # number, status, asked, summary, before, changes, remarks
    awarded_at = DateTimeField()
    uncontracted_at = DateTimeField()  # when it was told that the contract of a purchase is overdue
    commitments = ListField(DictField())  # fund, amount_fen
    generated = BooleanField(default=False)
    draft = StringField()  # that it was written in, with its versions and attachments
    external = DictField()  # name, credit_code: of a party that the registry does not know
    answers = DictField()  # by the keys of the round's form
    checks = ListField(DictField())  # eligibility.Check of each rule, as the screening found it
    decisions = ListField(DictField())  # passed, reasons, decided_at, reversal: what persons decided

    def seat_by_rule(self) -> str:
        return ties.seat_of_round(self)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("round", ties.tied(owner, area))
