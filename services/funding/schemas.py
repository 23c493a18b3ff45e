"""Forms of funding's requests, answers and events."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding import domain
from shared import money
from shared.fields import Area, Day, Fen, Id, Moment, Schema
from shared.http import PageQuery

_NAME = validate.Length(1, 100)
_YEAR = validate.Range(2000, 2100)
_COUNT = validate.Range(0, 10**8)
_MONEY = validate.Range(1, money.LARGEST)
# Criteria are keys of stored mappings, where dots and dollar signs have a meaning of their own.
_CRITERION = validate.Regexp(r"^[^.$\x00]{1,50}\Z")
_SCORE = validate.Range(0, 100)
_REASONS = validate.Length(1, 2000)


# --- funds


class NewFund(Schema):
    """A fund 资金 of one source and year."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=_NAME)
    source = fields.Str(required=True, validate=validate.OneOf(domain.SOURCES))
    purpose = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 200))
    year = fields.Int(required=True, strict=True, validate=_YEAR)
    budget_fen = Fen(required=True, validate=_MONEY)
    generated = fields.Bool(load_default=False)


class FundState(Schema):
    """The state of a fund that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    source = fields.Str(required=True)
    purpose = fields.Str(load_default=None, allow_none=True)
    year = fields.Int(required=True)
    budget_fen = Fen(required=True)
    committed_fen = Fen(required=True)
    paid_fen = Fen(required=True)
    generated = fields.Bool(load_default=False)


class FundView(FundState):
    """A fund as the API answers it."""

    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class FundQuery(PageQuery):
    """Which funds to list."""

    area = Area(load_default=None)
    year = fields.Int(load_default=None)
    source = fields.Str(load_default=None, validate=validate.OneOf(domain.SOURCES))


class EntryView(Schema):
    """One line of the ledger 台账."""

    id = Id()
    fund = Id()
    movement = fields.Str(metadata={"enum": ["budget", "commitment", "release", "payment"]})
    debit = fields.Str()
    credit = fields.Str()
    amount_fen = Fen()
    reference = Id(metadata={"description": "the fund, application or project that it is about"})
    created_at = Moment()


class TrialBalance(Schema):
    """The ledger of a fund, added up 试算平衡: debits minus credits of each account, and over all of them."""

    fund = Id()
    entries = fields.Int()
    accounts = fields.Dict(keys=fields.Str(), values=fields.Int())
    total = fields.Int(metadata={"description": "zero in a sound ledger"})
    agrees = fields.Bool(metadata={"description": "whether the accounts are what the fund's own figures say"})


# --- rounds


class Criterion(Schema):
    """What experts score, with its weight."""

    name = fields.Str(required=True, validate=_CRITERION)
    weight = fields.Int(required=True, strict=True, validate=validate.Range(1, 1000))


class TranchePlan(Schema):
    """A tranche 拨付批次: its share in per cent and what it waits for."""

    share = fields.Int(required=True, strict=True, validate=validate.Range(1, 100))
    condition = fields.Str(required=True, validate=validate.OneOf(domain.CONDITIONS))


class NewRound(Schema):
    """A round 轮次: its rules are data."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=_NAME)
    kind = fields.Str(required=True, validate=validate.OneOf(domain.KINDS))
    year = fields.Int(required=True, strict=True, validate=_YEAR)
    funds = fields.List(Id(), required=True, validate=validate.Length(1, 20))
    criteria = fields.List(fields.Nested(Criterion), required=True, validate=validate.Length(1, 30))
    threshold = fields.Int(load_default=0, strict=True, validate=validate.Range(0, 100))
    cap_fen = Fen(load_default=None, allow_none=True)
    notice_working_days = fields.Int(required=True, strict=True, validate=validate.Range(0, 60))
    tranches = fields.List(fields.Nested(TranchePlan), required=True, validate=validate.Length(1, 3))
    tracks = fields.List(
        fields.Str(validate=validate.OneOf(domain.TRACKS)),
        load_default=lambda: list(domain.TRACKS),
        validate=validate.Length(1, 2),
    )
    topics_only = fields.Bool(load_default=False)
    opens_at = Moment(required=True)
    closes_at = Moment(required=True)
    generated = fields.Bool(load_default=False)


