"""Forms of matters."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, pre_load, validate

from services.registry.domain import matters as rules
from services.registry.schemas.common import NAME
from shared.clocks.forms import DeadlineState, DeadlineView
from shared.fields import Area, DayText, Fen, Id, Moment, Schema
from shared.http import PageQuery

_TEXT = validate.Length(1, 2000)
_PLACE = validate.Length(1, 200)


class RegisteredMatters(Schema):
    """Registered matters 登记事项 that change; what is left out stays as it is."""

    name = fields.Str(validate=NAME)
    residence = fields.Str(validate=_PLACE, metadata={"description": "住所"})
    scope = fields.Str(validate=_TEXT, metadata={"description": "业务范围"})
    funds_fen = Fen()
    supervising_unit = fields.Str(allow_none=True, validate=NAME)


class MattersBefore(RegisteredMatters):
    """What was registered before; what an organisation had not stated is left out."""

    @pre_load
    def leave_out(self, told: Any, **_: Any) -> Any:
        """0.3.0 tells null of what had not been stated."""
        return (
            {name: value for name, value in told.items() if value is not None}
            if isinstance(told, dict)
            else told
        )


class NewChanges(RegisteredMatters):
    """What is to change."""

    legal_representative = fields.Str(
        validate=validate.Length(1, 50), metadata={"description": "法定代表人（负责人）"}
    )


class Statutes(Schema):
    """Statutes 章程 that are to be approved."""

    adopted_on = DayText(required=True)
    sha256 = fields.Str(
        required=True,
        validate=validate.Regexp(r"^[0-9a-f]{64}$"),
        metadata={"description": "of the document that was handed in", "examples": ["ab" * 32]},
    )


class NewMatter(Schema):
    """An application 申请 of an existing organisation."""

    organisation = Id(required=True)
    kind = fields.Str(required=True, validate=validate.OneOf(rules.KINDS))
    changes = fields.Nested(NewChanges, load_default=dict)
    statutes = fields.Nested(Statutes, load_default=None, allow_none=True)
    grounds = fields.Str(required=True, validate=_TEXT)


class MatterCorrection(Schema):
    """What is corrected 补正; what is left out stays as it was."""

    changes = fields.Nested(NewChanges)
    statutes = fields.Nested(Statutes)
    grounds = fields.Str(validate=_TEXT)


class MatterState(DeadlineState):
    """The state of a matter that other nodes and services may know; who represents an organisation is not in it."""

    id = Id(required=True)
    area = Area(required=True)
    kind = fields.Str(required=True)
    organisation = Id(required=True)
    name = fields.Str(required=True)
    track = fields.Str(required=True)
    status = fields.Str(required=True)
    changing = fields.List(fields.Str(), load_default=list)
    changes = fields.Nested(RegisteredMatters, load_default=None, allow_none=True)
    before = fields.Nested(MattersBefore, load_default=None, allow_none=True)
    statutes = fields.Nested(Statutes, load_default=None, allow_none=True)
    grounds = fields.Str(required=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    decided_at = Moment(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class MatterView(MatterState, DeadlineView):
    """A matter as the API answers it; the person's name is shown by its first character."""

    owner = Area()
    legal_representative = fields.Str(attribute="representative_masked", allow_none=True)
    legal_representative_before = fields.Str(attribute="representative_before_masked", allow_none=True)
    created_at = Moment()
    updated_at = Moment()


class MatterQuery(PageQuery):
    """Which matters to list."""

    area = Area(load_default=None)
    organisation = Id(load_default=None)
    kind = fields.Str(load_default=None, validate=validate.OneOf(rules.KINDS))
    status = fields.Str(load_default=None)
    due_stage = fields.Str(load_default=None, metadata={"description": "such as past"})
