"""Forms of the appraisal."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.fields import Schema


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
