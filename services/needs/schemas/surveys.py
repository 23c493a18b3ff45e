"""Forms of surveys."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import surveys as rules
from services.needs.domain.collection import URGENCIES
from services.needs.schemas.collection import Contact
from services.needs.schemas.common import TITLE, WORD
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery

_KEY = validate.Regexp(r"[a-z][a-z0-9_]{0,30}\Z")


class AsNeed(Schema):
    """What needs the answers to a question become."""

    category = fields.Str(required=True, validate=WORD)
    group = fields.Str(load_default=None, allow_none=True, validate=WORD)
    urgency = fields.Str(load_default="normal", validate=validate.OneOf(URGENCIES))


class Question(Schema):
    """A question of a survey; `need` where its answers become needs."""

    key = fields.Str(required=True, validate=_KEY, metadata={"examples": ["meals"]})
    text = fields.Str(required=True, validate=TITLE)
    kind = fields.Str(required=True, validate=validate.OneOf(rules.KINDS))
    options = fields.List(fields.Str(validate=TITLE), load_default=list, validate=validate.Length(0, 50))
    required = fields.Bool(load_default=True)
    need = fields.Nested(AsNeed, load_default=None, allow_none=True)


class NewSurvey(Schema):
    """A survey 问卷."""

    area = Area(required=True)
    title = fields.Str(required=True, validate=TITLE)
    questions = fields.List(fields.Nested(Question), required=True, validate=validate.Length(1, 100))
    closes_on = Day(required=True)
    generated = fields.Bool(load_default=False)


class SurveyState(Schema):
    """A survey as everybody may know it."""

    id = Id(required=True)
    area = Area(required=True)
    title = fields.Str(required=True)
    questions = fields.List(fields.Nested(Question), required=True)
    opens_on = Day(required=True)
    closes_on = Day(required=True)
    status = fields.Str(required=True)
    generated = fields.Bool(load_default=False)


class SurveyView(SurveyState):
    """A survey as the API answers it."""

    owner = Area()
    created_at = Moment()


class SurveyQuery(PageQuery):
    """Which surveys to list."""

    area = Area(load_default=None)
    status = fields.Str(load_default=None)


class NewSurveyAnswer(Schema):
    """A filled-in survey. `contact` is who wants to be answered; it goes with the needs that the answers become."""

    area = Area(required=True, metadata={"description": "where whoever answers lives"})
    answers = fields.Dict(
        keys=fields.Str(),
        values=fields.Raw(),
        required=True,
        metadata={"description": "by the questions' keys", "examples": [{"meals": "yes"}]},
    )
    contact = fields.Nested(Contact, load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class SurveyAnswerState(Schema):
    """What others may know of a filled-in survey: what can be counted, and nothing of who gave it."""

    id = Id(required=True)
    area = Area(required=True)
    survey = Id(required=True)
    counted = fields.Dict(load_default=dict)
    needs = fields.List(Id(), load_default=list)
    answered_on = Day(required=True)
    generated = fields.Bool(load_default=False)


class SurveyAnswerView(SurveyAnswerState):
    """A filled-in survey as the API answers it to who handed it in."""

    owner = Area()


class SurveyResult(Schema):
    """How a question was answered."""

    key = fields.Str()
    answered = fields.Int()
    counts = fields.Dict(keys=fields.Str(), values=fields.Int())
    mean_hundredths = fields.Int(
        allow_none=True, metadata={"description": "of a rating: hundredths of a point, rounded down"}
    )


class SurveyResults(Schema):
    """What a survey's answers come to; of answers in own words, nothing is told."""

    survey = Id()
    answers = fields.Int()
    needs = fields.Int(metadata={"description": "that answers became"})
    questions = fields.List(fields.Nested(SurveyResult))
