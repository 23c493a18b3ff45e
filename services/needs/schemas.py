"""Forms of the requests, answers and events of needs."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs import domain
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery

_TITLE = validate.Length(1, 200)
_WORD = validate.Length(1, 50)
_COUNT = validate.Range(0, 100_000_000)
_YEAR = validate.Range(1949, 2999)


class Contact(Schema):
    """Whom to answer. Stays at the node that owns the need."""

    name = fields.Str(required=True, validate=validate.Length(1, 100))
    phone = fields.Str(required=True, validate=validate.Length(1, 30))


class NewNeed(Schema):
    """A need 需求 as it was raised."""

    area = Area(required=True)
    title = fields.Str(required=True, validate=_TITLE)
    description = fields.Str(load_default=None, allow_none=True, validate=validate.Length(0, 5000))
    category = fields.Str(required=True, validate=_WORD)
    group = fields.Str(load_default=None, allow_none=True, validate=_WORD)
    source = fields.Str(required=True, validate=validate.OneOf(domain.SOURCES))
    urgency = fields.Str(load_default="normal", validate=validate.OneOf(domain.URGENCIES))
    contact = fields.Nested(Contact, load_default=None, allow_none=True)
    received_on = Day(required=True)
    generated = fields.Bool(load_default=False)


class Answer(Schema):
    """What the resident was told."""

    answer = fields.Str(required=True, validate=validate.Length(1, 5000))


class NeedState(Schema):
    """The state of a need that other nodes and services may know: nobody's name, nobody's phone."""

    id = Id(required=True)
    area = Area(required=True)
    title = fields.Str(required=True)
    description = fields.Str(load_default=None, allow_none=True)
    category = fields.Str(required=True)
    group = fields.Str(load_default=None, allow_none=True)
    source = fields.Str(required=True)
    urgency = fields.Str(required=True)
    received_on = Day(required=True)
    status = fields.Str(required=True)
    item = Id(load_default=None, allow_none=True)
    answered_at = Moment(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class NeedView(NeedState):
    """A need as the API answers it; `contact` and `answer` only to staff of the area."""

    owner = Area()
    contact = fields.Nested(Contact, attribute="whom_to_answer", allow_none=True)
    answer = fields.Str(allow_none=True)
    created_at = Moment()
    updated_at = Moment()


class NeedQuery(PageQuery):
    """Which needs to list."""

    area = Area(load_default=None)
    category = fields.Str(load_default=None)
    source = fields.Str(load_default=None, validate=validate.OneOf(domain.SOURCES))
    status = fields.Str(load_default=None)
    item = Id(load_default=None)


class SimilarQuery(Schema):
    """To what to find similar needs."""

    title = fields.Str(required=True, validate=_TITLE)
    category = fields.Str(load_default=None)
    area = Area(load_default=None)
    limit = fields.Int(load_default=10, validate=validate.Range(1, 100))


class SimilarNeed(Schema):
    """A need that is proposed for merging; a person confirms."""

    id = Id()
    area = Area()
    title = fields.Str()
    category = fields.Str()
    status = fields.Str()
    item = Id(allow_none=True)
    score = fields.Int(metadata={"description": "0 to 100: how alike the titles are"})


class NewItem(Schema):
    """An item of the need library 需求库, made of one or several needs."""

    area = Area(required=True)
    title = fields.Str(required=True, validate=_TITLE)
    category = fields.Str(required=True, validate=_WORD)
    group = fields.Str(load_default=None, allow_none=True, validate=_WORD)
    sources = fields.List(Id(), required=True, validate=validate.Length(1, 500))
    generated = fields.Bool(load_default=False)


class PartVotes(Schema):
    """The votes of one part of the panel."""

    in_favour = fields.Int(required=True, data_key="for", validate=validate.Range(0, 10_000))
    against = fields.Int(required=True, validate=validate.Range(0, 10_000))


class Votes(Schema):
    """The votes of an appraisal 论证会."""

    residents = fields.Nested(PartVotes, required=True)
    experts = fields.Nested(PartVotes, required=True)
    cadres = fields.Nested(PartVotes, required=True)
    organisations = fields.Nested(PartVotes, required=True)


class Appraisal(Schema):
    """What the panel decided, by which votes and why."""

    chosen = fields.Bool(required=True)
    votes = fields.Nested(Votes, required=True)
    reasons = fields.Str(required=True, validate=validate.Length(1, 2000))


class ItemState(Schema):
    """The state of a library item, which everybody may know."""

    id = Id(required=True)
    area = Area(required=True)
    title = fields.Str(required=True)
    category = fields.Str(required=True)
    group = fields.Str(load_default=None, allow_none=True)
    sources = fields.List(Id(), load_default=list)
    status = fields.Str(required=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    created_at = Moment(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class ItemView(ItemState):
    """A library item as the API answers it; the votes only where it was appraised."""

    owner = Area()
    votes = fields.Dict(keys=fields.Str(), values=fields.Nested(PartVotes))
    updated_at = Moment()


class ItemQuery(PageQuery):
    """Which items to list."""

    area = Area(load_default=None)
    category = fields.Str(load_default=None)
    status = fields.Str(load_default=None)


class SeenItem(Schema):
    """Which needs an item was made of."""

    sources = fields.List(Id(), required=True)


class NewDelivery(Schema):
    """A record of service 服务记录."""

    area = Area(required=True)
    organisation = Id(required=True)
    topic = Id(load_default=None, allow_none=True)
    service = fields.Str(required=True, validate=_TITLE)
    delivered_on = Day(required=True)
    beneficiaries = fields.Int(
        required=True, validate=_COUNT, metadata={"description": "people reached for the first time"}
    )
    person_times = fields.Int(required=True, validate=_COUNT)
    confirmed_by = fields.Str(required=True, validate=validate.OneOf(domain.CONFIRMERS))
    generated = fields.Bool(load_default=False)


class DeliveryState(Schema):
    """The state of a record of service that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    organisation = Id(required=True)
    topic = Id(load_default=None, allow_none=True)
    service = fields.Str(required=True)
    delivered_on = Day(required=True)
    beneficiaries = fields.Int(required=True)
    person_times = fields.Int(required=True)
    confirmed_by = fields.Str(required=True)
    generated = fields.Bool(load_default=False)


