"""Forms of needs and of their answers."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import collection as rules
from services.needs.domain import hotline
from services.needs.schemas.common import TITLE, WORD
from shared.clocks.forms import DeadlineState, DeadlineView
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
    raised_by = fields.Str(
        load_default=None,
        allow_none=True,
        validate=TITLE,
        metadata={"description": "the authority 提出单位, of the sources department and street"},
    )
    contact = fields.Nested(Contact, load_default=None, allow_none=True)
    received_on = Day(required=True)
    generated = fields.Bool(load_default=False)


class Answer(Schema):
    """What the resident was told."""

    answer = fields.Str(required=True, validate=validate.Length(1, 5000))


class Route(Schema):
    """Whose staff are to answer a hotline request 转办."""

    to = Area(required=True)


class CallBack(Schema):
    """What came of calling a resident back 回访."""

    result = fields.Str(required=True, validate=validate.OneOf(hotline.RESULTS))
    reasons = fields.Str(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 2000),
        metadata={"description": "what is still to be done; required of who is not satisfied"},
    )


class NeedState(DeadlineState):
    """The state of a need that other nodes and services may know: nobody's name, nobody's phone."""

    id = Id(required=True)
    area = Area(required=True)
    title = fields.Str(required=True)
    description = fields.Str(load_default=None, allow_none=True)
    category = fields.Str(required=True)
    group = fields.Str(load_default=None, allow_none=True)
    source = fields.Str(required=True)
    raised_by = fields.Str(load_default=None, allow_none=True)
    survey = Id(load_default=None, allow_none=True, metadata={"description": "that it was an answer to"})
    urgency = fields.Str(required=True)
    received_on = Day(required=True)
    status = fields.Str(required=True)
    item = Id(load_default=None, allow_none=True)
    answered_at = Moment(load_default=None, allow_none=True)
    loop = fields.Str(
        load_default=None,
        allow_none=True,
        metadata={"description": "how far a hotline request has come: taken, routed, answered, closed"},
    )
    routed_to = Area(load_default=None, allow_none=True)
    late = fields.Bool(
        load_default=None,
        allow_none=True,
        metadata={"description": "whether a step before the answer was late"},
    )
    called_back_at = Moment(load_default=None, allow_none=True)
    satisfied = fields.Bool(
        load_default=None, allow_none=True, metadata={"description": "null until somebody was reached"}
    )
    generated = fields.Bool(load_default=False)


class NeedView(NeedState, DeadlineView):
    """A need as the API answers it; `contact`, `answer` and `call_back_reasons` only to staff who deal with it."""

    owner = Area()
    contact = fields.Nested(Contact, attribute="whom_to_answer", allow_none=True)
    answer = fields.Str(allow_none=True)
    call_backs = fields.Int(metadata={"description": "calls since it was answered"})
    call_back_reasons = fields.Str(allow_none=True)
    created_at = Moment()
    updated_at = Moment()


class NeedQuery(PageQuery):
    """Which needs to list."""

    area = Area(load_default=None)
    category = fields.Str(load_default=None)
    source = fields.Str(load_default=None, validate=validate.OneOf(rules.SOURCES))
    status = fields.Str(load_default=None)
    item = Id(load_default=None)
    survey = Id(load_default=None)
    loop = fields.Str(load_default=None, validate=validate.OneOf(hotline.STATES))
    due_stage = fields.Str(load_default=None, metadata={"description": "such as past"})
