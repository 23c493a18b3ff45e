"""Forms of listings: requests, answers, events."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import listings as rules
from shared.clocks.forms import DeadlineState, DeadlineView
from shared.fields import Area, Id, Moment, Schema
from shared.http import PageQuery
from shared.lifecycle import table

_TEXT = validate.Length(1, 2000)


class NewListing(Schema):
    """A proposal to list an organisation 拟列入."""

    organisation = Id(required=True)
    kind = fields.Str(required=True, validate=validate.OneOf(rules.KINDS))
    ground = fields.Str(required=True, validate=validate.OneOf(list(rules.GROUNDS)))
    facts = fields.Str(required=True, validate=_TEXT)


class Statement(Schema):
    """What the organisation says to it 陈述申辩."""

    text = fields.Str(required=True, validate=_TEXT)


class ListingDecision(Schema):
    """Whether the organisation is listed, and why."""

    list = fields.Bool(required=True)
    reasons = fields.Str(required=True, validate=_TEXT)


class ListingState(DeadlineState):
    """The state of a listing that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    organisation = Id(required=True)
    name = fields.Str(required=True)
    kind = fields.Str(required=True)
    ground = fields.Str(required=True)
    year = fields.Int(load_default=None, allow_none=True)
    inspection = Id(load_default=None, allow_none=True)
    status = fields.Str(required=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    listed_at = Moment(load_default=None, allow_none=True)
    removed_at = Moment(load_default=None, allow_none=True)
    removal_reasons = fields.Str(load_default=None, allow_none=True)


class ListingView(ListingState, DeadlineView):
    """A listing as the API answers it."""

    owner = Area()


class ListingFile(ListingView):
    """A listing with its facts and the statement, told by the node that owns it to those who deal with it."""

    facts = fields.Str(allow_none=True)
    proposed_at = Moment()
    notified_at = Moment(allow_none=True)
    statement = fields.Str(allow_none=True)
    stated_at = Moment(allow_none=True)


class ListingQuery(PageQuery):
    """Which listings to show: everybody sees who is listed, and who was."""

    area = Area(load_default=None)
    organisation = Id(load_default=None)
    kind = fields.Str(load_default=None, validate=validate.OneOf(rules.KINDS))


class ProposalQuery(ListingQuery):
    """Which of all listings to show, proposals and those under way too."""

    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.ListingLife))))
