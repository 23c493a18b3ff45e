"""Forms of certificates."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.fields import Area, Day, Fen, Id, Moment, Schema
from shared.http import PageQuery


class CertificateState(Schema):
    """What everybody may know of a certificate, to verify it; who represents the organisation is not in it."""

    id = Id(required=True)
    area = Area(required=True)
    number = fields.Str(required=True)
    organisation = Id(required=True)
    status = fields.Str(required=True, validate=validate.OneOf(["valid", "replaced", "void"]))
    name = fields.Str(required=True)
    track = fields.Str(required=True)
    type = fields.Str(load_default=None, allow_none=True)
    credit_code = fields.Str(load_default=None, allow_none=True)
    residence = fields.Str(load_default=None, allow_none=True)
    scope = fields.Str(load_default=None, allow_none=True)
    funds_fen = Fen(load_default=None, allow_none=True)
    supervising_unit = fields.Str(load_default=None, allow_none=True)
    registrar = fields.Str(required=True)
    issued_on = Day(required=True)
    valid_until = Day(required=True)
    replaced_by = fields.Str(
        load_default=None, allow_none=True, metadata={"description": "number of the one that holds instead"}
    )
    reasons = fields.Str(load_default=None, allow_none=True)
    sha256 = fields.Str(
        load_default=None, allow_none=True, metadata={"description": "of the PDF; null until it is printed"}
    )
    printed_at = Moment(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class CertificateView(CertificateState):
    """A certificate as the API answers it."""

    owner = Area()


class CertificateQuery(PageQuery):
    """Which certificates to list."""

    area = Area(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None)
