"""Forms of annual inspections: requests, answers, events."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import inspection as rules
from shared.clocks.forms import DeadlineState, DeadlineView
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery
from shared.lifecycle import table

YEAR = validate.Range(1990, 2200)
_TEXT = validate.Length(1, 2000)


class NewInspection(Schema):
    """The inspection of one organisation that no run has opened."""

    year = fields.Int(
        required=True, strict=True, validate=YEAR, metadata={"description": "that is reported on 检查年度"}
    )


class InspectionOpinion(Schema):
    """The first opinion of the supervising unit 初审意见."""

    unit = fields.Str(required=True, validate=validate.Length(1, 100))
    proposes = fields.Str(required=True, validate=validate.OneOf(rules.CONCLUSIONS))
    text = fields.Str(required=True, validate=_TEXT)


class Conclusion(Schema):
    """The conclusion of the registrar 年检结论."""

    conclusion = fields.Str(required=True, validate=validate.OneOf(rules.CONCLUSIONS))
    reasons = fields.Str(required=True, validate=_TEXT)


class Rectification(Schema):
    """What the organisation has put right 整改报告."""

    text = fields.Str(required=True, validate=_TEXT)


class Charity(Schema):
    """Whether an organisation is a charity 慈善组织."""

    charity = fields.Bool(required=True)
    reasons = fields.Str(required=True, validate=_TEXT)


class InspectionState(DeadlineState):
    """The state of an inspection that others may know: what is published of it."""

    id = Id(required=True)
    area = Area(required=True)
    organisation = Id(required=True)
    name = fields.Str(required=True)
    year = fields.Int(required=True)
    form = fields.Str(required=True)
    status = fields.Str(required=True)
    unit_due_at = Moment(required=True, metadata={"description": "the report, at the supervising unit"})
    report_due_at = Moment(required=True, metadata={"description": "the same, at the registrar"})
    submitted_at = Moment(load_default=None, allow_none=True)
    late = fields.Bool(load_default=False)
    conclusion = fields.Str(load_default=None, allow_none=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    concluded_at = Moment(load_default=None, allow_none=True)
    exempt_grade = fields.Str(load_default=None, allow_none=True)


class InspectionView(InspectionState, DeadlineView):
    """An inspection as the API answers it."""

    owner = Area()


class GivenOpinion(Schema):
    """The first opinion as it was given."""

    unit = fields.Str()
    proposes = fields.Str()
    text = fields.Str()
    at = Moment()


class InspectionFile(InspectionView):
    """An inspection with its report, told by the node that owns it to those who deal with it."""

    report = fields.Dict(keys=fields.Str())
    remarks = fields.List(fields.Str(), metadata={"description": "what a check of the report noticed"})
    opinion = fields.Nested(GivenOpinion, allow_none=True)
    rectification = fields.Str(allow_none=True)


class InspectionQuery(PageQuery):
    """Which inspections to list."""

    area = Area(load_default=None)
    year = fields.Int(load_default=None, validate=YEAR)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.InspectionLife))))
    conclusion = fields.Str(load_default=None, validate=validate.OneOf(rules.CONCLUSIONS))


class InspectionFiguresQuery(Schema):
    """Whose figures, of which year."""

    area = Area(required=True)
    year = fields.Int(required=True, validate=YEAR)


class InspectionFigures(Schema):
    """How far the inspection of a year has come in an area and below."""

    inspected = fields.Int()
    by_status = fields.Dict(keys=fields.Str(), values=fields.Int())
    by_conclusion = fields.Dict(keys=fields.Str(), values=fields.Int())
    by_form = fields.Dict(keys=fields.Str(), values=fields.Int())
    late = fields.Int()


class SeenGrade(Schema):
    """What the registry reads of `evaluation.grade`."""

    organisation = Id(required=True)
    grade = fields.Str(required=True)
    valid_from = Day(required=True)
    valid_until = Day(required=True)
