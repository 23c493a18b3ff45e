"""Forms of micro-crowdfunding."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import adoption
from services.needs.domain import crowdfunding as rules
from services.needs.schemas.collection import Contact
from services.needs.schemas.common import TITLE, foreseeable
from services.needs.schemas.menu import REASONS
from shared.fields import Area, Day, Fen, Id, Moment, Schema
from shared.http import PageQuery
from shared.lifecycle import table

_SOME = validate.Range(1)
_NUMBER = validate.Length(1, 50)


class NewCampaign(Schema):
    """Money that is raised for one purpose 微众筹. Title and purpose are public: no names."""

    area = Area(required=True)
    title = fields.Str(required=True, validate=TITLE)
    purpose = fields.Str(required=True, validate=validate.Length(1, 2000))
    need = Id(load_default=None, allow_none=True)
    wish = Id(load_default=None, allow_none=True)
    receiver = Id(required=True, metadata={"description": "the organisation that receives the money"})
    filing = fields.Str(required=True, validate=_NUMBER, metadata={"description": "募捐备案编号"})
    goal_fen = Fen(required=True, validate=_SOME)
    deadline = Moment(required=True, validate=foreseeable)
    generated = fields.Bool(load_default=False)


class CampaignState(Schema):
    """A campaign, which everybody may know."""

    id = Id(required=True)
    area = Area(required=True)
    title = fields.Str(required=True)
    purpose = fields.Str(required=True)
    need = Id(load_default=None, allow_none=True)
    wish = Id(load_default=None, allow_none=True)
    receiver = Id(required=True)
    filing = fields.Str(required=True)
    goal_fen = fields.Int(required=True)
    pledged_fen = fields.Int(load_default=0, metadata={"description": "with what is paid"})
    paid_fen = fields.Int(load_default=0)
    given_back_fen = fields.Int(load_default=0)
    pledges = fields.Int(load_default=0)
    deadline = Moment(required=True)
    status = fields.Str(required=True)
    outcome = fields.Str(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class CampaignView(CampaignState):
    """A campaign as the API answers it."""

    owner = Area()
    open_fen = fields.Int(metadata={"description": "what may still be pledged"})
    reasons = fields.Str(allow_none=True)


class CampaignQuery(PageQuery):
    """Which campaigns to list."""

    area = Area(load_default=None)
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.CampaignLife))))


class CampaignClosing(Schema):
    """Why a campaign ends before its deadline."""

    reasons = fields.Str(load_default=None, allow_none=True, validate=REASONS)


class CampaignOutcome(Schema):
    """What the money was used for."""

    outcome = fields.Str(required=True, validate=REASONS)


class NewPledge(Schema):
    """What somebody pledges."""

    kind = fields.Str(required=True, validate=validate.OneOf(adoption.ADOPTERS))
    unit = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 100))
    contact = fields.Nested(Contact, required=True)
    account = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "the account of who pledges, or the id of the organisation that does"},
    )
    fen = Fen(required=True, validate=_SOME)


class PledgeReceipt(Schema):
    """Money that came, or went back: the number of its receipt, and the day."""

    receipt = fields.Str(required=True, validate=_NUMBER)
    on = Day(required=True)


class PledgeState(Schema):
    """A pledge without who it is from; it stays at its node."""

    id = Id(required=True)
    area = Area(required=True)
    campaign = Id(required=True)
    kind = fields.Str(required=True)
    fen = fields.Int(required=True)
    status = fields.Str(required=True)
    received_on = Day(load_default=None, allow_none=True)
    refunded_on = Day(load_default=None, allow_none=True)


class PledgeView(PledgeState):
    """A pledge as the API answers staff, and who made it."""

    owner = Area()
    unit = fields.Str(allow_none=True)
    contact = fields.Nested(Contact, attribute="whom_to_thank", allow_none=True)
    receipt = fields.Str(allow_none=True)
    refund = fields.Str(allow_none=True)


class PledgeQuery(PageQuery):
    """Which pledges to list."""

    area = Area(load_default=None)
    campaign = Id(load_default=None)
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.PledgeLife))))
