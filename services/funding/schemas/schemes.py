"""Forms of schemes."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.rounds import KINDS
from services.funding.schemas.common import NAME, YEAR
from services.funding.schemas.terms import RoundTerms
from shared.fields import Area, Id, Moment, Schema
from shared.http import PageQuery

_NOTE = validate.Length(1, 500)


class NewVersion(Schema):
    """Terms to publish as the next version. What is published never changes."""

    terms = fields.Nested(RoundTerms, required=True)
    note = fields.Str(
        load_default=None, allow_none=True, validate=_NOTE, metadata={"description": "what is new in it"}
    )


class NewScheme(NewVersion):
    """A scheme 轮次方案 with its first version; areas below its own can use it too."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=NAME)


class SchemeVersion(Schema):
    """A published version of a scheme."""

    number = fields.Int(required=True)
    published_at = Moment(required=True)
    note = fields.Str(load_default=None, allow_none=True)
    terms = fields.Nested(RoundTerms, required=True)


class SchemeState(Schema):
    """The state of a scheme that everybody may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    kind = fields.Str(required=True, metadata={"description": "of its newest version"})
    status = fields.Str(required=True)
    versions = fields.List(fields.Nested(SchemeVersion), load_default=list)


class SchemeView(SchemeState):
    """A scheme as the API answers it."""

    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class SchemeQuery(PageQuery):
    """Which schemes to list."""

    area = Area(load_default=None)
    kind = fields.Str(load_default=None, validate=validate.OneOf(KINDS))
    status = fields.Str(load_default=None)


class RoundByScheme(Schema):
    """A round to be planned by a version of a scheme: the newest, where no number is given."""

    area = Area(required=True)
    number = fields.Int(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 1000))
    name = fields.Str(required=True, validate=NAME)
    year = fields.Int(required=True, strict=True, validate=YEAR)
    funds = fields.List(Id(), required=True, validate=validate.Length(1, 20))
    opens_at = Moment(required=True)
    closes_at = Moment(
        load_default=None,
        allow_none=True,
        metadata={"description": "by the days of the scheme's call where it is left out"},
    )
    generated = fields.Bool(load_default=False)