class RoundState(Schema):
    """The state of a round that everybody may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    kind = fields.Str(required=True)
    year = fields.Int(required=True)
    status = fields.Str(required=True)
    funds = fields.List(Id(), load_default=list)
    criteria = fields.List(fields.Nested(Criterion), load_default=list)
    threshold = fields.Int(load_default=0)
    cap_fen = Fen(load_default=None, allow_none=True)
    notice_working_days = fields.Int(load_default=None, allow_none=True)
    tranches = fields.List(fields.Nested(TranchePlan), load_default=list)
    tracks = fields.List(fields.Str(), load_default=list)
    topics_only = fields.Bool(load_default=False)
    opens_at = Moment(load_default=None, allow_none=True)
    closes_at = Moment(load_default=None, allow_none=True)
    notice_ends_at = Moment(load_default=None, allow_none=True)
    proposed = fields.List(Id(), load_default=list, metadata={"description": "applications, best first"})
    generated = fields.Bool(load_default=False)


class RoundView(RoundState):
    """A round as the API answers it."""

    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class RoundQuery(PageQuery):
    """Which rounds to list."""

    area = Area(load_default=None)
    year = fields.Int(load_default=None)
    kind = fields.Str(load_default=None, validate=validate.OneOf(domain.KINDS))
    status = fields.Str(load_default=None)


class PlaceView(Schema):
    """A place in the ranking with every figure that led to it; scores in hundredths of a point."""

    application = Id()
    rank = fields.Int()
    score_hundredths = fields.Int(metadata={"description": "mean of the counted scores"})
    counted = fields.List(fields.Int(), metadata={"description": "weighted scores of the experts that count"})
    left_out = fields.List(fields.Int(), metadata={"description": "lowest and highest, from five scores on"})
    amount_fen = Fen()
    needed_fen = Fen(metadata={"description": "by all that are proposed down to here"})
    outcome = fields.Str(metadata={"enum": ["proposed", "below_threshold", "beyond_budget"]})


# --- applications


class Part(Schema):
    """Fen of one fund."""

    fund = Id(required=True)
    amount_fen = Fen(required=True)


class NewApplication(Schema):
    """An application 申报 to an open round."""

    round = Id(required=True)
    organisation = Id(required=True)
    host = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "registered organisation that answers for a filed team"},
    )
    topic = Id(load_default=None, allow_none=True)
    title = fields.Str(required=True, validate=_NAME)
    plan = fields.Str(load_default="", validate=validate.Length(0, 20_000))
    amount_fen = Fen(required=True, validate=_MONEY)
    beneficiaries_direct = fields.Int(load_default=0, strict=True, validate=_COUNT)
    beneficiaries_indirect = fields.Int(load_default=0, strict=True, validate=_COUNT)
    generated = fields.Bool(load_default=False)


class ApplicationState(Schema):
    """The state of an application that other nodes and services may know."""

    id = Id(required=True)
    area = Area(required=True)
    round = Id(required=True)
    organisation = Id(required=True)
    host = Id(load_default=None, allow_none=True)
    track = fields.Str(load_default=None, allow_none=True)
    topic = Id(load_default=None, allow_none=True)
    title = fields.Str(required=True)
    amount_fen = Fen(required=True)
    beneficiaries_direct = fields.Int(load_default=0)
    beneficiaries_indirect = fields.Int(load_default=0)
    status = fields.Str(required=True)
    reasons = fields.List(fields.Str(), load_default=list)
    submitted_at = Moment(load_default=None, allow_none=True)
    screened_at = Moment(load_default=None, allow_none=True)
    score_hundredths = fields.Int(load_default=None, allow_none=True)
    rank = fields.Int(load_default=None, allow_none=True)
    proposed = fields.Bool(load_default=False)
    open_objections = fields.Int(load_default=0)
    commitments = fields.List(fields.Nested(Part), load_default=list)
    generated = fields.Bool(load_default=False)


class ApplicationView(ApplicationState):
    """An application as the API answers it."""

    plan = fields.Str()
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class ApplicationQuery(PageQuery):
    """Which applications to list."""

    area = Area(load_default=None)
    round = Id(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None)


class NewScore(Schema):
    """One expert's scores by criterion. `expert` is a pseudonym 化名编号, never a name."""

    expert = fields.Str(required=True, validate=validate.Length(1, 64))
    affiliation = Id(
        load_default=None, allow_none=True, metadata={"description": "the expert's organisation"}
    )
    scores = fields.Dict(
        keys=fields.Str(validate=_CRITERION),
        values=fields.Int(strict=True, validate=_SCORE),
        required=True,
    )
    remarks = fields.Str(load_default="", validate=validate.Length(0, 2000))


