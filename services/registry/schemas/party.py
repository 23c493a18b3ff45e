"""Forms of party organisations."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import party as rules
from services.registry.schemas.common import NAME
from shared.fields import Area, Day, Id, Schema
from shared.http import PageQuery
from shared.lifecycle import table

_MEMBERS = validate.Range(0, 100_000)
_SECRETARY = validate.Regexp(
    r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}\Z", error="String does not match expected pattern."
)


class NewPartyBranch(Schema):
    """A party organisation 党组织 of social organisations."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=NAME)
    kind = fields.Str(required=True, validate=validate.OneOf(rules.BRANCH_KINDS))
    organisations = fields.List(Id(), required=True, validate=validate.Length(1, 200))
    members = fields.Int(load_default=None, allow_none=True, strict=True, validate=_MEMBERS)
    secretary = fields.Str(
        load_default=None,
        allow_none=True,
        validate=_SECRETARY,
        metadata={
            "description": "a reference to the person 书记 (an account, a number of the roster), not the name"
        },
    )
    founded_on = Day(load_default=None, allow_none=True, metadata={"description": "today if left out"})
    generated = fields.Bool(load_default=False)


class PartyBranchChange(Schema):
    """What changes 变更; what is left out stays as it was."""

    name = fields.Str(validate=NAME)
    kind = fields.Str(validate=validate.OneOf(rules.BRANCH_KINDS))
    members = fields.Int(allow_none=True, strict=True, validate=_MEMBERS)
    secretary = fields.Str(allow_none=True, validate=_SECRETARY)


class Membership(Schema):
    """An organisation that joins or leaves."""

    organisation = Id(required=True)


class PartyBranchState(Schema):
    """The state of a party organisation that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    kind = fields.Str(required=True)
    organisations = fields.List(Id(), load_default=list)
    members = fields.Int(load_default=None, allow_none=True)
    status = fields.Str(load_default="active")
    founded_on = Day(load_default=None, allow_none=True)
    dissolved_on = Day(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class PartyBranchView(PartyBranchState):
    """A party organisation as the API answers it."""

    owner = Area()


class PartyBranchFile(PartyBranchView):
    """A party organisation as its node tells it to staff."""

    secretary = fields.Str(allow_none=True)
    reasons = fields.Str(allow_none=True)


class PartyBranchQuery(PageQuery):
    """Which party organisations to list."""

    area = Area(load_default=None)
    kind = fields.Str(load_default=None, validate=validate.OneOf(rules.BRANCH_KINDS))
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.BranchLife))))


class CoverageQuery(Schema):
    """Whose coverage."""

    area = Area(required=True)


class CoverageView(Schema):
    """How many registered organisations of an area have a party organisation 党组织覆盖率."""

    area = Area()
    name = fields.Str(allow_none=True)
    registered = fields.Int()
    covered = fields.Int()
    percent = fields.Int(allow_none=True, metadata={"description": "rounded down"})


class Coverage(CoverageView):
    """The coverage of an area, and of each area directly below it that has registered organisations."""

    below = fields.List(fields.Nested(CoverageView))
