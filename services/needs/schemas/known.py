"""What matters here of organisations that the registry tells of."""

from __future__ import annotations

from marshmallow import fields

from shared.fields import Id, Schema


class SeenOrganisation(Schema):
    """What matters here of an organisation of the registry."""

    name = fields.Str(required=True)
    status = fields.Str(required=True)


class SeenSummary(SeenOrganisation):
    """What matters here of an organisation's public summary."""

    organisation = Id(required=True)
