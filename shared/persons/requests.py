"""What services know of a request, and what they tell of carrying it out."""

from __future__ import annotations

from functools import cache
from typing import Any

from marshmallow import Schema as Plain
from marshmallow import fields, validate
from mongoengine import IntField, ListField, StringField

from shared.errors import Text
from shared.events.types import EventType, Subject
from shared.fields import Area, Id, Schema
from shared.store.aggregate import Aggregate
from shared.store.readmodel import ReadModel

NOUN = "gateway.data_request"
ACCESS, CORRECTION, ERASURE = KINDS = ("access", "correction", "erasure")  # 查阅复制, 更正, 删除


class DataRequestState(Schema):
    """The state of a person's request, told within its node only: nothing that tells who it is."""

    id = Id(required=True)
    area = Area(required=True)
    kind = fields.Str(required=True, validate=validate.OneOf(KINDS))
    status = fields.Str(required=True)
    references = fields.List(fields.Str(), load_default=list, metadata={"description": "keyed hashes"})


class SeenDataRequest(Plain):
    """What a service looks at."""

    kind = fields.Str(required=True)
    status = fields.Str(required=True)
    references = fields.List(fields.Str(), load_default=list)


class KnownDataRequest(ReadModel):
    """A request of a person to this node."""

    meta = {"collection": "known_data_requests"}
    kind = StringField()
    status = StringField()
    references = ListField(StringField())


class Execution(Aggregate):
    """That one service has carried a request out, with counts of records; `reasons` say why some were left as they
    are."""

    meta = {"collection": "executions", "indexes": ["request"]}
    request = StringField(required=True)
    service = StringField(required=True)
    kind = StringField(required=True)
    found = IntField(default=0)
    changed = IntField(default=0)
    kept = IntField(default=0)
    reasons = ListField(StringField())


class ExecutionState(Schema):
    """What came of a request at one service."""

    id = Id(required=True)
    request = Id(required=True)
    service = fields.Str(required=True)
    kind = fields.Str(required=True)
    found = fields.Int(required=True, metadata={"description": "records that hold data of the person"})
    changed = fields.Int(required=True, metadata={"description": "of these, corrected or erased"})
    kept = fields.Int(required=True, metadata={"description": "left as they are, since a rule demands it"})
    reasons = fields.List(fields.Str(), load_default=list, metadata={"description": "these rules"})


class SeenExecution(Plain):
    """What the gateway looks at."""

    request = fields.Str(required=True)
    service = fields.Str(required=True)
    found = fields.Int(required=True)
    changed = fields.Int(required=True)
    kept = fields.Int(required=True)
    reasons = fields.List(fields.Str(), load_default=list)


@cache
def subject(service: str) -> Subject:
    return Subject(
        service, "execution", ExecutionState, Text("execution of a request", "请求办理结果"), audience="node"
    )


@cache
def recorded(service: str) -> EventType:
    return subject(service).event("recorded", Text("recorded", "登记"))


class PersonCorrection(Schema):
    """One value that is wrong, and what is right."""

    wrong = fields.Str(required=True, validate=validate.Length(1, 1000))
    right = fields.Str(required=True, validate=validate.Length(1, 1000))


class NewExecution(Schema):
    """How to carry a request out; corrections where it asks for such, as the person gave them."""

    corrections = fields.List(
        fields.Nested(PersonCorrection), load_default=list, validate=validate.Length(0, 20)
    )


class FoundRecord(Schema):
    """A record that holds data of the person, with what it holds, why, and on which ground."""

    kind = fields.Str()
    record = Id()
    area = Area()
    data = fields.Dict()
    purpose: Any = fields.Dict(metadata={"description": "by field, in both languages"})
    basis: Any = fields.Dict(metadata={"description": "by field: 个人信息保护法 13"})


class ExecutionView(ExecutionState):
    """What came of it; for access, a copy of the data for the person."""

    records = fields.List(fields.Nested(FoundRecord))
