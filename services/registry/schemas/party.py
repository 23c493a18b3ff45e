"""Forms of party organisations."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import party as rules
from services.registry.schemas.common import NAME
from shared.fields import Area, Id, Schema


class NewPartyBranch(Schema):
    """A party organisation 党组织 of social organisations."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=NAME)
    kind = fields.Str(required=True, validate=validate.OneOf(rules.BRANCH_KINDS))
    organisations = fields.List(Id(), required=True, validate=validate.Length(1, 200))
    generated = fields.Bool(load_default=False)


class PartyBranchState(Schema):
    """The state of a party organisation that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    kind = fields.Str(required=True)
    organisations = fields.List(Id(), load_default=list)
    generated = fields.Bool(load_default=False)


class PartyBranchView(PartyBranchState):
    """A party organisation as the API answers it."""

    owner = Area()
