"""Forms of attachments."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.fields import Area, Id, Moment, Schema


class AttachmentState(Schema):
    """The state of an attachment that others within the node may know."""

    id = Id(required=True)
    area = Area(required=True)
    draft = Id(required=True)
    round = Id(required=True)
    organisation = Id(required=True)
    host = Id(load_default=None, allow_none=True)
    field = fields.Str(required=True)
    type = fields.Str(required=True)
    size = fields.Int(required=True)
    sha256 = fields.Str(required=True)
    status = fields.Str(required=True)
    scanned_at = Moment(load_default=None, allow_none=True)


class AttachmentView(AttachmentState):
    """An attachment as the API answers it."""

    name = fields.Str()
    author = fields.Str(allow_none=True)
    owner = Area()
    created_at = Moment()


class AttachmentQuery(Schema):
    """To which field of the form a file belongs."""

    field = fields.Str(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_]{0,39}\Z"))
