"""Forms of needs and of their answers."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import collection as rules
from services.needs.schemas.common import TITLE, WORD
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery


class Contact(Schema):
    """Whom to answer. Stays at the node that owns the need."""

    name = fields.Str(required=True, validate=validate.Length(1, 100))
    phone = fields.Str(required=True, validate=validate.Length(1, 30))


class NewNeed(Schema):
    """A need 需求 as it was raised."""

    area = Area(required=True)
    title = fields.Str(required=True, validate=TITLE)
    description = fields.Str(load_default=None, allow_none=True, validate=validate.Length(0, 5000))
    category = fields.Str(required=True, validate=WORD)
    group = fields.Str(load_default=None, allow_none=True, validate=WORD)
    source = fields.Str(required=True, validate=validate.OneOf(rules.SOURCES))
    urgency = fields.Str(load_default="normal", validate=validate.OneOf(rules.URGENCIES))
    contact = fields.Nested(Contact, load_default=None, allow_none=True)
    received_on = Day(required=True)
    generated = fields.Bool(load_default=False)


class Answer(Schema):
    """What the resident was told."""

    answer = fields.Str(required=True, validate=validate.Length(1, 5000))


class NeedState(Schema):
    """The state of a need that other nodes and services may know: nobody's name, nobody's phone."""

    id = Id(required=True)
    area = Area(required=True)
    title = fields.Str(required=True)
    description = fields.Str(load_default=None, allow_none=True)
    category = fields.Str(required=True)
    group = fields.Str(load_default=None, allow_none=True)
    source = fields.Str(required=True)
    urgency = fields.Str(required=True)
    received_on = Day(required=True)
    status = fields.Str(required=True)
    item = Id(load_default=None, allow_none=True)
    answered_at = Moment(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class NeedView(NeedState):
    """A need as the API answers it; `contact` and `answer` only to staff of the area."""

    owner = Area()
    contact = fields.Nested(Contact, attribute="whom_to_answer", allow_none=True)
    answer = fields.Str(allow_none=True)
    created_at = Moment()
    updated_at = Moment()


class NeedQuery(PageQuery):
    """Which needs to list."""

    area = Area(load_default=None)
    category = fields.Str(load_default=None)
    source = fields.Str(load_default=None, validate=validate.OneOf(rules.SOURCES))
    status = fields.Str(load_default=None)
    item = Id(load_default=None)
