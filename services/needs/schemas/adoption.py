"""Forms of adoption."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import adoption as rules
from services.needs.domain import deliveries
from services.needs.schemas.collection import Contact
from services.needs.schemas.common import TITLE, WORD
from shared.fields import Area, Day, Fen, Id, Schema
from shared.http import PageQuery
from shared.lifecycle import table

_ACCOUNT = {"description": "the account of who adopts, or the id of the organisation that does"}


class NewWish(Schema):
    """A wish 微心愿, or a need, that is offered for adoption. Title and description are public: no names."""

    area = Area(required=True)
    title = fields.Str(required=True, validate=TITLE)
    description = fields.Str(load_default=None, allow_none=True, validate=validate.Length(0, 2000))
    category = fields.Str(required=True, validate=WORD)
    need = Id(load_default=None, allow_none=True)
    cost_fen = Fen(load_default=None, allow_none=True)
    contact = fields.Nested(Contact, load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class NewAdoption(Schema):
    """Who adopts a wish: a neighbour without a name in public, others with the name of their unit."""

    kind = fields.Str(required=True, validate=validate.OneOf(rules.ADOPTERS))
    unit = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 100))
    contact = fields.Nested(Contact, required=True)
    account = Id(load_default=None, allow_none=True, metadata=_ACCOUNT)
    due_on = Day(required=True)


class Fulfilment(Schema):
    """That a wish came true, and who says so."""

    by = fields.Str(required=True, validate=validate.OneOf(deliveries.CONFIRMERS))
    fulfilled_on = Day(required=True)


class WishState(Schema):
    """A wish, which everybody may know."""

    id = Id(required=True)
    area = Area(required=True)
    title = fields.Str(required=True)
    description = fields.Str(load_default=None, allow_none=True)
    category = fields.Str(required=True)
    need = Id(load_default=None, allow_none=True)
    cost_fen = fields.Int(load_default=None, allow_none=True)
    status = fields.Str(required=True)
    adopter_kind = fields.Str(load_default=None, allow_none=True)
    adopter_unit = fields.Str(load_default=None, allow_none=True)
    due_on = Day(load_default=None, allow_none=True)
    confirmed_by = fields.Str(load_default=None, allow_none=True)
    fulfilled_on = Day(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class WishView(WishState):
    """A wish as the API answers it."""

    owner = Area()


class WishContacts(Schema):
    """Whose wish it is, and who took it up: for staff."""

    id = Id()
    contact = fields.Nested(Contact, allow_none=True)
    adopter_contact = fields.Nested(Contact, allow_none=True)


class WishQuery(PageQuery):
    """Which wishes to list."""

    area = Area(load_default=None)
    category = fields.Str(load_default=None)
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.WishLife))))
