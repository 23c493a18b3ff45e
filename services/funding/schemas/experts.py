"""Forms of experts."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.experts import TIES
from services.funding.schemas.common import NAME
from shared.fields import Area, DayText, Id, Moment, Schema
from shared.http import PageQuery

_EXPERTISE = fields.Str(validate=validate.Length(1, 50))


class NewTie(Schema):
    """A tie 利害关系 of an expert to an organisation."""

    organisation = Id(required=True)
    kind = fields.Str(required=True, validate=validate.OneOf(TIES))
    since = DayText(load_default=None, allow_none=True)
    until = DayText(load_default=None, allow_none=True, metadata={"description": "null while it lasts"})


class Contact(Schema):
    """Where an expert is reached."""

    phone = fields.Str(validate=validate.Length(3, 30))
    email = fields.Email()


class NewExpert(Schema):
    """An expert 评审专家, drawn for rounds of this area and below it."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=NAME)
    contact = fields.Nested(Contact, load_default=dict)
    account = fields.Str(
        required=True,
        validate=validate.Length(1, 100),
        metadata={"description": "the account that the expert signs in with: the subject of its tokens"},
    )
    organisation = Id(load_default=None, allow_none=True, metadata={"description": "where the expert works"})
    home = Area(load_default=None, allow_none=True, metadata={"description": "the area of that"})
    expertise = fields.List(_EXPERTISE, load_default=list, validate=validate.Length(0, 20))
    ties = fields.List(fields.Nested(NewTie), load_default=list, validate=validate.Length(0, 50))


class ExpertState(Schema):
    """The state of an expert's entry that events tell: not who it is."""

    id = Id(required=True)
    area = Area(required=True)
    expertise = fields.List(fields.Str(), load_default=list)
    status = fields.Str(required=True)


class ExpertView(ExpertState):
    """An expert as those see it who keep the register."""

    name = fields.Str(allow_none=True)
    contact = fields.Dict()
    account = fields.Str(allow_none=True)
    organisation = Id(allow_none=True)
    home = Area(allow_none=True)
    ties = fields.List(fields.Nested(NewTie))
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class ExpertQuery(PageQuery):
    """Which experts to list."""

    area = Area(load_default=None)
    status = fields.Str(load_default=None)
