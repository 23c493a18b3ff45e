"""Forms of the registry's requests, answers and events."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry import domain
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery

_NAME = validate.Length(1, 100)


class NewOrganisation(Schema):
    """An application to be registered 登记 or filed 备案."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=_NAME)
    track = fields.Str(required=True, validate=validate.OneOf(domain.TRACKS))
    type = fields.Str(load_default=None, allow_none=True, validate=validate.OneOf(list(domain.TYPES)))
    credit_code = fields.Str(load_default=None, allow_none=True, validate=validate.Length(equal=18))
    category = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 50))
    supervising_unit = fields.Str(load_default=None, allow_none=True, validate=_NAME)
    established_on = Day(required=True)
    generated = fields.Bool(load_default=False)


class Correction(Schema):
    """What is corrected 补正 in an application; what is left out stays as it was."""

    name = fields.Str(validate=_NAME)
    type = fields.Str(allow_none=True, validate=validate.OneOf(list(domain.TYPES)))
    credit_code = fields.Str(allow_none=True, validate=validate.Length(equal=18))
    category = fields.Str(allow_none=True, validate=validate.Length(1, 50))
    supervising_unit = fields.Str(allow_none=True, validate=_NAME)
    established_on = Day()


class Decision(Schema):
    """A decision with its reasons."""

    approve = fields.Bool(required=True)
    reasons = fields.Str(required=True, validate=validate.Length(1, 2000))


class Reasons(Schema):
    """Why something is done."""

    reasons = fields.Str(required=True, validate=validate.Length(1, 2000))


class OrganisationState(Schema):
    """The state of an organisation that other nodes and services may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    track = fields.Str(required=True)
    type = fields.Str(load_default=None, allow_none=True)
    credit_code = fields.Str(load_default=None, allow_none=True)
    category = fields.Str(load_default=None, allow_none=True)
    supervising_unit = fields.Str(load_default=None, allow_none=True)
    established_on = Day(required=True)
    status = fields.Str(required=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    decided_at = Moment(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class OrganisationView(OrganisationState):
    """An organisation as the API answers it."""

    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class OrganisationQuery(PageQuery):
    """Which organisations to list."""

    area = Area(load_default=None)
    track = fields.Str(load_default=None, validate=validate.OneOf(domain.TRACKS))
    status = fields.Str(load_default=None)


class CheckList(Schema):
    """Both check lists of a station: 五有 and 七统一."""

    five_haves = fields.Dict(
        keys=fields.Str(validate=validate.OneOf(domain.FIVE_HAVES)), values=fields.Bool(), required=True
    )
    seven_in_common = fields.Dict(
        keys=fields.Str(validate=validate.OneOf(domain.SEVEN_IN_COMMON)), values=fields.Bool(), required=True
    )


class NewStation(CheckList):
    """A service station 服务站."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=_NAME)
    generated = fields.Bool(load_default=False)


class StationState(Schema):
    """The state of a station that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    five_haves = fields.Dict(keys=fields.Str(), values=fields.Bool(), load_default=dict)
    seven_in_common = fields.Dict(keys=fields.Str(), values=fields.Bool(), load_default=dict)
    complies = fields.Bool(required=True)
    generated = fields.Bool(load_default=False)


class StationView(StationState):
    """A station as the API answers it."""

    owner = Area()


class NewPartyBranch(Schema):
    """A party organisation 党组织 of social organisations."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=_NAME)
    kind = fields.Str(required=True, validate=validate.OneOf(domain.BRANCH_KINDS))
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


class AreaQuery(PageQuery):
    """A list below one area."""

    area = Area(load_default=None)


class SummaryState(Schema):
    """What everybody may know of an organisation."""

    id = Id(required=True)
    area = Area(required=True)
    organisation = Id(required=True)
    name = fields.Str(required=True)
    track = fields.Str(required=True)
    type = fields.Str(load_default=None, allow_none=True)
    category = fields.Str(load_default=None, allow_none=True)
    status = fields.Str(required=True)


class SummaryView(SummaryState):
    """A public summary as the API answers it."""


class Division(Schema):
    """An area 区划 of the official code list."""

    code = Area()
    name = fields.Str()
    tier = fields.Str()
    parent = Area(allow_none=True)


class FiguresQuery(Schema):
    """Whose figures."""

    area = Area(required=True)


class Figures(Schema):
    """Counts over everything that this node knows of the area and below it."""

    organisations = fields.Int()
    registered = fields.Int()
    filed = fields.Int()
    stations = fields.Int()
    stations_complying = fields.Int()
    party_branches = fields.Int()
    party_independent = fields.Int()
    party_joint = fields.Int()
    party_functional = fields.Int()
    party_covered = fields.Int(metadata={"description": "registered organisations with a party organisation"})
    party_coverage_percent = fields.Int(
        metadata={"description": "covered per hundred registered, rounded down"}, allow_none=True
    )
