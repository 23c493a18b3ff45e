"""What funding stores."""

from __future__ import annotations

from typing import Any

from mongoengine import (
    BooleanField,
    DateField,
    DateTimeField,
    DictField,
    IntField,
    ListField,
    LongField,
    StringField,
)

from services.funding import domain
from shared import areas
from shared.audit.personal import DUTY, PAPER_YEARS, PAPERS, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate, ReadModel, Record


class Fund(Aggregate):
    """Money for a purpose and a year 资金, owned by one node."""

    meta = {"collection": "funds"}
    name = StringField(required=True)
    source = StringField(required=True, choices=domain.SOURCES)
    purpose = StringField()
    year = IntField(required=True)
    budget_fen = LongField(required=True)
    committed_fen = LongField(default=0)  # promised and not released, paid or not
    paid_fen = LongField(default=0)
    generated = BooleanField(default=False)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return _within("_id", _tied(owner, area))


class LedgerEntry(Record):
    """One line of the double-entry ledger 台账; accounts are those of its fund."""

    meta: dict[str, Any] = {
        "collection": "ledger_entries",
        "indexes": [("fund", "id"), "reference"],
    }
    fund = StringField(required=True)
    movement = StringField(required=True)  # budget | commitment | release | payment
    debit = StringField(required=True)
    credit = StringField(required=True)
    amount_fen = LongField(required=True, min_value=1)
    reference = StringField(required=True)  # the fund, application or project that it is about
    part_of, part_by = Fund, "fund"


class Round(Aggregate):
    """A round 轮次 of venture funding, purchase or micro grants."""

    meta = {"collection": "rounds"}
    name = StringField(required=True)
    kind = StringField(required=True, choices=domain.KINDS)
    year = IntField(required=True)
    funds = ListField(StringField())
    criteria = ListField(DictField())  # name, weight
    threshold = IntField(default=0)
    cap_fen = LongField()
    notice_working_days = IntField()
    tranches = ListField(DictField())  # share, condition
    tracks = ListField(StringField())
    topics_only = BooleanField(default=False)
    opens_at = DateTimeField()
    closes_at = DateTimeField()
    notice_ends_at = DateTimeField()
    status = StringField(default=initial(domain.RoundLife))
    proposed = ListField(StringField())
    ranking = ListField(DictField())  # domain.Place of each application
    generated = BooleanField(default=False)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return _within("_id", _tied(owner, area))


class Application(Aggregate):
    """An application 申报 to a round. Scores, objections and the plan stay at the node that owns it."""

    meta = {"collection": "applications", "indexes": [("round", "status"), ("organisation", "id")]}
    personal = {
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
    status = StringField(default=initial(domain.ApplicationLife))
    reasons = ListField(StringField())
    submitted_at = DateTimeField()
    screened_at = DateTimeField()  # set where the screening was passed
    scores = ListField(DictField())  # expert, affiliation, scores, remarks, scored_at
    objections = ListField(DictField())  # id, text, received_at, upheld, reasons, settled_at
    open_objections = IntField(default=0)
    score_hundredths = IntField()
    rank = IntField()
    proposed = BooleanField(default=False)
    commitments = ListField(DictField())  # fund, amount_fen
    generated = BooleanField(default=False)

    def seat_by_rule(self) -> str:
        return _seat_of_round(self)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return _within("round", _tied(owner, area))


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
    tranches = ListField(DictField())  # number, condition, amount_fen, status, paid_at
    final_passed = BooleanField(default=False)
    status = StringField(default=initial(domain.ProjectLife))
    reasons = StringField()
    signed_on = DateField()
    beneficiaries_direct = IntField(default=0)
    beneficiaries_indirect = IntField(default=0)
    generated = BooleanField(default=False)

    def seat_by_rule(self) -> str:
        return _seat_of_round(self)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return _within("round", _tied(owner, area))


def _seat_of_round(part: Application | Project) -> str:
    """An application and its project belong where their round does."""
    found = Round.objects(id=part.round).first()
    return str(found.seated_at if found else part.owner)


def _tied(owner: str, area: str) -> set[str]:
    """The owner's rounds and funds that hang together with one seated outside of `area`: money and what it is
    promised to are written at once, so one node owns both."""
    rounds = {found.id: found for found in Round.objects(owner=owner).only("id", "area", "seat", "funds")}
    funds = {found.id: found for found in Fund.objects(owner=owner).only("id", "area", "seat")}
    bound = {i for i, one in (rounds | funds).items() if not areas.contains(area, one.seated_at)}
    groups = [{identifier, *found.funds} for identifier, found in rounds.items()]
    while more := [group for group in groups if group & bound and not group <= bound]:
        bound.update(*more)
    return bound


def _within(field: str, bound: set[str]) -> dict[str, Any] | None:
    return {field: {"$in": sorted(bound)}} if bound else None


class KnownOrganisation(ReadModel):
    """An organisation as the registry tells of it."""

    meta = {"collection": "known_organisations"}
    name = StringField()
    track = StringField()
    status = StringField()


class KnownSummary(ReadModel):
    """What everybody may know of an organisation, told by its district: all that a street hears of another's."""

    meta = {"collection": "known_summaries", "indexes": ["organisation"]}
    organisation = StringField()
    name = StringField()
    track = StringField()
    status = StringField()


class KnownTopic(ReadModel):
    """An item of the library of needs 需求库, which a round may ask for once it is chosen 立项."""

    meta = {"collection": "known_topics"}
    title = StringField()
    status = StringField()


ALL = (Fund, LedgerEntry, Round, Application, Project, KnownOrganisation, KnownSummary, KnownTopic)
