"""Forms of clients."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import clients as rules
from services.needs.schemas.common import WORD
from services.needs.schemas.menu import REASONS
from shared.fields import Area, Day, Id, Schema
from shared.http import PageQuery
from shared.lifecycle import table


class ClientContact(Schema):
    """Whom to serve, and where. Stays at the node that owns the record."""

    name = fields.Str(required=True, validate=validate.Length(1, 100))
    phone = fields.Str(required=True, validate=validate.Length(1, 30))
    address = fields.Str(required=True, validate=validate.Length(1, 200))


class Standing(Schema):
    """The class of a client, one of the rule `client_classes`, and the days between which they have its rights."""

    client_class = fields.Str(required=True, validate=WORD)
    entitled_from = Day(load_default=None, allow_none=True)
    entitled_until = Day(load_default=None, allow_none=True)


class NewClient(Standing):
    """A resident who orders services 服务对象."""

    area = Area(required=True)
    contact = fields.Nested(ClientContact, required=True)
    account = Id(
        load_default=None, allow_none=True, metadata={"description": "the resident's own, to order by it"}
    )
    generated = fields.Bool(load_default=False)


class NewStanding(Standing):
    """Another class, or other days, and why."""

    reasons = fields.Str(required=True, validate=REASONS)


class ClientState(Standing):
    """A client without who it is; it stays at its node."""

    id = Id(required=True)
    area = Area(required=True)
    status = fields.Str(required=True)
    generated = fields.Bool(load_default=False)


class ClientView(ClientState):
    """A client as the API answers staff, and the client in person."""

    owner = Area()
    contact = fields.Nested(ClientContact, attribute="whom_to_serve", allow_none=True)
    account = Id(allow_none=True)
    reasons = fields.Str(allow_none=True)


class ClientQuery(PageQuery):
    """Which clients to list."""

    area = Area(load_default=None)
    client_class = fields.Str(load_default=None)
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.ClientLife))))
