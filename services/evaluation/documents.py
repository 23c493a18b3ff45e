"""What evaluation stores, and what it keeps of others' records."""

from __future__ import annotations

from mongoengine import BooleanField, DateField, DateTimeField, DictField, IntField, ListField, StringField

from services.evaluation import domain
from shared import areas
from shared.audit.personal import DUTY, PAPER_YEARS, PAPERS, Personal
from shared.errors import Text
from shared.store import Aggregate, ReadModel


class PhaseEvaluation(Aggregate):
    """One evaluation of a project's phase 阶段评估. `attempt` counts on after each rectification."""

    meta = {
        "collection": "phase_evaluations",
        "indexes": [
            {"fields": ["owner", "project", "phase", "attempt"], "unique": True},
            ("area", "concluded_at"),
        ],
    }
    personal = {
        "findings": Personal(
            Text("to give reasons for the outcome of an evaluation", "说明评估结论的依据"),
            DUTY,
            kept=PAPERS,
            years=PAPER_YEARS,
        )
    }
    project = StringField(required=True)
    organisation = StringField(required=True)
    phase = StringField(required=True, choices=domain.PHASES)
    attempt = IntField(required=True)
    methods = ListField(StringField(choices=domain.METHODS))
    score = IntField(required=True)
    outcome = StringField(required=True, choices=domain.OUTCOMES)
    findings = StringField()  # stays here: it may name people
    concluded_at = DateTimeField()
    generated = BooleanField(default=False)

    def seat_by_rule(self) -> str:
        return str(self.owner)  # older versions did not know where the project was seated: it stays


class Grade(Aggregate):
    """A grade 等级 of a registered organisation."""

    meta = {
        "collection": "grades",
        "indexes": [
            {"fields": ["owner", "organisation", "valid_from"], "unique": True},
            ("area", "announced_on"),
        ],
    }
    organisation = StringField(required=True)
    grade = StringField(required=True, choices=domain.GRADES)
    points = DictField()
    announced_on = DateField(required=True)
    valid_from = DateField(required=True)
    valid_until = DateField(required=True)
    reasons = StringField()  # of the last lowering
    generated = BooleanField(default=False)

    def seat_by_rule(self) -> str:
        return areas.path(str(self.area))[0]  # the district grades


class KnownOrganisation(ReadModel):
    """What evaluation needs to know of an organisation."""

    meta = {"collection": "known_organisations"}
    name = StringField()
    track = StringField()
    status = StringField()


class KnownProject(ReadModel):
    """What evaluation needs to know of a funded project; `owner` is the node that pays it."""

    meta = {"collection": "known_projects"}
    organisation = StringField()
    host = StringField()
    status = StringField()


ALL = (PhaseEvaluation, Grade, KnownOrganisation, KnownProject)
