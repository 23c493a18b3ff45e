"""Forms of appraisal panels."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import panels as rules
from services.needs.domain.appraisal import PANEL
from services.needs.schemas.common import TITLE
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery

_NAME = validate.Length(1, 100)
_MEMBER = validate.Regexp(r"[a-z0-9_-]{1,30}\Z")
_ITEMS = validate.Length(1, 500)
_REASONS = validate.Length(1, 2000)


class Member(Schema):
    """A member of a panel, who votes for one part."""

    id = fields.Str(required=True, validate=_MEMBER, metadata={"examples": ["resident-1"]})
    part = fields.Str(required=True, validate=validate.OneOf(PANEL))
    name = fields.Str(required=True, validate=_NAME)
    account = fields.Str(
        load_default=None, allow_none=True, validate=_NAME,
        metadata={"description": "of a member who votes in person; else staff record the votes"},
    )  # fmt: skip


class NewPanel(Schema):
    """An appraisal panel 论证会 on some items of the library."""

    area = Area(required=True)
    title = fields.Str(required=True, validate=TITLE)
    held_on = Day(required=True)
    items = fields.List(Id(), required=True, validate=_ITEMS)
    members = fields.List(fields.Nested(Member), required=True, validate=validate.Length(4, 200))
    generated = fields.Bool(load_default=False)


class PanelState(Schema):
    """The state of a panel that others may know: how many sit in it, not who."""

    id = Id(required=True)
    area = Area(required=True)
    title = fields.Str(required=True)
    held_on = Day(required=True)
    items = fields.List(Id(), load_default=list)
    seats = fields.Dict(keys=fields.Str(), values=fields.Int(), load_default=dict)
    status = fields.Str(required=True)
    concluded_at = Moment(load_default=None, allow_none=True)
    notice_ends_at = Moment(
        load_default=None,
        allow_none=True,
        metadata={"description": "until when all topics that it proposed are on notice"},
    )
    generated = fields.Bool(load_default=False)


class PanelView(PanelState):
    """A panel as everybody may see it."""

    owner = Area()


class PanelQuery(PageQuery):
    """Which panels to list."""

    area = Area(load_default=None)
    status = fields.Str(load_default=None)


class PanelFile(PanelView):
    """A panel with its members, for those who give account of it."""

    members = fields.List(fields.Nested(Member))


class BallotForm(Schema):
    """A vote on one item; `recused` 回避 for who stands aside."""

    item = Id(required=True)
    vote = fields.Str(required=True, validate=validate.OneOf(rules.BALLOTS))
    reasons = fields.Str(load_default=None, allow_none=True, validate=_REASONS)


class Ballots(Schema):
    """One member's votes."""

    member = fields.Str(required=True, validate=_MEMBER)
    ballots = fields.List(fields.Nested(BallotForm), required=True, validate=_ITEMS)


class VoteView(Schema):
    """One vote, for those who give account of it."""

    item = Id()
    member = fields.Str()
    part = fields.Str()
    vote = fields.Str()
    reasons = fields.Str(allow_none=True)
    created_at = Moment()


class Decision(Schema):
    """What becomes of one item."""

    item = Id(required=True)
    chosen = fields.Bool(required=True)
    reasons = fields.Str(required=True, validate=_REASONS)


class Conclusion(Schema):
    """What the panel decided on each of its items."""

    decisions = fields.List(fields.Nested(Decision), required=True, validate=_ITEMS)
