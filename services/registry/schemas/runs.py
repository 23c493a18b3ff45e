"""Forms of runs."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import runs as rules
from services.registry.schemas.inspection import YEAR
from shared.fields import Area, Id, Moment, Schema
from shared.http import PageQuery
from shared.lifecycle import table


class NewRun(Schema):
    """Work over all organisations of an area."""

    kind = fields.Str(required=True, validate=validate.OneOf(rules.KINDS))
    area = Area(required=True)
    year = fields.Int(load_default=None, allow_none=True, strict=True, validate=YEAR)


class Failure(Schema):
    """A record that could not be worked on."""

    id = Id()
    code = fields.Str()


class RunState(Schema):
    """How far a run has come; it stays at its node."""

    id = Id(required=True)
    area = Area(required=True)
    kind = fields.Str(required=True)
    year = fields.Int(load_default=None, allow_none=True)
    status = fields.Str(required=True)
    total = fields.Int(load_default=0, metadata={"description": "records when it began"})
    done = fields.Int(load_default=0)
    outcomes = fields.Dict(keys=fields.Str(), values=fields.Int(), load_default=dict)
    failures = fields.List(fields.Nested(Failure), load_default=list)
    as_of = Moment(required=True, metadata={"description": "the moment that everything in it is dated to"})
    finished_at = Moment(load_default=None, allow_none=True)


class RunView(RunState):
    """A run as the API answers it."""

    percent = fields.Int(metadata={"description": "done of total, rounded down; 100 at its end only"})
    owner = Area()
    updated_at = Moment()


class RunQuery(PageQuery):
    """Which runs to list."""

    area = Area(load_default=None)
    kind = fields.Str(load_default=None, validate=validate.OneOf(rules.KINDS))
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.RunLife))))
