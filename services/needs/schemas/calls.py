"""Forms of call lists."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import calls as rules
from services.needs.domain.collection import SOURCES
from services.needs.schemas.collection import Contact
from services.needs.schemas.common import TITLE
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery


class NewCallList(Schema):
    """A sample of those who were answered between two days, for an evaluator to call."""

    area = Area(required=True)
    purpose = fields.Str(required=True, validate=TITLE)
    evaluator = fields.Str(
        required=True,
        validate=validate.Length(1, 100),
        metadata={"description": "id of the organisation that calls, or account of the person"},
    )
    since = Day(required=True)
    until = Day(required=True)
    source = fields.Str(load_default=None, allow_none=True, validate=validate.OneOf(SOURCES))
    size = fields.Int(required=True, strict=True, validate=validate.Range(1, rules.LARGEST))
    seed = fields.Str(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"[0-9a-zA-Z]{8,64}\Z"),
        metadata={"description": "where one was drawn in public; else the node makes one"},
    )


class Satisfaction(Schema):
    """The rate of satisfaction 满意率 with its 95 % confidence interval, per thousand."""

    answered = fields.Int()
    satisfied = fields.Int()
    permille = fields.Int(allow_none=True)
    low = fields.Int(allow_none=True, metadata={"description": "rounded down"})
    high = fields.Int(allow_none=True, metadata={"description": "rounded up"})


class CallListState(Schema):
    """The state of a call list that others may know: nobody on it."""

    id = Id(required=True)
    area = Area(required=True)
    purpose = fields.Str(required=True)
    evaluator = fields.Str(required=True)
    since = Day(required=True)
    until = Day(required=True)
    source = fields.Str(load_default=None, allow_none=True)
    frame_size = fields.Int(required=True, metadata={"description": "how many it was drawn from"})
    frame_sha256 = fields.Str(required=True)
    sampled = fields.Int(dump_only=True)
    outcome = fields.Nested(Satisfaction, dump_only=True)
    calls = fields.Int(load_default=0)
    looks = fields.Int(load_default=0)
    expires_at = Moment(required=True)
    status = fields.Str(required=True)


class CallListView(CallListState):
    """A call list as the API answers it to who drew it and who calls."""

    owner = Area()
    seed = fields.Str()
    sample = fields.List(Id())
    counts = fields.Dict(keys=fields.Str(), values=fields.Int())
    looked_at = Moment(allow_none=True)


class CallListQuery(PageQuery):
    """Which lists; an evaluator sees the own ones."""

    area = Area(load_default=None)
    status = fields.Str(load_default=None)


class CallEntry(Schema):
    """Somebody to call, and what it is about."""

    need = Id()
    title = fields.Str()
    contact = fields.Nested(Contact, allow_none=True, metadata={"description": "null where it was erased"})
    result = fields.Str(allow_none=True)


class CallListOpened(Schema):
    """A call list with whom to call."""

    id = Id()
    expires_at = Moment()
    looks = fields.Int()
    entries = fields.List(fields.Nested(CallEntry))


class CallResult(Schema):
    """What a call came to; a later call's result takes the place of an earlier one's."""

    need = Id(required=True)
    result = fields.Str(required=True, validate=validate.OneOf(rules.RESULTS))
