"""Forms of the directory 名录: searches, counts, growth, density; and what it reads of events."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import directory as rules
from services.registry.domain import organisations
from shared.fields import Area, Day, Id, Schema
from shared.http import PageQuery
from shared.http.pages import Cursor

GRADES = ("1A", "2A", "3A", "4A", "5A")
SORTS = ("relevance", "name", "newest")
_ONE = validate.Length(1, 50)


class Filters(Schema):
    """What an organisation has to be to be found. All of it together."""

    area = Area(
        load_default=None,
        metadata={"description": "there and below; the node's whole district where it is left out"},
    )
    q = fields.Str(
        load_default=None,
        validate=validate.Length(1, 100),
        metadata={
            "description": "parts of the name (2 characters or more), initials or pinyin (3 letters or more), or a "
            "credit code from its 12th character on; several words, divided by blanks or `*`, must all be met",
            "examples": ["春雨 服务", "cysg", "chunyu"],
        },
    )
    track = fields.Str(load_default=None, validate=validate.OneOf(organisations.TRACKS))
    type = fields.Str(load_default=None, validate=validate.OneOf(list(organisations.TYPES)))
    category = fields.Str(load_default=None, validate=_ONE)
    status = fields.Str(load_default=None, validate=_ONE)
    grade = fields.Str(load_default=None, validate=validate.OneOf(GRADES))


class DirectoryQuery(PageQuery, Filters):
    """A search."""

    cursor = Cursor(int, str, load_default=None, metadata={"description": "`next` of the page before"})
    sort = fields.Str(
        load_default="relevance",
        validate=validate.OneOf(SORTS),
        metadata={
            "description": "relevance: what begins with the first word, then the rest, each by name; name: pinyin; "
            "newest: by date of establishment"
        },
    )


class DirectoryItem(Schema):
    """An organisation as it is found."""

    id = Id()
    area = Area()
    name = fields.Str()
    credit_code = fields.Str(allow_none=True)
    track = fields.Str()
    type = fields.Str(allow_none=True)
    category = fields.Str(allow_none=True)
    status = fields.Str()
    grade = fields.Str(allow_none=True, metadata={"description": "that holds today"})
    established_on = Day(allow_none=True)
    ended_on = Day(allow_none=True)


class FacetValue(Schema):
    """One value of a facet, and how many organisations have it."""

    value = fields.Str(allow_none=True)
    count = fields.Int()


class Facets(Schema):
    """How many are found, and how many by each facet if it were not filtered by that one."""

    total = fields.Int()
    capped = fields.Bool(
        metadata={"description": f"true: only the first {rules.MOST_COUNTED} that are found were counted"}
    )
    track = fields.List(fields.Nested(FacetValue))
    type = fields.List(fields.Nested(FacetValue))
    category = fields.List(fields.Nested(FacetValue))
    status = fields.List(fields.Nested(FacetValue))
    grade = fields.List(fields.Nested(FacetValue))
    area = fields.List(
        fields.Nested(FacetValue), metadata={"description": "the area itself, and those directly below it"}
    )


class GrowthQuery(Schema):
    """Whose growth."""

    area = Area(load_default=None)
    track = fields.Str(load_default=None, validate=validate.OneOf(organisations.TRACKS))


class GrowthYear(Schema):
    """One year of a track."""

    year = fields.Int()
    founded = fields.Int(metadata={"description": "established in the year"})
    ended = fields.Int(metadata={"description": "struck off, closed or revoked in the year"})
    at_end = fields.Int(metadata={"description": "there at the end of the year"})


class GrowthOfTrack(Schema):
    """Growth of one track; `undated` are there of which the year is not known, before the first year."""

    track = fields.Str()
    undated = fields.Int()
    years = fields.List(fields.Nested(GrowthYear))


class Growth(Schema):
    """Growth of public organisations, by year and track."""

    area = Area()
    tracks = fields.List(fields.Nested(GrowthOfTrack))


class DensityQuery(Schema):
    """Whose density, and on which day's residents."""

    area = Area(load_default=None)


class DensityOfArea(Schema):
    """Organisations of an area per 10,000 of its residents."""

    area = Area()
    name = fields.Str()
    organisations = fields.Int(metadata={"description": "active ones, of both tracks"})
    residents = fields.Int(allow_none=True, metadata={"description": "常住人口; null: not known here"})
    year = fields.Int(allow_none=True, metadata={"description": "of the number of residents"})
    source = fields.Str(allow_none=True, metadata={"description": "where that number comes from"})
    per_10000 = fields.Float(allow_none=True, metadata={"description": "null: residents are not known"})


class Density(Schema):
    """Organisations per 10,000 residents, of an area and those directly below it."""

    areas = fields.List(fields.Nested(DensityOfArea))


class SeenOrganisation(Schema):
    """Of `registry.organisation` only that it is news: the record is stored here."""


class SeenSummary(Schema):
    """What the directory reads of `registry.summary`; the record is stored here."""

    organisation = Id(required=True)
