"""Surveys and their answers as the service stores them."""

from __future__ import annotations

from mongoengine import BooleanField, DateField, DictField, ListField, StringField

from services.needs.domain import surveys as rules
from shared.audit.personal import CONSENT, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate


class Survey(Aggregate):
    """A survey 问卷: its questions are data."""

    meta = {"collection": "surveys"}
    title = StringField(required=True)
    questions = ListField(DictField())  # key, text, kind, options, required, need
    opens_on = DateField(required=True)
    closes_on = DateField(required=True)
    status = StringField(default=initial(rules.SurveyLife))
    generated = BooleanField(default=False)


class SurveyAnswer(Aggregate):
    """One filled-in survey. Who gave it and what they wrote in their own words stays at the node that owns it."""

    meta = {
        "collection": "survey_answers",
        "indexes": [
            ("survey", "id"),
            {
                "fields": ["survey", "respondent"],  # a resident answers once
                "unique": True,
                "partialFilterExpression": {"respondent": {"$type": "string"}},
            },
        ],
    }
    personal = {
        "respondent": Personal(Text("one answer of each resident", "每位居民仅答一次"), CONSENT),
        "words": Personal(Text("to know what residents need", "了解居民需求"), CONSENT),
    }
    survey = StringField(required=True)
    counted = DictField()  # answers to questions of choice and rating, by key
    words = DictField()  # answers in own words, by key
    respondent = StringField()  # the account; None where staff filled it in for somebody
    needs = ListField(StringField())  # that it became
    answered_on = DateField(required=True)
    generated = BooleanField(default=False)
