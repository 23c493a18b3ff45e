"""Forms of imports and exports."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import imports as rules
from services.registry.domain import organisations as organisation_rules
from shared.fields import Area, Id, Moment, Schema
from shared.lifecycle import table

LANGUAGE = fields.Str(load_default="zh", validate=validate.OneOf(["zh", "en"]))


class TemplateQuery(Schema):
    """Which template."""

    area = Area(load_default=None, metadata={"description": "whose codes are offered; default: the node's"})
    language = LANGUAGE


class ImportQuery(Schema):
    """How to import a file."""

    area = Area(load_default=None, metadata={"description": "that it is for; default: the node's"})
    again = fields.Bool(
        load_default=False, metadata={"description": "although the same file was sent before"}
    )


class ResultQuery(Schema):
    """In which language."""

    language = LANGUAGE


class ImportProblem(Schema):
    """Why a file as a whole was refused; texts in English and Chinese."""

    code = fields.Str()
    detail = fields.List(fields.Str())
    remedy = fields.List(fields.Str())


class ImportView(Schema):
    """An import and how far it has come. The last four counts are rows."""

    id = Id()
    area = Area()
    name = fields.Str(metadata={"description": "of the file"})
    digest = fields.Str(metadata={"description": "SHA-256 of the file, in hex"})
    size = fields.Int(metadata={"description": "bytes"})
    status = fields.Str(validate=validate.OneOf(list(table(rules.ImportLife))))
    total = fields.Int(allow_none=True, metadata={"description": "rows; null until the file is read"})
    handled = fields.Int(metadata={"description": "rows of which it is settled what comes of them"})
    waiting = fields.Int()
    accepted = fields.Int()
    present = fields.Int(metadata={"description": "were there already"})
    refused = fields.Int()
    ignored = fields.List(fields.Str(), metadata={"description": "sheets without the columns"})
    problem = fields.Nested(ImportProblem, allow_none=True)
    created_at = Moment()
    finished_at = Moment(allow_none=True)


class ExportQuery(Schema):
    """Which organisations to export."""

    area = Area(load_default=None, metadata={"description": "and below; default: wherever the role is held"})
    track = fields.Str(load_default=None, validate=validate.OneOf(organisation_rules.TRACKS))
    type = fields.Str(load_default=None, validate=validate.OneOf(list(organisation_rules.TYPES)))
    category = fields.Str(load_default=None)
    status = fields.Str(load_default=None)
    language = LANGUAGE
