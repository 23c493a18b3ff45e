"""What funding reads of what other services tell."""

from __future__ import annotations

from marshmallow import fields

from shared.fields import Day, Id, Schema


class _SeenParty(Schema):
    name = fields.Str(required=True)
    track = fields.Str(required=True)
    status = fields.Str(required=True)
    type = fields.Str(load_default=None, allow_none=True)
    established_on = Day(load_default=None, allow_none=True)
    abnormal = fields.Bool(load_default=None, allow_none=True)
    serious = fields.Bool(load_default=None, allow_none=True)


class SeenOrganisation(_SeenParty):
    """What funding needs to know of an organisation."""

    charity = fields.Bool(load_default=None, allow_none=True)
    credit_standing = fields.Str(load_default=None, allow_none=True)


class SeenSummary(_SeenParty):
    """What funding needs of an organisation's public summary."""

    organisation = Id(required=True)
    credit_code = fields.Str(load_default=None, allow_none=True)


class SeenGrade(Schema):
    """What funding needs to know of a grade that evaluation tells of."""

    organisation = Id(required=True)
    grade = fields.Str(required=True)
    valid_from = Day(required=True)
    valid_until = Day(required=True)


class SeenTopic(Schema):
    """What funding needs to know of an item of the library of needs."""

    title = fields.Str(load_default="")
    status = fields.Str(required=True)


class SeenEvaluation(Schema):
    """What funding needs to know of a phase evaluation."""

    project = Id(required=True)
    phase = fields.Str(required=True)
    outcome = fields.Str(required=True)
