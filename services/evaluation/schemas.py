"""Forms of evaluation's requests, answers and events."""

from __future__ import annotations

from marshmallow import fields, validate

from services.evaluation import domain
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery

_POINTS = validate.Range(0, 100_000)


class NewPhaseEvaluation(Schema):
    """The result of a phase evaluation 阶段评估."""

    project = Id(required=True)
    phase = fields.Str(required=True, validate=validate.OneOf(domain.PHASES))
    methods = fields.List(
        fields.Str(validate=validate.OneOf(domain.METHODS)), required=True, validate=validate.Length(1, 3)
    )
    score = fields.Int(required=True, strict=True, validate=validate.Range(0, 100))
    outcome = fields.Str(required=True, validate=validate.OneOf(domain.OUTCOMES))
    findings = fields.Str(load_default="", validate=validate.Length(0, 5000))
    generated = fields.Bool(load_default=False)


class PhaseEvaluationState(Schema):
    """The state of a phase evaluation that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    project = Id(required=True)
    organisation = Id(required=True)
    phase = fields.Str(required=True)
    attempt = fields.Int(load_default=1)
    outcome = fields.Str(required=True)
    score = fields.Int(required=True)
    concluded_at = Moment(required=True)
    generated = fields.Bool(load_default=False)


class PhaseEvaluationView(PhaseEvaluationState):
    """A phase evaluation as the API answers it; methods and findings are told by the node that owns it."""

    methods = fields.List(fields.Str())
    findings = fields.Str(allow_none=True)
    owner = Area()


class PhaseEvaluationQuery(PageQuery):
    """Which phase evaluations to list; without an area, those of the node's own and below."""

    area = Area(load_default=None)
    project = Id(load_default=None)
    organisation = Id(load_default=None)
    phase = fields.Str(load_default=None, validate=validate.OneOf(domain.PHASES))
    outcome = fields.Str(load_default=None, validate=validate.OneOf(domain.OUTCOMES))


class NewGrade(Schema):
    """A grade 等级 with the points of its indicators 指标."""

    organisation = Id(required=True)
    grade = fields.Str(required=True, validate=validate.OneOf(domain.GRADES))
    points = fields.Dict(
        keys=fields.Str(validate=[validate.Length(1, 100), validate.ContainsNoneOf(".$")]),
        values=fields.Int(strict=True, validate=_POINTS),
        load_default=dict,
        validate=validate.Length(max=500),
    )
    announced_on = Day(required=True)
    generated = fields.Bool(load_default=False)


class Lowering(Schema):
    """A lower grade, and why."""

    grade = fields.Str(required=True, validate=validate.OneOf(domain.GRADES))
    reasons = fields.Str(required=True, validate=validate.Length(1, 2000))


class GradeState(Schema):
    """The state of a grade that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    organisation = Id(required=True)
    grade = fields.Str(required=True)
    announced_on = Day(required=True)
    valid_from = Day(required=True)
    valid_until = Day(required=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class GradeView(GradeState):
    """A grade as everybody may see it; its points are told by the node that owns it."""

    points = fields.Dict(keys=fields.Str(), values=fields.Int())
    owner = Area()


class GradeQuery(PageQuery):
    """Which grades to list."""

    area = Area(load_default=None)
    organisation = Id(load_default=None)
    grade = fields.Str(load_default=None, validate=validate.OneOf(domain.GRADES))


class SeenOrganisation(Schema):
    """What evaluation reads of `registry.organisation`."""

    name = fields.Str(required=True)
    track = fields.Str(required=True)
    status = fields.Str(required=True)


class SeenProject(Schema):
    """What evaluation reads of `funding.project`."""

    organisation = Id(required=True)
    host = Id(load_default=None, allow_none=True)
    status = fields.Str(required=True)


class FiguresQuery(Schema):
    """Whose figures; a year counts what was concluded or announced in it, in China's time."""

    area = Area(required=True)
    year = fields.Int(load_default=None, validate=validate.Range(1949, 9998))


class Figures(Schema):
    """Counts over everything that this node knows of the area and below it."""

    phase_evaluations = fields.Int()
    passed = fields.Int(metadata={"description": "phases of projects whose last evaluation was passed"})
    rectifying = fields.Int(metadata={"description": "phases of projects that are to be rectified"})
    failed = fields.Int(metadata={"description": "phases of projects whose last evaluation was failed"})
    grades = fields.Int()
    grades_3a_or_better = fields.Int()
