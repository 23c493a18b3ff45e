"""Forms of drafts."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate, validates_schema

from services.funding.schemas.applications import Answers, External
from services.funding.schemas.common import COUNT, MONEY, NAME
from shared.errors import Text
from shared.fields import Area, Fen, Id, Moment, PartOrNone, Schema, wrong
from shared.http import PageQuery

_NUMBER = validate.Range(0, 1000)


class NewDraft(Schema):
    """A draft for a round, of an organisation or of an external party."""

    round = Id(required=True)
    organisation = Id(load_default=None, allow_none=True)
    external = fields.Nested(External, load_default=None, allow_none=True)
    host = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "registered organisation that answers for a filed team"},
    )
    generated = fields.Bool(load_default=False)

    @validates_schema
    def _one_party(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("organisation") is None) is (data.get("external") is None):
            raise wrong(
                Text(
                    "One party applies: an organisation or an external one.",
                    "申报方须为社会组织或外部单位之一。",
                ),
                Text(
                    "Give organisation or external, not both.", "请填写 organisation 或 external 其中一项。"
                ),
                "organisation",
            )


class Content(Schema):
    """What is written; only what changes need be given."""

    host = Id(allow_none=True)
    topic = Id(allow_none=True)
    title = fields.Str(allow_none=True, validate=NAME)
    plan = fields.Str(allow_none=True, validate=validate.Length(0, 20_000))
    amount_fen = Fen(allow_none=True, validate=MONEY)
    beneficiaries_direct = fields.Int(allow_none=True, strict=True, validate=COUNT)
    beneficiaries_indirect = fields.Int(allow_none=True, strict=True, validate=COUNT)
    answers = Answers


class NewDraftVersion(Schema):
    """What an author has written, based on a version that they had before them."""

    based_on = fields.Int(required=True, strict=True, validate=_NUMBER)
    content = fields.Nested(Content, required=True)


class DraftState(Schema):
    """The state of a draft that others within the node may know."""

    id = Id(required=True)
    area = Area(required=True)
    round = Id(required=True)
    organisation = Id(required=True)
    host = Id(load_default=None, allow_none=True)
    status = fields.Str(required=True)
    application = Id(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class DraftView(DraftState):
    """A draft as the API answers it."""

    external = PartOrNone(External)
    version = fields.Int(metadata={"description": "the newest; 0: nothing is written yet"})
    content = fields.Nested(Content)
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class DraftQuery(PageQuery):
    """Which drafts to list."""

    area = Area(load_default=None)
    round = Id(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None)


class Changed(Schema):
    """A field that a version changed."""

    field = fields.Str()
    value = fields.Raw(allow_none=True)


class DraftVersionView(Schema):
    """A version: who changed what, and when."""

    number = fields.Int()
    author = fields.Str()
    at = Moment()
    changed = fields.List(fields.Nested(Changed))


class DifferenceQuery(Schema):
    """From which version to which; 0 is before the first."""

    first = fields.Int(load_default=0, validate=_NUMBER)
    last = fields.Int(load_default=None, allow_none=True, validate=_NUMBER)


class DifferenceView(Schema):
    """A field at two versions; null: nothing was there."""

    field = fields.Str()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)
    authors = fields.List(fields.Str(), metadata={"description": "who changed it in between"})
