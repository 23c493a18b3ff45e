"""Forms of open data, and what it reads of funding's own events."""

from __future__ import annotations

from marshmallow import fields

from services.funding.schemas.common import YEAR
from shared.fields import Area, Id, Moment, Schema
from shared.http import PageQuery


class ToldRound(Schema):
    """What open data reads of a round."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    kind = fields.Str(required=True)
    year = fields.Int(required=True)
    status = fields.Str(required=True)
    funds = fields.List(Id())
    criteria = fields.List(fields.Dict())
    cap_fen = fields.Int(allow_none=True)
    tracks = fields.List(fields.Str())
    external = fields.Bool()
    topics_only = fields.Bool()
    opens_at = Moment(allow_none=True)
    closes_at = Moment(allow_none=True)
    notice_ends_at = Moment(allow_none=True)
    proposed = fields.List(Id())
    generated = fields.Bool()


class ToldApplication(Schema):
    """What open data reads of an application. What was not proposed stays private all the same."""

    id = Id(required=True)
    area = Area(required=True)
    round = Id(required=True)
    organisation = Id(required=True)
    host = Id(allow_none=True)
    topic = Id(allow_none=True)
    title = fields.Str(required=True)
    amount_fen = fields.Int(required=True)
    status = fields.Str(required=True)
    external = fields.Dict(allow_none=True)
    generated = fields.Bool()


class ToldQuery(Schema):
    """What open data reads of a supplier's query and the complaint that came of it."""

    id = Id(required=True)
    area = Area(required=True)
    round = Id(required=True)
    status = fields.Str(required=True)
    upheld = fields.Bool(allow_none=True)


class ToldContract(Schema):
    """What open data reads of a contract, besides what its project tells."""

    id = Id(required=True)
    area = Area(required=True)
    round = Id(required=True)
    application = Id(required=True)
    number = fields.Str(required=True)
    starts_on = fields.Str(required=True)
    ends_on = fields.Str(required=True)


class ToldProject(Schema):
    """What open data reads of a project."""

    id = Id(required=True)
    area = Area(required=True)
    round = Id(required=True)
    application = Id(required=True)
    organisation = Id(required=True)
    host = Id(allow_none=True)
    topic = Id(allow_none=True)
    title = fields.Str(required=True)
    amount_fen = fields.Int(required=True)
    tranches = fields.List(fields.Dict())
    claw_backs = fields.List(fields.Dict())
    status = fields.Str(required=True)
    signed_on = fields.Str(allow_none=True)
    generated = fields.Bool()


class PackageQuery(PageQuery):
    """Which rounds' packages to list."""

    area = Area(load_default=None)
    year = fields.Int(load_default=None, validate=YEAR)


class PackageView(Schema):
    """A round's open data: where its packages are, and under which licence."""

    round = Id()
    ocid = fields.Str(metadata={"description": "Open Contracting ID"})
    title = fields.Str()
    area = Area()
    year = fields.Int()
    kind = fields.Str()
    status = fields.Str()
    releases = fields.Url(metadata={"description": "release package, OCDS 1.1"})
    record = fields.Url(metadata={"description": "record package, OCDS 1.1"})
    licence = fields.Url()
    updated_at = Moment()
    generated = fields.Bool(metadata={"description": "whether it is generated, and nothing of it happened"})


class GrantsQuery(Schema):
    """Whose grants: those of the rounds of an area and below it, of one year."""

    area = Area(required=True)
    year = fields.Int(required=True, validate=YEAR)


class PolicyQuery(Schema):
    """Where the policy is asked for."""

    area = Area(load_default=None)


class PolicyView(Schema):
    """What is published 发布政策, by whom, and on which terms."""

    area = Area()
    publisher = fields.Str()
    licence = fields.Url()
    licence_source = fields.Str(metadata={"description": "who says so"})
    ocid_prefix = fields.Str()
    ocid_prefix_registered = fields.Bool()
    grant_prefix = fields.Str()
    grant_prefix_registered = fields.Bool()
    published = fields.Str()
    withheld = fields.Str()
