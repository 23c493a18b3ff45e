"""Forms of the need library."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.schemas.appraisal import PartVotes
from services.needs.schemas.common import TITLE, WORD
from shared.fields import Area, Id, Moment, Schema
from shared.http import PageQuery

# Needs that were proposed for an item: those that it does not take are told apart from it.
PROPOSED = fields.List(Id(), load_default=list, validate=validate.Length(0, 500))
REASONS = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 2000))


class SimilarQuery(Schema):
    """To what to find similar needs."""

    title = fields.Str(required=True, validate=TITLE)
    description = fields.Str(load_default=None, validate=validate.Length(0, 500))
    group = fields.Str(load_default=None)
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
    score = fields.Int(metadata={"description": "0 to 100: how alike the needs are"})


class NewItem(Schema):
    """An item of the need library 需求库, made of one or several needs."""

    area = Area(required=True)
    title = fields.Str(required=True, validate=TITLE)
    category = fields.Str(required=True, validate=WORD)
    group = fields.Str(load_default=None, allow_none=True, validate=WORD)
    sources = fields.List(Id(), required=True, validate=validate.Length(1, 500))
    proposed = PROPOSED
    reasons = REASONS
    generated = fields.Bool(load_default=False)


class ItemState(Schema):
    """The state of a library item, which everybody may know."""

    id = Id(required=True)
    area = Area(required=True)
    title = fields.Str(required=True)
    category = fields.Str(required=True)
    group = fields.Str(load_default=None, allow_none=True)
    sources = fields.List(Id(), load_default=list)
    left = fields.List(Id(), load_default=list, metadata={"description": "needs that were sources once"})
    status = fields.Str(required=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    panel = Id(load_default=None, allow_none=True, metadata={"description": "that decided on it last"})
    notice_ends_at = Moment(
        load_default=None,
        allow_none=True,
        metadata={"description": "the last moment of its public notice 公示"},
    )
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
    left = fields.List(Id(), load_default=list)