class DeliveryView(DeliveryState):
    """A record of service as the API answers it."""

    owner = Area()


class DeliveryQuery(PageQuery):
    """Which records of service to list."""

    area = Area(load_default=None)
    organisation = Id(load_default=None)
    topic = Id(load_default=None)


class SeenOrganisation(Schema):
    """What matters here of an organisation of the registry."""

    name = fields.Str(required=True)
    status = fields.Str(required=True)


class SeenSummary(SeenOrganisation):
    """What matters here of an organisation's public summary."""

    organisation = Id(required=True)


class FiguresQuery(Schema):
    """Whose figures, and of which year."""

    area = Area(required=True)
    year = fields.Int(load_default=None, validate=_YEAR)


class Figures(Schema):
    """Counts over everything that this node knows of the area and below it."""

    collected = fields.Int(metadata={"description": "needs raised, merged or not"})
    merged = fields.Int()
    library = fields.Int()
    topics = fields.Int(metadata={"description": "library items chosen for funding"})
    streets = fields.Int(metadata={"description": "streets and towns in which needs were raised"})
    communities = fields.Int(metadata={"description": "communities in which needs were raised"})
    deliveries = fields.Int()
    beneficiaries = fields.Int()
    person_times = fields.Int()
    hotline_requests = fields.Int()
    hotline_closed = fields.Int()
    hotline_closed_percent = fields.Int(
        allow_none=True, metadata={"description": "answered per hundred hotline requests, rounded down"}
    )
