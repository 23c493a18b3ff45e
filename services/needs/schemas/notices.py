"""Forms of the public notice of topics and of objections to them."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import notices as rules
from services.needs.schemas.collection import Contact
from shared.clocks.forms import DeadlineState, DeadlineView
from shared.fields import Area, Id, Moment, Schema

_TEXT = validate.Length(1, 5000)


class NewTopicObjection(Schema):
    """An objection 异议 to a topic, by anybody; `contact` is for who wants to be answered in person."""

    text = fields.Str(required=True, validate=_TEXT)
    contact = fields.Nested(Contact, load_default=None, allow_none=True)


class TopicObjectionState(DeadlineState):
    """What everybody may know of an objection: not what it says, nor who says it."""

    id = Id(required=True)
    area = Area(required=True)
    item = Id(required=True)
    title = fields.Str(load_default=None, allow_none=True, metadata={"description": "of the topic"})
    number = fields.Str(required=True, metadata={"description": "on the receipt 回执"})
    received_at = Moment(required=True)
    status = fields.Str(required=True)
    outcome = fields.Str(load_default=None, allow_none=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    settled_at = Moment(load_default=None, allow_none=True)


class TopicObjectionView(TopicObjectionState, DeadlineView):
    """An objection, also the receipt of who made it."""

    owner = Area()


class TopicObjectionFile(TopicObjectionView):
    """An objection as those see it who settle it."""

    text = fields.Str(allow_none=True)
    contact = fields.Nested(Contact, attribute="whom_to_answer", allow_none=True)


class TopicSettlement(Schema):
    """What became of an objection; an upheld one ends the topic, or returns it to the library."""

    upheld = fields.Bool(required=True)
    outcome = fields.Str(load_default=None, allow_none=True, validate=validate.OneOf([*rules.OUTCOMES]))
    reasons = fields.Str(required=True, validate=validate.Length(1, 2000))
