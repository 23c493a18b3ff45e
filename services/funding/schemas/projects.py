"""Forms of projects."""

from __future__ import annotations

from marshmallow import fields

from services.funding.schemas.common import Part
from shared.fields import Area, Day, Fen, Id, Moment, Schema
from shared.http import PageQuery


class TrancheState(Schema):
    """A tranche of a project."""

    number = fields.Int(required=True)
    condition = fields.Str(required=True)
    amount_fen = Fen(required=True)
    status = fields.Str(required=True, metadata={"enum": ["waiting", "paid", "held"]})


class ProjectState(Schema):
    """The state of a project that other nodes and services may know."""

    id = Id(required=True)
    area = Area(required=True)
    round = Id(required=True)
    application = Id(required=True)
    organisation = Id(required=True)
    host = Id(load_default=None, allow_none=True)
    topic = Id(load_default=None, allow_none=True)
    title = fields.Str(required=True)
    amount_fen = Fen(required=True)
    sources = fields.List(fields.Nested(Part), load_default=list)
    tranches = fields.List(fields.Nested(TrancheState), load_default=list)
    status = fields.Str(required=True)
    signed_on = Day(load_default=None, allow_none=True)
    beneficiaries_direct = fields.Int(load_default=0)
    beneficiaries_indirect = fields.Int(load_default=0)
    generated = fields.Bool(load_default=False)


class ProjectView(ProjectState):
    """A project as the API answers it."""

    reasons = fields.Str(allow_none=True)
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class ProjectQuery(PageQuery):
    """Which projects to list."""

    area = Area(load_default=None)
    round = Id(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None)
