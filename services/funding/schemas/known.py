"""What funding reads of what other services tell."""

from __future__ import annotations

from marshmallow import fields

from shared.fields import Id, Schema


class SeenOrganisation(Schema):
    """What funding needs to know of an organisation."""

    name = fields.Str(required=True)
    track = fields.Str(required=True)
    status = fields.Str(required=True)


class SeenSummary(SeenOrganisation):
    """What funding needs of an organisation's public summary."""

    organisation = Id(required=True)
    credit_code = fields.Str(load_default=None, allow_none=True)


class SeenTopic(Schema):
    """What funding needs to know of an item of the library of needs."""

    title = fields.Str(load_default="")
    status = fields.Str(required=True)


class SeenEvaluation(Schema):
    """What funding needs to know of a phase evaluation."""

    project = Id(required=True)
    phase = fields.Str(required=True)
    outcome = fields.Str(required=True)
