"""Forms of consolidation 合并同类项: proposals, what a person decides on them, and what came of each need."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import library as rules
from services.needs.schemas.common import TITLE, WORD
from services.needs.schemas.library import PROPOSED, REASONS, ItemView, NewItem, SimilarNeed
from shared.fields import Area, Id, Moment, Schema

_WHY = validate.Length(1, 2000)
_SOURCES = validate.Length(1, 500)


class NewItems(Schema):
    """Several items of the library; all are made or none."""

    items = fields.List(
        fields.Nested(NewItem), required=True, validate=validate.Length(1, rules.MOST_AT_ONCE)
    )


class NewItemsView(Schema):
    """The items in the order in which they were asked for."""

    items = fields.List(fields.Nested(ItemView))


class MoreSources(Schema):
    """Needs that an item takes in."""

    sources = fields.List(Id(), required=True, validate=_SOURCES)
    proposed = PROPOSED
    reasons = REASONS


class FewerSources(Schema):
    """Sources that leave an item."""

    sources = fields.List(Id(), required=True, validate=_SOURCES)
    reasons = fields.Str(required=True, validate=_WHY)
    although_chosen = fields.Bool(
        load_default=False,
        metadata={"description": "a topic that was appraised is to be changed all the same"},
    )


class Move(FewerSources):
    """Sources that go from one item to another."""

    to = Id(required=True)


class Part(Schema):
    """A new item, of some of an item's sources; what is not said is as in that item."""

    title = fields.Str(required=True, validate=TITLE)
    category = fields.Str(load_default=None, allow_none=True, validate=WORD)
    group = fields.Str(load_default=None, allow_none=True, validate=WORD)
    sources = fields.List(Id(), required=True, validate=_SOURCES)


class Split(Schema):
    """New items of some of an item's sources; the others stay."""

    parts = fields.List(fields.Nested(Part), required=True, validate=validate.Length(1, 20))
    reasons = fields.Str(required=True, validate=_WHY)
    although_chosen = fields.Bool(load_default=False)


class SplitView(Schema):
    """An item that was split, and the items that were made of it."""

    item = fields.Nested(ItemView)
    parts = fields.List(fields.Nested(ItemView))


class Rejection(Schema):
    """Needs that were proposed together and do not belong together: with an item, not to that; else none to another."""

    area = Area(required=True)
    needs = fields.List(Id(), required=True, validate=validate.Length(1, 500))
    item = Id(load_default=None, allow_none=True)
    reasons = fields.Str(required=True, validate=_WHY)


class DistinctionState(Schema):
    """Needs of different parts that a person told apart."""

    id = Id(required=True)
    area = Area(required=True)
    needs = fields.List(Id(), required=True)
    parts = fields.List(fields.List(Id()), required=True)
    created_at = Moment(load_default=None, allow_none=True)


class DistinctionView(DistinctionState):
    """The same with who decided and why, where it was decided."""

    owner = Area()
    by = fields.Str(allow_none=True)
    reasons = fields.Str(allow_none=True)


class ProposalQuery(Schema):
    """Which needs to look at."""

    area = Area(required=True)
    category = fields.Str(load_default=None)
    within = fields.Str(
        load_default=None,
        validate=validate.OneOf(["street", "community"]),
        metadata={"description": "needs of different areas of this tier are not proposed together"},
    )


class ProposedNeed(Schema):
    """A need that is in no item."""

    id = Id()
    area = Area()
    title = fields.Str()
    description = fields.Str(allow_none=True)
    category = fields.Str()
    group = fields.Str(allow_none=True)


class Proposal(Schema):
    """Needs that may belong together, or to the item."""

    needs = fields.List(fields.Nested(ProposedNeed))
    item = Id(allow_none=True)
    title = fields.Str(metadata={"description": "of the item, or of the need most like the others"})
    score = fields.Int(
        metadata={"description": "0 to 100: how alike they are on the average; 0 of one alone"}
    )
    shared = fields.List(fields.Str(), metadata={"description": "what most of them speak of"})


class Proposals(Schema):
    """Every need that was looked at is in one of them; many are alone in theirs."""

    proposals = fields.List(fields.Nested(Proposal))
    looked_at = fields.Int()
    more = fields.Bool(metadata={"description": "there are more needs in no item: decide on these first"})


class SimilarItem(Schema):
    """An item of the library like a need."""

    id = Id()
    area = Area()
    title = fields.Str()
    category = fields.Str()
    group = fields.Str(allow_none=True)
    status = fields.Str()
    score = fields.Int()


class Alike(Schema):
    """What is like a need that is about to be submitted."""

    needs = fields.List(fields.Nested(SimilarNeed))
    items = fields.List(fields.Nested(SimilarItem))


class Step(Schema):
    """Needs that an item took in, or that went out of it, at once."""

    at = Moment()
    step = fields.Str(validate=validate.OneOf(rules.STEPS))
    item = Id()
    needs = fields.List(Id())
    other = Id(allow_none=True, metadata={"description": "the item that they came from or went to"})
    by = fields.Str(
        allow_none=True, metadata={"description": "account of who decided; null before version 0.4"}
    )
    reasons = fields.Str(allow_none=True)


class History(Schema):
    """How an item came to its sources, step by step; kept where the item is owned."""

    item = Id()
    owner = Area()
    steps = fields.List(fields.Nested(Step))


class Way(Schema):
    """Where a need went."""

    need = Id()
    item = Id(allow_none=True, metadata={"description": "where it is, as far as known here"})
    kept_by = Area(
        allow_none=True, metadata={"description": "the node of that item: its steps are known there"}
    )
    steps = fields.List(fields.Nested(Step))
    told_apart = fields.List(fields.Nested(DistinctionView))
