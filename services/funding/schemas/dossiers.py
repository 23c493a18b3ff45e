"""Forms of dossiers."""

from __future__ import annotations

from marshmallow import fields

from shared.fields import Id, Moment, Schema


class DossierView(Schema):
    """A dossier that was asked for."""

    id = Id()
    project = Id()
    status = fields.Str(metadata={"enum": ["waiting", "ready", "failed"]})
    sha256 = fields.Str(allow_none=True, metadata={"description": "of the zip"})
    size = fields.Int(allow_none=True, metadata={"description": "bytes"})
    created_at = Moment()
    finished_at = Moment(allow_none=True)
