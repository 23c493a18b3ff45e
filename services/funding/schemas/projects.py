"""Forms of projects."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, pre_dump, validate

from services.funding.domain.periods import PeriodForm
from services.funding.domain.projects import GROUNDS
from services.funding.schemas.clawback import ClawBackState, ClawBackView
from services.funding.schemas.common import REASONS, Part, Reasons
from services.funding.schemas.monitoring import WarningState
from shared.fields import Area, Day, Fen, Id, Moment, Schema
from shared.http import PageQuery


class TrancheState(Schema):
    """A tranche of a project."""

    number = fields.Int(required=True)
    condition = fields.Str(required=True)
    amount_fen = Fen(required=True)
    status = fields.Str(required=True, metadata={"enum": ["waiting", "paid", "held"]})
    ordered = fields.Bool(
        load_default=False, metadata={"description": "it is waiting for the bank, which has been told to pay"}
    )

    @pre_dump
    def told(self, tranche: Any, **_: Any) -> Any:
        """Readers of older versions know no state between waiting and paid."""
        ordered = tranche["status"] == "ordered"
        return {**tranche, "status": "waiting", "ordered": True} if ordered else tranche


class RectificationState(Schema):
    """A rectification 整改 of a project; what was found stays at the node that owns it."""

    number = fields.Int(required=True)
    phase = fields.Str(
        load_default=None, allow_none=True, metadata={"description": "of the evaluation that asked for it"}
    )
    status = fields.Str(required=True, metadata={"enum": ["ordered", "reported", "overdue", "accepted"]})
    ordered_at = Moment(required=True)
    due_at = Moment(required=True)
    due_certain = fields.Bool(load_default=True)
    reported_at = Moment(load_default=None, allow_none=True)
    settled_at = Moment(load_default=None, allow_none=True)


class ProjectState(Schema):
    """The state of a project that other nodes and services may know."""

    id = Id(required=True)
    area = Area(required=True)
    round = Id(required=True)
    application = Id(required=True)
    organisation = Id(required=True)
    host = Id(load_default=None, allow_none=True)
    topic = Id(load_default=None, allow_none=True)
    title = fields.Str(required=True)
    amount_fen = Fen(required=True)
    sources = fields.List(fields.Nested(Part), load_default=list)
    tranches = fields.List(fields.Nested(TrancheState), load_default=list)
    status = fields.Str(required=True)
    contract = Id(load_default=None, allow_none=True)
    starts_on = Day(load_default=None, allow_none=True)
    ends_on = Day(load_default=None, allow_none=True)
    grounds = fields.Str(load_default=None, allow_none=True, metadata={"enum": [*GROUNDS, None]})
    signed_on = Day(load_default=None, allow_none=True)
    rectifications = fields.List(fields.Nested(RectificationState), load_default=list)
    claw_backs = fields.List(fields.Nested(ClawBackState), load_default=list)
    beneficiaries_direct = fields.Int(load_default=0)
    beneficiaries_indirect = fields.Int(load_default=0)
    spent_fen = Fen(load_default=0, metadata={"description": "of the grant, as reported"})
    reached_direct = fields.Int(load_default=0, metadata={"description": "persons, as reported"})
    reached_indirect = fields.Int(load_default=0)
    person_times = fields.Int(load_default=0, metadata={"description": "attendances 人次, as reported"})
    reported_until = Day(load_default=None, allow_none=True)
    warnings = fields.List(fields.Nested(WarningState), load_default=list)
    generated = fields.Bool(load_default=False)


class RectificationView(RectificationState):
    """A rectification as the parties to the project see it."""

    reasons = fields.Str(allow_none=True)
    amount = fields.Int()
    unit = fields.Str()
    report = fields.Str(allow_none=True)
    remarks = fields.Str(allow_none=True)


class ProjectView(ProjectState):
    """A project as the API answers it."""

    rectifications = fields.List(fields.Nested(RectificationView))
    claw_backs = fields.List(fields.Nested(ClawBackView))
    reasons = fields.Str(allow_none=True)
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class ProjectQuery(PageQuery):
    """Which projects to list."""

    area = Area(load_default=None)
    round = Id(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None)


class Stop(Reasons):
    """Why a project ends before its time, and on which grounds."""

    grounds = fields.Str(load_default=None, allow_none=True, validate=validate.OneOf(GROUNDS))


class NewRectification(Reasons):
    """What a project has to put right; the area's own period where none is given."""

    period = fields.Nested(PeriodForm, load_default=None, allow_none=True)


class RectificationReport(Schema):
    """What was done about it 整改报告."""

    report = fields.Str(required=True, validate=validate.Length(1, 5000))


class RectificationReview(Schema):
    """Whether a rectification is accepted; one that is not is sent back, with as much time again."""

    accepted = fields.Bool(required=True)
    remarks = fields.Str(required=True, validate=REASONS)
