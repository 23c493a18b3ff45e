"""Forms of bodies that are known here without being registered here."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import bodies as rules
from services.registry.schemas.common import NAME, AreaQuery
from shared.fields import Area, Id, Schema


class NewBody(Schema):
    """A hub body 枢纽 or an external party 外部主体."""

    area = Area(required=True, metadata={"description": "where it is dealt with"})
    kind = fields.Str(required=True, validate=validate.OneOf(rules.KINDS))
    name = fields.Str(required=True, validate=NAME)
    credit_code = fields.Str(required=True, validate=validate.Length(equal=18))
    registered_at = fields.Str(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 100),
        metadata={"description": "the authority that registered it"},
    )
    generated = fields.Bool(load_default=False)


class BodyChange(Schema):
    """What has changed of a body; what is left out stays as it was."""

    kind = fields.Str(validate=validate.OneOf(rules.KINDS))
    name = fields.Str(validate=NAME)
    registered_at = fields.Str(allow_none=True, validate=validate.Length(1, 100))
    current = fields.Bool(metadata={"description": "false: nobody here deals with it any more"})


class BodyState(Schema):
    """A body as others may know it. It has no states: it is neither registered, inspected nor penalised here."""

    id = Id(required=True)
    area = Area(required=True)
    kind = fields.Str(required=True, metadata={"description": "hub or external"})
    name = fields.Str(required=True)
    credit_code = fields.Str(required=True)
    registered_at = fields.Str(load_default=None, allow_none=True)
    current = fields.Bool(load_default=True)
    generated = fields.Bool(load_default=False)


class BodyView(BodyState):
    """A body as the API answers it."""

    owner = Area()


class BodyQuery(AreaQuery):
    """Which bodies to list."""

    kind = fields.Str(load_default=None, validate=validate.OneOf(rules.KINDS))
    credit_code = fields.Str(load_default=None)
