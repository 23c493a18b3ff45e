"""Forms of credit records: requests, answers, events."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import credit as rules
from services.registry.schemas.listings import ListingView
from shared.fields import Area, Day, Id, Moment, Schema

_TEXT = validate.Length(1, 2000)


class NewCreditEntry(Schema):
    """An entry of an organisation's credit record 信用信息."""

    kind = fields.Str(required=True, validate=validate.OneOf(list(rules.KINDS)))
    authority = fields.Str(required=True, validate=validate.Length(1, 100))
    document_number = fields.Str(required=True, validate=validate.Length(1, 100))
    occurred_on = Day(required=True)
    known_on = Day(
        required=True, metadata={"description": "when it was made or became known here 形成或获取日期"}
    )
    valid_until = Day(
        load_default=None, allow_none=True, metadata={"description": "by the area's rule if left out"}
    )
    note = fields.Str(load_default=None, allow_none=True, validate=_TEXT)


class RepairDecision(Schema):
    """Whether a repair is granted 信用修复."""

    grant = fields.Bool(required=True)
    reasons = fields.Str(required=True, validate=_TEXT)


class CreditEntryState(Schema):
    """The state of a credit entry that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    organisation = Id(required=True)
    kind = fields.Str(required=True)
    points = fields.Int(required=True)
    authority = fields.Str(load_default=None, allow_none=True)
    document_number = fields.Str(load_default=None, allow_none=True)
    occurred_on = Day(required=True)
    known_on = Day(required=True)
    late = fields.Bool(load_default=False)
    valid_until = Day(load_default=None, allow_none=True)
    status = fields.Str(required=True)
    ended_on = Day(load_default=None, allow_none=True)
    listing = Id(load_default=None, allow_none=True)
    inspection = Id(load_default=None, allow_none=True)


class CreditEntryView(CreditEntryState):
    """A credit entry as the API answers it to those who deal with it."""

    owner = Area()
    record_due_at = Moment(allow_none=True)
    reasons = fields.Str(allow_none=True)
    note = fields.Str(allow_none=True)


class CountedEntry(CreditEntryView):
    """An entry, and whether it counts on the day that was asked for."""

    counts = fields.Bool()


class OnDay(Schema):
    """A day, today where it is left out."""

    on = Day(load_default=None, allow_none=True)


class CreditRecord(Schema):
    """An organisation's credit record on a day."""

    organisation = Id()
    on = Day()
    points = fields.Int()
    standing = fields.Str()
    abnormal = fields.Bool()
    serious = fields.Bool()
    entries = fields.List(fields.Nested(CountedEntry))


class PublicEntry(Schema):
    """What everybody may know of an entry."""

    kind = fields.Str()
    sign = fields.Str()
    authority = fields.Str(allow_none=True)
    document_number = fields.Str(allow_none=True)
    occurred_on = Day()
    valid_until = Day(allow_none=True)


class PublicCreditRecord(Schema):
    """What the law publishes of an organisation's credit record: lists, penalties, inspections, commendations."""

    organisation = Id()
    name = fields.Str()
    on = Day()
    abnormal = fields.Bool()
    serious = fields.Bool()
    entries = fields.List(fields.Nested(PublicEntry))
    listings = fields.List(fields.Nested(ListingView))