class ScoreView(NewScore):
    """A score as it was given."""

    scored_at = Moment()


class NewObjection(Schema):
    """An objection 异议 during public notice."""

    text = fields.Str(required=True, validate=validate.Length(1, 5000))


class Receipt(Schema):
    """What whoever objects keeps 回执."""

    id = Id()
    application = Id()
    received_at = Moment()


class ObjectionView(Receipt):
    """An objection as those see it who settle it."""

    text = fields.Str()
    upheld = fields.Bool(allow_none=True)
    reasons = fields.Str(allow_none=True)
    settled_at = Moment(allow_none=True)


class Settlement(Schema):
    """What became of an objection: upheld 成立 drops the application."""

    upheld = fields.Bool(required=True)
    reasons = fields.Str(required=True, validate=_REASONS)


class Award(Schema):
    """Which of the round's funds an award draws on; in their order where nothing is said."""

    funds = fields.List(fields.Nested(Part), load_default=list, validate=validate.Length(0, 20))


class Reasons(Schema):
    """Why something is done."""

    reasons = fields.Str(required=True, validate=_REASONS)


class Contract(Schema):
    """A contract 协议."""

    signed_on = Day(required=True)


# --- projects


class TrancheState(Schema):
    """A tranche of a project."""

    number = fields.Int(required=True)
    condition = fields.Str(required=True)
    amount_fen = Fen(required=True)
    status = fields.Str(required=True, metadata={"enum": ["waiting", "paid", "held"]})


class ProjectState(Schema):
    """The state of a project that other nodes and services may know."""

    id = Id(required=True)
    area = Area(required=True)
    round = Id(required=True)
    application = Id(required=True)
    organisation = Id(required=True)
    host = Id(load_default=None, allow_none=True)
    topic = Id(load_default=None, allow_none=True)
    title = fields.Str(required=True)
    amount_fen = Fen(required=True)
    sources = fields.List(fields.Nested(Part), load_default=list)
    tranches = fields.List(fields.Nested(TrancheState), load_default=list)
    status = fields.Str(required=True)
    signed_on = Day(load_default=None, allow_none=True)
    beneficiaries_direct = fields.Int(load_default=0)
    beneficiaries_indirect = fields.Int(load_default=0)
    generated = fields.Bool(load_default=False)


class ProjectView(ProjectState):
    """A project as the API answers it."""

    reasons = fields.Str(allow_none=True)
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class ProjectQuery(PageQuery):
    """Which projects to list."""

    area = Area(load_default=None)
    round = Id(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None)


# --- what others tell


class SeenOrganisation(Schema):
    """What funding needs to know of an organisation."""

    name = fields.Str(required=True)
    track = fields.Str(required=True)
    status = fields.Str(required=True)


class SeenSummary(SeenOrganisation):
    """What funding needs of an organisation's public summary."""

    organisation = Id(required=True)


class SeenTopic(Schema):
    """What funding needs to know of an item of the library of needs."""

    title = fields.Str(load_default="")
    status = fields.Str(required=True)


class SeenEvaluation(Schema):
    """What funding needs to know of a phase evaluation."""

    project = Id(required=True)
    phase = fields.Str(required=True)
    outcome = fields.Str(required=True)


# --- figures


class FiguresQuery(Schema):
    """Whose figures. `year` and `source` are the fund's or round's."""

    area = Area(required=True)
    year = fields.Int(load_default=None)
    round = Id(load_default=None)
    source = fields.Str(load_default=None, validate=validate.OneOf(domain.SOURCES))


class Figures(Schema):
    """Counts over everything that this node knows of the area and below it; amounts in fen."""

    fund_budget_fen = Fen()
    rounds = fields.Int(metadata={"description": "opened ones"})
    applications = fields.Int()
    screened = fields.Int(metadata={"description": "passed the first screening"})
    funded = fields.Int(metadata={"description": "awarded"})
    awarded_fen = Fen(metadata={"description": "sum of the awards"})
    committed_fen = Fen(metadata={"description": "promised and not released, paid or not"})
    paid_fen = Fen()
    projects = fields.Int()
    beneficiaries_direct = fields.Int(metadata={"description": "of funded applications"})
    beneficiaries_indirect = fields.Int(metadata={"description": "of funded applications"})
