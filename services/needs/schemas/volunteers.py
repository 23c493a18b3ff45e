"""Forms of volunteers, activities and service."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import volunteers as rules
from services.needs.schemas.collection import Contact
from services.needs.schemas.common import TITLE, WORD, foreseeable
from services.needs.schemas.orders import Why
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery
from shared.lifecycle import table

_SKILLS = validate.Length(0, 30)
_CLOCK = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", error="a time like 09:30")
_ACCOUNT = {"description": "the person's own, to act by it"}


class WindowForm(Schema):
    """A part of each week."""

    weekday = fields.Int(
        required=True, strict=True, validate=validate.Range(1, 7), metadata={"description": "1 is Monday"}
    )
    begins = fields.Str(required=True, validate=_CLOCK, metadata={"examples": ["09:00"]})
    ends = fields.Str(required=True, validate=_CLOCK, metadata={"examples": ["11:30"]})


class VolunteerProfile(Schema):
    """What a volunteer offers."""

    skills = fields.List(fields.Str(validate=WORD), required=True, validate=_SKILLS)
    areas = fields.List(Area(), required=True, validate=validate.Length(1, 30))
    windows = fields.List(fields.Nested(WindowForm), required=True, validate=validate.Length(0, 50))


class NewVolunteer(VolunteerProfile):
    """Somebody who registers as a volunteer 志愿者."""

    area = Area(required=True)
    contact = fields.Nested(Contact, required=True)
    account = Id(load_default=None, allow_none=True, metadata=_ACCOUNT)
    generated = fields.Bool(load_default=False)


class VolunteerState(Schema):
    """A volunteer without who it is; it stays at its node."""

    id = Id(required=True)
    area = Area(required=True)
    skills = fields.List(fields.Str(), load_default=list)
    areas = fields.List(Area(), load_default=list)
    windows = fields.List(fields.Nested(WindowForm), load_default=list)
    minutes = fields.Int(load_default=0, metadata={"description": "of confirmed service"})
    stars = fields.Int(load_default=0)
    status = fields.Str(required=True)
    generated = fields.Bool(load_default=False)


class VolunteerView(VolunteerState):
    """A volunteer as the API answers staff, and the volunteer in person."""

    owner = Area()
    contact = fields.Nested(Contact, attribute="whom_to_ask", allow_none=True)
    account = Id(allow_none=True)


class VolunteerQuery(PageQuery):
    """Which volunteers to list."""

    area = Area(load_default=None)
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.VolunteerLife))))


class NewActivity(Schema):
    """An activity that looks for volunteers."""

    area = Area(required=True)
    title = fields.Str(required=True, validate=TITLE)
    skills = fields.List(fields.Str(validate=WORD), load_default=list, validate=_SKILLS)
    organisation = Id(load_default=None, allow_none=True)
    need = Id(load_default=None, allow_none=True)
    places = fields.Int(required=True, strict=True, validate=validate.Range(1, 10_000))
    begins_at = Moment(required=True, validate=foreseeable)
    ends_at = Moment(required=True, validate=foreseeable)
    generated = fields.Bool(load_default=False)


class ActivityState(Schema):
    """An activity as others may know it."""

    id = Id(required=True)
    area = Area(required=True)
    title = fields.Str(required=True)
    skills = fields.List(fields.Str(), load_default=list)
    organisation = Id(load_default=None, allow_none=True)
    need = Id(load_default=None, allow_none=True)
    places = fields.Int(required=True)
    taken = fields.Int(load_default=0)
    begins_at = Moment(required=True)
    ends_at = Moment(required=True)
    status = fields.Str(required=True)
    generated = fields.Bool(load_default=False)


class ActivityView(ActivityState):
    """An activity as the API answers it."""

    owner = Area()


class ActivityQuery(PageQuery):
    """Which activities to list."""

    area = Area(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.ActivityLife))))


class NewEngagement(Schema):
    """Who takes part."""

    volunteer = Id(required=True)


class ServedTime(Schema):
    """How long somebody actually served 实际服务时间."""

    minutes = fields.Int(required=True, strict=True, validate=validate.Range(1, 24 * 60))


class EngagementState(Schema):
    """A volunteer's part in an activity; it stays at its node."""

    id = Id(required=True)
    area = Area(required=True)
    volunteer = Id(required=True)
    activity = Id(required=True)
    title = fields.Str(required=True)
    organisation = Id(load_default=None, allow_none=True)
    begins_at = Moment(required=True)
    ends_at = Moment(required=True)
    minutes = fields.Int(load_default=None, allow_none=True)
    confirmed_at = Moment(load_default=None, allow_none=True)
    status = fields.Str(required=True)


class EngagementView(EngagementState):
    """The same, as the API answers it."""

    owner = Area()


class EngagementQuery(PageQuery):
    """Which parts in activities to list."""

    area = Area(load_default=None)
    volunteer = Id(load_default=None)
    activity = Id(load_default=None)
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.EngagementLife))))


class MatchQuery(Schema):
    """How many matches, and from which score."""

    limit = fields.Int(load_default=20, validate=validate.Range(1, 100))
    least = fields.Int(load_default=1, validate=validate.Range(0, 300))


class PartView(Schema):
    """Points of one part of a score, out of how many, and why."""

    part = fields.Str()
    points = fields.Int()
    of = fields.Int()
    why = fields.Nested(Why)


class MatchView(Schema):
    """A volunteer and an activity that fit, the best first."""

    volunteer = Id()
    activity = Id()
    title = fields.Str(metadata={"description": "of the activity"})
    score = fields.Int()
    parts = fields.List(fields.Nested(PartView))
    stars = fields.Int(metadata={"description": "of the volunteer"})


class CertificateQuery(Schema):
    """Of which days; all where they are left out."""

    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)


class HoursCertificate(Schema):
    """What a volunteer has served 志愿服务记录证明, from the records alone."""

    volunteer = Id()
    name = fields.Str(allow_none=True)
    issuer = fields.Str(metadata={"description": "the area whose node keeps the records"})
    issued_at = Moment()
    since = Day(allow_none=True)
    until = Day(allow_none=True)
    minutes = fields.Int()
    hours = fields.Float(metadata={"description": "the same in hours, to a tenth, rounded down"})
    stars = fields.Int(metadata={"description": "by all hours, whatever days are asked for"})
    records = fields.List(fields.Nested(EngagementState))
