"""Forms of contracts."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.projects import GROUNDS
from services.funding.domain.rounds import CONDITIONS
from services.funding.schemas.common import MONEY, Reasons
from shared.fields import Area, Day, DayText, Fen, Id, Moment, PartOrNone, Schema
from shared.http import PageQuery


class NewContract(Schema):
    """The draft of a contract; a year from its first day where no last day is given."""

    starts_on = Day(required=True)
    ends_on = Day(load_default=None, allow_none=True)
    stable = fields.Bool(
        load_default=False,
        metadata={"description": "budgeted, stable and going on: a purchase may last longer"},
    )


class ContractTranche(Schema):
    """A tranche as the contract says it."""

    number = fields.Int(required=True)
    condition = fields.Str(required=True)
    amount_fen = Fen(required=True)


class Terms(Schema):
    """What an amendment may change."""

    amount_fen = Fen(required=True)
    ends_on = DayText(required=True)
    tranches = fields.List(fields.Nested(ContractTranche), load_default=list)


class AmendmentState(Schema):
    """An amendment 变更, old and new; why it was made stays at the node that owns the contract."""

    number = fields.Int(required=True)
    agreed_on = DayText(required=True)
    at = Moment(required=True)
    before = fields.Nested(Terms, required=True)
    after = fields.Nested(Terms, required=True)


class SignedCopy(Schema):
    """The signed copy on file."""

    sha256 = fields.Str(required=True)
    kept_at = Moment(required=True)
    signatures = fields.Int(
        load_default=0, metadata={"description": "digital signatures in it, each found intact; 0 for a scan"}
    )


class Seal(Schema):
    """The sealed copy on file."""

    sha256 = fields.Str(required=True)
    sealed_at = Moment(required=True)


class ContractState(Schema):
    """The state of a contract that other nodes and services may know."""

    id = Id(required=True)
    area = Area(required=True)
    number = fields.Str(required=True)
    application = Id(required=True)
    project = Id(load_default=None, allow_none=True)
    round = Id(required=True)
    kind = fields.Str(required=True)
    organisation = Id(required=True)
    host = Id(load_default=None, allow_none=True)
    title = fields.Str(required=True)
    status = fields.Str(required=True, metadata={"enum": ["drafted", "signed", "terminated"]})
    grounds = fields.Str(load_default=None, allow_none=True, metadata={"enum": [*GROUNDS, None]})
    amount_fen = Fen(required=True)
    signed_fen = Fen(load_default=None, allow_none=True)
    tranches = fields.List(fields.Nested(ContractTranche), load_default=list)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    stable = fields.Bool(load_default=False)
    signed_on = Day(load_default=None, allow_none=True)
    sign_by = Moment(load_default=None, allow_none=True)
    sha256 = fields.Str(load_default=None, allow_none=True, metadata={"description": "of the printed PDF"})
    printed_at = Moment(load_default=None, allow_none=True)
    signed_copy = PartOrNone(SignedCopy)
    seal = PartOrNone(Seal)
    amendments = fields.List(fields.Nested(AmendmentState), load_default=list)
    generated = fields.Bool(load_default=False)


class AmendmentView(AmendmentState):
    """An amendment as the parties to the contract see it."""

    reasons = fields.Str(allow_none=True)


class ContractView(ContractState):
    """A contract as the API answers it."""

    amendments = fields.List(fields.Nested(AmendmentView))
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class ContractQuery(PageQuery):
    """Which contracts to list."""

    area = Area(load_default=None)
    round = Id(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None)


class WantedTranche(Schema):
    """A tranche that is not paid yet, as an amendment wants it."""

    condition = fields.Str(required=True, validate=validate.OneOf(CONDITIONS))
    amount_fen = Fen(required=True, validate=MONEY)


class NewAmendment(Reasons):
    """What both parties agreed to change; what is left out stays."""

    agreed_on = DayText(required=True)
    amount_fen = Fen(load_default=None, allow_none=True, validate=MONEY)
    ends_on = Day(load_default=None, allow_none=True)
    tranches = fields.List(
        fields.Nested(WantedTranche), load_default=list, validate=validate.Length(0, len(CONDITIONS))
    )
