"""Forms of the menu."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import menu as rules
from services.needs.schemas.common import TITLE, WORD
from shared.fields import Area, Day, Fen, Id, Schema
from shared.http import PageQuery
from shared.lifecycle import table

REASONS = validate.Length(1, 2000)
_OFFERING = validate.Length(1, 100)


class NewServiceItem(Schema):
    """An item of the menu 服务项目. Its class is one of the rule `menu_classes`."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=TITLE)
    item_class = fields.Str(required=True, validate=WORD)
    unit = fields.Str(required=True, validate=WORD)
    price_fen = Fen(required=True)
    valid_from = Day(required=True)
    valid_to = Day(load_default=None, allow_none=True)
    organisations = fields.List(Id(), required=True, validate=_OFFERING)
    generated = fields.Bool(load_default=False)


class OfferingOrganisations(Schema):
    """Who offers an item from now on."""

    organisations = fields.List(Id(), required=True, validate=_OFFERING)


class EndOfItem(Schema):
    """The last day on which an item is on the menu, and why."""

    valid_to = Day(required=True)
    reasons = fields.Str(required=True, validate=REASONS)


class ServiceItemState(Schema):
    """An item of the menu, which everybody may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    item_class = fields.Str(required=True)
    unit = fields.Str(required=True)
    price_fen = fields.Int(required=True, metadata={"description": "fen 分 for one unit"})
    valid_from = Day(required=True)
    valid_to = Day(load_default=None, allow_none=True)
    organisations = fields.List(Id(), load_default=list)
    status = fields.Str(required=True)
    generated = fields.Bool(load_default=False)


class ServiceItemView(ServiceItemState):
    """An item as the API answers it."""

    owner = Area()
    reasons = fields.Str(allow_none=True)


class MenuQuery(PageQuery):
    """Which items to list."""

    area = Area(load_default=None)
    item_class = fields.Str(load_default=None)
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.ServiceItemLife))))
